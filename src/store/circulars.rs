//! Circulars, and what they are drafted from.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Json, StoreError, StoreResult, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::domain::beijing::day;
use crate::domain::circular::{CircularState, Counts, Figures, Told};

/// A circular on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCircular {
    pub id: String,
    /// 文号, once released.
    pub number: Option<String>,
    /// GB/T 2260; `000000`: the whole country.
    pub area: String,
    pub from_on: NaiveDate,
    pub until_on: NaiveDate,
    pub state: CircularState,
    /// Guards every change: it must be the one that was read.
    pub version: i64,
    pub made_at: DateTime<Utc>,
    pub made_by: String,
    /// Signs it.
    pub office: String,
    pub words: Words,
    pub figures: Figures,
    pub released_at: Option<DateTime<Utc>>,
    pub why: Option<String>,
}

/// The words that an officer may change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// 主送.
    pub addressee: String,
    pub opening: String,
    pub next_steps: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    number: Option<String>,
    area: String,
    from_on: NaiveDate,
    until_on: NaiveDate,
    state: String,
    version: i64,
    made_at: DateTime<Utc>,
    made_by: String,
    office: String,
    addressee: String,
    opening: String,
    next_steps: String,
    figures: Json<serde_json::Value>,
    released_at: Option<DateTime<Utc>>,
    why: Option<String>,
}

impl Row {
    fn read(self) -> StoreResult<StoredCircular> {
        let corrupt = |what: String| StoreError::Corrupt(format!("circular {}: {what}", self.id));
        Ok(StoredCircular {
            state: CircularState::from_name(&self.state).ok_or_else(|| corrupt("state".to_owned()))?,
            figures: serde_json::from_value(self.figures.0).map_err(|error| corrupt(error.to_string()))?,
            words: Words { addressee: self.addressee, opening: self.opening, next_steps: self.next_steps },
            id: self.id,
            number: self.number,
            area: self.area,
            from_on: self.from_on,
            until_on: self.until_on,
            version: self.version,
            made_at: self.made_at,
            made_by: self.made_by,
            office: self.office,
            released_at: self.released_at,
            why: self.why,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, number, area, from_on, until_on, state, version, made_at, made_by, office, addressee, opening, \
             next_steps, figures, released_at, why FROM circulars ",
            $rest
        )
    };
}

/// Puts a draft on file.
pub async fn insert(tx: &mut Tx, new: &StoredCircular) -> StoreResult<()> {
    let sql = "INSERT INTO circulars (id, area, from_on, until_on, state, version, made_at, made_by, office, addressee, \
               opening, next_steps, figures) VALUES ($1, $2, $3, $4, 'draft', 1, $5, $6, $7, $8, $9, $10, $11)";
    let figures = super::storable(&new.figures)?;
    let words = &new.words;
    execute!(
        tx,
        sql,
        &new.id,
        &new.area,
        new.from_on,
        new.until_on,
        new.made_at,
        &new.made_by,
        &new.office,
        &words.addressee,
        &words.opening,
        &words.next_steps,
        figures
    )?;
    Ok(())
}

/// A circular about an area whose code begins with `digits`.
pub async fn by_id(tx: &mut Tx, digits: &str, id: &str) -> StoreResult<Option<StoredCircular>> {
    fetch_optional!(Row, tx, select!("WHERE id = $1 AND area LIKE $2 || '%'"), id, digits)?.map(Row::read).transpose()
}

/// A circular in a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    pub id: String,
    pub number: Option<String>,
    pub area: String,
    pub from_on: NaiveDate,
    pub until_on: NaiveDate,
    pub state: String,
    pub made_by: String,
}

/// The circulars about areas whose codes begin with `digits`, the latest first.
pub async fn list(tx: &mut Tx, digits: &str, most: i64) -> StoreResult<Vec<Listed>> {
    let sql = "SELECT id, number, area, from_on, until_on, state, made_by FROM circulars WHERE area LIKE $1 || '%' \
               ORDER BY until_on DESC, made_at DESC, id DESC LIMIT $2";
    fetch_all!(Listed, tx, sql, digits, most)
}

/// The last circular about an area that was released, of a period before a day.
pub async fn before(tx: &mut Tx, area: &str, from_on: NaiveDate) -> StoreResult<Option<StoredCircular>> {
    let sql =
        select!("WHERE area = $1 AND state = 'released' AND until_on < $2 ORDER BY until_on DESC, id DESC LIMIT 1");
    fetch_optional!(Row, tx, sql, area, from_on)?.map(Row::read).transpose()
}

/// Writes the words of a draft anew. `false`: it is none any more, or somebody else has changed it.
pub async fn reword(tx: &mut Tx, read: &StoredCircular, words: &Words) -> StoreResult<bool> {
    let sql = "UPDATE circulars SET addressee = $3, opening = $4, next_steps = $5, version = version + 1 \
               WHERE id = $1 AND version = $2 AND state = 'draft'";
    let changed = execute!(tx, sql, &read.id, read.version, &words.addressee, &words.opening, &words.next_steps)?;
    Ok(changed == 1)
}

