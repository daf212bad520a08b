//! Working days in mainland China and the limits counted in them.
//!
//! A year without an official calendar is *unknown*, not "without holidays": what reaches into it is provisional.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// The longest limit that is counted, in working days (about ten years). No limit of the law comes near it;
/// it keeps a mistyped setting from counting for ever.
pub const LONGEST_LIMIT: u32 = 2_500;

/// The days off and worked weekend days (调休) of the years for which the State Council published its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Only days that differ from the plain week: `true` = worked.
    exceptions: BTreeMap<NaiveDate, bool>,
    known_years: BTreeSet<i32>,
}

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

/// What is wrong with a calendar file.
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

impl Calendar {
    /// The calendar that ships with the program: 2014 to 2026.
    pub fn builtin() -> Self {
        Self::parse(include_str!("../../config/calendar/china-workdays-2014-2026.csv"))
            .expect("the embedded calendar is read by a test")
    }

    /// Reads `date,kind,name` with a header line; `kind` is `holiday` or `workday`, lines with `#` are comments.
    ///
    /// A year is known once its National Day is listed: every yearly plan names it, while a stray row of the turn of
    /// the year does not make the next year known.
    pub fn parse(csv: &str) -> Result<Self, CalendarError> {
        let csv = csv.strip_prefix('\u{feff}').unwrap_or(csv);
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(csv.as_bytes());
        if !reader.headers().is_ok_and(|header| header.iter().take(2).eq(["date", "kind"])) {
            return Err(CalendarError::Header);
        }
        let mut exceptions = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(|error| CalendarError::Row(error.position().map_or(0, |at| at.line())))?;
            let (day, worked, line) = read_day(&record)?;
            if exceptions.insert(day, worked).is_some() {
                return Err(CalendarError::Duplicate(line));
            }
        }
        let is_national_day = |day: &NaiveDate| (day.month(), day.day()) == (10, 1);
        let known_years = exceptions.keys().filter(|day| is_national_day(day)).map(Datelike::year).collect();
        Ok(Self { exceptions, known_years })
    }

    /// Was an official calendar published for the year?
    pub fn knows(&self, year: i32) -> bool {
        self.known_years.contains(&year)
    }

    /// Is the day worked? `None` where no calendar of its year is known; 1 January is a day off in every year by statute
    /// (全国年节及纪念日放假办法, art. 2).
    pub fn is_working_day(&self, day: NaiveDate) -> Option<bool> {
        (self.knows(day.year()) || is_new_year(day)).then(|| self.is_presumed_working(day))
    }

    /// The end of a limit of `working_days` that a notice of this day starts.
    ///
    /// The day of notice is not counted (Civil Code art. 201, by analogy) unless `include_start_day` says so. Weekdays of an
    /// unknown year are presumed to be worked, and the result is marked provisional. A limit of 0 ends on the day of notice.
    /// Limits above [`LONGEST_LIMIT`], and the end of the date range, cut the count short: provisional, too.
    pub fn due(&self, notice: NaiveDate, working_days: u32, include_start_day: bool) -> Due {
        let limit = working_days.min(LONGEST_LIMIT);
        let mut due =
            Due { date: notice, provisional: working_days > limit || !self.knows(notice.year()), counted: Vec::new() };
        let mut next = if include_start_day { Some(notice) } else { tomorrow(notice) };
        while due.counted.len() < limit as usize {
            let Some(day) = next else {
                due.provisional = true;
                break;
            };
            due.date = day;
            due.provisional |= !self.knows(day.year());
            if self.is_presumed_working(day) {
                due.counted.push(day);
            }
            next = tomorrow(day);
        }
        due
    }

    /// TEMPORARY until the calendar branch lands.
    pub fn due_skipping(&self, notice: NaiveDate, days: u32, include: bool, pauses: &[(NaiveDate, NaiveDate)]) -> Due {
        let mut longer = 0;
        loop {
            let mut due = self.due(notice, days + longer, include);
            due.counted.retain(|day| !pauses.iter().any(|(from, until)| from <= day && day <= until));
            if due.counted.len() >= days as usize || longer > 2_000 {
                due.counted.truncate(days as usize);
                due.date = due.counted.last().copied().unwrap_or(due.date);
                return due;
            }
            longer += 1;
        }
    }

    /// TEMPORARY
    pub fn back(&self, date: NaiveDate, days: u32) -> NaiveDate {
        let (mut day, mut left) = (date, days);
        while left > 0 {
            day = day.pred_opt().unwrap_or(day);
            left -= u32::from(self.is_presumed_working(day));
        }
        day
    }

    /// TEMPORARY
    pub fn version(&self) -> String {
        format!("{}", self.exceptions.len())
    }

    fn is_presumed_working(&self, day: NaiveDate) -> bool {
        match self.exceptions.get(&day) {
            Some(worked) => *worked,
            None => !is_new_year(day) && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }
}

fn read_day(record: &csv::StringRecord) -> Result<(NaiveDate, bool, u64), CalendarError> {
    let line = record.position().map_or(0, |at| at.line());
    let (Some(day), Some(kind)) = (record.get(0), record.get(1)) else {
        return Err(CalendarError::Row(line));
    };
    let day = NaiveDate::parse_from_str(day.trim(), "%Y-%m-%d").map_err(|_| CalendarError::Date(line))?;
    match kind.trim() {
        "holiday" => Ok((day, false, line)),
        "workday" => Ok((day, true, line)),
        _ => Err(CalendarError::Kind(line)),
    }
}

fn is_new_year(day: NaiveDate) -> bool {
    (day.month(), day.day()) == (1, 1)
}

fn tomorrow(day: NaiveDate) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(1))
}
