//! Tokens that programs show to the API.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::Told;
use super::new_user::Once;
use super::user_act::{Ask, Nothing};
use super::words;
use crate::flow::accounts::DAYS;
use crate::flow::people::manage;
use crate::store::accounts::Account;
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};
use crate::web::page::html;

struct Row {
    id: String,
    account: String,
    made: String,
    until: String,
}

#[derive(Template)]
#[template(path = "console/settings/tokens.html")]
struct Sheet {
    frame: Frame,
    rows: Vec<Row>,
    /// Those a token can be issued to.
    accounts: Vec<Account>,
    days: String,
    wrong: Option<String>,
    told: Option<&'static str>,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Given {
    account: String,
    days: String,
}

async fn sheet(console: &Console, officer: &Officer) -> Result<Sheet, Trouble> {
    let (db, t) = (&console.app.db, officer.t);
    let tokens = manage::tokens(db, officer.actor(), console.app.clock.now()).await?;
    let accounts = manage::list(db, officer.actor()).await?;
    let row = |(account, token): (String, crate::store::accounts::Token)| Row {
        id: token.id,
        account,
        made: t.moment(token.made_at),
        until: t.moment(token.expires_at),
    };
    Ok(Sheet {
        frame: Frame::of(console, officer, Section::Settings),
        rows: tokens.into_iter().map(row).collect(),
        accounts: accounts.into_iter().filter(|account| account.disabled_at.is_none()).collect(),
        days: DAYS.to_string(),
        wrong: None,
        told: None,
    })
}

pub(in crate::web::console) async fn list(
    State(console): State<Console>,
    Query(told): Query<Told>,
    officer: Officer,
) -> Page {
    let revoked = (told.told == "revoked").then(|| officer.t.say("令牌已收回，立即失效。", "The token is taken back."));
    Ok(html(StatusCode::OK, &Sheet { told: revoked, ..sheet(&console, &officer).await? }))
}

pub(in crate::web::console) async fn issue(
    State(console): State<Console>,
    officer: Officer,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, t) = (&console.app, officer.t);
    let days = given.days.trim().parse().unwrap_or_default();
    match manage::issue(&app.db, officer.actor(), &given.account, days, app.clock.now()).await {
        Ok(issued) => {
            let sheet = Once {
                frame: Frame::of(&console, &officer, Section::Settings),
                title: t
                    .say(&format!("{} 的程序令牌", given.account), &format!("A token of {}", given.account))
                    .to_owned(),
                secret: issued.text,
                help: t.say(
                    "请立即存入要使用它的系统。离开本页后不再显示，遗失请收回后重新签发。",
                    "Put it into the system that is to use it now. It is not shown again; if it is lost, take it back and issue another.",
                ),
                back: ("/console/settings/tokens".to_owned(), t.say("回到程序令牌", "To the tokens")),
            };
            Ok(html(StatusCode::OK, &sheet))
        }
        Err(error) => {
            let wrong = Some(t.half(&words::said(error)?).to_owned());
            let sheet = Sheet { wrong, days: given.days, ..sheet(&console, &officer).await? };
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &sheet))
        }
    }
}

pub(in crate::web::console) async fn ask(
    State(console): State<Console>,
    Path(token): Path<String>,
    officer: Officer,
) -> Page {
    let t = officer.t;
    let whom = manage::holder(&console.app.db, officer.actor(), &token).await.map_err(words::refused)?;
    let sheet = Ask {
        frame: Frame::of(&console, &officer, Section::Settings),
        title: t.say("收回这个令牌？", "Take this token back?"),
        whom,
        text: t.say(
            "使用它的系统立即不能再调用接口；不能恢复，可另行签发。",
            "The system that uses it is shut out at once. This cannot be undone; another can be issued.",
        ),
        button: t.say("收回令牌", "Take the token back"),
        action: format!("/console/settings/tokens/{token}"),
        back: "/console/settings/tokens".to_owned(),
    };
    Ok(html(StatusCode::OK, &sheet))
}

pub(in crate::web::console) async fn revoke(
    State(console): State<Console>,
    Path(token): Path<String>,
    officer: Officer,
    Signed(Nothing {}): Signed<Nothing>,
) -> Page {
    let app = &console.app;
    manage::revoke(&app.db, officer.actor(), &token, app.clock.now()).await.map_err(words::refused)?;
    Ok(Redirect::to("/console/settings/tokens?told=revoked").into_response())
}
