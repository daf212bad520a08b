//! What an officer does with a circular.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::flow::circulars;
use crate::store::circulars::Words;
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};

#[derive(Deserialize)]
pub(in crate::web::console) struct Worded {
    version: i64,
    addressee: String,
    opening: String,
    next_steps: String,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Checked {
    version: i64,
    /// The officer says that the document was looked at.
    #[serde(default)]
    checked: bool,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Reasoned {
    version: i64,
    why: String,
}

fn back(id: &str, told: &str) -> Response {
    Redirect::to(&format!("/console/circulars/{id}?told={told}")).into_response()
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
    Ok(back(&id, "reworded"))
}

pub(in crate::web::console) async fn release(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
    Signed(given): Signed<Checked>,
) -> Page {
    let app = &console.app;
    if !given.checked {
        return Err(Trouble::Broken);
    }
    circulars::release(&app.db, officer.actor(), &id, given.version, app.clock.now()).await?;
    Ok(back(&id, "released"))
}

pub(in crate::web::console) async fn withdraw(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
    Signed(given): Signed<Reasoned>,
) -> Page {
    let app = &console.app;
    circulars::withdraw(&app.db, officer.actor(), &id, given.version, &given.why, app.clock.now()).await?;
    Ok(back(&id, "withdrawn"))
}
