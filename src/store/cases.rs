//! Cases: one open a site and ground, each change guarded by the version that was read.

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::{StoreError, StoreResult, Tx, counters, execute, fetch_all, fetch_one, fetch_optional, storable};
use crate::domain::case::{Case, CaseState, Ground};
use crate::domain::verdict::FindingCode;

/// A case on file.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCase {
    pub id: String,
    /// 案号: `案〔2026〕140214-3号`.
    pub number: String,
    pub site_id: String,
    pub notice_id: Option<String>,
    /// GB/T 2260; none: the whole country's.
    pub region: Option<String>,
    /// Guards every change: it must be the one that was read.
    pub version: i64,
    pub opened_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub case: Case,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    number: String,
    site_id: String,
    notice_id: Option<String>,
    region: Option<String>,
    version: i64,
    opened_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    body: Json<serde_json::Value>,
}

impl Row {
    fn read(self) -> StoreResult<StoredCase> {
        let corrupt = |error| StoreError::Corrupt(format!("body of case {}: {error}", self.id));
        Ok(StoredCase {
            case: serde_json::from_value(self.body.0).map_err(corrupt)?,
            id: self.id,
            number: self.number,
            site_id: self.site_id,
            notice_id: self.notice_id,
            region: self.region,
            version: self.version,
            opened_at: self.opened_at,
            ended_at: self.ended_at,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, number, site_id, notice_id, region, version, opened_at, ended_at, body FROM cases ", $rest)
    };
}

fn read_all(rows: Vec<Row>) -> StoreResult<Vec<StoredCase>> {
    rows.into_iter().map(Row::read).collect()
}

/// A case to be opened.
#[derive(Debug, Clone, Copy)]
pub struct NewCase<'a> {
    pub site_id: &'a str,
    pub notice_id: Option<&'a str>,
    pub region: Option<&'a str>,
    /// Beijing: numbers begin anew each year.
    pub year: i32,
    pub case: &'a Case,
}

/// Opens a case under the next number of its region and year. `None`: the site has an open one on this ground.
pub async fn open(tx: &mut Tx, new: &NewCase<'_>) -> StoreResult<Option<StoredCase>> {
    let (id, at) = (super::new_id(), new.case.opened.at);
    // It gets its number only when it is in: one that is not opened leaves no gap.
    let sql = "INSERT INTO cases (id, number, site_id, notice_id, region, ground, state, version, opened_at, next_at, \
               ended_at, body) VALUES ($1, $1, $2, $3, $4, $5, $6, 1, $7, NULL, NULL, $8) ON CONFLICT DO NOTHING";
    let (ground, state, body) = (new.case.ground.name(), new.case.state.name(), storable(new.case)?);
    if execute!(&mut *tx, sql, &id, new.site_id, new.notice_id, new.region, ground, state, at, body)? == 0 {
        return Ok(None);
    }
    let (year, region) = (new.year, new.region.unwrap_or("000000"));
    let number = counters::next(&mut *tx, &format!("case:{year}:{region}")).await?;
    let number = format!("案〔{year}〕{region}-{number}号");
    execute!(&mut *tx, "UPDATE cases SET number = $2 WHERE id = $1 AND number = id", &id, number)?;
    by_id(tx, &id).await
}

/// The case of an id.
pub async fn by_id(tx: &mut Tx, id: &str) -> StoreResult<Option<StoredCase>> {
    fetch_optional!(Row, tx, select!("WHERE id = $1"), id)?.map(Row::read).transpose()
}

/// The open case of a site on a ground.
pub async fn open_of(tx: &mut Tx, site_id: &str, ground: Ground) -> StoreResult<Option<StoredCase>> {
    let sql = select!("WHERE site_id = $1 AND ground = $2 AND ended_at IS NULL");
    fetch_optional!(Row, tx, sql, site_id, ground.name())?.map(Row::read).transpose()
}

/// Every case a site ever had, the latest first.
pub async fn of_site(tx: &mut Tx, site_id: &str) -> StoreResult<Vec<StoredCase>> {
    read_all(fetch_all!(Row, tx, select!("WHERE site_id = $1 ORDER BY opened_at DESC, id DESC"), site_id)?)
}

/// Cases whose time has come, the earliest first.
pub async fn due(tx: &mut Tx, now: DateTime<Utc>, most: i64) -> StoreResult<Vec<StoredCase>> {
    let sql = select!("WHERE ended_at IS NULL AND next_at <= $1 ORDER BY next_at, id LIMIT $2");
    read_all(fetch_all!(Row, tx, sql, now, most)?)
}

/// Moves a case on from what was read. `false`: somebody else moved it meanwhile.
pub async fn advance(tx: &mut Tx, read: &StoredCase, to: &Case, at: DateTime<Utc>) -> StoreResult<bool> {
    let ended_at = read.ended_at.or(to.state.is_over().then_some(at));
    let sql = "UPDATE cases SET state = $3, version = version + 1, next_at = $4, ended_at = $5, body = $6, \
               proposed_by = $7, consulted = $8 WHERE id = $1 AND version = $2";
    let (state, next_at, consulted) = (to.state.name(), to.next_at(), !to.consultations.is_empty());
    let (by, body) = (to.proposed_by(), storable(to)?);
    let done = execute!(tx, sql, &read.id, read.version, state, next_at, ended_at, body, by, consulted)?;
    Ok(done == 1)
}

/// Holds the cases of a site still until the transaction ends, so that two of them that change its state do so one after
/// the other.
pub async fn hold_of_site(tx: &mut Tx, site_id: &str) -> StoreResult<()> {
    execute!(tx, "UPDATE sites SET changed_at = changed_at WHERE id = $1", site_id)?;
    Ok(())
}

/// Which cases a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// The region of who asks (GB/T 2260): those of it and below; `000000`: all, and those of no region.
    pub region: &'a str,
    pub state: Option<CaseState>,
    pub ground: Option<Ground>,
    pub site_id: Option<&'a str>,
    /// Only those that are not over.
    pub open: bool,
}

