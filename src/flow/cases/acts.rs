//! What people do to a case: each act by who may, in one transaction, on record.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use super::carry::{By, carry};
use super::read::yours;
use super::{CaseError, Desk, bundle};
use crate::domain::account::{AccountRole, Actor};
use crate::domain::case::{
    Authority, CaseEvent, CaseOutcome, CaseRefusal, CaseState, Consultation, Effective, HandOver, InstructionAct,
    Proposal, SharedSite,
};
use crate::domain::host::Host;
use crate::domain::registry::Site;
use crate::flow::On;
use crate::store::cases::StoredCase;
use crate::store::sites::{self, StoredSite};
use crate::store::{StoreResult, Tx, accounts, instructions};

type Done = Result<StoredCase, CaseError>;

async fn act(
    desk: &Desk<'_>,
    actor: &Actor,
    role: AccountRole,
    on: On<'_>,
    event: CaseEvent,
    now: DateTime<Utc>,
) -> Done {
    let mut tx = desk.db.write().await?;
    let read = yours(&mut tx, actor, role, on).await?;
    may_decide(&mut tx, actor, &read, &event, now).await?;
    let moved = carry(&mut tx, desk, &read, &event, By { actor: &actor.text(), detail: Value::Null, now }).await?;
    tx.commit().await?;
    Ok(moved)
}

/// Puts on record whom the office consulted, when, and what they said (art. 20).
pub async fn consult(
    desk: &Desk<'_>,
    actor: &Actor,
    on: impl Into<On<'_>>,
    (whom, day, opinion): (&str, NaiveDate, &str),
    now: DateTime<Utc>,
) -> Done {
    let (whom, opinion) = (whom.to_owned(), opinion.to_owned());
    let event = CaseEvent::Consulted(Consultation { by: actor.text(), whom, on: day, opinion });
    act(desk, actor, AccountRole::Officer, on.into(), event, now).await
}

/// What somebody proposes.
#[derive(Debug, Clone, Default)]
pub struct Proposing<'a> {
    pub outcome: Option<CaseOutcome>,
    /// Names to be stopped, in any spelling; none: every registered one.
    pub names: &'a [String],
    pub reason: &'a str,
    pub effective: Effective,
    /// Other sites go dark with it, and that is meant.
    pub despite_shared: bool,
}

/// Proposes a decision: the evidence is locked in the same moment.
pub async fn propose(
    desk: &Desk<'_>,
    actor: &Actor,
    on: impl Into<On<'_>>,
    proposing: &Proposing<'_>,
    now: DateTime<Utc>,
) -> Done {
    let mut tx = desk.db.write().await?;
    let read = yours(&mut tx, actor, AccountRole::Officer, on).await?;
    let site = sites::by_id(&mut tx, &read.site_id).await?.ok_or(CaseError::NotFound)?;
    let bundle = bundle::lock(&mut tx, &read, &site, now).await?;
    let proposal = proposal(&mut tx, actor, &site, proposing, bundle.hash).await?;
    let shared = proposal.shared.clone();
    let event = CaseEvent::Proposed(proposal);
    let by = By { actor: &actor.text(), detail: json!({ "bundle": bundle.text }), now };
    let moved = carry(&mut tx, desk, &read, &event, by).await.map_err(|error| match error {
        CaseError::Refused(CaseRefusal::SharedNames) => CaseError::Shared(shared),
        error => error,
    })?;
    tx.commit().await?;
    Ok(moved)
}

/// What is proposed, with what else goes dark by it.
pub(super) async fn proposal(
    tx: &mut Tx,
    actor: &Actor,
    site: &StoredSite,
    proposing: &Proposing<'_>,
    bundle_hash: String,
) -> Result<Proposal, CaseError> {
    let outcome = proposing.outcome.ok_or(CaseRefusal::OutcomeNotAllowed)?;
    let names = names_of(&site.site, outcome, proposing.names)?;
    let shared = shared_with(tx, site, outcome, &names).await?;
    Ok(Proposal {
        by: actor.text(),
        outcome,
        names,
        reason: proposing.reason.to_owned(),
        effective: proposing.effective,
        bundle_hash,
        despite_shared: proposing.despite_shared && !shared.is_empty(),
        shared,
    })
}

