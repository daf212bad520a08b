//! How the letters look: an invented one of each kind.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use crate::domain::letter::LetterKind;
use crate::mail::render;
use crate::mail::sample::sample;
use crate::web::console::act::LetterCard;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page, framing, letter};
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
    letter: LetterCard,
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

/// A sample, by itself.
pub(in crate::web::console) async fn alone(officer: Officer, Path(kind): Path<String>) -> Page {
    let kind = LetterKind::from_name(&kind).ok_or(Trouble::Missing)?;
    Ok(framing::inside(card(&officer, kind)?.html))
}

fn card(officer: &Officer, kind: LetterKind) -> Result<LetterCard, Trouble> {
    let (written, going) = sample(kind);
    let rendered = render(&written, &going).map_err(letter::unwritten)?;
    let at = Some(format!("/console/settings/letters/{kind}"));
    Ok(LetterCard { at, ..letter::of(officer.t, kind, rendered) })
}

fn page(console: &Console, officer: &Officer, of: LetterKind) -> Page {
    let kind = |kind: &LetterKind| Kind { name: kind.name(), label: officer.t.half(kind.help()), is_here: *kind == of };
    let sheet = Sheet {
        frame: Frame::of(console, officer, Section::Settings),
        kinds: LetterKind::ALL.iter().map(kind).collect(),
        letter: card(officer, of)?,
    };
    Ok(framing::around(html(StatusCode::OK, &sheet)))
}
