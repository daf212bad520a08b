//! Beijing time (Asia/Shanghai): one for the whole country and without summer time, so a fixed distance from UTC.
//!
//! Every limit, letter and root of this program speaks of days in Beijing; this is the one place that makes them.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};

/// How far Beijing is ahead of UTC, in seconds.
const AHEAD: i32 = 8 * 3600;

/// The moment as a clock in Beijing shows it.
pub fn beijing(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&FixedOffset::east_opt(AHEAD).expect("eight hours are within a day"))
}

/// The day in Beijing.
pub fn day(at: DateTime<Utc>) -> NaiveDate {
    beijing(at).date_naive()
}

/// How a day of the week is written in Chinese: `周五`.
pub fn weekday(day: NaiveDate) -> &'static str {
    match day.weekday() {
        Weekday::Mon => "周一",
        Weekday::Tue => "周二",
        Weekday::Wed => "周三",
        Weekday::Thu => "周四",
        Weekday::Fri => "周五",
        Weekday::Sat => "周六",
        Weekday::Sun => "周日",
    }
}

/// The first moment of a day.
pub fn start_of(day: NaiveDate) -> DateTime<Utc> {
    at_hour(day, 0)
}

/// The first moment after a day (its 24:00): a limit that ends with the day is over from this moment on.
pub fn end_of(day: NaiveDate) -> DateTime<Utc> {
    at_hour(day, 24)
}

/// The moment at which clocks in Beijing show this.
pub fn from_beijing(shown: NaiveDateTime) -> DateTime<Utc> {
    shown.and_utc() - TimeDelta::seconds(i64::from(AHEAD))
}

/// The full hour of a day, 0 to 24; more hours reach into the days after it.
pub fn at_hour(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    let from_midnight = TimeDelta::hours(i64::from(hour)) - TimeDelta::seconds(i64::from(AHEAD));
    let midnight = day.and_time(NaiveTime::MIN).and_utc();
    midnight.checked_add_signed(from_midnight).unwrap_or(midnight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    #[test]
    fn a_day_begins_and_ends_at_midnight_in_beijing() {
        let new_year = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
        assert_eq!(start_of(new_year), at("2026-12-31T16:00:00Z"));
        assert_eq!(end_of(new_year), at("2027-01-02T00:00:00+08:00"));
        assert_eq!(at_hour(new_year, 9), at("2027-01-01T09:00:00+08:00"));
        assert_eq!((day(start_of(new_year)), day(end_of(new_year))), (new_year, new_year.succ_opt().unwrap()));
        assert_eq!(day(end_of(new_year) - TimeDelta::nanoseconds(1)), new_year);
        assert_eq!(beijing(at("2027-01-01T01:00:00Z")).to_rfc3339(), "2027-01-01T09:00:00+08:00");
    }

    #[test]
    fn the_ends_of_time_do_not_stop_the_program() {
        assert!(start_of(NaiveDate::MIN) <= end_of(NaiveDate::MIN));
        assert!(start_of(NaiveDate::MAX) <= end_of(NaiveDate::MAX));
    }
}
