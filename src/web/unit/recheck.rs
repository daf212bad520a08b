//! 立即复检: a real look that goes before the schedule, how it gets on, and what it found.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::TimeDelta;

use super::form::Problem;
use super::page::page;
use super::trouble::{failed, not_found};
use super::{Front, html, onward, words};
use crate::domain::notice::{Outcome, RecheckRefusal};
use crate::domain::verdict::Verdict;
use crate::flow::notices::unit_view::{Left, Recheck, Result as Found, UnitView};
use crate::flow::notices::{RecheckError, recheck};
use crate::web::style::SHEET;
use crate::web::tongue::Tongue;

/// Seconds between two looks of the page at a re-check that goes on.
const REFRESH: u32 = 5;
/// And of one that takes its time.
const SLOW_REFRESH: u32 = 30;
/// From when on it takes its time.
const SLOW: TimeDelta = TimeDelta::minutes(2);

/// How a re-check stands.
pub(super) struct Progress {
    /// 1 asked, 2 looking, 3 done.
    pub step: u8,
    pub title: String,
    /// Class and words.
    pub chip: (&'static str, String),
    pub lines: Vec<String>,
    pub faults: Vec<(&'static str, String, String)>,
    /// Seconds until the page is to be read anew.
    pub refresh: Option<u32>,
}

#[derive(Template)]
#[template(path = "unit/recheck.html")]
struct Page<'a> {
    t: Tongue,
    sheet: &'static str,
    token: &'a str,
    view: &'a UnitView,
    progress: Option<Progress>,
    may_recheck: bool,
    refused: Option<String>,
}

impl Page<'_> {
    fn is_under_way(&self) -> bool {
        self.progress.as_ref().is_some_and(|progress| progress.refresh.is_some())
    }
}

pub(super) async fn show(State(front): State<Front>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let t = Tongue::asked(&headers);
    match front.found(t, &token, front.now()).await {
        Ok(view) => {
            let refused = view.recheck_refused.map(|why| refused(t, &view, why));
            let (progress, may_recheck) = (progress(t, &view), refused.is_none());
            html(StatusCode::OK, &Page { t, sheet: SHEET, token: &token, view: &view, progress, may_recheck, refused })
        }
        Err(answer) => answer,
    }
}

pub(super) async fn submit(State(front): State<Front>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let (t, now) = (Tongue::asked(&headers), front.now());
    let view = match front.found(t, &token, now).await {
        Ok(view) => view,
        Err(answer) => return answer,
    };
    let Some(id) = front.app.links.read(&token) else { return not_found(t) };
    match recheck(&front.app.db, id, now).await {
        Ok(()) | Err(RecheckError::Refused(RecheckRefusal::UnderWay)) => onward(&token, "/recheck"),
        Err(RecheckError::Refused(why)) => {
            let problem = Problem::of("recheck", refused(t, &view, why));
            page(&front, &token, t, StatusCode::CONFLICT, None, vec![problem]).await
        }
        Err(RecheckError::NotFound) => not_found(t),
        Err(RecheckError::Store(error)) => failed(t, &error),
    }
}

/// Why there is no re-check now.
pub(super) fn refused(t: Tongue, view: &UnitView, why: RecheckRefusal) -> String {
    match (why, t) {
        (RecheckRefusal::UnderWay, _) => t.say("已有一次复检正在进行", "A re-check is under way").to_owned(),
        (RecheckRefusal::TooSoon { again_at }, Tongue::Chinese) => {
            format!("两次复检至少间隔 10 分钟，请在 {} 之后再申请", t.when(again_at, view.now))
        }
        (RecheckRefusal::TooSoon { again_at }, Tongue::English) => {
            format!("Ten minutes lie between two re-checks: ask again after {}", t.when(again_at, view.now))
        }
        (RecheckRefusal::TooMany { .. }, _) => t
            .say(
                "今天的复检次数（20 次）已用完，请明天再申请；例行检查照常进行",
                "The 20 re-checks of a day are used up: ask again tomorrow. The daily look goes on",
            )
            .to_owned(),
        (RecheckRefusal::Over, _) => t.say("通知已经办结，不再复检", "The notice is closed").to_owned(),
        (RecheckRefusal::NotWatched, _) => t
            .say(
                "本网站目前不在监测范围，请与办理机关联系",
                "The site is not watched now: get in touch with the office",
            )
            .to_owned(),
    }
}

