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
