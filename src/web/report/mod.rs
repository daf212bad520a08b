//! 举报: somebody saw a badge where it should not be. A public form, without an account, without scripts; what is written
//! goes to the office and is published nowhere. There is no session a forged request could use; a request that a browser says
//! was made by another site is refused all the same, so that nobody's visitors are made to report.

mod form;
mod limits;

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::guard;
use super::page::html;
use super::tongue::Tongue;
use super::verify::style::{LINK, POLICY};
use crate::flow::leads;
use crate::metrics::ReportResult;
use crate::shared::Shared;
use form::{Form, Problem, Sent};
use limits::Limits;

/// Bytes of the form, percent-encoded.
const LARGEST: usize = 32 * 1024;

/// How long the database may take before the writer is told to try again later.
const PATIENCE: Duration = Duration::from_secs(8);

/// What the handlers share.
#[derive(Clone)]
struct Front {
    app: Shared,
    limits: Arc<Limits>,
}

/// The routes of the form.
pub(super) fn router(app: Shared) -> Router {
    let front = Front { app, limits: Arc::new(Limits::new()) };
    Router::new()
        .route("/report", get(show).post(submit))
        .route("/report/{number}", get(thanks))
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(middleware::from_fn_with_state(front.clone(), limits::limit))
        .layer(middleware::from_fn(guarded))
        .with_state(front)
}

/// What holds for every answer: nothing is kept, framed or indexed; the browser tells us, and nobody else, where a form was.
async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    guard::put(response.headers_mut(), POLICY, &guard::KEPT_BY_NOBODY);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// The form, with what a link brings: `?badge=&host=`.
async fn show(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let Sent { badge, host, .. } = Sent::read(query.unwrap_or_default().as_bytes());
    let sent = Sent { badge, host, ..Sent::default() };
    html(StatusCode::OK, &Form::of(Tongue::asked(&headers), &sent, Vec::new()))
}

async fn submit(State(front): State<Front>, headers: HeaderMap, body: Result<Bytes, BytesRejection>) -> Response {
    let t = Tongue::asked(&headers);
    let metrics = &front.app.metrics;
    let refused = |status, what| {
        metrics.reported(ReportResult::Invalid);
        trouble(t, status, what)
    };
    if !is_from_here(&headers, front.app.config.web.public_url.as_deref()) {
        return refused(StatusCode::FORBIDDEN, Trouble::Foreign);
    }
    let sent = match body {
        Ok(body) => Sent::read(&body),
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return refused(error.status(), Trouble::TooLarge);
        }
        Err(_) => return refused(StatusCode::BAD_REQUEST, Trouble::Broken),
    };
    let again = |result, status, problems| {
        metrics.reported(result);
        html(status, &Form::of(t, &sent, problems))
    };
    let reported = match sent.check(t) {
        Ok(reported) => reported,
        Err(problems) => return again(ReportResult::Invalid, StatusCode::UNPROCESSABLE_ENTITY, problems),
    };
    let taking = leads::report(&front.app.db, &reported, front.app.clock.now());
    // Who is told that nothing was submitted and submits again is counted twice at worst.
    let taken = tokio::time::timeout(PATIENCE, taking).await;
    match taken.map_err(|_| None).and_then(|taken| taken.map_err(Some)) {
        Ok(number) => {
            metrics.reported(ReportResult::Taken);
            Redirect::to(&format!("/report/{number}")).into_response()
        }
        Err(error) => {
            let error = error.map_or_else(|| "the database does not answer".to_owned(), |error| error.to_string());
            tracing::error!(error, "a report of the public could not be taken; its writer was told");
            let problem = Problem::of("", form::not_taken(t).to_owned());
            again(ReportResult::Unavailable, StatusCode::SERVICE_UNAVAILABLE, vec![problem])
        }
    }
}

