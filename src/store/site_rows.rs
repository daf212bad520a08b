//! The rows behind the officers' lists: one a watched site, kept by the registry ([`super::sites`]) and by looks
//! ([`super::looks`]).
//!
//! One text a sort order. PostgreSQL plans it anew with the values at hand, drops what is not asked, and takes an index where
//! one serves: so its statements are not kept prepared, which after a few runs would get one plan for all values. SQLite walks
//! the rows of the area. Neither joins anything.

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::TryStreamExt;

use super::looks::Standing;
use super::sites::SiteWrite;
use super::{StoreResult, Tx, execute, insert_many};
use crate::closed_set;
use crate::domain::figures::hangs;
use crate::domain::host::Host;
use crate::domain::ids::{BadgeCode, CertificateId};
use crate::domain::registry::UnitType;
use crate::domain::verdict::{Cause, Verdict};

/// A site in a list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SiteRow {
    pub site_id: String,
    pub key: String,
    pub name: String,
    pub unit_name: String,
    /// `organ`, `institution`, `society`; empty: not on file.
    pub kind: String,
    /// GB/T 2260; empty: could not be told.
    pub area: String,
    pub en_domain: Option<String>,
    pub cn_domain: Option<String>,
    pub badge_code: Option<String>,
    pub certificate_id: Option<String>,
    pub state: String,
    pub domain_expires_on: Option<NaiveDate>,
    /// `none`: not looked at yet.
    pub verdict: String,
    pub cause: String,
    pub looked_at: Option<DateTime<Utc>>,
    pub fair_at: Option<DateTime<Utc>>,
    pub checked: i64,
    pub known: i64,
}

closed_set! {
    /// In which order a list stands.
    pub enum Sort {
        Need = "need", "需处理的在前 · what needs a hand first";
        Name = "name", "网站名称 · site name";
        Unit = "unit", "开办主体 · unit";
        Domain = "domain", "域名 · domain";
        Oldest = "oldest", "最久未检查的在前 · longest not looked at first";
        Expires = "expires", "域名到期日 · end of the domain";
    }
}

closed_set! {
    /// How it stands with a site's Chinese domain.
    pub enum Named {
        Held = "held", "中文域名在册 · a Chinese domain that has not expired";
        Expired = "expired", "中文域名已过期 · its domain has expired";
        Without = "none", "未注册中文域名 · no Chinese domain";
    }
}

closed_set! {
    /// How it stands with a site's badge.
    pub enum Hanging {
        Issued = "issued", "标识有效 · with a badge in force";
        Hung = "hung", "已挂标 · of these, hung at the last fair look";
        Unhung = "unhung", "未见挂标 · of these, not seen hung";
    }
}

closed_set! {
    /// How old the last fair look at a site is.
    pub enum Freshness {
        Fresh = "fresh", "48 小时内有有效检查 · fairly looked at within 48 hours";
        Stale = "stale", "48 小时内没有有效检查 · not fairly looked at within 48 hours";
    }
}

/// What is asked of a list; what is empty is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The first and the last code of the area ([`crate::domain::region::bounds`]).
    pub area: (String, String),
    pub kind: String,
    pub verdict: String,
    pub cause: String,
    /// Sites with an open finding of this code.
    pub finding: String,
    /// What badge code or certificate id begin with.
    pub code: String,
    /// A part of a domain, in A-labels.
    pub domain: String,
    /// A part of site, unit, key or badge, in lower case.
    pub text: String,
    /// Where the first name leads.
    pub address: String,
    pub named: Option<Named>,
    pub hanging: Option<Hanging>,
    pub freshness: Option<Freshness>,
    /// Since when a fair look is fresh.
    pub fresh_since: DateTime<Utc>,
    /// What a domain's end is compared with.
    pub today: NaiveDate,
}

macro_rules! filtered {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " FROM site_rows r WHERE r.area >= $1 AND r.area <= $2 AND ($3 = '' OR r.kind = $3) \
             AND ($4 = '' OR r.verdict = $4) AND ($5 = '' OR r.cause = $5) \
             AND ($6 = '' OR r.site_id IN (SELECT f.site_id FROM findings f WHERE f.code = $6 AND f.ended_at IS NULL)) \
             AND ($7 = '' OR r.badge_code LIKE $7 OR r.certificate_id LIKE $7) \
             AND ($8 = '' OR r.en_domain LIKE $8 ESCAPE '\\' OR r.cn_domain LIKE $8 ESCAPE '\\') \
             AND ($9 = '' OR r.searched LIKE $9 ESCAPE '\\') AND ($10 = '' OR r.address = $10) \
             AND ($11 = '' OR ($11 = 'none' AND r.cn_domain IS NULL) \
               OR ($11 = 'expired' AND r.cn_domain IS NOT NULL AND r.domain_expires_on < $12) \
               OR ($11 = 'held' AND r.cn_domain IS NOT NULL AND COALESCE(r.domain_expires_on, $12) >= $12)) \
             AND ($13 = '' OR (r.state = 'valid' AND COALESCE(r.badge_code, r.certificate_id) IS NOT NULL \
               AND ($13 = 'issued' OR ($13 = 'hung') = COALESCE(r.hung, FALSE)))) \
             AND ($14 = '' OR ($14 = 'fresh') = (r.fair_at IS NOT NULL AND r.fair_at >= $15)) ",
            $after
        )
    };
}

