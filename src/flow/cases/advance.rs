//! What the clock does to cases, one step at a time. Decisions take effect at their time ([`advance`]); that orders were
//! carried out, or were not, and that a case is to be opened by what the daemon saw, takes no haste ([`catch_up`]).

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::carry::{By, carry};
use super::{CaseError, Desk, closed, misuse, names};
use crate::clock::day;
use crate::domain::case::CaseEvent;
use crate::flow::watch::Step;
use crate::store::cases::{self, StoredCase};
use crate::store::instructions::{self, StoredInstruction};
use crate::store::{StoreResult, Tx, looks};

const SYSTEM: &str = "system";
/// Instructions read at a time.
const PAGE: i64 = 200;
/// Looks that are asked about the names of an instruction: some days of them.
const LOOKS: i64 = 20;

/// Takes the next step that its hour is set for; [`Step::Idle`]: none is due. It asks one question where nothing is.
pub async fn advance(desk: &Desk<'_>, now: DateTime<Utc>) -> StoreResult<Step> {
    Ok(step_of(take_effect(desk, now).await?))
}

/// Takes the next step that looks at sites make due; [`Step::Idle`]: there is none. It goes through every open instruction
/// and every site that may have earned a case, so it is asked for now and then, by one process.
pub async fn catch_up(desk: &Desk<'_>, now: DateTime<Utc>) -> StoreResult<Step> {
    let worked =
        follow_up(desk, now).await? || closed::open_next(desk, now).await? || misuse::open_next(desk, now).await?;
    Ok(step_of(worked))
}

fn step_of(worked: bool) -> Step {
    if worked { Step::Worked } else { Step::Idle }
}

/// The next decision whose time has come.
async fn take_effect(desk: &Desk<'_>, now: DateTime<Utc>) -> StoreResult<bool> {
    // Read first: who has nothing to do takes no writer's turn.
    let due = cases::due(&mut desk.db.read().await?, now, 1).await?;
    let Some(read) = due.first() else { return Ok(false) };
    let tx = desk.db.write().await?;
    moved(tx, desk, read, &CaseEvent::EffectReached, By { actor: SYSTEM, detail: Value::Null, now }).await
}

/// Carries a step of the system's out. Somebody who was quicker is no failure: what is to be done is asked anew.
async fn moved(mut tx: Tx, desk: &Desk<'_>, read: &StoredCase, event: &CaseEvent, by: By<'_>) -> StoreResult<bool> {
    match carry(&mut tx, desk, read, event, by).await {
        Ok(_) => tx.commit().await.map(|()| true),
        Err(CaseError::Changed) => Ok(true),
        Err(CaseError::Store(error)) => Err(error),
        Err(refused) => {
            tracing::error!(case = read.number, event = event.name(), %refused, "a step of a case was refused");
            Ok(false)
        }
    }
}

/// The next instruction that was found carried out, or is not in time.
async fn follow_up(desk: &Desk<'_>, now: DateTime<Utc>) -> StoreResult<bool> {
    let mut after = String::new();
    loop {
        let mut tx = desk.db.read().await?;
        let page = instructions::open(&mut tx, &after, PAGE).await?;
        drop(tx);
        let Some(last) = page.last() else { return Ok(false) };
        after = last.id.clone();
        for instruction in &page {
            if follow_one(desk, instruction, now).await? {
                return Ok(true);
            }
        }
    }
}

async fn follow_one(desk: &Desk<'_>, instruction: &StoredInstruction, now: DateTime<Utc>) -> StoreResult<bool> {
    let mut tx = desk.db.read().await?;
    let Some(read) = cases::by_id(&mut tx, &instruction.case_id).await? else { return Ok(false) };
    let looks = looks::of_site(&mut tx, &read.site_id, LOOKS).await?;
    drop(tx);
    let order = &instruction.order;
    let (authority, act) = (order.authority, order.act);
    let days = desk.offices.terms(read.region.as_deref(), day(now)).confirm_stop_days;
    let is_late = now - instruction.made_at >= TimeDelta::days(i64::from(days));
    let proof = names::carried_out(order, &looks, instruction.made_at);
    let event = match &proof {
        Some(_) => CaseEvent::NamesConfirmed { authority, act },
        None if is_late && instruction.overdue_at.is_none() => CaseEvent::NamesNotConfirmed { authority, act },
        None => return Ok(false),
    };
    let mut tx = desk.db.write().await?;
    let key = (authority, act);
    match event {
        CaseEvent::NamesConfirmed { .. } => instructions::confirm(&mut tx, &read.id, key, now).await?,
        _ => instructions::flag(&mut tx, &read.id, key, now).await?,
    };
    // Which looks it was told by stands on record.
    let detail = proof.map_or(Value::Null, |looks| json!({ "looks": looks }));
    moved(tx, desk, &read, &event, By { actor: SYSTEM, detail, now }).await
}
