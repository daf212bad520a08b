//! Counting working days: where a limit ends, how many lie between two days, which day is so many before another.

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::Calendar;

/// The longest limit that is counted, in working days (about ten years). No limit of the law comes near it;
/// it keeps a mistyped setting from counting for ever.
pub const LONGEST_LIMIT: u32 = 2_500;

/// When a limit ends: at 24:00 (Asia/Shanghai) of `date`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last day of the limit.
    pub date: NaiveDate,
    /// The counting touched a year without an official calendar: the date may still move (暂定).
    pub provisional: bool,
    /// The working days that were counted, in order; a letter shows them.
    pub counted: Vec<NaiveDate>,
}

/// How many working days lie between two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub days: u32,
    /// The counting touched a year without an official calendar, or was cut short at [`LONGEST_LIMIT`].
    pub provisional: bool,
}

impl Calendar {
    /// The end of a limit of `working_days` that a notice of this day starts.
    ///
    /// The day of notice is not counted (Civil Code art. 201, by analogy) unless `include_start_day` says so. Weekdays of an
    /// unknown year are presumed to be worked, and the result is marked provisional. A limit of 0 ends on the day of notice.
    /// Limits above [`LONGEST_LIMIT`], and the end of the date range, cut the count short: provisional, too.
    pub fn due(&self, notice: NaiveDate, working_days: u32, include_start_day: bool) -> Due {
        self.due_skipping(notice, working_days, include_start_day, &[])
    }

    /// As [`Calendar::due`], but the days of a pause (both ends belong to it) are not counted: announced maintenance.
    /// Whether a paused day is worked does not matter, so a year that lies in a pause as a whole makes nothing provisional.
    pub fn due_skipping(
        &self,
        notice: NaiveDate,
        working_days: u32,
        include_start_day: bool,
        pauses: &[(NaiveDate, NaiveDate)],
    ) -> Due {
        let limit = working_days.min(LONGEST_LIMIT);
        let mut due =
            Due { date: notice, provisional: working_days > limit || !self.knows(notice.year()), counted: Vec::new() };
        let mut next = if include_start_day { Some(notice) } else { tomorrow(notice) };
        while due.counted.len() < limit as usize {
            let Some(day) = next else {
                due.provisional = true;
                break;
            };
            if let Some(last) = end_of_pause(day, pauses) {
                next = tomorrow(last);
                continue;
            }
            due.date = day;
            due.provisional |= !self.knows(day.year());
            if self.is_presumed_working(day) {
                due.counted.push(day);
            }
            next = tomorrow(day);
        }
        due
    }

    /// The working days after `from` up to and with `to`, counted as limits are: the limit that starts on `from` and ends
    /// on `to` has so many. 0 where `to` is not after `from`.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> Span {
        let mut span = Span { days: 0, provisional: !self.knows(from.year()) };
        for day in from.iter_days().skip(1).take_while(|day| *day <= to) {
            span.provisional |= !self.knows(day.year());
            if self.is_presumed_working(day) {
                if span.days == LONGEST_LIMIT {
                    span.provisional = true;
                    break;
                }
                span.days += 1;
            }
        }
        span
    }

    /// The working day that lies so many working days before a day: a reminder three working days before the end of a
    /// limit goes out on `back(due, 3)`. The day itself is never counted; 0 gives the day itself. Weekdays of an unknown
    /// year are presumed to be worked; no more than [`LONGEST_LIMIT`] are counted.
    pub fn back(&self, day: NaiveDate, working_days: u32) -> NaiveDate {
        let mut found = day;
        for _ in 0..working_days.min(LONGEST_LIMIT) {
            let mut before = std::iter::successors(found.pred_opt(), |day| day.pred_opt());
            match before.find(|day| self.is_presumed_working(*day)) {
                Some(day) => found = day,
                None => break,
            }
        }
        found
    }
}

/// The last day of the pauses that a day lies in; a pause that ends before it begins is none.
fn end_of_pause(day: NaiveDate, pauses: &[(NaiveDate, NaiveDate)]) -> Option<NaiveDate> {
    pauses.iter().filter(|(from, until)| (*from..=*until).contains(&day)).map(|(_, until)| *until).max()
}

fn tomorrow(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(1))
}
