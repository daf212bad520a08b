//! What people may do to a case as it stands.

use chrono::{DateTime, Utc};

use super::{Case, CaseOutcome as O, CaseRefusal as Refusal, CaseState as S};
use crate::closed_set;
use crate::domain::account::AccountRole;

closed_set! {
    /// What people do to a case.
    pub enum CaseAct {
        Approve = "approve", "批准 · a second person approves what is proposed";
        Reject = "reject", "退回 · a second person rejects what is proposed: the case is open again";
        ApproveReinstatement = "approve_reinstatement", "批准恢复 · a second person lifts what is in force";
        RejectReinstatement = "reject_reinstatement", "不同意恢复 · what is in force stays so";
        Propose = "propose", "提出处理意见 · the evidence is locked in the same moment";
        Consult = "consult", "记录商有关部门的情况 · whom, when, opinion (art. 20)";
        HandOver = "hand_over", "登记移送回执 · who took it over, against which receipt (art. 21)";
        Acknowledge = "acknowledge", "登记执行回执 · an authority's word that it was told";
        ProposeReinstatement = "propose_reinstatement", "提出恢复 · after a new review";
        Withdraw = "withdraw", "撤回 · a proposal, or a decision before its effect";
        Close = "close", "结案 · a revocation is put away: the badge stays revoked";
    }
}

impl CaseAct {
    /// The least role that it takes; to withdraw what two people decided takes an approver.
    pub fn role(self, case: &Case) -> AccountRole {
        match self {
            Self::Approve | Self::Reject | Self::ApproveReinstatement | Self::RejectReinstatement => {
                AccountRole::Approver
            }
            Self::Withdraw if case.state == S::Approved => AccountRole::Approver,
            _ => AccountRole::Officer,
        }
    }
}

impl Case {
    /// May somebody do this now? What [`step`](super::step) would say before anything was written.
    pub fn may(&self, act: CaseAct, by: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        let must = |is: bool, refusal: Refusal| if is { Ok(()) } else { Err(refusal) };
        let stands = |state: S| must(self.state == state, Refusal::NotInThisState);
        let another = || must(self.proposed_by().is_none_or(|proposed| proposed.trim() != by), Refusal::SamePerson);
        match act {
            CaseAct::Consult | CaseAct::Propose => stands(S::Open),
            CaseAct::Approve => stands(S::Proposed).and_then(|()| another()),
            CaseAct::Reject => stands(S::Proposed),
            CaseAct::ApproveReinstatement => stands(S::ReinstatementProposed).and_then(|()| another()),
            CaseAct::RejectReinstatement => stands(S::ReinstatementProposed),
            CaseAct::Withdraw => {
                let is_ahead = self.state == S::Approved && self.next_at().is_some_and(|at| now < at);
                must(self.state == S::Proposed || is_ahead, Refusal::NotInThisState)
            }
            CaseAct::HandOver => {
                must(self.state == S::InForce && self.outcome() == Some(O::HandedOver), Refusal::NotInThisState)
            }
            CaseAct::Acknowledge => {
                let waits = self.executions.iter().any(|done| done.acknowledged.is_none());
                must(waits, Refusal::NothingInstructed)
            }
            CaseAct::ProposeReinstatement => {
                must(self.state == S::InForce && self.holds().is_some(), Refusal::NotReversible)
            }
            CaseAct::Close => {
                must(self.state == S::InForce && self.outcome() == Some(O::Revocation), Refusal::NotInThisState)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Calendar;
    use crate::domain::case::{
        Authority, CaseEvent, Consultation, Effective, Ground, HandOver, InstructionAct, Moment, Opened, Proposal, step,
    };

    const LI: &str = "account:li";
    const WU: &str = "account:wu";

    /// What somebody would send for an act; an acknowledgement is of the first order that waits.
    fn event(act: CaseAct, case: &Case, by: &str) -> CaseEvent {
        let (by, why) = (by.to_owned(), "理由".to_owned());
        match act {
            CaseAct::Approve => CaseEvent::Approved { by },
            CaseAct::Reject => CaseEvent::Rejected { by, why },
            CaseAct::ApproveReinstatement => CaseEvent::ReinstatementApproved { by },
            CaseAct::RejectReinstatement => CaseEvent::ReinstatementRejected { by, why },
            CaseAct::Propose => CaseEvent::Proposed(Proposal {
                by,
                outcome: case.ground.outcomes()[case.ground.outcomes().len() - 1],
                names: Vec::new(),
                reason: why,
                effective: Effective::AtOnce,
                bundle_hash: "0".repeat(64),
                shared: Vec::new(),
                despite_shared: false,
            }),
            CaseAct::Consult => {
                let on = "2026-11-25".parse().unwrap();
                CaseEvent::Consulted(Consultation { by, whom: "网信办".into(), on, opinion: "同意".into() })
            }
            CaseAct::HandOver => CaseEvent::HandedOver(HandOver { by, to: "公安".into(), receipt: "1号".into() }),
            CaseAct::Acknowledge => {
                let open = case.executions.iter().find(|done| done.acknowledged.is_none());
                let (authority, act) = open.map_or((Authority::Registry, InstructionAct::Revoke), |done| {
                    (done.order.authority, done.order.act)
                });
                CaseEvent::Acknowledged { authority, act, by, reference: "回1".into() }
            }
            CaseAct::ProposeReinstatement => {
                CaseEvent::ReinstatementProposed { by, review: "审1".into(), reason: why }
            }
            CaseAct::Withdraw => CaseEvent::Withdrawn { by, why },
            CaseAct::Close => CaseEvent::Closed { by, why },
        }
    }

    /// Wherever a life of a few acts leads, a button stands exactly where the machine would take its act.
    #[test]
    fn what_is_offered_is_what_the_machine_takes() {
        let calendar = Calendar::builtin();
        let (now, today) = ("2026-11-26T04:00:00Z".parse().unwrap(), "2026-11-26".parse().unwrap());
        let moment = Moment { now, today, calendar: &calendar };
        let proposal = |outcome, effective| {
            let (by, reason, names) = (LI.to_owned(), "理由".to_owned(), vec!["yunxi.gov.cn".to_owned()]);
            let (bundle_hash, shared) = ("0".repeat(64), Vec::new());
            CaseEvent::Proposed(Proposal {
                by,
                outcome,
                names,
                reason,
                effective,
                bundle_hash,
                shared,
                despite_shared: false,
            })
        };
        for ground in [Ground::Other, Ground::Counterfeit, Ground::ReviewFailed] {
            let opened = Opened { by: LI.into(), at: now, why: "来函".into() };
            let mut further = vec![CaseEvent::EffectReached];
            further.extend(ground.outcomes().iter().flat_map(|outcome| {
                [Effective::NextWorkingDay, Effective::AtOnce].map(|effective| proposal(*outcome, effective))
            }));
            let mut lives = vec![Case::open(ground, opened)];
            for _ in 0..5 {
                let mut next = Vec::new();
                for life in &lives {
                    for (act, by) in CaseAct::ALL.iter().flat_map(|act| [(*act, LI), (*act, WU)]) {
                        let stepped = step(life, &event(act, life, by), &moment);
                        assert_eq!(
                            life.may(act, by, now).is_ok(),
                            stepped.is_ok(),
                            "{act} by {by} of {life:?}: {stepped:?}"
                        );
                        next.extend(stepped.ok().map(|(to, _)| to));
                    }
                    next.extend(further.iter().filter_map(|event| step(life, event, &moment).ok()).map(|(to, _)| to));
                }
                next.dedup();
                next.truncate(400);
                lives = next;
            }
        }
    }
}
