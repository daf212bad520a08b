//! When a site is due.

use chrono::{DateTime, Utc};

use super::{StoreResult, Tx, execute};

/// Puts a site under watch, due at once; one that is under watch keeps its times.
pub async fn enter(tx: &mut Tx, site_id: &str, at: DateTime<Utc>) -> StoreResult<()> {
    let sql = "INSERT INTO plan (site_id, rank, next_at, home_at, pages_at, attempts) VALUES ($1, 1, $2, $2, $2, 0) \
               ON CONFLICT (site_id) DO NOTHING";
    execute!(tx, sql, site_id, at)?;
    Ok(())
}

/// Takes a site off the watch.
pub async fn leave(tx: &mut Tx, site_id: &str) -> StoreResult<()> {
    execute!(tx, "DELETE FROM plan WHERE site_id = $1", site_id)?;
    Ok(())
}
