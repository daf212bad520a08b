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

/// The address of a site's page.
pub(super) fn link(key: &str) -> String {
    let key: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
    format!("/console/sites/{}", key.replace('+', "%20"))
}

/// Back to a site's page, which says what was done.
fn back(key: &str, told: &str) -> Response {
    Redirect::to(&format!("{}?told={told}", link(key))).into_response()
}
