//! From what was read on one page to its verdict.
//!
//! The order of the questions is the rule: is it a page that owes a badge · does one good badge show · what is wrong
//! with those that are there · may its absence be told.

use super::badge::{Form, Reading, State, Tri, Why};
use super::finding::Finding;
use super::identity::{Standing, Subject, standing};
use super::page::Facts;
use super::verdict::{BrokenStep, Cause, Effect, FindingCode, PageKind, Reason, Verdict};

/// What a page's badge is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    pub verdict: Verdict,
    pub cause: Cause,
    pub findings: Vec<Finding>,
}

impl Assessment {
    fn of(verdict: Verdict, cause: impl Into<Cause>, findings: Vec<Finding>) -> Self {
        Self { verdict, cause: cause.into(), findings }
    }

    /// The verdict of something that is no page, or that could not be looked at.
    pub fn no_page(reason: Reason) -> Self {
        Self::of(without_page(reason), reason, Vec::new())
    }

    fn fail(findings: Vec<Finding>) -> Self {
        let cause = findings.first().map_or(FindingCode::NotHung, |finding| finding.code);
        Self::of(Verdict::Fail, cause, findings)
    }
}

/// What is not a page owes nothing; what was refused to us says nothing.
fn without_page(reason: Reason) -> Verdict {
    match reason {
        Reason::ErrorPage
        | Reason::Soft404
        | Reason::Login
        | Reason::NotHtml
        | Reason::Frame
        | Reason::RedirectStub
        | Reason::Fragment
        | Reason::PrintView
        | Reason::OtherHost
        | Reason::HangingPeriod
        | Reason::NoBadgeIssued
        | Reason::NotInForce => Verdict::NotApplicable,
        _ => Verdict::Undetermined,
    }
}

/// A page, read and classified.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    pub kind: PageKind,
    /// Why it owes nothing or could not be looked at.
    pub reason: Option<Reason>,
    pub facts: &'a Facts,
    pub readings: &'a [Reading],
    /// Why the *site* owes no badge (now): within the hanging limit, none issued, not in force.
    pub not_owed: Option<Reason>,
}

/// Judges a page.
pub fn assess(page: &Page<'_>, subject: &Subject<'_>) -> Assessment {
    if let Some(reason) = page.reason {
        return Assessment::no_page(reason);
    }
    let judged: Vec<Judged<'_>> =
        page.readings.iter().map(|reading| Judged { reading, standing: standing(reading, subject) }).collect();
    let mut assessment = by_badges(page, &judged);
    // Beside the own badge in order, one that nobody knows is of no interest.
    if assessment.cause != Reason::Verified.into() {
        assessment.findings.extend(doubtful(&judged));
    }
    assessment
}

/// The verdict of a page that may owe a badge, by what it carries.
fn by_badges(page: &Page<'_>, judged: &[Judged<'_>]) -> Assessment {
    if let Some(pass) = in_order(judged) {
        return pass;
    }
    // Foreign, unknown and revoked badges are shown or not: that no badge is owed does not excuse them.
    let identity = identity_faults(judged);
    if identity.is_empty()
        && let Some(reason) = page.not_owed
    {
        return elsewhere(judged).unwrap_or_else(|| Assessment::no_page(reason));
    }
    let own = misplaced_or_blocked(judged);
    if own.is_none() && identity.is_empty() {
        return elsewhere(judged).or_else(|| broken(judged, page)).unwrap_or_else(|| missing(page));
    }
    with_own(own, identity, page)
}

/// The own badge does not show as it must, or only others' do. What could not be read may hold the copy that is in
/// order: then nothing but a lead is said. A revoked badge is a fault whatever stands beside it.
fn with_own(own: Option<Assessment>, identity: Vec<Finding>, page: &Page<'_>) -> Assessment {
    let revoked = identity.iter().any(|finding| finding.code == FindingCode::RevokedBadge);
    let doubtful = own.as_ref().is_some_and(|own| own.verdict == Verdict::Undetermined);
    if doubtful || page.facts.unread && !revoked {
        let leads = identity.into_iter().filter(|finding| finding.effect == Effect::Lead).collect();
        return Assessment::of(Verdict::Undetermined, Reason::NeedsRender, leads);
    }
    let mut findings = identity;
    findings.extend(own.into_iter().flat_map(|own| own.findings));
    Assessment::fail(findings)
}

struct Judged<'a> {
    reading: &'a Reading,
    standing: Standing,
}

impl Judged<'_> {
    /// By all that is known it may be the site's own.
    fn is_sound(&self) -> bool {
        matches!(self.standing, Standing::Own | Standing::Unverified | Standing::Doubtful(_))
    }

    fn shows(&self) -> bool {
        matches!(self.reading.state, State::Shown | State::Hidden | State::Blocked)
            || self.reading.reason == Why::ErrorImage
    }
}

