//! Notices as JSON shows them; the command line prints the same.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::schemas;
use crate::domain::calendar::Due;
use crate::domain::letter::SHOWN_PAGES;
use crate::domain::notice::{EventKind, Item, NoticeState, Request, RequestKind, Telling, TellingStatus};
use crate::domain::verdict::FindingCode;
use crate::flow::notices::read::Sheet;
use crate::store::StoreResult;
use crate::store::audit::Recorded;
use crate::store::findings::StoredFinding;
use crate::store::notices::StoredNotice;
use crate::store::sites::StoredSite;

/// A notice in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeBrief {
    pub id: String,
    /// 文号, once approved.
    pub number: Option<String>,
    #[schema(schema_with = schemas::notice_state)]
    pub state: NoticeState,
    /// The state in Chinese.
    pub state_label: &'static str,
    /// GB/T 2260.
    pub region: Option<String>,
    /// Registry key of the site.
    pub site: String,
    pub site_name: String,
    pub unit: String,
    pub drafted_at: DateTime<Utc>,
    /// The earliest due date of what is not gone; it ends at 24:00 in Beijing.
    pub due_on: Option<NaiveDate>,
    /// 暂定: the due date reaches into a year without an official calendar.
    pub provisional: bool,
    /// An objection waits for an answer.
    pub objected: bool,
    pub ended_at: Option<DateTime<Utc>>,
}

impl NoticeBrief {
    /// Of a notice and its site.
    pub fn of(stored: &StoredNotice, site: &StoredSite) -> Self {
        let due = stored.notice.due();
        Self {
            id: stored.id.clone(),
            number: stored.number.clone(),
            state: stored.notice.state,
            state_label: stored.notice.state.label(),
            region: stored.region.clone(),
            site: site.site.key.clone(),
            site_name: site.site.name.clone(),
            unit: site.site.unit.name.clone(),
            drafted_at: stored.drafted_at,
            due_on: due.as_ref().map(|due| due.date),
            provisional: due.is_some_and(|due| due.provisional),
            objected: stored.notice.open_request(RequestKind::Objection).is_some(),
            ended_at: stored.ended_at,
        }
    }
}

/// A notice with its facts.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeSheet {
    #[serde(flatten)]
    pub brief: NoticeBrief,
    /// Counts the changes.
    pub version: i64,
    pub faults: Vec<FaultView>,
    /// The letter, then its supplements.
    pub tellings: Vec<TellingView>,
    /// The earliest due date, with the days that were counted.
    pub due: Option<DueView>,
    pub extended_until: Option<NaiveDate>,
    /// Announced maintenance: first and last day, not counted.
    pub pauses: Vec<(NaiveDate, NaiveDate)>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// What the unit asked for.
    pub requests: Vec<RequestView>,
}

impl NoticeSheet {
    /// Of what was read.
    pub fn of(sheet: &Sheet) -> Self {
        let notice = &sheet.notice.notice;
        Self {
            brief: NoticeBrief::of(&sheet.notice, &sheet.site),
            version: sheet.notice.version,
            faults: notice.items.iter().map(|item| FaultView::of(item, &sheet.findings)).collect(),
            tellings: notice.tellings.iter().map(TellingView::of).collect(),
            due: notice.due().map(DueView::of),
            extended_until: notice.extended_until,
            pauses: notice.pauses.clone(),
            acknowledged_at: notice.acknowledged_at,
            requests: notice.requests.iter().map(RequestView::of).collect(),
        }
    }
}

/// A fault that a notice tells.
#[derive(Debug, Serialize, ToSchema)]
pub struct FaultView {
    pub finding_id: String,
    #[schema(schema_with = schemas::finding_code)]
    pub code: FindingCode,
    pub label: &'static str,
    /// By which letter: 0 the notice itself, then its supplements.
    pub telling: u32,
    pub cleared_at: Option<DateTime<Utc>>,
    pub first_seen: Option<DateTime<Utc>>,
    pub last_seen: Option<DateTime<Utc>>,
    /// Fair looks in a row that found it.
    pub looks: Option<u32>,
    /// The first pages at fault.
    pub pages: Vec<String>,
    pub pages_in_all: usize,
}

