//! One's own password.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use crate::flow::people::{self, ChangeError, SHORTEST_PASSWORD};
use crate::web::console::enter::{Officer, shown};
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::log_in::minutes;
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};
use crate::web::page::html;

#[derive(Template)]
#[template(path = "console/oneself/password.html")]
struct Sheet {
    frame: Frame,
    account: String,
    /// It was made for somebody, who has come for the first time.
    is_first: bool,
    shortest: usize,
    /// What is wrong with the present one, and with the new one.
    present: Option<String>,
    new: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Given {
    present: String,
    new: String,
    again: String,
}

fn sheet(console: &Console, officer: &Officer) -> Sheet {
    Sheet {
        frame: Frame::of(console, officer, Section::Oneself),
        account: officer.actor().name.clone(),
        is_first: officer.entered.must_change,
        shortest: SHORTEST_PASSWORD,
        present: None,
        new: None,
    }
}

pub(in crate::web::console) async fn show(State(console): State<Console>, officer: Officer) -> Page {
    Ok(html(StatusCode::OK, &sheet(&console, &officer)))
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    jar: CookieJar,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, t, sheet) = (&console.app, officer.t, sheet(&console, &officer));
    if let Some(wait) = console.limits.proof(&officer.actor().account_id) {
        let present = Some(too_often(&officer, wait));
        return Ok(html(StatusCode::TOO_MANY_REQUESTS, &Sheet { present, ..sheet }));
    }
    if given.new != given.again {
        let new = t.say("两次输入的新密码不一致。", "The two new passwords differ.").to_owned();
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &Sheet { new: Some(new), ..sheet }));
    }
    match people::change_password(&app.db, &officer.entered, (&given.present, &given.new), app.clock.now()).await {
        Ok(opened) => Ok((shown(&console, jar, opened), Redirect::to("/console/me?told=password")).into_response()),
        Err(ChangeError::Wrong) => {
            let present = t.say("当前密码不对。", "This is not the present password.").to_owned();
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &Sheet { present: Some(present), ..sheet }))
        }
        Err(ChangeError::Refused(refusal)) => {
            let new = t.half(&refusal.to_string()).to_owned();
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &Sheet { new: Some(new), ..sheet }))
        }
        Err(ChangeError::Over) => Err(Trouble::LoggedOut),
        Err(ChangeError::Store(error)) => Err(error.into()),
    }
}

/// What is said to somebody who guesses.
pub(super) fn too_often(officer: &Officer, wait: u64) -> String {
    let wait = minutes(wait);
    let english = format!("Too many tries: wait about {wait} minute(s).");
    officer.t.say(&format!("尝试次数过多，请约 {wait} 分钟后再试。"), &english).to_owned()
}
