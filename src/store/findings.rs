//! Findings: suspicions on their way to be confirmed or cleared, and holds of mass changes.

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::{StoreError, StoreResult, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::domain::confirm::{FindingState, Rule, Track};
use crate::domain::finding::Finding;
use crate::domain::mass::{Dimension, HoldState};
use crate::domain::verdict::{BrokenStep, Effect, FindingCode};

/// A finding on file.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredFinding {
    pub id: String,
    pub site_id: String,
    pub finding: Finding,
    pub track: Track,
    /// Guards every change: it must be the one that was read.
    pub version: i64,
    pub pages: Vec<String>,
    pub hold_id: Option<String>,
    pub opened_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The rule it was confirmed by.
    pub rule: Option<Rule>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    site_id: String,
    code: String,
    broken_step: Option<String>,
    effect: String,
    state: String,
    version: i64,
    failed: i64,
    first_failed_at: DateTime<Utc>,
    last_failed_at: DateTime<Utc>,
    clean: i64,
    opened_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    hold_id: Option<String>,
    pages: Json<Vec<String>>,
    rule: Option<Json<Rule>>,
}

impl Row {
    fn read(self) -> StoreResult<StoredFinding> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of finding {}", self.id));
        let count = |number: i64| u32::try_from(number).map_err(|_| corrupt("count"));
        let step = |name: &str| BrokenStep::from_name(name).ok_or_else(|| corrupt("broken step"));
        Ok(StoredFinding {
            finding: Finding {
                code: FindingCode::from_name(&self.code).ok_or_else(|| corrupt("code"))?,
                effect: Effect::from_name(&self.effect).ok_or_else(|| corrupt("effect"))?,
                broken_step: self.broken_step.as_deref().map(step).transpose()?,
            },
            track: Track {
                state: FindingState::from_name(&self.state).ok_or_else(|| corrupt("state"))?,
                failed: count(self.failed)?,
                first_failed_at: self.first_failed_at,
                last_failed_at: self.last_failed_at,
                clean: count(self.clean)?,
            },
            version: self.version,
            pages: self.pages.0,
            hold_id: self.hold_id,
            opened_at: self.opened_at,
            confirmed_at: self.confirmed_at,
            rule: self.rule.map(|rule| rule.0),
            id: self.id,
            site_id: self.site_id,
        })
    }
}

/// When a finding was found last, of those that were read.
pub fn last_found(read: &[StoredFinding]) -> impl Fn(&str) -> Option<DateTime<Utc>> {
    move |id| read.iter().find(|found| found.id == id).map(|found| found.track.last_failed_at)
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, site_id, code, broken_step, effect, state, version, failed, first_failed_at, last_failed_at, \
             clean, opened_at, confirmed_at, hold_id, pages, rule FROM findings ",
            $rest
        )
    };
}

/// The findings of a site that are not over.
pub async fn open_of_site(tx: &mut Tx, site_id: &str) -> StoreResult<Vec<StoredFinding>> {
    let sql = select!("WHERE site_id = $1 AND ended_at IS NULL ORDER BY opened_at, id");
    fetch_all!(Row, tx, sql, site_id)?.into_iter().map(Row::read).collect()
}

/// Every finding a site ever had, the latest first.
pub async fn of_site(tx: &mut Tx, site_id: &str) -> StoreResult<Vec<StoredFinding>> {
    let sql = select!("WHERE site_id = $1 ORDER BY opened_at DESC, id DESC");
    fetch_all!(Row, tx, sql, site_id)?.into_iter().map(Row::read).collect()
}

/// Confirmed reminders of watched sites that no mail was written about, the first first.
pub async fn unmailed_reminders(tx: &mut Tx, most: i64) -> StoreResult<Vec<StoredFinding>> {
    let sql = select!(
        "WHERE effect = 'reminder' AND mailed_at IS NULL AND ended_at IS NULL AND state = 'confirmed' AND site_id IN \
         (SELECT id FROM sites WHERE dropped_at IS NULL) ORDER BY id LIMIT $1"
    );
    fetch_all!(Row, tx, sql, most)?.into_iter().map(Row::read).collect()
}

/// Notes that the mail about a reminder was written. `false`: it was, before.
pub async fn mailed(tx: &mut Tx, id: &str, at: DateTime<Utc>) -> StoreResult<bool> {
    Ok(execute!(tx, "UPDATE findings SET mailed_at = $2 WHERE id = $1 AND mailed_at IS NULL", id, at)? == 1)
}