impl Filter<'_> {
    /// The digits of the region that count, in pairs: none for the whole country.
    fn prefix(&self) -> String {
        let level = self.region.trim_end_matches('0').len().div_ceil(2) * 2;
        // What is no code sees nothing.
        let is_code = self.region.len() == 6 && self.region.bytes().all(|digit| digit.is_ascii_digit());
        if is_code { self.region[..level].to_owned() } else { "none".to_owned() }
    }
}

macro_rules! filtered {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            "WHERE ($1 = '' OR region LIKE $1 || '%') AND ($2 = '' OR state = $2) AND ($3 = '' OR ground = $3) \
             AND ($4 = '' OR site_id = $4) AND ($5 = FALSE OR ended_at IS NULL) ",
            $after
        )
    };
}

/// Cases as a region may see them, the latest first.
pub async fn list(tx: &mut Tx, filter: &Filter<'_>, most: i64, skip: i64) -> StoreResult<Vec<StoredCase>> {
    let sql = filtered!(
        "SELECT id, number, site_id, notice_id, region, version, opened_at, ended_at, body FROM cases ",
        "ORDER BY opened_at DESC, id DESC LIMIT $6 OFFSET $7"
    );
    let (state, ground) = (filter.state.map_or("", CaseState::name), filter.ground.map_or("", Ground::name));
    let site_id = filter.site_id.unwrap_or_default();
    read_all(fetch_all!(Row, tx, sql, filter.prefix(), state, ground, site_id, filter.open, most, skip)?)
}

