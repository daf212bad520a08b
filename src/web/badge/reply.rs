//! What is answered to whoever shows a badge: any page may load it, anybody on the way may keep it for a while.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use ring::digest::{SHA256, digest};

use crate::domain::evidence::hex;
use crate::web::guard::is_known;

pub(super) const SCRIPT: &str = "text/javascript; charset=utf-8";
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// How a body is known again.
pub(super) fn etag(body: &[u8]) -> HeaderValue {
    let hash = hex(&digest(&SHA256, body).as_ref()[..16]);
    HeaderValue::try_from(format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// A body, or that it is the one the asker has.
pub(super) fn body(
    asked: &HeaderMap,
    kind: &'static str,
    keep: &HeaderValue,
    etag: &HeaderValue,
    body: Bytes,
) -> Response {
    let mut response = match is_known(asked, etag.as_bytes()) {
        true => plain(StatusCode::NOT_MODIFIED, kind, Bytes::new()),
        false => plain(StatusCode::OK, kind, body),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, keep.clone());
    response.headers_mut().insert(header::ETAG, etag.clone());
    response
}

/// A script that does nothing, and says why to who reads it.
pub(super) fn nothing(status: StatusCode, keep: &HeaderValue, why: &'static str) -> Response {
    let mut response = plain(status, SCRIPT, Bytes::from_static(why.as_bytes()));
    response.headers_mut().insert(header::CACHE_CONTROL, keep.clone());
    response
}

fn plain(status: StatusCode, kind: &'static str, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(6);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    response
}
