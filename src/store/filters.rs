//! Filters of lists that people keep under a name.

use chrono::{DateTime, Utc};

use super::{StoreResult, Tx, execute, fetch_all, fetch_one};

/// A filter as its owner keeps it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Saved {
    pub name: String,
    /// As it stands in the address.
    pub query: String,
}

/// The filters of an account, by name.
pub async fn of_account(tx: &mut Tx, account_id: &str) -> StoreResult<Vec<Saved>> {
    let sql = "SELECT name, query FROM saved_filters WHERE account_id = $1 ORDER BY name";
    fetch_all!(Saved, tx, sql, account_id)
}

/// How many filters an account keeps beside the one of a name.
pub async fn count_others(tx: &mut Tx, account_id: &str, name: &str) -> StoreResult<i64> {
    let sql = "SELECT COUNT(*) FROM saved_filters WHERE account_id = $1 AND name <> $2";
    Ok(fetch_one!((i64,), tx, sql, account_id, name)?.0)
}

/// Keeps a filter; one of the same name gives way.
pub async fn keep(tx: &mut Tx, account_id: &str, saved: &Saved, at: DateTime<Utc>) -> StoreResult<()> {
    let sql = "INSERT INTO saved_filters (account_id, name, query, made_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (account_id, name) DO UPDATE SET query = excluded.query, made_at = excluded.made_at";
    execute!(tx, sql, account_id, &saved.name, &saved.query, at)?;
    Ok(())
}

/// Lets a filter go. `false`: there is none of this name.
pub async fn drop_filter(tx: &mut Tx, account_id: &str, name: &str) -> StoreResult<bool> {
    let sql = "DELETE FROM saved_filters WHERE account_id = $1 AND name = $2";
    Ok(execute!(tx, sql, account_id, name)? == 1)
}