/// The other sites that go dark where names are stopped: those that live on them, in a folder or below. A name that is held
/// goes with its `www.` and all that is below it.
async fn shared_with(
    tx: &mut Tx,
    site: &StoredSite,
    outcome: CaseOutcome,
    names: &[String],
) -> StoreResult<Vec<SharedSite>> {
    /// More of them need not be counted.
    const MOST: i64 = 500;
    let mut shared: Vec<SharedSite> = Vec::new();
    let stopped = names.iter().filter(|_| outcome == CaseOutcome::StopResolution);
    for name in stopped.filter_map(|name| Host::parse(name)) {
        let found = sites::living_on(tx, &name.apex(), &site.id, MOST).await?;
        let fresh: Vec<_> = found.into_iter().filter(|found| !shared.contains(found)).collect();
        shared.extend(fresh);
    }
    Ok(shared)
}

/// The A-labels a decision touches: chosen ones must be the site's own.
fn names_of(site: &Site, outcome: CaseOutcome, chosen: &[String]) -> Result<Vec<String>, CaseRefusal> {
    if !matches!(outcome, CaseOutcome::Revocation | CaseOutcome::StopResolution) {
        return Ok(Vec::new());
    }
    if chosen.is_empty() {
        return Ok(site.names().map(|host| host.ascii().to_owned()).collect());
    }
    let mut names: Vec<String> = Vec::new();
    for name in chosen {
        let host = Host::parse(name).filter(|host| site.names().any(|own| own == host));
        let host = host.ok_or(CaseRefusal::NotItsNames)?;
        if !names.iter().any(|name| name == host.ascii()) {
            names.push(host.ascii().to_owned());
        }
    }
    Ok(names)
}

/// Approves what another proposed, if it still is what was proposed.
pub async fn approve(desk: &Desk<'_>, actor: &Actor, on: impl Into<On<'_>>, now: DateTime<Utc>) -> Done {
    act(desk, actor, AccountRole::Approver, on.into(), CaseEvent::Approved { by: actor.text() }, now).await
}

/// What the machine cannot see of a second person's word: that the two are two, and that what was proposed still stands.
pub(super) async fn may_decide(
    tx: &mut Tx,
    actor: &Actor,
    read: &StoredCase,
    event: &CaseEvent,
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    if !matches!(event, CaseEvent::Approved { .. } | CaseEvent::ReinstatementApproved { .. }) {
        return Ok(());
    }
    two_hands(tx, actor, read, now).await?;
    if read.case.state == CaseState::Proposed { still_stands(tx, read).await } else { Ok(()) }
}

/// Whoever hands out an account's password or token could be both of two people.
async fn two_hands(tx: &mut Tx, actor: &Actor, read: &StoredCase, now: DateTime<Utc>) -> Result<(), CaseError> {
    let (by, second) = (read.case.proposed_by().unwrap_or_default(), actor.text());
    let Some(first) = by.strip_prefix("account:").filter(|first| *first != actor.name) else { return Ok(()) };
    let is_one = accounts::hands_of(tx, &actor.name, now).await?.iter().any(|hand| hand == by)
        || accounts::hands_of(tx, first, now).await?.contains(&second);
    if is_one { Err(CaseRefusal::SameHand.into()) } else { Ok(()) }
}

/// What was proposed may be overtaken by the registry: names that are not the site's any more, and sites that came to live
/// on them since and would go dark unawares.
async fn still_stands(tx: &mut Tx, read: &StoredCase) -> Result<(), CaseError> {
    let Some(decision) = &read.case.decision else { return Ok(()) };
    let (proposal, site) = (&decision.proposal, sites::by_id(tx, &read.site_id).await?.ok_or(CaseError::NotFound)?);
    names_of(&site.site, proposal.outcome, &proposal.names)?;
    let mut fresh = shared_with(tx, &site, proposal.outcome, &proposal.names).await?;
    fresh.retain(|found| !proposal.shared.iter().any(|known| known.site == found.site));
    if fresh.is_empty() { Ok(()) } else { Err(CaseError::Shared(fresh)) }
}

/// Rejects what was proposed: the case is open again.
pub async fn reject(desk: &Desk<'_>, actor: &Actor, on: impl Into<On<'_>>, why: &str, now: DateTime<Utc>) -> Done {
    let event = CaseEvent::Rejected { by: actor.text(), why: why.to_owned() };
    act(desk, actor, AccountRole::Approver, on.into(), event, now).await
}