/// Findings in a state, the oldest first.
pub async fn in_state(tx: &mut Tx, state: FindingState, most: i64) -> StoreResult<Vec<StoredFinding>> {
    let sql = select!("WHERE state = $1 ORDER BY opened_at, id LIMIT $2");
    fetch_all!(Row, tx, sql, state.name(), most)?.into_iter().map(Row::read).collect()
}

/// Opens a finding. `false`: one of its kind is open at the site already.
pub async fn open(tx: &mut Tx, site_id: &str, finding: &Finding, track: &Track, pages: &[String]) -> StoreResult<bool> {
    let sql = "INSERT INTO findings (id, site_id, code, broken_step, effect, state, version, failed, first_failed_at, \
               last_failed_at, clean, opened_at, pages) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $8, $11) \
               ON CONFLICT DO NOTHING";
    let done = execute!(
        tx,
        sql,
        super::new_id(),
        site_id,
        finding.code.name(),
        finding.broken_step.map(BrokenStep::name),
        finding.effect.name(),
        track.state.name(),
        i64::from(track.failed),
        track.first_failed_at,
        track.last_failed_at,
        i64::from(track.clean),
        Json(pages),
    )?;
    Ok(done == 1)
}

/// What a change of a finding writes beside its track.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change<'a> {
    pub at: DateTime<Utc>,
    /// The pages it now stands on.
    pub pages: &'a [String],
    /// The rule by which it was confirmed in this step.
    pub confirmed_by: Option<&'a Rule>,
    pub hold_id: Option<&'a str>,
}

/// Moves a finding on from what was read. `false`: somebody else moved it meanwhile.
pub async fn advance(tx: &mut Tx, read: &StoredFinding, to: &Track, change: &Change<'_>) -> StoreResult<bool> {
    let confirmed_at = change.confirmed_by.map(|_| change.at).or(read.confirmed_at);
    let ended_at = to.state.is_over().then_some(change.at);
    let sql = "UPDATE findings SET state = $3, version = version + 1, failed = $4, first_failed_at = $5, \
               last_failed_at = $6, clean = $7, confirmed_at = $8, ended_at = $9, pages = $10, \
               rule = CASE WHEN $11 THEN $12 ELSE rule END, hold_id = COALESCE($13, hold_id) \
               WHERE id = $1 AND version = $2";
    let done = execute!(
        tx,
        sql,
        &read.id,
        read.version,
        to.state.name(),
        i64::from(to.failed),
        to.first_failed_at,
        to.last_failed_at,
        i64::from(to.clean),
        confirmed_at,
        ended_at,
        Json(change.pages),
        change.confirmed_by.is_some(),
        change.confirmed_by.map(Json),
        change.hold_id,
    )?;
    Ok(done == 1)
}

/// How many findings there are in each state, by code.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    pub state: String,
    pub code: String,
    pub findings: i64,
}

/// Counts the findings that are not over.
pub async fn counts(tx: &mut Tx) -> StoreResult<Vec<Count>> {
    let sql = "SELECT state, code, COUNT(*) AS findings FROM findings WHERE ended_at IS NULL GROUP BY state, code \
               ORDER BY state, code";
    fetch_all!(Count, tx, sql)
}

/// A group of sites that share something, and how many of them turned bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Group {
    pub failing: i64,
    pub watched: i64,
}

/// What a group is counted by.
#[derive(Debug, Clone, Copy)]
pub struct Counting {
    pub code: FindingCode,
    /// The finding was first seen within this time, and the site was looked at since its beginning.
    pub since: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// Count sites that never passed, too: only those that once passed *turned* bad.
    pub any: bool,
    /// Fewer failing sites are no group: then nobody counts the watched ones.
    pub least: i64,
}

/// The sites that share a member of a dimension: how many of them turned bad, and how many of all were looked at.
pub async fn group(tx: &mut Tx, dimension: Dimension, member: &str, by: &Counting) -> StoreResult<Group> {
    macro_rules! failing {
        ($join:literal, $where:literal) => {
            concat!(
                "SELECT COUNT(DISTINCT f.site_id) FROM findings f JOIN standings t ON t.site_id = f.site_id ",
                $join,
                " WHERE f.state IN ('suspected', 'held', 'confirmed') AND f.code = $2 AND f.first_failed_at >= $3 \
                 AND f.first_failed_at <= $4 AND f.effect IN ('fault', 'queue') \
                 AND ($5 OR t.passed_at IS NOT NULL) AND t.looked_at >= $3 AND ",
                $where
            )
        };
    }
    macro_rules! watched {
        ($join:literal, $where:literal) => {
            concat!("SELECT COUNT(*) FROM standings t ", $join, " WHERE t.looked_at >= $2 AND ", $where)
        };
    }
    macro_rules! both {
        ($join:literal, $where:literal) => {
            (failing!($join, $where), watched!($join, $where))
        };
    }
    let (failing, watched) = match dimension {
        Dimension::Address => both!("", "t.address = $1"),
        Dimension::BadgeHost => both!("", "t.badge_host = $1"),
        Dimension::Region => {
            both!("JOIN sites s ON s.id = t.site_id JOIN units u ON u.id = s.unit_id", "u.region = $1")
        }
        Dimension::Vantage => both!("", "$1 <> ''"),
    };
    let failing = fetch_one!((i64,), &mut *tx, failing, member, by.code.name(), by.since, by.until, by.any)?.0;
    let watched = match failing >= by.least {
        true => fetch_one!((i64,), &mut *tx, watched, member, by.since)?.0,
        false => 0,
    };
    Ok(Group { failing, watched })
}

