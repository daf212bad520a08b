//! Files that came with an objection.

use chrono::{DateTime, Utc};

use super::{StoreResult, Tx, execute, fetch_all, fetch_optional};
use crate::domain::evidence::sha256;

/// Keeps a file.
pub async fn insert(
    tx: &mut Tx,
    notice_id: &str,
    name: &str,
    media_type: &str,
    content: &[u8],
    at: DateTime<Utc>,
) -> StoreResult<()> {
    let sql = "INSERT INTO attachments (id, notice_id, at, name, media_type, sha256, content) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    execute!(tx, sql, super::new_id(), notice_id, at, name, media_type, sha256(content), content)?;
    Ok(())
}

/// A file, without its content.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
#[schema(as = Attachment)]
pub struct Listed {
    pub id: String,
    pub at: DateTime<Utc>,
    pub name: String,
    pub media_type: String,
    pub sha256: String,
}

/// The files of a notice, the first first.
pub async fn of_notice(tx: &mut Tx, notice_id: &str) -> StoreResult<Vec<Listed>> {
    let sql = "SELECT id, at, name, media_type, sha256 FROM attachments WHERE notice_id = $1 ORDER BY at, id";
    fetch_all!(Listed, tx, sql, notice_id)
}

/// The content of a notice's file.
pub async fn content(tx: &mut Tx, notice_id: &str, id: &str) -> StoreResult<Option<Vec<u8>>> {
    let sql = "SELECT content FROM attachments WHERE notice_id = $1 AND id = $2";
    Ok(fetch_optional!((Vec<u8>,), tx, sql, notice_id, id)?.map(|row| row.0))
}
