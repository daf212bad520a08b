//! A question about a badge, answered from one snapshot.

use std::borrow::Borrow;

use super::snapshot::{Shelved, Snapshot};
use crate::domain::certificate::{BadgeRef, Certificate};
use crate::domain::click::{ClickVerdict, From, judge};

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
        let holders = self.bearing(badge)?;
        let here = match from {
            From::Host(host) if !holders.is_empty() => self.of_host(host)?,
            _ => Vec::new(),
        };
        let is_own = |held: &Shelved, _: &_| here.iter().any(|site| site.site_id == held.site_id);
        let (verdict, chosen) = judge(&holders, from, is_own);
        Ok(Told { verdict, shelved: chosen.cloned() })
    }
}

impl Borrow<Certificate> for Shelved {
    fn borrow(&self) -> &Certificate {
        &self.certificate
    }
}
