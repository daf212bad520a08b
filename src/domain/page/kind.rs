//! What a document is, before it is asked for a badge: much that looks like a page without one is no page.

use std::cell::OnceCell;

use super::facts::Facts;
use crate::domain::verdict::{PageKind, Reason};

/// What is known of an answer besides its text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answer<'a> {
    /// HTTP status; `None` where the page came from a file.
    pub status: Option<u16>,
    pub content_type: Option<&'a str>,
    pub sets_cookie: bool,
    /// `Content-Disposition: attachment` (RFC 6266): a download, whatever it contains.
    pub is_attachment: bool,
}

/// A document's kind, and the reason why it owes nothing or could not be looked at (`None` for a page that owes).
pub fn classify(answer: &Answer<'_>, text: &str, facts: &Facts) -> (PageKind, Option<Reason>) {
    let other = by_status(answer, text, facts)
        .or_else(|| is_not_html(answer, text).then_some((PageKind::NotHtml, Reason::NotHtml)))
        .or_else(|| is_empty(text, facts).then_some((PageKind::Empty, Reason::Empty)))
        .or_else(|| by_content(answer, text, facts));
    match other {
        Some((kind, reason)) => (kind, Some(reason)),
        None => (PageKind::Page, None),
    }
}

fn by_status(answer: &Answer<'_>, text: &str, facts: &Facts) -> Option<(PageKind, Reason)> {
    let status = answer.status.unwrap_or(200);
    if (200..300).contains(&status) && status != 202 {
        return None;
    }
    let tests_the_browser = answer.sets_cookie && facts.length < 600 && text.contains("<script");
    Some(match status {
        404 | 410 => (PageKind::ErrorPage, Reason::ErrorPage),
        429 => (PageKind::ErrorPage, Reason::RateLimited),
        412 | 521 if text.contains("<script") => (PageKind::Challenge, Reason::Challenge),
        _ if tests_the_browser || Said::new(text, facts).any(CHALLENGE, 1500) => {
            (PageKind::Challenge, Reason::Challenge)
        }
        202 => return None,
        401 | 403 | 405 | 406 | 407 | 451 => (PageKind::Blocked, Reason::Blocked),
        300..=399 => (PageKind::ErrorPage, Reason::BadResponse),
        400..=499 => (PageKind::ErrorPage, Reason::ClientError),
        _ => (PageKind::ErrorPage, Reason::ServerError),
    })
}

/// By the header, but a page served as `text/plain` or without a type is still a page (browsers sniff).
fn is_not_html(answer: &Answer<'_>, text: &str) -> bool {
    let kind = answer.content_type.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let start =
        text.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']).get(..512).unwrap_or(text).to_ascii_lowercase();
    if answer.is_attachment {
        return true;
    }
    if text.contains('\0') && !start.contains("<html") {
        return true;
    }
    match kind.as_str() {
        "text/html" | "application/xhtml+xml" => {
            start.starts_with("%pdf") || start.starts_with(['{', '[']) && !start.contains('<')
        }
        "" | "text/plain" | "application/octet-stream" | "text/xml" | "application/xml" => {
            ![
                "<!doctype html",
                "<html",
                "<head",
                "<body",
                "<script",
                "<div",
                "<p",
                "<table",
                "<!--",
                "<meta",
                "<a",
                "<span",
                "<%--",
                "<img",
                "<li",
                "<td",
                "<title",
                "<style",
                "<footer",
                "<center",
            ]
            .iter()
            .any(|tag| start.contains(tag))
                || start.starts_with("<rss")
                || start.starts_with("<?xml") && !start.contains("<html")
        }
        _ => true,
    }
}

fn is_empty(text: &str, facts: &Facts) -> bool {
    facts.length == 0
        && facts.script_bytes == 0
        && facts.traces.is_empty()
        && facts.needed.is_empty()
        && facts.links.is_empty()
        && !facts.is_frameset
        && facts.refresh.is_none()
        && !text.contains("<script")
        && !text.contains("<img")
}

fn by_content(answer: &Answer<'_>, text: &str, facts: &Facts) -> Option<(PageKind, Reason)> {
    let title = facts.title.as_deref().unwrap_or("").trim().to_lowercase();
    let closing = facts.has_certain_closing();
    let said = Said::new(text, facts);
    if !closing && facts.length < 300 && tests_cookies(answer, text) {
        return Some((PageKind::Challenge, Reason::Challenge));
    }
    if is_login(&title, facts) {
        return Some((PageKind::Login, Reason::Login));
    }
    // A notice that stands in a page's place may bear its closing block, or its vendor's.
    if said.any(MAINTENANCE, NOTICE) && !facts.links_much() {
        return Some((PageKind::ErrorPage, Reason::Maintenance));
    }
    if said.any(INTERCEPTED, NOTICE) {
        return Some((PageKind::Blocked, Reason::Blocked));
    }
    if said.any(TESTED, NOTICE) {
        return Some((PageKind::Challenge, Reason::Challenge));
    }
    if !closing && said.any(CHALLENGE, 900) {
        return Some((PageKind::Challenge, Reason::Challenge));
    }
    if !closing && said.any(BLOCKED, 1500) {
        return Some((PageKind::Blocked, Reason::Blocked));
    }
    if SOFT_404_TITLE.iter().any(|word| title.contains(word)) && facts.length < 6000
        || said.any(SOFT_404, if closing { 900 } else { 2400 })
    {
        return Some((PageKind::Soft404, Reason::Soft404));
    }
    None
}

