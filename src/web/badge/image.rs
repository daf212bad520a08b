//! The badge's pictures: drawings of our own, told apart by colour, sign and words.
//!
//! The PNG files are made from the SVG ones, at twice the size a page shows them in, each by
//! `chromium --headless --hide-scrollbars --default-background-color=00000000 --force-device-scale-factor=2
//! --window-size=80,80 --screenshot=red.png red.svg`.

use std::sync::LazyLock;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;

use super::{Badges, reply};
use crate::domain::ids::BadgeCode;
use crate::domain::seen::SeenBy;

/// A week: a badge's state changes the address of its picture, not the picture.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=604800");
const NOT_LONG: HeaderValue = HeaderValue::from_static("public, max-age=60");

struct Picture {
    name: &'static str,
    kind: &'static str,
    body: Bytes,
    etag: HeaderValue,
}

macro_rules! pictures {
    ($($name:literal)+) => {
        [$(
            picture(concat!($name, ".svg"), "image/svg+xml", include_bytes!(concat!("image/", $name, ".svg"))),
            picture(concat!($name, ".png"), "image/png", include_bytes!(concat!("image/", $name, ".png"))),
        )+]
    };
}

static PICTURES: LazyLock<[Picture; 8]> = LazyLock::new(|| pictures!["red" "blue" "red_error" "blue_error"]);

fn picture(name: &'static str, kind: &'static str, body: &'static [u8]) -> Picture {
    Picture { name, kind, body: Bytes::from_static(body), etag: reply::etag(body) }
}

/// A picture by its name. Behind `?` stands the badge it is shown for: the picture is the same for all.
pub(super) async fn show(
    State(badges): State<Badges>,
    Path(name): Path<String>,
    RawQuery(badge): RawQuery,
    asked: HeaderMap,
) -> Response {
    if let Some(code) = badge.and_then(|code| BadgeCode::parse(&code).ok()) {
        badges.shown(code, &asked, SeenBy::Image);
    }
    match PICTURES.iter().find(|picture| picture.name == name) {
        Some(found) => reply::body(&asked, found.kind, &KEEP, &found.etag, found.body.clone()),
        None => reply::nothing(StatusCode::NOT_FOUND, &NOT_LONG, "// no such picture\n"),
    }
}
