//! Who may touch what. What lies beyond an actor's region does not exist for them; within it their role decides.

use super::ActError;
use crate::domain::account::{AccountRole, Actor};
use crate::store::Tx;
use crate::store::notices::{self, StoredNotice};
use crate::store::sites::{self, StoredSite};

/// A notice by its id or number, for who may.
pub(crate) async fn notice_of(
    tx: &mut Tx,
    actor: &Actor,
    role: AccountRole,
    id: &str,
) -> Result<StoredNotice, ActError> {
    let notice = notices::find(tx, id).await?.ok_or(ActError::NotFound)?;
    actor.access(role, notice.region.as_deref())?;
    Ok(notice)
}

/// A site by its registry key, for who may.
pub(crate) async fn site_of(tx: &mut Tx, actor: &Actor, role: AccountRole, key: &str) -> Result<StoredSite, ActError> {
    let site = sites::by_key(tx, key).await?.ok_or(ActError::NotFound)?;
    actor.access(role, site.region.as_deref())?;
    Ok(site)
}
