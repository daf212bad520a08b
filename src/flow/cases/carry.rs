//! One step of a case, with all that follows from it, in the caller's transaction.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{CaseError, Desk, chain, letters};
use crate::clock::day;
use crate::domain::case::{Case, CaseEvent, Effect, Execution, InstructionAct, Moment, SharedSite, step};
use crate::flow::sign::{Signer, Signs};
use crate::store::audit::{self, Act};
use crate::store::cases::{self, StoredCase};
use crate::store::sites::{self, StoredSite};
use crate::store::{StoreError, StoreResult, Tx, instructions};

/// Who acts, when, and what else belongs on record.
#[derive(Debug, Clone)]
pub(super) struct By<'a> {
    /// `system`, or `account:NAME`.
    pub actor: &'a str,
    pub detail: Value,
    pub now: DateTime<Utc>,
}

/// Moves a case on by an event, under guard, and does what follows.
pub(super) async fn carry(
    tx: &mut Tx,
    desk: &Desk<'_>,
    read: &StoredCase,
    event: &CaseEvent,
    by: By<'_>,
) -> Result<StoredCase, CaseError> {
    let now = by.now;
    let (to, effects) = step(&read.case, event, &Moment { now, today: day(now), calendar: &desk.calendar })?;
    if effects.contains(&Effect::State) {
        cases::hold_of_site(tx, &read.site_id).await?;
    }
    if !cases::advance(tx, read, &to, now).await? {
        return Err(CaseError::Changed);
    }
    record(tx, read, &to, event, by).await?;
    let ended_at = read.ended_at.or(to.state.is_over().then_some(now));
    let moved = StoredCase { version: read.version + 1, ended_at, case: to, ..read.clone() };
    let site = sites::by_id(tx, &moved.site_id).await?;
    let site = site.ok_or_else(|| StoreError::Corrupt(format!("the site of case {}", moved.id)))?;
    for effect in effects {
        follow(tx, desk, &moved, &site, event, effect, now).await?;
    }
    Ok(moved)
}

async fn record(tx: &mut Tx, read: &StoredCase, to: &Case, event: &CaseEvent, by: By<'_>) -> StoreResult<()> {
    let why = match event {
        CaseEvent::Rejected { why, .. }
        | CaseEvent::Withdrawn { why, .. }
        | CaseEvent::ReinstatementRejected { why, .. }
        | CaseEvent::Closed { why, .. } => Some(why.as_str()),
        CaseEvent::Proposed(proposal) => Some(proposal.reason.as_str()),
        CaseEvent::ReinstatementProposed { reason, .. } => Some(reason.as_str()),
        _ => None,
    };
    let mut detail = json!({ "event": event });
    if !by.detail.is_null() {
        detail["with"] = by.detail;
    }
    let (from, to) = (Some(read.case.state.name()), Some(to.state.name()));
    let act = Act { actor: by.actor, action: event.name(), from, to, why, detail };
    audit::append(tx, &chain(&read.id), by.now, &act).await
}

async fn follow(
    tx: &mut Tx,
    desk: &Desk<'_>,
    moved: &StoredCase,
    site: &StoredSite,
    event: &CaseEvent,
    effect: Effect,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let sender = letters::Sender { offices: desk.offices, stored: moved, site, now };
    match effect {
        Effect::State => {
            let all = cases::of_site(tx, &moved.site_id).await?;
            let held = Case::held(all.iter().map(|stored| &stored.case));
            sites::decide_state(tx, &moved.site_id, held, now).await?;
        }
        Effect::Tell(kind) => sender.tell(tx, kind).await?,
        Effect::Note(kind) => sender.note(tx, kind, &note(moved, event)).await?,
        Effect::Instruct(act) => instruct(tx, desk, &sender, act).await?,
    }
    Ok(())
}

/// What the office is told.
fn note(moved: &StoredCase, event: &CaseEvent) -> String {
    match event {
        CaseEvent::Withdrawn { why, .. } => format!("案件 {} 已批准的决定在生效前撤回。理由：{why}", moved.number),
        CaseEvent::Proposed(proposal) => format!(
            "案件 {} 待审批：拟停止解析 {}。下列网站使用这些域名或其下级域名，将同时无法访问，共 {} 个：{}。\
             提出人（{}）已知悉并坚持提出，理由：{}。请审批人一并核实。",
            moved.number,
            proposal.names.join("、"),
            proposal.shared.len(),
            SharedSite::listed(&proposal.shared),
            proposal.by,
            proposal.reason
        ),
        CaseEvent::NamesNotConfirmed { authority, act } => {
            let names =
                moved.case.executions.iter().find(|done| (done.order.authority, done.order.act) == (*authority, *act));
            let names = names.map(|done| done.order.names.join("、")).unwrap_or_default();
            let seen = match act {
                InstructionAct::Revoke => "尚未收到对方回执",
                InstructionAct::Stop => "检测尚不能证明下列域名均已由上级域停止解析",
                InstructionAct::Reinstate => "检测显示下列域名尚未全部恢复解析",
            };
            format!("案件 {} 的执行通知（{}，{}）已逾期：{seen}。{names}", moved.number, act.label(), authority.label())
        }
        _ => format!("案件 {} 有事项待办。", moved.number),
    }
}

/// Signs an instruction for each authority that was just ordered to act, and sends it on its way.
async fn instruct(tx: &mut Tx, desk: &Desk<'_>, sender: &letters::Sender<'_>, act: InstructionAct) -> StoreResult<()> {
    let signer = Signer::get(tx, Signs::Instructions, sender.now).await?;
    let ordered = |done: &&Execution| done.order.act == act && done.since == sender.now;
    for done in sender.stored.case.executions.iter().filter(ordered) {
        let jws = signer.sign(&sender.payload(&done.order));
        instructions::insert(tx, &sender.stored.id, &done.order, &jws, sender.now).await?;
        sender.instruct(tx, &done.order, jws, desk.mailbox(done.order.authority)).await?;
    }
    Ok(())
}