macro_rules! listed {
    ($after:literal) => {
        filtered!(
            "SELECT r.site_id, r.key, r.name, r.unit_name, r.kind, r.area, r.en_domain, r.cn_domain, r.badge_code, \
             r.certificate_id, r.state, r.domain_expires_on, r.verdict, r.cause, r.looked_at, r.fair_at, r.checked, r.known",
            $after
        )
    };
}

macro_rules! sorted {
    ($sort:expr) => {
        match $sort {
            Sort::Need => listed!("ORDER BY r.rank, r.cause, r.key LIMIT $16 OFFSET $17"),
            Sort::Name => listed!("ORDER BY r.name, r.key LIMIT $16 OFFSET $17"),
            Sort::Unit => listed!("ORDER BY r.unit_name, r.key LIMIT $16 OFFSET $17"),
            Sort::Domain => listed!("ORDER BY r.key LIMIT $16 OFFSET $17"),
            Sort::Oldest => listed!("ORDER BY r.looked_at NULLS FIRST, r.key LIMIT $16 OFFSET $17"),
            Sort::Expires => listed!("ORDER BY r.domain_expires_on NULLS LAST, r.key LIMIT $16 OFFSET $17"),
        }
    };
}

/// A part of a text as `LIKE` finds it, whatever signs stand in it; empty where nothing is asked.
pub(super) fn part(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    if text.is_empty() { String::new() } else { pattern + "%" }
}

/// The values of [`filtered`], ready to be bound.
struct Asked<'f> {
    filter: &'f Filter,
    code: String,
    domain: String,
    text: String,
}

impl<'f> Asked<'f> {
    fn of(filter: &'f Filter) -> Self {
        // Codes have letters and digits, nothing else: what has none of them begins no code.
        let code: String = filter.code.chars().filter(char::is_ascii_alphanumeric).collect();
        let code = match (filter.code.is_empty(), code.is_empty()) {
            (true, _) => String::new(),
            (false, true) => "-".to_owned(),
            (false, false) => code.to_ascii_uppercase() + "%",
        };
        Self { filter, code, domain: part(&filter.domain), text: part(&filter.text) }
    }
}

macro_rules! with_filter {
    ($fetch:ident, $row:ty, $tx:expr, $sql:expr, $asked:expr $(, $more:expr)*) => {{
        let filter = $asked.filter;
        $fetch!(
            $row,
            $tx,
            $sql,
            &filter.area.0,
            &filter.area.1,
            &filter.kind,
            &filter.verdict,
            &filter.cause,
            &filter.finding,
            &$asked.code,
            &$asked.domain,
            &$asked.text,
            &filter.address,
            filter.named.map_or("", Named::name),
            filter.today,
            filter.hanging.map_or("", Hanging::name),
            filter.freshness.map_or("", Freshness::name),
            filter.fresh_since
            $(, $more)*
        )
    }};
}

/// Reads rows by a statement that is planned for the values it is run with.
macro_rules! planned {
    ($how:ident, $row:ty, $tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx {
            Tx::Sqlite(tx) => sqlx::query_as::<_, $row>($sql)$(.bind($value))*.$how(&mut **tx).await,
            Tx::Postgres(tx) => {
                sqlx::query_as::<_, $row>($sql).persistent(false)$(.bind($value))*.$how(&mut **tx).await
            }
        }
        .map_err(super::StoreError::from)
    };
}

macro_rules! planned_all {
    ($($rest:tt)+) => { planned!(fetch_all, $($rest)+) };
}

macro_rules! planned_one {
    ($($rest:tt)+) => { planned!(fetch_one, $($rest)+) };
}

/// A page of a list.
pub async fn page(tx: &mut Tx, filter: &Filter, sort: Sort, most: i64, skip: i64) -> StoreResult<Vec<SiteRow>> {
    let asked = Asked::of(filter);
    with_filter!(planned_all, SiteRow, tx, sorted!(sort), asked, most, skip)
}

/// How many sites a list has, counted up to `most` of them.
pub async fn count(tx: &mut Tx, filter: &Filter, most: i64) -> StoreResult<i64> {
    let sql = filtered!("SELECT COUNT(*) FROM (SELECT 1 AS one", "LIMIT $16) AS these");
    let asked = Asked::of(filter);
    Ok(with_filter!(planned_one, (i64,), tx, sql, asked, most)?.0)
}

macro_rules! stream {
    ($row:ty, $tx:expr, $sql:expr, $take:expr $(, $value:expr)*) => {
        match $tx {
            Tx::Sqlite(tx) => {
                let mut rows = sqlx::query_as::<_, $row>($sql)$(.bind($value))*.fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(super::StoreError::from)? {
                    $take(row)?;
                }
            }
            Tx::Postgres(tx) => {
                let mut rows = sqlx::query_as::<_, $row>($sql).persistent(false)$(.bind($value))*.fetch(&mut **tx);
                while let Some(row) = rows.try_next().await.map_err(super::StoreError::from)? {
                    $take(row)?;
                }
            }
        }
    };
}

