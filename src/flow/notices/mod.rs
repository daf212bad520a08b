//! Notices: from confirmed faults to letters, deadlines, and what units and officers do about them.
//!
//! [`advance`] does what no person does: it drafts, joins, counts, reminds, says *overdue*, and closes. Each step is one
//! transaction over one notice, guarded by the version that was read, so that it may be repeated by anybody at any time.

mod acts;
mod advance;
mod allowed;
mod apply;
pub(crate) mod dark;
mod friendly;
pub(crate) mod letters;
pub mod link;
pub mod queue;
pub mod read;
mod recheck;
mod rehearse;
mod tell;
pub mod unit_view;

use chrono::{DateTime, NaiveDate, Utc};

use crate::clock::day;
use crate::domain::account::Denied;
use crate::domain::calendar::Calendar;
use crate::domain::notice::{Moment, Refusal};
use crate::domain::office::Offices;
use crate::store::{StoreError, StoreResult, Tx};

pub use acts::{
    AnswerGiven, Maintenance, UnitFile, Wish, acknowledge, act, announce_maintenance, answer, approve, ask, close,
    deliver_by_hand, extend, resend, withdraw,
};
pub use advance::advance;
pub(crate) use allowed::{notice_of, site_of};
pub(crate) use apply::apply;
pub use recheck::{RecheckError, recheck};
pub use rehearse::{Prepared, fingerprint, rehearse, rehearse_maintenance};

/// Who is on record where no person acted.
pub const SYSTEM: &str = "system";
/// Who is on record where the unit acted by its link.
pub const UNIT: &str = "unit";

/// What all steps share.
#[derive(Debug, Clone)]
pub struct Desk {
    pub offices: Offices,
    /// Where the watch looks from; letters name it.
    pub vantage: String,
    /// Gateways that announce letters, by name, with the region each is for.
    pub webhooks: Vec<(String, String)>,
}

impl Desk {
    /// The gateways that a region's letters are announced by.
    pub fn webhooks_of(&self, region: Option<&str>) -> impl Iterator<Item = &str> {
        let region = region.unwrap_or("000000").to_owned();
        let is_for = move |area: &str| crate::domain::region::is_within(&region, area);
        self.webhooks.iter().filter(move |(_, area)| is_for(area)).map(|(name, _)| name.as_str())
    }
}

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    #[error("没有查到 · there is none here")]
    NotFound,
    #[error("没有这一权限 · not within your role")]
    NotYours,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("刚才已被他人更改，请重新查看 · somebody else changed it meanwhile: look again")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Denied> for ActError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unseen => Self::NotFound,
            Denied::Role => Self::NotYours,
        }
    }
}

/// The moment of a step.
#[derive(Debug, Clone)]
pub(crate) struct Now {
    pub at: DateTime<Utc>,
    pub today: NaiveDate,
    pub calendar: Calendar,
    /// [`Calendar::version`] of it.
    pub counted_by: String,
}

impl Now {
    /// Reads the calendar as it is now: whoever counts must count by the same.
    pub async fn read(tx: &mut Tx, at: DateTime<Utc>) -> StoreResult<Self> {
        let calendar = super::calendar::load(tx).await?;
        Ok(Self { at, today: day(at), counted_by: calendar.version(), calendar })
    }

    pub fn moment(&self, desk: &Desk, region: Option<&str>) -> Moment<'_> {
        Moment {
            now: self.at,
            today: self.today,
            calendar: &self.calendar,
            limit: desk.offices.terms(region, self.today).limit(),
            approval: desk.offices.approval(region),
        }
    }
}
