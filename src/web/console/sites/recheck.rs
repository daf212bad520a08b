//! Re-checks: of one site, and of those that were marked in the list, after a page that says which.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::back;
use crate::flow::recheck::ask;
use crate::flow::sites::{self, MOST_AT_ONCE};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

#[derive(Deserialize)]
pub(in crate::web::console) struct Nothing {}

#[derive(Deserialize)]
pub(in crate::web::console) struct Marked {
    #[serde(default)]
    key: Vec<String>,
    #[serde(default)]
    confirmed: String,
}

#[derive(Template)]
#[template(path = "console/sites/recheck.html")]
struct Sheet {
    frame: Frame,
    t: Tongue,
    keys: Vec<String>,
}

pub(in crate::web::console) async fn one(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Page {
    let app = &console.app;
    ask(&app.db, officer.actor(), &key, app.clock.now()).await?;
    Ok(back(&key, "recheck"))
}

pub(in crate::web::console) async fn many(
    State(console): State<Console>,
    officer: Officer,
    Signed(marked): Signed<Marked>,
) -> Page {
    let app = &console.app;
    if marked.key.is_empty() || marked.key.len() > MOST_AT_ONCE {
        let why = format!("请先选择 1 至 {MOST_AT_ONCE} 个网站 · choose between 1 and {MOST_AT_ONCE} sites first");
        return Err(Trouble::Refused(why));
    }
    if marked.confirmed != "yes" {
        let frame = Frame::of(&console, &officer, Section::Sites);
        return Ok(html(StatusCode::OK, &Sheet { frame, t: officer.t, keys: marked.key }));
    }
    let asked = sites::recheck_all(&app.db, officer.actor(), &marked.key, app.clock.now()).await?;
    Ok(Redirect::to(&format!("/console/sites?told=recheck&number={asked}")).into_response())
}
