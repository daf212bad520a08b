//! The headers that keep a page to itself: nothing is fetched from elsewhere, nobody frames it, no address is passed on. And
//! who has it already.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use bytes::Bytes;

const HEADERS: [(HeaderName, &str); 6] = [
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Puts them on an answer, with the page's own policy and what else it says.
pub(super) fn put(headers: &mut HeaderMap, policy: &'static str, others: &[(HeaderName, &'static str)]) {
    headers.reserve(1 + HEADERS.len() + others.len());
    if let Ok(policy) = HeaderValue::from_maybe_shared(Bytes::from_static(policy.as_bytes())) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in HEADERS.iter().chain(others) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Has the asker what bears this tag? It may name several, and weak ones: whoever packs an answer weakens its tag
/// (RFC 9110, 13.1.2).
pub(super) fn is_known(asked: &HeaderMap, etag: &[u8]) -> bool {
    let named = asked.get_all(header::IF_NONE_MATCH).iter().flat_map(|value| value.as_bytes().split(|b| *b == b','));
    named.map(<[u8]>::trim_ascii).any(|known| known == b"*" || known.strip_prefix(b"W/").unwrap_or(known) == etag)
}

/// Nobody keeps the page, and no search engine knows it; it is in the language that was asked for.
pub(super) const KEPT_BY_NOBODY: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (header::VARY, "Accept-Language"),
];
