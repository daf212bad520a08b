//! The machine: what an event makes of a case, or why it is refused. Total over state and event.
//!
//! The laws, each by its name: [two people](another_person) · [a reason](said) · [locked evidence](is_locked) ·
//! [a consultation](consulted_first) before art. 20 · [no other site goes dark unawares](knowingly) ·
//! [its time](effective_at) · [withdrawn only before effect](withdrawn) · [lifted only what is in force](reinstatement_proposed), after a new review, and then
//! [nobody asks any more](stands_still) whether names stopped.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::words::{CaseOutcome as O, CaseRefusal as Refusal, CaseState as S};
use super::{
    Acknowledgement, Approval, Authority, Case, CaseEvent, Consultation, Decision, Effective, Execution, HandOver,
    InstructionAct, Proposal, Reinstatement, orders,
};
use crate::domain::calendar::Calendar;
use crate::domain::letter::LetterKind;

/// When something happens.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    pub now: DateTime<Utc>,
    /// Beijing.
    pub today: NaiveDate,
    pub calendar: &'a Calendar,
}

/// What follows from a step, for the flow to carry out in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The site's state changes to what its cases now hold.
    State,
    /// The unit is told, with copies.
    Tell(LetterKind),
    /// The office keeps a letter for its own file: nobody outside was told yet.
    Note(LetterKind),
    /// The authorities of the [`Execution`]s of this act are told.
    Instruct(InstructionAct),
}

type Effects = Result<Vec<Effect>, Refusal>;

/// What an event makes of a case.
pub fn step(case: &Case, event: &CaseEvent, moment: &Moment<'_>) -> Result<(Case, Vec<Effect>), Refusal> {
    let mut to = case.clone();
    let effects = match event {
        CaseEvent::Consulted(consultation) => consulted(&mut to, consultation, moment),
        CaseEvent::Proposed(proposal) => proposed(&mut to, proposal, moment),
        CaseEvent::Approved { by } => approved(&mut to, by, moment),
        CaseEvent::Rejected { why, .. } => rejected(&mut to, why),
        CaseEvent::Withdrawn { why, .. } => withdrawn(&mut to, why, moment),
        CaseEvent::EffectReached => effect_reached(&mut to, moment),
        CaseEvent::HandedOver(hand_over) => handed_over(&mut to, hand_over),
        CaseEvent::Acknowledged { authority, act, by, reference } => {
            let word = Acknowledgement { by: by.clone(), reference: reference.clone(), at: moment.now };
            acknowledged(&mut to, *authority, *act, word)
        }
        CaseEvent::NamesConfirmed { authority, act } => names_confirmed(&mut to, *authority, *act, moment),
        CaseEvent::NamesNotConfirmed { authority, act } => names_not_confirmed(&mut to, *authority, *act, moment),
        CaseEvent::ReinstatementProposed { by, review, reason } => reinstatement_proposed(&mut to, by, review, reason),
        CaseEvent::ReinstatementApproved { by } => reinstatement_approved(&mut to, by, moment),
        CaseEvent::ReinstatementRejected { why, .. } => reinstatement_rejected(&mut to, why),
        CaseEvent::Closed { why, .. } => closed(&mut to, why),
    }?;
    Ok((to, effects))
}

/// 09:00 (Beijing) of the working day after a day: the earliest a plain decision takes effect.
pub fn next_morning(calendar: &Calendar, today: NaiveDate) -> DateTime<Utc> {
    const NINE_IN_BEIJING: NaiveTime = NaiveTime::from_hms_opt(1, 0, 0).expect("an hour of the day");
    calendar.due(today, 1, false).date.and_time(NINE_IN_BEIJING).and_utc()
}

fn must(is: bool, refusal: Refusal) -> Result<(), Refusal> {
    if is { Ok(()) } else { Err(refusal) }
}

fn stands(case: &Case, state: S) -> Result<(), Refusal> {
    must(case.state == state, Refusal::NotInThisState)
}

