//! Registry files that were sent to be looked at before they are taken, and the rows that imports refused.

use chrono::{DateTime, Utc};

use super::{StoreResult, Tx, execute, fetch_all, fetch_optional, insert_many};
use crate::domain::registry::{Column, Refusal};

/// A file that was sent and is not taken yet.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Kept {
    pub id: String,
    pub account_id: String,
    pub made_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub file: String,
    pub content: Vec<u8>,
}

/// Keeps a file, in place of the one that the account had sent before.
pub async fn keep(tx: &mut Tx, kept: &Kept) -> StoreResult<()> {
    execute!(&mut *tx, "DELETE FROM import_previews WHERE account_id = $1", &kept.account_id)?;
    let sql = "INSERT INTO import_previews (id, account_id, made_at, expires_at, file, content) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    execute!(tx, sql, &kept.id, &kept.account_id, kept.made_at, kept.expires_at, &kept.file, &kept.content)?;
    Ok(())
}

/// A file of an account, expired or not.
pub async fn of(tx: &mut Tx, account_id: &str, id: &str) -> StoreResult<Option<Kept>> {
    let sql = "SELECT id, account_id, made_at, expires_at, file, content FROM import_previews \
               WHERE id = $1 AND account_id = $2";
    fetch_optional!(Kept, tx, sql, id, account_id)
}

/// Lets a file of an account go. `false`: it was gone.
pub async fn discard(tx: &mut Tx, account_id: &str, id: &str) -> StoreResult<bool> {
    let sql = "DELETE FROM import_previews WHERE id = $1 AND account_id = $2";
    Ok(execute!(tx, sql, id, account_id)? == 1)
}

/// Lets files go whose time is over; how many.
pub async fn purge(tx: &mut Tx, now: DateTime<Utc>) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM import_previews WHERE expires_at <= $1", now)
}

/// Puts the rows that an import refused on file.
pub async fn remember_refusals(tx: &mut Tx, import_id: &str, refused: &[Refusal]) -> StoreResult<()> {
    insert_many!(
        tx,
        refused,
        "INSERT INTO import_refusals (id, import_id, row_number, field, reason, sentence) ",
        "",
        |row, refusal| {
            row.push_bind(super::new_id()).push_bind(import_id);
            row.push_bind(i64::try_from(refusal.row).unwrap_or(i64::MAX)).push_bind(refusal.column.map(Column::name));
            row.push_bind(refusal.reason.name()).push_bind(&refusal.sentence);
        }
    )
}

/// A row that an import refused.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Refused {
    pub row_number: i64,
    /// Name of the column at fault.
    pub field: Option<String>,
    /// Name of the reason.
    pub reason: String,
    pub sentence: String,
}

/// The rows that an import refused, in the order of the file. None where it was brought for an area that is not within
/// `digits`.
pub async fn refusals(tx: &mut Tx, import_id: &str, digits: &str) -> StoreResult<Vec<Refused>> {
    let sql = "SELECT r.row_number, r.field, r.reason, r.sentence FROM import_refusals r JOIN imports i ON i.id = r.import_id \
               WHERE r.import_id = $1 AND i.area LIKE $2 || '%' ORDER BY r.row_number, r.id";
    fetch_all!(Refused, tx, sql, import_id, digits)
}
