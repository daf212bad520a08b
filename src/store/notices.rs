//! Rectification notices, their items, what came with objections, and the numbers they are given.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Json, StoreError, StoreResult, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::domain::notice::{Notice, NoticeState, RequestKind};
use crate::domain::verdict::FindingCode;

/// A notice on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNotice {
    pub id: String,
    /// 文号, once approved.
    pub number: Option<String>,
    pub site_id: String,
    pub region: Option<String>,
    /// Guards every change: it must be the one that was read.
    pub version: i64,
    pub drafted_at: DateTime<Utc>,
    /// The calendar its deadlines were counted by.
    pub calendar: Option<String>,
    pub ended_at: Option<DateTime<Utc>>,
    pub notice: Notice,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    number: Option<String>,
    site_id: String,
    region: Option<String>,
    version: i64,
    drafted_at: DateTime<Utc>,
    calendar: Option<String>,
    ended_at: Option<DateTime<Utc>>,
    body: Json<serde_json::Value>,
}

impl Row {
    fn read(self) -> StoreResult<StoredNotice> {
        let notice = serde_json::from_value(self.body.0)
            .map_err(|error| StoreError::Corrupt(format!("notice {}: {error}", self.id)))?;
        Ok(StoredNotice {
            id: self.id,
            number: self.number,
            site_id: self.site_id,
            region: self.region,
            version: self.version,
            drafted_at: self.drafted_at,
            calendar: self.calendar,
            ended_at: self.ended_at,
            notice,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT n.id, n.number, n.site_id, n.region, n.version, n.drafted_at, n.calendar, n.ended_at, n.body \
             FROM notices n ",
            $rest
        )
    };
}

/// The notice of an id.
pub async fn by_id(tx: &mut Tx, id: &str) -> StoreResult<Option<StoredNotice>> {
    fetch_optional!(Row, tx, select!("WHERE n.id = $1"), id)?.map(Row::read).transpose()
}

/// The notice of an id or a number.
pub async fn find(tx: &mut Tx, id_or_number: &str) -> StoreResult<Option<StoredNotice>> {
    fetch_optional!(Row, tx, select!("WHERE n.id = $1 OR n.number = $1"), id_or_number)?.map(Row::read).transpose()
}

/// A site's notice that is not over: there is one at most.
pub async fn open_of_site(tx: &mut Tx, site_id: &str) -> StoreResult<Option<StoredNotice>> {
    let sql = select!("WHERE n.site_id = $1 AND n.ended_at IS NULL");
    fetch_optional!(Row, tx, sql, site_id)?.map(Row::read).transpose()
}

/// All notices a site ever had, the latest first.
pub async fn of_site(tx: &mut Tx, site_id: &str) -> StoreResult<Vec<StoredNotice>> {
    let sql = select!("WHERE n.site_id = $1 ORDER BY n.drafted_at DESC, n.id DESC");
    read_all(fetch_all!(Row, tx, sql, site_id)?)
}

/// Notices that are not over, in the order of their ids, a page at a time.
pub async fn open_after(tx: &mut Tx, after_id: &str, most: i64) -> StoreResult<Vec<StoredNotice>> {
    let sql = select!("WHERE n.ended_at IS NULL AND n.id > $1 ORDER BY n.id LIMIT $2");
    read_all(fetch_all!(Row, tx, sql, after_id, most)?)
}

/// What is asked of a list.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Region (GB/T 2260) of who asks: its significant digits; empty = everywhere.
    pub area: String,
    pub state: Option<NoticeState>,
    /// Only those with an objection that waits.
    pub objected: bool,
    pub skip: i64,
    pub most: i64,
}

/// Notices of an area, the most urgent first.
pub async fn list(tx: &mut Tx, asked: &Asked) -> StoreResult<Vec<StoredNotice>> {
    let sql = select!(
        "WHERE ($1 = '' OR n.region LIKE $1 || '%') AND ($2 = '' OR n.state = $2) AND (NOT $3 OR n.objected) \
         ORDER BY CASE WHEN n.ended_at IS NULL THEN 0 ELSE 1 END, n.due_on NULLS LAST, n.drafted_at, n.id LIMIT $4 OFFSET $5"
    );
    let state = asked.state.map_or("", NoticeState::name);
    read_all(fetch_all!(Row, tx, sql, &asked.area, state, asked.objected, asked.most, asked.skip)?)
}

