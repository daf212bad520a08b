//! Running numbers: of notices, of cases, of the changes of certificates.

use super::{StoreResult, Tx, execute, fetch_one, fetch_optional};

/// The next number of a series, from 1. Two that ask at once get two numbers; a transaction that is undone gives its back.
pub async fn next(tx: &mut Tx, name: &str) -> StoreResult<i64> {
    let sql = "INSERT INTO counters (name, value) VALUES ($1, 1) \
               ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
    Ok(fetch_one!((i64,), tx, sql, name)?.0)
}

/// Goes on from a number.
pub async fn set(tx: &mut Tx, name: &str, value: i64) -> StoreResult<()> {
    let sql =
        "INSERT INTO counters (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    execute!(tx, sql, name, value)?;
    Ok(())
}

/// The last number of a series; 0: none was given.
pub async fn last(tx: &mut Tx, name: &str) -> StoreResult<i64> {
    let sql = "SELECT value FROM counters WHERE name = $1";
    Ok(fetch_optional!((i64,), tx, sql, name)?.map_or(0, |row| row.0))
}
