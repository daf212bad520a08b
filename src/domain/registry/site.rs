//! A registered site, its unit and its badge.

use std::fmt;
use std::net::IpAddr;

use chrono::NaiveDate;

use super::{clean, names, prefix};
use crate::closed_set;
use crate::domain::host::Host;
use crate::domain::ids::{BadgeCode, CertificateId};

closed_set! {
    /// What kind of body runs a site. Taken from the registry, never from the badge code.
    pub enum UnitType {
        Organ = "organ", "党政机关 · Party and government body, people's congress, consultative conference, court, procuratorate";
        Institution = "institution", "事业单位 · public institution";
        Society = "society", "社会组织 · social organisation";
    }
}

closed_set! {
    /// The state of a site's badge.
    pub enum BadgeState {
        Valid = "valid", "有效 · in force";
        Suspended = "suspended", "停用 · resolution stopped until reinstated after a new review (art. 11, 20)";
        Revoked = "revoked", "撤销 · revoked (art. 19)";
    }
}

closed_set! {
    /// Who runs the servers of a site.
    pub enum Hosting {
        Own = "own", "自建 · the unit's own site";
        RedPage = "red_page", "网络红页 · free hosted micro-site, on which the badge shows by itself";
    }
}

/// The body that runs a site (开办主体).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Empty where it is not on file.
    pub name: String,
    pub kind: Option<UnitType>,
    /// The unit above it (上级主管单位).
    pub parent: Option<String>,
    pub address: Option<String>,
    pub functions: Option<String>,
    /// Does an institution hold administrative functions (行政职能), so that it may use an organ's suffix? `None` = not on file.
    pub administrative_functions: Option<bool>,
    pub region: Option<String>,
}

impl Unit {
    /// Is it the same body? Units are told apart by name; blanks and full-width forms make no difference.
    pub fn is_same(&self, other: &Unit) -> bool {
        !self.name.is_empty() && clean::name_key(&self.name) == clean::name_key(&other.name)
    }
}

/// How to reach a person. Never public, and never in a log: `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Contact {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(hidden)")
    }
}

/// One registered site: a row of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// English name, else Chinese name, in A-labels, followed by the folder if there is one: `hd.gov.cn/bureau/`.
    pub key: String,
    /// The row of the file, as a spreadsheet numbers it.
    pub row: u64,
    pub unit: Unit,
    pub name: String,
    pub cn_domain: Option<Host>,
    pub en_domain: Option<Host>,
    /// The folder `/x/` that the site consists of, where it lives under another unit's host (挂靠).
    pub url_prefix: Option<String>,
    pub ips: Vec<IpAddr>,
    pub badge_code: Option<BadgeCode>,
    pub certificate_id: Option<CertificateId>,
    pub issued_on: Option<NaiveDate>,
    pub issuing_office: Option<String>,
    pub state: BadgeState,
    pub domain_expires_on: Option<NaiveDate>,
    pub hosting: Hosting,
    /// When the unit was told of the issue: the limit of art. 14 counts from it. `None` = there is no clock.
    pub notified_on: Option<NaiveDate>,
    /// The site's responsible person (网站负责人).
    pub contact: Contact,
    /// The handling person (经办人).
    pub handler: Contact,
}

impl Site {
    /// The registered names as they stand in the registry, the English one first.
    pub fn names(&self) -> impl Iterator<Item = &Host> {
        self.en_domain.iter().chain(&self.cn_domain)
    }

    /// Every host that is the site's by its registered names: these, the other spelling of a Chinese one, and each with or
    /// without `www.`.
    pub fn hosts(&self) -> Vec<Host> {
        names::hosts(self.names())
    }

    /// Is the host one of the site's, taken alone: one of [`Site::hosts`] or, unless the site is only a folder of its host,
    /// a name below a registered one? Whether such a name is registered to somebody else, [`super::Registry::site_of`] knows.
    pub fn owns(&self, host: &Host) -> bool {
        let is_below = |name: &Host| host.is_within(name) || name.cn_twin().is_some_and(|twin| host.is_within(&twin));
        self.hosts().contains(host) || self.url_prefix.is_none() && self.names().any(is_below)
    }

    /// Does the path belong to the site? Every path does where the site has no folder of its own.
    pub fn holds_path(&self, path: &str) -> bool {
        self.url_prefix.as_deref().is_none_or(|folder| prefix::holds(folder, path))
    }
}
