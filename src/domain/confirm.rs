//! When a finding is more than a suspicion: count × span, both ways.
//!
//! A finding is confirmed by enough fair looks in a row that found it, spread over enough time; it is cleared by enough
//! clean ones in a row. Alternating looks (flapping) do neither; a look that could not tell changes nothing.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::closed_set;

closed_set! {
    /// Where a finding stands.
    pub enum FindingState {
        Suspected = "suspected", "待确认 · found, not yet often and long enough";
        Held = "held", "已暂缓 · would be confirmed, but part of a mass change that an operator must look at first";
        Confirmed = "confirmed", "已确认 · found by enough fair looks over enough time";
        Cleared = "cleared", "已消除 · enough clean looks in a row";
        Dismissed = "dismissed", "已排除 · an operator found that the trouble was ours";
    }
}

impl FindingState {
    /// Is it over?
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Cleared | Self::Dismissed)
    }
}

/// How much it takes. A letter prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Fair looks in a row that must have found it.
    pub looks: u32,
    /// Hours at least between the first and the last of them.
    pub hours: u32,
    /// Clean looks in a row that clear it.
    pub clean: u32,
}

impl Default for Rule {
    fn default() -> Self {
        Self { looks: 3, hours: 24, clean: 2 }
    }
}

/// What one look said of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Failing,
    Clean,
    /// It could not tell: undetermined, or it did not look there.
    Unsure,
}

/// The memory of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    pub state: FindingState,
    /// Fair looks in a row that found it.
    pub failed: u32,
    /// The first and the last of that row.
    pub first_failed_at: DateTime<Utc>,
    pub last_failed_at: DateTime<Utc>,
    /// Fair looks in a row that did not.
    pub clean: u32,
}

impl Track {
    /// A suspicion, at its first look.
    pub fn open(at: DateTime<Utc>) -> Self {
        Self { state: FindingState::Suspected, failed: 1, first_failed_at: at, last_failed_at: at, clean: 0 }
    }

    /// What a further look makes of it. [`FindingState::Confirmed`] is reached here; whether it must be held is asked
    /// by the caller in that very moment.
    #[must_use]
    pub fn step(&self, seen: Seen, at: DateTime<Utc>, rule: &Rule) -> Self {
        // A look that is told late, or a clock that was set back, counts for nothing.
        if self.state.is_over() || at <= self.last_failed_at {
            return self.clone();
        }
        match seen {
            Seen::Unsure => self.clone(),
            Seen::Failing => self.failing(at, rule),
            Seen::Clean => self.clean(rule),
        }
    }

    fn failing(&self, at: DateTime<Utc>, rule: &Rule) -> Self {
        // A clean look in between breaks the row of a suspicion; what is confirmed stays so.
        let broken = self.clean > 0 && self.state != FindingState::Confirmed;
        let (failed, first_failed_at) =
            if broken { (1, at) } else { (self.failed.saturating_add(1), self.first_failed_at) };
        let enough = failed >= rule.looks && at - first_failed_at >= TimeDelta::hours(i64::from(rule.hours));
        let state = match self.state {
            FindingState::Suspected if enough => FindingState::Confirmed,
            state => state,
        };
        Self { state, failed, first_failed_at, last_failed_at: at, clean: 0 }
    }

    fn clean(&self, rule: &Rule) -> Self {
        let clean = self.clean.saturating_add(1);
        let state = if clean >= rule.clean { FindingState::Cleared } else { self.state };
        Self { state, clean, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Seen::{Clean, Failing, Unsure};
    use proptest::prelude::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + hour * 3600, 0).unwrap()
    }

    /// The state after looks at given hours, the first of which opened the suspicion.
    fn after(looks: &[(i64, Seen)]) -> Track {
        let rule = Rule::default();
        looks.iter().fold(Track::open(at(0)), |track, (hour, seen)| track.step(*seen, at(*hour), &rule))
    }

    #[test]
    fn three_fair_looks_over_a_day_confirm() {
        assert_eq!(after(&[(12, Failing), (24, Failing)]).state, FindingState::Confirmed);
        assert_eq!(after(&[(1, Failing), (2, Failing), (3, Failing)]).state, FindingState::Suspected, "too soon");
        assert_eq!(after(&[(48, Failing)]).state, FindingState::Suspected, "too few");
    }

    #[test]
    fn a_look_that_could_not_tell_pauses() {
        assert_eq!(after(&[(12, Unsure), (24, Failing), (36, Unsure), (48, Failing)]).state, FindingState::Confirmed);
        assert_eq!(after(&[(24, Unsure), (48, Unsure), (72, Unsure)]).failed, 1);
    }

    #[test]
    fn flapping_neither_confirms_nor_clears() {
        let flapping: Vec<_> = (1..40).map(|n| (n * 12, if n % 2 == 0 { Failing } else { Clean })).collect();
        assert_eq!(after(&flapping).state, FindingState::Suspected);
        let confirmed = [(12, Failing), (24, Failing), (36, Clean), (48, Failing), (60, Clean)];
        assert_eq!(after(&confirmed).state, FindingState::Confirmed);
    }

    #[test]
    fn two_clean_looks_in_a_row_clear() {
        assert_eq!(after(&[(12, Clean), (24, Clean)]).state, FindingState::Cleared);
        assert_eq!(after(&[(12, Failing), (24, Failing), (36, Clean), (48, Clean)]).state, FindingState::Cleared);
    }

    #[test]
    fn the_past_counts_for_nothing() {
        assert_eq!(after(&[(-1, Failing), (0, Failing), (0, Clean)]), Track::open(at(0)));
    }

    fn looks() -> impl Strategy<Value = Vec<(i64, Seen)>> {
        let seen = prop_oneof![Just(Failing), Just(Clean), Just(Unsure)];
        proptest::collection::vec((1i64..30, seen), 0..40).prop_map(|steps| {
            let mut hour = 0;
            steps
                .into_iter()
                .map(|(wait, seen)| {
                    hour += wait;
                    (hour, seen)
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_confirmed_had_its_looks_and_its_time(looks in looks()) {
            let rule = Rule::default();
            let mut track = Track::open(at(0));
            let mut row = vec![0];
            for (hour, seen) in &looks {
                let before = track.state;
                track = track.step(*seen, at(*hour), &rule);
                match seen {
                    Failing => row.push(*hour),
                    Clean => row.clear(),
                    Unsure => {}
                }
                if before == FindingState::Suspected && track.state == FindingState::Confirmed {
                    prop_assert!(row.len() >= 3 && row[row.len() - 1] - row[0] >= 24);
                }
            }
        }

        #[test]
        fn looks_that_cannot_tell_change_nothing(looks in looks()) {
            let told: Vec<_> = looks.iter().copied().filter(|(_, seen)| *seen != Unsure).collect();
            prop_assert_eq!(after(&looks), after(&told));
        }
    }
}
