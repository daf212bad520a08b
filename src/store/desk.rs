//! Notices and cases as they wait for the people of an office: by queue, the most urgent first.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::site_rows::part;
use super::{StoreResult, Tx, fetch_all, fetch_one};
use crate::domain::case::CaseQueue;
use crate::domain::notice::NoticeQueue;

/// Days ahead within which a limit ends soon.
const SOON: Days = Days::new(7);

/// What is asked of a queue of notices.
#[derive(Debug, Clone)]
pub struct NoticesAsked {
    /// The digits that all regions of the area begin with; empty: everywhere.
    pub area: String,
    pub queue: NoticeQueue,
    /// A part of the number, or of the name of the unit, the site or its key; empty: any.
    pub text: String,
    pub today: NaiveDate,
    pub skip: i64,
    pub most: i64,
}

/// `$1` area, `$2` until when a limit ends soon: what one notice is in.
macro_rules! notices_in {
    ($queue:literal) => {
        concat!(
            "CASE ",
            $queue,
            " WHEN 'objection' THEN n.objected WHEN 'undelivered' THEN n.state = 'bounced' WHEN 'approval' THEN n.drafts \
             WHEN 'extension' THEN n.asked_time WHEN 'overdue' THEN n.state = 'overdue' \
             WHEN 'awaiting_look' THEN n.state = 'awaiting_look' \
             WHEN 'due_soon' THEN n.state IN ('sent', 'acknowledged') AND n.due_on <= $2 ELSE TRUE END"
        )
    };
}

/// The ids of the notices in a queue.
pub async fn notices(tx: &mut Tx, asked: &NoticesAsked) -> StoreResult<Vec<String>> {
    let sql = concat!(
        "SELECT n.id FROM notices n WHERE ($1 = '' OR n.region LIKE $1 || '%') \
         AND (n.ended_at IS NOT NULL) = ($3 = 'ended') AND ",
        notices_in!("$3"),
        " AND ($4 = '' OR n.number LIKE $4 ESCAPE '\\' OR EXISTS (SELECT 1 FROM sites s JOIN units u ON u.id = s.unit_id \
         WHERE s.id = n.site_id AND (s.key LIKE $4 ESCAPE '\\' OR s.name LIKE $4 ESCAPE '\\' \
         OR u.name LIKE $4 ESCAPE '\\'))) ORDER BY n.ended_at DESC NULLS FIRST, \
         CASE WHEN n.objected THEN 0 WHEN n.state = 'bounced' THEN 1 WHEN n.drafts THEN 2 WHEN n.asked_time THEN 3 \
         WHEN n.state = 'overdue' THEN 4 WHEN n.state = 'awaiting_look' THEN 5 ELSE 6 END, \
         n.due_on NULLS LAST, n.drafted_at, n.id LIMIT $5 OFFSET $6"
    );
    let (soon, queue) = (asked.today + SOON, asked.queue.name());
    let text = part(&asked.text);
    let ids = fetch_all!((String,), tx, sql, &asked.area, soon, queue, &text, asked.most, asked.skip)?;
    Ok(ids.into_iter().map(|row| row.0).collect())
}

/// How many notices wait in each queue; those that are over are not counted.
pub async fn notice_counts(tx: &mut Tx, area: &str, today: NaiveDate) -> StoreResult<Vec<(NoticeQueue, i64)>> {
    let sql = concat!(
        "SELECT COUNT(*) FROM notices n WHERE ($1 = '' OR n.region LIKE $1 || '%') AND n.ended_at IS NULL AND ",
        notices_in!("$3")
    );
    let mut counts = Vec::new();
    for queue in NoticeQueue::ALL.iter().filter(|queue| **queue != NoticeQueue::Ended) {
        counts.push((*queue, fetch_one!((i64,), &mut *tx, sql, area, today + SOON, queue.name())?.0));
    }
    Ok(counts)
}

/// What is asked of a queue of cases.
#[derive(Debug, Clone)]
pub struct CasesAsked {
    /// The digits that all regions of the area begin with; empty: everywhere.
    pub area: String,
    pub queue: CaseQueue,
    /// Who asks, as it stands on record.
    pub by: String,
    pub skip: i64,
    pub most: i64,
}

