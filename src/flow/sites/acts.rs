//! What officers do about sites beside their notices and cases.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::json;

use crate::clock::day;
use crate::domain::account::{AccountRole, Actor};
use crate::flow::notices::{ActError, site_of};
use crate::store::audit::{self, Act};
use crate::store::exemptions::{self, Exemption};
use crate::store::{Db, maintenance, new_id, plan};

use super::{SiteError, held};

/// Sites whose re-check is asked for at once, at most.
pub const MOST_AT_ONCE: usize = 200;
/// The longest exemption, in days from today.
const LONGEST_EXEMPTION: u64 = 366;

/// What an officer says of an exemption.
#[derive(Debug, Clone)]
pub struct ExemptionWish {
    /// Registry key of the site.
    pub site: String,
    /// The last day on which it holds.
    pub until: NaiveDate,
    pub reason: String,
}

impl ExemptionWish {
    /// Can it be granted on a day?
    pub fn check(&self, today: NaiveDate) -> Result<(), SiteError> {
        if self.until < today || self.until > today + Days::new(LONGEST_EXEMPTION) {
            return Err(SiteError::ExemptionDay);
        }
        if self.reason.trim().is_empty() { Err(SiteError::NoReason) } else { Ok(()) }
    }
}

/// Exempts a site: until that day no new notice is drafted about it. Looks go on.
pub async fn exempt(db: &Db, actor: &Actor, wish: &ExemptionWish, now: DateTime<Utc>) -> Result<(), SiteError> {
    let today = day(now);
    wish.check(today)?;
    let mut tx = db.write().await?;
    let site = held(&mut tx, actor, &wish.site).await?;
    let (by, reason) = (actor.text(), wish.reason.trim());
    // One holds at a time: a new word goes before the last one.
    exemptions::lift(&mut tx, &site.id, today, &by, now).await?;
    let new = Exemption {
        id: new_id(),
        until_on: wish.until,
        noted_at: now,
        noted_by: by.clone(),
        reason: reason.to_owned(),
        ended_at: None,
        ended_by: None,
    };
    exemptions::grant(&mut tx, &site.id, &new).await?;
    let detail = json!({ "site": wish.site, "until": wish.until });
    let act = Act { actor: &by, action: "exempted", from: None, to: None, why: Some(reason), detail };
    audit::append(&mut tx, &format!("site:{}", site.id), now, &act).await?;
    tx.commit().await?;
    Ok(())
}

/// Lifts the exemption of a site before its day.
pub async fn end_exemption(db: &Db, actor: &Actor, key: &str, now: DateTime<Utc>) -> Result<(), SiteError> {
    let mut tx = db.write().await?;
    let site = held(&mut tx, actor, key).await?;
    let by = actor.text();
    if !exemptions::lift(&mut tx, &site.id, day(now), &by, now).await? {
        return Err(ActError::Changed.into());
    }
    let detail = json!({ "site": key });
    let act = Act { actor: &by, action: "exemption_ended", from: None, to: None, why: None, detail };
    audit::append(&mut tx, &format!("site:{}", site.id), now, &act).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes announced maintenance back. What an open notice was given for it stays given: no limit is shortened behind a unit's
/// back.
pub async fn withdraw_maintenance(
    db: &Db,
    actor: &Actor,
    key: &str,
    id: &str,
    now: DateTime<Utc>,
) -> Result<(), SiteError> {
    let mut tx = db.write().await?;
    let site = held(&mut tx, actor, key).await?;
    let windows = maintenance::windows(&mut tx, &site.id, day(now)).await?;
    let window = windows.into_iter().find(|window| window.id == id).ok_or(ActError::Changed)?;
    maintenance::withdraw(&mut tx, &site.id, id).await?;
    let by = actor.text();
    let detail = json!({ "site": key, "from": window.from_on, "until": window.until_on, "noted_by": window.noted_by });
    let act = Act { actor: &by, action: "maintenance_withdrawn", from: None, to: None, why: None, detail };
    audit::append(&mut tx, &format!("site:{}", site.id), now, &act).await?;
    tx.commit().await?;
    Ok(())
}

/// Asks for looks at many sites; how many were asked for. What is not the actor's, or not watched, is passed over.
pub async fn recheck_all(db: &Db, actor: &Actor, keys: &[String], now: DateTime<Utc>) -> Result<usize, ActError> {
    let mut tx = db.write().await?;
    let (by, mut asked) = (actor.text(), 0);
    for key in keys.iter().take(MOST_AT_ONCE) {
        let site = match site_of(&mut tx, actor, AccountRole::Officer, key).await {
            Ok(site) => site,
            Err(ActError::NotFound) => continue,
            Err(error) => return Err(error),
        };
        if plan::ask(&mut tx, &site.id, now).await? {
            let detail = json!({ "site": key, "of": keys.len() });
            let act = Act { actor: &by, action: "recheck_asked", from: None, to: None, why: None, detail };
            audit::append(&mut tx, &format!("site:{}", site.id), now, &act).await?;
            asked += 1;
        }
    }
    tx.commit().await?;
    Ok(asked)
}
