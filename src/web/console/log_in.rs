//! Logging in and out.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, SameSite};
use axum_extra::extract::{CookieJar, Form};
use serde::Deserialize;

use super::enter::{Officer, cookie_name, is_our_own};
use super::form::Signed;
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

fn sheet(t: Tongue, to: &str, name: &str, is_wrong: bool) -> Sheet {
    Sheet { t, style: &assets::STYLE_LINK, to: tongue::within(to).to_owned(), name: name.to_owned(), is_wrong }
}

pub(super) async fn show(Query(back): Query<Back>, jar: CookieJar, headers: HeaderMap) -> Response {
    html(StatusCode::OK, &sheet(tongue::of(&jar, &headers), &back.to, "", false))
}

pub(super) async fn submit(
    State(console): State<Console>,
    jar: CookieJar,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Page {
    if !is_our_own(&headers) {
        return Err(Trouble::Foreign);
    }
    let (app, t) = (&console.app, tongue::of(&jar, &headers));
    match people::log_in(&app.db, given.name.trim(), &given.password, app.clock.now()).await {
        Ok(opened) => {
            let is_https = app.config.web.is_https();
            let cookie = Cookie::build((cookie_name(is_https), opened.secret))
                .path("/")
                .http_only(true)
                .secure(is_https)
                .same_site(SameSite::Lax);
            Ok((jar.add(cookie), Redirect::to(tongue::within(&given.to))).into_response())
        }
        Err(LogInError::Wrong) => Ok(html(StatusCode::UNAUTHORIZED, &sheet(t, &given.to, &given.name, true))),
        Err(LogInError::Store(error)) => Err(error.into()),
    }
}

pub(super) async fn log_out(
    State(console): State<Console>,
    officer: Officer,
    jar: CookieJar,
    Signed(Nothing {}): Signed<Nothing>,
) -> Page {
    let app = &console.app;
    people::log_out(&app.db, &officer.entered, app.clock.now()).await?;
    let gone = Cookie::build((cookie_name(app.config.web.is_https()), "")).path("/").build();
    Ok((jar.remove(gone), Redirect::to("/console/log-in")).into_response())
}
