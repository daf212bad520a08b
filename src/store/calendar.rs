//! The days of imported calendars. What ships with the program does not stand here.

use chrono::NaiveDate;

use super::{StoreError, StoreResult, Tx, execute, fetch_all, insert_many};
use crate::domain::calendar::{CalendarDay, DayKind};

#[derive(sqlx::FromRow)]
struct Stored {
    day: NaiveDate,
    kind: String,
    name: String,
}

/// Waits until no other import of a calendar is under way, and keeps others waiting until the transaction ends. On SQLite
/// every writing transaction does. Readers are not held up.
pub async fn lock(tx: &mut Tx) -> StoreResult<()> {
    if let Tx::Postgres(_) = tx {
        execute!(tx, "LOCK TABLE calendar_days IN SHARE ROW EXCLUSIVE MODE")?;
    }
    Ok(())
}

/// Every imported day, in order.
pub async fn imported(tx: &mut Tx) -> StoreResult<Vec<CalendarDay>> {
    let stored = fetch_all!(Stored, tx, "SELECT day, kind, name FROM calendar_days ORDER BY day")?;
    stored.into_iter().map(read).collect()
}

fn read(stored: Stored) -> StoreResult<CalendarDay> {
    let Stored { day, kind, name } = stored;
    let kind = DayKind::from_name(&kind).ok_or_else(|| StoreError::Corrupt(format!("calendar day {day}: {kind}")))?;
    Ok(CalendarDay { date: day, kind, name })
}

/// Lets go of every imported day of some years, and takes the days: those of other years replace just what stood on them.
pub async fn replace(tx: &mut Tx, years: impl IntoIterator<Item = i32>, days: &[CalendarDay]) -> StoreResult<()> {
    let bounds = |year| Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?));
    for (first, last) in years.into_iter().filter_map(bounds) {
        execute!(tx, "DELETE FROM calendar_days WHERE day >= $1 AND day <= $2", first, last)?;
    }
    insert_many!(
        tx,
        days,
        "INSERT INTO calendar_days (day, kind, name) ",
        " ON CONFLICT (day) DO UPDATE SET kind = excluded.kind, name = excluded.name",
        |row, day| {
            row.push_bind(day.date).push_bind(day.kind.name()).push_bind(&day.name);
        }
    )
}
