//! A re-check that a person asks for: a look that goes before the schedule.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::notices::{ActError, site_of};
use crate::domain::account::{AccountRole, Actor};
use crate::store::audit::{self, Act};
use crate::store::{Db, plan};

/// Asks for a look at the site of a registry key.
pub async fn ask(db: &Db, actor: &Actor, key: &str, now: DateTime<Utc>) -> Result<(), ActError> {
    let mut tx = db.write().await?;
    let site = site_of(&mut tx, actor, AccountRole::Officer, key).await?;
    // The plan's row is held from here on: the site's chain has one writer.
    if !plan::ask(&mut tx, &site.id, now).await? {
        return Err(ActError::NotFound);
    }
    let (by, detail) = (actor.text(), json!({ "site": key }));
    let act = Act { actor: &by, action: "recheck_asked", from: None, to: None, why: None, detail };
    audit::append(&mut tx, &format!("site:{}", site.id), now, &act).await?;
    tx.commit().await?;
    Ok(())
}
