//! Evidence of faults, in a chain for each site, and the daily roots over all chains.

use chrono::{DateTime, NaiveDate, Utc};

use super::{StoreResult, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::domain::evidence::{Link, START, sha256};

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Piece {
    pub id: String,
    pub site_id: String,
    pub seq: i64,
    pub look_id: String,
    pub taken_at: DateTime<Utc>,
    /// JSON as it was hashed; `None` once its time of keeping is over.
    pub body: Option<String>,
    pub body_hash: String,
    pub prev_hash: String,
    pub hash: String,
}

/// The last link of a chain.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Head {
    pub site_id: String,
    pub seq: i64,
    pub hash: String,
}

/// Appends evidence to a site's chain; its id. To be called by who holds the site's lease: a chain has one writer.
pub async fn append(
    tx: &mut Tx,
    site_id: &str,
    look_id: &str,
    taken_at: DateTime<Utc>,
    body: &str,
) -> StoreResult<String> {
    let head = head(tx, site_id).await?;
    let (seq, prev_hash) = head.map_or((1, START.to_owned()), |head| (head.seq + 1, head.hash));
    let body_hash = sha256(body.as_bytes());
    let hash = Link { site_id, seq, taken_at, body_hash: &body_hash, prev_hash: &prev_hash }.hash();
    let id = super::new_id();
    let sql = "INSERT INTO evidence (id, site_id, seq, look_id, taken_at, body, body_hash, prev_hash, hash, keep) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'suspicion')";
    execute!(tx, sql, &id, site_id, seq, look_id, taken_at, body, body_hash, prev_hash, hash)?;
    Ok(id)
}

/// The last link of a site's chain.
pub async fn head(tx: &mut Tx, site_id: &str) -> StoreResult<Option<Head>> {
    let sql = "SELECT site_id, seq, hash FROM evidence WHERE site_id = $1 ORDER BY seq DESC LIMIT 1";
    fetch_optional!(Head, tx, sql, site_id)
}

/// The last links of all chains as they were at a moment, in the order of the sites' ids, a page at a time.
pub async fn heads_at(tx: &mut Tx, until: DateTime<Utc>, after_site: &str, most: i64) -> StoreResult<Vec<Head>> {
    let sql = "SELECT e.site_id, e.seq, e.hash FROM evidence e JOIN (SELECT site_id, MAX(seq) AS seq FROM evidence \
               WHERE taken_at < $1 AND site_id > $2 GROUP BY site_id ORDER BY site_id LIMIT $3) h \
               ON h.site_id = e.site_id AND h.seq = e.seq ORDER BY e.site_id";
    fetch_all!(Head, tx, sql, until, after_site, most)
}

/// The evidence of a site after a link, in order.
pub async fn chain(tx: &mut Tx, site_id: &str, after: i64, most: i64) -> StoreResult<Vec<Piece>> {
    let sql = "SELECT id, site_id, seq, look_id, taken_at, body, body_hash, prev_hash, hash FROM evidence \
               WHERE site_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    fetch_all!(Piece, tx, sql, site_id, after, most)
}

/// The latest evidence of a site, the last first.
pub async fn latest(tx: &mut Tx, site_id: &str, most: i64) -> StoreResult<Vec<Piece>> {
    let sql = "SELECT id, site_id, seq, look_id, taken_at, body, body_hash, prev_hash, hash FROM evidence \
               WHERE site_id = $1 ORDER BY seq DESC LIMIT $2";
    fetch_all!(Piece, tx, sql, site_id, most)
}

/// The sites that have a chain, in the order of their ids, a page at a time.
pub async fn sites(tx: &mut Tx, after_site: &str, most: i64) -> StoreResult<Vec<String>> {
    let sql = "SELECT DISTINCT site_id FROM evidence WHERE site_id > $1 ORDER BY site_id LIMIT $2";
    Ok(fetch_all!((String,), tx, sql, after_site, most)?.into_iter().map(|row| row.0).collect())
}

/// Empties evidence of mere suspicions that was taken before a moment; the chain keeps its hashes.
pub async fn prune(tx: &mut Tx, before: DateTime<Utc>, most: i64) -> StoreResult<u64> {
    let sql = "UPDATE evidence SET body = NULL WHERE id IN (SELECT e.id FROM evidence e WHERE e.keep = 'suspicion' \
               AND e.body IS NOT NULL AND e.taken_at < $1 AND NOT EXISTS (SELECT 1 FROM findings f \
               WHERE f.site_id = e.site_id AND f.ended_at IS NULL) LIMIT $2)";
    execute!(tx, sql, before, most)
}

/// Keeps a site's evidence as that of a case: what a letter stands on outlives what came to nothing.
pub async fn keep_for_case(tx: &mut Tx, site_id: &str, since: DateTime<Utc>) -> StoreResult<u64> {
    let sql = "UPDATE evidence SET keep = 'case' WHERE site_id = $1 AND taken_at >= $2 AND keep = 'suspicion'";
    execute!(tx, sql, site_id, since)
}

/// The root of a day.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Root {
    pub day: NaiveDate,
    pub chains: i64,
    pub heads: String,
    pub prev_root: String,
    pub root: String,
}

/// The latest root before a day.
pub async fn root_before(tx: &mut Tx, day: NaiveDate) -> StoreResult<Option<Root>> {
    let sql = "SELECT day, chains, heads, prev_root, root FROM evidence_roots WHERE day < $1 ORDER BY day DESC LIMIT 1";
    fetch_optional!(Root, tx, sql, day)
}

/// Stores a day's root. `false`: the day has one.
pub async fn insert_root(tx: &mut Tx, root: &Root, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "INSERT INTO evidence_roots (day, made_at, chains, heads, prev_root, root) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (day) DO NOTHING";
    Ok(execute!(tx, sql, root.day, at, root.chains, &root.heads, &root.prev_root, &root.root)? == 1)
}

/// All roots, the first day first.
pub async fn roots(tx: &mut Tx) -> StoreResult<Vec<Root>> {
    fetch_all!(Root, tx, "SELECT day, chains, heads, prev_root, root FROM evidence_roots ORDER BY day")
}

/// How many pieces of evidence there are.
pub async fn count(tx: &mut Tx) -> StoreResult<i64> {
    Ok(fetch_one!((i64,), tx, "SELECT COUNT(*) FROM evidence")?.0)
}
