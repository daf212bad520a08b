//! All SQL: one text for SQLite (embedded) and PostgreSQL (shared by several processes and machines).
//!
//! Rules that keep one text true on both: `$n` placeholders; every instant is bound from the clock, never made by SQL;
//! every change of state is a guarded update whose affected rows are counted; no transaction is held across network I/O.

pub mod accounts;
pub mod attachments;
pub mod audit;
pub mod calendar;
pub mod cases;
pub mod certificates;
pub mod circulars;
pub mod contacts;
pub mod counters;
pub mod credentials;
pub mod desk;
pub mod dump;
mod engine;
pub mod evidence;
pub mod exemptions;
pub mod figures;
pub mod filters;
pub mod findings;
pub mod instructions;
pub mod jobs;
pub mod keys;
pub mod leads;
pub mod listed;
pub mod looks;
pub mod maintenance;
pub mod notices;
pub mod outbox;
pub mod pages;
pub mod plan;
pub mod previews;
pub mod queue;
pub mod reports;
pub mod seen_on;
pub mod sessions;
pub mod site_rows;
pub mod sites;
pub mod tasks;
pub mod units;
pub mod views;
pub mod vitals;

pub use engine::{Db, StoreError, StoreResult, Tx};
pub use sqlx::types::Json;

pub(crate) use engine::{execute, fetch_all, fetch_one, fetch_optional, insert_many};

/// A value as both engines keep it: PostgreSQL refuses a zero byte in JSON, and a script of a watched page may well
/// write one.
pub(crate) fn storable(value: &impl serde::Serialize) -> StoreResult<Json<serde_json::Value>> {
    let mut tree = serde_json::to_value(value).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    without_zeros(&mut tree);
    Ok(Json(tree))
}

fn without_zeros(tree: &mut serde_json::Value) {
    match tree {
        serde_json::Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_zeros),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(without_zeros),
        _ => {}
    }
}

/// A fresh identifier: UUIDv7 as text, so that ids sort by their time on both engines.
#[expect(clippy::disallowed_methods, reason = "this is the one place where ids are made")]
pub fn new_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}
