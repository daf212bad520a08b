//! Announced maintenance of a site: announced, and taken back.

use axum::extract::{Path, State};
use chrono::NaiveDate;
use serde::Deserialize;

use super::back;
use crate::flow::notices::{Maintenance, announce_maintenance};
use crate::flow::sites::{SiteError, withdraw_maintenance};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::{Console, Page};

#[derive(Deserialize)]
pub(in crate::web::console) struct Given {
    from: String,
    until: String,
    reason: String,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Which {
    id: String,
}

pub(in crate::web::console) async fn announce(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
    Signed(given): Signed<Given>,
) -> Page {
    let app = &console.app;
    let day = |text: &str| text.trim().parse::<NaiveDate>().map_err(|_| SiteError::Day);
    let reason = given.reason.trim();
    if reason.is_empty() {
        return Err(SiteError::NoReason.into());
    }
    let of = Maintenance {
        site: key.clone(),
        from: day(&given.from)?,
        until: day(&given.until)?,
        reason: reason.to_owned(),
    };
    announce_maintenance(&app.db, &app.desk, officer.actor(), &of, app.clock.now()).await?;
    Ok(back(&key, "maintenance"))
}

pub(in crate::web::console) async fn withdraw(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
    Signed(which): Signed<Which>,
) -> Page {
    let app = &console.app;
    withdraw_maintenance(&app.db, officer.actor(), &key, &which.id, app.clock.now()).await?;
    Ok(back(&key, "withdrawn"))
}
