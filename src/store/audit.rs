//! Who did what, when and why: append-only, a chain of hashes for each subject.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::evidence::Head;
use super::{StoreError, StoreResult, Tx, counters, execute, fetch_all, fetch_optional};
use crate::domain::evidence::{Link, START, sha256};

/// What is put on record.
#[derive(Debug, Clone, Serialize)]
pub struct Act<'a> {
    /// `system`, `unit`, `account:NAME`, or `operator:NAME` for who typed a command at the machine itself.
    pub actor: &'a str,
    /// What was done, by its name in the state machine.
    pub action: &'a str,
    pub from: Option<&'a str>,
    pub to: Option<&'a str>,
    pub why: Option<&'a str>,
    /// What else belongs to it.
    pub detail: serde_json::Value,
}

/// One act on record.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Recorded {
    pub chain: String,
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    /// JSON as it was hashed.
    pub body: String,
    pub body_hash: String,
    pub prev_hash: String,
    pub hash: String,
}

/// Puts an act on record. The caller holds the row of the subject (it has just changed it), so a chain has one writer;
/// who holds nothing, as a reader of personal data, is stopped by the chain's own order and tries again.
pub async fn append(tx: &mut Tx, chain: &str, at: DateTime<Utc>, act: &Act<'_>) -> StoreResult<()> {
    let head = head(tx, chain).await?;
    let (seq, prev_hash) = head.map_or((1, START.to_owned()), |head| (head.seq + 1, head.hash));
    let body = super::storable(act)?.0.to_string();
    let body_hash = sha256(body.as_bytes());
    let hash = Link { site_id: chain, seq, taken_at: at, body_hash: &body_hash, prev_hash: &prev_hash }.hash();
    let sql = "INSERT INTO audit (id, chain, seq, at, actor, action, body, body_hash, prev_hash, hash) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    execute!(tx, sql, super::new_id(), chain, seq, at, act.actor, act.action, body, body_hash, prev_hash, hash)?;
    Ok(())
}

/// Puts an act on a chain whose subject has no row that the caller holds: who comes at once waits for who came first.
pub async fn append_in_turn(tx: &mut Tx, chain: &str, at: DateTime<Utc>, act: &Act<'_>) -> StoreResult<()> {
    // The counter's row is held to the end of the transaction.
    counters::next(tx, &format!("chain {chain}")).await?;
    append(tx, chain, at, act).await
}

async fn head(tx: &mut Tx, chain: &str) -> StoreResult<Option<Head>> {
    let sql = "SELECT chain AS site_id, seq, hash FROM audit WHERE chain = $1 ORDER BY seq DESC LIMIT 1";
    fetch_optional!(Head, tx, sql, chain)
}

/// The acts of a chain after one, in order.
pub async fn chain(tx: &mut Tx, chain: &str, after: i64, most: i64) -> StoreResult<Vec<Recorded>> {
    let sql = "SELECT chain, seq, at, actor, action, body, body_hash, prev_hash, hash FROM audit \
               WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    fetch_all!(Recorded, tx, sql, chain, after, most)
}

/// The chains there are, in order, a page at a time.
pub async fn chains(tx: &mut Tx, after: &str, most: i64) -> StoreResult<Vec<String>> {
    let sql = "SELECT DISTINCT chain FROM audit WHERE chain > $1 ORDER BY chain LIMIT $2";
    Ok(fetch_all!((String,), tx, sql, after, most)?.into_iter().map(|row| row.0).collect())
}

/// The last links of all chains as they were at a moment, in order, a page at a time.
pub async fn heads_at(tx: &mut Tx, until: DateTime<Utc>, after: &str, most: i64) -> StoreResult<Vec<Head>> {
    let sql = "SELECT e.chain AS site_id, e.seq, e.hash FROM audit e JOIN (SELECT chain, MAX(seq) AS seq FROM audit \
               WHERE at < $1 AND chain > $2 GROUP BY chain ORDER BY chain LIMIT $3) h \
               ON h.chain = e.chain AND h.seq = e.seq ORDER BY e.chain";
    fetch_all!(Head, tx, sql, until, after, most)
}

impl Recorded {
    /// What was put on record beside actor and action.
    pub fn tree(&self) -> StoreResult<serde_json::Value> {
        serde_json::from_str(&self.body).map_err(|error| StoreError::Corrupt(format!("audit {}: {error}", self.chain)))
    }
}
