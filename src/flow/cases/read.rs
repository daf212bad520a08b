//! What people see of cases: of their own region, and nothing beyond it.

use super::{CaseError, Desk, chain, open_by_hand};
use crate::domain::account::{AccountRole, Actor};
use crate::domain::case::{CaseState, Ground};
use crate::flow::On;
use crate::store::audit::{self, Recorded};
use crate::store::cases::{self, Filter, StoredCase};
use crate::store::instructions::{self, StoredInstruction};
use crate::store::outbox::{self, Listed};
use crate::store::sites::{self, StoredSite};
use crate::store::{Db, StoreError, StoreResult, Tx};

use chrono::{DateTime, Utc};

/// Cases on one page at most.
pub const MOST: u32 = 200;
/// Acts of a case that are shown; none ever comes near it.
pub(super) const ACTS: i64 = 10_000;

/// The case of an id, for who may act on it in a role, if it is still what they saw.
pub(super) async fn yours(
    tx: &mut Tx,
    actor: &Actor,
    role: AccountRole,
    on: impl Into<On<'_>>,
) -> Result<StoredCase, CaseError> {
    let on = on.into();
    let read = cases::by_id(tx, on.id).await?.ok_or(CaseError::NotFound)?;
    actor.access(role, read.region.as_deref())?;
    if on.is_as_seen(read.version) { Ok(read) } else { Err(CaseError::Changed) }
}

/// What is asked of the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    pub state: Option<CaseState>,
    pub ground: Option<Ground>,
    /// Only those that are not over.
    pub open: bool,
    /// From 0.
    pub page: u32,
    /// Cases a page, [`MOST`] at most.
    pub most: u32,
}

/// One page of the list.
#[derive(Debug, Clone)]
pub struct Page {
    pub cases: Vec<(StoredCase, StoredSite)>,
    /// Is there another one?
    pub more: bool,
}

/// The cases of an actor's region, the latest first.
pub async fn list(db: &Db, actor: &Actor, wanted: &Wanted) -> StoreResult<Page> {
    let most = i64::from(wanted.most.clamp(1, MOST));
    let Wanted { state, ground, open, page, .. } = *wanted;
    let filter = Filter { region: &actor.region, state, ground, site_id: None, open };
    let mut tx = db.read().await?;
    let mut found = cases::list(&mut tx, &filter, most + 1, i64::from(page) * most).await?;
    let more = found.len() as i64 > most;
    found.truncate(most as usize);
    let mut listed = Vec::new();
    for case in found {
        let site = site(&mut tx, &case).await?;
        listed.push((case, site));
    }
    Ok(Page { cases: listed, more })
}

pub(super) async fn site(tx: &mut Tx, case: &StoredCase) -> StoreResult<StoredSite> {
    let site = sites::by_id(tx, &case.site_id).await?;
    site.ok_or_else(|| StoreError::Corrupt(format!("site {} of a case", case.site_id)))
}

/// A case and its site.
pub async fn show(db: &Db, actor: &Actor, id: &str) -> Result<(StoredCase, StoredSite), CaseError> {
    let mut tx = db.read().await?;
    let case = yours(&mut tx, actor, AccountRole::Viewer, id).await?;
    let site = site(&mut tx, &case).await?;
    Ok((case, site))
}

/// What was done to a case, in order.
pub async fn history(db: &Db, actor: &Actor, id: &str) -> Result<Vec<Recorded>, CaseError> {
    let mut tx = db.read().await?;
    let case = yours(&mut tx, actor, AccountRole::Viewer, id).await?;
    Ok(audit::chain(&mut tx, &chain(&case.id), 0, ACTS).await?)
}

/// The letters of a case, the first first.
pub async fn letters(db: &Db, actor: &Actor, id: &str) -> Result<Vec<Listed>, CaseError> {
    let mut tx = db.read().await?;
    let case = yours(&mut tx, actor, AccountRole::Viewer, id).await?;
    Ok(outbox::of_subject(&mut tx, &case.id).await?)
}

/// What authorities were told by a case.
pub async fn orders(db: &Db, actor: &Actor, id: &str) -> Result<Vec<StoredInstruction>, CaseError> {
    let mut tx = db.read().await?;
    let case = yours(&mut tx, actor, AccountRole::Viewer, id).await?;
    Ok(instructions::of_case(&mut tx, &case.id).await?)
}

/// Opens a case at the site of a registry key.
pub async fn open_at(
    desk: &Desk<'_>,
    actor: &Actor,
    key: &str,
    ground: Ground,
    why: &str,
    now: DateTime<Utc>,
) -> Result<StoredCase, CaseError> {
    let site = sites::by_key(&mut desk.db.read().await?, key).await?.ok_or(CaseError::NotFound)?;
    open_by_hand(desk, actor, &site.id, ground, why, now).await
}
