//! Looks as they were taken, and where each site stands by the last of them.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::types::Json;

use super::{StoreResult, Tx, execute, fetch_all, fetch_one, fetch_optional, storable};

/// One look at a site.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct StoredLook {
    pub id: String,
    pub site_id: String,
    /// `home`, `pages` or `recheck`.
    pub kind: String,
    /// What it was due as. One look a slot: a second one is refused by the schema.
    pub slot_at: DateTime<Utc>,
    pub started_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub vantage: String,
    pub rules: String,
    pub verdict: String,
    pub cause: String,
    pub instrument: String,
    pub findings: Json<Value>,
    pub dns: Json<Value>,
    pub coverage: Json<Value>,
}

/// Stores a look.
pub async fn insert(tx: &mut Tx, look: &StoredLook) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO looks (id, site_id, kind, slot_at, started_at, ended_at, vantage, rules, verdict, cause, \
         instrument, findings, dns, coverage) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &look.id,
        &look.site_id,
        &look.kind,
        look.slot_at,
        look.started_at,
        look.ended_at,
        &look.vantage,
        &look.rules,
        &look.verdict,
        &look.cause,
        &look.instrument,
        storable(&look.findings)?,
        storable(&look.dns)?,
        storable(&look.coverage)?,
    )?;
    Ok(())
}

/// The looks at a site, the latest first.
pub async fn of_site(tx: &mut Tx, site_id: &str, most: i64) -> StoreResult<Vec<StoredLook>> {
    let sql = "SELECT id, site_id, kind, slot_at, started_at, ended_at, vantage, rules, verdict, cause, instrument, \
               findings, dns, coverage FROM looks WHERE site_id = $1 ORDER BY started_at DESC, id DESC LIMIT $2";
    fetch_all!(StoredLook, tx, sql, site_id, most)
}

/// The re-checks of a site that were asked for at or after a moment and are done, the latest first.
pub async fn rechecks(tx: &mut Tx, site_id: &str, since: DateTime<Utc>, most: i64) -> StoreResult<Vec<StoredLook>> {
    let sql = "SELECT id, site_id, kind, slot_at, started_at, ended_at, vantage, rules, verdict, cause, instrument, \
               findings, dns, coverage FROM looks WHERE site_id = $1 AND kind = 'recheck' AND slot_at >= $2 \
               ORDER BY slot_at DESC LIMIT $3";
    fetch_all!(StoredLook, tx, sql, site_id, since, most)
}

/// Deletes looks that began before a moment and are no evidence; at most so many at a time.
pub async fn purge(tx: &mut Tx, before: DateTime<Utc>, most: i64) -> StoreResult<u64> {
    let sql = "DELETE FROM looks WHERE id IN (SELECT l.id FROM looks l WHERE l.started_at < $1 AND NOT EXISTS \
               (SELECT 1 FROM evidence e WHERE e.look_id = l.id AND e.body IS NOT NULL) LIMIT $2)";
    execute!(tx, sql, before, most)
}

/// Where a site stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    pub site_id: String,
    pub verdict: String,
    pub cause: String,
    pub looked_at: DateTime<Utc>,
    /// The last look that was fair.
    pub fair_at: Option<DateTime<Utc>>,
    /// The last look that it passed.
    pub passed_at: Option<DateTime<Utc>>,
    /// Where its first name leads.
    pub address: Option<String>,
    pub badge_host: Option<String>,
    pub checked: i64,
    pub known: i64,
    pub complete: bool,
}

/// Where a site stands, if it was looked at.
pub async fn standing(tx: &mut Tx, site_id: &str) -> StoreResult<Option<Standing>> {
    let sql = "SELECT site_id, verdict, cause, looked_at, fair_at, passed_at, address, badge_host, checked, known, \
               complete FROM standings WHERE site_id = $1";
    fetch_optional!(Standing, tx, sql, site_id)
}

/// Says where a site stands now. Once a look found its badge, the site may stand on the public list.
pub async fn set_standing(tx: &mut Tx, standing: &Standing) -> StoreResult<()> {
    if let Some(passed_at) = standing.passed_at {
        let sql = "UPDATE sites SET hung_at = $2 WHERE id = $1 AND hung_at IS NULL";
        execute!(&mut *tx, sql, &standing.site_id, passed_at)?;
    }
    execute!(
        &mut *tx,
        "INSERT INTO standings (site_id, verdict, cause, looked_at, fair_at, passed_at, address, badge_host, checked, \
         known, complete) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (site_id) DO UPDATE SET \
         verdict = $2, cause = $3, looked_at = $4, fair_at = $5, passed_at = $6, address = $7, badge_host = $8, \
         checked = $9, known = $10, complete = $11",
        &standing.site_id,
        &standing.verdict,
        &standing.cause,
        standing.looked_at,
        standing.fair_at,
        standing.passed_at,
        &standing.address,
        &standing.badge_host,
        standing.checked,
        standing.known,
        standing.complete,
    )?;
    super::site_rows::stand(tx, standing).await
}

/// How many sites stand where.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Tally {
    pub verdict: String,
    pub cause: String,
    pub sites: i64,
}

/// Counts the sites by verdict and cause.
pub async fn tally(tx: &mut Tx) -> StoreResult<Vec<Tally>> {
    let sql = "SELECT verdict, cause, COUNT(*) AS sites FROM standings GROUP BY verdict, cause ORDER BY verdict, cause";
    fetch_all!(Tally, tx, sql)
}

/// Counts the sites by the province of their unit (the first two digits of its region; none: `00`) and by verdict. It reads
/// every site: to be asked seldom.
pub async fn by_province(tx: &mut Tx) -> StoreResult<Vec<(String, String, i64)>> {
    let sql = "SELECT COALESCE(SUBSTR(u.region, 1, 2), '00') AS province, t.verdict, COUNT(*) FROM standings t \
               JOIN sites s ON s.id = t.site_id JOIN units u ON u.id = s.unit_id \
               GROUP BY COALESCE(SUBSTR(u.region, 1, 2), '00'), t.verdict ORDER BY province, t.verdict";
    fetch_all!((String, String, i64), tx, sql)
}

/// How fresh and how complete the watch is.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Freshness {
    /// Sites looked at, ever.
    pub looked: i64,
    /// Sites fairly looked at since the moment asked about.
    pub fresh: i64,
    pub checked: i64,
    pub known: i64,
}

/// Counts what was fairly looked at since a moment, and the pages of all sites.
pub async fn freshness(tx: &mut Tx, since: DateTime<Utc>) -> StoreResult<Freshness> {
    let sql = "SELECT COUNT(*) AS looked, COUNT(CASE WHEN fair_at >= $1 THEN 1 END) AS fresh, \
               CAST(COALESCE(SUM(checked), 0) AS BIGINT) AS checked, CAST(COALESCE(SUM(known), 0) AS BIGINT) AS known \
               FROM standings";
    fetch_one!(Freshness, tx, sql, since)
}
