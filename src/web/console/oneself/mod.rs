//! What concerns oneself: who one is here, password, second device, and where one is logged in.

pub(super) mod code;
pub(super) mod device;
pub(super) mod password;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::enter::Officer;
use super::form::Signed;
use super::frame::{Frame, Section};
use super::{Console, Page};
use crate::flow::people;
use crate::web::page::html;

/// One session, as its owner sees it.
struct Place {
    address: String,
    since: String,
    used: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "console/oneself/me.html")]
struct Sheet {
    frame: Frame,
    account: String,
    has_device: bool,
    places: Vec<Place>,
    told: Option<&'static str>,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct Told {
    #[serde(default)]
    told: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn show(State(console): State<Console>, Query(told): Query<Told>, officer: Officer) -> Page {
    let (app, t, entered) = (&console.app, officer.t, &officer.entered);
    let now = app.clock.now();
    let sessions = people::mine(&app.db, officer.actor(), now).await?;
    let unknown = t.say("未知", "unknown");
    let place = |one: crate::store::sessions::Listed| Place {
        address: one.address.unwrap_or_else(|| unknown.to_owned()),
        since: t.moment(one.made_at),
        used: t.when(one.seen_at, now),
        is_this: one.id == entered.session.id,
    };
    let told = match told.told.as_str() {
        "password" => {
            Some(t.say("密码已修改，其他登录已退出。", "The password is changed; you are logged out elsewhere."))
        }
        "device" => Some(t.say("第二验证设备已启用。", "The second device is in use.")),
        "ended" => Some(t.say("其他登录已全部退出。", "You are logged out everywhere else.")),
        _ => None,
    };
    let sheet = Sheet {
        frame: Frame::of(&console, &officer, Section::Oneself),
        account: officer.actor().name.clone(),
        has_device: entered.has_device,
        places: sessions.into_iter().map(place).collect(),
        told,
    };
    Ok(html(StatusCode::OK, &sheet))
}

pub(super) async fn end_others(
    State(console): State<Console>,
    officer: Officer,
    Signed(Nothing {}): Signed<Nothing>,
) -> Page {
    people::end_others(&console.app.db, &officer.entered, console.app.clock.now()).await?;
    Ok(Redirect::to("/console/me?told=ended").into_response())
}
