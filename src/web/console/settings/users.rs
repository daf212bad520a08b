//! The accounts of one's region.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;

use crate::flow::people::manage;
use crate::store::accounts::Account;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

struct Row {
    name: String,
    person: String,
    place: String,
    role: &'static str,
    /// How it logs in.
    way: &'static str,
    disabled: Option<String>,
}

#[derive(Template)]
#[template(path = "console/settings/users.html")]
struct Sheet {
    frame: Frame,
    rows: Vec<Row>,
    disabled: Vec<Row>,
}

pub(in crate::web::console) async fn list(State(console): State<Console>, officer: Officer) -> Page {
    let t = officer.t;
    let found = manage::list(&console.app.db, officer.actor()).await?;
    let row = |account: Account| Row {
        place: format!("{} · {}", frame::region(&console, t, &account.region), frame::body(t, account.body)),
        role: frame::role(t, account.role),
        way: way(t, &account),
        disabled: account.disabled_at.map(|at| t.moment(at)),
        name: account.name,
        person: account.person,
    };
    let (disabled, rows) = found.into_iter().map(row).partition(|row| row.disabled.is_some());
    let sheet = Sheet { frame: Frame::of(&console, &officer, Section::Settings), rows, disabled };
    Ok(html(StatusCode::OK, &sheet))
}

/// By what it is let in.
pub(super) fn way(t: Tongue, account: &Account) -> &'static str {
    match (account.password_at, account.password_first, account.device_at) {
        (None, ..) => t.say("仅程序令牌", "tokens alone"),
        (Some(_), true, _) => t.say("首次密码，尚未修改", "first password, not changed yet"),
        (Some(_), false, None) => t.say("密码", "password"),
        (Some(_), false, Some(_)) => t.say("密码和验证设备", "password and device"),
    }
}
