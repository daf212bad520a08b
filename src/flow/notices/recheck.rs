//! A unit says that it mended something: its site is looked at again before everything that is due by the clock.

use chrono::{DateTime, Utc};
use serde_json::{Map, json};

use super::UNIT;
use super::apply::chain;
use crate::domain::beijing::{day, start_of};
use crate::domain::notice::{RECHECK_EVERY, RECHECKS_A_DAY, RecheckRefusal, may_recheck};
use crate::store::audit::{self, Act};
use crate::store::notices::{self, StoredNotice};
use crate::store::{Db, StoreError, StoreResult, Tx, findings, looks, plan};

/// The name of the act on record.
pub(super) const ASKED: &str = "recheck_asked";

/// Why there is no re-check.
#[derive(Debug, thiserror::Error)]
pub enum RecheckError {
    #[error("没有这份通知 · no such notice")]
    NotFound,
    #[error(transparent)]
    Refused(#[from] RecheckRefusal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The unit asks for a re-check.
pub async fn recheck(db: &Db, id: &str, at: DateTime<Utc>) -> Result<(), RecheckError> {
    let mut tx = db.write().await?;
    // Of two who ask at once the second finds the first one's.
    notices::stand_by(&mut tx, id).await?;
    let notice = notices::by_id(&mut tx, id).await?.ok_or(RecheckError::NotFound)?;
    refused(&mut tx, &notice, at).await?.map_or(Ok(()), Err)?;
    if !plan::ask(&mut tx, &notice.site_id, at).await? {
        return Err(RecheckRefusal::NotWatched.into());
    }
    record(&mut tx, &notice, at).await?;
    tx.commit().await?;
    Ok(())
}

/// Why a re-check would be refused now.
pub(super) async fn refused(
    tx: &mut Tx,
    notice: &StoredNotice,
    at: DateTime<Utc>,
) -> StoreResult<Option<RecheckRefusal>> {
    if notice.ended_at.is_some() {
        return Ok(Some(RecheckRefusal::Over));
    }
    let Some(plan) = plan::of_site(tx, &notice.site_id).await? else { return Ok(Some(RecheckRefusal::NotWatched)) };
    let since = start_of(day(at)).min(at - RECHECK_EVERY);
    let done = looks::rechecks(tx, &notice.site_id, since, RECHECKS_A_DAY as i64 + 1).await?;
    let asked: Vec<_> = done.iter().map(|look| look.slot_at).collect();
    Ok(may_recheck(plan.recheck_at, &asked, at).err())
}

/// Notes with it on how many pages each fault stood, so that its result can say how many are left.
async fn record(tx: &mut Tx, notice: &StoredNotice, at: DateTime<Utc>) -> StoreResult<()> {
    let open = findings::open_of_site(tx, &notice.site_id).await?;
    let mut pages = Map::new();
    for item in notice.notice.live() {
        let found = open.iter().find(|found| found.id == item.finding_id);
        pages.extend(found.map(|found| (found.id.clone(), json!(found.pages.len()))));
    }
    let state = notice.notice.state.name();
    let detail = json!({ "pages": pages });
    let act = Act { actor: UNIT, action: ASKED, from: Some(state), to: Some(state), why: None, detail };
    audit::append(tx, &chain(&notice.id), at, &act).await
}
