//! Whose badge is it? The identity chain: issued → in force → unit → site → host → pair.
//!
//! Grammar, path and link are judged where the badge is read. Like is compared with like only: an office that holds
//! codes alone cannot say whose a certificate id is, and then nothing is said.

use std::collections::HashMap;

use url::Url;

use super::badge::Reading;
use super::host::Host;
use super::ids::{BadgeCode, CertificateId};
use super::registry::{BadgeState, Registry, Site};
use super::verdict::{BrokenStep, FindingCode};

/// Which certificate id belongs to which code, as the issued scripts say.
pub type Pairs = HashMap<BadgeCode, CertificateId>;

/// What a badge is held against.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub registry: Option<&'a Registry>,
    /// The site that the page belongs to, if it is on file.
    pub site: Option<&'a Site>,
    pub pairs: &'a Pairs,
}

impl<'a> Subject<'a> {
    /// The subject of a page at an address.
    pub fn of(registry: Option<&'a Registry>, url: Option<&Url>, pairs: &'a Pairs) -> Self {
        let site = match (registry, url.and_then(Host::of)) {
            (Some(registry), Some(host)) => registry.site_of(&host, url.map_or("/", Url::path)),
            _ => None,
        };
        Self { registry, site, pairs }
    }
}

/// Do the code and the id on file for a site belong together, as far as the issued script tells?
pub fn pair_differs(site: &Site, pairs: &Pairs) -> bool {
    let issued = site.badge_code.as_ref().and_then(|code| pairs.get(code));
    matches!((issued, &site.certificate_id), (Some(issued), Some(on_file)) if issued != on_file)
}

/// What the registry says of a badge on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is the site's own.
    Own,
    /// Nothing on file tells whose it is.
    Unverified,
    /// It is not the one on file for the site, and on file for nobody; but the registry is not declared complete for the
    /// site's region, so that the file may be what is wrong: it passes, and an officer looks. With the step it breaks at.
    Doubtful(BrokenStep),
    /// It is on file for others, and this page's host is on file for nobody: an officer looks at both ends.
    Elsewhere,
    /// The first broken step, and what it is called.
    Broken(FindingCode, BrokenStep),
}

impl Standing {
    /// "Nobody was issued this" may be said only by a registry that is complete (domain rules §3).
    fn within(self, registry: &Registry) -> Self {
        match self {
            Self::Broken(FindingCode::UnknownBadge, step) if !registry.complete => Self::Doubtful(step),
            standing => standing,
        }
    }
}

/// Takes a badge through the chain.
pub fn standing(reading: &Reading, subject: &Subject<'_>) -> Standing {
    let Some(registry) = subject.registry else { return Standing::Unverified };
    let (code, id) = identifiers(reading, subject.pairs);
    let mut holders: Vec<&Site> = code.map(|code| registry.holders_of_code(code)).unwrap_or_default();
    holders.extend(id.map(|id| registry.holders_of_id(id)).unwrap_or_default());
    match (subject.site, holders.is_empty()) {
        (Some(site), true) => nobodys(code, id, site, subject.pairs).within(registry),
        (None, true) => Standing::Unverified,
        (Some(site), false) => somebodys(&holders, site),
        (None, false) => Standing::Elsewhere,
    }
}

/// The code read, and the id read or known to belong to the code.
fn identifiers<'r>(reading: &'r Reading, pairs: &'r Pairs) -> (Option<&'r BadgeCode>, Option<&'r CertificateId>) {
    let code = reading.code.as_ref();
    let id = reading.certificate_id.as_ref().or_else(|| code.and_then(|code| pairs.get(code)));
    (code, id)
}

fn somebodys(holders: &[&Site], site: &Site) -> Standing {
    if holders.iter().any(|holder| holder.key == site.key) {
        return match site.state {
            BadgeState::Valid => Standing::Own,
            BadgeState::Suspended | BadgeState::Revoked => {
                Standing::Broken(FindingCode::RevokedBadge, BrokenStep::InForce)
            }
        };
    }
    let same_unit = holders.iter().any(|holder| holder.unit.is_same(&site.unit));
    Standing::Broken(FindingCode::ForeignBadge, if same_unit { BrokenStep::Site } else { BrokenStep::Unit })
}

/// Issued to nobody: a fault only where the site has the like on file to compare with.
fn nobodys(code: Option<&BadgeCode>, id: Option<&CertificateId>, site: &Site, pairs: &Pairs) -> Standing {
    let paired = site.badge_code.as_ref().and_then(|own| pairs.get(own));
    match (code, id) {
        (_, Some(id)) if paired == Some(id) => match site.state {
            BadgeState::Valid => Standing::Own,
            _ => Standing::Broken(FindingCode::RevokedBadge, BrokenStep::InForce),
        },
        (Some(_), _) if site.badge_code.is_some() => Standing::Broken(FindingCode::UnknownBadge, BrokenStep::Issued),
        (_, Some(_)) if site.certificate_id.is_some() => {
            Standing::Broken(FindingCode::UnknownBadge, BrokenStep::Issued)
        }
        (_, Some(_)) if paired.is_some() => Standing::Broken(FindingCode::UnknownBadge, BrokenStep::Pair),
        _ => Standing::Unverified,
    }
}
