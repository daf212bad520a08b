//! What is shown and nothing more: remarks and reminders from registry and look (domain rules §4).

use chrono::{Days, NaiveDate};

use super::dns::NameLook;
use super::finding::Finding;
use super::host::Host;
use super::look::PageLook;
use super::registry::{Site, UnitType};
use super::verdict::{BrokenStep, Effect, FindingCode, PageKind, Verdict};

/// Days before the registered expiry of a name in which a reminder is due.
const EXPIRY_NOTICE: Days = Days::new(30);

/// What the look brought that remarks are made of.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub home: Option<&'a PageLook>,
    /// `<meta name=SiteName>` of the home page.
    pub site_name: Option<&'a str>,
    /// A registered name leads to no registered address and ends on no registered host.
    pub strays: bool,
    /// The code on file was issued with another certificate id than the one on file.
    pub pair_differs: bool,
}

/// The remarks and reminders about a site.
pub fn remarks(site: &Site, seen: &Seen<'_>, today: NaiveDate) -> Vec<Finding> {
    let expires = site.domain_expires_on.is_some_and(|day| day <= today + EXPIRY_NOTICE);
    let found = [
        (
            seen.home.is_some_and(|home| lacks_name(site, home, seen.site_name)),
            FindingCode::NameMismatch,
            Effect::Remark,
        ),
        (seen.strays, FindingCode::AddressMismatch, Effect::Remark),
        (site.names().any(|name| !suffix_fits(site, name)), FindingCode::SuffixWrong, Effect::Remark),
        (expires, FindingCode::DomainExpiring, Effect::Reminder),
    ];
    let mut findings: Vec<Finding> =
        found.into_iter().filter(|(is, ..)| *is).map(|(_, code, effect)| Finding::of(code, effect)).collect();
    if seen.pair_differs {
        findings.push(Finding::of(FindingCode::InfoMismatch, Effect::Remark).at(BrokenStep::Pair));
    }
    findings
}

/// Does a name resolve, but to no registered address?
pub fn leads_elsewhere(site: &Site, look: &NameLook) -> bool {
    !site.ips.is_empty()
        && !look.addresses.is_empty()
        && !look.addresses.iter().any(|address| site.ips.contains(address))
}

/// Neither the title nor `<meta SiteName>` of a real page holds the registered name.
fn lacks_name(site: &Site, home: &PageLook, site_name: Option<&str>) -> bool {
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let name = squeezed(&site.name);
    let told: Vec<String> = [home.title.as_deref(), site_name].into_iter().flatten().map(squeezed).collect();
    let judged = home.kind == PageKind::Page && matches!(home.verdict, Verdict::Pass | Verdict::Fail);
    judged && !name.is_empty() && !told.is_empty() && !told.iter().any(|told| told.contains(&name))
}

/// Organs: `.gov.cn`, `.政务`; institutions: `.cn`, `.公益`, and the organs' where they hold administrative functions
/// (2024 rules, art. 5; measures of 2014, art. 6). Societies are not restricted here.
fn suffix_fits(site: &Site, name: &Host) -> bool {
    let name = name.ascii();
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
    let organ = ends(&[".gov.cn", ".xn--zfr164b", ".xn--zfr164b.cn"]);
    match site.unit.kind {
        Some(UnitType::Organ) => organ,
        Some(UnitType::Institution) if organ => site.unit.administrative_functions != Some(false),
        Some(UnitType::Institution) => ends(&[".cn", ".xn--55qw42g"]),
        Some(UnitType::Society) | None => true,
    }
}
