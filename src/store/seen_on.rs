//! Hosts that badges were seen on, a row a badge, host and day: bounded, whoever writes.

use chrono::NaiveDate;

use super::{StoreResult, Tx, counters, execute, fetch_all, fetch_one, insert_many};
use crate::domain::lead::Sights;
use crate::domain::seen::{Bounds, Counts, Sighting};

/// Adds what was counted. Who writes at the same time waits: each sees whole days when it lets go of what is too much.
pub async fn add(tx: &mut Tx, sightings: &[Sighting]) -> StoreResult<()> {
    // The counter's row is held to the end of the transaction.
    counters::next(tx, "seen_on").await?;
    insert_many!(
        &mut *tx,
        sightings,
        "INSERT INTO seen_on (site_id, host, day, scripts, images, clicks) ",
        " ON CONFLICT (site_id, host, day) DO UPDATE SET scripts = seen_on.scripts + excluded.scripts, \
         images = seen_on.images + excluded.images, clicks = seen_on.clicks + excluded.clicks",
        |row, seen| {
            let Sighting { site_id, host, day, counts } = seen;
            row.push_bind(site_id.as_str()).push_bind(host.as_str()).push_bind(*day);
            row.push_bind(counts.scripts).push_bind(counts.images).push_bind(counts.clicks);
        }
    )
}

/// Lets go of the hosts of a day that are beyond the bounds, those that were seen least; the requests that were counted there.
pub async fn trim(tx: &mut Tx, day: NaiveDate, bounds: Bounds) -> StoreResult<i64> {
    let (a_badge, all) = (bounds.a_badge as i64, bounds.all as i64);
    let full = "SELECT site_id FROM seen_on WHERE day = $1 GROUP BY site_id HAVING COUNT(*) > $2 ORDER BY site_id";
    let least = "DELETE FROM seen_on WHERE day = $1 AND site_id = $2 AND host NOT IN (SELECT host FROM seen_on \
                 WHERE day = $1 AND site_id = $2 ORDER BY scripts + images + clicks DESC, host LIMIT $3) \
                 RETURNING scripts + images + clicks";
    let mut gone = Vec::new();
    for (site_id,) in fetch_all!((String,), &mut *tx, full, day, a_badge)? {
        gone.extend(fetch_all!((i64,), &mut *tx, least, day, &site_id, a_badge)?);
    }
    let hosts = fetch_one!((i64,), &mut *tx, "SELECT COUNT(*) FROM seen_on WHERE day = $1", day)?.0;
    if hosts > all {
        let sql = "DELETE FROM seen_on WHERE day = $1 AND (site_id, host) IN (SELECT site_id, host FROM seen_on WHERE day = $1 \
                   ORDER BY scripts + images + clicks, site_id, host LIMIT $2) RETURNING scripts + images + clicks";
        gone.extend(fetch_all!((i64,), &mut *tx, sql, day, hosts - all)?);
    }
    Ok(gone.iter().map(|row| row.0).sum())
}

/// A badge on a host.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Pair {
    pub site_id: String,
    pub host: String,
}

/// Badges on hosts that were seen since a day, and in all on so many days with so many requests: in their order behind one.
pub async fn often(
    tx: &mut Tx,
    since: NaiveDate,
    after: &Pair,
    (requests, days): (i64, i64),
    most: i64,
) -> StoreResult<Vec<Pair>> {
    let sql = "SELECT s.site_id, s.host FROM seen_on s JOIN (SELECT DISTINCT site_id, host FROM seen_on WHERE day >= $1) r \
               ON r.site_id = s.site_id AND r.host = s.host WHERE (s.site_id, s.host) > ($2, $3) \
               GROUP BY s.site_id, s.host HAVING SUM(s.scripts + s.images + s.clicks) >= $4 AND COUNT(*) >= $5 \
               ORDER BY s.site_id, s.host LIMIT $6";
    fetch_all!(Pair, tx, sql, since, &after.site_id, &after.host, requests, days, most)
}

#[derive(sqlx::FromRow)]
struct SumRow {
    scripts: i64,
    images: i64,
    clicks: i64,
    days: i64,
    first_on: Option<NaiveDate>,
    last_on: Option<NaiveDate>,
}

/// What was seen of a badge on a host behind a day. `None`: nothing.
pub async fn sum(tx: &mut Tx, pair: &Pair, behind: Option<NaiveDate>) -> StoreResult<Option<Sights>> {
    let sql = "SELECT CAST(COALESCE(SUM(scripts), 0) AS BIGINT) AS scripts, CAST(COALESCE(SUM(images), 0) AS BIGINT) AS images, \
               CAST(COALESCE(SUM(clicks), 0) AS BIGINT) AS clicks, COUNT(*) AS days, MIN(day) AS first_on, MAX(day) AS last_on \
               FROM seen_on WHERE site_id = $1 AND host = $2 AND day > $3";
    // A year that both engines can write, and before any badge.
    let behind = behind.or(NaiveDate::from_ymd_opt(1970, 1, 1));
    let SumRow { scripts, images, clicks, days, first_on, last_on } =
        fetch_one!(SumRow, tx, sql, &pair.site_id, &pair.host, behind)?;
    let days_on = first_on.zip(last_on);
    Ok(days_on.map(|(first_on, last_on)| Sights { first_on, last_on, days, scripts, images, clicks }))
}

#[derive(sqlx::FromRow)]
struct DayRow {
    day: NaiveDate,
    scripts: i64,
    images: i64,
    clicks: i64,
}

/// The days of a badge on a host, the latest first.
pub async fn days(tx: &mut Tx, pair: &Pair, most: i64) -> StoreResult<Vec<(NaiveDate, Counts)>> {
    let sql =
        "SELECT day, scripts, images, clicks FROM seen_on WHERE site_id = $1 AND host = $2 ORDER BY day DESC LIMIT $3";
    let rows = fetch_all!(DayRow, tx, sql, &pair.site_id, &pair.host, most)?;
    let counts = |row: &DayRow| Counts { scripts: row.scripts, images: row.images, clicks: row.clicks };
    Ok(rows.iter().map(|row| (row.day, counts(row))).collect())
}

/// Lets go of some of the days before one; how many rows.
pub async fn purge(tx: &mut Tx, before: NaiveDate, most: i64) -> StoreResult<u64> {
    let sql = "DELETE FROM seen_on WHERE (site_id, host, day) IN \
               (SELECT site_id, host, day FROM seen_on WHERE day < $1 LIMIT $2)";
    execute!(tx, sql, before, most)
}
