//! What was imported into the registry: by whom, when, how much, and which rows were refused.

use crate::domain::account::Actor;
use crate::domain::region::digits_of;
use crate::store::previews::{self, Refused};
use crate::store::units::{self, Import};
use crate::store::{Db, StoreResult};

/// Imports that are listed at most.
const MOST: i64 = 200;

/// The imports of somebody's region and of those below it, the latest first.
pub async fn imports(db: &Db, actor: &Actor) -> StoreResult<Vec<Import>> {
    units::imports_within(&mut db.read().await?, digits_of(&actor.region), MOST).await
}

/// The rows that one of them refused.
pub async fn refusals(db: &Db, actor: &Actor, import_id: &str) -> StoreResult<Vec<Refused>> {
    previews::refusals(&mut db.read().await?, import_id, digits_of(&actor.region)).await
}
