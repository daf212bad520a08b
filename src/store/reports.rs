//! Periodic reports (art. 17) as offices note them, and what is on file to count the next one from.

use chrono::{DateTime, NaiveDate, Utc};

use super::{StoreResult, Tx, execute, fetch_all, fetch_optional};

/// What a site's next report is counted from.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Reporting {
    pub site_id: String,
    pub region: Option<String>,
    /// The day on which the badge was issued.
    pub issued_on: Option<NaiveDate>,
    /// The day of the last report.
    pub reported_on: Option<NaiveDate>,
    /// Open findings that the report is missing: 1, or 0.
    pub missing: i64,
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT s.id AS site_id, u.region AS region, s.issued_on AS issued_on, \
             (SELECT MAX(r.made_on) FROM reports r WHERE r.site_id = s.id) AS reported_on, \
             (SELECT COUNT(*) FROM findings f WHERE f.site_id = s.id AND f.code = 'report_overdue' \
             AND f.ended_at IS NULL) AS missing FROM sites s LEFT JOIN units u ON u.id = s.unit_id \
             WHERE s.dropped_at IS NULL AND COALESCE(s.decided_state, s.state) = 'valid' AND ",
            $where
        )
    };
}

/// Sites whose badge is in force, in the order of their ids, a page at a time.
pub async fn after(tx: &mut Tx, site_id: &str, most: i64) -> StoreResult<Vec<Reporting>> {
    fetch_all!(Reporting, tx, select!("s.id > $1 ORDER BY s.id LIMIT $2"), site_id, most)
}

/// One site, if its badge is in force.
pub async fn of_site(tx: &mut Tx, site_id: &str) -> StoreResult<Option<Reporting>> {
    fetch_optional!(Reporting, tx, select!("s.id = $1"), site_id)
}

/// Puts a report on file.
pub async fn insert(tx: &mut Tx, site_id: &str, made_on: NaiveDate, by: &str, at: DateTime<Utc>) -> StoreResult<()> {
    let sql = "INSERT INTO reports (id, site_id, made_on, noted_at, noted_by) VALUES ($1, $2, $3, $4, $5)";
    execute!(tx, sql, super::new_id(), site_id, made_on, at, by)?;
    Ok(())
}
