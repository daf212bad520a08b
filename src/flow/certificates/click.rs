//! A question about a badge, answered from one snapshot.

use super::snapshot::{Shelved, Snapshot};
use crate::domain::certificate::BadgeRef;
use crate::domain::click::{ClickVerdict, From, judge};
use crate::domain::host::Host;

/// What a click on a badge is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub verdict: ClickVerdict,
    /// The certificate it is about; none where no badge of this number was issued.
    pub shelved: Option<Shelved>,
}

impl Snapshot {
    /// Judges a badge by where the click came from: a host is a site's by all that is registered, not by its names alone.
    pub fn told(&self, badge: &BadgeRef, from: &From) -> std::io::Result<Told> {
        let mut held = self.bearing(badge)?;
        let here = match from {
            From::Host(host) if !held.is_empty() => self.of_host(host)?,
            _ => Vec::new(),
        };
        let is_own = |one: &Shelved, _: &Host| here.iter().any(|own| own.site_id == one.site_id);
        let (verdict, chosen) = judge(&held, from, is_own);
        let chosen = chosen.and_then(|chosen| held.iter().position(|held| std::ptr::eq(held, chosen)));
        Ok(Told { verdict, shelved: chosen.map(|chosen| held.swap_remove(chosen)) })
    }
}
