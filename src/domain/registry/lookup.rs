//! Whose page, whose code, whose id: the look-ups that judging needs, each in the logarithm of the registry's size.

use super::index::Index;
use super::names::{parent, twins};
use super::problem::{Warning, WarningKind};
use super::site::Site;
use super::{Registry, prefix};
use crate::domain::host::Host;
use crate::domain::ids::{BadgeCode, CertificateId};

/// The registered names with the folder of the site, the badge codes and the certificate ids.
#[derive(Debug, Clone, Default)]
pub(super) struct Indexes {
    names: Index<(Host, Option<String>)>,
    codes: Index<BadgeCode>,
    ids: Index<CertificateId>,
}

impl Indexes {
    pub fn of(sites: &[Site]) -> Self {
        let sites = || sites.iter().enumerate();
        let names = |(at, site): (usize, &Site)| -> Vec<_> {
            site.names().map(|name| ((name.clone(), site.url_prefix.clone()), at)).collect()
        };
        Self {
            names: Index::new(sites().flat_map(names)),
            codes: Index::new(sites().filter_map(|(at, site)| Some((site.badge_code.clone()?, at)))),
            ids: Index::new(sites().filter_map(|(at, site)| Some((site.certificate_id.clone()?, at)))),
        }
    }

    /// What several sites share although one holder is the rule.
    pub fn warnings(&self, sites: &[Site]) -> Vec<Warning> {
        let row = |at: usize| sites[at].row;
        let codes = self.codes.shared();
        let codes = codes.map(|(code, at)| Warning::shared(WarningKind::SharedCode, code.as_str(), at.map(row)));
        let ids = self.ids.shared();
        let ids = ids.map(|(id, at)| Warning::shared(WarningKind::SharedCertificate, id.as_str(), at.map(row)));
        let names = self.names.shared().map(|((host, folder), at)| {
            let name = format!("{host}{}", folder.as_deref().unwrap_or_default());
            Warning::shared(WarningKind::SharedName, &name, at.map(row))
        });
        codes.chain(ids).chain(names).collect()
    }

    fn on(&self, name: &Host) -> impl Iterator<Item = usize> {
        self.names.find(|(known, _)| known.cmp(name))
    }

    fn first(&self, name: &Host, folder: Option<&str>) -> Option<usize> {
        self.names.find(|(known, at)| known.cmp(name).then_with(|| at.as_deref().cmp(&folder))).next()
    }
}

impl Registry {
    /// The site that a page belongs to: the registered name that the host is or, at a label border, the nearest one above
    /// it; among the sites on that name the one with the longest folder that holds the path, else the one without a folder.
    ///
    /// A name registered with or without `www.` is the site's in both forms. What lies below it is the site's only if it
    /// lies below the name as registered (`news.hd.gov.cn` is no part of `www.hd.gov.cn`, nor of what is above `hd.gov.cn`),
    /// and only if the site is not a mere folder of its host.
    pub fn site_of(&self, host: &Host, path: &str) -> Option<&Site> {
        let names = twins(host);
        if self.is_registered(&names) {
            let in_folder = |folder: Option<&str>| names.iter().find_map(|name| self.indexes.first(name, folder));
            let at = prefix::folders(path).find_map(|folder| in_folder(Some(&folder))).or_else(|| in_folder(None));
            return at.map(|at| &self.sites[at]);
        }
        let spellings = [Some(host.clone()), host.cn_twin()];
        let is_above = |name: &Host| spellings.iter().flatten().any(|host| host.is_within(name));
        let mut above = parent(host);
        while let Some(name) = above {
            let names = twins(&name);
            if self.is_registered(&names) {
                let at = names.iter().filter(|name| is_above(name)).find_map(|name| self.indexes.first(name, None));
                return at.map(|at| &self.sites[at]);
            }
            above = parent(&name);
        }
        None
    }

    /// The sites registered on a host itself, whatever their folder, in the order of the file; a name counts with its twins.
    pub fn sites_on(&self, host: &Host) -> Vec<&Site> {
        let mut found: Vec<usize> = twins(host).iter().flat_map(|name| self.indexes.on(name)).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|at| &self.sites[at]).collect()
    }

    /// The sites that a badge code was issued to: one, as a rule.
    pub fn holders_of_code(&self, code: &BadgeCode) -> Vec<&Site> {
        self.indexes.codes.find(|known| known.cmp(code)).map(|at| &self.sites[at]).collect()
    }

    /// The sites that a certificate id was issued to: one, as a rule.
    pub fn holders_of_id(&self, id: &CertificateId) -> Vec<&Site> {
        self.indexes.ids.find(|known| known.cmp(id)).map(|at| &self.sites[at]).collect()
    }

    fn is_registered(&self, names: &[Host]) -> bool {
        names.iter().any(|name| self.indexes.on(name).next().is_some())
    }
}
