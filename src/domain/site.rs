//! From many pages and names to one site: what the looks together say.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::crawl::Coverage;
use super::dns::{DnsOutcome, NameLook};
use super::finding::Finding;
use super::look::PageLook;
use super::office::Terms;
use super::registry::{BadgeState, Site};
use super::verdict::{BrokenStep, Cause, Effect, FindingCode, PageKind, Reason, Verdict};

/// What is known of a site's hanging beside its row in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hanging {
    /// Working days from the notice of issue to the hanging of the badge (art. 14), by the terms of the site's office.
    pub days: u32,
    /// The last day on which the badge was seen there.
    pub seen_on: Option<NaiveDate>,
}

impl Default for Hanging {
    fn default() -> Self {
        Self { days: Terms::default().hang_days, seen_on: None }
    }
}

/// Why a site owes no badge now, by the registry; `None` where it owes one or nothing is known. `hang_days`: see
/// [`Hanging::days`].
pub fn not_owed(site: &Site, hang_days: u32, today: NaiveDate, calendar: &Calendar) -> Option<Reason> {
    if site.state != BadgeState::Valid {
        return Some(Reason::NotInForce);
    }
    if site.badge_code.is_none() && site.certificate_id.is_none() && site.issued_on.is_none() {
        return Some(Reason::NoBadgeIssued);
    }
    (!hanging_limit_is_over(site, hang_days, today, calendar)?).then_some(Reason::HangingPeriod)
}

/// Has the hanging limit run out? The last day belongs to the unit. `None`: no notice on file, so there is no clock.
fn hanging_limit_is_over(site: &Site, hang_days: u32, today: NaiveDate, calendar: &Calendar) -> Option<bool> {
    let due = calendar.due(site.notified_on?, hang_days, false);
    // Holidays not yet published may move a provisional end: until they cannot, the limit runs.
    let surely = if due.provisional { due.date + MOST_DAYS_OFF } else { due.date };
    Some(today > surely)
}

/// The longest row of days off that any published plan had, with room.
const MOST_DAYS_OFF: Days = Days::new(10);

/// A registered (or, without a registry, typed) name and what the DNS says of it and of its `www.` twin.
#[derive(Debug, Clone)]
pub struct NameState {
    pub look: NameLook,
    /// The twin's look, where the name itself is dead.
    pub twin: Option<NameLook>,
}

impl NameState {
    /// What counts for the name: a registered apex counts as `www.` too.
    pub fn outcome(&self) -> DnsOutcome {
        match &self.twin {
            Some(twin) if !twin.outcome.is_no() => twin.outcome,
            _ => self.look.outcome,
        }
    }
}

/// A finding and the pages it stands on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteFinding {
    #[serde(flatten)]
    pub finding: Finding,
    pub pages: Vec<String>,
}

/// All that one look at a site brought.
#[derive(Debug)]
pub struct SiteEvidence<'a> {
    pub names: &'a [NameState],
    pub pages: &'a [PageLook],
    /// The home page is the first of `pages`, if anything was asked at all.
    pub coverage: &'a Coverage,
    /// Why the site as a whole could not be looked at.
    pub trouble: Option<Reason>,
    /// The canary names did not resolve: a "no" of the DNS says nothing.
    pub canary_failed: bool,
    pub site: Option<&'a Site>,
    pub hanging: Hanging,
    pub today: NaiveDate,
    pub calendar: &'a Calendar,
}

/// A site's verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteVerdict {
    pub verdict: Verdict,
    pub cause: Cause,
    pub findings: Vec<SiteFinding>,
}

/// Rolls up: the fair look of every page counts, a page that could not be looked at counts for nothing.
pub fn roll_up(evidence: &SiteEvidence<'_>) -> SiteVerdict {
    let mut findings = dead_names(evidence);
    findings.extend(missing(evidence));
    findings.extend(by_pages(evidence.pages));
    if let Some(fault) = findings.iter().find(|finding| finding.finding.is_fault()) {
        return SiteVerdict { verdict: Verdict::Fail, cause: fault.finding.code.into(), findings };
    }
    let (verdict, reason) = without_fault(evidence);
    if verdict == Verdict::Undetermined && is_refusal(reason) {
        findings.push(SiteFinding { finding: Finding::of(FindingCode::CannotLook, Effect::Queue), pages: Vec::new() });
    }
    SiteVerdict { verdict, cause: reason.into(), findings }
}

fn dead_names(evidence: &SiteEvidence<'_>) -> Vec<SiteFinding> {
    // The name of a suspended or revoked site is held: that is the sanction, no new fault.
    let held = evidence.site.is_some_and(|site| site.state != BadgeState::Valid);
    let dead = !held && !evidence.canary_failed && evidence.names.iter().any(|name| name.outcome().is_no());
    dead.then(|| SiteFinding { finding: Finding::fault(FindingCode::DomainDead), pages: Vec::new() })
        .into_iter()
        .collect()
}

/// `not_hung` where no fair page carries a badge, `partly_hung` where some do.
fn missing(evidence: &SiteEvidence<'_>) -> Vec<SiteFinding> {
    let lacks = |page: &&PageLook| page.cause == FindingCode::NotHung.into();
    let lacking: Vec<String> = evidence.pages.iter().filter(lacks).filter_map(|page| page.url.clone()).collect();
    if lacking.is_empty() {
        return Vec::new();
    }
    let carried = evidence.pages.iter().any(carries);
    let home_in_doubt = evidence.pages.first().is_some_and(|home| home.verdict == Verdict::Undetermined);
    let code = if carried || home_in_doubt { FindingCode::PartlyHung } else { FindingCode::NotHung };
    let mut findings = vec![SiteFinding { finding: Finding::fault(code), pages: lacking.clone() }];
    if code == FindingCode::NotHung && evidence.site.is_some_and(|site| was_never_hung(site, evidence)) {
        findings.push(SiteFinding { finding: Finding::fault(FindingCode::HangOverdue), pages: lacking });
    }
    findings
}

