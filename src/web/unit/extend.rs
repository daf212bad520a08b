//! 申请延期: until when, and why.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::form::{self, Problem};
use super::page::refused;
use super::trouble::{Trouble, trouble};
use super::{Front, html};
use crate::domain::notice::{DayRefusal, LONGEST_EXTENSION, LONGEST_TEXT, RequestKind, SHORTEST_TEXT, text};
use crate::flow::notices::Wish;
use crate::flow::notices::unit_view::UnitView;
use crate::web::style::SHEET;
use crate::web::tongue::Tongue;

/// The form, as it was sent.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sent {
    #[serde(default)]
    until: String,
    #[serde(default)]
    text: String,
}

#[derive(Template)]
#[template(path = "unit/extend.html")]
struct Form<'a> {
    t: Tongue,
    sheet: &'static str,
    token: &'a str,
    view: &'a UnitView,
    blocked: Option<String>,
    problems: Vec<Problem>,
    due: Option<String>,
    until: &'a str,
    /// The first and the last day that may be asked for.
    earliest: String,
    latest: String,
    text: &'a str,
    shortest: usize,
    longest: usize,
}

fn form<'a>(t: Tongue, token: &'a str, view: &'a UnitView, sent: &'a Sent, problems: Vec<Problem>) -> Form<'a> {
    let due = view.notice.due().map(|due| due.date);
    let no_limit = || refusal(t, DayRefusal::NoLimit);
    let blocked = view.notice.may_ask(RequestKind::Extension).err().map(|refusal| refused(t, refusal));
    let blocked = blocked.or_else(|| due.is_none().then(no_limit));
    let earliest = due.unwrap_or(view.today).max(view.today) + Days::new(1);
    let latest = view.today + Days::new(LONGEST_EXTENSION);
    Form {
        t,
        sheet: SHEET,
        token,
        view,
        blocked,
        problems,
        due: due.map(|due| t.date(due)),
        until: &sent.until,
        earliest: earliest.to_string(),
        latest: latest.to_string(),
        text: &sent.text,
        shortest: SHORTEST_TEXT,
        longest: LONGEST_TEXT,
    }
}

pub(super) async fn show(State(front): State<Front>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let t = Tongue::asked(&headers);
    match front.found(t, &token, front.now()).await {
        Ok(view) => html(StatusCode::OK, &form(t, &token, &view, &Sent::default(), Vec::new())),
        Err(answer) => answer,
    }
}

pub(super) async fn submit(
    State(front): State<Front>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Result<axum::Form<Sent>, FormRejection>,
) -> Response {
    let t = Tongue::asked(&headers);
    let view = match front.found(t, &token, front.now()).await {
        Ok(view) => view,
        Err(answer) => return answer,
    };
    let sent = match body {
        Ok(axum::Form(sent)) => sent,
        Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return trouble(t, error.status(), Trouble::TooLarge);
        }
        Err(_) => return trouble(t, StatusCode::BAD_REQUEST, Trouble::Broken),
    };
    let again = |status, problems| html(status, &form(t, &token, &view, &sent, problems));
    let wish = match wish(t, &view, &sent) {
        Ok(wish) => wish,
        Err(problems) => return again(StatusCode::UNPROCESSABLE_ENTITY, problems),
    };
    front.take(t, &token, wish, "?done=extension", again).await
}

fn wish(t: Tongue, view: &UnitView, sent: &Sent) -> Result<Wish, Vec<Problem>> {
    let day = || Problem::of("until", t.say("请填写日期，例如 2026-12-18", "Write a day, such as 2026-12-18"));
    let until = sent.until.trim().parse::<NaiveDate>().map_err(|_| day()).and_then(|until| {
        let may = view.notice.may_ask_until(until, view.today);
        may.map(|()| until).map_err(|why| Problem::of("until", refusal(t, why)))
    });
    let written = text(&sent.text).map_err(|refusal| form::text_problem(t, refusal));
    match (until, written) {
        (Ok(until), Ok(text)) => Ok(Wish { kind: RequestKind::Extension, text, until: Some(until), file: None }),
        (until, text) => Err(until.err().into_iter().chain(text.err()).collect()),
    }
}

fn refusal(t: Tongue, why: DayRefusal) -> String {
    match (why, t) {
        (DayRefusal::NoLimit, _) => {
            t.say("整改期限尚未开始计算，暂不需要延期", "No limit runs yet: there is nothing to extend").to_owned()
        }
        (DayRefusal::NotAfterDue(due), Tongue::Chinese) => format!("日期应晚于现有期限 {}", t.date(due)),
        (DayRefusal::NotAfterDue(due), Tongue::English) => {
            format!("The day must lie after the due date, {}", t.date(due))
        }
        (DayRefusal::NotAhead, _) => t.say("日期应晚于今天", "The day must lie ahead").to_owned(),
        (DayRefusal::TooFar, Tongue::Chinese) => format!("日期过远：至多申请到 {LONGEST_EXTENSION} 天以后"),
        (DayRefusal::TooFar, Tongue::English) => format!("Too far ahead: {LONGEST_EXTENSION} days at most"),
    }
}
