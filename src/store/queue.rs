//! The outbox as an office sees it: only what is about sites of its area.

use chrono::{DateTime, Utc};

use super::outbox::{Listed, Part};
use super::{Json, StoreError, StoreResult, Tx, execute, fetch_all, fetch_optional};
use crate::domain::letter::Letter;

/// `$1`: the digits that all regions of the area begin with; empty: everything, what is about no site included.
macro_rules! within {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " ($1 = '' OR site_id IN (SELECT s.id FROM sites s JOIN units u ON u.id = s.unit_id \
             WHERE u.region LIKE $1 || '%')) ",
            $after
        )
    };
}

/// Counts messages by state.
pub async fn counts(tx: &mut Tx, area: &str) -> StoreResult<Vec<(String, i64)>> {
    let sql = within!("SELECT state, COUNT(*) FROM outbox WHERE", "GROUP BY state ORDER BY state");
    fetch_all!((String, i64), tx, sql, area)
}

/// Messages that are not tried again by themselves, the longest waiting first.
pub async fn parked(tx: &mut Tx, area: &str, most: i64) -> StoreResult<Vec<Listed>> {
    let sql = within!(
        "SELECT id, channel, kind, part, recipient, step, state, attempts, made_at, next_at, sent_at, error \
         FROM outbox WHERE state = 'parked' AND",
        "ORDER BY made_at, id LIMIT $2"
    );
    fetch_all!(Listed, tx, sql, area, most)
}

/// Lets parked messages go again: all, or those of a message's, a notice's or a case's id.
pub async fn release(tx: &mut Tx, area: &str, id: Option<&str>, at: DateTime<Utc>) -> StoreResult<u64> {
    let sql = within!(
        "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = $3 WHERE state = 'parked' \
         AND ($2 = '' OR id = $2 OR notice_id = $2 OR case_id = $2) AND",
        ""
    );
    execute!(tx, sql, area, id.unwrap_or_default(), at)
}

/// Puts a parked message away: it does not go any more. `false`: it is not parked.
pub async fn settle(tx: &mut Tx, area: &str, id: &str) -> StoreResult<bool> {
    let sql = within!("UPDATE outbox SET state = 'cancelled' WHERE state = 'parked' AND id = $2 AND", "");
    Ok(execute!(tx, sql, area, id)? == 1)
}

/// Is a message about a site of the area?
pub async fn holds(tx: &mut Tx, area: &str, id: &str) -> StoreResult<bool> {
    let sql = within!("SELECT id FROM outbox WHERE id = $2 AND", "");
    Ok(fetch_optional!((String,), tx, sql, area, id)?.is_some())
}

/// A letter of the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub part: Part,
    pub recipient: String,
    pub notice_id: Option<String>,
    pub step: Option<i64>,
    pub sent_at: Option<DateTime<Utc>>,
    pub letter: Letter,
}

#[derive(sqlx::FromRow)]
struct KeptRow {
    part: String,
    recipient: String,
    notice_id: Option<String>,
    step: Option<i64>,
    sent_at: Option<DateTime<Utc>>,
    body: Json<serde_json::Value>,
}

/// A letter about a site of the area, wherever it stands; what a gateway announces is none.
pub async fn letter(tx: &mut Tx, area: &str, id: &str) -> StoreResult<Option<Kept>> {
    let sql = within!(
        "SELECT part, recipient, notice_id, step, sent_at, body FROM outbox WHERE channel = 'mail' AND id = $2 AND",
        ""
    );
    let Some(row) = fetch_optional!(KeptRow, tx, sql, area, id)? else { return Ok(None) };
    let corrupt = |what: String| StoreError::Corrupt(format!("{what} of message {id}"));
    Ok(Some(Kept {
        part: Part::from_name(&row.part).ok_or_else(|| corrupt("part".to_owned()))?,
        recipient: row.recipient,
        notice_id: row.notice_id,
        step: row.step,
        sent_at: row.sent_at,
        letter: serde_json::from_value(row.body.0).map_err(|error| corrupt(error.to_string()))?,
    }))
}