/// Takes a proposal back or, before its effect, a decision: the latter takes an approver.
pub async fn withdraw(desk: &Desk<'_>, actor: &Actor, on: impl Into<On<'_>>, why: &str, now: DateTime<Utc>) -> Done {
    let mut tx = desk.db.write().await?;
    let read = yours(&mut tx, actor, AccountRole::Officer, on).await?;
    if read.case.state == CaseState::Approved {
        actor.access(AccountRole::Approver, read.region.as_deref())?;
    }
    let event = CaseEvent::Withdrawn { by: actor.text(), why: why.to_owned() };
    let moved = carry(&mut tx, desk, &read, &event, By { actor: &actor.text(), detail: Value::Null, now }).await?;
    tx.commit().await?;
    Ok(moved)
}

/// Puts on record that a counterfeit was taken over by the report centre or the police, with their receipt (art. 21).
pub async fn hand_over(
    desk: &Desk<'_>,
    actor: &Actor,
    on: impl Into<On<'_>>,
    (to, receipt): (&str, &str),
    now: DateTime<Utc>,
) -> Done {
    let hand_over = HandOver { by: actor.text(), to: to.to_owned(), receipt: receipt.to_owned() };
    act(desk, actor, AccountRole::Officer, on.into(), CaseEvent::HandedOver(hand_over), now).await
}

/// Puts an authority's word on record: `by` is who of the authority answered, under which reference.
pub async fn acknowledge_instruction(
    desk: &Desk<'_>,
    actor: &Actor,
    on: impl Into<On<'_>>,
    (authority, order): (Authority, InstructionAct),
    (by, reference): (&str, &str),
    now: DateTime<Utc>,
) -> Done {
    let mut tx = desk.db.write().await?;
    let read = yours(&mut tx, actor, AccountRole::Officer, on).await?;
    let (by, reference) = (by.to_owned(), reference.to_owned());
    let event = CaseEvent::Acknowledged { authority, act: order, by: by.clone(), reference: reference.clone() };
    let moved = carry(&mut tx, desk, &read, &event, By { actor: &actor.text(), detail: Value::Null, now }).await?;
    instructions::acknowledge(&mut tx, &read.id, (authority, order), &by, &reference, now).await?;
    let is = |order_of: &crate::domain::case::Order| (order_of.authority, order_of.act) == (authority, order);
    if moved.case.executions.iter().any(|done| is(&done.order) && done.confirmed_at.is_some()) {
        instructions::confirm(&mut tx, &read.id, (authority, order), now).await?;
    }
    tx.commit().await?;
    Ok(moved)
}

/// Proposes to lift what is in force, after a new review.
pub async fn propose_reinstatement(
    desk: &Desk<'_>,
    actor: &Actor,
    on: impl Into<On<'_>>,
    (review, reason): (&str, &str),
    now: DateTime<Utc>,
) -> Done {
    let (review, reason) = (review.to_owned(), reason.to_owned());
    let event = CaseEvent::ReinstatementProposed { by: actor.text(), review, reason };
    act(desk, actor, AccountRole::Officer, on.into(), event, now).await
}

/// Lifts what is in force, as another proposed.
pub async fn approve_reinstatement(desk: &Desk<'_>, actor: &Actor, on: impl Into<On<'_>>, now: DateTime<Utc>) -> Done {
    let event = CaseEvent::ReinstatementApproved { by: actor.text() };
    act(desk, actor, AccountRole::Approver, on.into(), event, now).await
}

/// Leaves in force what another proposed to lift.
pub async fn reject_reinstatement(
    desk: &Desk<'_>,
    actor: &Actor,
    on: impl Into<On<'_>>,
    why: &str,
    now: DateTime<Utc>,
) -> Done {
    let event = CaseEvent::ReinstatementRejected { by: actor.text(), why: why.to_owned() };
    act(desk, actor, AccountRole::Approver, on.into(), event, now).await
}

/// Puts a revocation away: the badge stays revoked.
pub async fn close(desk: &Desk<'_>, actor: &Actor, on: impl Into<On<'_>>, why: &str, now: DateTime<Utc>) -> Done {
    let event = CaseEvent::Closed { by: actor.text(), why: why.to_owned() };
    act(desk, actor, AccountRole::Officer, on.into(), event, now).await
}
