//! From one look to what it says of every finding: found, gone, or not told.
//!
//! A look counts only for what it looked at: a home page says nothing of the page behind it that lacked the badge.

use std::collections::HashSet;

use super::confirm::Seen;
use super::finding::Finding;
use super::kin::is_kin;
use super::site::SiteFinding;
use super::verdict::{Cause, Effect, FindingCode, Reason, Verdict};

/// A look as far as it counts.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    pub verdict: Verdict,
    pub cause: Cause,
    pub findings: &'a [SiteFinding],
    /// Pages that were fairly looked at now (or found to be gone).
    pub fresh: &'a HashSet<String>,
    /// The names were asked for and the DNS did tell: an address or a no.
    pub names_told: bool,
    /// The instrument was found well, or was not needed because nothing failed.
    pub well: bool,
}

/// An open finding as far as it is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Open<'a> {
    pub finding: Finding,
    pub pages: &'a [String],
}

/// The findings that a look counts for, each once: those with evidence of now, and that a site could not be reached.
pub fn found(look: &Look<'_>) -> Vec<SiteFinding> {
    if !look.well {
        return Vec::new();
    }
    let fresh =
        |found: &&SiteFinding| found.pages.is_empty() || found.pages.iter().any(|page| look.fresh.contains(page));
    let mut found: Vec<SiteFinding> = look.findings.iter().filter(fresh).cloned().collect();
    if look.verdict == Verdict::Undetermined && look.cause.is_unreachable() {
        found.retain(|found| found.finding.code != FindingCode::CannotLook);
        found.push(SiteFinding { finding: Finding::fault(FindingCode::Unreachable), pages: Vec::new() });
    }
    found
}

/// What a look says of a finding that is open and was not [`found`].
pub fn seen(open: &Open<'_>, look: &Look<'_>) -> Seen {
    let code = open.finding.code;
    if look.well && grew(open, look) {
        return Seen::Failing;
    }
    // What an unwell instrument found is not believed; that it found something well neither.
    if !look.well || look.findings.iter().any(|found| is_kin(found.finding.code, code)) {
        return Seen::Unsure;
    }
    // What a site does not owe now is not looked for: that it lacks it still would be seen by nobody.
    if look.verdict == Verdict::NotApplicable && look.cause == Reason::NotInForce.into() && is_excused(code) {
        return Seen::Unsure;
    }
    let told = match code {
        FindingCode::DomainDead => look.names_told,
        FindingCode::Unreachable => !look.cause.is_unreachable() && look.names_told,
        FindingCode::CannotLook => matches!(look.verdict, Verdict::Pass | Verdict::Fail),
        _ if open.finding.effect == Effect::Remark || open.finding.effect == Effect::Reminder => {
            matches!(look.verdict, Verdict::Pass | Verdict::Fail)
        }
        _ => !open.pages.is_empty() && open.pages.iter().all(|page| look.fresh.contains(page)),
    };
    if told { Seen::Clean } else { Seen::Unsure }
}

/// Now no page carries the badge: those that lacked it before lack it still.
fn grew(open: &Open<'_>, look: &Look<'_>) -> bool {
    let lacks = |page: &String| open.pages.contains(page) && look.fresh.contains(page);
    let none = look.findings.iter().filter(|found| found.finding.code == FindingCode::NotHung);
    open.finding.code == FindingCode::PartlyHung && none.flat_map(|found| &found.pages).any(lacks)
}

/// What is no fault of a site whose badge is suspended or revoked: that it shows none, and that its names were stopped.
const fn is_excused(code: FindingCode) -> bool {
    use FindingCode as F;
    matches!(
        code,
        F::NotHung | F::PartlyHung | F::HangOverdue | F::Misplaced | F::Blocked | F::DomainDead | F::Unreachable
    )
}