/// Law: nobody acts without saying why.
fn said(text: &str, refusal: Refusal) -> Result<(), Refusal> {
    must(!text.trim().is_empty(), refusal)
}

/// Law: who proposed does not approve.
fn another_person(proposed_by: &str, by: &str) -> Result<(), Refusal> {
    must(proposed_by.trim() != by.trim() && !by.trim().is_empty(), Refusal::SamePerson)
}

/// Law: a decision stands on locked evidence.
fn is_locked(bundle_hash: &str) -> Result<(), Refusal> {
    must(bundle_hash.len() == 64 && bundle_hash.bytes().all(|b| b.is_ascii_hexdigit()), Refusal::NoEvidence)
}

/// Law: before an art. 20 decision the departments concerned were consulted.
fn consulted_first(case: &Case, outcome: O) -> Result<(), Refusal> {
    must(!outcome.needs_consultation(case.ground) || !case.consultations.is_empty(), Refusal::NoConsultation)
}

/// Law: no other site goes dark unawares.
fn knowingly(proposal: &Proposal) -> Result<(), Refusal> {
    must(proposal.shared.is_empty() || proposal.despite_shared, Refusal::SharedNames)
}

/// Law: a decision has its time. What weighs on the unit comes on the next working day at 09:00 at the earliest; a stop
/// may come at once.
fn effective_at(proposal: &Proposal, moment: &Moment<'_>) -> Result<DateTime<Utc>, Refusal> {
    let morning = next_morning(moment.calendar, moment.today);
    let free = proposal.outcome.may_be_at_once();
    match proposal.effective {
        Effective::NextWorkingDay => Ok(morning),
        Effective::AtOnce => must(free, Refusal::TooSoon).map(|()| moment.now),
        Effective::At { at } if at <= moment.now => Err(Refusal::TimeIsOver),
        Effective::At { at } => must(free || at >= morning, Refusal::TooSoon).map(|()| at),
    }
}

fn consulted(case: &mut Case, consultation: &Consultation, moment: &Moment<'_>) -> Effects {
    stands(case, S::Open)?;
    said(&consultation.whom, Refusal::ConsultationIncomplete)?;
    said(&consultation.opinion, Refusal::ConsultationIncomplete)?;
    must(consultation.on <= moment.today, Refusal::ConsultationIncomplete)?;
    case.consultations.push(consultation.clone());
    Ok(Vec::new())
}

fn proposed(case: &mut Case, proposal: &Proposal, moment: &Moment<'_>) -> Effects {
    stands(case, S::Open)?;
    must(case.ground.outcomes().contains(&proposal.outcome), Refusal::OutcomeNotAllowed)?;
    said(&proposal.by, Refusal::SamePerson)?;
    said(&proposal.reason, Refusal::NoReason)?;
    is_locked(&proposal.bundle_hash)?;
    consulted_first(case, proposal.outcome)?;
    must(proposal.outcome != O::StopResolution || !proposal.names.is_empty(), Refusal::NoNames)?;
    effective_at(proposal, moment)?;
    knowingly(proposal)?;
    case.decision = Some(Decision { proposal: proposal.clone(), approval: None, in_force_at: None });
    case.state = S::Proposed;
    // Who approves it has to know, too.
    Ok(if proposal.shared.is_empty() { Vec::new() } else { vec![Effect::Note(LetterKind::OfficeTask)] })
}

fn approved(case: &mut Case, by: &str, moment: &Moment<'_>) -> Effects {
    stands(case, S::Proposed)?;
    let Some(decision) = &mut case.decision else { return Err(Refusal::NotInThisState) };
    another_person(&decision.proposal.by, by)?;
    let effective_at = effective_at(&decision.proposal, moment)?;
    decision.approval = Some(Approval { by: by.to_owned(), at: moment.now, effective_at });
    case.state = S::Approved;
    if effective_at <= moment.now { enter_into_force(case, moment) } else { Ok(Vec::new()) }
}