/// One good badge that the visitor sees at the bottom is enough; a foreign one beside it is a lead.
fn in_order(judged: &[Judged<'_>]) -> Option<Assessment> {
    let good = |j: &&Judged<'_>| j.is_sound() && j.reading.state == State::Shown && j.reading.at_bottom != Tri::No;
    let best = judged.iter().filter(good).max_by_key(|j| j.standing == Standing::Own)?;
    let cause = if best.standing == Standing::Own { Reason::Verified } else { Reason::IdentityUnverified };
    let leads = judged.iter().filter(|j| j.shows()).filter_map(|j| match j.standing {
        Standing::Broken(FindingCode::ForeignBadge, step) => {
            Some(Finding::of(FindingCode::ForeignBadge, Effect::Lead).at(step))
        }
        Standing::Elsewhere => Some(Finding::of(FindingCode::BadgeElsewhere, Effect::Lead).at(BrokenStep::Host)),
        _ => None,
    });
    Some(Assessment::of(Verdict::Pass, cause, unique(leads)))
}

/// The own badge stands there, but not where or how the law has it.
fn misplaced_or_blocked(judged: &[Judged<'_>]) -> Option<Assessment> {
    let sound = || judged.iter().filter(|j| j.is_sound());
    if sound().any(|j| j.reading.state == State::Unknown) {
        return Some(Assessment::of(Verdict::Undetermined, Reason::NeedsRender, Vec::new()));
    }
    let has = |state: State| sound().any(|j| j.reading.state == state);
    let code = if has(State::Shown) {
        FindingCode::Misplaced
    } else if has(State::Blocked) {
        FindingCode::Blocked
    } else if has(State::Hidden) {
        FindingCode::Misplaced
    } else {
        return None;
    };
    Some(Assessment::fail(vec![Finding::fault(code)]))
}

fn identity_faults(judged: &[Judged<'_>]) -> Vec<Finding> {
    let faults = judged.iter().filter(|j| j.shows()).flat_map(|j| match j.standing {
        Standing::Broken(FindingCode::ForeignBadge, step) => vec![
            Finding::fault(FindingCode::ForeignBadge).at(step),
            Finding::of(FindingCode::ForeignBadge, Effect::Lead).at(step),
        ],
        Standing::Broken(code, step) => vec![Finding::fault(code).at(step)],
        _ => Vec::new(),
    });
    unique(faults)
}

/// Badges that nobody is known to have been issued, where the registry may lack them: an officer finds out.
fn doubtful(judged: &[Judged<'_>]) -> Vec<Finding> {
    let doubtful = judged.iter().filter(|j| j.shows()).filter_map(|j| match j.standing {
        Standing::Doubtful(step) => Some(Finding::of(FindingCode::UnknownBadge, Effect::Lead).at(step)),
        _ => None,
    });
    unique(doubtful)
}

/// A badge on file for others, on a host on file for nobody.
fn elsewhere(judged: &[Judged<'_>]) -> Option<Assessment> {
    judged.iter().find(|j| j.shows() && j.standing == Standing::Elsewhere)?;
    let lead = Finding::of(FindingCode::BadgeElsewhere, Effect::Lead).at(BrokenStep::Host);
    Some(Assessment::of(Verdict::Undetermined, Reason::HostNotRegistered, vec![lead]))
}

/// What is meant for a badge and is none. A plain link without a certificate means one only at the bottom: elsewhere it
/// is somebody's picture link.
fn broken(judged: &[Judged<'_>], page: &Page<'_>) -> Option<Assessment> {
    let faults = judged.iter().filter(|j| j.reading.state == State::Broken).filter_map(|j| match j.reading.reason {
        Why::DeadLink | Why::GenericLink if j.reading.form != Form::Rendered && j.reading.at_bottom != Tri::Yes => None,
        Why::PathMismatch => Some(Finding::fault(FindingCode::Malformed).at(BrokenStep::Path)),
        Why::MalformedCode => Some(Finding::fault(FindingCode::Malformed).at(BrokenStep::Grammar)),
        Why::ErrorImage => Some(Finding::fault(FindingCode::ErrorState)),
        Why::DeadLink | Why::GenericLink | Why::LookAlikeHost => {
            Some(Finding::fault(FindingCode::WrongLink).at(BrokenStep::Link))
        }
        _ => None,
    });
    let faults = unique(faults);
    (!faults.is_empty()).then(|| match page.facts.unread {
        // What could not be read may hold the badge, or the script that mends the link.
        true => Assessment::of(Verdict::Undetermined, Reason::NeedsRender, Vec::new()),
        false => Assessment::fail(faults),
    })
}

/// "Missing" may be said only where the closing block stands and all that could bring the badge was read.
fn missing(page: &Page<'_>) -> Assessment {
    let doubtful = page.facts.unread
        || !page.facts.needed.is_empty()
        || !page.facts.has_certain_closing()
        || page.readings.iter().any(|reading| reading.state == State::Unknown);
    if doubtful {
        return Assessment::of(Verdict::Undetermined, Reason::NeedsRender, Vec::new());
    }
    Assessment::fail(vec![Finding::fault(FindingCode::NotHung)])
}

fn unique(findings: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        if !kept.contains(&finding) {
            kept.push(finding);
        }
    }
    kept
}
