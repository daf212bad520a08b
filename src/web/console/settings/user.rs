//! One account: who it is, what it is for, how it logs in.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::Told;
use super::users::way;
use super::words::{self, Choice};
use crate::domain::account::{AccountRole, Body};
use crate::flow::people::manage;
use crate::store::accounts::Account;
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};
use crate::web::page::html;

#[derive(Template)]
#[template(path = "console/settings/user.html")]
struct Sheet {
    frame: Frame,
    account: Account,
    place: String,
    role: &'static str,
    way: &'static str,
    made: String,
    disabled: Option<String>,
    /// What is one's own somebody else changes.
    is_own: bool,
    region: String,
    roles: Vec<Choice>,
    bodies: Vec<Choice>,
    wrong: Option<String>,
    told: Option<&'static str>,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Given {
    region: String,
    role: AccountRole,
    body: Body,
}

async fn sheet(console: &Console, officer: &Officer, name: &str) -> Result<Sheet, Trouble> {
    let t = officer.t;
    let account = manage::show(&console.app.db, officer.actor(), name).await.map_err(words::refused)?;
    Ok(Sheet {
        frame: Frame::of(console, officer, Section::Settings),
        place: format!("{} · {}", frame::region(console, t, &account.region), frame::body(t, account.body)),
        role: frame::role(t, account.role),
        way: way(t, &account),
        made: t.moment(account.made_at),
        disabled: account.disabled_at.map(|at| t.moment(at)),
        is_own: account.id == officer.actor().account_id,
        region: account.region.clone(),
        roles: words::roles(t, account.role),
        bodies: words::bodies(t, account.body),
        wrong: None,
        told: None,
        account,
    })
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    Path(name): Path<String>,
    Query(told): Query<Told>,
    officer: Officer,
) -> Page {
    let t = officer.t;
    let told = match told.told.as_str() {
        "changed" => Some(t.say("已保存，立即生效。", "Saved; it holds from now on.")),
        "disabled" => Some(t.say("账号已停用，已退出所有登录。", "The account is disabled and logged out everywhere.")),
        "reset-device" => Some(t.say("第二验证设备已重置。", "The second device is reset.")),
        _ => None,
    };
    Ok(html(StatusCode::OK, &Sheet { told, ..sheet(&console, &officer, &name).await? }))
}

pub(in crate::web::console) async fn change(
    State(console): State<Console>,
    Path(name): Path<String>,
    officer: Officer,
    Signed(given): Signed<Given>,
) -> Page {
    let app = &console.app;
    let region = words::region_code(&console, &given.region);
    let to = (given.role, region.as_str(), given.body);
    match manage::change(&app.db, officer.actor(), &name, to, app.clock.now()).await {
        Ok(()) => Ok(Redirect::to(&format!("/console/settings/users/{name}?told=changed")).into_response()),
        Err(error) => {
            let wrong = Some(officer.t.half(&words::said(error)?).to_owned());
            let sheet = sheet(&console, &officer, &name).await?;
            let (roles, bodies) = (words::roles(officer.t, given.role), words::bodies(officer.t, given.body));
            let sheet = Sheet { wrong, region: given.region, roles, bodies, ..sheet };
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &sheet))
        }
    }
}