fn rejected(case: &mut Case, why: &str) -> Effects {
    stands(case, S::Proposed)?;
    said(why, Refusal::NoReason)?;
    case.decision = None;
    case.state = S::Open;
    Ok(Vec::new())
}

/// Law: a decision can be withdrawn before its effect, and never after.
fn withdrawn(case: &mut Case, why: &str, moment: &Moment<'_>) -> Effects {
    let effects = match case.state {
        S::Proposed => Vec::new(),
        S::Approved if case.next_at().is_some_and(|at| moment.now < at) => {
            vec![Effect::Note(LetterKind::DecisionWithdrawn)]
        }
        S::Approved | S::InForce | S::ReinstatementProposed => return Err(Refusal::InForceAlready),
        S::Open | S::Reinstated | S::Closed => return Err(Refusal::NotInThisState),
    };
    said(why, Refusal::NoReason)?;
    case.decision = None;
    case.state = S::Open;
    Ok(effects)
}

fn effect_reached(case: &mut Case, moment: &Moment<'_>) -> Effects {
    stands(case, S::Approved)?;
    must(case.next_at().is_some_and(|at| at <= moment.now), Refusal::NotYet)?;
    enter_into_force(case, moment)
}

/// From approved to in force. What leaves nothing to be done is closed by it; a hand-over waits for its receipt.
fn enter_into_force(case: &mut Case, moment: &Moment<'_>) -> Effects {
    let Some(decision) = &mut case.decision else { return Err(Refusal::NotInThisState) };
    decision.in_force_at = Some(moment.now);
    let (outcome, names) = (decision.proposal.outcome, decision.proposal.names.clone());
    let instructs = |act, letter| (S::InForce, vec![Effect::State, Effect::Tell(letter), Effect::Instruct(act)]);
    let (state, effects) = match outcome {
        O::Revocation => instructs(InstructionAct::Revoke, LetterKind::Revocation),
        O::StopResolution => instructs(InstructionAct::Stop, LetterKind::StopResolution),
        O::WarningWritten => (S::Closed, vec![Effect::Tell(LetterKind::Warning)]),
        O::WarningOral | O::NoAction => (S::Closed, Vec::new()),
        O::HandedOver => (S::InForce, Vec::new()),
    };
    case.state = state;
    if let Some(Effect::Instruct(act)) = effects.last() {
        told(case, *act, &names, outcome == O::Revocation, moment);
    }
    Ok(effects)
}

fn told(case: &mut Case, act: InstructionAct, names: &[String], of_badge: bool, moment: &Moment<'_>) {
    let execution =
        |order| Execution { order, since: moment.now, acknowledged: None, confirmed_at: None, flagged_at: None };
    case.executions.extend(orders(act, names, of_badge).into_iter().map(execution));
}

/// A hand-over is done with the receipt of who took it (art. 21).
fn handed_over(case: &mut Case, hand_over: &HandOver) -> Effects {
    must(case.state == S::InForce && case.outcome() == Some(O::HandedOver), Refusal::NotInThisState)?;
    said(&hand_over.to, Refusal::NoReceipt)?;
    said(&hand_over.receipt, Refusal::NoReceipt)?;
    case.handed_over = Some(hand_over.clone());
    case.state = S::Closed;
    Ok(Vec::new())
}

fn execution(case: &mut Case, authority: Authority, act: InstructionAct) -> Result<&mut Execution, Refusal> {
    let is = |done: &&mut Execution| done.order.authority == authority && done.order.act == act;
    case.executions.iter_mut().find(is).ok_or(Refusal::NothingInstructed)
}

/// A revocation of a badge, and what touches no name, shows in no name: the authority's word is all there is.
fn acknowledged(case: &mut Case, authority: Authority, act: InstructionAct, word: Acknowledgement) -> Effects {
    let execution = execution(case, authority, act)?;
    must(execution.acknowledged.is_none(), Refusal::NotedAlready)?;
    said(&word.by, Refusal::NoReceipt)?;
    said(&word.reference, Refusal::NoReceipt)?;
    if act == InstructionAct::Revoke || execution.order.names.is_empty() {
        execution.confirmed_at = Some(word.at);
    }
    execution.acknowledged = Some(word);
    Ok(Vec::new())
}

