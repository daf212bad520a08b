//! What the dashboards count: read in one go from the database, never at the time of a scrape.

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use crate::clock::{Clock, day};
use crate::domain::calendar::Calendar;
use crate::store::cases::{self, Tally as CaseTally};
use crate::store::findings::{self, Count};
use crate::store::jobs::{self, JobRun};
use crate::store::looks::{self, Freshness, Tally};
use crate::store::plan::{self, Backlog};
use crate::store::{Db, StoreResult, Tx, contacts, instructions, leads, notices, outbox};

/// A site is fresh that was fairly looked at within this time: the daily look, and one that failed.
const FRESH: TimeDelta = TimeDelta::hours(48);

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
    let at = clock.now();
    let mut tx = db.read().await?;
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
    })
}