/// Puts a draft on file with its items. `false`: the site has an open notice, or one of the findings is told already.
pub async fn insert(tx: &mut Tx, new: &StoredNotice) -> StoreResult<bool> {
    let sql = "INSERT INTO notices (id, site_id, region, state, version, drafted_at, objected, provisional, body, drafts) \
               VALUES ($1, $2, $3, $4, $5, $6, FALSE, FALSE, $7, $8) ON CONFLICT DO NOTHING";
    let body = super::storable(&new.notice)?;
    let state = new.notice.state.name();
    let (drafted_at, drafts) = (new.drafted_at, new.notice.has_drafts());
    let done =
        execute!(&mut *tx, sql, &new.id, &new.site_id, &new.region, state, new.version, drafted_at, body, drafts)?;
    if done == 1 {
        save_items(tx, &new.id, &new.notice).await?;
    }
    Ok(done == 1)
}

/// Moves a notice on from what was read. `false`: somebody else moved it meanwhile.
pub async fn advance(
    tx: &mut Tx,
    read: &StoredNotice,
    to: &Notice,
    number: Option<&str>,
    wakes_at: Option<DateTime<Utc>>,
    calendar: &str,
    at: DateTime<Utc>,
) -> StoreResult<bool> {
    let sql = "UPDATE notices SET state = $3, version = version + 1, number = COALESCE($4, number), due_on = $5, \
               next_at = $6, calendar = $7, objected = $8, ended_at = $9, body = $10, provisional = $11, \
               drafts = $12, asked_time = $13 WHERE id = $1 AND version = $2";
    let due = to.due();
    let provisional = due.as_ref().is_some_and(|due| due.provisional);
    let due: Option<NaiveDate> = due.map(|due| due.date);
    let waits = |kind| to.open_request(kind).is_some();
    let ended_at = read.ended_at.or(to.state.is_over().then_some(at));
    let body = super::storable(to)?;
    let state = to.state.name();
    let done = execute!(
        &mut *tx,
        sql,
        &read.id,
        read.version,
        state,
        number,
        due,
        wakes_at,
        calendar,
        waits(RequestKind::Objection),
        ended_at,
        body,
        provisional,
        to.has_drafts(),
        waits(RequestKind::Extension)
    )?;
    if done == 1 {
        save_items(tx, &read.id, to).await?;
    }
    Ok(done == 1)
}

/// Stands by a notice: until this transaction ends nobody moves it, so that what is put on its record has one writer.
pub async fn stand_by(tx: &mut Tx, id: &str) -> StoreResult<bool> {
    Ok(execute!(tx, "UPDATE notices SET version = version WHERE id = $1", id)? == 1)
}

async fn save_items(tx: &mut Tx, id: &str, notice: &Notice) -> StoreResult<()> {
    let sql = "INSERT INTO notice_items (finding_id, notice_id, cleared_at) VALUES ($1, $2, $3) \
               ON CONFLICT (finding_id) DO UPDATE SET cleared_at = excluded.cleared_at";
    for item in &notice.items {
        execute!(&mut *tx, sql, &item.finding_id, id, item.cleared_at)?;
    }
    Ok(())
}

/// A site with confirmed faults that no notice tells.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Untold {
    pub site_id: String,
    pub finding_id: String,
    pub code: String,
}

/// Confirmed faults of watched sites that no notice tells, site by site; sites that are exempt today are left out.
pub async fn untold(tx: &mut Tx, today: NaiveDate, most: i64) -> StoreResult<Vec<Untold>> {
    let sql = "SELECT f.site_id, f.id AS finding_id, f.code FROM findings f \
               JOIN sites s ON s.id = f.site_id AND s.dropped_at IS NULL \
               LEFT JOIN notice_items i ON i.finding_id = f.id \
               WHERE f.state = 'confirmed' AND f.effect = 'fault' AND i.finding_id IS NULL AND NOT EXISTS (SELECT 1 \
               FROM exemptions e WHERE e.site_id = f.site_id AND e.ended_at IS NULL AND e.until_on >= $1) \
               ORDER BY f.site_id, f.id LIMIT $2";
    fetch_all!(Untold, tx, sql, today, most)
}

