//! One circular: the document as it is printed, and what may be done with it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::document::{self, AnnexRow, Category, Indicator};
use crate::clock::day;
use crate::domain::account::AccountRole;
use crate::domain::circular::CircularState;
use crate::flow::circulars;
use crate::store::circulars::StoredCircular;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

#[derive(Template)]
#[template(path = "console/circulars/page.html")]
struct Sheet {
    frame: Frame,
    told: Option<&'static str>,
    state: &'static str,
    is_draft: bool,
    is_withdrawn: bool,
    may_act: bool,
    title: String,
    period: String,
    totals: String,
    handled: String,
    indicators: Vec<Indicator>,
    before: Option<String>,
    categories: Vec<Category>,
    annex: Vec<AnnexRow>,
    /// All sites that are named.
    named: usize,
    signed_on: String,
    circular: StoredCircular,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Asked {
    told: Option<String>,
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let circular = circulars::read(&console.app.db, officer.actor(), &id).await?;
    let signed_on = circular.released_at.unwrap_or(circular.made_at);
    let sheet = Sheet {
        told: asked.told.as_deref().and_then(|key| told(officer.t, key)),
        state: document::state(officer.t, circular.state),
        is_draft: circular.state == CircularState::Draft,
        is_withdrawn: circular.state == CircularState::Withdrawn,
        may_act: officer.actor().may(AccountRole::Officer, Some(&circular.area)),
        title: document::title(&frame::region(&console, Tongue::Chinese, &circular.area)),
        period: format!("{}至{}", document::date(circular.from_on), document::date(circular.until_on)),
        totals: document::totals(&circular),
        handled: document::handled(&circular),
        indicators: document::indicators(&circular),
        before: circular.figures.before.map(|(until, _)| document::date(until)),
        categories: document::categories(&circular),
        annex: document::annex(&circular).take(document::MOST).collect(),
        named: circular.figures.named.len(),
        signed_on: document::date(day(signed_on)),
        frame: Frame::of(&console, &officer, Section::Circulars),
        circular,
    };
    Ok(html(StatusCode::OK, &sheet))
}

fn told(t: Tongue, key: &str) -> Option<&'static str> {
    Some(match key {
        "drafted" => t.say(
            "草稿已生成，数据已固定。核对后可修改文字、发布。",
            "Drafted: its figures stay as they are. Look at it, word it, release it.",
        ),
        "reworded" => t.say("文字已保存。", "The text is kept."),
        "released" => t.say("通报已发布并编号。", "The circular is released under a number."),
        "withdrawn" => t.say("通报已撤回。", "The circular is withdrawn."),
        _ => return None,
    })
}
