//! Running numbers of notices and cases.

use super::{StoreResult, Tx, fetch_one};

/// The next number of a series, from 1. Two that ask at once get two numbers; a transaction that is undone gives its back.
pub async fn next(tx: &mut Tx, name: &str) -> StoreResult<i64> {
    let sql = "INSERT INTO counters (name, value) VALUES ($1, 1) \
               ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
    Ok(fetch_one!((i64,), tx, sql, name)?.0)
}