/// Items of notices that are not over whose findings are: (notice, finding). Of `kin`, which tell the same fact, none is
/// while another one is open at the site.
pub async fn mended(tx: &mut Tx, kin: &[FindingCode; 3], most: i64) -> StoreResult<Vec<(String, String)>> {
    let sql = "SELECT i.notice_id, i.finding_id FROM notice_items i JOIN findings f ON f.id = i.finding_id \
               JOIN notices n ON n.id = i.notice_id WHERE i.cleared_at IS NULL AND n.ended_at IS NULL \
               AND f.ended_at IS NOT NULL AND NOT (f.code IN ($1, $2, $3) AND EXISTS (SELECT 1 FROM findings k \
               WHERE k.site_id = f.site_id AND k.code IN ($1, $2, $3) AND k.ended_at IS NULL)) \
               ORDER BY i.notice_id, i.finding_id LIMIT $4";
    let [one, two, three] = kin.map(FindingCode::name);
    fetch_all!((String, String), tx, sql, one, two, three, most)
}

/// Notices that the clock has something to say about.
pub async fn due(tx: &mut Tx, now: DateTime<Utc>, most: i64) -> StoreResult<Vec<String>> {
    let sql = "SELECT id FROM notices WHERE ended_at IS NULL AND state IN ('sent', 'acknowledged') AND next_at <= $1 \
               ORDER BY next_at, id LIMIT $2";
    Ok(fetch_all!((String,), tx, sql, now, most)?.into_iter().map(|row| row.0).collect())
}

/// Notices that wait for a fair look, and whose faults were found again since.
pub async fn looked_again(tx: &mut Tx, most: i64) -> StoreResult<Vec<String>> {
    let sql = "SELECT n.id FROM notices n WHERE n.state = 'awaiting_look' AND NOT n.objected AND EXISTS \
               (SELECT 1 FROM notice_items i JOIN findings f ON f.id = i.finding_id WHERE i.notice_id = n.id \
               AND i.cleared_at IS NULL AND f.state = 'confirmed' AND f.last_failed_at >= n.next_at) \
               ORDER BY n.due_on, n.id LIMIT $1";
    Ok(fetch_all!((String,), tx, sql, most)?.into_iter().map(|row| row.0).collect())
}

/// Notices whose deadlines were counted by another calendar.
pub async fn counted_otherwise(tx: &mut Tx, calendar: &str, most: i64) -> StoreResult<Vec<String>> {
    let sql = "SELECT id FROM notices WHERE ended_at IS NULL AND calendar <> $1 ORDER BY id LIMIT $2";
    Ok(fetch_all!((String,), tx, sql, calendar, most)?.into_iter().map(|row| row.0).collect())
}

/// Open notices of sites that left the registry.
pub async fn of_dropped_sites(tx: &mut Tx, most: i64) -> StoreResult<Vec<String>> {
    let sql = "SELECT n.id FROM notices n JOIN sites s ON s.id = n.site_id WHERE n.ended_at IS NULL \
               AND s.dropped_at IS NOT NULL ORDER BY n.id LIMIT $1";
    Ok(fetch_all!((String,), tx, sql, most)?.into_iter().map(|row| row.0).collect())
}

/// Counts notices that are not over, by state.
pub async fn counts(tx: &mut Tx) -> StoreResult<Vec<(String, i64)>> {
    let sql = "SELECT state, COUNT(*) FROM notices WHERE ended_at IS NULL GROUP BY state ORDER BY state";
    fetch_all!((String, i64), tx, sql)
}

/// Counts open notices whose due date may still move with a calendar (暂定).
pub async fn provisional(tx: &mut Tx) -> StoreResult<i64> {
    Ok(fetch_one!((i64,), tx, "SELECT COUNT(*) FROM notices WHERE ended_at IS NULL AND provisional")?.0)
}

/// Counts open notices with an objection that waits for an answer.
pub async fn objected(tx: &mut Tx) -> StoreResult<i64> {
    Ok(fetch_one!((i64,), tx, "SELECT COUNT(*) FROM notices WHERE ended_at IS NULL AND objected")?.0)
}

fn read_all(rows: Vec<Row>) -> StoreResult<Vec<StoredNotice>> {
    rows.into_iter().map(Row::read).collect()
}
