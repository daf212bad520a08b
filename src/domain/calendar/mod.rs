//! Working days in mainland China and the limits counted in them.
//!
//! A year without an official calendar is *unknown*, not "without holidays": what reaches into it is provisional. The
//! program ships with the plans published so far; what an office imports goes before them, year by year.

mod check;
mod count;
mod read;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

pub use check::{Problem, Weight, check};
pub use count::{Due, LONGEST_LIMIT, Span};
pub use read::{CalendarDay, CalendarError, DayKind, Row, rows, whole_years};

use super::evidence::sha256;

static BUILTIN: LazyLock<Calendar> = LazyLock::new(|| {
    Calendar::parse(include_str!("../../../config/calendar/china-workdays-2014-2026.csv"))
        .expect("the embedded calendar is read by a test")
});

/// Hex digits of a version: as many as a person compares by eye, and more than chance needs.
const VERSION_DIGITS: usize = 16;

/// The days off and worked weekend days (调休) of the years for which the State Council published its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The days of the plans; all others go by the plain week.
    exceptions: BTreeMap<NaiveDate, DayKind>,
}

/// A day that two calendars see differently; `None`: it goes by the plain week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayChange {
    pub date: NaiveDate,
    pub before: Option<DayKind>,
    pub after: Option<DayKind>,
}

impl Calendar {
    /// The calendar that ships with the program: 2014 to 2026.
    pub fn builtin() -> Self {
        BUILTIN.clone()
    }

    /// Reads a calendar file (see [`rows`]).
    ///
    /// A year is known once its National Day is listed: every yearly plan names it, while a stray row of the turn of
    /// the year does not make the next year known.
    pub fn parse(csv: &str) -> Result<Self, CalendarError> {
        let exceptions = rows(csv.as_bytes())?.into_iter().map(|row| (row.day.date, row.day.kind)).collect();
        Ok(Self { exceptions })
    }

    /// With imported days over it: every year of which they hold the plan (its National Day) is replaced as a whole, as
    /// the State Council amended the running year in 2015, 2019 and 2020. Days of other years, as a plan names them at
    /// the turn of the year, replace just those days.
    pub fn with_years(mut self, days: &[CalendarDay]) -> Self {
        let whole = whole_years(days);
        self.exceptions.retain(|date, _| !whole.contains(&date.year()));
        self.exceptions.extend(days.iter().map(|day| (day.date, day.kind)));
        self
    }

    /// Was an official calendar published for the year?
    pub fn knows(&self, year: i32) -> bool {
        let national_day = NaiveDate::from_ymd_opt(year, 10, 1);
        national_day.and_then(|day| self.exceptions.get(&day)) == Some(&DayKind::Holiday)
    }

    /// The years with an official calendar, in order.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.exceptions.iter().filter(|(date, kind)| read::is_national_day(**date, **kind)).map(|(date, _)| date.year())
    }

    /// A short name of everything deadlines are counted by: equal if and only if the same years are known and the same
    /// days stand in them.
    pub fn version(&self) -> String {
        let text: String = self.exceptions.iter().map(|(date, kind)| format!("{date} {kind}\n")).collect();
        let mut hash = sha256(text.as_bytes());
        hash.truncate(VERSION_DIGITS);
        hash
    }

    /// The days that a later calendar sees differently, in order.
    pub fn changes(&self, later: &Self) -> Vec<DayChange> {
        let mut both: BTreeMap<NaiveDate, (Option<DayKind>, Option<DayKind>)> =
            self.exceptions.iter().map(|(date, kind)| (*date, (Some(*kind), None))).collect();
        for (date, kind) in &later.exceptions {
            both.entry(*date).or_default().1 = Some(*kind);
        }
        let differ = both.into_iter().filter(|(_, (before, after))| before != after);
        differ.map(|(date, (before, after))| DayChange { date, before, after }).collect()
    }

    /// Is the day worked? `None` where no calendar of its year is known; 1 January is a day off in every year by statute
    /// (全国年节及纪念日放假办法, art. 2).
    pub fn is_working_day(&self, day: NaiveDate) -> Option<bool> {
        (self.knows(day.year()) || is_new_year(day)).then(|| self.is_presumed_working(day))
    }

    /// As [`Calendar::is_working_day`], with the weekdays of an unknown year presumed to be worked.
    fn is_presumed_working(&self, day: NaiveDate) -> bool {
        match self.exceptions.get(&day) {
            Some(kind) => *kind == DayKind::Workday,
            None => !is_new_year(day) && !is_weekend(day),
        }
    }
}

fn is_new_year(day: NaiveDate) -> bool {
    (day.month(), day.day()) == (1, 1)
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}
