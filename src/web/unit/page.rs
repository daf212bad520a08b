//! The page itself.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::fault::FaultCard;
use super::form::Problem;
use super::headline::{Headline, headline};
use super::history::Line;
use super::recheck::Progress;
use super::request::RequestCard;
use super::{Front, fault, history, html, recheck, request};
use crate::domain::calendar::Due;
use crate::domain::host::Host;
use crate::domain::notice::{Refusal, RequestKind};
use crate::flow::notices::unit_view::{Standing, UnitView};
use crate::web::style::SHEET;
use crate::web::tongue::Tongue;

#[derive(Deserialize)]
pub(super) struct Asked {
    /// What was done just before.
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "unit/page.html")]
struct Page<'a> {
    t: Tongue,
    sheet: &'static str,
    token: &'a str,
    view: &'a UnitView,
    head: Headline,
    names: Vec<Name>,
    done: Option<&'static str>,
    problems: Vec<Problem>,
    /// Confirmed receipt when.
    acknowledged: Option<String>,
    may_acknowledge: bool,
    may_recheck: bool,
    recheck_refused: Option<String>,
    progress: Option<Progress>,
    objection: Option<String>,
    extension: Option<String>,
    is_over: bool,
    limits: Vec<LimitText>,
    faults: Vec<FaultCard>,
    rules: Vec<String>,
    requests: Vec<RequestCard>,
    history: Vec<Line>,
}

/// A name of the site: as it is read, and as it is written in the DNS.
struct Name {
    unicode: String,
    ascii: Option<String>,
}

/// How one limit was counted.
struct LimitText {
    title: String,
    sentence: String,
    counted: Vec<String>,
    more: Vec<String>,
}

pub(super) async fn show(
    State(front): State<Front>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let t = Tongue::asked(&headers);
    page(&front, &token, t, StatusCode::OK, asked.done.as_deref(), Vec::new()).await
}

/// The page with what is to be said at its top.
pub(super) async fn page(
    front: &Front,
    token: &str,
    t: Tongue,
    status: StatusCode,
    done: Option<&str>,
    problems: Vec<Problem>,
) -> Response {
    match front.found(t, token, front.now()).await {
        Ok(view) => html(status, &build(t, token, &view, done, problems)),
        Err(answer) => answer,
    }
}

fn build<'a>(t: Tongue, token: &'a str, view: &'a UnitView, done: Option<&str>, problems: Vec<Problem>) -> Page<'a> {
    let notice = &view.notice;
    let blocked = |kind| notice.may_ask(kind).err().map(|refusal| refused(t, refusal));
    Page {
        t,
        sheet: SHEET,
        token,
        view,
        head: headline(t, view),
        names: names(view),
        done: done.and_then(|done| just_done(t, view, done)),
        problems,
        acknowledged: notice.acknowledged_at.map(|at| t.moment(at)),
        may_acknowledge: notice.may_acknowledge().is_ok(),
        may_recheck: view.recheck_refused.is_none(),
        recheck_refused: view.recheck_refused.map(|refusal| recheck::refused(t, view, refusal)),
        progress: recheck::progress(t, view),
        objection: blocked(RequestKind::Objection),
        extension: blocked(RequestKind::Extension),
        is_over: notice.state.is_over(),
        limits: limits(t, view),
        faults: fault::cards(t, view),
        rules: rules(t, view),
        requests: request::cards(t, view),
        history: history::lines(t, view),
    }
}

/// Why something cannot be asked for, in a sentence.
pub(super) fn refused(t: Tongue, refusal: Refusal) -> String {
    t.half(&refusal.to_string()).to_owned()
}

/// What was done just before; only what the notice knows of, so that no address can make the page say otherwise.
fn just_done(t: Tongue, view: &UnitView, done: &str) -> Option<&'static str> {
    let waits = |kind| view.notice.open_request(kind).is_some();
    match done {
        "acknowledged" if view.notice.acknowledged_at.is_some() => {
            Some(t.say("已确认收到，谢谢。", "Receipt is confirmed. Thank you."))
        }
        "objected" if waits(RequestKind::Objection) => Some(t.say(
            "异议已提交，办理机关将予答复。答复之前不作逾期认定，期限仍照常计算。",
            "Your objection was handed in and will be answered. Until then nothing is called overdue; the limit goes on.",
        )),
        "extension" if waits(RequestKind::Extension) => Some(t.say(
            "延期申请已提交，办理机关将予答复。未获同意之前，期限不变。",
            "Your request was handed in and will be answered. Until it is granted the limit stays.",
        )),
        _ => None,
    }
}

