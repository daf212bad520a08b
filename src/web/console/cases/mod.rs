//! Cases: what waits for whom, one case with its evidence and execution, and what people decide of it.

pub(super) mod act;
mod acts;
mod form;
pub(super) mod list;
pub(super) mod open;
pub(super) mod sheet;

use crate::domain::case::{CaseAct, CaseOutcome, Ground};
use crate::web::tongue::Tongue;

use super::words::word;

fn ground(t: Tongue, ground: Ground) -> String {
    word(t, ground.label(), ground.name())
}

fn outcome(t: Tongue, outcome: CaseOutcome) -> String {
    word(t, outcome.label(), outcome.name())
}

/// What an act is called on its button.
fn act_name(t: Tongue, act: CaseAct) -> String {
    word(t, act.label(), act.name())
}

/// The act of an address, and back.
fn act_of(path: &str) -> Option<CaseAct> {
    CaseAct::from_name(&path.replace('-', "_"))
}

fn path_of(id: &str, act: CaseAct) -> String {
    format!("/console/cases/{id}/{}", act.name().replace('_', "-"))
}
