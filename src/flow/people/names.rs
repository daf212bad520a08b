//! Who stands on record: beside an account's name, the person and for whom they act.

use std::collections::HashMap;

use crate::store::{Db, StoreResult, accounts};

/// The people behind what stands on record (`account:NAME`), as they are written beside it: `陈某（编办）`.
pub async fn on_record(db: &Db) -> StoreResult<HashMap<String, String>> {
    let all = accounts::list(&mut db.read().await?).await?;
    let line =
        |one: accounts::Account| (format!("account:{}", one.name), format!("{}（{}）", one.person, one.body.label()));
    Ok(all.into_iter().map(line).collect())
}