impl FaultView {
    fn of(item: &Item, findings: &[StoredFinding]) -> Self {
        let found = findings.iter().find(|found| found.id == item.finding_id);
        let pages = found.map(|found| found.pages.as_slice()).unwrap_or_default();
        Self {
            finding_id: item.finding_id.clone(),
            code: item.code,
            label: item.code.label(),
            telling: item.step,
            cleared_at: item.cleared_at,
            first_seen: found.map(|found| found.track.first_failed_at),
            last_seen: found.map(|found| found.track.last_failed_at),
            looks: found.map(|found| found.track.failed),
            pages: pages.iter().take(SHOWN_PAGES).cloned().collect(),
            pages_in_all: pages.len(),
        }
    }
}

/// One letter with faults in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TellingView {
    #[schema(schema_with = schemas::telling_status)]
    pub status: TellingStatus,
    pub status_label: &'static str,
    /// Working days.
    pub limit_days: u32,
    pub told_on: Option<NaiveDate>,
    pub due: Option<DueView>,
}

impl TellingView {
    fn of(telling: &Telling) -> Self {
        Self {
            status: telling.status,
            status_label: telling.status.label(),
            limit_days: telling.limit.days,
            told_on: telling.told_on,
            due: telling.due.clone().map(DueView::of),
        }
    }
}

/// When a limit ends: at 24:00 of the day in Beijing.
#[derive(Debug, Serialize, ToSchema)]
pub struct DueView {
    pub date: NaiveDate,
    /// 暂定.
    pub provisional: bool,
    /// The working days that were counted.
    pub counted: Vec<NaiveDate>,
}

impl DueView {
    fn of(due: Due) -> Self {
        Self { date: due.date, provisional: due.provisional, counted: due.counted }
    }
}

/// What a unit asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestView {
    #[schema(schema_with = schemas::request_kind)]
    pub kind: RequestKind,
    pub at: DateTime<Utc>,
    pub text: String,
    /// Of an extension: until when.
    pub until: Option<NaiveDate>,
    pub answer: Option<AnswerView>,
}

/// What an officer answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerView {
    pub at: DateTime<Utc>,
    pub granted: bool,
    pub text: String,
}

impl RequestView {
    fn of(request: &Request) -> Self {
        let answer = request.answer.as_ref();
        let answer = answer.map(|given| AnswerView { at: given.at, granted: given.granted, text: given.text.clone() });
        let Request { kind, at, text, until, .. } = request;
        Self { kind: *kind, at: *at, text: text.clone(), until: *until, answer }
    }
}

/// One act on record.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActView {
    pub seq: i64,
    pub at: DateTime<Utc>,
    /// `account:NAME`, `unit` or `system`.
    pub actor: String,
    pub action: String,
    /// The action in Chinese, where it has a name of its own.
    pub label: Option<&'static str>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub why: Option<String>,
    /// The due date after it.
    pub due_on: Option<NaiveDate>,
    /// SHA-256 of this link of the chain.
    pub hash: String,
}

impl ActView {
    /// Of an act of a notice.
    pub fn of(act: &Recorded) -> StoreResult<Self> {
        let body = act.tree()?;
        let text = |key: &str| body[key].as_str().map(str::to_owned);
        Ok(Self {
            seq: act.seq,
            at: act.at,
            actor: act.actor.clone(),
            label: EventKind::from_name(&act.action).map(EventKind::label),
            action: act.action.clone(),
            from: text("from"),
            to: text("to"),
            why: text("why"),
            due_on: body["detail"]["due"].as_str().and_then(|day| day.parse().ok()),
            hash: act.hash.clone(),
        })
    }
}
