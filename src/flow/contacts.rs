//! Where a unit is written to, and the addresses that refuse mail: an officer who knows better says so.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::notices::ActError;
use crate::domain::account::{AccountRole, Actor};
use crate::domain::region::digits_of;
use crate::domain::registry::{Contact, Site};
use crate::store::audit::{self, Act};
use crate::store::contacts::{self, BadContact};
use crate::store::{Db, StoreResult, Tx};

/// The chain that these acts stand on.
pub const CHAIN: &str = "contacts";
/// Addresses that are listed.
const LISTED: i64 = 1_000;

/// The addresses of a unit that are not known to refuse mail: the handling person's and the responsible person's.
pub async fn usable(tx: &mut Tx, site: &Site) -> StoreResult<Vec<String>> {
    let mut usable: Vec<String> = Vec::new();
    for Contact { email, .. } in [&site.handler, &site.contact] {
        let Some(address) = email.as_deref().map(str::trim).filter(|address| address.contains('@')) else { continue };
        let known = usable.iter().any(|other| other.eq_ignore_ascii_case(address));
        if !known && !contacts::is_bad(tx, address).await? {
            usable.push(address.to_owned());
        }
    }
    Ok(usable)
}

/// The addresses of the actor's region that refuse mail, the longest known first.
pub async fn bad(db: &Db, actor: &Actor) -> StoreResult<Vec<BadContact>> {
    contacts::bad(&mut db.read().await?, digits_of(&actor.region), LISTED).await
}

/// An officer says that an address of the region takes mail again. What it refused goes again when somebody sends it: a
/// notice by `resend`, a letter that is parked by `release`.
pub async fn mark_good(db: &Db, actor: &Actor, address: &str, now: DateTime<Utc>) -> Result<(), ActError> {
    let mut tx = db.write().await?;
    let address = address.trim();
    let known = contacts::bad_of(&mut tx, digits_of(&actor.region), address).await?.ok_or(ActError::NotFound)?;
    if actor.role < AccountRole::Officer {
        return Err(ActError::NotYours);
    }
    if !contacts::mark_good(&mut tx, address).await? {
        return Err(ActError::Changed);
    }
    let (by, detail) = (actor.text(), json!({ "address": known.address, "since": known.since, "why": known.why }));
    let act = Act { actor: &by, action: "good", from: Some("bad"), to: None, why: None, detail };
    audit::append_in_turn(&mut tx, CHAIN, now, &act).await?;
    tx.commit().await?;
    Ok(())
}
