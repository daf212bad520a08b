//! What is said where there is nothing to show: why, and what to do.

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::words::{Banner, Piece};
use super::{html, shown, style};
use crate::web::tongue::Tongue;

#[derive(Template)]
#[template(path = "verify/trouble.html")]
struct Page<'a> {
    t: Tongue,
    sheet: &'static str,
    banner: Banner,
    /// What was asked for, as it can be shown again.
    asked: Option<&'a str>,
    offers_search: bool,
}

/// The tone, what the mark says, the headline, the lines.
type Words = (&'static str, &'static str, &'static str, &'static [&'static str]);

fn page(t: Tongue, status: StatusCode, zh: Words, en: Words, asked: Option<&str>) -> Response {
    let (tone, sign, headline, lines) = if t == Tongue::Chinese { zh } else { en };
    let lines = lines.iter().map(|line| vec![Piece::Words(line)]).collect();
    let banner = Banner { tone, sign, headline: headline.to_owned(), lines };
    // Where the trouble is ours or one of haste, a search would be no help.
    let offers_search = matches!(status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND);
    html(status, &Page { t, sheet: &style::LINK, banner, asked, offers_search })
}

fn later(mut response: Response, seconds: u64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// What was asked for is no number of a badge.
pub(super) fn malformed(t: Tongue, asked: &str) -> Response {
    const ZH: Words = (
        "na",
        "格式不正确",
        "编号格式不正确，无法查询",
        &[
            "标识编号由 CA 和 21 位数字组成；证书编号为 32 位数字和字母 A–F。请核对后重新输入，也可以按单位、网站名称或域名查询。",
        ],
    );
    const EN: Words = (
        "na",
        "Not a number",
        "This is not the number of a badge",
        &[
            "A badge number is CA and 21 digits; a certificate id is 32 digits and letters A–F. Check it and try again, or \
           search by unit, site name or domain.",
        ],
    );
    page(t, StatusCode::BAD_REQUEST, ZH, EN, Some(&shown(asked)))
}

/// Nothing is known: no certificate was ever read.
pub(super) fn cannot_say(t: Tongue) -> Response {
    const ZH: Words = ("na", "暂时无法查询", "现在无法查询，请稍后再试", &["这是本系统的问题，不说明标识有效或无效。"]);
    const EN: Words = (
        "na",
        "Cannot say now",
        "We cannot answer just now: please try again later",
        &["The trouble is ours. It does not mean that the badge is valid, or that it is not."],
    );
    later(page(t, StatusCode::SERVICE_UNAVAILABLE, ZH, EN, None), 30)
}

/// Too many search at once.
pub(super) fn busy(t: Tongue) -> Response {
    const ZH: Words =
        ("na", "繁忙", "现在查询的人较多，请稍后再试", &["请等待几秒后刷新本页。按完整的编号查询标识不受影响。"]);
    const EN: Words = (
        "na",
        "Busy",
        "Many people are searching just now: please try again",
        &["Wait a few seconds and load this page again. Looking up a badge by its whole number works as ever."],
    );
    later(page(t, StatusCode::SERVICE_UNAVAILABLE, ZH, EN, None), 5)
}

/// The list stands in the database, which does not answer.
pub(super) fn no_list(t: Tongue, error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "the public list cannot be read");
    const ZH: Words =
        ("na", "暂时无法显示", "公示名单暂时无法显示，请稍后再试", &["这是本系统的问题。查询单个标识和搜索不受影响。"]);
    const EN: Words = (
        "na",
        "Cannot be shown",
        "The public list cannot be shown just now: please try again later",
        &["The trouble is ours. Looking up a badge and searching work as ever."],
    );
    later(page(t, StatusCode::SERVICE_UNAVAILABLE, ZH, EN, None), 30)
}

pub(super) fn too_often(t: Tongue, seconds: u64) -> Response {
    const ZH: Words =
        ("na", "过于频繁", "查询过于频繁，请稍后再试", &["来自您所在网络的查询过多，请稍等片刻后刷新本页。"]);
    const EN: Words = (
        "na",
        "Too often",
        "Too many requests: please wait a moment",
        &["Too many came from your network. Wait a little, then load this page again."],
    );
    later(page(t, StatusCode::TOO_MANY_REQUESTS, ZH, EN, None), seconds)
}

pub(super) fn nothing_here(t: Tongue) -> Response {
    const ZH: Words = ("na", "没有此页", "没有这个页面", &["地址可能不完整。您可以在这里查询网站标识。"]);
    const EN: Words =
        ("na", "No such page", "There is no such page", &["The address may be cut. You can search for a badge here."]);
    page(t, StatusCode::NOT_FOUND, ZH, EN, None)
}

pub(super) async fn wrong_method(headers: HeaderMap) -> Response {
    const ZH: Words = ("na", "不支持", "此页面只能查看", &["本页不接受提交的内容。"]);
    const EN: Words =
        ("na", "Not supported", "This page can only be looked at", &["It takes nothing that is sent to it."]);
    page(Tongue::asked(&headers), StatusCode::METHOD_NOT_ALLOWED, ZH, EN, None).into_response()
}