/// How many there are.
pub async fn count(tx: &mut Tx, filter: &Filter<'_>) -> StoreResult<i64> {
    let sql = filtered!("SELECT COUNT(*) FROM cases ", "");
    let (state, ground) = (filter.state.map_or("", CaseState::name), filter.ground.map_or("", Ground::name));
    let site_id = filter.site_id.unwrap_or_default();
    Ok(fetch_one!((i64,), tx, sql, filter.prefix(), state, ground, site_id, filter.open)?.0)
}

/// How many cases stand where, by ground.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Tally {
    pub ground: String,
    pub state: String,
    pub cases: i64,
}

/// Counts the cases that are not over.
pub async fn tally(tx: &mut Tx) -> StoreResult<Vec<Tally>> {
    let sql = "SELECT ground, state, COUNT(*) AS cases FROM cases WHERE ended_at IS NULL GROUP BY ground, state \
               ORDER BY ground, state";
    fetch_all!(Tally, tx, sql)
}

/// A site that may have earned a case, and since when.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Candidate {
    pub site_id: String,
    /// The earliest open finding of the kind.
    pub since: DateTime<Utc>,
}

macro_rules! candidates {
    ($codes:literal) => {
        concat!(
            "SELECT f.site_id, MIN(f.first_failed_at) AS since FROM findings f JOIN sites s ON s.id = f.site_id \
             WHERE f.state = 'confirmed' AND f.effect = 'fault' AND f.code IN (",
            $codes,
            ") AND f.first_failed_at <= $1 AND s.dropped_at IS NULL AND s.decided_state IS NULL AND f.site_id > $2 \
             AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.site_id = f.site_id AND c.ground = $3 \
             AND (c.ended_at IS NULL OR c.opened_at >= f.opened_at)) GROUP BY f.site_id ORDER BY f.site_id LIMIT $4"
        )
    };
}

/// Sites in force with a confirmed finding of a system ground that began before a moment, for which no case was opened
/// since: in the order of their ids, a page at a time.
pub async fn candidates(
    tx: &mut Tx,
    ground: Ground,
    before: DateTime<Utc>,
    after_site: &str,
    most: i64,
) -> StoreResult<Vec<Candidate>> {
    match ground {
        Ground::SiteClosed => {
            let sql = candidates!("'domain_dead', 'unreachable'");
            fetch_all!(Candidate, tx, sql, before, after_site, ground.name(), most)
        }
        Ground::BadgeMisused => {
            let sql = candidates!("'foreign_badge'");
            fetch_all!(Candidate, tx, sql, before, after_site, ground.name(), most)
        }
        _ => Ok(Vec::new()),
    }
}

/// What was said of a site's life by one look.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Sighting {
    pub ended_at: DateTime<Utc>,
    pub verdict: String,
    pub cause: String,
    pub instrument: String,
    pub findings: Json<serde_json::Value>,
}

impl Sighting {
    /// Did the look find this?
    pub fn found(&self, code: FindingCode) -> bool {
        let is = |found: &serde_json::Value| found.get("code").and_then(|name| name.as_str()) == Some(code.name());
        self.findings.as_array().is_some_and(|found| found.iter().any(is))
    }
}

/// Every look at a site since a moment, in order.
pub async fn sightings(tx: &mut Tx, site_id: &str, since: DateTime<Utc>) -> StoreResult<Vec<Sighting>> {
    let sql = "SELECT ended_at, verdict, cause, instrument, findings FROM looks WHERE site_id = $1 AND started_at >= $2 \
               ORDER BY started_at, id";
    fetch_all!(Sighting, tx, sql, site_id, since)
}

/// A notice as locked evidence shows it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct NoticeRow {
    pub id: String,
    pub number: Option<String>,
    pub state: String,
    pub body: Json<serde_json::Value>,
}

/// The notice a case stands on.
pub async fn notice(tx: &mut Tx, id: &str) -> StoreResult<Option<NoticeRow>> {
    fetch_optional!(NoticeRow, tx, "SELECT id, number, state, body FROM notices WHERE id = $1", id)
}
