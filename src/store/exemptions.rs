//! Sites about which no new notice is drafted until a day, by an officer's word.

use chrono::{DateTime, NaiveDate, Utc};

use super::{StoreResult, Tx, execute, fetch_all};

/// An exemption on file.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Exemption {
    pub id: String,
    /// The last day on which it holds.
    pub until_on: NaiveDate,
    pub noted_at: DateTime<Utc>,
    pub noted_by: String,
    pub reason: String,
    /// When it was lifted before its day.
    pub ended_at: Option<DateTime<Utc>>,
    pub ended_by: Option<String>,
}

/// The exemptions of a site, the latest first.
pub async fn of_site(tx: &mut Tx, site_id: &str) -> StoreResult<Vec<Exemption>> {
    let sql = "SELECT id, until_on, noted_at, noted_by, reason, ended_at, ended_by FROM exemptions \
               WHERE site_id = $1 ORDER BY noted_at DESC, id DESC LIMIT 100";
    fetch_all!(Exemption, tx, sql, site_id)
}

/// Puts an exemption on file.
pub async fn grant(tx: &mut Tx, site_id: &str, of: &Exemption) -> StoreResult<()> {
    let sql =
        "INSERT INTO exemptions (id, site_id, until_on, noted_at, noted_by, reason) VALUES ($1, $2, $3, $4, $5, $6)";
    execute!(tx, sql, &of.id, site_id, of.until_on, of.noted_at, &of.noted_by, &of.reason)?;
    Ok(())
}

/// Lifts what holds at a site on a day. `false`: nothing does.
pub async fn lift(tx: &mut Tx, site_id: &str, today: NaiveDate, by: &str, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql =
        "UPDATE exemptions SET ended_at = $3, ended_by = $4 WHERE site_id = $1 AND ended_at IS NULL AND until_on >= $2";
    Ok(execute!(tx, sql, site_id, today, at, by)? > 0)
}
