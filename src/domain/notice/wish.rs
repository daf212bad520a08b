//! What a unit writes: how long, and until when it may ask for time. What is refused, is refused with a reason that the
//! form can say.

use chrono::{Days, NaiveDate};

use super::{Notice, NoticeState, Refusal, RequestKind};
use crate::domain::hidden::without;

/// Characters an objection or a request has at least, so that there is something to answer.
pub const SHORTEST_TEXT: usize = 10;
/// And at most.
pub const LONGEST_TEXT: usize = 5_000;
/// Days ahead of today for which time may be asked, and given.
pub const LONGEST_EXTENSION: u64 = 366;
/// Days ahead of today up to which maintenance may be announced: meanwhile no limit runs.
pub const LONGEST_MAINTENANCE: u64 = 60;

/// Why a text is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextRefusal {
    #[error("内容过短 · too short: {0} characters")]
    TooShort(usize),
    #[error("内容过长 · too long: {0} characters")]
    TooLong(usize),
}

/// The text as it is kept: without the line ends of a form, without what is not seen, without blanks around it.
pub fn text(written: &str) -> Result<String, TextRefusal> {
    let kept = without(written);
    match kept.chars().count() {
        count if count < SHORTEST_TEXT => Err(TextRefusal::TooShort(count)),
        count if count > LONGEST_TEXT => Err(TextRefusal::TooLong(count)),
        _ => Ok(kept),
    }
}

/// Why a day is no day to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DayRefusal {
    #[error("期限尚未开始计算 · no limit runs")]
    NoLimit,
    #[error("须晚于现有期限 · not after the due date")]
    NotAfterDue(NaiveDate),
    #[error("须晚于今天 · not ahead of today")]
    NotAhead,
    #[error("过远 · too far ahead")]
    TooFar,
}

impl Notice {
    /// May the unit ask for this now? What [`Notice::step`] would say, before anything was written.
    pub fn may_ask(&self, kind: RequestKind) -> Result<(), Refusal> {
        match self.state {
            state if state.is_over() => Err(Refusal::Over),
            NoticeState::Drafted | NoticeState::Queued => Err(Refusal::NotTold),
            _ if self.open_request(kind).is_some() => Err(Refusal::AskedAlready),
            _ => Ok(()),
        }
    }

    /// May the unit confirm receipt now? Likewise.
    pub fn may_acknowledge(&self) -> Result<(), Refusal> {
        match self.state {
            state if state.is_over() => Err(Refusal::Over),
            _ if self.acknowledged_at.is_some() => Err(Refusal::Nothing),
            NoticeState::Drafted | NoticeState::Queued => Err(Refusal::NotTold),
            _ => Ok(()),
        }
    }

    /// May time be asked for until the end of this day?
    pub fn may_ask_until(&self, until: NaiveDate, today: NaiveDate) -> Result<(), DayRefusal> {
        let due = self.due().ok_or(DayRefusal::NoLimit)?.date;
        match () {
            () if until <= due => Err(DayRefusal::NotAfterDue(due)),
            () if until <= today => Err(DayRefusal::NotAhead),
            () if until > today + Days::new(LONGEST_EXTENSION) => Err(DayRefusal::TooFar),
            () => Ok(()),
        }
    }
}

/// May maintenance be announced for these days, the first and the last?
pub fn may_announce(from: NaiveDate, until: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    match () {
        () if until < from => Err(Refusal::Day),
        () if until > today + Days::new(LONGEST_MAINTENANCE) => Err(Refusal::MaintenanceTooFar),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_counted_as_a_person_counts_it() {
        assert_eq!(text("\r\n 标识已于昨日加挂，请复核。 \r\n"), Ok("标识已于昨日加挂，请复核。".to_owned()));
        assert_eq!(text(&format!("{}\r\n{}", "一".repeat(5), "二".repeat(5))).map(|kept| kept.chars().count()), Ok(11));
        assert_eq!(text("   不同意   "), Err(TextRefusal::TooShort(3)));
        assert_eq!(text(&"异".repeat(5_001)), Err(TextRefusal::TooLong(5_001)));
        assert!(text(&"异".repeat(5_000)).is_ok());
        assert_eq!(text("a\0b\u{7}c 0123456789"), Ok("abc 0123456789".to_owned()));
    }
}
