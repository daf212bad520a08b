//! What is due, and who has it: one row a site, claimed by a lease.

use chrono::{DateTime, TimeDelta, Utc};

use super::{StoreResult, Tx, execute, fetch_all, fetch_one, fetch_optional};

/// The rank of a site somebody asked for.
const ASKED: i64 = 0;
/// The rank of a site that is due by its schedule.
const SCHEDULED: i64 = 1;

/// A site a worker has.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Claim {
    pub site_id: String,
    /// Proves the claim when the look is stored.
    pub lease: String,
    /// When the lease runs out.
    pub next_at: DateTime<Utc>,
    pub home_at: DateTime<Utc>,
    pub pages_at: DateTime<Utc>,
    pub recheck_at: Option<DateTime<Utc>>,
    /// Claims since the last finished look, this one included.
    pub attempts: i64,
    /// A look at all pages was begun then and not finished.
    pub crawl_started_at: Option<DateTime<Utc>>,
}

/// When a site is due next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub home_at: DateTime<Utc>,
    pub pages_at: DateTime<Utc>,
}

/// Puts a site on the plan, due at once. One that is on it stays as it is.
pub async fn enter(tx: &mut Tx, site_id: &str, at: DateTime<Utc>) -> StoreResult<()> {
    let sql = "INSERT INTO plan (site_id, rank, next_at, home_at, pages_at, attempts) VALUES ($1, 1, $2, $2, $2, 0) \
               ON CONFLICT (site_id) DO NOTHING";
    execute!(tx, sql, site_id, at)?;
    Ok(())
}

/// Takes a site off the plan. A worker that has it now finds its lease gone.
pub async fn leave(tx: &mut Tx, site_id: &str) -> StoreResult<()> {
    execute!(tx, "DELETE FROM plan WHERE site_id = $1", site_id)?;
    Ok(())
}

// The choice is made once and kept apart: PostgreSQL may otherwise run it again for each row it compares, and as rows
// that were just taken are passed over then, take more than `LIMIT` says.
macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH chosen AS MATERIALIZED (SELECT site_id FROM plan WHERE rank = $3 AND next_at <= $4 \
             ORDER BY next_at LIMIT $5",
            $lock,
            ") UPDATE plan SET lease = $1, attempts = attempts + 1, \
             next_at = CASE WHEN attempts < 3 THEN $2 ELSE $6 END \
             WHERE site_id IN (SELECT site_id FROM chosen) AND next_at <= $4 \
             RETURNING site_id, lease, next_at, home_at, pages_at, recheck_at, attempts, crawl_started_at"
        )
    };
}

/// Claims up to `most` due sites until `now + lease`: those asked for first.
///
/// The claim is saved before anybody looks, so that a worker that dies, or a site that kills it, makes no hot loop; a
/// site that was claimed thrice without an end is left alone for eight leases.
pub async fn claim(tx: &mut Tx, now: DateTime<Utc>, lease: TimeDelta, most: i64) -> StoreResult<Vec<Claim>> {
    let token = super::new_id();
    let mut claims = Vec::new();
    for rank in [ASKED, SCHEDULED] {
        let left = most - claims.len() as i64;
        if left > 0 {
            let sql = match tx {
                Tx::Sqlite(_) => claim!(""),
                Tx::Postgres(_) => claim!(" FOR UPDATE SKIP LOCKED"),
            };
            claims.extend(fetch_all!(Claim, tx, sql, &token, now + lease, rank, now, left, now + lease * 8)?);
        }
    }
    claims.sort_by_key(|claim| claim.recheck_at.is_none());
    Ok(claims)
}

/// Keeps a claim for longer while its look goes on. `false`: somebody else has the site.
pub async fn extend(tx: &mut Tx, claim: &Claim, until: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "UPDATE plan SET next_at = $3 WHERE site_id = $1 AND lease = $2";
    Ok(execute!(tx, sql, &claim.site_id, &claim.lease, until)? == 1)
}

/// Notes that a look at all pages has begun, so that whoever comes after a crash goes on where it stopped.
pub async fn begin_crawl(tx: &mut Tx, claim: &Claim, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "UPDATE plan SET crawl_started_at = $3 WHERE site_id = $1 AND lease = $2";
    Ok(execute!(tx, sql, &claim.site_id, &claim.lease, at)? == 1)
}

/// Gives a finished site back with its next due times. `false`: the claim was lost, and nothing may be stored.
///
/// A re-check that was asked for while the look went on is kept.
pub async fn finish(tx: &mut Tx, claim: &Claim, due: Due) -> StoreResult<bool> {
    let next = due.home_at.min(due.pages_at);
    let sql = "UPDATE plan SET lease = NULL, attempts = 0, home_at = $3, pages_at = $4, crawl_started_at = NULL, \
               recheck_at = CASE WHEN recheck_at <> $5 THEN recheck_at END, \
               rank = CASE WHEN recheck_at <> $5 THEN 0 ELSE 1 END, \
               next_at = CASE WHEN recheck_at <> $5 THEN recheck_at ELSE $6 END \
               WHERE site_id = $1 AND lease = $2";
    // Without a re-check of its own, every one that stands there was asked for meanwhile.
    let served = claim.recheck_at.unwrap_or(DateTime::UNIX_EPOCH);
    Ok(execute!(tx, sql, &claim.site_id, &claim.lease, due.home_at, due.pages_at, served, next)? == 1)
}

/// Gives a site back unfinished: it is due again at `at`.
pub async fn release(tx: &mut Tx, claim: &Claim, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "UPDATE plan SET lease = NULL, next_at = $3 WHERE site_id = $1 AND lease = $2";
    Ok(execute!(tx, sql, &claim.site_id, &claim.lease, at)? == 1)
}

/// Asks for a re-check: it goes before everything that is due by schedule. `false`: the site is not on the plan.
pub async fn ask(tx: &mut Tx, site_id: &str, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "UPDATE plan SET recheck_at = $2, rank = 0, next_at = CASE WHEN lease IS NULL THEN $2 ELSE next_at END \
               WHERE site_id = $1";
    Ok(execute!(tx, sql, site_id, at)? == 1)
}

/// Stands by a watched site: until this transaction ends nobody else asks or acts there, so that its record has one writer.
/// `false`: it is not on the plan.
pub async fn stand_by(tx: &mut Tx, site_id: &str) -> StoreResult<bool> {
    Ok(execute!(tx, "UPDATE plan SET rank = rank WHERE site_id = $1", site_id)? == 1)
}

/// The plan of one site, as a claim that nobody has.
pub async fn of_site(tx: &mut Tx, site_id: &str) -> StoreResult<Option<Claim>> {
    let sql = "SELECT site_id, COALESCE(lease, '') AS lease, next_at, home_at, pages_at, recheck_at, attempts, \
               crawl_started_at FROM plan WHERE site_id = $1";
    fetch_optional!(Claim, tx, sql, site_id)
}

/// How far behind the watch is.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Backlog {
    /// Sites on the plan.
    pub sites: i64,
    /// Sites that are due and that nobody has taken.
    pub due: i64,
    /// The longest due of them.
    pub oldest: Option<DateTime<Utc>>,
}

/// Counts what is due now.
pub async fn backlog(tx: &mut Tx, now: DateTime<Utc>) -> StoreResult<Backlog> {
    let sql = "SELECT (SELECT COUNT(*) FROM plan) AS sites, COUNT(*) AS due, MIN(next_at) AS oldest FROM plan \
               WHERE next_at <= $1";
    fetch_one!(Backlog, tx, sql, now)
}
