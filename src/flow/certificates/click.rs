//! A question about a badge, answered from one snapshot.

use super::snapshot::{Shelved, Snapshot};
use crate::domain::certificate::BadgeRef;
use crate::domain::click::{ClickVerdict, From};

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
        let (verdict, shelved) = self.decide(badge, from)?;
        Ok(Told { verdict, shelved })
    }
}