/// Law: once a decision is lifted, nobody asks any more whether its names stopped.
fn stands_still(case: &Case, act: InstructionAct) -> Result<(), Refusal> {
    must(case.state != S::Reinstated || act == InstructionAct::Reinstate, Refusal::NotInThisState)
}

fn names_confirmed(case: &mut Case, authority: Authority, act: InstructionAct, moment: &Moment<'_>) -> Effects {
    stands_still(case, act)?;
    let execution = execution(case, authority, act)?;
    must(execution.confirmed_at.is_none(), Refusal::NotedAlready)?;
    execution.confirmed_at = Some(moment.now);
    Ok(Vec::new())
}

/// Flagged once; it may still be confirmed later.
fn names_not_confirmed(case: &mut Case, authority: Authority, act: InstructionAct, moment: &Moment<'_>) -> Effects {
    stands_still(case, act)?;
    let execution = execution(case, authority, act)?;
    must(execution.confirmed_at.is_none() && execution.flagged_at.is_none(), Refusal::NotedAlready)?;
    execution.flagged_at = Some(moment.now);
    Ok(vec![Effect::Note(LetterKind::OfficeTask)])
}

/// Law: only a revocation or stop in force is lifted, and only after a new review.
fn reinstatement_proposed(case: &mut Case, by: &str, review: &str, reason: &str) -> Effects {
    stands(case, S::InForce)?;
    must(case.holds().is_some(), Refusal::NotReversible)?;
    said(by, Refusal::SamePerson)?;
    said(review, Refusal::NoReview)?;
    said(reason, Refusal::NoReason)?;
    let (by, review, reason) = (by.to_owned(), review.to_owned(), reason.to_owned());
    case.reinstatement = Some(Reinstatement { by, review, reason, approved_by: None, at: None });
    case.state = S::ReinstatementProposed;
    Ok(Vec::new())
}

/// What favours the unit takes effect with its approval.
fn reinstatement_approved(case: &mut Case, by: &str, moment: &Moment<'_>) -> Effects {
    stands(case, S::ReinstatementProposed)?;
    let Some(reinstatement) = &mut case.reinstatement else { return Err(Refusal::NotInThisState) };
    another_person(&reinstatement.by, by)?;
    reinstatement.approved_by = Some(by.to_owned());
    reinstatement.at = Some(moment.now);
    let names = case.decision.as_ref().map(|decision| decision.proposal.names.clone()).unwrap_or_default();
    told(case, InstructionAct::Reinstate, &names, case.outcome() == Some(O::Revocation), moment);
    case.state = S::Reinstated;
    Ok(vec![Effect::State, Effect::Tell(LetterKind::Reinstatement), Effect::Instruct(InstructionAct::Reinstate)])
}

fn reinstatement_rejected(case: &mut Case, why: &str) -> Effects {
    stands(case, S::ReinstatementProposed)?;
    said(why, Refusal::NoReason)?;
    case.reinstatement = None;
    case.state = S::InForce;
    Ok(Vec::new())
}

/// A revocation may be put away; nothing else is closed by one person's hand.
fn closed(case: &mut Case, why: &str) -> Effects {
    match (case.state, case.outcome()) {
        (S::InForce, Some(O::Revocation)) => {}
        (S::InForce | S::ReinstatementProposed, Some(O::StopResolution)) => return Err(Refusal::StopStands),
        (S::Open | S::Proposed | S::Approved, _) => return Err(Refusal::DecisionNeeded),
        _ => return Err(Refusal::NotInThisState),
    }
    said(why, Refusal::NoReason)?;
    case.closed_why = Some(why.to_owned());
    case.state = S::Closed;
    Ok(Vec::new())
}
