//! The public list (公示): sites whose badge is in force and was seen on them.
//!
//! A site comes on it when a look first finds its badge and goes when an office decides, or the registry says, that the badge
//! is not in force: what a later look finds is not made public by leaving it out.

use chrono::NaiveDate;

use super::{StoreResult, Tx, fetch_all};
use crate::domain::region::digits_of;

/// A site on the list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    pub id: String,
    pub name: String,
    pub unit_name: String,
    pub en_domain: Option<String>,
    pub cn_domain: Option<String>,
    pub url_prefix: Option<String>,
    pub badge_code: Option<String>,
    pub certificate_id: Option<String>,
    pub issuing_office: Option<String>,
    pub issued_on: Option<NaiveDate>,
}

/// Where to go on: behind a site of this day of issue. Those whose day is not on file stand at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub issued_on: Option<NaiveDate>,
    pub id: String,
}

/// Later than any day of issue, and one that both engines can write.
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("a day");

/// Beyond any id: these are hexadecimal.
const BEYOND: &str = "g";

impl Listed {
    /// Where to go on behind it.
    pub fn mark(&self) -> Mark {
        Mark { issued_on: self.issued_on, id: self.id.clone() }
    }
}

macro_rules! listed {
    ($area:literal, $behind:literal) => {
        concat!(
            "SELECT s.id, s.name, u.name AS unit_name, s.en_domain, s.cn_domain, s.url_prefix, s.badge_code, \
             s.certificate_id, s.issuing_office, s.issued_on FROM sites s JOIN units u ON u.id = s.unit_id \
             WHERE s.dropped_at IS NULL AND s.hung_at IS NOT NULL AND COALESCE(s.decided_state, s.state) = 'valid' \
             AND COALESCE(s.badge_code, s.certificate_id) IS NOT NULL AND ",
            $area,
            " AND ",
            $behind
        )
    };
}

/// One text for each level of a region, so that each has its index.
macro_rules! by_level {
    ($digits:expr, $behind:literal) => {
        match $digits.len() {
            0 => listed!("$1 = ''", $behind),
            2 => listed!("substr(s.area, 1, 2) = $1", $behind),
            4 => listed!("substr(s.area, 1, 4) = $1", $behind),
            _ => listed!("s.area = $1", $behind),
        }
    };
}

/// A page of a region's list (`000000`: the whole country's), the latest issued first.
pub async fn page(tx: &mut Tx, region: &str, behind: Option<&Mark>, most: i64) -> StoreResult<Vec<Listed>> {
    let digits = digits_of(region);
    let mut page = match behind {
        Some(Mark { issued_on: None, .. }) => Vec::new(),
        Some(Mark { issued_on: Some(day), id }) => dated(tx, digits, *day, id, most).await?,
        None => dated(tx, digits, LAST_DAY, "", most).await?,
    };
    let left = most - page.len() as i64;
    if left > 0 {
        let behind = behind.filter(|mark| mark.issued_on.is_none()).map_or(BEYOND, |mark| mark.id.as_str());
        let sql = by_level!(digits, "s.issued_on IS NULL AND s.id < $2 ORDER BY s.id DESC LIMIT $3");
        page.extend(fetch_all!(Listed, tx, sql, digits, behind, left)?);
    }
    Ok(page)
}

async fn dated(tx: &mut Tx, digits: &str, day: NaiveDate, id: &str, most: i64) -> StoreResult<Vec<Listed>> {
    let sql = by_level!(digits, "(s.issued_on, s.id) < ($2, $3) ORDER BY s.issued_on DESC, s.id DESC LIMIT $4");
    fetch_all!(Listed, tx, sql, digits, day, id, most)
}
