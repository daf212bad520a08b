//! What has had its time is let go, a little at a time.

use chrono::{DateTime, TimeDelta, Utc};

use super::watch::Step;
use crate::clock::day;
use crate::store::leads::{self, StoredLead};
use crate::store::{Db, StoreResult, Tx, evidence, figures, looks, outbox, previews, seen_on, sessions, views};

/// Rows let go in one transaction: nobody waits long behind it.
const AT_ONCE: i64 = 2_000;

/// A session that was over for so long, and a look so long ago, matters to nobody who logs in.
const LOGGED_IN: TimeDelta = TimeDelta::days(1);

/// How long things are kept.
#[derive(Debug, Clone, Copy)]
pub struct Keep {
    /// Looks that are no evidence.
    pub looks: TimeDelta,
    /// Evidence of suspicions that came to nothing. What a case stands on is kept.
    pub suspicion: TimeDelta,
    /// Where a badge was seen.
    pub seen: TimeDelta,
    /// The figures of a day.
    pub figures: TimeDelta,
    /// Mail addresses of those who reported something, after it was decided.
    pub contacts: TimeDelta,
}

/// Lets go of a piece of the past.
pub async fn step(db: &Db, keep: &Keep, now: DateTime<Utc>) -> StoreResult<Step> {
    let mut tx = db.write().await?;
    let emptied = evidence::prune(&mut tx, now - keep.suspicion, AT_ONCE).await?;
    let deleted = looks::purge(&mut tx, now - keep.looks, AT_ONCE).await?;
    // Whose day it was matters on that day; a week is for clocks that were wrong.
    outbox::purge_days(&mut tx, day(now - TimeDelta::days(7))).await?;
    let unseen = seen_on::purge(&mut tx, day(now - keep.seen), AT_ONCE).await?;
    // Who logged in, and who looked at what, stands in the chains of acts.
    let over = sessions::purge(&mut tx, now - LOGGED_IN).await? + views::purge(&mut tx, now - LOGGED_IN).await?;
    let past = figures::purge(&mut tx, day(now - keep.figures), AT_ONCE).await?;
    let forgotten = forget(&mut tx, now - keep.contacts).await?;
    let untaken = previews::purge(&mut tx, now).await?;
    tx.commit().await?;
    Ok(if emptied + deleted + unseen + over + past + forgotten + untaken > 0 { Step::Worked } else { Step::Idle })
}

/// Takes the addresses out of some leads that were decided before a moment; how many leads.
async fn forget(tx: &mut Tx, before: DateTime<Utc>) -> StoreResult<u64> {
    let mut forgotten = 0;
    for read in leads::with_contacts(tx, before, AT_ONCE / 10).await? {
        let mut to: StoredLead = read.clone();
        to.file.reports.iter_mut().for_each(|report| report.contact = None);
        forgotten += u64::from(leads::change(tx, &read, &to).await?);
    }
    Ok(forgotten)
}
