//! What is shown and nothing more: remarks and reminders from registry and look (domain rules §4).

use chrono::{Days, NaiveDate};

use super::finding::Finding;
use super::host::Host;
use super::look::PageLook;
use super::registry::{Site, UnitType};
use super::site::NameState;
use super::verdict::{Effect, FindingCode, PageKind, Verdict};

/// Days before the registered expiry of a name in which a reminder is due.
const EXPIRY_NOTICE: Days = Days::new(30);

/// The remarks and reminders about a site; `ended_on` is the host its home page was found on.
pub fn remarks(
    site: &Site,
    names: &[NameState],
    home: Option<&PageLook>,
    ended_on: Option<&Host>,
    site_name: Option<&str>,
    today: NaiveDate,
) -> Vec<Finding> {
    let mut found = Vec::new();
    if home.is_some_and(|home| lacks_name(site, home, site_name)) {
        found.push(Finding::of(FindingCode::NameMismatch, Effect::Remark));
    }
    let strays = names.iter().any(|name| {
        !name.look.addresses.is_empty() && !name.look.addresses.iter().any(|address| site.ips.contains(address))
    });
    if !site.ips.is_empty() && strays && ended_on.is_some_and(|host| !site.owns(host)) {
        found.push(Finding::of(FindingCode::AddressMismatch, Effect::Remark));
    }
    if site.names().any(|name| !suffix_fits(site, name)) {
        found.push(Finding::of(FindingCode::SuffixWrong, Effect::Remark));
    }
    if site.domain_expires_on.is_some_and(|day| day <= today + EXPIRY_NOTICE) {
        found.push(Finding::of(FindingCode::DomainExpiring, Effect::Reminder));
    }
    found
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
        UnitType::Organ => organ,
        UnitType::Institution if organ => site.unit.administrative_functions != Some(false),
        UnitType::Institution => ends(&[".cn", ".xn--55qw42g"]),
        UnitType::Society => true,
    }
}
