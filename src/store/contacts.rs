//! Addresses that refuse mail for good, until an officer knows better.

use chrono::{DateTime, Utc};

use super::{StoreResult, Tx, execute, fetch_all, fetch_one, fetch_optional};

/// An address that refuses mail.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct BadContact {
    /// In lower case.
    pub address: String,
    pub since: DateTime<Utc>,
    /// What its server said.
    pub why: String,
}

/// Is an address known to refuse mail?
pub async fn is_bad(tx: &mut Tx, address: &str) -> StoreResult<bool> {
    let sql = "SELECT COUNT(*) FROM bad_contacts WHERE address = $1";
    Ok(fetch_one!((i64,), tx, sql, address.to_ascii_lowercase())?.0 > 0)
}

/// Marks an address that refuses mail.
pub async fn mark_bad(tx: &mut Tx, address: &str, why: &str, at: DateTime<Utc>) -> StoreResult<()> {
    let sql = "INSERT INTO bad_contacts (address, since, why) VALUES ($1, $2, $3) ON CONFLICT (address) DO NOTHING";
    execute!(tx, sql, address.to_ascii_lowercase(), at, why)?;
    Ok(())
}

/// An address takes mail again. `false`: it was not marked.
pub async fn mark_good(tx: &mut Tx, address: &str) -> StoreResult<bool> {
    Ok(execute!(tx, "DELETE FROM bad_contacts WHERE address = $1", address.to_ascii_lowercase())? == 1)
}

/// How many there are.
pub async fn count_bad(tx: &mut Tx) -> StoreResult<i64> {
    Ok(fetch_one!((i64,), tx, "SELECT COUNT(*) FROM bad_contacts")?.0)
}

/// `$1`: the digits that all regions of the area begin with; empty: everywhere. An address is of the area if a site of it
/// names it, or a letter about one went there.
macro_rules! within {
    ($rest:literal) => {
        concat!(
            "SELECT b.address, b.since, b.why FROM bad_contacts b WHERE ($1 = '' OR b.address IN (\
             SELECT LOWER(o.recipient) FROM outbox o JOIN sites s ON s.id = o.site_id JOIN units u ON u.id = s.unit_id \
             WHERE u.region LIKE $1 || '%' UNION \
             SELECT LOWER(s.handler_email) FROM sites s JOIN units u ON u.id = s.unit_id \
             WHERE u.region LIKE $1 || '%' UNION \
             SELECT LOWER(s.contact_email) FROM sites s JOIN units u ON u.id = s.unit_id \
             WHERE u.region LIKE $1 || '%')) ",
            $rest
        )
    };
}

/// The addresses of an area that refuse mail, the longest known first.
pub async fn bad(tx: &mut Tx, area: &str, most: i64) -> StoreResult<Vec<BadContact>> {
    fetch_all!(BadContact, tx, within!("ORDER BY b.since, b.address LIMIT $2"), area, most)
}

/// An address that refuses mail, if it is of the area.
pub async fn bad_of(tx: &mut Tx, area: &str, address: &str) -> StoreResult<Option<BadContact>> {
    fetch_optional!(BadContact, tx, within!("AND b.address = $2"), area, address.to_ascii_lowercase())
}
