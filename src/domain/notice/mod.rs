//! A rectification notice (责令整改): what is told to one unit about one site, until it is mended, decided or taken back
//! (art. 18; domain rules §2 and §4).
//!
//! A notice is told by *tellings*: the letter itself, then supplements for faults found later, each with a limit of its
//! own that begins the day it is told. [`Notice::step`] is the whole machine; it is total over state × event, and what it
//! wants done comes out as [`Effect`]s.

mod deadline;
mod event;
mod extent;
mod faults;
mod office;
mod recheck;
mod step;
mod wish;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::Due;
use super::letter::Limit;
use super::verdict::FindingCode;
use crate::closed_set;

pub use event::{Effect, Event, EventKind, Pause, Refusal, Telegram};
pub use office::{NoticeQueue, OfficerAct};
pub use recheck::{Outcome, RECHECK_EVERY, RECHECKS_A_DAY, RecheckRefusal, Seen, may_recheck, outcome};
pub use step::{Moment, Step};
pub use wish::{
    DayRefusal, LONGEST_EXTENSION, LONGEST_MAINTENANCE, LONGEST_TEXT, SHORTEST_TEXT, TextRefusal, may_announce, text,
};

closed_set! {
    /// Where a notice stands.
    pub enum NoticeState {
        Drafted = "drafted", "待审核 · waits for an officer; nobody was told";
        Queued = "queued", "待发出 · approved; its letter is on its way";
        Sent = "sent", "已告知 · told: the limit runs";
        Acknowledged = "acknowledged", "已签收 · the unit confirmed receipt: the limit runs";
        Bounced = "bounced", "未送达 · no address took the letter: the limit stands still, an officer delivers it";
        AwaitingLook = "awaiting_look", "待复核 · the limit is over, and no fair look since tells whether it was mended";
        Overdue = "overdue", "逾期未改 · a fair look after the due day still found a fault";
        Rectified = "rectified", "已整改 · every fault it told is gone";
        Withdrawn = "withdrawn", "已撤回 · it was wrong, or an objection was upheld";
        Closed = "closed", "已办结 · ended for another reason: mended before it was told, the site left the registry, a decision";
    }
}

impl NoticeState {
    /// Is it over for good?
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Rectified | Self::Withdrawn | Self::Closed)
    }
}

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub state: NoticeState,
    pub items: Vec<Item>,
    /// The letter (0), then its supplements.
    pub tellings: Vec<Telling>,
    /// An officer gave time until the end of this day, whatever the count says.
    pub extended_until: Option<NaiveDate>,
    /// Announced maintenance: its days are not counted. First and last day.
    pub pauses: Vec<(NaiveDate, NaiveDate)>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// The unit's objections and requests, the latest last.
    pub requests: Vec<Request>,
    /// Days for which a reminder was written.
    pub reminded: Vec<NaiveDate>,
    /// What an officer last gave as a reason; the letter that follows passes it on.
    pub words: Option<String>,
}

/// A fault that a notice tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub finding_id: String,
    pub code: FindingCode,
    /// By which telling.
    pub step: u32,
    pub cleared_at: Option<DateTime<Utc>>,
}

/// One letter with faults in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    pub limit: Limit,
    pub status: TellingStatus,
    /// The day the unit was told (Beijing).
    pub told_on: Option<NaiveDate>,
    /// Counted from then; extensions not in it.
    pub due: Option<Due>,
}

closed_set! {
    /// How far a telling is.
    pub enum TellingStatus {
        Drafted = "drafted", "待审核 · waits for an officer";
        Queued = "queued", "待发出 · on its way";
        Told = "told", "已告知 · the unit has it";
        Failed = "failed", "未送达 · no address took it";
    }
}

/// What a unit asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub kind: RequestKind,
    pub at: DateTime<Utc>,
    pub text: String,
    /// Of an extension: until when.
    pub until: Option<NaiveDate>,
    pub answer: Option<Answer>,
}

closed_set! {
    /// The kinds of requests.
    pub enum RequestKind {
        Objection = "objection", "异议 · the unit says that the notice is wrong";
        Extension = "extension", "延期申请 · the unit asks for more time";
    }
}

/// What an officer answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub at: DateTime<Utc>,
    pub granted: bool,
    pub text: String,
}

impl Notice {
    /// A draft for faults that were confirmed.
    pub fn draft(faults: impl IntoIterator<Item = (String, FindingCode)>, limit: Limit) -> Self {
        let items = faults.into_iter().map(|(finding_id, code)| Item { finding_id, code, step: 0, cleared_at: None });
        Self {
            state: NoticeState::Drafted,
            items: items.collect(),
            tellings: vec![Telling::draft(limit)],
            extended_until: None,
            pauses: Vec::new(),
            acknowledged_at: None,
            requests: Vec::new(),
            reminded: Vec::new(),
            words: None,
        }
    }

    /// The faults that are not gone.
    pub fn live(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.cleared_at.is_none())
    }

    /// The faults of one telling that are not gone.
    pub fn live_of(&self, step: u32) -> impl Iterator<Item = &Item> {
        self.live().filter(move |item| item.step == step)
    }

    /// The faults that the unit may see: those of letters that an officer let go.
    pub fn shown(&self) -> impl Iterator<Item = &Item> {
        let is_let_go = |telling: &Telling| telling.status != TellingStatus::Drafted;
        self.items.iter().filter(move |item| self.telling(item.step).is_some_and(is_let_go))
    }

    /// Is there anything for the unit to see? What nobody approved is the office's own business.
    pub fn is_shown(&self) -> bool {
        self.shown().next().is_some()
    }

    /// A request that waits for an answer.
    pub fn open_request(&self, kind: RequestKind) -> Option<&Request> {
        self.requests.iter().find(|request| request.kind == kind && request.answer.is_none())
    }

    /// Was the unit told of anything at all?
    pub fn was_told(&self) -> bool {
        self.tellings.iter().any(|telling| telling.told_on.is_some())
    }

    fn telling(&self, step: u32) -> Option<&Telling> {
        self.tellings.get(step as usize)
    }
}

impl Telling {
    fn draft(limit: Limit) -> Self {
        Self { limit, status: TellingStatus::Drafted, told_on: None, due: None }
    }
}