/// A mass change on hold.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Hold {
    pub id: String,
    pub dimension: String,
    pub member: String,
    pub code: String,
    pub opened_at: DateTime<Utc>,
    pub failing: i64,
    pub watched: i64,
    pub state: String,
    pub decided_by: Option<String>,
    pub reason: Option<String>,
}

/// The hold of a group and code that was opened at or after a moment, whatever became of it.
pub async fn hold_of(
    tx: &mut Tx,
    dimension: Dimension,
    member: &str,
    code: FindingCode,
    since: DateTime<Utc>,
) -> StoreResult<Option<Hold>> {
    let sql = "SELECT id, dimension, member, code, opened_at, failing, watched, state, decided_by, reason FROM holds \
               WHERE dimension = $1 AND member = $2 AND code = $3 AND (state = 'open' OR opened_at >= $4) \
               ORDER BY opened_at DESC LIMIT 1";
    fetch_optional!(Hold, tx, sql, dimension.name(), member, code.name(), since)
}

/// Holds, the open ones first.
pub async fn holds(tx: &mut Tx, most: i64) -> StoreResult<Vec<Hold>> {
    let sql = "SELECT id, dimension, member, code, opened_at, failing, watched, state, decided_by, reason FROM holds \
               ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, opened_at DESC, id LIMIT $1";
    fetch_all!(Hold, tx, sql, most)
}

/// Opens a hold, or finds the open one of this group and code; its id.
pub async fn open_hold(
    tx: &mut Tx,
    dimension: Dimension,
    member: &str,
    code: FindingCode,
    group: Group,
    at: DateTime<Utc>,
) -> StoreResult<String> {
    let insert = "INSERT INTO holds (id, dimension, member, code, opened_at, failing, watched, state) \
                  VALUES ($1, $2, $3, $4, $5, $6, $7, 'open') ON CONFLICT DO NOTHING";
    let select = "SELECT id FROM holds WHERE dimension = $1 AND member = $2 AND code = $3 AND state = 'open'";
    let (dimension, code) = (dimension.name(), code.name());
    // Once is enough but where the one that stood in the way is decided between the two.
    loop {
        execute!(&mut *tx, insert, super::new_id(), dimension, member, code, at, group.failing, group.watched)?;
        if let Some((id,)) = fetch_optional!((String,), &mut *tx, select, dimension, member, code)? {
            return Ok(id);
        }
    }
}

/// Stands by an open hold: until this transaction ends nobody decides it, so that who does sees what it stopped.
/// `false`: it is decided.
pub async fn stand_by(tx: &mut Tx, id: &str) -> StoreResult<bool> {
    Ok(execute!(tx, "UPDATE holds SET state = state WHERE id = $1 AND state = 'open'", id)? == 1)
}

/// Decides a hold. `false`: it is not open (any more).
pub async fn decide_hold(
    tx: &mut Tx,
    id: &str,
    state: HoldState,
    by: &str,
    reason: &str,
    at: DateTime<Utc>,
) -> StoreResult<bool> {
    let sql = "UPDATE holds SET state = $2, decided_by = $3, reason = $4, decided_at = $5 \
               WHERE id = $1 AND state = 'open'";
    Ok(execute!(tx, sql, id, state.name(), by, reason, at)? == 1)
}

/// The findings that a hold stopped and that still wait.
pub async fn held_by(tx: &mut Tx, hold_id: &str) -> StoreResult<Vec<StoredFinding>> {
    let sql = select!("WHERE hold_id = $1 AND state = 'held' ORDER BY id");
    fetch_all!(Row, tx, sql, hold_id)?.into_iter().map(Row::read).collect()
}

/// How many holds wait for an operator.
pub async fn open_holds(tx: &mut Tx) -> StoreResult<i64> {
    Ok(fetch_one!((i64,), tx, "SELECT COUNT(*) FROM holds WHERE state = 'open'")?.0)
}
