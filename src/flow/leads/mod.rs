//! Leads: raised by what was seen, written by the public, decided by officers. None becomes a fault or a letter by itself.

mod acts;
mod raise;
pub mod read;
mod report;
mod whose;

use crate::domain::account::Denied;
use crate::domain::lead::LeadRefusal;
use crate::store::StoreError;

pub use acts::{Following, dismiss, follow};
pub use raise::raise;
pub use report::report;

/// Somebody who changes a lead all the time: more often than this is none that people do.
const TRIES: usize = 10;
const SYSTEM: &str = "system";

/// The chain of a lead's acts on record.
pub fn chain(lead_id: &str) -> String {
    format!("lead:{lead_id}")
}

/// Why an act came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum LeadError {
    #[error("没有查到 · there is none here")]
    NotFound,
    #[error("没有这一权限 · not within your role")]
    NotYours,
    #[error("{}", .0.help())]
    Refused(LeadRefusal),
    #[error("线索刚刚有变化，请刷新后重试 · it has just changed: read it again")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Denied> for LeadError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unseen => Self::NotFound,
            Denied::Role => Self::NotYours,
        }
    }
}

impl From<LeadRefusal> for LeadError {
    fn from(refusal: LeadRefusal) -> Self {
        Self::Refused(refusal)
    }
}
