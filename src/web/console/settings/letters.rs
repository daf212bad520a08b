//! How the letters look: an invented one of each kind, as its text part reads.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use crate::domain::letter::LetterKind;
use crate::mail::render;
use crate::mail::sample::sample;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};
use crate::web::page::html;

struct Kind {
    name: &'static str,
    label: &'static str,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "console/settings/letters.html")]
struct Sheet {
    frame: Frame,
    kinds: Vec<Kind>,
    subject: String,
    text: String,
    attachments: Vec<String>,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Asked {
    kind: Option<String>,
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Page {
    let named = asked.kind.as_deref().unwrap_or(LetterKind::Rectification.name());
    page(&console, &officer, LetterKind::from_name(named).ok_or(Trouble::Missing)?)
}

fn page(console: &Console, officer: &Officer, of: LetterKind) -> Page {
    let (letter, going) = sample(of);
    let rendered = render(&letter, &going).map_err(|error| {
        tracing::error!(%error, "a sample letter cannot be written");
        Trouble::Ours
    })?;
    let kind = |kind: &LetterKind| Kind { name: kind.name(), label: officer.t.half(kind.help()), is_here: *kind == of };
    let sheet = Sheet {
        frame: Frame::of(console, officer, Section::Settings),
        kinds: LetterKind::ALL.iter().map(kind).collect(),
        subject: rendered.subject,
        text: rendered.text,
        attachments: rendered.attachments.into_iter().map(|file| file.name).collect(),
    };
    Ok(html(StatusCode::OK, &sheet))
}
