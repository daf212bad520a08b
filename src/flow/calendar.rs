//! The calendar of working days as it stands: what ships with the program, and over it what an office imported.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::calendar::{
    Calendar, CalendarDay, CalendarError, DayChange, Problem, Weight, check, rows, whole_years,
};
use crate::domain::evidence::sha256;
use crate::store::audit::{self, Act};
use crate::store::{Db, StoreError, StoreResult, Tx, calendar};

/// The chain of acts that imports are put on.
pub const CHAIN: &str = "calendar";

/// The calendar as it stands now, shared by all parts of a process. Cheap to clone; clones see what any of them sets.
#[derive(Debug, Clone)]
pub struct CalendarCell(Arc<RwLock<Arc<Calendar>>>);

impl CalendarCell {
    /// The calendar of this moment. Who counts more than once takes it once, or the days might change in between.
    pub fn get(&self) -> Arc<Calendar> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another in its place. `false`: they are the same.
    pub fn set(&self, calendar: Calendar) -> bool {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let differs = **current != calendar;
        if differs {
            *current = Arc::new(calendar);
        }
        differs
    }

    /// Reads it anew, as an import by any process of this database left it. `false`: it is as before.
    pub async fn refresh(&self, db: &Db) -> StoreResult<bool> {
        Ok(self.set(load(&mut db.read().await?).await?))
    }
}

impl From<Calendar> for CalendarCell {
    fn from(calendar: Calendar) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(calendar))))
    }
}

/// The calendar that ships with the program.
impl Default for CalendarCell {
    fn default() -> Self {
        Calendar::builtin().into()
    }
}

/// The calendar as it stands.
pub async fn load(tx: &mut Tx) -> StoreResult<Calendar> {
    Ok(Calendar::builtin().with_years(&calendar::imported(tx).await?))
}

/// A year with an official calendar, and where it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KnownYear {
    pub year: i32,
    /// `false`: it ships with the program.
    pub imported: bool,
}

/// The years with an official calendar, in order.
pub async fn known_years(tx: &mut Tx) -> StoreResult<Vec<KnownYear>> {
    let days = calendar::imported(tx).await?;
    let imported = whole_years(&days);
    let known = Calendar::builtin().with_years(&days);
    Ok(known.years().map(|year| KnownYear { year, imported: imported.contains(&year) }).collect())
}

/// A calendar file as it was handed in.
#[derive(Debug, Clone, Copy)]
pub struct CalendarFile<'a> {
    /// Its name, as the record shows it.
    pub name: &'a str,
    pub csv: &'a [u8],
    /// Somebody has seen its warnings, and means it.
    pub despite_warnings: bool,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The years whose plan was replaced as a whole.
    pub years: Vec<i32>,
    pub added: u64,
    /// Days off that are worked now, and worked days that are off.
    pub turned: u64,
    pub removed: u64,
    pub unchanged: u64,
    /// Day by day, in order. Empty: the file says what stood already, and nothing was written.
    pub changes: Vec<DayChange>,
    /// Warnings that somebody has seen, and remarks.
    pub problems: Vec<Problem>,
    /// The calendar's version after it.
    pub version: String,
}

/// Why a calendar file was not taken over. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    File(#[from] CalendarError),
    /// At least one is an error, or a warning that nobody has seen.
    #[error("the calendar is not taken over:{}", told(.0))]
    Refused(Vec<Problem>),
    #[error("say who imports it: an act on record has somebody who did it")]
    Nobody,
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn told(problems: &[Problem]) -> String {
    let grave = problems.iter().filter(|problem| problem.weight != Weight::Remark);
    grave.map(|problem| format!("\n  {problem}")).collect()
}

/// Takes over a calendar file: the years it lists replace what was known of them, and the act is put on record with
/// every day that changed. A file that changes no day changes nothing and leaves no record (the names of days are told
/// to people only: a file that differs in them alone changes nothing).
///
/// `actor`: as in [`Act::actor`]. A second import waits for the first one.
pub async fn import(
    db: &Db,
    file: &CalendarFile<'_>,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<ImportReport, ImportError> {
    if actor.trim().is_empty() {
        return Err(ImportError::Nobody);
    }
    let (days, problems) = read(file)?;
    let years = whole_years(&days);
    let mut tx = db.write().await?;
    calendar::lock(&mut tx).await?;
    let before = load(&mut tx).await?;
    calendar::replace(&mut tx, years.iter().copied(), &days).await?;
    let after = load(&mut tx).await?;
    let report = report(&years, &days, problems, (&before, &after));
    if report.changes.is_empty() {
        return Ok(report);
    }
    let (from, to) = (before.version(), report.version.as_str());
    let detail = serde_json::json!({
        "file": file.name,
        "sha256": sha256(file.csv),
        "years": years,
        "changes": report.changes,
    });
    let act = Act { actor, action: "imported", from: Some(&from), to: Some(to), why: None, detail };
    audit::append(&mut tx, CHAIN, now, &act).await?;
    tx.commit().await?;
    Ok(report)
}

fn read(file: &CalendarFile<'_>) -> Result<(Vec<CalendarDay>, Vec<Problem>), ImportError> {
    let rows = rows(file.csv)?;
    let problems = check(&rows);
    let stops = |problem: &Problem| match problem.weight {
        Weight::Error => true,
        Weight::Warning => !file.despite_warnings,
        Weight::Remark => false,
    };
    if problems.iter().any(stops) {
        return Err(ImportError::Refused(problems));
    }
    Ok((rows.into_iter().map(|row| row.day).collect(), problems))
}

fn report(
    years: &BTreeSet<i32>,
    days: &[CalendarDay],
    problems: Vec<Problem>,
    (before, after): (&Calendar, &Calendar),
) -> ImportReport {
    let changes = before.changes(after);
    let count = |was: bool, is: bool| {
        changes.iter().filter(|change| (change.before.is_some(), change.after.is_some()) == (was, is)).count() as u64
    };
    let (added, turned, removed) = (count(false, true), count(true, true), count(true, false));
    ImportReport {
        years: years.iter().copied().collect(),
        unchanged: days.len() as u64 - added - turned,
        version: after.version(),
        added,
        turned,
        removed,
        changes,
        problems,
    }
}
