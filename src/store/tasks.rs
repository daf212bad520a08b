//! What waits for a person, by the region it is of: read once a day for the mails to the offices.

use super::{StoreResult, Tx, fetch_all};

/// How many things of a name wait in a region.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    pub region: Option<String>,
    pub name: String,
    pub number: i64,
}

/// Open cases by region and state.
pub async fn cases(tx: &mut Tx) -> StoreResult<Vec<Waiting>> {
    let sql = "SELECT region, state AS name, COUNT(*) AS number FROM cases WHERE ended_at IS NULL \
               GROUP BY region, state ORDER BY region, state";
    fetch_all!(Waiting, tx, sql)
}

/// Parked messages by the region of the site they are about, and by channel.
pub async fn parked(tx: &mut Tx) -> StoreResult<Vec<Waiting>> {
    let sql = "SELECT u.region AS region, o.channel AS name, COUNT(*) AS number FROM outbox o \
               LEFT JOIN sites s ON s.id = o.site_id LEFT JOIN units u ON u.id = s.unit_id \
               WHERE o.state = 'parked' GROUP BY u.region, o.channel ORDER BY u.region, o.channel";
    fetch_all!(Waiting, tx, sql)
}

/// Open holds by their id and the regions of the sites that wait for them, with how many findings each.
pub async fn holds(tx: &mut Tx) -> StoreResult<Vec<Waiting>> {
    let sql = "SELECT u.region AS region, h.id AS name, COUNT(*) AS number FROM holds h \
               JOIN findings f ON f.hold_id = h.id AND f.state = 'held' JOIN sites s ON s.id = f.site_id \
               LEFT JOIN units u ON u.id = s.unit_id WHERE h.state = 'open' GROUP BY u.region, h.id ORDER BY h.id, u.region";
    fetch_all!(Waiting, tx, sql)
}

/// Open leads by region and kind.
pub async fn leads(tx: &mut Tx) -> StoreResult<Vec<Waiting>> {
    let sql = "SELECT region, kind AS name, COUNT(*) AS number FROM leads WHERE state = 'new' \
               GROUP BY region, kind ORDER BY region, kind";
    fetch_all!(Waiting, tx, sql)
}
