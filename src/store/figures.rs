//! The figures of each day, by county: written once a day, summed for whatever area is asked for.

use chrono::{DateTime, NaiveDate, Utc};

use super::{StoreResult, Tx, execute, fetch_all, fetch_one, insert_many};
use crate::domain::figures::{Day, Figures};

#[derive(sqlx::FromRow)]
struct Row {
    sites: i64,
    issued: i64,
    hung: i64,
    named: i64,
    passed: i64,
    failed: i64,
    undetermined: i64,
    not_applicable: i64,
    fresh: i64,
}

#[derive(sqlx::FromRow)]
struct OfArea {
    area: String,
    #[sqlx(flatten)]
    row: Row,
}

#[derive(sqlx::FromRow)]
struct OfDay {
    day: NaiveDate,
    #[sqlx(flatten)]
    row: Row,
}

impl From<Row> for Figures {
    fn from(row: Row) -> Self {
        let Row { sites, issued, hung, named, passed, failed, undetermined, not_applicable, fresh } = row;
        Self { sites, issued, hung, named, passed, failed, undetermined, not_applicable, fresh }
    }
}

/// What stands now, by county. `fresh_since`: when a fair look is fresh; `today`: what a domain's end is compared with.
pub async fn now(
    tx: &mut Tx,
    area: &(String, String),
    fresh_since: DateTime<Utc>,
    today: NaiveDate,
) -> StoreResult<Vec<(String, Figures)>> {
    let sql = "SELECT area, COUNT(*) AS sites, \
        COUNT(CASE WHEN state = 'valid' AND COALESCE(badge_code, certificate_id) IS NOT NULL THEN 1 END) AS issued, \
        COUNT(CASE WHEN hung AND state = 'valid' AND COALESCE(badge_code, certificate_id) IS NOT NULL THEN 1 END) AS hung, \
        COUNT(CASE WHEN cn_domain IS NOT NULL AND COALESCE(domain_expires_on, $4) >= $4 THEN 1 END) AS named, \
        COUNT(CASE WHEN verdict = 'pass' THEN 1 END) AS passed, COUNT(CASE WHEN verdict = 'fail' THEN 1 END) AS failed, \
        COUNT(CASE WHEN verdict = 'undetermined' THEN 1 END) AS undetermined, \
        COUNT(CASE WHEN verdict = 'not_applicable' THEN 1 END) AS not_applicable, \
        COUNT(CASE WHEN fair_at >= $3 THEN 1 END) AS fresh \
        FROM site_rows WHERE area >= $1 AND area <= $2 GROUP BY area ORDER BY area";
    let rows = fetch_all!(OfArea, tx, sql, &area.0, &area.1, fresh_since, today)?;
    Ok(rows.into_iter().map(|found| (found.area, found.row.into())).collect())
}

/// Keeps the figures of a day; what was kept of it before gives way.
pub async fn keep(tx: &mut Tx, day: NaiveDate, all: &[(String, Figures)]) -> StoreResult<()> {
    execute!(&mut *tx, "DELETE FROM figures WHERE day = $1", day)?;
    insert_many!(
        tx,
        all,
        "INSERT INTO figures (day, area, sites, issued, hung, named, passed, failed, undetermined, not_applicable, fresh) ",
        "",
        |row, one| {
            let (area, figures) = one;
            row.push_bind(day).push_bind(area).push_bind(figures.sites).push_bind(figures.issued);
            row.push_bind(figures.hung).push_bind(figures.named).push_bind(figures.passed).push_bind(figures.failed);
            row.push_bind(figures.undetermined).push_bind(figures.not_applicable).push_bind(figures.fresh);
        }
    )
}

macro_rules! summed {
    ($rest:literal) => {
        concat!(
            "SELECT day, CAST(SUM(sites) AS BIGINT) AS sites, CAST(SUM(issued) AS BIGINT) AS issued, \
             CAST(SUM(hung) AS BIGINT) AS hung, CAST(SUM(named) AS BIGINT) AS named, \
             CAST(SUM(passed) AS BIGINT) AS passed, CAST(SUM(failed) AS BIGINT) AS failed, \
             CAST(SUM(undetermined) AS BIGINT) AS undetermined, CAST(SUM(not_applicable) AS BIGINT) AS not_applicable, \
             CAST(SUM(fresh) AS BIGINT) AS fresh FROM figures WHERE area >= $1 AND area <= $2 AND day >= $3 ",
            $rest
        )
    };
}

/// The days of an area since one, in order. Days without figures are missing.
pub async fn since(tx: &mut Tx, area: &(String, String), from: NaiveDate) -> StoreResult<Vec<Day>> {
    let sql = summed!("GROUP BY day ORDER BY day");
    let rows = fetch_all!(OfDay, tx, sql, &area.0, &area.1, from)?;
    Ok(rows.into_iter().map(|found| Day { day: found.day, figures: found.row.into() }).collect())
}

/// Sites behind one hosting address, and how many of them stand badly.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Platform {
    pub address: String,
    pub sites: i64,
    pub failed: i64,
    pub undetermined: i64,
}

/// The hosting addresses of an area with the most sites that fail.
pub async fn platforms(tx: &mut Tx, area: &(String, String), most: i64) -> StoreResult<Vec<Platform>> {
    let sql = "SELECT address, COUNT(*) AS sites, COUNT(CASE WHEN verdict = 'fail' THEN 1 END) AS failed, \
               COUNT(CASE WHEN verdict = 'undetermined' THEN 1 END) AS undetermined FROM site_rows \
               WHERE address IS NOT NULL AND area >= $1 AND area <= $2 GROUP BY address \
               ORDER BY failed DESC, sites DESC, address LIMIT $3";
    fetch_all!(Platform, tx, sql, &area.0, &area.1, most)
}

/// Sites of an area that cannot be looked at.
pub async fn cannot_look(tx: &mut Tx, area: &(String, String)) -> StoreResult<i64> {
    let sql = "SELECT COUNT(*) FROM findings f JOIN site_rows r ON r.site_id = f.site_id WHERE f.code = 'cannot_look' \
               AND f.ended_at IS NULL AND r.area >= $1 AND r.area <= $2";
    Ok(fetch_one!((i64,), tx, sql, &area.0, &area.1)?.0)
}

/// Lets go of days before one, at most so many rows.
pub async fn purge(tx: &mut Tx, before: NaiveDate, most: i64) -> StoreResult<u64> {
    let sql = "DELETE FROM figures WHERE (day, area) IN (SELECT day, area FROM figures WHERE day < $1 LIMIT $2)";
    execute!(tx, sql, before, most)
}
