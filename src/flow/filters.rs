//! Filters that an officer keeps under a name.

use chrono::{DateTime, Utc};

use crate::domain::account::Actor;
use crate::store::filters::{self, Saved};
use crate::store::{Db, StoreResult};

/// Filters an account keeps at most.
const MOST: i64 = 50;
/// Characters of a name, and of what is asked.
const LONGEST: (usize, usize) = (40, 1_000);

/// What became of a filter that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Yes,
    /// It has no name, or too long a one.
    NoName,
    TooMany,
}

/// The filters of an account, by name.
pub async fn of(db: &Db, actor: &Actor) -> StoreResult<Vec<Saved>> {
    filters::of_account(&mut db.read().await?, &actor.account_id).await
}

/// Keeps a filter; one of the same name gives way.
pub async fn keep(db: &Db, actor: &Actor, saved: &Saved, now: DateTime<Utc>) -> StoreResult<Kept> {
    let (name, query) = (saved.name.trim(), saved.query.trim());
    if name.is_empty() || name.chars().count() > LONGEST.0 || query.chars().count() > LONGEST.1 {
        return Ok(Kept::NoName);
    }
    let mut tx = db.write().await?;
    if filters::count_others(&mut tx, &actor.account_id, name).await? >= MOST {
        return Ok(Kept::TooMany);
    }
    let saved = Saved { name: name.to_owned(), query: query.to_owned() };
    filters::keep(&mut tx, &actor.account_id, &saved, now).await?;
    tx.commit().await?;
    Ok(Kept::Yes)
}

/// Lets a filter go.
pub async fn drop_filter(db: &Db, actor: &Actor, name: &str) -> StoreResult<()> {
    let mut tx = db.write().await?;
    filters::drop_filter(&mut tx, &actor.account_id, name).await?;
    tx.commit().await
}
