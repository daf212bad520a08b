//! A file that was looked at is taken, or let go.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::preview::terms;
use crate::flow::import_registry;
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::{Console, Page};

#[derive(Deserialize)]
pub(in crate::web::console) struct Given {
    plan: String,
    #[serde(default)]
    shrink: bool,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Nothing {}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, terms) = (&console.app, terms(&console, given.shrink));
    import_registry::commit(&app.db, officer.actor(), &id, &given.plan, &terms, app.clock.now()).await?;
    Ok(Redirect::to("/console/registry?told=taken").into_response())
}

pub(in crate::web::console) async fn discard(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Page {
    import_registry::discard(&console.app.db, officer.actor(), &id).await?;
    Ok(Redirect::to("/console/registry?told=discarded").into_response())
}
