//! What is said where there is no page: every such page says what to do.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::html;
use crate::web::style::SHEET;
use crate::web::tongue::Tongue;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No notice by this link, for whatever reason: they are not told apart.
    Missing,
    TooOften {
        seconds: u64,
        /// A button, not a page.
        pressed: bool,
    },
    /// The form was not sent in time, or not whole.
    Broken,
    TooLarge,
    /// Ours.
    Ours,
}

#[derive(Template)]
#[template(path = "unit/trouble.html")]
struct Page {
    t: Tongue,
    sheet: &'static str,
    title: String,
    lines: Vec<String>,
}

/// A page of a trouble.
pub(super) fn trouble(t: Tongue, status: StatusCode, what: Trouble) -> Response {
    let (title, lines) = words(t, what);
    html(status, &Page { t, sheet: SHEET, title, lines })
}

/// Something of ours failed; it goes into the log without the address that was asked for.
pub(super) fn failed(t: Tongue, error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "a unit's page cannot be shown");
    trouble(t, StatusCode::SERVICE_UNAVAILABLE, Trouble::Ours)
}

fn words(t: Tongue, what: Trouble) -> (String, Vec<String>) {
    let own = |zh: &str, en: &str| t.say(zh, en).to_owned();
    match what {
        Trouble::Missing => (
            own("链接无效或已经失效", "This link is not valid, or not any more"),
            vec![
                own(
                    "请从最近一封通知邮件中打开链接，并确认链接完整：复制时不要漏掉末尾的字符，也不要多出空格或标点。",
                    "Open the link from the latest letter, and make sure that it is whole: when you copy it, leave out nothing \
                     at its end and add no blank or full stop.",
                ),
                own(
                    "通知办结后，链接保留一段时间即失效。仍需查询或办理的，请与通知书上署名的办理机关联系。",
                    "Some time after a notice is closed its link ends. If you still need it, get in touch with the office that \
                     signed the letter.",
                ),
            ],
        ),
        Trouble::TooOften { seconds, pressed } => {
            let wait = match t {
                Tongue::Chinese => format!("请等待 {seconds} 秒后再试。"),
                Tongue::English => format!("Try again in {seconds} seconds."),
            };
            let kept = own(
                "刚才的操作没有提交。返回上一页，填写的内容一般仍在。",
                "Nothing was submitted just now. Go back: what you typed should still be there.",
            );
            (
                own("操作过于频繁，请稍后再试", "Too many requests: please wait a moment"),
                std::iter::once(wait).chain(pressed.then_some(kept)).collect(),
            )
        }
        Trouble::Broken => (
            own("提交的内容不完整", "The form did not arrive whole"),
            vec![own(
                "网络可能中断过，刚才的操作没有提交。请返回上一页重新提交。",
                "The connection may have broken; nothing was submitted. Go back and submit it again.",
            )],
        ),
        Trouble::TooLarge => (
            own("提交的内容过大", "Too much was sent"),
            vec![own(
                "附件不得超过 5 MB，刚才的操作没有提交。请返回上一页，换用较小的文件；确需提交更多材料的，请与办理机关联系。",
                "A file may have 5 MB at most; nothing was submitted. Go back and choose a smaller one; if you have more to hand \
                 in, get in touch with the office.",
            )],
        ),
        Trouble::Ours => (
            own("暂时无法读取数据", "The data cannot be read just now"),
            vec![own(
                "这是本系统的问题，与您的网站无关，期限的计算不受影响。请稍后再试。",
                "The trouble is ours, not your site's, and no limit is touched by it. Please try again later.",
            )],
        ),
    }
}

/// Every address below `/n/` that leads nowhere.
pub(super) async fn missing(headers: axum::http::HeaderMap) -> Response {
    not_found(Tongue::asked(&headers))
}

/// No notice by this link.
pub(super) fn not_found(t: Tongue) -> Response {
    trouble(t, StatusCode::NOT_FOUND, Trouble::Missing).into_response()
}
