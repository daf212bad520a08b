//! Filters under a name: kept, and let go.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::query::link;
use crate::flow::filters::{self, Kept};
use crate::store::filters::Saved;
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::{Console, Page};

#[derive(Deserialize)]
pub(in crate::web::console) struct Given {
    #[serde(default)]
    name: String,
    #[serde(default)]
    query: String,
    /// `keep` or `drop`.
    act: String,
}

pub(in crate::web::console) async fn keep(
    State(console): State<Console>,
    officer: Officer,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, actor) = (&console.app, officer.actor());
    let told = if given.act == "drop" {
        filters::drop_filter(&app.db, actor, given.name.trim()).await?;
        "dropped"
    } else {
        let saved = Saved { name: given.name, query: given.query.clone() };
        match filters::keep(&app.db, actor, &saved, app.clock.now()).await? {
            Kept::Yes => "kept",
            Kept::NoName => "unnamed",
            Kept::TooMany => "full",
        }
    };
    let query = [given.query.as_str(), &format!("told={told}")].join("&");
    Ok(Redirect::to(&link(query.trim_start_matches('&'), 0)).into_response())
}
