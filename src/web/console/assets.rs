//! The style and the one script of the console, kept by browsers as long as they are the same.

use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use ring::digest::{SHA256, digest};

use crate::domain::evidence::hex;

/// The sheet of all pages, and what the console has beside it.
const SHEET: &str = concat!(include_str!("../templates/style.css"), include_str!("../templates/console/console.css"));
/// What makes pages handier; none needs it.
const HELPS: &str = include_str!("../templates/console/console.js");

pub(super) const STYLE: &str = "/console/console.css";
pub(super) const SCRIPT: &str = "/console/console.js";

macro_rules! policy {
    ($more:literal) => {
        concat!(
            "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            $more
        )
    };
}

/// Styles, pictures, scripts and their questions are our own; nobody frames us, forms stay here.
pub(super) const POLICY: &str = policy!("");
/// The same for a page that shows letters: in frames that are our own.
pub(super) const POLICY_AROUND_LETTERS: &str = policy!("; frame-src 'self'");
/// A letter has its style in it, and nothing else; it stands in frames of ours alone, as if it came from nowhere.
pub(super) const POLICY_OF_LETTERS: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox";

/// The address of this version of the style.
pub(super) static STYLE_LINK: LazyLock<String> = LazyLock::new(|| format!("{STYLE}?v={}", version(SHEET)));
/// The address of this version of the script.
pub(super) static SCRIPT_LINK: LazyLock<String> = LazyLock::new(|| format!("{SCRIPT}?v={}", version(HELPS)));

fn version(text: &str) -> String {
    hex(digest(&SHA256, text.as_bytes()).as_ref()).chars().take(12).collect()
}

pub(super) async fn style() -> Response {
    kept("text/css; charset=utf-8", SHEET)
}

pub(super) async fn script() -> Response {
    kept("text/javascript; charset=utf-8", HELPS)
}

/// A new version has a new address.
fn kept(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")], text).into_response()
}
