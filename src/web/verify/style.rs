//! The public pages' style: one file, kept by browsers as long as it is the same.

use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use ring::digest::{SHA256, digest};

use crate::domain::evidence::hex;

/// The unit's sheet, and what the public pages have beside it.
const SHEET: &str = concat!(include_str!("../templates/style.css"), include_str!("../templates/public.css"));

pub(super) const PATH: &str = "/public.css";

/// The policy of pages without scripts: styles and pictures are our own, nobody frames us, forms stay here.
pub(in crate::web) const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                                 frame-ancestors 'none'";

/// The address of this version of it.
pub(in crate::web) static LINK: LazyLock<String> = LazyLock::new(|| format!("{PATH}?v={}", *VERSION));

static VERSION: LazyLock<String> =
    LazyLock::new(|| hex(digest(&SHA256, SHEET.as_bytes()).as_ref()).chars().take(12).collect());

pub(super) async fn sheet(uri: Uri) -> Response {
    let is_this = uri.query().and_then(|query| query.strip_prefix("v=")) == Some(VERSION.as_str());
    let keep = if is_this { "public, max-age=31536000, immutable" } else { "public, no-cache" };
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, HeaderValue::from_static(keep))], SHEET).into_response()
}
