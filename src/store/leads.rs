//! Leads: one open of a kind about a badge on a host, each change guarded by the version that was read.

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::{StoreError, StoreResult, Tx, execute, fetch_all, fetch_optional, storable};
use crate::domain::lead::{LeadFile, LeadKind, LeadState};
use crate::domain::region;

/// A lead on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLead {
    pub id: String,
    pub kind: LeadKind,
    /// Whose badge it is, where that is known.
    pub site_id: Option<String>,
    /// GB/T 2260; none: the whole country's.
    pub region: Option<String>,
    /// Where the badge was seen: A-labels, or an address in numbers.
    pub host: String,
    pub state: LeadState,
    /// Guards every change: it must be the one that was read.
    pub version: i64,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    /// Requests, or reports.
    pub seen: i64,
    pub days: i64,
    pub case_id: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_by: Option<String>,
    pub reason: Option<String>,
    pub file: LeadFile,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    site_id: Option<String>,
    region: Option<String>,
    host: String,
    state: String,
    version: i64,
    first_at: DateTime<Utc>,
    last_at: DateTime<Utc>,
    seen: i64,
    days: i64,
    case_id: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<String>,
    reason: Option<String>,
    body: Json<serde_json::Value>,
}

impl Row {
    fn read(self) -> StoreResult<StoredLead> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of lead {}", self.id));
        Ok(StoredLead {
            kind: LeadKind::from_name(&self.kind).ok_or_else(|| corrupt("kind"))?,
            state: LeadState::from_name(&self.state).ok_or_else(|| corrupt("state"))?,
            file: serde_json::from_value(self.body.0).map_err(|error| corrupt(&error.to_string()))?,
            id: self.id,
            site_id: self.site_id,
            region: self.region,
            host: self.host,
            version: self.version,
            first_at: self.first_at,
            last_at: self.last_at,
            seen: self.seen,
            days: self.days,
            case_id: self.case_id,
            decided_at: self.decided_at,
            decided_by: self.decided_by,
            reason: self.reason,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, site_id, region, host, state, version, first_at, last_at, seen, days, case_id, decided_at, \
             decided_by, reason, body FROM leads ",
            $rest
        )
    };
}

fn read_all(rows: Vec<Row>) -> StoreResult<Vec<StoredLead>> {
    rows.into_iter().map(Row::read).collect()
}

/// A lead to be raised.
#[derive(Debug, Clone, Copy)]
pub struct NewLead<'a> {
    pub kind: LeadKind,
    pub site_id: Option<&'a str>,
    pub region: Option<&'a str>,
    pub host: &'a str,
    pub seen: i64,
    pub days: i64,
    pub file: &'a LeadFile,
}

/// Raises a lead; its id. `None`: one of the kind is open about the badge on the host.
pub async fn raise(tx: &mut Tx, new: &NewLead<'_>, at: DateTime<Utc>) -> StoreResult<Option<String>> {
    let id = super::new_id();
    let sql = "INSERT INTO leads (id, kind, site_id, region, host, state, version, first_at, last_at, seen, days, contacts, body) \
               VALUES ($1, $2, $3, $4, $5, 'new', 1, $6, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    let NewLead { kind, site_id, region, host, seen, days, file } = *new;
    let contacts = file.has_contacts();
    let done = execute!(tx, sql, &id, kind.name(), site_id, region, host, at, seen, days, contacts, storable(file)?)?;
    Ok((done == 1).then_some(id))
}

/// Writes a lead as it now is. `false`: somebody else changed it since it was read.
pub async fn change(tx: &mut Tx, read: &StoredLead, to: &StoredLead) -> StoreResult<bool> {
    let sql = "UPDATE leads SET state = $3, version = version + 1, last_at = $4, seen = $5, days = $6, case_id = $7, \
               decided_at = $8, decided_by = $9, reason = $10, contacts = $11, body = $12 WHERE id = $1 AND version = $2";
    let (state, contacts, body) = (to.state.name(), to.file.has_contacts(), storable(&to.file)?);
    let done = execute!(
        tx,
        sql,
        &read.id,
        read.version,
        state,
        to.last_at,
        to.seen,
        to.days,
        &to.case_id,
        to.decided_at,
        &to.decided_by,
        &to.reason,
        contacts,
        body
    )?;
    Ok(done == 1)
}

/// The lead of an id.
pub async fn by_id(tx: &mut Tx, id: &str) -> StoreResult<Option<StoredLead>> {
    fetch_optional!(Row, tx, select!("WHERE id = $1"), id)?.map(Row::read).transpose()
}

/// The latest lead of a kind about a badge on a host, open or decided.
pub async fn latest(tx: &mut Tx, kind: LeadKind, site_id: Option<&str>, host: &str) -> StoreResult<Option<StoredLead>> {
    let sql =
        select!("WHERE kind = $1 AND COALESCE(site_id, '') = $2 AND host = $3 ORDER BY first_at DESC, id DESC LIMIT 1");
    let site_id = site_id.unwrap_or_default();
    fetch_optional!(Row, tx, sql, kind.name(), site_id, host)?.map(Row::read).transpose()
}

/// Which leads a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// The region of who asks, and the one that is asked for (GB/T 2260): those that lie in both; `000000`: all, and those
    /// of no region.
    pub regions: [&'a str; 2],
    pub kind: Option<LeadKind>,
    pub state: Option<LeadState>,
}

/// The digits of a region that count; what is no code sees nothing.
fn digits(area: &str) -> &str {
    let is_code = area.len() == 6 && area.bytes().all(|digit| digit.is_ascii_digit());
    if is_code { region::digits_of(area) } else { "none" }
}

/// Leads as a region may see them, those that grew last first.
pub async fn list(tx: &mut Tx, filter: &Filter<'_>, most: i64, skip: i64) -> StoreResult<Vec<StoredLead>> {
    let sql = select!(
        "WHERE ($1 = '' OR region LIKE $1 || '%') AND ($2 = '' OR region LIKE $2 || '%') AND ($3 = '' OR kind = $3) \
         AND ($4 = '' OR state = $4) ORDER BY last_at DESC, id DESC LIMIT $5 OFFSET $6"
    );
    let (kind, state) = (filter.kind.map_or("", LeadKind::name), filter.state.map_or("", LeadState::name));
    let [own, asked] = filter.regions.map(digits);
    read_all(fetch_all!(Row, tx, sql, own, asked, kind, state, most, skip)?)
}

/// Open leads by kind.
pub async fn counts(tx: &mut Tx) -> StoreResult<Vec<(String, i64)>> {
    fetch_all!((String, i64), tx, "SELECT kind, COUNT(*) FROM leads WHERE state = 'new' GROUP BY kind ORDER BY kind")
}

/// Decided leads in which somebody's address still stands, some of those decided before a moment.
pub async fn with_contacts(tx: &mut Tx, before: DateTime<Utc>, most: i64) -> StoreResult<Vec<StoredLead>> {
    read_all(fetch_all!(
        Row,
        tx,
        select!("WHERE contacts = TRUE AND decided_at < $1 ORDER BY decided_at LIMIT $2"),
        before,
        most
    )?)
}
