//! One answer of the web server, and what a visitor who has it already gets instead.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, SET_COOKIE};
use axum::http::{HeaderValue, Response, StatusCode};

pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const UNDECLARED: &str = "text/html";
pub(super) const SCRIPT: &str = "application/javascript";
pub(super) const PICTURE: &str = "image/svg+xml";

const NOT_FOUND: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>404 Not Found</title></head><body>\
<h1>404 Not Found</h1></body></html>";

/// An answer before it goes out.
pub(super) struct Reply {
    pub status: StatusCode,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    /// Does it set a cookie, as tests of the browser do?
    pub cookie: bool,
    /// How long the visitor has to wait for it.
    pub delay: Duration,
}

impl Reply {
    pub fn new(status: StatusCode, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, body: body.into(), cookie: false, delay: Duration::ZERO }
    }

    pub fn ok(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(StatusCode::OK, content_type, body)
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, HTML, NOT_FOUND)
    }

    /// The answer as it goes out. What the visitor has already is not sent again (RFC 9110, 13.1.2).
    pub fn response(self, known: &str) -> Response<Body> {
        let tag = entity_tag(&self.body);
        let is_known =
            self.status == StatusCode::OK && known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag);
        let mut response = match is_known {
            true => Response::new(Body::empty()),
            false => Response::new(Body::from(self.body)),
        };
        *response.status_mut() = if is_known { StatusCode::NOT_MODIFIED } else { self.status };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if self.status == StatusCode::OK {
            headers.extend(HeaderValue::try_from(tag).ok().map(|tag| (ETAG, tag)));
        }
        if self.cookie {
            headers.insert(SET_COOKIE, HeaderValue::from_static("visit=1; Path=/; HttpOnly"));
        }
        response
    }
}

fn entity_tag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
