//! A calendar file: `date,kind,name`, one line a day that differs from the plain week.

use std::collections::{BTreeSet, HashSet};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::closed_set;
use crate::domain::registry::decode;

closed_set! {
    /// How a day differs from the plain week.
    pub enum DayKind {
        Holiday = "holiday", "放假 · a day off";
        Workday = "workday", "调休上班 · a Saturday or Sunday that is worked";
    }
}

/// A day of a yearly plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarDay {
    pub date: NaiveDate,
    pub kind: DayKind,
    /// The holiday it belongs to: 国庆节.
    pub name: String,
}

/// A day and the line of the file it stands in, the first being 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub line: u64,
    pub day: CalendarDay,
}

/// What is wrong with a calendar file: it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error("the first line is not `date,kind,name`")]
    Header,
    #[error("line {0}: a row is `date,kind,name`")]
    Row(u64),
    #[error("line {0}: the date is not written YYYY-MM-DD")]
    Date(u64),
    #[error("line {0}: the kind is neither `holiday` nor `workday`")]
    Kind(u64),
    #[error("line {0}: the day stands in the file already")]
    Duplicate(u64),
}

/// Reads `date,kind,name` with a header line; `kind` is `holiday` or `workday`, lines with `#` are comments. UTF-8, or
/// GBK as spreadsheets save it.
pub fn rows(csv: &[u8]) -> Result<Vec<Row>, CalendarError> {
    // The reader would begin a row at the end of the line before it, and tell wrong lines.
    let text = decode(csv).replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.comment(Some(b'#')).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    if !reader.headers().is_ok_and(|header| header.iter().take(2).eq(["date", "kind"])) {
        return Err(CalendarError::Header);
    }
    let (mut rows, mut seen) = (Vec::new(), HashSet::new());
    for record in reader.records() {
        let record = record.map_err(|error| CalendarError::Row(error.position().map_or(0, |at| at.line())))?;
        let row = read_row(&record)?;
        if !seen.insert(row.day.date) {
            return Err(CalendarError::Duplicate(row.line));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn read_row(record: &csv::StringRecord) -> Result<Row, CalendarError> {
    let line = record.position().map_or(0, |at| at.line());
    let (Some(date), Some(kind)) = (record.get(0), record.get(1)) else {
        return Err(CalendarError::Row(line));
    };
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").map_err(|_| CalendarError::Date(line))?;
    let kind = DayKind::from_name(kind).ok_or(CalendarError::Kind(line))?;
    Ok(Row { line, day: CalendarDay { date, kind, name: record.get(2).unwrap_or_default().to_owned() } })
}

/// The years whose plan the days hold as a whole: those with their National Day.
pub fn whole_years(days: &[CalendarDay]) -> BTreeSet<i32> {
    days.iter().filter(|day| is_national_day(day.date, day.kind)).map(|day| day.date.year()).collect()
}

pub(super) fn is_national_day(date: NaiveDate, kind: DayKind) -> bool {
    (date.month(), date.day(), kind) == (10, 1, DayKind::Holiday)
}
