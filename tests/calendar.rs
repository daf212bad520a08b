//! Working days: the vectors of the rules, and what must hold for every day.

use badgewatch::domain::calendar::{Calendar, CalendarError, LONGEST_LIMIT};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn limits_end_where_the_official_calendar_says() {
    let calendar = Calendar::builtin();
    for (notice, limit, due, why) in [
        ("2014-09-26", 5, "2014-10-09", "28 September, a Sunday, was worked"),
        ("2020-01-23", 5, "2020-02-07", "the holiday was prolonged"),
        ("2021-04-23", 10, "2021-05-10", "25 April and 8 May were worked"),
        ("2024-09-13", 10, "2024-09-29", "due on a worked Sunday"),
        ("2025-01-24", 10, "2025-02-13", "26 January and 8 February were worked"),
        ("2026-02-14", 10, "2026-03-06", "notice on a worked Saturday"),
        ("2026-09-18", 10, "2026-10-09", "20 September, a Sunday, is worked"),
        ("2026-11-22", 10, "2026-12-04", "notice on a day off"),
    ] {
        let found = calendar.due(day(notice), limit, false);
        assert_eq!((found.date, found.provisional), (day(due), false), "{notice} + {limit}: {why}");
        assert_eq!(found.counted.len(), limit as usize);
    }
}

#[test]
fn a_limit_that_reaches_an_unknown_year_is_provisional_and_keeps_new_years_day_free() {
    let calendar = Calendar::builtin();
    let due = calendar.due(day("2026-12-18"), 10, false);
    assert_eq!((due.date, due.provisional), (day("2027-01-04"), true));
    assert!(!due.counted.contains(&day("2027-01-01")));

    let before_the_border = calendar.due(day("2026-12-18"), 9, false);
    assert_eq!((before_the_border.date, before_the_border.provisional), (day("2026-12-31"), false));
    assert!(calendar.due(day("2013-12-30"), 5, false).provisional, "so is one that starts in an unknown year");
}

#[test]
fn an_unknown_year_is_unknown_and_not_without_holidays() {
    let calendar = Calendar::builtin();
    assert_eq!(calendar.is_working_day(day("2027-02-10")), None);
    assert_eq!(calendar.is_working_day(day("2027-02-13")), None, "a Saturday may be worked");
    assert_eq!(calendar.is_working_day(day("2027-01-01")), Some(false));
    assert_eq!(calendar.is_working_day(day("2026-02-14")), Some(true), "a worked Saturday");
    assert_eq!(calendar.is_working_day(day("2026-02-17")), Some(false), "Spring Festival, a Tuesday");
    assert_eq!((2014..=2026).filter(|year| calendar.knows(*year)).count(), 13);
}

#[test]
fn the_day_of_notice_counts_only_where_the_setting_says_so() {
    let calendar = Calendar::builtin();
    assert_eq!(calendar.due(day("2026-06-01"), 5, false).date, day("2026-06-08"));
    assert_eq!(calendar.due(day("2026-06-01"), 5, true).date, day("2026-06-05"));
    assert_eq!(calendar.due(day("2026-06-06"), 1, true).date, day("2026-06-08"), "a Saturday is no working day");
    assert_eq!(calendar.due(day("2026-06-01"), 0, false).date, day("2026-06-01"));
}

#[test]
fn a_stray_row_at_the_turn_of_the_year_does_not_make_the_next_year_known() {
    let calendar = Calendar::parse("date,kind,name\n2026-10-01,holiday,国庆节\n2027-01-02,holiday,元旦\n").unwrap();
    assert!(calendar.knows(2026));
    assert!(!calendar.knows(2027));
}

#[test]
fn a_broken_calendar_file_is_refused_with_its_line() {
    let read = |rows: &str| Calendar::parse(&format!("# comment\ndate,kind,name\n{rows}")).unwrap_err();
    assert_eq!(read("2026-10-01\n"), CalendarError::Row(3));
    assert_eq!(read("2026-10-01,holiday,\n01.10.2026,holiday,\n"), CalendarError::Date(4));
    assert_eq!(read("2026-10-01,weekend,\n"), CalendarError::Kind(3));
    assert_eq!(read("2026-10-01,holiday,\n2026-10-01,workday,\n"), CalendarError::Duplicate(4));
    assert_eq!(Calendar::parse("2026-10-01,holiday,"), Err(CalendarError::Header));
}

#[test]
fn neither_the_last_day_of_time_nor_a_mistyped_limit_stops_the_program() {
    let calendar = Calendar::builtin();
    let end = calendar.due(NaiveDate::MAX, 10, false);
    assert_eq!((end.date, end.provisional), (NaiveDate::MAX, true));
    assert!(calendar.due(NaiveDate::MIN, 10, true).provisional);

    let endless = calendar.due(day("2014-01-02"), u32::MAX, false);
    assert_eq!((endless.counted.len(), endless.provisional), (LONGEST_LIMIT as usize, true));
}

/// Any day from 2013 to 2028: one unknown year or two on either side of the known ones.
fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..5_844).prop_map(|offset| day("2013-01-01") + Days::new(offset))
}

proptest! {
    #[test]
    fn a_longer_limit_never_ends_earlier(notice in any_day(), limit in 0u32..60, include in any::<bool>()) {
        let calendar = Calendar::builtin();
        prop_assert!(calendar.due(notice, limit, include).date <= calendar.due(notice, limit + 1, include).date);
    }

    #[test]
    fn a_later_notice_never_ends_earlier(notice in any_day(), limit in 0u32..60, include in any::<bool>()) {
        let calendar = Calendar::builtin();
        let next = notice + Days::new(1);
        prop_assert!(calendar.due(notice, limit, include).date <= calendar.due(next, limit, include).date);
    }

    #[test]
    fn exactly_the_limit_is_counted_and_it_ends_on_a_working_day(notice in any_day(), limit in 1u32..60, include in any::<bool>()) {
        let calendar = Calendar::builtin();
        let due = calendar.due(notice, limit, include);
        prop_assert_eq!(due.counted.len(), limit as usize);
        prop_assert_eq!(due.counted.last(), Some(&due.date));
        prop_assert!(due.counted.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(due.counted.iter().all(|day| calendar.is_working_day(*day) != Some(false)));
        let reaches_unknown = !calendar.knows(notice.year()) || !calendar.knows(due.date.year());
        prop_assert_eq!(due.provisional, reaches_unknown);
    }

    #[test]
    fn it_agrees_with_counting_on_the_raw_rows(notice in any_day(), limit in 1u32..30) {
        let rows = include_str!("../config/calendar/china-workdays-2014-2026.csv");
        let worked = |day: NaiveDate| {
            let row = |kind: &str| rows.contains(&format!("\n{day},{kind},"));
            let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
            !row("holiday") && (row("workday") || !weekend && (day.month(), day.day()) != (1, 1))
        };
        let naive = notice.iter_days().skip(1).filter(|day| worked(*day)).nth(limit as usize - 1).unwrap();
        prop_assert_eq!(Calendar::builtin().due(notice, limit, false).date, naive);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC*", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Calendar::parse(&text);
        let _ = Calendar::parse(&String::from_utf8_lossy(&bytes));
    }
}
