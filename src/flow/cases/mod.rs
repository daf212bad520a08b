//! Cases: opened by the records or by hand, decided by two people, carried out, watched, and lifted.
//!
//! People's acts stand in [`acts`], what the clock does in [`advance`]. Each is one transaction: the case moves on by its
//! machine under guard, and what follows — the site's state, letters, instructions, the record — is written with it.

mod acts;
mod advance;
mod bundle;
mod candidates;
mod carry;
mod closed;
mod letters;
mod misuse;
mod names;
mod open;
pub mod queue;
pub mod read;
mod rehearse;
mod undelivered;

use std::sync::Arc;

use crate::domain::account::Denied;
use crate::domain::calendar::Calendar;
use crate::domain::case::{Authority, CaseRefusal, SharedSite};
use crate::domain::office::Offices;
use crate::shared::Shared;
use crate::store::{Db, StoreError};

pub use acts::{
    Proposing, acknowledge_instruction, approve, approve_reinstatement, close, consult, hand_over, propose,
    propose_reinstatement, reject, reject_reinstatement, withdraw,
};
pub use advance::{advance, catch_up};
pub use bundle::of_case as bundle_of;
pub use open::{Overdue, open_by_hand, open_by_lead, open_overdue};
pub use rehearse::{Deed, Prepared, Rehearsed, rehearse};
pub(crate) use undelivered::{Undelivered, undelivered};

/// The chain of a case's acts on record.
pub fn chain(case_id: &str) -> String {
    format!("case:{case_id}")
}

/// What the desk needs to work: where everything is kept, who acts for which region, and where authorities are written to.
#[derive(Debug, Clone)]
pub struct Desk<'a> {
    pub db: &'a Db,
    /// As it is now: whoever counts counts by one.
    pub calendar: Arc<Calendar>,
    pub offices: &'a Offices,
    /// Mail address of the registry.
    pub registry: Option<&'a str>,
    /// Mail address of CNNIC.
    pub cnnic: Option<&'a str>,
}

impl<'a> Desk<'a> {
    /// The desk of this process.
    pub fn of(app: &'a Shared) -> Self {
        Self {
            db: &app.db,
            calendar: app.calendar.get(),
            offices: &app.config.offices,
            registry: app.config.authorities.registry.as_deref(),
            cnnic: app.config.authorities.cnnic.as_deref(),
        }
    }

    fn mailbox(&self, authority: Authority) -> Option<&'a str> {
        match authority {
            Authority::Registry => self.registry,
            Authority::Cnnic => self.cnnic,
        }
    }
}

/// Why an act came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    #[error("没有查到 · there is none here")]
    NotFound,
    #[error("没有这一权限 · not within your role")]
    NotYours,
    #[error("{}", .0.help())]
    Refused(CaseRefusal),
    /// With the id of the open one.
    #[error("该网站已有同一案由的在办案件 · the site has an open case on this ground: {0}")]
    OpenAlready(String),
    /// Other sites go dark with it.
    #[error("{}: {}", CaseRefusal::SharedNames.help(), SharedSite::listed(.0))]
    Shared(Vec<SharedSite>),
    #[error("案件刚刚被他人更改，请刷新后重试 · somebody else has just changed it: read it again")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Denied> for CaseError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unseen => Self::NotFound,
            Denied::Role => Self::NotYours,
        }
    }
}

impl From<CaseRefusal> for CaseError {
    fn from(refusal: CaseRefusal) -> Self {
        Self::Refused(refusal)
    }
}
