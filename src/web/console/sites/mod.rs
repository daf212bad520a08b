//! Sites: the list with its filters, and the page of each.

pub(super) mod edit;
pub(super) mod exemption;
pub(super) mod export;
pub(super) mod list;
pub(super) mod maintenance;
pub(super) mod page;
pub(super) mod query;
pub(super) mod recheck;
pub(super) mod saved;
mod timeline;

use axum::response::{IntoResponse, Redirect, Response};

use super::Console;
use super::act::ActPage;
use super::enter::Officer;
use super::frame::{Frame, Section};
use super::notices::unit;
use super::trouble::Trouble;
use crate::domain::account::AccountRole;
use crate::flow::notices::site_of;
use crate::store::sites::StoredSite;

/// The address of a site's page.
pub(super) fn link(key: &str) -> String {
    let key: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
    format!("/console/sites/{}", key.replace('+', "%20"))
}

/// A site that an officer is about to act on.
async fn site(console: &Console, officer: &Officer, key: &str) -> Result<StoredSite, Trouble> {
    let mut tx = console.app.db.read().await?;
    Ok(site_of(&mut tx, officer.actor(), AccountRole::Officer, key).await?)
}

/// The first page of an act on a site.
fn first(console: &Console, officer: &Officer, site: &StoredSite, title: &str) -> ActPage {
    let frame = Frame::of(console, officer, Section::Sites);
    ActPage::first(frame, format!("{} · {}", unit(site), site.site.name), title, link(&site.site.key))
}

/// Back to a site's page, which says what was done.
fn back(key: &str, told: &str) -> Response {
    Redirect::to(&format!("{}?told={told}", link(key))).into_response()
}
