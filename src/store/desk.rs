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

/// Is a row in the queue that `$3` names? Every row is in the one that the list leaves out: `open`.
macro_rules! in_queue {
    ($($queue:ident: $rule:literal,)+) => {
        concat!("CASE $3 ", $("WHEN '", stringify!($queue), "' THEN ", $rule, " ",)+ "ELSE TRUE END")
    };
}

/// How many rows are in each queue of the list, and last of all how many there are: one walk, whatever the queues.
macro_rules! counted {
    ($($queue:ident: $rule:literal,)+) => {
        concat!($("COUNT(CASE WHEN ", $rule, " THEN 1 END) AS ", stringify!($queue), ", ",)+ "COUNT(*) AS open")
    };
}

/// What is in which queue of notices. `$2`: until when a limit ends soon.
macro_rules! notice_queues {
    ($what:ident) => {
        $what! {
            objection: "n.objected",
            undelivered: "n.state = 'bounced'",
            approval: "n.drafts",
            extension: "n.asked_time",
            overdue: "n.state = 'overdue'",
            awaiting_look: "n.state = 'awaiting_look'",
            due_soon: "n.state IN ('sent', 'acknowledged') AND n.due_on <= $2",
        }
    };
}

/// The ids of the notices in a queue.
pub async fn notices(tx: &mut Tx, asked: &NoticesAsked) -> StoreResult<Vec<String>> {
    let sql = concat!(
        "SELECT n.id FROM notices n WHERE ($1 = '' OR n.region LIKE $1 || '%') \
         AND (n.ended_at IS NOT NULL) = ($3 = 'ended') AND ",
        notice_queues!(in_queue),
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

#[derive(sqlx::FromRow)]
struct NoticeCounts {
    objection: i64,
    undelivered: i64,
    approval: i64,
    extension: i64,
    overdue: i64,
    awaiting_look: i64,
    due_soon: i64,
    open: i64,
}

/// How many notices wait in each queue; those that are over are not counted.
pub async fn notice_counts(tx: &mut Tx, area: &str, today: NaiveDate) -> StoreResult<Vec<(NoticeQueue, i64)>> {
    let sql = concat!(
        "SELECT ",
        notice_queues!(counted),
        " FROM notices n WHERE ($1 = '' OR n.region LIKE $1 || '%') AND n.ended_at IS NULL"
    );
    let found = fetch_one!(NoticeCounts, tx, sql, area, today + SOON)?;
    Ok(vec![
        (NoticeQueue::Objection, found.objection),
        (NoticeQueue::Undelivered, found.undelivered),
        (NoticeQueue::Approval, found.approval),
        (NoticeQueue::Extension, found.extension),
        (NoticeQueue::Overdue, found.overdue),
        (NoticeQueue::AwaitingLook, found.awaiting_look),
        (NoticeQueue::DueSoon, found.due_soon),
        (NoticeQueue::Open, found.open),
    ])
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

/// What is in which queue of cases. `$2`: who asks.
macro_rules! case_queues {
    ($what:ident) => {
        $what! {
            second_person: "c.state IN ('proposed', 'reinstatement_proposed') AND COALESCE(c.proposed_by, '') <> $2",
            others: "c.state IN ('proposed', 'reinstatement_proposed') AND c.proposed_by = $2",
            consultation: "c.state = 'open' AND NOT c.consulted AND c.ground NOT IN ('review_failed', 'counterfeit')",
            proposal: "c.state = 'open'",
            effect: "c.state = 'approved'",
            execution: "c.state = 'in_force' AND (NOT EXISTS (SELECT 1 FROM instructions i WHERE i.case_id = c.id) \
OR EXISTS (SELECT 1 FROM instructions i WHERE i.case_id = c.id AND i.confirmed_at IS NULL))",
        }
    };
}

/// The ids of the cases in a queue: what waits for who asks first.
pub async fn cases(tx: &mut Tx, asked: &CasesAsked) -> StoreResult<Vec<String>> {
    let sql = concat!(
        "SELECT c.id FROM cases c WHERE ($1 = '' OR c.region LIKE $1 || '%') \
         AND (c.ended_at IS NOT NULL) = ($3 = 'ended') AND ",
        case_queues!(in_queue),
        " ORDER BY c.ended_at DESC NULLS FIRST, CASE WHEN c.state IN ('proposed', 'reinstatement_proposed') \
         AND COALESCE(c.proposed_by, '') <> $2 THEN 0 WHEN c.state = 'open' THEN 1 \
         WHEN c.state IN ('proposed', 'reinstatement_proposed') THEN 2 WHEN c.state = 'approved' THEN 3 ELSE 4 END, \
         c.opened_at, c.id LIMIT $4 OFFSET $5"
    );
    let ids = fetch_all!((String,), tx, sql, &asked.area, &asked.by, asked.queue.name(), asked.most, asked.skip)?;
    Ok(ids.into_iter().map(|row| row.0).collect())
}

#[derive(sqlx::FromRow)]
struct CaseCounts {
    second_person: i64,
    others: i64,
    consultation: i64,
    proposal: i64,
    effect: i64,
    execution: i64,
    open: i64,
}

/// How many cases wait in each queue; those that are over are not counted.
pub async fn case_counts(tx: &mut Tx, area: &str, by: &str) -> StoreResult<Vec<(CaseQueue, i64)>> {
    let sql = concat!(
        "SELECT ",
        case_queues!(counted),
        " FROM cases c WHERE ($1 = '' OR c.region LIKE $1 || '%') AND c.ended_at IS NULL"
    );
    let found = fetch_one!(CaseCounts, tx, sql, area, by)?;
    Ok(vec![
        (CaseQueue::SecondPerson, found.second_person),
        (CaseQueue::Consultation, found.consultation),
        (CaseQueue::Proposal, found.proposal),
        (CaseQueue::Others, found.others),
        (CaseQueue::Effect, found.effect),
        (CaseQueue::Execution, found.execution),
        (CaseQueue::Open, found.open),
    ])
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