/// Is the hanging limit over without the badge? One that was seen since the notice of issue was hung: that it is missing
/// now is a fault, but not this one.
fn was_never_hung(site: &Site, evidence: &SiteEvidence<'_>) -> bool {
    let Hanging { days, seen_on } = evidence.hanging;
    let is_over = hanging_limit_is_over(site, days, evidence.today, evidence.calendar) == Some(true);
    is_over && seen_on.is_none_or(|seen| Some(seen) < site.notified_on)
}

/// A page that bears a badge, good or bad. One that is said to lack it bears at most somebody's picture link.
fn carries(page: &PageLook) -> bool {
    let lacks = page.cause == FindingCode::NotHung.into();
    page.verdict == Verdict::Pass || !lacks && page.readings.iter().any(super::badge::Reading::is_hung)
}

/// The findings of all pages, each with its pages, faults first.
fn by_pages(pages: &[PageLook]) -> Vec<SiteFinding> {
    let mut grouped: BTreeMap<(Effect, FindingCode, Option<BrokenStep>), Vec<String>> = BTreeMap::new();
    for page in pages {
        for finding in page.findings.iter().filter(|finding| finding.code != FindingCode::NotHung) {
            let key = (finding.effect, finding.code, finding.broken_step);
            grouped.entry(key).or_default().extend(page.url.clone());
        }
    }
    grouped
        .into_iter()
        .map(|((effect, code, broken_step), pages)| SiteFinding {
            finding: Finding { code, effect, broken_step },
            pages,
        })
        .collect()
}

fn without_fault(evidence: &SiteEvidence<'_>) -> (Verdict, Reason) {
    let held = evidence.site.is_some_and(|site| site.state != BadgeState::Valid);
    if held && evidence.names.iter().all(|name| name.outcome().is_no()) {
        return (Verdict::NotApplicable, Reason::NotInForce);
    }
    if let Some(reason) = evidence.trouble {
        return (Verdict::Undetermined, reason);
    }
    if let Some(reason) = name_in_doubt(evidence) {
        return (Verdict::Undetermined, reason);
    }
    let Some(home) = evidence.pages.first() else { return (Verdict::Undetermined, Reason::BudgetSpent) };
    if let Some(reason) = doubt(home).or_else(|| evidence.pages.iter().find_map(undecided)) {
        return (Verdict::Undetermined, reason);
    }
    let passed = |reason: Reason| evidence.pages.iter().any(|page| page.cause == reason.into());
    if passed(Reason::Verified) {
        (Verdict::Pass, Reason::Verified)
    } else if passed(Reason::IdentityUnverified) {
        (Verdict::Pass, Reason::IdentityUnverified)
    } else {
        owes_nothing(evidence.pages, home)
    }
}

fn name_in_doubt(evidence: &SiteEvidence<'_>) -> Option<Reason> {
    let outcome = |name: &NameState| match name.outcome() {
        outcome if outcome.is_no() => evidence.canary_failed.then_some(Reason::CanaryFailed),
        outcome => outcome.reason(),
    };
    evidence.names.iter().find_map(outcome)
}

/// Nothing may be concluded from a home page that could not be looked at.
fn doubt(home: &PageLook) -> Option<Reason> {
    match (home.verdict, home.cause) {
        (Verdict::Undetermined, Cause::Reason(reason)) => Some(reason),
        (Verdict::NotApplicable, _) if home.kind == PageKind::ErrorPage => Some(Reason::ClientError),
        _ => None,
    }
}

/// A page that was looked at and not decided leaves the site undecided; one that was not looked at is left to the coverage.
fn undecided(page: &PageLook) -> Option<Reason> {
    match (page.verdict, page.cause) {
        (Verdict::Undetermined, Cause::Reason(reason @ (Reason::NeedsRender | Reason::HostNotRegistered))) => {
            Some(reason)
        }
        _ => None,
    }
}

fn owes_nothing(pages: &[PageLook], home: &PageLook) -> (Verdict, Reason) {
    let by_site = [Reason::HangingPeriod, Reason::NoBadgeIssued, Reason::NotInForce];
    let causes = || {
        pages.iter().filter_map(|page| match page.cause {
            Cause::Reason(reason) => Some((page.verdict, reason)),
            Cause::Finding(_) => None,
        })
    };
    let site_wide = causes().find(|(_, reason)| by_site.contains(reason));
    let unseen = causes().find(|(verdict, _)| *verdict == Verdict::Undetermined);
    // That one document owes nothing says nothing of the site.
    let of_home = match home.cause {
        Cause::Reason(reason) => Some((Verdict::Undetermined, reason)),
        Cause::Finding(_) => None,
    };
    site_wide.or(unseen).or(of_home).unwrap_or((Verdict::Undetermined, Reason::BudgetSpent))
}

/// Reasons of the other side or the way there: an officer's queue if they last.
fn is_refusal(reason: Reason) -> bool {
    !matches!(
        reason,
        Reason::NeedsRender
            | Reason::HostNotRegistered
            | Reason::CanaryFailed
            | Reason::BudgetSpent
            | Reason::AddressRefused
    )
}
