//! What an act on a case would come to, before it is done: when it takes effect, and the very letters and instructions that
//! would then be written.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::acts::{may_decide, proposal};
use super::letters::Sender;
use super::read::{site, yours};
use super::{CaseError, Desk, Proposing};
use crate::clock::day;
use crate::domain::account::{AccountRole, Actor};
use crate::domain::case::{
    Case, CaseAct, CaseEvent, CaseRefusal, CaseState, Effect, Execution, Moment, SharedSite, step,
};
use crate::domain::letter::Letter;
use crate::flow::{On, contacts};
use crate::store::cases::StoredCase;
use crate::store::{StoreResult, Tx};

/// Stands where the second person's name will stand.
const SECOND: &str = "second";
/// Stands where the hash will stand: the evidence is locked when it is meant, not before.
const UNLOCKED: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Stands where the signature will stand.
const UNSIGNED: &str = "unsigned";

/// What somebody is about to do.
#[derive(Debug, Clone)]
pub enum Deed<'a> {
    Propose(Proposing<'a>),
    Does(CaseEvent),
}

/// A letter that would go.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub letter: Letter,
    pub to: Vec<String>,
    pub copies: Vec<(String, String)>,
    /// Of an instruction: what would be signed.
    pub payload: Option<Value>,
}

/// What would come of it.
#[derive(Debug, Clone)]
pub struct Rehearsed {
    /// The case as it was read.
    pub read: StoredCase,
    /// When what is decided takes effect; none: nothing does.
    pub effective_at: Option<DateTime<Utc>>,
    /// Other sites that go dark with it.
    pub shared: Vec<SharedSite>,
    /// What is written then.
    pub letters: Vec<Prepared>,
}

/// Rehearses an act: it is refused where the act would be, and nothing is changed. Of a proposal it goes on to what follows
/// once another person approves it now.
pub async fn rehearse(
    desk: &Desk<'_>,
    actor: &Actor,
    on: On<'_>,
    (act, deed): (CaseAct, &Deed<'_>),
    now: DateTime<Utc>,
) -> Result<Rehearsed, CaseError> {
    let mut tx = desk.db.read().await?;
    let read = yours(&mut tx, actor, AccountRole::Viewer, on).await?;
    actor.access(act.role(&read.case), read.region.as_deref())?;
    let site = site(&mut tx, &read).await?;
    let event = match deed {
        Deed::Propose(proposing) => {
            let proposed = proposal(&mut tx, actor, &site, proposing, UNLOCKED.to_owned()).await?;
            CaseEvent::Proposed(proposed)
        }
        Deed::Does(event) => {
            may_decide(&mut tx, actor, &read, event, now).await?;
            event.clone()
        }
    };
    let shared = if let CaseEvent::Proposed(proposal) = &event { proposal.shared.clone() } else { Vec::new() };
    let (to, effects, at) = play(desk, &read.case, &event, now).map_err(|refusal| match refusal {
        CaseRefusal::SharedNames => CaseError::Shared(shared.clone()),
        refusal => refusal.into(),
    })?;
    let is_decided = to.decision.as_ref().is_some_and(|decision| decision.approval.is_some());
    let stored = StoredCase { case: to, ..read.clone() };
    let sender = Sender { offices: desk.offices, stored: &stored, site: &site, now: at };
    let letters = letters(&mut tx, desk, &sender, &effects).await?;
    Ok(Rehearsed { effective_at: is_decided.then_some(at), read, shared, letters })
}

type Played = (Case, Vec<Effect>, DateTime<Utc>);

/// Plays an act through to its effect.
fn play(desk: &Desk<'_>, case: &Case, event: &CaseEvent, now: DateTime<Utc>) -> Result<Played, CaseRefusal> {
    let moment = |now| Moment { now, today: day(now), calendar: &desk.calendar };
    let (mut to, mut effects) = step(case, event, &moment(now))?;
    if matches!(event, CaseEvent::Proposed(_)) {
        (to, effects) = step(&to, &CaseEvent::Approved { by: SECOND.to_owned() }, &moment(now))?;
    }
    match to.next_at().filter(|_| to.state == CaseState::Approved) {
        Some(at) => {
            let (to, effects) = step(&to, &CaseEvent::EffectReached, &moment(at))?;
            Ok((to, effects, at))
        }
        None => Ok((to, effects, now)),
    }
}

async fn letters(tx: &mut Tx, desk: &Desk<'_>, sender: &Sender<'_>, effects: &[Effect]) -> StoreResult<Vec<Prepared>> {
    let mut letters = Vec::new();
    for effect in effects {
        match effect {
            Effect::Tell(kind) => letters.push(to_unit(tx, sender, sender.unit_letter(*kind)).await?),
            Effect::Instruct(act) => {
                let ordered = |done: &&Execution| done.order.act == *act && done.since == sender.now;
                letters.extend(sender.stored.case.executions.iter().filter(ordered).map(|done| {
                    let mailbox = desk.mailbox(done.order.authority);
                    let (letter, _, to) = sender.instruction(&done.order, UNSIGNED.to_owned(), mailbox);
                    let payload = Some(sender.payload(&done.order));
                    Prepared { letter, to: to.into_iter().collect(), copies: Vec::new(), payload }
                }));
            }
            // The office's own notes.
            Effect::State | Effect::Note(_) => {}
        }
    }
    Ok(letters)
}

async fn to_unit(tx: &mut Tx, sender: &Sender<'_>, letter: Letter) -> StoreResult<Prepared> {
    let to = contacts::usable(tx, &sender.site.site).await?;
    Ok(Prepared { letter, to, copies: sender.copies(), payload: None })
}
