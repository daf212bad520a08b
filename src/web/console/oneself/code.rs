//! The second step of a log-in: a code of the second device.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use url::form_urlencoded::byte_serialize;

use super::password::too_often;
use crate::flow::people::{self, DeviceError};
use crate::web::console::enter::{Officer, shown};
use crate::web::console::form::Signed;
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page, assets, tongue};
use crate::web::page::html;
use crate::web::tongue::Tongue;

#[derive(Template)]
#[template(path = "console/oneself/code.html")]
struct Sheet {
    t: Tongue,
    style: &'static str,
    form_token: String,
    to: String,
    wrong: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Back {
    #[serde(default)]
    to: String,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Given {
    code: String,
    #[serde(default)]
    to: String,
}

/// The page's address, and where one goes from it.
pub(in crate::web::console) fn address(to: &str) -> String {
    let to: String = byte_serialize(to.as_bytes()).collect();
    format!("/console/second-device/code?to={to}")
}

fn sheet(officer: &Officer, to: &str) -> Sheet {
    let form_token = officer.entered.session.form_token.clone();
    Sheet { t: officer.t, style: &assets::STYLE_LINK, form_token, to: tongue::within(to).to_owned(), wrong: None }
}

pub(in crate::web::console) async fn show(Query(back): Query<Back>, officer: Officer) -> Page {
    if officer.entered.session.is_full {
        return Ok(Redirect::to(tongue::within(&back.to)).into_response());
    }
    Ok(html(StatusCode::OK, &sheet(&officer, &back.to)))
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    jar: CookieJar,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, t, sheet) = (&console.app, officer.t, sheet(&officer, &given.to));
    if officer.entered.session.is_full {
        return Ok(Redirect::to(&sheet.to).into_response());
    }
    if let Some(wait) = console.limits.proof(&officer.actor().account_id) {
        let wrong = Some(too_often(&officer, wait));
        return Ok(html(StatusCode::TOO_MANY_REQUESTS, &Sheet { wrong, ..sheet }));
    }
    let wrong = match people::prove(&app.db, &officer.entered, &given.code, app.clock.now()).await {
        Ok(opened) => return Ok((shown(&console, jar, opened), Redirect::to(&sheet.to)).into_response()),
        Err(error) => wrong(t, error)?,
    };
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &Sheet { wrong: Some(wrong), ..sheet }))
}

/// What is said of a code that is not taken.
pub(super) fn wrong(t: Tongue, error: DeviceError) -> Result<String, Trouble> {
    let text = match error {
        DeviceError::Wrong => t.say(
            "验证码不对。请输入此刻显示的六位数字，并确认手机时间准确。",
            "Not the code of this moment. Enter the six digits shown now, and see that the device's clock is right.",
        ),
        DeviceError::Used => t.say(
            "这个验证码已经用过，请等下一个（不超过 30 秒）。",
            "This code was used already: wait for the next one, 30 seconds at most.",
        ),
        DeviceError::Changed => return Err(Trouble::LoggedOut),
        DeviceError::Store(error) => return Err(error.into()),
    };
    Ok(text.to_owned())
}
