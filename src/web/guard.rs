//! The headers that keep a page to itself: nothing is fetched from elsewhere, nobody frames it, no address is passed on.

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

/// Nobody keeps the page, and no search engine knows it; it is in the language that was asked for.
pub(super) const KEPT_BY_NOBODY: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    (header::VARY, "Accept-Language"),
];
