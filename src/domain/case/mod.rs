//! A case: from what no letter settles to a decision by two people, its execution and its reversal (art. 11, 14–21).
//!
//! [`step`] is the whole machine. No crawler reaches a decision by it: what is in force was proposed by one person with a
//! reason and locked evidence, and approved by another.

mod allowed;
mod closed;
mod machine;
mod orders;
mod stopped;
mod words;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::registry::BadgeState;

pub use allowed::CaseAct;
pub use closed::{Sight, counted_days, is_closed};
pub use machine::{Effect, Moment, next_morning, step};
pub use orders::{Order, authority_of, orders};
pub use stopped::{Said, is_stopped};
pub use words::{Authority, CaseOutcome, CaseQueue, CaseRefusal, CaseState, Ground, InstructionAct};

/// A case as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    pub ground: Ground,
    pub state: CaseState,
    pub opened: Opened,
    /// Of ground 19(3): the days of fair evidence, one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counted_days: Vec<NaiveDate>,
    /// Notices it stands on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consultations: Vec<Consultation>,
    pub decision: Option<Decision>,
    pub reinstatement: Option<Reinstatement>,
    pub handed_over: Option<HandOver>,
    /// What authorities were told, and what came of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub executions: Vec<Execution>,
    /// Why it was put away by hand.
    pub closed_why: Option<String>,
}

/// How it began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// `system`, or `account:NAME`.
    pub by: String,
    pub at: DateTime<Utc>,
    pub why: String,
}

/// The consultation with the departments concerned (art. 20: 商有关部门).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consultation {
    pub by: String,
    pub whom: String,
    pub on: NaiveDate,
    pub opinion: String,
}

/// What one person proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub by: String,
    pub outcome: CaseOutcome,
    /// A-labels of the names it touches.
    pub names: Vec<String>,
    pub reason: String,
    pub effective: Effective,
    /// SHA-256 of the locked evidence.
    pub bundle_hash: String,
    /// Of a stop: other sites that live on these names or below them, and go dark with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<SharedSite>,
    /// Who proposed it knows of them, and means it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub despite_shared: bool,
}

/// A site that lives on another's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedSite {
    /// Its registry key.
    pub site: String,
    pub unit: String,
}

impl SharedSite {
    /// Sites that a sentence names.
    const NAMED: usize = 20;

    /// Sites in one sentence: the first of them by name, and how many there are.
    pub fn listed(shared: &[Self]) -> String {
        let named: Vec<_> =
            shared.iter().take(Self::NAMED).map(|one| format!("{}（{}）", one.site, one.unit)).collect();
        let more = if shared.len() > Self::NAMED { format!("等 {} 个", shared.len()) } else { String::new() };
        format!("{}{more}", named.join("、"))
    }
}

/// When a decision takes effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "when")]
pub enum Effective {
    /// 09:00 of the working day after its approval.
    #[default]
    NextWorkingDay,
    /// With its approval.
    AtOnce,
    At {
        at: DateTime<Utc>,
    },
}

/// A proposal and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub proposal: Proposal,
    pub approval: Option<Approval>,
    pub in_force_at: Option<DateTime<Utc>>,
}

/// The second person's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub by: String,
    pub at: DateTime<Utc>,
    pub effective_at: DateTime<Utc>,
}

/// The lifting of a decision after a new review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reinstatement {
    pub by: String,
    /// Reference of the new opening review (art. 20).
    pub review: String,
    pub reason: String,
    pub approved_by: Option<String>,
    pub at: Option<DateTime<Utc>>,
}

/// The forwarding of a counterfeit (art. 21).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    pub by: String,
    pub to: String,
    pub receipt: String,
}

/// What one authority was told, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    #[serde(flatten)]
    pub order: Order,
    /// When it was told.
    pub since: DateTime<Utc>,
    pub acknowledged: Option<Acknowledgement>,
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When it was flagged that the names still say otherwise.
    pub flagged_at: Option<DateTime<Utc>>,
}

/// The authority's word that it was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who of the authority answered.
    pub by: String,
    pub reference: String,
    pub at: DateTime<Utc>,
}

/// What happens to a case. `by` is who did it, as it stands on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum CaseEvent {
    Consulted(Consultation),
    Proposed(Proposal),
    Approved { by: String },
    Rejected { by: String, why: String },
    Withdrawn { by: String, why: String },
    EffectReached,
    HandedOver(HandOver),
    Acknowledged { authority: Authority, act: InstructionAct, by: String, reference: String },
    NamesConfirmed { authority: Authority, act: InstructionAct },
    NamesNotConfirmed { authority: Authority, act: InstructionAct },
    ReinstatementProposed { by: String, review: String, reason: String },
    ReinstatementApproved { by: String },
    ReinstatementRejected { by: String, why: String },
    Closed { by: String, why: String },
}

impl CaseEvent {
    /// Its name on record.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Consulted(_) => "consulted",
            Self::Proposed(_) => "proposed",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Withdrawn { .. } => "withdrawn",
            Self::EffectReached => "effect_reached",
            Self::HandedOver(_) => "handed_over",
            Self::Acknowledged { .. } => "acknowledged",
            Self::NamesConfirmed { .. } => "names_confirmed",
            Self::NamesNotConfirmed { .. } => "names_not_confirmed",
            Self::ReinstatementProposed { .. } => "reinstatement_proposed",
            Self::ReinstatementApproved { .. } => "reinstatement_approved",
            Self::ReinstatementRejected { .. } => "reinstatement_rejected",
            Self::Closed { .. } => "closed",
        }
    }
}

impl Case {
    /// A case at its beginning.
    pub fn open(ground: Ground, opened: Opened) -> Self {
        Self {
            ground,
            state: CaseState::Open,
            opened,
            counted_days: Vec::new(),
            notices: Vec::new(),
            consultations: Vec::new(),
            decision: None,
            reinstatement: None,
            handed_over: None,
            executions: Vec::new(),
            closed_why: None,
        }
    }

    /// When the clock has something to say about it.
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        let approval = self.decision.as_ref().and_then(|decision| decision.approval.as_ref());
        approval.filter(|_| self.state == CaseState::Approved).map(|approval| approval.effective_at)
    }

    /// Who proposed what waits for a second person.
    pub fn proposed_by(&self) -> Option<&str> {
        match self.state {
            CaseState::Proposed => self.decision.as_ref().map(|decision| decision.proposal.by.as_str()),
            CaseState::ReinstatementProposed => self.reinstatement.as_ref().map(|lifted| lifted.by.as_str()),
            _ => None,
        }
    }

    /// The outcome that is proposed, decided or in force.
    pub fn outcome(&self) -> Option<CaseOutcome> {
        self.decision.as_ref().map(|decision| decision.proposal.outcome)
    }

    /// What it makes of the site's badge, for as long as it is not lifted.
    pub fn holds(&self) -> Option<BadgeState> {
        let in_force = self.decision.as_ref().is_some_and(|decision| decision.in_force_at.is_some());
        match self.outcome().filter(|_| in_force && self.state != CaseState::Reinstated)? {
            CaseOutcome::Revocation => Some(BadgeState::Revoked),
            CaseOutcome::StopResolution => Some(BadgeState::Suspended),
            _ => None,
        }
    }

    /// What all cases of a site together make of its badge: the strongest of what is in force.
    pub fn held<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Option<BadgeState> {
        cases.into_iter().filter_map(Self::holds).max()
    }
}