/// Hands over every site of a list in its order, one after the other.
pub async fn each<E: From<super::StoreError>>(
    tx: &mut Tx,
    filter: &Filter,
    sort: Sort,
    mut take: impl FnMut(SiteRow) -> Result<(), E>,
) -> Result<(), E> {
    macro_rules! run {
        ($row:ty, $tx:expr, $sql:expr $(, $value:expr)* $(,)?) => { stream!($row, $tx, $sql, take $(, $value)*) };
    }
    let asked = Asked::of(filter);
    with_filter!(run, SiteRow, tx, sorted!(sort), asked, i64::MAX, 0_i64);
    Ok(())
}

/// Writes what the registry says of sites; where they stand is left as it is.
pub(super) async fn enter(tx: &mut Tx, writes: &[SiteWrite<'_>]) -> StoreResult<()> {
    insert_many!(
        tx,
        writes,
        "INSERT INTO site_rows (site_id, key, name, unit_name, kind, area, en_domain, cn_domain, badge_code, \
         certificate_id, state, domain_expires_on, searched, rank, verdict, cause, checked, known) ",
        " ON CONFLICT (site_id) DO UPDATE SET name = excluded.name, unit_name = excluded.unit_name, kind = excluded.kind, \
         area = excluded.area, en_domain = excluded.en_domain, cn_domain = excluded.cn_domain, \
         badge_code = excluded.badge_code, certificate_id = excluded.certificate_id, \
         domain_expires_on = excluded.domain_expires_on, searched = excluded.searched",
        |row, write| {
            let site = write.site;
            row.push_bind(write.id).push_bind(&site.key).push_bind(&site.name).push_bind(&site.unit.name);
            row.push_bind(site.unit.kind.map_or("", UnitType::name)).push_bind(write.region.unwrap_or_default());
            row.push_bind(site.en_domain.as_ref().map(Host::ascii)).push_bind(site.cn_domain.as_ref().map(Host::ascii));
            row.push_bind(site.badge_code.as_ref().map(BadgeCode::as_str));
            row.push_bind(site.certificate_id.as_ref().map(CertificateId::as_str));
            row.push_bind(site.state.name()).push_bind(site.domain_expires_on).push_bind(searched(write));
            row.push_bind(2_i64).push_bind("none").push_bind("").push_bind(0_i64).push_bind(0_i64);
        }
    )
}

fn searched(write: &SiteWrite<'_>) -> String {
    let site = write.site;
    let host = |host: &Option<Host>| host.as_ref().map(|host| format!("{} {}", host.ascii(), host.unicode()));
    let code = site.badge_code.as_ref().map(|code| code.as_str().to_owned());
    let all = [
        Some(site.key.clone()),
        host(&site.en_domain),
        host(&site.cn_domain),
        Some(site.name.clone()),
        Some(site.unit.name.clone()),
        code,
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Takes the badge's state over from the site, where an office's decision goes before the registry.
pub(super) async fn take_state(tx: &mut Tx, site_id: &str) -> StoreResult<()> {
    let sql = "UPDATE site_rows SET state = (SELECT COALESCE(s.decided_state, s.state) FROM sites s WHERE s.id = $1) \
               WHERE site_id = $1";
    execute!(tx, sql, site_id)?;
    Ok(())
}

/// A site that left the registry is on no list.
pub(super) async fn leave(tx: &mut Tx, site_id: &str) -> StoreResult<()> {
    execute!(tx, "DELETE FROM site_rows WHERE site_id = $1", site_id)?;
    Ok(())
}

/// Writes where a site stands.
pub(super) async fn stand(tx: &mut Tx, standing: &Standing) -> StoreResult<()> {
    let verdict = Verdict::from_name(&standing.verdict);
    let hung = verdict.zip(Cause::from_name(&standing.cause)).and_then(|(verdict, cause)| hangs(verdict, cause));
    let sql = "UPDATE site_rows SET rank = $2, verdict = $3, cause = $4, looked_at = $5, fair_at = $6, \
               hung = COALESCE($7, hung), address = $8, checked = $9, known = $10 WHERE site_id = $1";
    execute!(
        tx,
        sql,
        &standing.site_id,
        rank(verdict),
        &standing.verdict,
        &standing.cause,
        standing.looked_at,
        standing.fair_at,
        hung,
        &standing.address,
        standing.checked,
        standing.known,
    )?;
    Ok(())
}

const fn rank(verdict: Option<Verdict>) -> i64 {
    match verdict {
        Some(Verdict::Fail) => 0,
        Some(Verdict::Undetermined) => 1,
        None => 2,
        Some(Verdict::Pass) => 3,
        Some(Verdict::NotApplicable) => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn signs_of_a_pattern_stand_for_themselves() {
        assert_eq!((part(""), part("云溪")), (String::new(), "%云溪%".to_owned()));
        assert_eq!(part(r"50%_\"), r"%50\%\_\\%");
    }
}
