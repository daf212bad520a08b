//! What may happen to a notice, and what follows.

use chrono::NaiveDate;

use super::{LONGEST_EXTENSION, LONGEST_MAINTENANCE};
use crate::closed_set;
use crate::domain::letter::LetterKind;
use crate::domain::verdict::FindingCode;

closed_set! {
    /// The events by name.
    pub enum EventKind {
        Found = "found", "发现新问题 · further faults of the site were confirmed";
        Restated = "restated", "问题范围变化 · a fault it tells was confirmed to another extent: told as before, under the same limit";
        Approved = "approved", "审核通过 · an officer lets the letter go";
        Told = "told", "已告知 · the mail server took the letter";
        Failed = "failed", "退信 · every address refused it, or it came back";
        Resent = "resent", "重新发送 · an officer sends it again, to a mended address";
        DeliveredByHand = "delivered_by_hand", "当面或书面送达 · an officer delivered it";
        Acknowledged = "acknowledged", "签收 · the unit confirms receipt";
        Asked = "asked", "提出异议或申请 · the unit objects or asks for time";
        Answered = "answered", "答复 · an officer answers";
        Extended = "extended", "延期 · an officer moves the due date";
        Paused = "paused", "暂停计算 · announced maintenance, or our own stop of the names: its days are not counted";
        Cleared = "cleared", "问题消除 · fair looks find a fault gone";
        Reminded = "reminded", "提醒 · the due day is near, or today";
        DueOver = "due_over", "期限届满 · the due day has ended";
        Recounted = "recounted", "重新计算期限 · the calendar changed";
        Withdrawn = "withdrawn", "撤回 · an officer takes it back";
        Closed = "closed", "办结 · it ends for another reason";
    }
}

/// Why days are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Announced by the unit.
    Maintenance,
    /// Our own decision kept every name of the site stopped.
    Stop,
}

impl Pause {
    /// As a letter to the unit says it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Maintenance => "公告维护期",
            Self::Stop => "停止解析期间",
        }
    }
}

/// An event with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// `letter_waits`: the letter before has not begun to go, and is written anew with these in it.
    Found {
        faults: Vec<(String, FindingCode)>,
        letter_waits: bool,
    },
    /// `letter_waits`: the letter that tells the fault has not begun to go, and is written anew.
    Restated {
        faults: Vec<(String, FindingCode)>,
        letter_waits: bool,
    },
    Approved,
    Told {
        step: u32,
        on: NaiveDate,
    },
    Failed {
        step: u32,
    },
    Resent,
    DeliveredByHand {
        on: NaiveDate,
    },
    Acknowledged,
    Asked {
        kind: super::RequestKind,
        text: String,
        until: Option<NaiveDate>,
    },
    Answered {
        kind: super::RequestKind,
        granted: bool,
        text: String,
        until: Option<NaiveDate>,
    },
    Extended {
        until: NaiveDate,
        why: String,
    },
    Paused {
        from: NaiveDate,
        until: NaiveDate,
        why: Pause,
    },
    /// `letter_waits`: a letter that was not told yet has not begun to go, and is stopped.
    Cleared {
        findings: Vec<String>,
        letter_waits: bool,
    },
    Reminded {
        day: NaiveDate,
    },
    /// `failing`: a fair look after the due day still found a fault whose limit had ended.
    DueOver {
        failing: bool,
    },
    Recounted,
    Withdrawn {
        why: String,
    },
    Closed {
        why: String,
    },
}

impl Event {
    /// Its name.
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Found { .. } => EventKind::Found,
            Self::Restated { .. } => EventKind::Restated,
            Self::Approved => EventKind::Approved,
            Self::Told { .. } => EventKind::Told,
            Self::Failed { .. } => EventKind::Failed,
            Self::Resent => EventKind::Resent,
            Self::DeliveredByHand { .. } => EventKind::DeliveredByHand,
            Self::Acknowledged => EventKind::Acknowledged,
            Self::Asked { .. } => EventKind::Asked,
            Self::Answered { .. } => EventKind::Answered,
            Self::Extended { .. } => EventKind::Extended,
            Self::Paused { .. } => EventKind::Paused,
            Self::Cleared { .. } => EventKind::Cleared,
            Self::Reminded { .. } => EventKind::Reminded,
            Self::DueOver { .. } => EventKind::DueOver,
            Self::Recounted => EventKind::Recounted,
            Self::Withdrawn { .. } => EventKind::Withdrawn,
            Self::Closed { .. } => EventKind::Closed,
        }
    }

    /// The reason a person gave, for the record.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Asked { text, .. } | Self::Answered { text, .. } => Some(text),
            Self::Extended { why, .. } | Self::Withdrawn { why } | Self::Closed { why } => Some(why),
            _ => None,
        }
    }
}

/// A letter to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Telegram {
    pub kind: LetterKind,
    /// The telling it belongs to.
    pub step: u32,
}

/// What a step wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Write a letter to the unit.
    Write(Telegram),
    /// Stop the letters that have not begun to go.
    StopLetters,
    /// Ask for a look that goes before the schedule.
    AskLook,
    /// Something waits for an officer.
    TellOffice,
    /// The notice is overdue: a case opens (art. 20).
    OpenCase,
}

/// Why an event cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("通知已经结束 · the notice is over")]
    Over,
    #[error("没有待审核的内容 · nothing waits for approval")]
    NothingToApprove,
    #[error("尚未告知 · the unit was not told yet")]
    NotTold,
    #[error("没有未送达的通知 · nothing is undelivered")]
    NothingUndelivered,
    #[error(
        "日期不可能 · the day cannot be: delivery lies in the past, an extension after the due day and ahead of today"
    )]
    Day,
    #[error("日期过远，延期至多到 {most} 天以后 · too far ahead: time is given for {most} days at most", most = LONGEST_EXTENSION)]
    ExtensionTooFar,
    #[error("日期过远，维护期至多公告到 {most} 天以后 · too far ahead: maintenance is announced for {most} days ahead at most", most = LONGEST_MAINTENANCE)]
    MaintenanceTooFar,
    #[error("期限尚未届满 · the limit is not over")]
    NotDue,
    #[error("已有一件待答复 · one of this kind waits for an answer already")]
    AskedAlready,
    #[error("没有待答复的异议或申请 · nothing of this kind waits for an answer")]
    NothingAsked,
    #[error("须说明理由 · a reason is needed")]
    NoReason,
    #[error("没有变化 · nothing changes")]
    Nothing,
}