/// The re-check under way, or the last one.
pub(super) fn progress(t: Tongue, view: &UnitView) -> Option<Progress> {
    let under_way = |asked_at, step, title: &str, chip: &str, line: &str| {
        let waited = view.now - asked_at;
        let slow = t.say(
            "需要的时间比平时长。可以关闭本页，稍后从通知中的链接再来查看结果。",
            "It takes longer than usual. You may close this page and come back by the link in the letter.",
        );
        let lines = std::iter::once(line.to_owned()).chain((waited > SLOW).then(|| slow.to_owned()));
        Progress {
            step,
            title: title.to_owned(),
            chip: ("runs", chip.to_owned()),
            lines: lines.collect(),
            faults: Vec::new(),
            refresh: Some(if waited > SLOW { SLOW_REFRESH } else { REFRESH }),
        }
    };
    Some(match view.recheck.as_ref()? {
        Recheck::Queued { asked_at } => under_way(
            *asked_at,
            1,
            t.say("复检已排队，排在例行检查之前", "The re-check is queued, ahead of the daily looks"),
            t.say("◔ 排队中", "◔ queued"),
            t.say("一般在一分钟内开始。", "It usually begins within a minute."),
        ),
        Recheck::Running { asked_at } => under_way(
            *asked_at,
            2,
            t.say("正在检查您的网站", "Your site is being looked at"),
            t.say("◑ 检查中", "◑ looking"),
            t.say(
                "检查首页和通知所列的页面，一般需要几秒到几分钟。",
                "The home page and the pages in the notice are visited; that takes seconds to minutes.",
            ),
        ),
        Recheck::Done(found) => done(t, view, found),
    })
}

fn done(t: Tongue, view: &UnitView, found: &Found) -> Progress {
    let (all, gone) = (found.faults.len(), count(found, Outcome::Gone));
    let (title, chip) = summary(t, found, all, gone);
    let at = t.moment(found.ended_at);
    let mut lines = vec![match t {
        Tongue::Chinese => format!("检查完成于 {at}（北京时间）。"),
        Tongue::English => format!("Looked at on {at} (Beijing time)."),
    }];
    if found.verdict == Verdict::Undetermined {
        lines.push(undetermined(t, found));
    }
    if found.others > 0 {
        lines.push(
            t.say(
                "本次还发现通知所列以外的问题；经多次检查确认后，办理机关将另行告知。",
                "The look also found what the notice does not tell; if it is confirmed, you will be told of it.",
            )
            .to_owned(),
        );
    }
    if !view.notice.state.is_over() {
        lines.extend(rule(t, view, found));
    }
    Progress {
        step: 3,
        title,
        chip,
        lines,
        faults: found.faults.iter().map(|left| left_line(t, left)).collect(),
        refresh: None,
    }
}

fn count(found: &Found, outcome: Outcome) -> usize {
    found.faults.iter().filter(|left| left.outcome == outcome).count()
}

