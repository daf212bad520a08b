//! Adding an account: its first password is shown once.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::words::{self, Choice};
use crate::domain::account::{AccountRole, Body};
use crate::flow::accounts::NewAccount;
use crate::flow::people::manage;
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::{Console, Page};
use crate::web::page::html;

#[derive(Template)]
#[template(path = "console/settings/new_user.html")]
struct Sheet {
    frame: Frame,
    person: String,
    name: String,
    region: String,
    roles: Vec<Choice>,
    bodies: Vec<Choice>,
    wrong: Option<String>,
}

/// A password or token that is shown now and never again.
#[derive(Template)]
#[template(path = "console/settings/once.html")]
pub(super) struct Once {
    pub frame: Frame,
    pub title: String,
    pub secret: String,
    pub help: &'static str,
    /// Where one goes from here.
    pub back: (String, &'static str),
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Given {
    person: String,
    name: String,
    region: String,
    role: AccountRole,
    body: Body,
}

fn sheet(console: &Console, officer: &Officer, given: Option<&Given>) -> Sheet {
    let (role, body) = given.map_or((AccountRole::Officer, officer.entered.body), |given| (given.role, given.body));
    let text = |of: fn(&Given) -> &String| given.map(of).cloned().unwrap_or_default();
    Sheet {
        frame: Frame::of(console, officer, Section::Settings),
        person: text(|given| &given.person),
        name: text(|given| &given.name),
        region: given.map_or_else(|| officer.actor().region.clone(), |given| given.region.clone()),
        roles: words::roles(officer.t, role),
        bodies: words::bodies(officer.t, body),
        wrong: None,
    }
}

pub(in crate::web::console) async fn show(State(console): State<Console>, officer: Officer) -> Page {
    Ok(html(StatusCode::OK, &sheet(&console, &officer, None)))
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, t) = (&console.app, officer.t);
    let new = NewAccount {
        name: given.name.trim().to_owned(),
        person: given.person.trim().to_owned(),
        body: given.body,
        region: words::region_code(&console, &given.region),
        role: given.role,
    };
    match manage::add(&app.db, officer.actor(), &new, app.clock.now()).await {
        Ok(secret) => Ok(html(StatusCode::OK, &first_password(&console, &officer, &new.name, secret))),
        Err(error) => {
            let wrong = Some(t.half(&words::said(error)?).to_owned());
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &Sheet { wrong, ..sheet(&console, &officer, Some(&given)) }))
        }
    }
}

/// Shows a first password.
pub(super) fn first_password(console: &Console, officer: &Officer, name: &str, secret: String) -> Once {
    let t = officer.t;
    Once {
        frame: Frame::of(console, officer, Section::Settings),
        title: t.say(&format!("{name} 的首次密码"), &format!("The first password of {name}")).to_owned(),
        secret,
        help: t.say(
            "请当面或用可靠的方式告知本人。首次登录时必须改成自己的密码。离开本页后不再显示，遗失可重新生成。",
            "Tell it to its owner in person, or in another way you trust. It must be changed at the first log-in. It is not shown \
             again; if it is lost, make another.",
        ),
        back: (format!("/console/settings/users/{name}"), t.say("查看账号", "To the account")),
    }
}
