//! Periodic reports (art. 17): offices note them; one that is missing is a fault that the notices tell.
//!
//! Nothing is looked at for it: the office's own records say whether a report came in. So it is confirmed at once, and is
//! over as soon as a report is noted.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::notices::{ActError, site_of};
use crate::clock::day;
use crate::domain::account::{AccountRole, Actor};
use crate::domain::confirm::{FindingState, Rule, Seen, Track};
use crate::domain::finding::Finding;
use crate::domain::notice::Refusal;
use crate::domain::office::Offices;
use crate::domain::verdict::FindingCode;
use crate::store::audit::{self, Act};
use crate::store::findings::{self, Change, StoredFinding};
use crate::store::reports::{self, Reporting};
use crate::store::{Db, StoreResult, Tx, cases};

/// The chain that noted reports stand on.
pub const CHAIN: &str = "reports";
/// Sites read at once.
const AT_ONCE: i64 = 1_000;
/// One reading of the records decides, either way.
const BY_RECORDS: Rule = Rule { looks: 1, hours: 0, clean: 1 };
const MISSING: FindingCode = FindingCode::ReportOverdue;

/// What came of noting a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// The last day on which the next one is in time; none where none is asked for.
    pub next_due: Option<NaiveDate>,
    /// It was missed until now, and is not any more.
    pub cleared: bool,
}

/// Puts the report of a site (by its registry key) on file, made on a day that is not ahead.
pub async fn note(
    db: &Db,
    offices: &Offices,
    actor: &Actor,
    key: &str,
    made_on: NaiveDate,
    at: DateTime<Utc>,
) -> Result<Noted, ActError> {
    let mut tx = db.write().await?;
    let site = site_of(&mut tx, actor, AccountRole::Officer, key).await?;
    if made_on > day(at) {
        return Err(Refusal::Day.into());
    }
    // The step below reads the same records: one after the other, or it would miss this report.
    cases::hold_of_site(&mut tx, &site.id).await?;
    let by = actor.text();
    reports::insert(&mut tx, &site.id, made_on, &by, at).await?;
    let read = reports::of_site(&mut tx, &site.id).await?;
    let next_due = read.as_ref().and_then(|read| due(offices, read, day(at)));
    let cleared = match &read {
        Some(read) if read.missing > 0 => settle(&mut tx, offices, read, at).await?,
        _ => false,
    };
    let detail = json!({ "site": key, "made_on": made_on, "cleared": cleared });
    let act = Act { actor: &by, action: "report_noted", from: None, to: None, why: None, detail };
    audit::append_in_turn(&mut tx, CHAIN, at, &act).await?;
    tx.commit().await?;
    Ok(Noted { next_due, cleared })
}

/// Compares the records of all sites with what the offices ask for. How many sites changed.
pub async fn step(db: &Db, offices: &Offices, at: DateTime<Utc>) -> StoreResult<u64> {
    let (mut after, mut changed) = (String::new(), 0);
    loop {
        let page = reports::after(&mut db.read().await?, &after, AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(changed) };
        after.clone_from(&last.site_id);
        let is_due = |read: &&Reporting| read.missing > 0 || is_overdue(offices, read, day(at));
        for read in page.iter().filter(is_due) {
            changed += u64::from(one(db, offices, &read.site_id, at).await?);
        }
    }
}

/// One site in a transaction of its own, by records that nobody changes meanwhile.
async fn one(db: &Db, offices: &Offices, site_id: &str, at: DateTime<Utc>) -> StoreResult<bool> {
    let mut tx = db.write().await?;
    cases::hold_of_site(&mut tx, site_id).await?;
    let changed = match reports::of_site(&mut tx, site_id).await? {
        Some(read) => settle(&mut tx, offices, &read, at).await?,
        None => false,
    };
    tx.commit().await?;
    Ok(changed)
}

fn due(offices: &Offices, read: &Reporting, today: NaiveDate) -> Option<NaiveDate> {
    offices.terms(read.region.as_deref(), today).report_due(read.issued_on, read.reported_on)
}

fn is_overdue(offices: &Offices, read: &Reporting, today: NaiveDate) -> bool {
    due(offices, read, today).is_some_and(|due| due < today)
}

/// Opens, keeps or clears the finding as the records say. `true`: it was opened or cleared.
async fn settle(tx: &mut Tx, offices: &Offices, read: &Reporting, at: DateTime<Utc>) -> StoreResult<bool> {
    let finding = Finding::fault(MISSING);
    let mut open = open_of(tx, &read.site_id).await?;
    if !is_overdue(offices, read, day(at)) {
        let Some(open) = open else { return Ok(false) };
        let to = Track { state: FindingState::Cleared, clean: open.track.clean + 1, ..open.track.clone() };
        return findings::advance(tx, &open, &to, &Change { at, ..Change::default() }).await;
    }
    let is_new = open.is_none() && findings::open(tx, &read.site_id, &finding, &Track::open(at), &[]).await?;
    if is_new {
        open = open_of(tx, &read.site_id).await?;
    }
    let Some(open) = open else { return Ok(false) };
    // Seen again today: a limit that runs out is over by what the records say after it.
    let again = open.track.step(Seen::Failing, at, &BY_RECORDS);
    let to = if is_new { Track { state: FindingState::Confirmed, ..open.track.clone() } } else { again };
    let confirmed_by = is_new.then_some(&BY_RECORDS);
    findings::advance(tx, &open, &to, &Change { at, confirmed_by, ..Change::default() }).await?;
    Ok(is_new)
}

async fn open_of(tx: &mut Tx, site_id: &str) -> StoreResult<Option<StoredFinding>> {
    let open = findings::open_of_site(tx, site_id).await?;
    Ok(open.into_iter().find(|open| open.finding.code == MISSING))
}