fn tests_cookies(answer: &Answer<'_>, text: &str) -> bool {
    let sets_cookie = answer.sets_cookie || text.contains("document.cookie") || text.contains("$_ts");
    sets_cookie && text.contains("<script") && reloads(text)
}

/// A script that sets a cookie and loads the page again: the mark of a test of the browser.
fn reloads(text: &str) -> bool {
    ["location.reload", "location.href", "location.replace", "window.location", "location=", "$_ts", "eval("]
        .iter()
        .any(|word| text.contains(word))
}

/// Portals have login boxes too; a login page has little else. Codes by phone need no password.
fn is_login(title: &str, facts: &Facts) -> bool {
    let named = ["登录", "登陆", "login", "sign in", "身份认证"].iter().any(|word| title.contains(word));
    let asks = facts.password_fields > 0;
    facts.links.len() <= 20 && (asks && (facts.length < 1500 || named) || named && facts.length < NOTICE)
}

/// What a page says: its title and the beginning of its visible text, in lower case, made once and only if asked for.
struct Said<'a> {
    text: &'a str,
    facts: &'a Facts,
    lower: OnceCell<String>,
}

impl<'a> Said<'a> {
    fn new(text: &'a str, facts: &'a Facts) -> Self {
        Self { text, facts, lower: OnceCell::new() }
    }

    /// Does a short page say one of these words? (A long one talks about them.)
    fn any(&self, words: &[&str], shorter_than: usize) -> bool {
        if self.facts.length >= shorter_than {
            return false;
        }
        let said = self.lower.get_or_init(|| self.lower());
        words.iter().any(|word| said.contains(word))
    }

    fn lower(&self) -> String {
        let mut said = format!("{} {}", self.facts.title.as_deref().unwrap_or(""), self.facts.sample);
        // A page that shows next to nothing may say it in a script.
        if self.text.len() < 4096 && self.facts.length < 60 {
            said.push('\n');
            said.push_str(self.text);
        }
        said.to_lowercase()
    }
}

/// A notice with its closing block is shorter than this (bytes of visible text, ~230 Chinese characters).
const NOTICE: usize = 700;

/// Maintenance and night closing (domain rules §4: causes of false alarms).
const MAINTENANCE: &[&str] = &[
    "网站维护",
    "系统维护",
    "升级维护",
    "维护升级",
    "正在维护",
    "网站升级",
    "系统升级",
    "夜间关闭",
    "暂停服务",
    "暂停访问",
    "暂时关闭",
    "开放时间为",
    "under maintenance",
];

/// What firewalls alone say.
const INTERCEPTED: &[&str] = &[
    "疑似攻击",
    "攻击行为",
    "被拦截",
    "设置拦截",
    "拦截提示",
    "网站防火墙",
    "web应用防火墙",
    "不合法的参数",
    "不合法参数",
    "创宇盾",
    "安全狗",
    "云锁",
    "网站卫士",
    "request blocked",
    "request rejected",
];

/// What tests of the visitor alone say.
const TESTED: &[&str] = &[
    "人机验证",
    "滑动验证",
    "浏览器安全检查",
    "正在进行安全检测",
    "点击完成验证",
    "拖动滑块",
    "验证码继续访问",
    "checking your browser",
];

const CHALLENGE: &[&str] = &[
    "人机验证",
    "滑动验证",
    "安全验证",
    "滑块",
    "验证码",
    "正在验证",
    "浏览器安全检查",
    "captcha",
    "checking your browser",
    "just a moment",
    "请开启javascript",
    "请启用javascript",
    "正在进行安全检测",
    "点击完成验证",
    "拖动滑块",
];

const BLOCKED: &[&str] = &[
    "访问被拦截",
    "请求被拦截",
    "已被拦截",
    "拦截提示",
    "网站防火墙",
    "web应用防火墙",
    "应用防护",
    "疑似攻击",
    "攻击行为",
    "安全狗",
    "云锁",
    "云盾",
    "非法请求",
    "非法操作",
    "访问受限",
    "禁止访问",
    "拒绝访问",
    "访问被拒绝",
    "access denied",
    "forbidden",
    "request blocked",
    "request rejected",
    "您的ip",
    "您的访问",
    "仅限境内",
    "境外",
    "事件id",
    "event id",
    "incident id",
    "waf",
];

const SOFT_404_TITLE: &[&str] = &[
    "404",
    "页面不存在",
    "页面未找到",
    "找不到页面",
    "找不到网页",
    "无法找到",
    "not found",
    "页面出错",
    "出错了",
    "错误提示",
    "页面走丢",
    "网页不存在",
    "错误页面",
    "系统提示",
];

const SOFT_404: &[&str] = &[
    "页面不存在",
    "页面未找到",
    "找不到您",
    "无法找到该页",
    "无法找到您",
    "页面已被删除",
    "页面已删除",
    "文章不存在",
    "内容不存在",
    "信息不存在",
    "网页不存在",
    "访问的页面",
    "访问的网页",
    "请求的页面",
    "页面走丢",
    "404 not found",
    "http 404",
    "error 404",
    "该信息已被删除",
    "栏目不存在",
    "资源不存在",
];
