//! Who looked at personal data: on record once an hour for each person and thing, so that a page that is read a hundred times
//! costs one row.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::domain::account::Actor;
use crate::domain::personal::Personal;
use crate::store::audit::{self, Act};
use crate::store::{Db, StoreResult, views};

/// The chain that looks stand on.
pub const VIEWS: &str = "views";
/// A second look within this time is the same one.
const SAME: TimeDelta = TimeDelta::hours(1);

/// Puts on record that somebody is shown personal data: called before it is shown, and where it fails nothing is.
pub async fn viewed(db: &Db, actor: &Actor, what: Personal, id: &str, now: DateTime<Utc>) -> StoreResult<()> {
    let since = now - SAME;
    let last = views::last(&mut db.read().await?, &actor.account_id, what, id).await?;
    if last.is_some_and(|last| last > since) {
        return Ok(());
    }
    let mut tx = db.write().await?;
    if views::note(&mut tx, &actor.account_id, (what, id), now, since).await? {
        let detail = json!({ "what": what, "id": id });
        let act = Act { actor: &actor.text(), action: "viewed", from: None, to: None, why: None, detail };
        audit::append_in_turn(&mut tx, VIEWS, now, &act).await?;
    }
    tx.commit().await
}
