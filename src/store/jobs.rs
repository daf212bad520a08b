//! Jobs by the clock: each runs on one machine at a time.

use chrono::{DateTime, Utc};

use super::{StoreResult, Tx, execute, fetch_all};

/// Takes a job if it is due and nobody has it: it is due again at `again` whatever becomes of this run, so that a run
/// that dies is repeated then and not at once.
pub async fn take(tx: &mut Tx, name: &str, now: DateTime<Utc>, again: DateTime<Utc>) -> StoreResult<bool> {
    let seed = "INSERT INTO job_runs (name, next_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    execute!(tx, seed, name, now)?;
    let sql = "UPDATE job_runs SET next_at = $3 WHERE name = $1 AND next_at <= $2";
    Ok(execute!(tx, sql, name, now, again)? == 1)
}

/// Jobs whose time has not come.
pub async fn resting(tx: &mut Tx, now: DateTime<Utc>) -> StoreResult<Vec<String>> {
    let rows = fetch_all!((String,), tx, "SELECT name FROM job_runs WHERE next_at > $1 ORDER BY name", now)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Notes how a run ended.
pub async fn ended(tx: &mut Tx, name: &str, at: DateTime<Utc>, error: Option<&str>) -> StoreResult<()> {
    let sql = "UPDATE job_runs SET last_ok = CASE WHEN $3 IS NULL THEN $2 ELSE last_ok END, last_error = $3 \
               WHERE name = $1";
    execute!(tx, sql, name, at, error)?;
    Ok(())
}

/// A job and how it last went.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct JobRun {
    pub name: String,
    pub next_at: DateTime<Utc>,
    pub last_ok: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
}

/// All jobs that ever ran.
pub async fn all(tx: &mut Tx) -> StoreResult<Vec<JobRun>> {
    fetch_all!(JobRun, tx, "SELECT name, next_at, last_ok, last_error FROM job_runs ORDER BY name")
}
