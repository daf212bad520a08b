//! When a unit may have its site looked at again, and what such a look says of each fault.
//!
//! A re-check is a real look at a real site: one at a time, not more often than its server and the watch bear.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::beijing::{day, end_of};
use crate::domain::finding::Finding;
use crate::domain::kin::is_kin;
use crate::domain::verdict::{FindingCode, Verdict};

/// The least time between two re-checks of one site.
pub const RECHECK_EVERY: TimeDelta = TimeDelta::minutes(10);
/// Re-checks of one site on one day (Beijing).
pub const RECHECKS_A_DAY: usize = 20;

/// Why there is no re-check now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecheckRefusal {
    #[error("已有一次复检在进行 · a re-check is under way")]
    UnderWay,
    #[error("复检间隔不足 · the last re-check was a moment ago")]
    TooSoon { again_at: DateTime<Utc> },
    #[error("今天的复检次数已用完 · no more re-checks today")]
    TooMany { again_at: DateTime<Utc> },
    #[error("通知已经结束 · the notice is over")]
    Over,
    #[error("网站不在监测范围 · the site is not watched")]
    NotWatched,
}

/// May a re-check be asked for? `waiting`: one was asked for and is not done; `asked`: when those that are done were.
pub fn may_recheck(
    waiting: Option<DateTime<Utc>>,
    asked: &[DateTime<Utc>],
    now: DateTime<Utc>,
) -> Result<(), RecheckRefusal> {
    if waiting.is_some() {
        return Err(RecheckRefusal::UnderWay);
    }
    if asked.iter().filter(|at| day(**at) == day(now)).count() >= RECHECKS_A_DAY {
        return Err(RecheckRefusal::TooMany { again_at: end_of(day(now)) });
    }
    match asked.iter().max().map(|last| *last + RECHECK_EVERY) {
        Some(again_at) if now < again_at => Err(RecheckRefusal::TooSoon { again_at }),
        _ => Ok(()),
    }
}

/// What one look says of one fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Found again.
    Still,
    /// Looked for where it was, and not found.
    Gone,
    /// The look could not tell, or did not get to every page.
    Untold,
}

/// A look as far as a fault is asked about.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    pub verdict: Verdict,
    pub found: &'a [Finding],
    /// Pages that were not fairly looked at since it began.
    pub unseen: &'a HashSet<&'a str>,
}

/// What a look says of a fault that stands on these pages.
pub fn outcome(code: FindingCode, pages: &[String], look: &Seen<'_>) -> Outcome {
    if look.found.iter().any(|found| found.is_fault() && is_kin(found.code, code)) {
        return Outcome::Still;
    }
    let could_tell = matches!(look.verdict, Verdict::Pass | Verdict::Fail);
    let saw_all = pages.iter().all(|page| !look.unseen.contains(page.as_str()));
    if could_tell && saw_all { Outcome::Gone } else { Outcome::Untold }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    #[test]
    fn one_at_a_time_ten_minutes_apart_twenty_a_day() {
        let now = at("2026-11-26T10:00:00+08:00");
        assert_eq!(may_recheck(None, &[], now), Ok(()));
        assert_eq!(may_recheck(Some(now), &[], now), Err(RecheckRefusal::UnderWay));
        let last = at("2026-11-26T09:50:01+08:00");
        let again_at = at("2026-11-26T10:00:01+08:00");
        assert_eq!(may_recheck(None, &[last], now), Err(RecheckRefusal::TooSoon { again_at }));
        assert_eq!(may_recheck(None, &[last], again_at), Ok(()));
        let many: Vec<_> = (1..=20).map(|n| now - TimeDelta::minutes(10) * n).collect();
        let midnight = at("2026-11-27T00:00:00+08:00");
        assert_eq!(may_recheck(None, &many, now), Err(RecheckRefusal::TooMany { again_at: midnight }));
        assert_eq!(may_recheck(None, &many, midnight), Ok(()), "a new day in Beijing");
        assert_eq!(may_recheck(None, &many[1..], now), Ok(()));
    }

    #[test]
    fn gone_is_said_only_of_what_was_looked_at() {
        let pages = ["http://a.test/1".to_owned()];
        let (none, unseen) = (HashSet::new(), HashSet::from(["http://a.test/1"]));
        let ask = |verdict, found: &[Finding], unseen| {
            outcome(FindingCode::PartlyHung, &pages, &Seen { verdict, found, unseen })
        };
        assert_eq!(ask(Verdict::Pass, &[], &none), Outcome::Gone);
        assert_eq!(ask(Verdict::Pass, &[], &unseen), Outcome::Untold, "its page was not visited");
        assert_eq!(ask(Verdict::Undetermined, &[], &none), Outcome::Untold);
        let worse = [Finding::fault(FindingCode::NotHung)];
        assert_eq!(ask(Verdict::Fail, &worse, &none), Outcome::Still, "the same trouble under another name");
        let other = [Finding::fault(FindingCode::Malformed)];
        assert_eq!(ask(Verdict::Fail, &other, &none), Outcome::Gone);
    }
}
