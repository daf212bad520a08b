//! Held mass changes in the hands of an office: those that touch its region, and those that are its own to decide.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::Terms;
use super::hold::decide_in;
use crate::domain::account::{AccountRole, Actor};
use crate::domain::mass::HoldState;
use crate::domain::region::digits_of;
use crate::store::audit::{self, Act};
use crate::store::desk::{self, Held};
use crate::store::{Db, StoreError, StoreResult, findings};

/// The chain that these acts stand on.
pub const CHAIN: &str = "holds";
/// Sites of a hold that are named.
const NAMED: i64 = 50;

/// Why a hold was not decided.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    #[error("没有查到 · there is none here")]
    NotFound,
    #[error("没有这一权限 · not within your role")]
    NotYours,
    #[error("涉及其他地区的网站，请由上级机关处理 · it touches sites beyond your region: an office above decides it")]
    Beyond,
    #[error("须说明理由 · a reason is needed")]
    NoReason,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A hold, and the sites of one's region that wait for it.
#[derive(Debug, Clone)]
pub struct Hold {
    pub held: Held,
    /// Registry key and unit, the first [`NAMED`].
    pub sites: Vec<(String, String)>,
}

/// The open holds that touch an actor's region.
pub async fn open(db: &Db, actor: &Actor) -> StoreResult<Vec<Hold>> {
    let (mut tx, area) = (db.read().await?, digits_of(&actor.region));
    let mut open = Vec::new();
    for held in desk::holds(&mut tx, area).await? {
        let sites = desk::held_sites(&mut tx, &held.id, area, NAMED).await?;
        open.push(Hold { held, sites });
    }
    Ok(open)
}

/// Decides a hold whose sites all lie in the actor's region. How many findings moved.
pub async fn decide(
    db: &Db,
    actor: &Actor,
    (id, state): (&str, HoldState),
    reason: &str,
    terms: &Terms,
    at: DateTime<Utc>,
) -> Result<usize, HoldError> {
    let mut tx = db.write().await?;
    // From here on nothing joins it.
    if !findings::stand_by(&mut tx, id).await? {
        return Err(HoldError::NotFound);
    }
    let all = desk::holds(&mut tx, digits_of(&actor.region)).await?;
    let held = all.into_iter().find(|held| held.id == id).ok_or(HoldError::NotFound)?;
    match () {
        () if actor.role < AccountRole::Approver => return Err(HoldError::NotYours),
        () if held.here < held.waiting => return Err(HoldError::Beyond),
        () if reason.trim().is_empty() => return Err(HoldError::NoReason),
        () => {}
    }
    let by = actor.text();
    let moved = decide_in(&mut tx, (id, state), (&by, reason), terms, at).await?.ok_or(HoldError::NotFound)?;
    let detail = json!({ "hold": id, "code": held.code, "dimension": held.dimension, "member": held.member,
        "findings": moved });
    let act =
        Act { actor: &by, action: state.name(), from: Some("open"), to: Some(state.name()), why: Some(reason), detail };
    audit::append_in_turn(&mut tx, CHAIN, at, &act).await?;
    tx.commit().await?;
    Ok(moved)
}
