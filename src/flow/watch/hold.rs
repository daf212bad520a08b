//! Mass changes: held when a finding would be confirmed, and decided by an operator.

use chrono::{DateTime, TimeDelta, Utc};

use super::Terms;
use super::decide::Move;
use crate::domain::confirm::{FindingState, Track};
use crate::domain::mass::{Dimension, HoldState};
use crate::domain::verdict::FindingCode;
use crate::store::findings::{self, Change, Counting, StoredFinding};
use crate::store::{Db, StoreResult, Tx, evidence};

/// What a site shares with others.
#[derive(Debug, Clone, Default)]
pub(super) struct Ties {
    pub address: Option<String>,
    pub badge_host: Option<String>,
    pub region: Option<String>,
    pub vantage: String,
}

impl Ties {
    fn members(&self) -> impl Iterator<Item = (Dimension, &str)> {
        [
            (Dimension::Address, self.address.as_deref()),
            (Dimension::BadgeHost, self.badge_host.as_deref()),
            (Dimension::Region, self.region.as_deref()),
            (Dimension::Vantage, Some(self.vantage.as_str())),
        ]
        .into_iter()
        .filter_map(|(dimension, member)| Some((dimension, member?)))
    }
}

/// What a finding that would be confirmed becomes, and by which hold.
pub(super) async fn judge(
    tx: &mut Tx,
    step: &Move<'_>,
    ties: &Ties,
    terms: &Terms,
    at: DateTime<Utc>,
) -> StoreResult<(FindingState, Option<String>)> {
    for tie in ties.members() {
        match hold_on(tx, step, tie, terms, at).await? {
            Some((id, HoldState::Open)) => return Ok((FindingState::Held, Some(id))),
            Some((id, HoldState::Ours)) => return Ok((FindingState::Dismissed, Some(id))),
            Some((_, HoldState::Real)) | None => {}
        }
    }
    Ok((FindingState::Confirmed, None))
}

/// The hold on a group, opened now if the group has become a mass change. An open one stays so until the transaction
/// ends: decided meanwhile, it would leave the finding held for ever.
async fn hold_on(
    tx: &mut Tx,
    step: &Move<'_>,
    (dimension, member): (Dimension, &str),
    terms: &Terms,
    at: DateTime<Utc>,
) -> StoreResult<Option<(String, HoldState)>> {
    let (code, first) = (step.read.finding.code, step.to.first_failed_at);
    let window = TimeDelta::hours(i64::from(terms.mass.hours));
    loop {
        if let Some(hold) = findings::hold_of(tx, dimension, member, code, first).await? {
            match HoldState::from_name(&hold.state).unwrap_or(HoldState::Open) {
                HoldState::Open if !findings::stand_by(tx, &hold.id).await? => continue,
                state => return Ok(Some((hold.id, state))),
            }
        }
        let (since, until, any) = (first - window, first + window, is_of_the_network(code));
        let by = Counting { code, since, until, any, least: i64::from(terms.mass.least) };
        let group = findings::group(tx, dimension, member, &by).await?;
        let (failing, watched) = (group.failing.unsigned_abs(), group.watched.unsigned_abs());
        if !terms.mass.is_met(failing, watched) {
            return Ok(None);
        }
        let id = findings::open_hold(tx, dimension, member, code, group, at).await?;
        if findings::stand_by(tx, &id).await? {
            tracing::warn!(%code, %dimension, member, failing, watched, "a mass change is held for an operator");
            return Ok(Some((id, HoldState::Open)));
        }
    }
}

/// A resolver or a link of ours can bring these about for sites that never passed, too.
fn is_of_the_network(code: FindingCode) -> bool {
    matches!(code, FindingCode::DomainDead | FindingCode::Unreachable | FindingCode::CannotLook)
}

/// Decides a hold: its findings are confirmed (`real`) or dismissed (`ours`) in the same moment. How many moved;
/// `None`: there is no such open hold.
pub async fn decide(
    db: &Db,
    id: &str,
    state: HoldState,
    by: &str,
    reason: &str,
    terms: &Terms,
    at: DateTime<Utc>,
) -> StoreResult<Option<usize>> {
    let mut tx = db.write().await?;
    let moved = decide_in(&mut tx, (id, state), (by, reason), terms, at).await?;
    tx.commit().await?;
    Ok(moved)
}

/// The same within the caller's transaction.
pub(super) async fn decide_in(
    tx: &mut Tx,
    (id, state): (&str, HoldState),
    (by, reason): (&str, &str),
    terms: &Terms,
    at: DateTime<Utc>,
) -> StoreResult<Option<usize>> {
    if !findings::decide_hold(tx, id, state, by, reason, at).await? {
        return Ok(None);
    }
    let mut moved = 0;
    loop {
        let held = findings::held_by(tx, id).await?;
        if held.is_empty() {
            return Ok(Some(moved));
        }
        for finding in &held {
            // One that a look moved meanwhile is read again.
            moved += usize::from(release(tx, finding, state, terms, at).await?);
        }
    }
}

async fn release(
    tx: &mut Tx,
    finding: &StoredFinding,
    state: HoldState,
    terms: &Terms,
    at: DateTime<Utc>,
) -> StoreResult<bool> {
    let real = state == HoldState::Real;
    let to = match real {
        true => FindingState::Confirmed,
        false => FindingState::Dismissed,
    };
    let change = Change {
        at,
        pages: &finding.pages,
        confirmed_by: real.then(|| terms.rule_of(finding.finding.code)),
        hold_id: None,
    };
    let moved = findings::advance(tx, finding, &Track { state: to, ..finding.track.clone() }, &change).await?;
    if moved && real {
        evidence::keep_for_case(tx, &finding.site_id, finding.track.first_failed_at).await?;
    }
    Ok(moved)
}
