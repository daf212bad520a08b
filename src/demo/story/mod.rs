//! The story of the county: what happens in about three weeks, and who does what. It tells; it is played by whoever has a
//! watch and an office.

mod script;

use chrono::{Days, NaiveDate};

use super::change::Behaviour;
use crate::domain::calendar::Calendar;
use crate::domain::case::{CaseOutcome, Effective};
use crate::domain::notice::RequestKind;

pub use script::SCENES;

/// When a scene is played: days from both ends, so that the story always ends today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// So many days after the first.
    After(u64),
    /// So many days before today.
    Before(u64),
}

/// What happens on one day.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    pub day: Day,
    /// In a line of English, as the demo tells it.
    pub tells: &'static str,
    pub acts: &'static [Act],
}

/// Something that happens. Sites are named by their addresses.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Sites change overnight: the day's looks see it.
    Become(&'static [&'static str], Behaviour),
    /// The officer lets every drafted letter go.
    Approve,
    /// The unit confirms receipt, by its link.
    Acknowledge(&'static str),
    /// The unit says that the notice is wrong.
    Object(&'static str, &'static str),
    /// The unit asks for so many days beyond the due date.
    AskForTime(&'static str, u64, &'static str),
    /// The unit says that it mended something: it is looked at again at once.
    AskForLook(&'static str),
    /// The officer answers what a unit asked for.
    Answer(&'static str, RequestKind, Granted, &'static str),
    /// The officer ends a notice for another reason.
    Close(&'static str, &'static str),
    /// The officer consults the supervisor about a site's case (art. 20).
    Consult(&'static str),
    /// The officer proposes how a site's case ends.
    Propose(&'static str, CaseOutcome, Effective, &'static str),
    /// The approver, another person, agrees.
    Agree(&'static str),
    /// The authorities say that they were told, under a reference.
    Acknowledged(&'static str, &'static str),
    /// Somebody of the public reports a host that shows a site's badge.
    Report { site: &'static str, host: &'static str, text: &'static str },
    /// A site's badge is asked for from a host that is not the site's, so many times.
    Seen { site: &'static str, host: &'static str, times: u32 },
}

/// Was it granted?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granted {
    Yes,
    No,
}

/// The story is at least so long, in days.
const SHORTEST: u64 = 21;
/// And at most: no chain of holidays is longer.
const LONGEST: u64 = 60;
/// The day after the first on which letters go.
const LETTERS: u64 = 2;
/// Days between the end of their limit and today: for the look that finds a fault still there, and for what follows.
const LEFT: u64 = 5;

/// The first day of a story that ends today: letters go on a working day, and their limit of `rectify_days` ends in time.
pub fn first_day(today: NaiveDate, calendar: &Calendar, rectify_days: u32) -> NaiveDate {
    let fits = |first: &NaiveDate| {
        let told = *first + Days::new(LETTERS);
        let due = calendar.due(told, rectify_days, false).date;
        calendar.due(told - Days::new(1), 1, false).date == told && due + Days::new(LEFT) <= today
    };
    let firsts = (SHORTEST..=LONGEST).map(|days| today - Days::new(days));
    firsts.clone().find(fits).unwrap_or(today - Days::new(LONGEST))
}

impl Day {
    /// The date of a story that begins and ends on these days.
    pub fn date(self, first: NaiveDate, today: NaiveDate) -> NaiveDate {
        match self {
            Self::After(days) => first + Days::new(days),
            Self::Before(days) => today - Days::new(days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Calendar;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_story_ends_today_however_many_holidays_lie_in_it() {
        let calendar = Calendar::builtin();
        for today in day("2026-01-05").iter_days().take(700) {
            let first = first_day(today, &calendar, 10);
            let told = first + Days::new(LETTERS);
            assert!(calendar.due(told, 10, false).date + Days::new(LEFT) <= today, "{today}");
            assert!(today - first <= chrono::TimeDelta::days(35), "{today}: it begins on {first}");
        }
    }

    #[test]
    fn the_scenes_come_in_order_on_every_day_of_the_year() {
        let calendar = Calendar::builtin();
        for today in day("2026-01-05").iter_days().take(400) {
            let first = first_day(today, &calendar, 10);
            let dates: Vec<_> = SCENES.iter().map(|scene| scene.day.date(first, today)).collect();
            assert!(dates.is_sorted() && dates[0] >= first && dates[dates.len() - 1] < today, "{today}");
        }
    }
}
