//! What is asked and what came of it.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Version;
use reqwest::header::{HeaderMap, HeaderValue};
use url::Url;

use crate::domain::verdict::Reason;

/// How to ask for a page.
#[derive(Debug, Clone)]
pub struct Request {
    /// The `Accept` header.
    pub accept: HeaderValue,
    /// `If-None-Match`, sent to the requested URL only: a validator says nothing about where a redirect leads.
    pub if_none_match: Option<HeaderValue>,
    /// `If-Modified-Since`, likewise.
    pub if_modified_since: Option<HeaderValue>,
    /// Body limit in bytes where it differs from [`Limits::body_bytes`](super::Limits::body_bytes).
    pub max_body: Option<usize>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            accept: HeaderValue::from_static("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"),
            if_none_match: None,
            if_modified_since: None,
            max_body: None,
        }
    }
}

/// A finished look at one URL.
#[derive(Debug)]
pub struct Fetched {
    /// The URL that was asked for.
    pub requested: Url,
    /// The URL that answered or failed last, without fragment.
    pub url: Url,
    /// The redirects on the way, in order; a step down from https to http can be read here.
    pub hops: Vec<Hop>,
    /// A whole answer, or why there is none.
    pub outcome: Result<Answer, Trouble>,
}

/// One redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    pub url: Url,
    pub status: u16,
    /// The `Location` header as sent; bytes that are no UTF-8 are percent-encoded.
    pub location: String,
}

/// An HTTP answer with any status.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Without `Content-Encoding` and `Content-Length` where the body was decompressed.
    pub headers: HeaderMap,
    /// Decompressed, in the page's own charset.
    pub body: Bytes,
    /// The address that answered.
    pub remote: Option<SocketAddr>,
    pub http_version: Version,
    /// From the request to the last byte of the body.
    pub elapsed: Duration,
    /// What we sent, beside `Host` and `Accept-Encoding`.
    pub request_headers: HeaderMap,
}

/// Why there is no whole answer.
#[derive(Debug, Clone)]
pub struct Trouble {
    pub reason: Reason,
    /// What happened in the words of the layer where it did: evidence for a person, not to be parsed.
    pub detail: String,
    /// What had come when the body broke off or met the limit. Kept apart from a whole answer so that nobody takes
    /// the badge missing from half a page for a missing badge.
    pub partial: Option<Box<Answer>>,
}

impl Trouble {
    pub(super) fn new(reason: Reason, detail: impl ToString) -> Self {
        Self { reason, detail: detail.to_string(), partial: None }
    }
}