/// `$2`: who asks.
macro_rules! cases_in {
    ($queue:literal) => {
        concat!(
            "CASE ",
            $queue,
            " WHEN 'second_person' THEN c.state IN ('proposed', 'reinstatement_proposed') AND COALESCE(c.proposed_by, '') <> $2 \
             WHEN 'others' THEN c.state IN ('proposed', 'reinstatement_proposed') AND c.proposed_by = $2 \
             WHEN 'consultation' THEN c.state = 'open' AND NOT c.consulted AND c.ground NOT IN ('review_failed', 'counterfeit') \
             WHEN 'proposal' THEN c.state = 'open' WHEN 'effect' THEN c.state = 'approved' \
             WHEN 'execution' THEN c.state = 'in_force' AND (NOT EXISTS (SELECT 1 FROM instructions i WHERE i.case_id = c.id) \
             OR EXISTS (SELECT 1 FROM instructions i WHERE i.case_id = c.id AND i.confirmed_at IS NULL)) ELSE TRUE END"
        )
    };
}

/// The ids of the cases in a queue: what waits for who asks first.
pub async fn cases(tx: &mut Tx, asked: &CasesAsked) -> StoreResult<Vec<String>> {
    let sql = concat!(
        "SELECT c.id FROM cases c WHERE ($1 = '' OR c.region LIKE $1 || '%') \
         AND (c.ended_at IS NOT NULL) = ($3 = 'ended') AND ",
        cases_in!("$3"),
        " ORDER BY c.ended_at DESC NULLS FIRST, CASE WHEN c.state IN ('proposed', 'reinstatement_proposed') \
         AND COALESCE(c.proposed_by, '') <> $2 THEN 0 WHEN c.state = 'open' THEN 1 \
         WHEN c.state IN ('proposed', 'reinstatement_proposed') THEN 2 WHEN c.state = 'approved' THEN 3 ELSE 4 END, \
         c.opened_at, c.id LIMIT $4 OFFSET $5"
    );
    let ids = fetch_all!((String,), tx, sql, &asked.area, &asked.by, asked.queue.name(), asked.most, asked.skip)?;
    Ok(ids.into_iter().map(|row| row.0).collect())
}

/// How many cases wait in each queue; those that are over are not counted.
pub async fn case_counts(tx: &mut Tx, area: &str, by: &str) -> StoreResult<Vec<(CaseQueue, i64)>> {
    let sql = concat!(
        "SELECT COUNT(*) FROM cases c WHERE ($1 = '' OR c.region LIKE $1 || '%') AND c.ended_at IS NULL AND ",
        cases_in!("$3")
    );
    let mut counts = Vec::new();
    for queue in CaseQueue::ALL.iter().filter(|queue| **queue != CaseQueue::Ended) {
        counts.push((*queue, fetch_one!((i64,), &mut *tx, sql, area, by, queue.name())?.0));
    }
    Ok(counts)
}

/// An open hold, and how many of its findings wait: in all, and in an area.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Held {
    pub id: String,
    pub dimension: String,
    pub member: String,
    pub code: String,
    pub opened_at: DateTime<Utc>,
    pub failing: i64,
    pub watched: i64,
    pub waiting: i64,
    pub here: i64,
}

/// Open holds that touch an area, the oldest first; the whole country sees those that stop nothing yet, too.
pub async fn holds(tx: &mut Tx, area: &str) -> StoreResult<Vec<Held>> {
    let sql = "SELECT h.id, h.dimension, h.member, h.code, h.opened_at, h.failing, h.watched, COUNT(f.id) AS waiting, \
               COUNT(CASE WHEN $1 = '' OR u.region LIKE $1 || '%' THEN f.id END) AS here FROM holds h \
               LEFT JOIN findings f ON f.hold_id = h.id AND f.state = 'held' LEFT JOIN sites s ON s.id = f.site_id \
               LEFT JOIN units u ON u.id = s.unit_id WHERE h.state = 'open' \
               GROUP BY h.id, h.dimension, h.member, h.code, h.opened_at, h.failing, h.watched \
               HAVING $1 = '' OR COUNT(CASE WHEN u.region LIKE $1 || '%' THEN f.id END) > 0 ORDER BY h.opened_at, h.id";
    fetch_all!(Held, tx, sql, area)
}

/// Some of the sites of an area that wait for a hold: key and unit.
pub async fn held_sites(tx: &mut Tx, hold_id: &str, area: &str, most: i64) -> StoreResult<Vec<(String, String)>> {
    let sql = "SELECT DISTINCT s.key, u.name FROM findings f JOIN sites s ON s.id = f.site_id \
               JOIN units u ON u.id = s.unit_id WHERE f.hold_id = $1 AND f.state = 'held' \
               AND ($2 = '' OR u.region LIKE $2 || '%') ORDER BY s.key LIMIT $3";
    fetch_all!((String, String), tx, sql, hold_id, area, most)
}
