//! What is done to an account and cannot be undone: asked first, with whom it touches.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::new_user::first_password;
use super::words;
use crate::flow::people::manage;
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

/// The acts, by their names in the address.
#[derive(Clone, Copy)]
enum Act {
    Password,
    ResetDevice,
    Disable,
}

impl Act {
    fn of(name: &str) -> Result<Self, Trouble> {
        match name {
            "password" => Ok(Self::Password),
            "reset-device" => Ok(Self::ResetDevice),
            "disable" => Ok(Self::Disable),
            _ => Err(Trouble::Missing),
        }
    }

    /// What is asked, what happens, and what stands on the button.
    fn words(self, t: Tongue) -> [&'static str; 3] {
        match self {
            Self::Password => [
                t.say("生成新的首次密码？", "Make a new first password?"),
                t.say(
                    "原密码立即失效，所有登录会退出；新密码只显示一次，本人登录时必须修改。第二验证设备和程序令牌不受影响。",
                    "The present password ends at once and the account is logged out everywhere. The new one is shown once and \
                     must be changed at the next log-in. Second device and tokens stay as they are.",
                ),
                t.say("生成新的首次密码", "Make a new first password"),
            ],
            Self::ResetDevice => [
                t.say("重置第二验证设备？", "Reset the second device?"),
                t.say(
                    "原设备的验证码立即失效，所有登录会退出；下次登录只需密码，随后可启用新设备。请先确认确为本人申请。",
                    "Codes of the present device end at once and the account is logged out everywhere. The next log-in takes the \
                     password alone, and a new device can be set up. Make sure first that it is its owner who asks.",
                ),
                t.say("重置第二验证设备", "Reset the second device"),
            ],
            Self::Disable => [
                t.say("停用这个账号？", "Disable this account?"),
                t.say(
                    "所有登录立即退出，密码和程序令牌都不再有效；不能恢复。此前的办理记录保留。",
                    "It is logged out everywhere at once; neither its password nor its tokens let in any more. This cannot be undone. \
                     What it did stays on record.",
                ),
                t.say("停用账号", "Disable the account"),
            ],
        }
    }
}

#[derive(Template)]
#[template(path = "console/settings/ask.html")]
pub(super) struct Ask {
    pub frame: Frame,
    pub title: &'static str,
    /// Whom it touches.
    pub whom: String,
    pub text: &'static str,
    pub button: &'static str,
    pub action: String,
    pub back: String,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Nothing {}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    Path((name, act)): Path<(String, String)>,
    officer: Officer,
) -> Page {
    let [title, text, button] = Act::of(&act)?.words(officer.t);
    let account = manage::show(&console.app.db, officer.actor(), &name).await.map_err(words::refused)?;
    let sheet = Ask {
        frame: Frame::of(&console, &officer, Section::Settings),
        title,
        whom: format!("{}（{name}）", account.person),
        text,
        button,
        action: format!("/console/settings/users/{name}/{act}"),
        back: format!("/console/settings/users/{name}"),
    };
    Ok(html(StatusCode::OK, &sheet))
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    Path((name, act)): Path<(String, String)>,
    officer: Officer,
    Signed(Nothing {}): Signed<Nothing>,
) -> Page {
    let (db, admin, now) = (&console.app.db, officer.actor(), console.app.clock.now());
    let done = match Act::of(&act)? {
        Act::Password => {
            let secret = manage::password(db, admin, &name, now).await.map_err(words::refused)?;
            return Ok(html(StatusCode::OK, &first_password(&console, &officer, &name, secret)));
        }
        Act::ResetDevice => manage::forget_device(db, admin, &name, now).await.map(|()| "reset-device"),
        Act::Disable => manage::disable(db, admin, &name, now).await.map(|()| "disabled"),
    };
    let told = done.map_err(words::refused)?;
    Ok(Redirect::to(&format!("/console/settings/users/{name}?told={told}")).into_response())
}
