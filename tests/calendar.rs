//! Working days: the vectors of the rules, and what must hold for every day.

#[path = "calendar/check.rs"]
mod check;
#[path = "calendar/count.rs"]
mod count;

use badgewatch::domain::calendar::{Calendar, CalendarDay, CalendarError, DayChange, DayKind, LONGEST_LIMIT, rows};
use chrono::NaiveDate;
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

/// The days of a file.
fn days(lines: &str) -> Vec<CalendarDay> {
    rows(format!("date,kind,name\n{lines}").as_bytes()).unwrap().into_iter().map(|row| row.day).collect()
}

#[test]
fn an_imported_year_replaces_the_shipped_one_as_a_whole() {
    // As in 2015, when 3 September became a day off in May, with 6 September worked; here with most of the year left out.
    let amended = days("2015-09-03,holiday,\n2015-09-06,workday,\n2015-10-01,holiday,\n");
    let (shipped, calendar) = (Calendar::builtin(), Calendar::builtin().with_years(&amended));
    assert_eq!(calendar.is_working_day(day("2015-09-06")), Some(true));
    assert_eq!(calendar.is_working_day(day("2015-02-19")), Some(true), "Spring Festival is not in the file");
    assert_eq!(shipped.is_working_day(day("2015-02-19")), Some(false));
    assert_eq!(calendar.is_working_day(day("2016-02-08")), Some(false), "other years stand");
    assert_eq!(calendar.years().collect::<Vec<_>>(), (2014..=2026).collect::<Vec<_>>());

    let next = calendar.with_years(&days("2027-10-01,holiday,\n2027-02-08,holiday,\n"));
    assert!(next.knows(2027) && next.is_working_day(day("2027-02-08")) == Some(false));
}

#[test]
fn a_day_at_the_turn_of_the_year_amends_its_year_and_does_not_wipe_it_out() {
    // The plan of 2027 has a day of 2026 worked: 2026 must stay known.
    let plan = days("2026-12-27,workday,\n2027-10-01,holiday,\n");
    let calendar = Calendar::builtin().with_years(&plan);
    assert_eq!(calendar.is_working_day(day("2026-12-27")), Some(true));
    assert_eq!(calendar.is_working_day(day("2026-02-17")), Some(false), "the Spring Festival of 2026 is still off");
    assert!(calendar.knows(2026) && calendar.knows(2027));
    assert!(!Calendar::builtin().with_years(&days("2027-01-02,holiday,\n")).knows(2027));
    assert!(!Calendar::builtin().with_years(&days("2027-10-01,workday,\n")).knows(2027), "no plan has it worked");
}

#[test]
fn a_version_names_what_deadlines_are_counted_by() {
    let shipped = Calendar::builtin();
    assert_eq!(shipped.version(), "6a2b4b4f78d4c49f", "a new version has every open deadline counted again");
    assert_eq!(shipped.version(), Calendar::builtin().with_years(&[]).version());
    let rows: Vec<_> = days("2027-10-01,holiday,a\n2027-10-02,holiday,b\n");
    let (there, back) = (shipped.clone().with_years(&rows), rows.iter().rev().cloned().collect::<Vec<_>>());
    assert_ne!(there.version(), shipped.version());
    assert_eq!(there.version(), shipped.clone().with_years(&back).version(), "the order of rows is no matter");
    let turned = shipped.clone().with_years(&days("2027-10-01,holiday,a\n2027-10-02,workday,b\n"));
    assert_ne!(there.version(), turned.version());
}

#[test]
fn two_calendars_are_told_apart_day_by_day() {
    let before = Calendar::parse("date,kind\n2027-02-06,holiday\n2027-02-14,workday\n2027-10-01,holiday\n").unwrap();
    let after = Calendar::parse("date,kind\n2027-02-06,workday\n2027-02-15,holiday\n2027-10-01,holiday\n").unwrap();
    let (off, worked) = (Some(DayKind::Holiday), Some(DayKind::Workday));
    let change = |date, before, after| DayChange { date: day(date), before, after };
    assert_eq!(
        before.changes(&after),
        [change("2027-02-06", off, worked), change("2027-02-14", worked, None), change("2027-02-15", None, off)]
    );
    assert!(before.changes(&before).is_empty());
}

#[test]
fn a_file_as_spreadsheets_of_an_office_save_it_is_read() {
    let text = "date,kind,name\r\n2027-10-01, holiday ,国庆节\r\n";
    let gbk = encoding_rs::GBK.encode(text).0;
    assert_eq!(rows(&gbk).unwrap()[0].day.name, "国庆节");
    assert_eq!(rows(format!("{text}2027-10-02,off,\r\n").as_bytes()), Err(CalendarError::Kind(3)));
    let row = &rows(format!("\u{feff}{text}").as_bytes()).unwrap()[0];
    assert_eq!((row.line, row.day.kind, row.day.name.as_str()), (2, DayKind::Holiday, "国庆节"));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "\\PC*", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Calendar::parse(&text);
        let _ = rows(&bytes);
    }
}
