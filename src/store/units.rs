//! Units (开办主体), the region tree, imports and the history of the registry.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{StoreResult, Tx, execute, fetch_all, insert_many};
use crate::domain::region::Region;
use crate::domain::registry::{Unit, UnitType};

/// A unit as an import brings it.
#[derive(Debug, Clone, Copy)]
pub struct UnitWrite<'a> {
    /// What it is told from others by; one write a key at a time.
    pub key: &'a str,
    pub unit: &'a Unit,
    /// GB/T 2260 code of its region, where it could be told.
    pub region: Option<&'a str>,
}

/// Adds units, or writes the columns of those of the same keys anew; the ids by key.
pub async fn save(tx: &mut Tx, units: &[UnitWrite<'_>]) -> StoreResult<HashMap<String, String>> {
    let saved: StoreResult<Vec<(String, String)>> = insert_many!(
        (String, String),
        tx,
        units,
        "INSERT INTO units (id, name_key, name, kind, parent, address, functions, administrative_functions, region_text, \
         region) ",
        " ON CONFLICT (name_key) DO UPDATE SET name = excluded.name, kind = excluded.kind, parent = excluded.parent, \
         address = excluded.address, functions = excluded.functions, \
         administrative_functions = excluded.administrative_functions, region_text = excluded.region_text, \
         region = excluded.region, published = NULL RETURNING name_key, id",
        |row, write| {
            let unit = write.unit;
            row.push_bind(super::new_id()).push_bind(write.key).push_bind(&unit.name);
            row.push_bind(unit.kind.map(UnitType::name)).push_bind(&unit.parent).push_bind(&unit.address);
            row.push_bind(&unit.functions).push_bind(unit.administrative_functions).push_bind(&unit.region);
            row.push_bind(write.region);
        }
    );
    Ok(saved?.into_iter().collect())
}

/// Makes the region tree what the list says; what is so already is not written. The regions must stand behind those above
/// them.
pub async fn seed_regions<'r>(tx: &mut Tx, regions: impl Iterator<Item = &'r Region>) -> StoreResult<()> {
    let stored = fetch_all!((String, String, Option<String>), &mut *tx, "SELECT code, name, parent FROM regions")?;
    let stored: HashMap<_, _> = stored.into_iter().map(|(code, name, parent)| (code, (name, parent))).collect();
    let is_stored = |region: &&Region| {
        stored.get(&region.code).is_some_and(|(name, parent)| *name == region.name && *parent == region.parent)
    };
    let new: Vec<&Region> = regions.filter(|region| !is_stored(region)).collect();
    insert_many!(
        tx,
        new,
        "INSERT INTO regions (code, name, parent) ",
        " ON CONFLICT (code) DO UPDATE SET name = excluded.name, parent = excluded.parent",
        |row, region| {
            row.push_bind(&region.code).push_bind(&region.name).push_bind(&region.parent);
        }
    )
}

/// An import, as the registry remembers it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Import {
    pub id: String,
    pub at: DateTime<Utc>,
    pub file: String,
    pub sha256: String,
    pub rows_good: i64,
    pub refused: i64,
    pub added: i64,
    pub changed: i64,
    pub unchanged: i64,
    pub dropped: i64,
    /// As it stands on record.
    pub made_by: String,
    /// GB/T 2260: what lies outside was left alone.
    pub area: String,
}

/// Waits until no other import is under way, and keeps others waiting until the transaction ends. On SQLite every writing
/// transaction does. Readers are not held up.
pub async fn lock_imports(tx: &mut Tx) -> StoreResult<()> {
    if let Tx::Postgres(_) = tx {
        execute!(tx, "LOCK TABLE imports IN SHARE ROW EXCLUSIVE MODE")?;
    }
    Ok(())
}

/// Begins an import: its changes refer to it.
pub async fn begin_import(tx: &mut Tx, import: &Import) -> StoreResult<()> {
    let sql = "INSERT INTO imports (id, at, file, sha256, rows_good, refused, added, changed, unchanged, dropped, \
               made_by, area) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    execute!(
        tx,
        sql,
        &import.id,
        import.at,
        &import.file,
        &import.sha256,
        import.rows_good,
        import.refused,
        import.added,
        import.changed,
        import.unchanged,
        import.dropped,
        &import.made_by,
        &import.area
    )?;
    Ok(())
}

/// The imports, the latest first.
pub async fn imports(tx: &mut Tx, most: i64) -> StoreResult<Vec<Import>> {
    let sql = "SELECT id, at, file, sha256, rows_good, refused, added, changed, unchanged, dropped, made_by, area \
               FROM imports ORDER BY at DESC, id DESC LIMIT $1";
    fetch_all!(Import, tx, sql, most)
}

/// The imports that were brought for an area whose code begins so, the latest first.
pub async fn imports_within(tx: &mut Tx, digits: &str, most: i64) -> StoreResult<Vec<Import>> {
    let sql = "SELECT id, at, file, sha256, rows_good, refused, added, changed, unchanged, dropped, made_by, area \
               FROM imports WHERE area LIKE $1 || '%' ORDER BY at DESC, id DESC LIMIT $2";
    fetch_all!(Import, tx, sql, digits, most)
}

/// One change of the registry.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Change {
    pub at: DateTime<Utc>,
    pub import_id: String,
    pub site_id: String,
    /// `added`, `changed`, `dropped` or `restored`.
    pub change: String,
    /// Of a change: the column. Values of personal columns are not kept.
    pub field: Option<String>,
    pub old_value: Option<String>,
    pub new_value: Option<String>,
}

/// Remembers changes, in their order.
pub async fn remember(tx: &mut Tx, changes: &[Change]) -> StoreResult<()> {
    insert_many!(
        tx,
        changes,
        "INSERT INTO registry_history (id, at, import_id, site_id, change, field, old_value, new_value) ",
        "",
        |row, change| {
            row.push_bind(super::new_id()).push_bind(change.at).push_bind(&change.import_id);
            row.push_bind(&change.site_id).push_bind(&change.change).push_bind(&change.field);
            row.push_bind(&change.old_value).push_bind(&change.new_value);
        }
    )
}

/// What happened to a site in the registry, the latest first.
pub async fn history(tx: &mut Tx, site_id: &str) -> StoreResult<Vec<Change>> {
    let sql = "SELECT at, import_id, site_id, change, field, old_value, new_value FROM registry_history \
               WHERE site_id = $1 ORDER BY at DESC, id DESC";
    fetch_all!(Change, tx, sql, site_id)
}
