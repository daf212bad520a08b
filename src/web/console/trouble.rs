//! What is said where there is nothing to show: every such page says why, and what to do.

use askama::Template;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;

use super::{assets, tongue};
use crate::domain::account::AccountRole;
use crate::flow::cases::CaseError;
use crate::flow::leads::LeadError;
use crate::flow::notices::ActError;
use crate::flow::sites::SiteError;
use crate::store::StoreError;
use crate::web::page::html;
use crate::web::tongue::Tongue;

/// Why there is no page.
#[derive(Debug, Clone)]
pub(super) enum Trouble {
    /// Nothing of this name, or nothing that lies in one's region: they are not told apart.
    Missing,
    /// It takes another role.
    Role(AccountRole),
    /// Nobody is logged in any more.
    LoggedOut,
    /// The form was not one of this session.
    Foreign,
    /// The form did not arrive whole.
    Broken,
    /// It is no longer what was seen; where it is to be looked at again.
    Changed(String),
    /// What was meant is not possible as things stand: `中文 · English`.
    Refused(String),
    /// Ours; the log has it.
    Ours,
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a page of the console cannot be made");
        Self::Ours
    }
}

impl From<ActError> for Trouble {
    fn from(error: ActError) -> Self {
        match error {
            ActError::NotFound => Self::Missing,
            ActError::NotYours => Self::Role(AccountRole::Officer),
            ActError::Refused(refusal) => Self::Refused(refusal.to_string()),
            ActError::Changed => Self::Changed("/console/notices".to_owned()),
            ActError::Store(error) => error.into(),
        }
    }
}

impl From<CaseError> for Trouble {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::NotFound => Self::Missing,
            CaseError::NotYours => Self::Role(AccountRole::Approver),
            CaseError::Refused(refusal) => Self::Refused(refusal.help().to_owned()),
            CaseError::OpenAlready(_) | CaseError::Shared(_) => Self::Refused(error.to_string()),
            CaseError::Changed => Self::Changed("/console/cases".to_owned()),
            CaseError::Store(error) => error.into(),
        }
    }
}

impl From<LeadError> for Trouble {
    fn from(error: LeadError) -> Self {
        match error {
            LeadError::NotFound => Self::Missing,
            LeadError::NotYours => Self::Role(AccountRole::Officer),
            LeadError::Refused(refusal) => Self::Refused(refusal.help().to_owned()),
            LeadError::Changed => Self::Changed("/console/leads".to_owned()),
            LeadError::Store(error) => error.into(),
        }
    }
}

impl From<SiteError> for Trouble {
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::Act(error) => Self::from(error).at("/console/sites"),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl Trouble {
    /// The same, with the place where what has changed is to be looked at.
    pub fn at(self, place: &str) -> Self {
        if let Self::Changed(_) = self { Self::Changed(place.to_owned()) } else { self }
    }
}

impl IntoResponse for Trouble {
    /// The status, and the trouble beside it: [`worded`] makes the page.
    fn into_response(self) -> Response {
        let status = match self {
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Role(_) | Self::Foreign => StatusCode::FORBIDDEN,
            Self::LoggedOut => StatusCode::UNAUTHORIZED,
            Self::Broken => StatusCode::BAD_REQUEST,
            Self::Refused(_) | Self::Changed(_) => StatusCode::CONFLICT,
            Self::Ours => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "console/trouble.html")]
struct Sheet {
    t: Tongue,
    style: &'static str,
    title: String,
    text: String,
    /// Where to go on.
    next: Option<String>,
}

/// Puts a trouble into words, in the language of who asked.
pub(super) async fn worded(jar: CookieJar, request: Request, next: Next) -> Response {
    let t = tongue::of(&jar, request.headers());
    // Nothing on file has a zero byte in its name, and PostgreSQL takes none.
    let is_odd = request.uri().to_string().contains("%00");
    let response = if is_odd { Trouble::Missing.into_response() } else { next.run(request).await };
    let Some(trouble) = trouble_of(&response) else { return response };
    let (title, text) = words(t, &trouble);
    let next = if let Trouble::Changed(at) = &trouble { Some(at.clone()) } else { None };
    html(response.status(), &Sheet { t, style: &assets::STYLE_LINK, title, text, next })
}

/// The trouble that an answer stands for: one of ours, or an address or form that could not be read at all, of which the
/// framework speaks to programmers.
fn trouble_of(response: &Response) -> Option<Trouble> {
    let is_of_framework = response.status() == StatusCode::BAD_REQUEST
        && response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let of_framework = || is_of_framework.then_some(Trouble::Broken);
    response.extensions().get::<Trouble>().cloned().or_else(of_framework)
}

fn words(t: Tongue, trouble: &Trouble) -> (String, String) {
    let (title, text) = match trouble {
        Trouble::Missing => (
            t.say("没有这个页面", "There is no such page"),
            t.say(
                "网址可能有误，或者所查的事项不在您的管辖范围内。",
                "The address may be wrong, or what you look for lies outside your region.",
            ),
        ),
        Trouble::Role(role) => {
            return (t.say("您的权限不足", "Your role does not allow this").to_owned(), of_role(t, *role));
        }
        Trouble::LoggedOut => (
            t.say("登录已失效", "You are no longer logged in"),
            t.say("刚才的操作没有执行。请重新登录后再试。", "Nothing was done. Log in again and try once more."),
        ),
        Trouble::Foreign => (
            t.say("操作没有执行", "Nothing was done"),
            t.say(
                "提交的表单不是从您当前的登录中打开的。请返回原页面，刷新后重试。",
                "The form was not opened in your present session. Go back, reload the page and try again.",
            ),
        ),
        Trouble::Broken => (
            t.say("提交的内容不完整", "The form did not arrive whole"),
            t.say("操作没有执行。请返回原页面重新提交。", "Nothing was done. Go back and submit it again."),
        ),
        Trouble::Changed(_) => (
            t.say("内容已有变化，操作没有执行", "It has changed meanwhile: nothing was done"),
            t.say(
                "您查看之后，这一事项已被他人或系统更改，也可能是同一表单提交了两次。请重新查看后再办理。",
                "Since you looked, somebody else or the system changed it; or the same form was sent twice. Look again first.",
            ),
        ),
        Trouble::Refused(why) => (t.say("现在不能这样办理", "This cannot be done as things stand"), t.half(why)),
        Trouble::Ours => (
            t.say("暂时无法读取数据", "The data cannot be read just now"),
            t.say(
                "这是本系统的问题，操作没有执行。请稍后再试。",
                "The trouble is ours; nothing was done. Please try again later.",
            ),
        ),
    };
    (title.to_owned(), text.to_owned())
}

fn of_role(t: Tongue, role: AccountRole) -> String {
    let name = super::frame::role(t, role);
    match t {
        Tongue::Chinese => format!("此操作需要“{name}”权限。如确需办理，请联系本机关的管理员。"),
        Tongue::English => {
            format!("It takes the role “{name}”. If it is yours to do, ask your office's administrator.")
        }
    }
}
