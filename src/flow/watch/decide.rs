//! What a look makes of a site's findings: pure, but for the mass changes that the store counts.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::Terms;
use crate::domain::confirm::{FindingState, Seen, Track};
use crate::domain::observe::{self, Look, Open};
use crate::domain::site::SiteFinding;
use crate::domain::verdict::{Cause, Effect, Verdict};
use crate::flow::check_site::SiteLook;
use crate::store::findings::StoredFinding;

/// Might the look be held against the site, or land on an officer's desk?
pub(super) fn may_accuse(look: &SiteLook) -> bool {
    let counts = |found: &SiteFinding| matches!(found.finding.effect, Effect::Fault | Effect::Queue);
    look.verdict == Verdict::Fail
        || look.verdict == Verdict::Undetermined && look.cause.is_unreachable()
        || look.findings.iter().any(counts)
}

/// A finding that moves on.
#[derive(Debug, PartialEq)]
pub(super) struct Move<'a> {
    pub read: &'a StoredFinding,
    pub to: Track,
    pub pages: Vec<String>,
}

impl Move<'_> {
    /// Is it confirmed by this very step?
    pub fn confirms(&self) -> bool {
        self.to.state == FindingState::Confirmed && self.read.track.state != FindingState::Confirmed
    }
}

/// What a look decides.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Decision<'a> {
    /// What it found with evidence of its own.
    pub found: Vec<SiteFinding>,
    pub opened: Vec<SiteFinding>,
    pub moves: Vec<Move<'a>>,
}

/// Decides.
pub(super) fn decide<'a>(
    look: &SiteLook,
    fresh: &HashSet<String>,
    well: bool,
    open: &'a [StoredFinding],
    terms: &Terms,
    at: DateTime<Utc>,
) -> Decision<'a> {
    let seen = Look {
        verdict: look.verdict,
        cause: look.cause,
        findings: &look.findings,
        fresh,
        names_told: look.names_told,
        well,
    };
    let found = observe::found(&seen);
    let is_open = |one: &SiteFinding| open.iter().any(|open| open.finding == one.finding);
    let opened = found.iter().filter(|found| !is_open(found)).cloned().collect();
    let moves = open.iter().filter_map(|read| step(read, &found, &seen, terms, at)).collect();
    Decision { found, opened, moves }
}

fn step<'a>(
    read: &'a StoredFinding,
    found: &[SiteFinding],
    look: &Look<'_>,
    terms: &Terms,
    at: DateTime<Utc>,
) -> Option<Move<'a>> {
    let again = found.iter().find(|found| found.finding == read.finding);
    let seen = match again {
        Some(_) => Seen::Failing,
        None => observe::seen(&Open { finding: read.finding, pages: &read.pages }, look),
    };
    let to = read.track.step(seen, at, terms.rule_of(read.finding.code));
    let pages = again.map_or_else(|| read.pages.clone(), |found| found.pages.clone());
    (to != read.track || pages != read.pages).then_some(Move { read, to, pages })
}

/// The verdict and cause a look is stored with: an unwell instrument leaves nothing but doubt.
pub(super) fn told(look: &SiteLook, well: bool) -> (Verdict, Cause) {
    match well {
        true => (look.verdict, look.cause),
        false => (Verdict::Undetermined, crate::domain::verdict::Reason::CanaryFailed.into()),
    }
}
