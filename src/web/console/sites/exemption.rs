//! The exemption of a site: granted until a day, and ended before it.

use axum::extract::{Path, State};
use serde::Deserialize;

use super::back;
use crate::flow::sites::{ExemptionWish, SiteError, end_exemption, exempt};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::{Console, Page};

#[derive(Deserialize)]
pub(in crate::web::console) struct Given {
    until: String,
    reason: String,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Nothing {}

pub(in crate::web::console) async fn grant(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
    Signed(given): Signed<Given>,
) -> Page {
    let app = &console.app;
    let until = given.until.trim().parse().map_err(|_| SiteError::Day)?;
    let wish = ExemptionWish { site: key.clone(), until, reason: given.reason };
    exempt(&app.db, officer.actor(), &wish, app.clock.now()).await?;
    Ok(back(&key, "exempted"))
}

pub(in crate::web::console) async fn end(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
    Signed(Nothing {}): Signed<Nothing>,
) -> Page {
    let app = &console.app;
    end_exemption(&app.db, officer.actor(), &key, app.clock.now()).await?;
    Ok(back(&key, "unexempted"))
}
