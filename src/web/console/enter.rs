//! Who is let in, and to what.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use url::form_urlencoded::byte_serialize;

use super::trouble::Trouble;
use super::{Console, tongue};
use crate::config::SecondDevice;
use crate::domain::account::{AccountRole, Actor};
use crate::flow::people::{self, Opened};
use crate::store::sessions::Entered;
use crate::web::tongue::Tongue;
use crate::web::visitor;

/// The cookie that lets in. `__Host-`: of this host alone, by https alone (RFC 6265bis §4.1.3.2).
pub(super) fn cookie_name(is_https: bool) -> &'static str {
    if is_https { "__Host-badgewatch" } else { "badgewatch" }
}

/// Somebody of an office who is logged in.
#[derive(Clone)]
pub(super) struct Officer {
    pub entered: Entered,
    pub t: Tongue,
    /// The address of the page that was asked for, with its query; an answer to a form has none that could be asked for again.
    pub at: Option<String>,
}

impl Officer {
    pub fn actor(&self) -> &Actor {
        &self.entered.actor
    }

    pub fn is(&self, role: AccountRole) -> bool {
        self.entered.actor.role >= role
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Officer {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        parts.extensions.get::<Self>().cloned().ok_or(Trouble::LoggedOut)
    }
}

/// Where a request comes from, as far as it is known.
pub(super) struct Whence(pub Option<IpAddr>);

impl FromRequestParts<Console> for Whence {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, console: &Console) -> Result<Self, Infallible> {
        let trusted = &console.app.config.web.trusted_proxies;
        Ok(Self(visitor::address(trusted, &parts.extensions, &parts.headers)))
    }
}

/// Lets in who is logged in, and sends everybody else to log in and back. What changes something comes from our own pages.
pub(super) async fn enter(
    State(console): State<Console>,
    jar: CookieJar,
    mut request: Request,
    next: Next,
) -> Response {
    let is_reading = request.method() == Method::GET || request.method() == Method::HEAD;
    if !is_reading && !is_our_own(request.headers()) {
        return Trouble::Foreign.into_response();
    }
    let app = &console.app;
    let entered = match secret(&console, &jar) {
        Some(secret) => match people::enter(&app.db, &secret, app.clock.now()).await {
            Ok(entered) => entered,
            Err(error) => return Trouble::from(error).into_response(),
        },
        None => None,
    };
    let at = request.uri().path_and_query().map(|at| at.as_str().to_owned()).unwrap_or_default();
    let Some(entered) = entered else {
        return if is_reading { to_log_in(&at) } else { Trouble::LoggedOut.into_response() };
    };
    if let Some(first) = first(&entered, app.config.people.second_device)
        && ![first, LOG_OUT].contains(&request.uri().path())
    {
        return Redirect::to(first).into_response();
    }
    let t = tongue::of(&jar, request.headers());
    request.extensions_mut().insert(Officer { entered, t, at: is_reading.then_some(at) });
    next.run(request).await
}

const LOG_OUT: &str = "/console/log-out";

/// Where somebody must go before anything else opens: the code of the second device, then a password of their own, then
/// the second device that is demanded of them.
fn first(entered: &Entered, second_device: SecondDevice) -> Option<&'static str> {
    if !entered.session.is_full {
        return Some("/console/second-device/code");
    }
    if entered.must_change {
        return Some("/console/password");
    }
    let is_missing = !entered.has_device && second_device.is_demanded_of(entered.actor.role);
    is_missing.then_some("/console/second-device")
}

/// Gives the browser the secret of its session.
pub(super) fn shown(console: &Console, jar: CookieJar, opened: Opened) -> CookieJar {
    let is_https = console.app.config.web.is_https();
    let cookie = Cookie::build((cookie_name(is_https), opened.secret));
    jar.add(cookie.path("/").http_only(true).secure(is_https).same_site(SameSite::Lax))
}

/// What the browser shows, if it is of ours.
pub(super) fn secret(console: &Console, jar: &CookieJar) -> Option<String> {
    jar.get(cookie_name(console.app.config.web.is_https())).map(|cookie| cookie.value().to_owned())
}

fn to_log_in(at: &str) -> Response {
    let to: String = byte_serialize(at.as_bytes()).collect();
    Redirect::to(&format!("/console/log-in?to={to}")).into_response()
}

/// The role that the table of routes demands.
pub(super) async fn needs(role: AccountRole, officer: Officer, request: Request, next: Next) -> Response {
    if officer.is(role) { next.run(request).await } else { Trouble::Role(role).into_response() }
}

/// Was it sent by one of our own pages? Browsers say so by `Sec-Fetch-Site`, older ones by `Origin`; who says neither is
/// no browser that was led astray, and must know the form's token all the same.
pub(super) fn is_our_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return true };
    let host = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && host == text(header::HOST.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        all.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect::<HeaderMap>()
    }

    #[test]
    fn a_form_of_another_site_is_none_of_ours() {
        let host = ("host", "badge.yunxi.example");
        assert!(is_our_own(&headers(&[host, ("origin", "https://badge.yunxi.example")])));
        assert!(is_our_own(&headers(&[host, ("sec-fetch-site", "same-origin")])) && is_our_own(&headers(&[host])));
        for odd in ["https://evil.example", "null", "https://badge.yunxi.example.evil.example", ""] {
            assert!(!is_our_own(&headers(&[host, ("origin", odd)])), "{odd}");
        }
        for site in ["cross-site", "same-site"] {
            assert!(!is_our_own(&headers(&[
                host,
                ("sec-fetch-site", site),
                ("origin", "https://badge.yunxi.example")
            ])));
        }
    }
}
