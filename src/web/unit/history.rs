//! The history as a timeline in words.

use crate::domain::notice::{EventKind, NoticeState, RequestKind};
use crate::flow::notices::unit_view::{Entry, UnitView, What, Who};
use crate::web::tongue::Tongue;

/// One line of the timeline.
pub(super) struct Line {
    pub at: String,
    pub stamp: String,
    pub who: &'static str,
    pub what: String,
    pub why: Option<String>,
}

/// The timeline, the latest first.
pub(super) fn lines(t: Tongue, view: &UnitView) -> Vec<Line> {
    view.history.iter().rev().map(|entry| line(t, entry)).collect()
}

fn line(t: Tongue, entry: &Entry) -> Line {
    Line {
        at: t.moment(entry.at),
        stamp: entry.at.to_rfc3339(),
        who: match entry.who {
            Who::System => t.say("监测系统", "Monitoring"),
            Who::Unit => t.say("本单位", "Your unit"),
            Who::Office => t.say("办理机关", "The office"),
        },
        what: what(t, entry),
        why: entry.why.clone(),
    }
}

fn what(t: Tongue, entry: &Entry) -> String {
    let said = match entry.what {
        What::RecheckAsked => t.say("申请复检", "asked for a re-check"),
        What::Asked(RequestKind::Objection) => t.say("提出异议", "objected"),
        What::Asked(RequestKind::Extension) => t.say("申请延期", "asked for more time"),
        What::Answered(RequestKind::Objection, true) => t.say("答复异议：成立", "answered the objection: upheld"),
        What::Answered(RequestKind::Objection, false) => {
            t.say("答复异议：不成立", "answered the objection: not upheld")
        }
        What::Answered(RequestKind::Extension, true) => t.say("答复延期申请：同意", "granted more time"),
        What::Answered(RequestKind::Extension, false) => t.say("答复延期申请：不同意", "did not grant more time"),
        What::Event(kind) => event(t, kind, entry.state),
    };
    match entry.due.filter(|_| says_due(entry.what)) {
        Some(due) => match t {
            Tongue::Chinese => format!("{said}，期限至 {}24:00", t.date(due)),
            Tongue::English => format!("{said}; due at the end of {}", t.date(due)),
        },
        None => said.to_owned(),
    }
}

/// Acts that begin a limit, or move one.
const fn says_due(what: What) -> bool {
    use EventKind as E;
    matches!(
        what,
        What::Event(E::Told | E::DeliveredByHand | E::Acknowledged | E::Extended | E::Paused | E::Recounted)
            | What::Answered(RequestKind::Extension, true)
    )
}

fn event(t: Tongue, kind: EventKind, to: Option<NoticeState>) -> &'static str {
    let ends = to.is_some_and(NoticeState::is_over);
    match kind {
        EventKind::Told => t.say("通知已送达邮件服务器", "the mail server took the letter"),
        EventKind::Failed => t.say("通知未能送达", "the letter did not arrive"),
        EventKind::Resent => t.say("重新发送通知", "sent the letter again"),
        EventKind::DeliveredByHand => t.say("当面或书面送达通知", "delivered the letter by hand"),
        EventKind::Acknowledged => t.say("确认收到通知", "confirmed receipt"),
        EventKind::Extended => t.say("延长整改期限", "moved the due date"),
        EventKind::Paused => t.say("维护或停止解析期间不计入期限", "days of maintenance or of a stop are not counted"),
        EventKind::Cleared if ends => t.say("检查未再发现问题，本通知办结", "found everything mended: closed"),
        EventKind::Cleared => t.say("部分问题经检查已消除", "found a part of it mended"),
        EventKind::Reminded => t.say("提醒期限临近", "reminded of the due date"),
        EventKind::DueOver if to == Some(NoticeState::Overdue) => {
            t.say("期限届满后检查仍发现问题，逾期", "still found it after the due date: overdue")
        }
        EventKind::DueOver => t.say("期限届满，等待复核", "the limit ended; a look is awaited"),
        EventKind::Restated => {
            t.say("同一问题的范围有变化，期限不变", "found the same fault to another extent: the limit stays")
        }
        EventKind::Recounted => t.say("工作日历调整，重新计算期限", "counted the limit anew: the calendar changed"),
        EventKind::Withdrawn => t.say("撤回通知", "withdrew the notice"),
        EventKind::Closed => t.say("办结", "closed the notice"),
        EventKind::Asked => t.say("提出申请", "asked"),
        EventKind::Answered => t.say("答复", "answered"),
        EventKind::Found | EventKind::Approved => t.say("补充问题", "added faults"),
    }
}
