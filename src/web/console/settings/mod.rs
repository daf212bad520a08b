//! What an administrator sets, and the accounts of their region. Each page has its line in [`PAGES`].

pub(super) mod letters;
pub(super) mod new_user;
pub(super) mod running;
pub(super) mod tokens;
pub(super) mod user;
pub(super) mod user_act;
pub(super) mod users;
mod words;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

use super::enter::Officer;
use super::frame::{Frame, Section};
use super::{Console, Page};
use crate::web::page::html;

/// Address, name and a line of help, each in both languages.
struct Choice {
    href: &'static str,
    name: (&'static str, &'static str),
    help: (&'static str, &'static str),
}

const PAGES: &[Choice] = &[
    Choice {
        href: "/console/settings/users",
        name: ("账号", "Accounts"),
        help: (
            "谁可以登录、管哪个地区、能办什么；重置密码和第二验证设备。",
            "Who logs in, for which region, in which role; passwords and second devices.",
        ),
    },
    Choice {
        href: "/console/settings/tokens",
        name: ("程序令牌", "Tokens of programs"),
        help: (
            "供其他系统调用接口：签发、查看期限、收回。",
            "What other systems show to the API: issue, see how long they hold, take back.",
        ),
    },
    Choice {
        href: "/console/settings/running",
        name: ("运行参数", "How it runs"),
        help: (
            "机关与期限、工作日历、发信方式、消息网关、版本（只读）。",
            "Offices and their terms, the calendar, mail, gateways, the version (to read).",
        ),
    },
    Choice {
        href: "/console/settings/letters",
        name: ("信函样式", "How letters look"),
        help: ("每一种信函的虚构样例。", "An invented letter of each kind."),
    },
];

#[derive(Template)]
#[template(path = "console/settings/index.html")]
struct Sheet {
    frame: Frame,
    pages: &'static [Choice],
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct Told {
    #[serde(default)]
    told: String,
}

pub(super) async fn show(State(console): State<Console>, officer: Officer) -> Page {
    Ok(html(StatusCode::OK, &Sheet { frame: Frame::of(&console, &officer, Section::Settings), pages: PAGES }))
}
