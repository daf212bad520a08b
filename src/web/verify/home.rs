//! Where a citizen comes in: one field to ask by, how to tell a real badge, whom to tell of a false one, and the regions.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::places::{EVERYWHERE, Place, below};
use super::{Front, html, style};
use crate::web::tongue::Tongue;

#[derive(Template)]
#[template(path = "verify/home.html")]
struct Page<'a> {
    t: Tongue,
    sheet: &'static str,
    provinces: Vec<Place<'a>>,
    /// What the addresses of our own pages begin with, if it was configured.
    own: Option<String>,
}

pub(super) async fn show(State(front): State<Front>, headers: HeaderMap) -> Response {
    let page = Page {
        t: Tongue::asked(&headers),
        sheet: &style::LINK,
        provinces: below(&front.0.regions, EVERYWHERE),
        own: front.0.own.address("/"),
    };
    html(StatusCode::OK, &page)
}
