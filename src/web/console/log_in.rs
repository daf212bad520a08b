//! Logging in and out.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::Cookie;
use axum_extra::extract::{CookieJar, Form};
use serde::Deserialize;

use super::enter::{Officer, Whence, cookie_name, is_our_own, secret, shown};
use super::form::Signed;
use super::oneself::code;
use super::trouble::Trouble;
use super::{Console, Page, assets, tongue};
use crate::flow::people::{self, LogInError};
use crate::web::page::html;
use crate::web::tongue::Tongue;

#[derive(Template)]
#[template(path = "console/log_in.html")]
struct Sheet {
    t: Tongue,
    style: &'static str,
    to: String,
    name: String,
    is_wrong: bool,
    /// Days that a first password was good for, which is over.
    late: Option<i64>,
    /// Minutes to wait: it was tried too often.
    wait: Option<u64>,
}

#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    to: String,
}

#[derive(Deserialize)]
pub(super) struct Given {
    name: String,
    password: String,
    #[serde(default)]
    to: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

impl Sheet {
    fn of(t: Tongue, to: &str, name: &str) -> Self {
        let (to, name) = (tongue::within(to).to_owned(), name.to_owned());
        Self { t, style: &assets::STYLE_LINK, to, name, is_wrong: false, late: None, wait: None }
    }
}

pub(super) async fn show(Query(back): Query<Back>, jar: CookieJar, headers: HeaderMap) -> Response {
    html(StatusCode::OK, &Sheet::of(tongue::of(&jar, &headers), &back.to, ""))
}

pub(super) async fn submit(
    State(console): State<Console>,
    Whence(from): Whence,
    jar: CookieJar,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Page {
    if !is_our_own(&headers) {
        return Err(Trouble::Foreign);
    }
    let (app, name) = (&console.app, given.name.trim());
    let sheet = Sheet::of(tongue::of(&jar, &headers), &given.to, name);
    if let Some(wait) = console.limits.log_in(name, from) {
        let sheet = Sheet { wait: Some(minutes(wait)), ..sheet };
        let mut response = html(StatusCode::TOO_MANY_REQUESTS, &sheet);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        return Ok(response);
    }
    let before = secret(&console, &jar);
    match people::log_in(&app.db, (name, &given.password), before.as_deref(), from, app.clock.now()).await {
        Ok(opened) => {
            console.limits.let_in(name, from);
            let to = if opened.is_full { sheet.to } else { code::address(&sheet.to) };
            Ok((shown(&console, jar, opened), Redirect::to(&to)).into_response())
        }
        Err(LogInError::Wrong) => Ok(html(StatusCode::UNAUTHORIZED, &Sheet { is_wrong: true, ..sheet })),
        Err(LogInError::Late) => Ok(html(StatusCode::UNAUTHORIZED, &Sheet { late: Some(people::FIRST_DAYS), ..sheet })),
        Err(LogInError::Store(error)) => Err(error.into()),
    }
}

/// Whole minutes after which it is surely one's turn.
pub(super) fn minutes(seconds: u64) -> u64 {
    seconds.div_ceil(60)
}

pub(super) async fn log_out(
    State(console): State<Console>,
    officer: Officer,
    jar: CookieJar,
    Signed(Nothing {}): Signed<Nothing>,
) -> Page {
    let app = &console.app;
    people::log_out(&app.db, &officer.entered, app.clock.now()).await?;
    // A name with `__Host-` is taken back as it was given, or not at all.
    let is_https = app.config.web.is_https();
    let gone = Cookie::build((cookie_name(is_https), "")).path("/").secure(is_https).build();
    Ok((jar.remove(gone), Redirect::to("/console/log-in")).into_response())
}