fn summary(t: Tongue, found: &Found, all: usize, gone: usize) -> (String, (&'static str, String)) {
    let still = count(found, Outcome::Still);
    let own = |zh: &str, en: &str| t.say(zh, en).to_owned();
    if gone == all && all > 0 {
        return (
            own("本次复检未再发现通知所列的问题", "This look found nothing of what the notice tells"),
            ("pass", own("✔ 未再发现", "✔ not found again")),
        );
    }
    if still == 0 {
        return (
            own("本次复检未能得出结论", "This look could not tell"),
            ("undetermined", own("？ 无法判定", "？ undetermined")),
        );
    }
    let title = match (t, gone) {
        (Tongue::Chinese, 0) => "本次复检仍发现通知所列的问题".to_owned(),
        (Tongue::Chinese, gone) => format!("{all} 个问题中 {gone} 个未再发现，{still} 个仍然存在"),
        (Tongue::English, 0) => "This look still found what the notice tells".to_owned(),
        (Tongue::English, gone) => format!("{gone} of {all} faults not found again; {still} still there"),
    };
    (title, ("fail", own("✘ 仍有问题", "✘ still at fault")))
}

/// Why a look could not tell.
fn undetermined(t: Tongue, found: &Found) -> String {
    let why = t.half(found.cause.help());
    match t {
        Tongue::Chinese => format!("原因：{why}。无法判定的检查不作为问题存在或消除的依据，排除原因后可以再次申请。"),
        Tongue::English => {
            format!("Why: {why}. Such a look counts neither way; ask again when the cause is gone.")
        }
    }
}

/// That one clean look does not end it, and what does.
fn rule(t: Tongue, view: &UnitView, found: &Found) -> Vec<String> {
    let gone = || found.faults.iter().filter(|left| left.outcome == Outcome::Gone);
    let clean: Vec<&Left> = gone().filter(|left| !left.is_cleared).collect();
    if clean.is_empty() && gone().count() < found.faults.len() || found.faults.is_empty() {
        return Vec::new();
    }
    if clean.is_empty() {
        return vec![
            t.say("已达到消除的条件，通知即将办结。", "That is enough: the notice is about to be closed.").to_owned(),
        ];
    }
    let by_now = clean.iter().map(|left| left.clean).min().unwrap_or_default();
    let takes = clean.iter().map(|left| left.takes).max().unwrap_or_default();
    let not_yet = match t {
        Tongue::Chinese => format!(
            "一次未发现还不等于办结：规则要求连续 {takes} 次检查均未再发现，目前为 {by_now} 次，其间请保持整改后的状态。"
        ),
        Tongue::English => format!(
            "One clean look does not close it: {takes} in a row are needed, {by_now} so far. Keep the site as it is now."
        ),
    };
    let next = view.next_look.map(|next| match t {
        Tongue::Chinese => {
            format!("下一次例行检查约在 {}（北京时间），不必等待的，可间隔 10 分钟再次申请复检。", t.moment(next))
        }
        Tongue::English => format!(
            "The next look by schedule is about {} (Beijing time); or ask for another re-check after ten minutes.",
            t.moment(next)
        ),
    });
    std::iter::once(not_yet).chain(next).collect()
}

/// Class, name and words of one fault.
fn left_line(t: Tongue, left: &Left) -> (&'static str, String, String) {
    let name = words::name(t, left.code).to_owned();
    let (class, said) = match left.outcome {
        Outcome::Gone => ("pass", t.say("✔ 未再发现", "✔ not found again").to_owned()),
        Outcome::Untold => ("undetermined", t.say("？ 无法判定", "？ undetermined").to_owned()),
        Outcome::Still => ("fail", still(t, left)),
    };
    (class, name, said)
}

fn still(t: Tongue, left: &Left) -> String {
    match (left.before.filter(|before| *before > left.now), left.now, t) {
        (_, 0, _) => t.say("✘ 仍然存在", "✘ still there").to_owned(),
        (Some(before), now, Tongue::Chinese) => format!("✘ 仍有 {now} 个页面，申请复检时为 {before} 个"),
        (Some(before), now, Tongue::English) => format!("✘ still on {now} pages, {before} when you asked"),
        (None, now, Tongue::Chinese) => format!("✘ 仍有 {now} 个页面"),
        (None, now, Tongue::English) => format!("✘ still on {now} pages"),
    }
}
