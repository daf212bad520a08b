//! Units (开办主体), the region tree, imports and the history of the registry.

use chrono::{DateTime, Utc};

use super::{StoreResult, Tx, execute, fetch_all, fetch_one};
use crate::domain::region::Region;
use crate::domain::registry::{Unit, UnitType};

/// Adds a unit, or writes its columns anew; its id. Units are told apart by `name_key`.
pub async fn upsert(tx: &mut Tx, name_key: &str, unit: &Unit, region: Option<&str>) -> StoreResult<String> {
    let sql = "INSERT INTO units (id, name_key, name, kind, parent, address, functions, administrative_functions, \
               region_text, region) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (name_key) DO UPDATE \
               SET name = $3, kind = $4, parent = $5, address = $6, functions = $7, administrative_functions = $8, \
               region_text = $9, region = $10 RETURNING id";
    let row = fetch_one!(
        (String,),
        tx,
        sql,
        super::new_id(),
        name_key,
        &unit.name,
        unit.kind.map(UnitType::name),
        &unit.parent,
        &unit.address,
        &unit.functions,
        unit.administrative_functions,
        &unit.region,
        region
    )?;
    Ok(row.0)
}

/// Makes the region tree what the list says. The regions must stand behind those above them.
pub async fn seed_regions<'r>(tx: &mut Tx, regions: impl Iterator<Item = &'r Region>) -> StoreResult<()> {
    let known = fetch_one!((i64,), &mut *tx, "SELECT COUNT(*) FROM regions")?.0;
    let regions: Vec<&Region> = regions.collect();
    if known == regions.len() as i64 {
        return Ok(());
    }
    let sql = "INSERT INTO regions (code, name, parent) VALUES ($1, $2, $3) \
               ON CONFLICT (code) DO UPDATE SET name = $2, parent = $3";
    for region in regions {
        execute!(&mut *tx, sql, &region.code, &region.name, &region.parent)?;
    }
    Ok(())
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
}

/// Begins an import: its changes refer to it.
pub async fn begin_import(tx: &mut Tx, import: &Import) -> StoreResult<()> {
    let sql = "INSERT INTO imports (id, at, file, sha256, rows_good, refused, added, changed, unchanged, dropped) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
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
        import.dropped
    )?;
    Ok(())
}

/// The imports, the latest first.
pub async fn imports(tx: &mut Tx, most: i64) -> StoreResult<Vec<Import>> {
    let sql = "SELECT id, at, file, sha256, rows_good, refused, added, changed, unchanged, dropped FROM imports \
               ORDER BY at DESC, id DESC LIMIT $1";
    fetch_all!(Import, tx, sql, most)
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

/// Remembers a change.
pub async fn remember(tx: &mut Tx, change: &Change) -> StoreResult<()> {
    let sql = "INSERT INTO registry_history (id, at, import_id, site_id, change, field, old_value, new_value) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    execute!(
        tx,
        sql,
        super::new_id(),
        change.at,
        &change.import_id,
        &change.site_id,
        &change.change,
        &change.field,
        &change.old_value,
        &change.new_value
    )?;
    Ok(())
}

/// What happened to a site in the registry, the latest first.
pub async fn history(tx: &mut Tx, site_id: &str) -> StoreResult<Vec<Change>> {
    let sql = "SELECT at, import_id, site_id, change, field, old_value, new_value FROM registry_history \
               WHERE site_id = $1 ORDER BY at DESC, id DESC";
    fetch_all!(Change, tx, sql, site_id)
}
