//! Announced maintenance of sites.

use chrono::{DateTime, NaiveDate, Utc};

use super::{StoreResult, Tx, execute, fetch_all};

/// One announcement.
#[derive(Debug, Clone, Copy)]
pub struct Announcement<'a> {
    pub site_id: &'a str,
    pub from_on: NaiveDate,
    pub until_on: NaiveDate,
    pub by: &'a str,
    pub reason: &'a str,
}

/// Puts an announcement on file.
pub async fn announce(tx: &mut Tx, new: &Announcement<'_>, at: DateTime<Utc>) -> StoreResult<()> {
    let sql = "INSERT INTO maintenance (id, site_id, from_on, until_on, noted_at, noted_by, reason) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    execute!(tx, sql, super::new_id(), new.site_id, new.from_on, new.until_on, at, new.by, new.reason)?;
    Ok(())
}

/// First and last days of a site's maintenance that is not over on a day.
pub async fn of_site(tx: &mut Tx, site_id: &str, since: NaiveDate) -> StoreResult<Vec<(NaiveDate, NaiveDate)>> {
    let sql = "SELECT DISTINCT from_on, until_on FROM maintenance WHERE site_id = $1 AND until_on >= $2 ORDER BY from_on, until_on";
    fetch_all!((NaiveDate, NaiveDate), tx, sql, site_id, since)
}

/// An announcement on file.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Window {
    pub id: String,
    pub from_on: NaiveDate,
    pub until_on: NaiveDate,
    pub noted_at: DateTime<Utc>,
    pub noted_by: String,
    pub reason: String,
}

/// The announcements of a site that are not over on a day, the first first.
pub async fn windows(tx: &mut Tx, site_id: &str, since: NaiveDate) -> StoreResult<Vec<Window>> {
    let sql = "SELECT id, from_on, until_on, noted_at, noted_by, reason FROM maintenance \
               WHERE site_id = $1 AND until_on >= $2 ORDER BY from_on, id LIMIT 100";
    fetch_all!(Window, tx, sql, site_id, since)
}

/// Takes an announcement off the file. `false`: the site has none of this id.
pub async fn withdraw(tx: &mut Tx, site_id: &str, id: &str) -> StoreResult<bool> {
    Ok(execute!(tx, "DELETE FROM maintenance WHERE site_id = $1 AND id = $2", site_id, id)? == 1)
}
