//! How far the faults of a notice reach: the same fact may be confirmed to one extent, then to another (see
//! [`crate::domain::kin`]), and stands in the notice once.

use chrono::{DateTime, Utc};

use super::{Item, Notice};
use crate::domain::kin::{Extent, is_kin};
use crate::domain::verdict::FindingCode;

impl Notice {
    /// The telling that tells a fault already, to whatever extent; none where that is gone.
    pub fn tells(&self, code: FindingCode) -> Option<u32> {
        self.live().find(|item| is_kin(item.code, code)).map(|item| item.step)
    }

    /// Does another item of its telling say how far its fault reaches now? `last_failed_at`: when a finding was found
    /// last.
    pub fn gives_way(&self, item: &Item, last_failed_at: impl Fn(&str) -> Option<DateTime<Utc>>) -> bool {
        let extent = |item: &Item| {
            let last_failed_at = last_failed_at(&item.finding_id)?;
            Some(Extent { code: item.code, last_failed_at })
        };
        let Some(own) = extent(item) else { return false };
        let others = self.items.iter().filter(|other| other.step == item.step && other.finding_id != item.finding_id);
        others.filter_map(extent).any(|other| own.gives_way_to(&other))
    }
}
