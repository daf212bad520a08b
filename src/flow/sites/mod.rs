//! Sites as officers work with them: lists, one site, and what they do about it.

mod acts;
mod edit;
mod list;
mod sheet;

use crate::domain::account::{AccountRole, Actor};
use crate::flow::notices::{ActError, site_of};
use crate::store::sites::StoredSite;
use crate::store::{StoreError, Tx, plan};

pub use acts::{ExemptionWish, MOST_AT_ONCE, end_exemption, exempt, recheck_all, withdraw_maintenance};
pub use edit::{EDITABLE, edit};
pub use list::{Counted, List, OWN, PAGE, Wanted, each, list};
pub use sheet::{Recheck, Sheet, sheet};

/// Why something is not done at a site.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error(transparent)]
    Act(#[from] ActError),
    #[error("这不是一个邮箱地址 · this is no mail address")]
    Mail,
    #[error("这不是一个日期 · this is no day")]
    Day,
    #[error("豁免的最后一天应在今天至一年之内 · the last day of an exemption is today or within a year")]
    ExemptionDay,
    #[error("须说明理由 · a reason is needed")]
    NoReason,
}

impl From<StoreError> for SiteError {
    fn from(error: StoreError) -> Self {
        Self::Act(error.into())
    }
}

/// A watched site that an officer is about to act on: nobody else does until the transaction ends.
async fn held(tx: &mut Tx, actor: &Actor, key: &str) -> Result<StoredSite, ActError> {
    let site = site_of(tx, actor, AccountRole::Officer, key).await?;
    if plan::stand_by(tx, &site.id).await? { Ok(site) } else { Err(ActError::NotFound) }
}
