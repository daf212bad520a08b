//! What a person is told of a calendar file before it is taken over.

use badgewatch::domain::calendar::{Weight, check, rows};

/// The problems of a file with these lines after its header, each in words.
fn told(lines: &str) -> Vec<String> {
    let rows = rows(format!("date,kind,name\n{lines}").as_bytes()).unwrap();
    check(&rows).iter().map(ToString::to_string).collect()
}

/// A plan with so many days off, from 1 October on.
fn plan(year: i32, days_off: u32) -> String {
    (0..days_off).map(|n| format!("{year}-{:02}-{:02},holiday,\n", 10 + n / 25, 1 + n % 25)).collect()
}

#[test]
fn the_shipped_calendar_has_nothing_that_stops_it_or_needs_a_second_look() {
    let rows = rows(include_bytes!("../../config/calendar/china-workdays-2014-2026.csv")).unwrap();
    let problems = check(&rows);
    assert!(problems.iter().all(|problem| problem.weight == Weight::Remark), "{problems:?}");
    assert_eq!(problems.len(), 13, "a remark a year: its days off that are Saturdays and Sundays");
}

#[test]
fn a_year_without_its_national_day_is_no_plan() {
    let sentence = "error: 2027: no 1 October: list the whole year, not only what was amended";
    assert_eq!(told("2027-05-04,holiday,劳动节\n"), [sentence]);
    let single = "remark: 2026: no 1 October: single days of the year are amended, its plan is not taken as known";
    let with_neighbour = told(&format!("{}2026-12-27,workday,元旦\n", plan(2027, 20)));
    assert!(with_neighbour.iter().any(|told| told == single), "{with_neighbour:?}");
    assert!(with_neighbour.iter().all(|told| told.starts_with("remark")), "{with_neighbour:?}");
    assert_eq!(told(""), ["error: the file lists no day"]);
}

#[test]
fn mistyped_days_are_named_by_their_lines() {
    let of = |line: &str| told(&format!("{}{line}\n", plan(2027, 20)));
    let has = |told: &[String], what: &str| assert!(told.iter().any(|told| told == what), "{what}: {told:?}");
    has(&of("2207-05-04,holiday,"), "error: line 22: 2207-05-04: the year is not one of 2000 to 2100");
    has(&of("2027-05-01,workday,"), "error: line 22: 2027-05-01: a day off by statute cannot be worked");
    has(&of("2027-05-04,workday,"), "remark: line 22: 2027-05-04: a Tuesday is worked anyway");
    assert!(!of("2027-05-08,workday,").iter().any(|told| told.contains("2027-05-08")), "a Saturday");
}

#[test]
fn too_few_or_too_many_days_off_need_a_second_look() {
    let warned = |days_off| told(&plan(2027, days_off)).iter().any(|told| told.starts_with("warning"));
    assert_eq!([9, 10, 40, 41].map(warned), [true, false, false, true]);
    assert_eq!(told(&plan(2027, 9))[0], "warning: 2027: days off: 9, where a plan lists 10 to 40");
}