/// Was the form sent from a page of ours? Browsers say so; what says nothing is no browser that somebody else could use.
fn is_from_here(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = text(&HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(&header::ORIGIN) else { return true };
    let at = |url: &str| url.split_once("://").map(|(_, rest)| rest.trim_end_matches('/').to_ascii_lowercase());
    let ours = [text(&header::HOST).map(str::to_ascii_lowercase), public_url.and_then(at)];
    at(origin).is_some_and(|origin| ours.iter().flatten().any(|own| *own == origin))
}

#[derive(Template)]
#[template(path = "report/thanks.html")]
struct Thanks<'a> {
    t: Tongue,
    sheet: &'static str,
    number: &'a str,
}

/// What the writer is given. The address says nothing but a number, which leads nowhere.
async fn thanks(Path(number): Path<String>, headers: HeaderMap) -> Response {
    let t = Tongue::asked(&headers);
    let is_number = |(year, rest): (&str, &str)| {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        year.len() == 4 && (6..=12).contains(&rest.len()) && digits(year) && digits(rest)
    };
    match number.split_once('-').is_some_and(is_number) {
        true => html(StatusCode::OK, &Thanks { t, sheet: &LINK, number: &number }),
        false => trouble(t, StatusCode::NOT_FOUND, Trouble::Missing),
    }
}

/// What went wrong beside the fields.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    Missing,
    TooOften {
        seconds: u64,
    },
    Broken,
    TooLarge,
    /// The browser says that another site sent the form.
    Foreign,
}

#[derive(Template)]
#[template(path = "report/trouble.html")]
struct TroublePage {
    t: Tongue,
    sheet: &'static str,
    title: &'static str,
    line: String,
}

fn trouble(t: Tongue, status: StatusCode, what: Trouble) -> Response {
    let (title, line) = match what {
        Trouble::Missing => (t.say("没有这个页面", "There is no such page"), String::new()),
        Trouble::TooOften { seconds } => (
            t.say("提交过于频繁，请稍后再试", "Too many reports: please wait a moment"),
            match t {
                Tongue::Chinese => format!("刚才的内容没有提交。请等待 {seconds} 秒后返回上一页重新提交。"),
                Tongue::English => {
                    format!("Nothing was submitted. Wait {seconds} seconds, go back and submit it again.")
                }
            },
        ),
        Trouble::Broken => (
            t.say("提交的内容不完整", "The form did not arrive whole"),
            t.say("请返回上一页重新提交。", "Go back and submit it again.").to_owned(),
        ),
        Trouble::TooLarge => (
            t.say("提交的内容过大", "Too much was sent"),
            t.say("请返回上一页，缩短说明后重新提交。", "Go back, shorten what you wrote, and submit it again.")
                .to_owned(),
        ),
        Trouble::Foreign => (
            t.say("提交没有受理", "The report was not taken"),
            t.say(
                "这份内容不是从本站的表单提交的。请在本站填写后提交。",
                "It was not sent by the form of this site. Fill the form in here.",
            )
            .to_owned(),
        ),
    };
    html(status, &TroublePage { t, sheet: &LINK, title, line })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(given: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.insert(*name, value.parse().unwrap());
        }
        is_from_here(&headers, Some("https://badge.yunxi.example/"))
    }

    #[test]
    fn a_form_that_another_site_sends_is_known_by_what_the_browser_says() {
        assert!(
            from(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")]),
            "the browser's own word"
        );
        assert!(!from(&[("sec-fetch-site", "cross-site")]) && !from(&[("sec-fetch-site", "same-site")]));
        assert!(from(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")]));
        assert!(from(&[("host", "inner:8080"), ("origin", "https://badge.yunxi.example")]), "behind a proxy");
        assert!(!from(&[("host", "inner:8080"), ("origin", "https://evil.example")]));
        assert!(!from(&[("host", "inner:8080"), ("origin", "null")]));
        assert!(from(&[("host", "inner:8080")]), "no browser");
    }
}
