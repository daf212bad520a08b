//! A circular (通报): how the badges of a region stand, for those who are responsible there (domain rules §7).
//!
//! Beside every rate stand its denominator and what could not be told. A unit is named only with what was confirmed by the
//! rules and told to it by a letter, is not mended, and is not in dispute.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::figures::rate;
use super::notice::{Notice, NoticeState, RequestKind, TellingStatus};
use super::verdict::FindingCode;
use crate::closed_set;

closed_set! {
    /// Where a circular stands.
    pub enum CircularState {
        Draft = "draft", "草稿 · seen by its office alone; its text may be changed";
        Released = "released", "已发布 · an officer released it under a number";
        Withdrawn = "withdrawn", "已撤回 · it was wrong, or is not wanted";
    }
}

/// Days of a period at most.
pub const LONGEST_PERIOD: i64 = 366;

/// Can a circular be about these days? The last one is not ahead.
pub fn is_period(from: NaiveDate, until: NaiveDate, today: NaiveDate) -> bool {
    from <= until && until <= today && (until - from).num_days() < LONGEST_PERIOD
}

/// How the sites of a region stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Registered sites.
    pub sites: i64,
    /// Of these: with a badge that is in force.
    pub issued: i64,
    /// Of the issued: seen hung at the last fair look ([`super::figures::hangs`]), as the overview counts them.
    pub hung: i64,
    /// Of the issued, and not hung: at fault at the last look, confirmed or not.
    pub failed: i64,
    /// Of the issued, and not hung: the last look could not tell.
    pub undetermined: i64,
    /// Of the issued, and not hung: owes no badge now (the hanging limit still runs, …).
    pub not_applicable: i64,
    /// Of the registered: with a Chinese domain that has not expired.
    pub named: i64,
}

impl Counts {
    /// Of the issued: never looked at.
    pub fn unlooked(&self) -> i64 {
        self.issued - self.hung - self.failed - self.undetermined - self.not_applicable
    }

    /// 挂标率: hung of issued.
    pub fn hanging(&self) -> Share {
        Share(self.hung, self.issued)
    }

    /// 域名注册率: with a Chinese domain of registered.
    pub fn naming(&self) -> Share {
        Share(self.named, self.sites)
    }

    /// Of the issued, of how many it cannot be told.
    pub fn untold(&self) -> Share {
        Share(self.undetermined + self.unlooked(), self.issued)
    }
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share(pub i64, pub i64);

impl Share {
    /// In hundredths of a percent; `None`: of nothing there is no share.
    pub fn points(self) -> Option<i64> {
        rate(self.0, self.1)
    }

    /// `97.14%`, to two decimals.
    pub fn text(self) -> Option<String> {
        self.points().map(|points| format!("{}.{:02}%", points / 100, points % 100))
    }

    /// How it moved since another, in hundredths of a percentage point.
    pub fn since(self, before: Self) -> Option<i64> {
        Some(self.points()? - before.points()?)
    }
}

/// A site that a circular names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub unit: String,
    pub parent: Option<String>,
    pub site: String,
    /// The registry key.
    pub key: String,
    pub number: String,
    pub told_on: NaiveDate,
    pub due_on: Option<NaiveDate>,
    pub is_overdue: bool,
    /// What it was told and is not mended, each once.
    pub faults: Vec<FindingCode>,
}

/// What became of notices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handled {
    /// Told in the period.
    pub told: i64,
    /// Told in the period or before, and mended in it.
    pub rectified: i64,
    /// Not mended, the limit over.
    pub overdue: i64,
    /// Not mended, the limit still runs or nobody could look since.
    pub running: i64,
    /// In dispute: nobody is named for it.
    pub disputed: i64,
}

/// All that a circular says, as it was when it was drafted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub counts: Counts,
    pub handled: Handled,
    pub named: Vec<Named>,
    /// Those of the circular before: until which day, and how it stood.
    pub before: Option<(NaiveDate, Counts)>,
}

