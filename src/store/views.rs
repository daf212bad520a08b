//! When somebody last looked at personal data.

use chrono::{DateTime, Utc};

use super::{StoreResult, Tx, execute, fetch_optional};
use crate::domain::personal::Personal;

/// When an account's last look at something was put on record.
pub async fn last(tx: &mut Tx, account_id: &str, what: Personal, subject: &str) -> StoreResult<Option<DateTime<Utc>>> {
    let sql = "SELECT at FROM views WHERE account_id = $1 AND what = $2 AND subject = $3";
    Ok(fetch_optional!((DateTime<Utc>,), tx, sql, account_id, what.name(), subject)?.map(|row| row.0))
}

/// Notes a look, unless one after `since` is noted. `false`: one is.
pub async fn note(
    tx: &mut Tx,
    account_id: &str,
    (what, subject): (Personal, &str),
    at: DateTime<Utc>,
    since: DateTime<Utc>,
) -> StoreResult<bool> {
    let sql = "INSERT INTO views (account_id, what, subject, at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (account_id, what, subject) DO UPDATE SET at = excluded.at WHERE views.at <= $5";
    Ok(execute!(tx, sql, account_id, what.name(), subject, at, since)? == 1)
}

/// Deletes the notes of looks before a moment; how many.
pub async fn purge(tx: &mut Tx, before: DateTime<Utc>) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM views WHERE at < $1", before)
}