fn names(view: &UnitView) -> Vec<Name> {
    let registered = [&view.site.en_domain, &view.site.cn_domain].into_iter().flatten();
    let name = |ascii: &String| {
        let unicode = Host::parse(ascii).map_or_else(|| ascii.clone(), |host| host.unicode());
        Name { ascii: (unicode != *ascii).then(|| ascii.clone()), unicode }
    };
    registered.map(name).collect()
}

/// How each limit was counted that the unit was told of.
fn limits(t: Tongue, view: &UnitView) -> Vec<LimitText> {
    let told = view.notice.tellings.iter().enumerate();
    told.filter_map(|(step, telling)| {
        let (on, due) = (telling.told_on?, telling.due.as_ref()?);
        let (days, include) = (telling.limit.days, telling.limit.include_start_day);
        let sentence = match (t, include) {
            (Tongue::Chinese, false) => format!(
                "{}告知，自次日起算 {days} 个工作日，至 {}24:00 止。休息日和法定节假日不计入。", t.date(on), t.date(due.date)
            ),
            (Tongue::Chinese, true) => format!(
                "{}告知，自当日起算 {days} 个工作日，至 {}24:00 止。休息日和法定节假日不计入。", t.date(on), t.date(due.date)
            ),
            (Tongue::English, _) => format!(
                "Told on {}; {days} working days, {}, until the end of {}. Weekends and public holidays are not counted.",
                t.date(on),
                if include { "that day included" } else { "counted from the day after" },
                t.date(due.date)
            ),
        };
        let title = if step == 0 { t.say("本通知", "This notice") } else { t.say("补充通知", "Supplement") };
        let counted = due.counted.iter().map(|day| t.day(*day)).collect();
        Some(LimitText { title: title.to_owned(), sentence, counted, more: moved(t, view, due) })
    })
    .collect()
}

/// What moves a limit beside the count.
fn moved(t: Tongue, view: &UnitView, due: &Due) -> Vec<String> {
    let extended = view.notice.extended_until.filter(|until| *until > due.date).map(|until| match t {
        Tongue::Chinese => format!("经办理机关同意，延长至 {}24:00。", t.date(until)),
        Tongue::English => format!("The office moved it to the end of {}.", t.date(until)),
    });
    let paused = view.notice.pauses.iter().map(|(from, until)| match t {
        Tongue::Chinese => format!("公告维护期 {} 至 {} 不计入。", t.short(*from), t.short(*until)),
        Tongue::English => {
            format!("Announced maintenance from {} to {} is not counted.", t.short(*from), t.short(*until))
        }
    });
    extended.into_iter().chain(paused).collect()
}

/// The rules by which faults are confirmed and cleared, each once.
fn rules(t: Tongue, view: &UnitView) -> Vec<String> {
    let mut rules = Vec::new();
    for rule in view.faults.iter().map(|told| told.rule()) {
        let (looks, hours, clean) = (rule.looks, rule.hours, rule.clean);
        let text = match t {
            Tongue::Chinese => format!(
                "连续 {looks} 次检查均发现、且首末两次相隔不少于 {hours} 小时的，方予确认；连续 {clean} 次检查均未再发现的，视为消除。\
                 无法判定的检查（网站维护、反爬验证、网络故障等）两边都不计。"
            ),
            Tongue::English => format!(
                "A fault is confirmed by {looks} looks in a row that find it, over {hours} hours at least, and counts as mended \
                 after {clean} looks in a row that do not. Looks that cannot tell (maintenance, anti-bot tests, network \
                 trouble) count neither way."
            ),
        };
        if !rules.contains(&text) {
            rules.push(text);
        }
    }
    rules
}

impl Page<'_> {
    /// Is there something to mend?
    fn is_to_mend(&self) -> bool {
        !self.is_over && self.view.standing != Standing::Mended
    }
}
