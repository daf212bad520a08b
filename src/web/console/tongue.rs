//! The language of the console: Chinese, or what was chosen, or what the browser asks for.

use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;

use super::trouble::Trouble;
use crate::web::tongue::Tongue;

const COOKIE: &str = "badgewatch-tongue";

pub(super) fn of(jar: &CookieJar, headers: &HeaderMap) -> Tongue {
    match jar.get(COOKIE).map(|cookie| cookie.value()) {
        Some("zh") => Tongue::Chinese,
        Some("en") => Tongue::English,
        _ => Tongue::asked(headers),
    }
}

#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    to: String,
}

/// Chooses a language and goes back to where one was.
pub(super) async fn choose(Path(tongue): Path<String>, Query(back): Query<Back>, jar: CookieJar) -> Response {
    if !matches!(tongue.as_str(), "zh" | "en") {
        return Trouble::Missing.into_response();
    }
    let cookie = Cookie::build((COOKIE, tongue)).path("/console").same_site(SameSite::Lax).http_only(true).permanent();
    (jar.add(cookie), Redirect::to(within(&back.to))).into_response()
}

/// An address of the console; whatever else somebody wrote there leads to its front.
pub(super) fn within(to: &str) -> &str {
    let is_within = to == "/console" || to.starts_with("/console/") || to.starts_with("/console?");
    if is_within && !to.contains(['\\', '\n', '\r', '\t']) { to } else { "/console" }
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(within("/console/sites?page=2"), "/console/sites?page=2");
        for odd in ["//evil.example", "https://evil.example", "/consolex", "/\\evil.example", "", "/console\n"] {
            assert_eq!(within(odd), "/console", "{odd:?}");
        }
    }
}
