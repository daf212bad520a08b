//! The words of a draft are kept.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use crate::flow::circulars;
use crate::store::circulars::Words;
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::{Console, Page};

#[derive(Deserialize)]
pub(in crate::web::console) struct Worded {
    version: i64,
    addressee: String,
    opening: String,
    next_steps: String,
}

pub(in crate::web::console) async fn reword(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
    Signed(given): Signed<Worded>,
) -> Page {
    let app = &console.app;
    let plain = |text: String| text.replace("\r\n", "\n").trim().to_owned();
    let words =
        Words { addressee: plain(given.addressee), opening: plain(given.opening), next_steps: plain(given.next_steps) };
    circulars::reword(&app.db, officer.actor(), &id, given.version, &words, app.clock.now()).await?;
    Ok(Redirect::to(&format!("/console/circulars/{id}?told=reworded")).into_response())
}