impl Cause {
    /// Refused, reset or timed out: if it lasts, the site is unreachable (domain rules §4).
    pub const fn is_unreachable(self) -> bool {
        matches!(
            self,
            Self::Reason(
                Reason::Timeout | Reason::ConnectRefused | Reason::ConnectionReset | Reason::NetworkUnreachable
            )
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "http://www.yunxi.gov.test/";
    const PAGE: &str = "http://www.yunxi.gov.test/a.html";

    fn finding(code: FindingCode, pages: &[&str]) -> SiteFinding {
        SiteFinding { finding: Finding::fault(code), pages: pages.iter().map(|page| (*page).to_owned()).collect() }
    }

    fn fresh(pages: &[&str]) -> HashSet<String> {
        pages.iter().map(|page| (*page).to_owned()).collect()
    }

    fn look<'a>(findings: &'a [SiteFinding], fresh: &'a HashSet<String>) -> Look<'a> {
        let (verdict, cause) = match findings.first() {
            Some(found) => (Verdict::Fail, found.finding.code.into()),
            None => (Verdict::Pass, Reason::Verified.into()),
        };
        Look { verdict, cause, findings, fresh, names_told: true, well: true }
    }

    #[test]
    fn a_page_that_was_not_looked_at_now_counts_neither_way() {
        let (findings, home) = ([finding(FindingCode::PartlyHung, &[PAGE])], fresh(&[HOME]));
        assert!(found(&look(&findings, &home)).is_empty(), "the evidence is an old look's");
        let pages = [PAGE.to_owned()];
        let open = Open { finding: Finding::fault(FindingCode::PartlyHung), pages: &pages };
        assert_eq!(seen(&open, &look(&[], &home)), Seen::Unsure);
        assert_eq!(seen(&open, &look(&[], &fresh(&[HOME, PAGE]))), Seen::Clean);
    }

    #[test]
    fn fewer_pages_without_a_badge_are_not_a_mended_site() {
        let (findings, both) = ([finding(FindingCode::PartlyHung, &[PAGE])], fresh(&[HOME, PAGE]));
        let pages = [HOME.to_owned()];
        let open = Open { finding: Finding::fault(FindingCode::NotHung), pages: &pages };
        assert_eq!(seen(&open, &look(&findings, &both)), Seen::Unsure);
    }

    #[test]
    fn a_site_that_lost_its_last_badge_still_lacks_it_where_it_lacked_it() {
        let (findings, both) = ([finding(FindingCode::NotHung, &[HOME, PAGE])], fresh(&[HOME, PAGE]));
        let pages = [HOME.to_owned()];
        let open = Open { finding: Finding::fault(FindingCode::PartlyHung), pages: &pages };
        assert_eq!(seen(&open, &look(&findings, &both)), Seen::Failing);
        let elsewhere = fresh(&[PAGE]);
        assert_eq!(seen(&open, &look(&findings, &elsewhere)), Seen::Unsure, "it was not looked at now");
    }

    #[test]
    fn an_unwell_instrument_finds_nothing_and_clears_nothing() {
        let (findings, both) = ([finding(FindingCode::NotHung, &[HOME])], fresh(&[HOME]));
        let unwell = Look { well: false, ..look(&findings, &both) };
        assert!(found(&unwell).is_empty());
        let open = Open { finding: Finding::fault(FindingCode::DomainDead), pages: &[] };
        assert_eq!(seen(&open, &Look { well: false, ..look(&[], &both) }), Seen::Unsure);
    }

    #[test]
    fn a_site_whose_badge_is_suspended_has_not_mended_what_it_lacks() {
        let (both, pages) = (fresh(&[HOME]), [HOME.to_owned()]);
        let suspended = Look { verdict: Verdict::NotApplicable, cause: Reason::NotInForce.into(), ..look(&[], &both) };
        let open = |code| Open { finding: Finding::fault(code), pages: &pages };
        assert_eq!(seen(&open(FindingCode::NotHung), &suspended), Seen::Unsure);
        assert_eq!(seen(&open(FindingCode::DomainDead), &suspended), Seen::Unsure, "its names were stopped");
        assert_eq!(seen(&open(FindingCode::RevokedBadge), &suspended), Seen::Clean, "it took the badge off");
    }

    #[test]
    fn a_refused_connection_is_a_step_towards_unreachable_and_a_firewall_is_not() {
        let none = fresh(&[]);
        let refused = Look { verdict: Verdict::Undetermined, cause: Reason::ConnectRefused.into(), ..look(&[], &none) };
        assert_eq!(found(&refused)[0].finding.code, FindingCode::Unreachable);
        let guarded = Look { cause: Reason::Blocked.into(), ..refused };
        assert!(found(&guarded).is_empty());
        let open = Open { finding: Finding::fault(FindingCode::Unreachable), pages: &[] };
        assert_eq!(seen(&open, &guarded), Seen::Clean, "it answers");
    }
}
