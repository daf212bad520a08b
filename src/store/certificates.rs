//! Certificates as the registry and the offices' decisions have them, and the feed of their changes.
//!
//! A row that is written loses its number; whoever keeps a snapshot gives the next one to what has none, and reads what lies
//! above the number it knows. Numbers are given one after the other, so what is read later is above what was read before.

use chrono::{DateTime, Utc};

use super::sites::{self, StoredSite};
use super::{StoreResult, Tx, counters, execute, fetch_one};
use crate::domain::beijing;
use crate::domain::certificate::Certificate;

/// The series the numbers are of.
const SERIES: &str = "certificates";
/// Rows numbered by one transaction: the writer is not held for long.
const AT_ONCE: i64 = 20_000;

/// Under this name stands the number from which on changes are numbered since the database was put back to an earlier state.
const RESTORED: &str = "restored";

/// A site's certificate, or that the site left the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub site_id: String,
    pub certificate: Option<Certificate>,
}

/// Is there anything without a number?
pub async fn is_unnumbered(tx: &mut Tx) -> StoreResult<bool> {
    let sql = "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM sites WHERE published IS NULL LIMIT 1) AS s) \
               + (SELECT COUNT(*) FROM (SELECT 1 FROM units WHERE published IS NULL LIMIT 1) AS u)";
    Ok(fetch_one!((i64,), tx, sql)?.0 > 0)
}

/// Numbers some of what has none. `false`: nothing has.
pub async fn number(tx: &mut Tx) -> StoreResult<bool> {
    let number = counters::next(tx, SERIES).await?;
    let sites = "UPDATE sites SET published = $1 WHERE id IN (SELECT id FROM sites WHERE published IS NULL LIMIT $2)";
    let units = "UPDATE units SET published = $1 WHERE id IN (SELECT id FROM units WHERE published IS NULL LIMIT $2)";
    let sites = execute!(&mut *tx, sites, number, AT_ONCE)?;
    Ok(sites + execute!(&mut *tx, units, number, AT_ONCE)? > 0)
}

/// The latest number.
pub async fn latest(tx: &mut Tx) -> StoreResult<i64> {
    counters::last(tx, SERIES).await
}

/// The database was put back from a backup. Numbers go on from one that was never given: by the clock, which runs ahead of any
/// counting.
pub async fn restored(tx: &mut Tx, now: DateTime<Utc>) -> StoreResult<()> {
    let number = now.timestamp_micros();
    counters::set(tx, SERIES, number).await?;
    counters::set(tx, RESTORED, number).await
}

/// The first number since the database was put back: a snapshot of before tells what may be gone. 0: it never was.
pub async fn first(tx: &mut Tx) -> StoreResult<i64> {
    counters::last(tx, RESTORED).await
}

/// What changed above a number, a page at a time in the order of ids.
pub async fn above(tx: &mut Tx, number: i64, after: &str, most: i64) -> StoreResult<Vec<Published>> {
    let changed = sites::published_above(tx, number, after, most).await?;
    Ok(changed.iter().map(Published::of).collect())
}

/// Every certificate, a page at a time in the order of ids.
pub async fn all(tx: &mut Tx, after: &str, most: i64) -> StoreResult<Vec<Published>> {
    Ok(sites::after_id(tx, after, most).await?.iter().map(Published::of).collect())
}

impl Published {
    fn of(stored: &StoredSite) -> Self {
        let since = stored.decided_at.map(beijing::day);
        let certificate = Certificate::of(&stored.site, stored.region.as_deref(), since);
        Self { site_id: stored.id.clone(), certificate: stored.dropped_at.is_none().then_some(certificate) }
    }
}