/// Releases a draft. `false`: it is none any more, or somebody else has changed it.
pub async fn release(
    tx: &mut Tx,
    read: &StoredCircular,
    number: &str,
    by: &str,
    at: DateTime<Utc>,
) -> StoreResult<bool> {
    let sql = "UPDATE circulars SET state = 'released', number = $3, released_at = $4, released_by = $5, \
               version = version + 1 WHERE id = $1 AND version = $2 AND state = 'draft'";
    Ok(execute!(tx, sql, &read.id, read.version, number, at, by)? == 1)
}

/// Takes a circular back. `false`: it was taken back, or somebody else has changed it.
pub async fn withdraw(tx: &mut Tx, read: &StoredCircular, why: &str, by: &str, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "UPDATE circulars SET state = 'withdrawn', why = $3, withdrawn_at = $4, withdrawn_by = $5, \
               version = version + 1 WHERE id = $1 AND version = $2 AND state <> 'withdrawn'";
    Ok(execute!(tx, sql, &read.id, read.version, why, at, by)? == 1)
}

#[derive(sqlx::FromRow)]
struct Counted {
    sites: i64,
    issued: i64,
    hung: i64,
    failed: i64,
    undetermined: i64,
    not_applicable: i64,
    named: i64,
}

/// How the sites in force of an area stand. `today`: what a domain's end is compared with.
pub async fn counts(tx: &mut Tx, digits: &str, today: NaiveDate) -> StoreResult<Counts> {
    let sql = "SELECT COUNT(*) AS sites, COUNT(CASE WHEN issued THEN 1 END) AS issued, \
        COUNT(CASE WHEN issued AND hung THEN 1 END) AS hung, \
        COUNT(CASE WHEN issued AND NOT hung AND verdict = 'fail' THEN 1 END) AS failed, \
        COUNT(CASE WHEN issued AND NOT hung AND verdict = 'undetermined' THEN 1 END) AS undetermined, \
        COUNT(CASE WHEN issued AND NOT hung AND verdict = 'not_applicable' THEN 1 END) AS not_applicable, \
        COUNT(CASE WHEN named THEN 1 END) AS named \
        FROM (SELECT COALESCE(s.decided_state, s.state) = 'valid' AND COALESCE(s.badge_code, s.certificate_id) IS NOT NULL \
            AS issued, COALESCE(r.hung, FALSE) AS hung, \
            COALESCE(t.verdict, 'none') AS verdict, \
            s.cn_domain IS NOT NULL AND COALESCE(s.domain_expires_on, $2) >= $2 AS named \
            FROM sites s LEFT JOIN standings t ON t.site_id = s.id LEFT JOIN site_rows r ON r.site_id = s.id \
            WHERE s.dropped_at IS NULL AND ($1 = '' OR s.area LIKE $1 || '%')) AS standing";
    let row = fetch_one!(Counted, tx, sql, digits, today)?;
    let Counted { sites, issued, hung, failed, undetermined, not_applicable, named } = row;
    Ok(Counts { sites, issued, hung, failed, undetermined, not_applicable, named })
}

#[derive(sqlx::FromRow)]
struct ToldRow {
    id: String,
    number: Option<String>,
    due_on: Option<NaiveDate>,
    ended_at: Option<DateTime<Utc>>,
    body: Json<serde_json::Value>,
    unit: String,
    parent: Option<String>,
    site: String,
    key: String,
}

/// The notices about sites of an area that are open, or ended since a moment, by unit.
pub async fn notices(tx: &mut Tx, digits: &str, since: DateTime<Utc>, most: i64) -> StoreResult<Vec<Told>> {
    let sql = "SELECT n.id, n.number, n.due_on, n.ended_at, n.body, u.name AS unit, u.parent, s.name AS site, s.key \
               FROM notices n JOIN sites s ON s.id = n.site_id JOIN units u ON u.id = s.unit_id \
               WHERE ($1 = '' OR n.region LIKE $1 || '%') AND (n.ended_at IS NULL OR n.ended_at >= $2) \
               AND n.state <> 'drafted' ORDER BY u.name, s.key, n.id LIMIT $3";
    let rows = fetch_all!(ToldRow, &mut *tx, sql, digits, since, most)?;
    let dismissed = "SELECT i.notice_id, i.finding_id FROM notice_items i JOIN findings f ON f.id = i.finding_id \
                     JOIN notices n ON n.id = i.notice_id WHERE f.state = 'dismissed' AND n.ended_at IS NULL";
    let dismissed = fetch_all!((String, String), tx, dismissed)?;
    let told = |row: ToldRow| {
        let of = |what: serde_json::Error| StoreError::Corrupt(format!("notice {}: {what}", row.id));
        let of_notice = dismissed.iter().filter(|(notice, _)| *notice == row.id);
        Ok(Told {
            dismissed: of_notice.map(|(_, finding)| finding.clone()).collect(),
            notice: serde_json::from_value(row.body.0).map_err(of)?,
            number: row.number.unwrap_or_default(),
            unit: row.unit,
            parent: row.parent,
            site: row.site,
            key: row.key,
            due_on: row.due_on,
            ended_on: row.ended_at.map(day),
        })
    };
    rows.into_iter().map(told).collect()
}
