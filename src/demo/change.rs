//! What may happen to a site while the county runs.

use super::site::{Badge, DemoSite, Door, Naming};

/// A change to a site while the county runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// As its story says.
    AsTold,
    /// In order: the name resolves, every page opens and carries the embed code as issued.
    InOrder,
    /// In order but for the badge: no page carries one.
    WithoutBadge,
    /// In order but for the badge: every page shows another site's.
    ForeignBadge,
    /// An anti-bot test in every page's place.
    Challenge,
    /// A firewall's refusal in every page's place.
    Firewall,
    /// Every page is a 503.
    Failing,
    /// Connections are refused.
    Down,
    /// The name does not exist.
    NoName,
    /// The name servers answer SERVFAIL.
    ServFail,
    /// The name servers do not answer.
    Silent,
}

impl DemoSite {
    /// The site with a change to it.
    pub(super) fn changed(self, behaviour: Behaviour) -> Self {
        let in_order = Self { naming: Naming::Here, door: Door::Open, badge: Badge::Embed, bare_pages: &[], ..self };
        let behind = |door: Door| Self { naming: Naming::Here, door, ..self };
        let named = |naming: Naming| Self { naming, ..self };
        match behaviour {
            Behaviour::AsTold => self,
            Behaviour::InOrder => in_order,
            Behaviour::WithoutBadge => Self { badge: Badge::None, ..in_order },
            Behaviour::ForeignBadge => Self { badge: Badge::Foreign(self.number % 2 + 1), ..in_order },
            Behaviour::Challenge => behind(Door::Challenge),
            Behaviour::Firewall => behind(Door::Firewall),
            Behaviour::Failing => behind(Door::Failing),
            Behaviour::Down => named(Naming::Nobody),
            Behaviour::NoName => named(Naming::NoName),
            Behaviour::ServFail => named(Naming::ServFail),
            Behaviour::Silent => named(Naming::Silent),
        }
    }
}
