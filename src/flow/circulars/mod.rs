//! Circulars (通报): drafted from what stands, worded and released by an officer, taken back where they were wrong.

mod draft;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::clock::day;
use crate::domain::account::{AccountRole, Actor};
use crate::domain::region::digits_of;
use crate::store::audit::{self, Act};
use crate::store::circulars::{self, Listed, StoredCircular, Words};
use crate::store::{Db, StoreError, StoreResult, Tx, counters};

pub use draft::{Wish, draft};

/// The chain of records that circulars stand on.
pub const CHAIN: &str = "circulars";
/// Circulars that are listed at most.
const MOST: i64 = 200;
/// Characters of a text at most.
const LONGEST: usize = 4_000;
/// Characters that a reason takes at least.
const SHORTEST_WHY: usize = 4;

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum CircularError {
    #[error("没有查到 · there is none here")]
    NotFound,
    #[error("没有这一权限 · not within your role")]
    NotYours,
    #[error(
        "起止日期不对：截止日期不能早于起始日期，不能晚于今天，期间不超过一年 · the days are no period that is over"
    )]
    Period,
    #[error("没有这个地区 · there is no such region")]
    Region,
    #[error("通知过多，请分地区起草 · there are too many notices: draft it by region")]
    TooMany,
    #[error("文字不能为空，且不超过 4000 字 · a text is empty or too long")]
    Text,
    #[error("请写明撤回原因（至少 4 个字） · say why it is withdrawn")]
    Why,
    #[error("通报已被他人改动，或已不是草稿，请刷新后再办理 · it was changed meanwhile, or is no draft: reload it")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The circulars of somebody's region and those below it.
pub async fn list(db: &Db, actor: &Actor) -> StoreResult<Vec<Listed>> {
    circulars::list(&mut db.read().await?, digits_of(&actor.region), MOST).await
}

/// One of them.
pub async fn read(db: &Db, actor: &Actor, id: &str) -> Result<StoredCircular, CircularError> {
    find(&mut db.read().await?, actor, id).await
}

async fn find(tx: &mut Tx, actor: &Actor, id: &str) -> Result<StoredCircular, CircularError> {
    circulars::by_id(tx, digits_of(&actor.region), id).await?.ok_or(CircularError::NotFound)
}

/// One that an officer acts on, as it was when the officer's page was made.
async fn act_on(tx: &mut Tx, actor: &Actor, id: &str, version: i64) -> Result<StoredCircular, CircularError> {
    let read = find(tx, actor, id).await?;
    if !actor.may(AccountRole::Officer, Some(&read.area)) {
        return Err(CircularError::NotYours);
    }
    if read.version == version { Ok(read) } else { Err(CircularError::Changed) }
}

/// Words a draft anew.
pub async fn reword(
    db: &Db,
    actor: &Actor,
    id: &str,
    version: i64,
    words: &Words,
    now: DateTime<Utc>,
) -> Result<(), CircularError> {
    let is_text = |text: &String| !text.trim().is_empty() && text.chars().count() <= LONGEST;
    if ![&words.addressee, &words.opening, &words.next_steps].into_iter().all(is_text) {
        return Err(CircularError::Text);
    }
    let mut tx = db.write().await?;
    let read = act_on(&mut tx, actor, id, version).await?;
    if !circulars::reword(&mut tx, &read, words).await? {
        return Err(CircularError::Changed);
    }
    record(&mut tx, actor, "circular_reworded", &read, None, now).await?;
    Ok(tx.commit().await?)
}

/// Releases a draft under the next number of its region and year.
pub async fn release(
    db: &Db,
    actor: &Actor,
    id: &str,
    version: i64,
    now: DateTime<Utc>,
) -> Result<String, CircularError> {
    let mut tx = db.write().await?;
    let read = act_on(&mut tx, actor, id, version).await?;
    let (area, year) = (&read.area, day(now).format("%Y").to_string());
    let running = counters::next(&mut tx, &format!("circular {area} {year}")).await?;
    let number = format!("标识通〔{year}〕{area}-{running}号");
    if !circulars::release(&mut tx, &read, &number, &actor.text(), now).await? {
        return Err(CircularError::Changed);
    }
    record(&mut tx, actor, "circular_released", &read, Some(&number), now).await?;
    tx.commit().await?;
    Ok(number)
}

/// Why a circular is taken back, without blanks around it.
pub fn reason(why: &str) -> Result<&str, CircularError> {
    let length = why.trim().chars().count();
    if (SHORTEST_WHY..=LONGEST).contains(&length) { Ok(why.trim()) } else { Err(CircularError::Why) }
}

/// Takes a circular back, for a reason.
pub async fn withdraw(
    db: &Db,
    actor: &Actor,
    id: &str,
    version: i64,
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), CircularError> {
    let why = reason(why)?;
    let mut tx = db.write().await?;
    let read = act_on(&mut tx, actor, id, version).await?;
    if !circulars::withdraw(&mut tx, &read, why, &actor.text(), now).await? {
        return Err(CircularError::Changed);
    }
    record(&mut tx, actor, "circular_withdrawn", &read, Some(why), now).await?;
    Ok(tx.commit().await?)
}

async fn record(
    tx: &mut Tx,
    actor: &Actor,
    action: &str,
    read: &StoredCircular,
    why: Option<&str>,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let detail = json!({ "circular": read.id, "area": read.area, "from": read.from_on, "until": read.until_on });
    let actor = actor.text();
    let act = Act { actor: &actor, action, from: Some(read.state.name()), to: None, why, detail };
    audit::append_in_turn(tx, CHAIN, now, &act).await
}
