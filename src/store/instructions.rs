//! What authorities were told, and what came of it.

use chrono::{DateTime, Utc};

use super::{StoreError, StoreResult, Tx, execute, fetch_all, fetch_one};
use crate::domain::beijing::day;
use crate::domain::case::{Authority, InstructionAct, Order};
use crate::domain::host::Host;
use crate::domain::stop::Stop;

/// An instruction on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredInstruction {
    pub id: String,
    pub case_id: String,
    pub order: Order,
    /// The signed text (RFC 7515, compact).
    pub jws: String,
    pub made_at: DateTime<Utc>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub acknowledged_by: Option<String>,
    pub acknowledged_ref: Option<String>,
    /// By our own looks at the names.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Flagged: the names still say otherwise.
    pub overdue_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    case_id: String,
    authority: String,
    act: String,
    names: String,
    jws: String,
    made_at: DateTime<Utc>,
    acknowledged_at: Option<DateTime<Utc>>,
    acknowledged_by: Option<String>,
    acknowledged_ref: Option<String>,
    confirmed_at: Option<DateTime<Utc>>,
    overdue_at: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self) -> StoreResult<StoredInstruction> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of instruction {}", self.id));
        let names = self.names.split(';').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Ok(StoredInstruction {
            order: Order {
                authority: Authority::from_name(&self.authority).ok_or_else(|| corrupt("authority"))?,
                act: InstructionAct::from_name(&self.act).ok_or_else(|| corrupt("act"))?,
                names,
            },
            id: self.id,
            case_id: self.case_id,
            jws: self.jws,
            made_at: self.made_at,
            acknowledged_at: self.acknowledged_at,
            acknowledged_by: self.acknowledged_by,
            acknowledged_ref: self.acknowledged_ref,
            confirmed_at: self.confirmed_at,
            overdue_at: self.overdue_at,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.case_id, i.authority, i.act, i.names, i.jws, i.made_at, i.acknowledged_at, \
             i.acknowledged_by, i.acknowledged_ref, i.confirmed_at, i.overdue_at FROM instructions i ",
            $rest
        )
    };
}

fn read_all(rows: Vec<Row>) -> StoreResult<Vec<StoredInstruction>> {
    rows.into_iter().map(Row::read).collect()
}

/// Stores an instruction; its id.
pub async fn insert(tx: &mut Tx, case_id: &str, order: &Order, jws: &str, at: DateTime<Utc>) -> StoreResult<String> {
    let id = super::new_id();
    let sql = "INSERT INTO instructions (id, case_id, authority, act, names, jws, made_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    execute!(tx, sql, &id, case_id, order.authority.name(), order.act.name(), order.names.join(";"), jws, at)?;
    Ok(id)
}

/// The instructions of a case, in their order.
pub async fn of_case(tx: &mut Tx, case_id: &str) -> StoreResult<Vec<StoredInstruction>> {
    read_all(fetch_all!(Row, tx, select!("WHERE i.case_id = $1 ORDER BY i.made_at, i.id"), case_id)?)
}

/// Instructions that nothing confirmed yet and no later one of their case made idle, in the order of their ids, a page at
/// a time.
pub async fn open(tx: &mut Tx, after_id: &str, most: i64) -> StoreResult<Vec<StoredInstruction>> {
    let sql = select!(
        "WHERE i.confirmed_at IS NULL AND i.id > $1 AND NOT EXISTS (SELECT 1 FROM instructions l \
         WHERE l.case_id = i.case_id AND l.made_at > i.made_at) ORDER BY i.id LIMIT $2"
    );
    read_all(fetch_all!(Row, tx, sql, after_id, most)?)
}

/// Notes the authority's word. `false`: it stands there already, or there is no such instruction.
pub async fn acknowledge(
    tx: &mut Tx,
    case_id: &str,
    (authority, act): (Authority, InstructionAct),
    by: &str,
    reference: &str,
    at: DateTime<Utc>,
) -> StoreResult<bool> {
    let sql = "UPDATE instructions SET acknowledged_at = $4, acknowledged_by = $5, acknowledged_ref = $6 \
               WHERE case_id = $1 AND authority = $2 AND act = $3 AND acknowledged_at IS NULL";
    Ok(execute!(tx, sql, case_id, authority.name(), act.name(), at, by, reference)? == 1)
}

/// Notes that it was carried out. `false`: noted already.
pub async fn confirm(
    tx: &mut Tx,
    case_id: &str,
    (authority, act): (Authority, InstructionAct),
    at: DateTime<Utc>,
) -> StoreResult<bool> {
    let sql = "UPDATE instructions SET confirmed_at = $4 WHERE case_id = $1 AND authority = $2 AND act = $3 \
               AND confirmed_at IS NULL";
    Ok(execute!(tx, sql, case_id, authority.name(), act.name(), at)? == 1)
}

/// Flags that it was not carried out in time. `false`: flagged or confirmed already.
pub async fn flag(
    tx: &mut Tx,
    case_id: &str,
    (authority, act): (Authority, InstructionAct),
    at: DateTime<Utc>,
) -> StoreResult<bool> {
    let sql = "UPDATE instructions SET overdue_at = $4 WHERE case_id = $1 AND authority = $2 AND act = $3 \
               AND overdue_at IS NULL AND confirmed_at IS NULL";
    Ok(execute!(tx, sql, case_id, authority.name(), act.name(), at)? == 1)
}

/// How many instructions that still count nothing confirmed yet, and how many of these are flagged.
pub async fn unconfirmed(tx: &mut Tx) -> StoreResult<(i64, i64)> {
    let sql = "SELECT COUNT(*), COUNT(i.overdue_at) FROM instructions i WHERE i.confirmed_at IS NULL AND NOT EXISTS \
               (SELECT 1 FROM instructions l WHERE l.case_id = i.case_id AND l.made_at > i.made_at)";
    fetch_one!((i64, i64), tx, sql)
}

#[derive(sqlx::FromRow)]
struct StopRow {
    case_id: String,
    site_id: String,
    names: String,
    made_at: DateTime<Utc>,
    lifted_at: Option<DateTime<Utc>>,
}

/// The stops of names that are in force, and those that were lifted after a moment; one a case.
pub async fn stops(tx: &mut Tx, since: DateTime<Utc>) -> StoreResult<Vec<Stop>> {
    let sql = "SELECT i.case_id, c.site_id, i.names, i.made_at, \
               CASE WHEN c.state = 'reinstated' THEN c.ended_at END AS lifted_at \
               FROM instructions i JOIN cases c ON c.id = i.case_id WHERE i.act = 'stop' \
               AND (c.state IN ('in_force', 'reinstatement_proposed') OR c.state = 'reinstated' AND c.ended_at > $1) \
               ORDER BY i.case_id, i.made_at, i.id";
    let rows = fetch_all!(StopRow, tx, sql, since)?;
    Ok(rows.chunk_by(|one, other| one.case_id == other.case_id).map(stop).collect())
}

/// What one case stopped: each authority was told its own names.
fn stop(of_case: &[StopRow]) -> Stop {
    let names = of_case.iter().flat_map(|row| row.names.split(';')).filter_map(Host::parse);
    let first = &of_case[0];
    Stop {
        site_id: first.site_id.clone(),
        names: names.collect(),
        from: day(first.made_at),
        until: first.lifted_at.map(day),
    }
}