impl Figures {
    /// The problems with the places of those named for them, the most frequent first.
    pub fn categories(&self) -> Vec<(FindingCode, Vec<usize>)> {
        let mut found: BTreeMap<FindingCode, Vec<usize>> = BTreeMap::new();
        for (at, named) in self.named.iter().enumerate() {
            named.faults.iter().for_each(|code| found.entry(*code).or_default().push(at));
        }
        let mut found: Vec<_> = found.into_iter().collect();
        found.sort_by_key(|(_, who)| std::cmp::Reverse(who.len()));
        found
    }
}

/// A notice that may concern a period, with what names its site.
#[derive(Debug, Clone)]
pub struct Told {
    pub notice: Notice,
    pub number: String,
    pub unit: String,
    pub parent: Option<String>,
    pub site: String,
    pub key: String,
    pub due_on: Option<NaiveDate>,
    pub ended_on: Option<NaiveDate>,
    /// Findings that turned out to be none.
    pub dismissed: Vec<String>,
}

impl Told {
    /// The first day on which the unit was told, if that was not after a day.
    fn told_on(&self, until: NaiveDate) -> Option<NaiveDate> {
        let told = self.notice.tellings.iter().filter(|telling| telling.status == TellingStatus::Told);
        told.filter_map(|telling| telling.told_on).filter(|day| *day <= until).min()
    }

    /// What was told by a day, was no error, and is not mended.
    fn faults(&self, until: NaiveDate) -> Vec<FindingCode> {
        let is_told = |step: u32| {
            let telling = self.notice.tellings.get(step as usize);
            telling.is_some_and(|of| of.status == TellingStatus::Told && of.told_on.is_some_and(|day| day <= until))
        };
        let items = self.notice.items.iter().filter(|item| item.cleared_at.is_none() && is_told(item.step));
        let mut faults: Vec<_> =
            items.filter(|item| !self.dismissed.contains(&item.finding_id)).map(|item| item.code).collect();
        faults.sort_unstable();
        faults.dedup();
        faults
    }
}

/// Puts together what is said of the notices of a period.
pub fn tell(all: &[Told], from: NaiveDate, until: NaiveDate) -> (Handled, Vec<Named>) {
    let (mut handled, mut named) = (Handled::default(), Vec::new());
    for told in all {
        let state = told.notice.state;
        let Some(told_on) = told.told_on(until).filter(|_| state != NoticeState::Withdrawn) else { continue };
        handled.told += i64::from(told_on >= from);
        let is_within = told.ended_on.is_some_and(|day| from <= day && day <= until);
        handled.rectified += i64::from(state == NoticeState::Rectified && is_within);
        let faults = told.faults(until);
        if state.is_over() || faults.is_empty() {
            continue;
        } else if told.notice.open_request(RequestKind::Objection).is_some() {
            handled.disputed += 1;
            continue;
        }
        let is_overdue = state == NoticeState::Overdue;
        *(if is_overdue { &mut handled.overdue } else { &mut handled.running }) += 1;
        named.push(Named {
            unit: told.unit.clone(),
            parent: told.parent.clone(),
            site: told.site.clone(),
            key: told.key.clone(),
            number: told.number.clone(),
            told_on,
            due_on: told.due_on,
            is_overdue,
            faults,
        });
    }
    (handled, named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_two_decimals_and_nothing_has_none() {
        assert_eq!(Share(34, 35).text().as_deref(), Some("97.14%"));
        assert_eq!(Share(1, 3).text().as_deref(), Some("33.33%"));
        assert_eq!(Share(2, 3).text().as_deref(), Some("66.67%"));
        assert_eq!((Share(0, 7).text().as_deref(), Share(7, 7).text().as_deref()), (Some("0.00%"), Some("100.00%")));
        assert_eq!((Share(0, 0).text(), Share(0, 0).since(Share(1, 2))), (None, None));
        assert_eq!(Share(34, 35).since(Share(1, 1)), Some(-286));
    }

    #[test]
    fn a_period_has_an_end_that_is_not_ahead() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-26");
        assert!(is_period(day("2026-11-01"), day("2026-11-26"), today));
        assert!(!is_period(day("2026-11-01"), day("2026-11-27"), today), "ahead");
        assert!(!is_period(day("2026-11-02"), day("2026-11-01"), today), "backwards");
        assert!(!is_period(day("2025-11-01"), day("2026-11-26"), today), "too long");
    }
}
