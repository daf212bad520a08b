//! What has had its time is let go, a little at a time.

use chrono::{DateTime, TimeDelta, Utc};

use super::watch::Step;
use crate::clock::day;
use crate::store::{Db, StoreResult, evidence, looks, outbox};

/// Rows let go in one transaction: nobody waits long behind it.
const AT_ONCE: i64 = 2_000;

/// How long things are kept.
#[derive(Debug, Clone, Copy)]
pub struct Keep {
    /// Looks that are no evidence.
    pub looks: TimeDelta,
    /// Evidence of suspicions that came to nothing. What a case stands on is kept.
    pub suspicion: TimeDelta,
}

/// Lets go of a piece of the past.
pub async fn step(db: &Db, keep: &Keep, now: DateTime<Utc>) -> StoreResult<Step> {
    let mut tx = db.write().await?;
    let emptied = evidence::prune(&mut tx, now - keep.suspicion, AT_ONCE).await?;
    let deleted = looks::purge(&mut tx, now - keep.looks, AT_ONCE).await?;
    // Whose day it was matters on that day; a week is for clocks that were wrong.
    outbox::purge_days(&mut tx, day(now - TimeDelta::days(7))).await?;
    tx.commit().await?;
    Ok(if emptied + deleted > 0 { Step::Worked } else { Step::Idle })
}
