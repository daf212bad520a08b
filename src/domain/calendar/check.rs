//! What a person must see before a calendar file is taken over: a wrong day off moves the deadlines of a whole country.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::read::{Row, is_national_day};
use super::{DayKind, is_weekend};
use crate::closed_set;

/// Years that a calendar may speak of; others are mistyped.
const YEARS: RangeInclusive<i32> = 2000..=2100;
/// Days off that a plan lists in a year (with their Saturdays and Sundays): 23 to 33 from 2014 to 2026.
const DAYS_OFF: RangeInclusive<usize> = 10..=40;
/// Days off in every year by statute (全国年节及纪念日放假办法, art. 2), month and day: nobody can have them worked.
const STATUTORY: [(u32, u32); 5] = [(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)];

closed_set! {
    /// How much a problem of a calendar file weighs.
    pub enum Weight {
        Error = "error", "错误 · the file is not taken over";
        Warning = "warning", "警告 · the file is taken over only when somebody has looked again and says so";
        Remark = "remark", "提示 · it changes nothing, and may be meant";
    }
}

/// What a person must see of a calendar file that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub weight: Weight,
    /// The line of the file; `None`: it is of a year, or of the whole file.
    pub line: Option<u64>,
    pub sentence: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.weight)?;
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.sentence)
    }
}

/// Looks a calendar file over: first what is of single lines, then what is of whole years.
pub fn check(rows: &[Row]) -> Vec<Problem> {
    if rows.is_empty() {
        return vec![of_year(Weight::Error, "the file lists no day".to_owned())];
    }
    let mut years: BTreeMap<i32, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        years.entry(row.day.date.year()).or_default().push(row);
    }
    let lines = rows.iter().filter_map(check_row);
    lines.chain(years.iter().flat_map(|(year, rows)| check_year(*year, rows))).collect()
}

fn check_row(row: &Row) -> Option<Problem> {
    let (date, worked) = (row.day.date, row.day.kind == DayKind::Workday);
    let (weight, what) = if !YEARS.contains(&date.year()) {
        (Weight::Error, format!("the year is not one of {} to {}", YEARS.start(), YEARS.end()))
    } else if worked && STATUTORY.contains(&(date.month(), date.day())) {
        (Weight::Error, "a day off by statute cannot be worked".to_owned())
    } else if worked && !is_weekend(date) {
        (Weight::Remark, format!("a {} is worked anyway", date.format("%A")))
    } else {
        return None;
    };
    Some(Problem { weight, line: Some(row.line), sentence: format!("{date}: {what}") })
}

fn check_year(year: i32, rows: &[&Row]) -> Vec<Problem> {
    let days_off = || rows.iter().filter(|row| row.day.kind == DayKind::Holiday);
    let is_whole = rows.iter().any(|row| is_national_day(row.day.date, row.day.kind));
    let mut found = Vec::new();
    if !is_whole && rows.iter().all(|row| is_turn_of_year(row.day.date)) {
        let sentence =
            format!("{year}: no 1 October: single days of the year are amended, its plan is not taken as known");
        found.push(of_year(Weight::Remark, sentence));
    } else if !is_whole {
        let sentence = format!("{year}: no 1 October: list the whole year, not only what was amended");
        found.push(of_year(Weight::Error, sentence));
    } else if !DAYS_OFF.contains(&days_off().count()) {
        let (least, most) = DAYS_OFF.into_inner();
        let sentence = format!("{year}: days off: {}, where a plan lists {least} to {most}", days_off().count());
        found.push(of_year(Weight::Warning, sentence));
    }
    let at_weekends = days_off().filter(|row| is_weekend(row.day.date)).count();
    if at_weekends > 0 {
        let sentence = format!("{year}: {at_weekends} of its days off are Saturdays and Sundays, off anyway");
        found.push(of_year(Weight::Remark, sentence));
    }
    found
}

/// Where the plan of a year may speak of its neighbours.
fn is_turn_of_year(date: NaiveDate) -> bool {
    matches!(date.month(), 1 | 12)
}

fn of_year(weight: Weight, sentence: String) -> Problem {
    Problem { weight, line: None, sentence }
}
