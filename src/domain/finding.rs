//! A finding: one problem of a page or a site.

use serde::{Deserialize, Serialize};

use super::verdict::{BrokenStep, Effect, FindingCode};

/// A problem category, what it leads to, and where the identity chain broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    pub code: FindingCode,
    pub effect: Effect,
    pub broken_step: Option<BrokenStep>,
}

impl Finding {
    /// A fault without a broken step of the identity chain.
    pub fn fault(code: FindingCode) -> Self {
        Self { code, effect: Effect::Fault, broken_step: None }
    }

    /// A finding of another effect.
    pub fn of(code: FindingCode, effect: Effect) -> Self {
        Self { code, effect, broken_step: None }
    }

    /// The step at which the chain broke.
    pub fn at(self, step: BrokenStep) -> Self {
        Self { broken_step: Some(step), ..self }
    }

    /// Does it make the verdict fail?
    pub fn is_fault(&self) -> bool {
        self.effect == Effect::Fault
    }
}
