//! How a re-check stands, and what it found.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::domain::confirm::FindingState;
use crate::domain::finding::Finding;
use crate::domain::notice::{Outcome, Seen, outcome};
use crate::domain::site::SiteFinding;
use crate::domain::verdict::{Cause, FindingCode, Verdict};
use crate::flow::notices::apply::chain;
use crate::flow::notices::recheck::ASKED;
use crate::store::findings::StoredFinding;
use crate::store::looks::StoredLook;
use crate::store::notices::StoredNotice;
use crate::store::plan::Claim;
use crate::store::{StoreError, StoreResult, Tx, audit, looks, pages, plan};

/// Acts that are searched for the one that asked.
const SEARCHED: i64 = 500;

/// A re-check.
#[derive(Debug, Clone)]
pub enum Recheck {
    /// Asked for; no worker has it yet.
    Queued {
        asked_at: DateTime<Utc>,
    },
    /// A worker looks.
    Running {
        asked_at: DateTime<Utc>,
    },
    Done(Result),
}

/// What a re-check found.
#[derive(Debug, Clone)]
pub struct Result {
    pub asked_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub verdict: Verdict,
    pub cause: Cause,
    pub faults: Vec<Left>,
    /// Faults that no letter tells (yet): how many kinds.
    pub others: usize,
}

/// What is left of one fault.
#[derive(Debug, Clone)]
pub struct Left {
    pub code: FindingCode,
    pub outcome: Outcome,
    /// Pages it stood on when the re-check was asked for.
    pub before: Option<u64>,
    /// And stands on now.
    pub now: u64,
    /// Clean looks in a row by now, and how many it takes.
    pub clean: u32,
    pub takes: u32,
    pub is_cleared: bool,
}

/// The re-check under way, or the last one since the notice was drafted.
pub(super) async fn last(
    tx: &mut Tx,
    stored: &StoredNotice,
    found: &[StoredFinding],
    now: DateTime<Utc>,
) -> StoreResult<Option<Recheck>> {
    let plan = plan::of_site(tx, &stored.site_id).await?;
    if let Some((plan, asked_at)) = plan.as_ref().and_then(|plan| Some((plan, plan.recheck_at?)))
        && stored.ended_at.is_none()
    {
        let running = is_running(plan, now);
        return Ok(Some(if running { Recheck::Running { asked_at } } else { Recheck::Queued { asked_at } }));
    }
    let done = looks::rechecks(tx, &stored.site_id, stored.drafted_at, 1).await?;
    let Some(look) = done.first().filter(|look| stored.ended_at.is_none_or(|ended| look.slot_at <= ended)) else {
        return Ok(None);
    };
    result(tx, stored, found, look).await.map(|result| Some(Recheck::Done(result)))
}

/// A look at all pages that is under way is not the re-check: that comes after it.
fn is_running(plan: &Claim, now: DateTime<Utc>) -> bool {
    !plan.lease.is_empty() && plan.next_at > now && plan.crawl_started_at.is_none()
}

async fn result(tx: &mut Tx, stored: &StoredNotice, found: &[StoredFinding], look: &StoredLook) -> StoreResult<Result> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of look {}", look.id));
    let verdict = Verdict::from_name(&look.verdict).ok_or_else(|| corrupt("verdict"))?;
    let cause = Cause::from_name(&look.cause).ok_or_else(|| corrupt("cause"))?.under(verdict);
    let seen: Vec<SiteFinding> = serde_json::from_value(look.findings.0.clone()).map_err(|_| corrupt("findings"))?;
    let seen: Vec<Finding> = seen.into_iter().map(|seen| seen.finding).collect();
    let times = pages::fair_times(tx, &stored.site_id).await?;
    let is_unseen = |at: &Option<DateTime<Utc>>| at.is_none_or(|at| at < look.started_at);
    let unseen: HashSet<&str> = times.iter().filter(|(_, at)| is_unseen(at)).map(|(url, _)| url.as_str()).collect();
    let before = counted_before(tx, stored, look.slot_at).await?;
    let mut faults = Vec::new();
    // Those that were gone before it was asked for are not its doing.
    for item in super::reaching(stored, found).filter(|item| item.cleared_at.is_none_or(|at| at >= look.slot_at)) {
        let Some(found) = found.iter().find(|found| found.id == item.finding_id) else { continue };
        faults.push(Left {
            code: item.code,
            outcome: outcome(item.code, &found.pages, &Seen { verdict, found: &seen, unseen: &unseen }),
            before: before.get(&found.id).and_then(serde_json::Value::as_u64),
            now: found.pages.len() as u64,
            clean: found.track.clean,
            takes: found.rule.unwrap_or_default().clean,
            is_cleared: found.track.state == FindingState::Cleared,
        });
    }
    let is_told =
        |code: FindingCode| stored.notice.items.iter().any(|item| crate::domain::kin::is_kin(item.code, code));
    let others: HashSet<_> =
        seen.iter().filter(|seen| seen.is_fault() && !is_told(seen.code)).map(|seen| seen.code).collect();
    let (asked_at, ended_at, others) = (look.slot_at, look.ended_at, others.len());
    Ok(Result { asked_at, ended_at, verdict, cause, faults, others })
}

/// On how many pages each fault stood when a re-check was asked for; empty where the unit did not ask.
async fn counted_before(tx: &mut Tx, stored: &StoredNotice, asked_at: DateTime<Utc>) -> StoreResult<serde_json::Value> {
    let acts = audit::chain(tx, &chain(&stored.id), 0, SEARCHED).await?;
    let asked = acts.iter().rev().find(|act| act.action == ASKED && act.at == asked_at);
    let mut tree = asked.map(|act| act.tree()).transpose()?.unwrap_or_default();
    Ok(tree["detail"]["pages"].take())
}
