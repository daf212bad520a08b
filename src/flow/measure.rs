//! What the dashboards count: read in one go from the database, never at the time of a scrape.

use std::time::Duration;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use tokio::time::Instant;

use crate::clock::{Clock, day};
use crate::domain::calendar::Calendar;
use crate::flow::certificates::{Shelf, ShelfCounts, Voice};
use crate::store::cases::{self, Tally as CaseTally};
use crate::store::findings::{self, Count};
use crate::store::jobs::{self, JobRun};
use crate::store::looks::{self, Freshness, Tally};
use crate::store::plan::{self, Backlog};
use crate::store::vitals::{self, Connections};
use crate::store::{Db, StoreResult, Tx, contacts, instructions, leads, notices, outbox};

/// A site is fresh that was fairly looked at within this time: the daily look, and one that failed.
pub const FRESH: TimeDelta = TimeDelta::hours(48);

/// The counts of one moment.
#[derive(Debug, Clone)]
pub struct Measured {
    pub at: DateTime<Utc>,
    pub sites: Vec<Tally>,
    pub backlog: Backlog,
    pub freshness: Freshness,
    pub findings: Vec<Count>,
    pub open_holds: i64,
    pub jobs: Vec<JobRun>,
    pub calendar_years_missing: i64,
    pub office: OfficeCounts,
    pub db_bytes: i64,
    /// How long the transaction that reads waited to begin.
    pub read_waited: Duration,
    /// How long one that writes waited.
    pub write_waited: Duration,
}

/// What a process knows of itself at any moment, without a word with the database.
#[derive(Debug, Clone)]
pub struct Vitals {
    /// None: nothing can be told to the public.
    pub shelf: Option<ShelfCounts>,
    pub connections: Vec<Connections>,
}

impl Vitals {
    /// What the parts say of themselves.
    pub fn of(db: &Db, shelf: &Shelf, voice: &Voice, now: DateTime<Utc>) -> Self {
        Self { shelf: shelf.counts(voice, now), connections: vitals::connections(db) }
    }
}

/// What waits for an office, and what is on its way.
#[derive(Debug, Clone)]
pub struct OfficeCounts {
    /// Open notices by state.
    pub notices: Vec<(String, i64)>,
    /// Open notices whose due date may still move (暂定).
    pub provisional: i64,
    /// Objections without an answer.
    pub objections: i64,
    /// Open cases by ground and state.
    pub cases: Vec<CaseTally>,
    /// All messages by state; `parked` is the alarm.
    pub messages: Vec<(String, i64)>,
    /// The same by what they tell.
    pub letters: Vec<(String, String, i64)>,
    /// When the message was written that has waited longest.
    pub oldest_waiting: Option<DateTime<Utc>>,
    pub bad_contacts: i64,
    /// Open leads by kind.
    pub leads: Vec<(String, i64)>,
    /// Instructions that our own looks did not confirm.
    pub instructions: i64,
    /// Of these, those that are flagged: the names say otherwise for too long.
    pub instructions_overdue: i64,
}

/// Counts what waits for an office.
pub async fn office(tx: &mut Tx) -> StoreResult<OfficeCounts> {
    let (unconfirmed, overdue) = instructions::unconfirmed(tx).await?;
    Ok(OfficeCounts {
        notices: notices::counts(tx).await?,
        provisional: notices::provisional(tx).await?,
        objections: notices::objected(tx).await?,
        cases: cases::tally(tx).await?,
        messages: outbox::counts(tx).await?,
        letters: outbox::counts_by_kind(tx).await?,
        oldest_waiting: outbox::oldest_waiting(tx).await?,
        bad_contacts: contacts::count_bad(tx).await?,
        leads: leads::counts(tx).await?,
        instructions: unconfirmed,
        instructions_overdue: overdue,
    })
}

impl Measured {
    /// The share of the watched sites that are fresh; 1 where none is watched.
    pub fn fresh_share(&self) -> f64 {
        match self.backlog.sites {
            0 => 1.0,
            sites => self.freshness.fresh as f64 / sites as f64,
        }
    }
}

/// Counts.
pub async fn measure(db: &Db, clock: &Clock, calendar: &Calendar) -> StoreResult<Measured> {
    let (at, asked) = (clock.now(), Instant::now());
    // Where nobody may write for long, that is the figure, and no reason to count nothing.
    drop(db.write().await);
    let (write_waited, asked) = (asked.elapsed(), Instant::now());
    let mut tx = db.read().await?;
    let read_waited = asked.elapsed();
    let year = day(at).year();
    Ok(Measured {
        at,
        sites: looks::tally(&mut tx).await?,
        backlog: plan::backlog(&mut tx, at).await?,
        freshness: looks::freshness(&mut tx, at - FRESH).await?,
        findings: findings::counts(&mut tx).await?,
        open_holds: findings::open_holds(&mut tx).await?,
        jobs: jobs::all(&mut tx).await?,
        calendar_years_missing: [year, year + 1].iter().filter(|year| !calendar.knows(**year)).count() as i64,
        office: office(&mut tx).await?,
        db_bytes: vitals::bytes(&mut tx).await?,
        read_waited,
        write_waited,
    })
}
