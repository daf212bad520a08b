//! Registered sites, as the rules know them.

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::TryStreamExt;

use super::{StoreError, StoreResult, Tx, execute, fetch_all, fetch_optional, insert_many, site_rows};
use crate::domain::case::SharedSite;
use crate::domain::host::Host;
use crate::domain::ids::{BadgeCode, CertificateId};
use crate::domain::registry::{BadgeState, Contact, Hosting, Site, Unit, UnitType};

/// A site on file: what the registry says, and under which id it is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSite {
    pub id: String,
    /// GB/T 2260 code of the unit's region, where it could be told.
    pub region: Option<String>,
    /// When the registry last changed it.
    pub changed_at: DateTime<Utc>,
    /// When it left the registry.
    pub dropped_at: Option<DateTime<Utc>>,
    /// Since when an office's decision about its badge holds.
    pub decided_at: Option<DateTime<Utc>>,
    pub site: Site,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.key, s.name, s.en_domain, s.cn_domain, s.url_prefix, s.ips, s.badge_code, s.certificate_id, \
             s.issued_on, s.issuing_office, COALESCE(s.decided_state, s.state) AS state, s.domain_expires_on, s.hosting, s.notified_on, s.contact_name, \
             s.contact_email, s.contact_phone, s.handler_name, s.handler_email, s.handler_phone, \
             u.name AS unit_name, u.kind AS unit_kind, u.parent AS unit_parent, u.address AS unit_address, \
             u.functions AS unit_functions, u.administrative_functions, u.region_text, u.region, s.changed_at, s.dropped_at, s.decided_at \
             FROM sites s JOIN units u ON u.id = s.unit_id ",
            $rest
        )
    };
}

/// The site of an id, dropped or not.
pub async fn by_id(tx: &mut Tx, id: &str) -> StoreResult<Option<StoredSite>> {
    fetch_optional!(SiteRow, tx, select!("WHERE s.id = $1"), id)?.map(SiteRow::read).transpose()
}

/// The site of a registry key, dropped or not.
pub async fn by_key(tx: &mut Tx, key: &str) -> StoreResult<Option<StoredSite>> {
    fetch_optional!(SiteRow, tx, select!("WHERE s.key = $1"), key)?.map(SiteRow::read).transpose()
}

/// The sites that a host is registered for, whatever their folder.
pub async fn on_host(tx: &mut Tx, host: &Host) -> StoreResult<Vec<StoredSite>> {
    let sql = select!(
        "JOIN site_names n ON n.site_id = s.id WHERE n.host = $1 AND s.dropped_at IS NULL ORDER BY s.id LIMIT 500"
    );
    read_all(fetch_all!(SiteRow, tx, sql, host.ascii())?)
}

/// Other sites whose names are one name or below it, in the order of their keys.
pub async fn living_on(tx: &mut Tx, name: &Host, except: &str, most: i64) -> StoreResult<Vec<SharedSite>> {
    let sql = "SELECT DISTINCT s.key, u.name FROM site_names n JOIN sites s ON s.id = n.site_id \
               JOIN units u ON u.id = s.unit_id WHERE (n.host = $1 OR n.host LIKE '%.' || $1) \
               AND s.id <> $2 AND s.dropped_at IS NULL ORDER BY s.key LIMIT $3";
    let rows = fetch_all!((String, String), tx, sql, name.ascii(), except, most)?;
    Ok(rows.into_iter().map(|(site, unit)| SharedSite { site, unit }).collect())
}

/// The sites that a badge code was issued to.
pub async fn of_code(tx: &mut Tx, code: &BadgeCode) -> StoreResult<Vec<StoredSite>> {
    let sql = select!("WHERE s.badge_code = $1 AND s.dropped_at IS NULL ORDER BY s.id LIMIT 100");
    read_all(fetch_all!(SiteRow, tx, sql, code.as_str())?)
}

/// The sites that a certificate id was issued to.
pub async fn of_certificate(tx: &mut Tx, id: &CertificateId) -> StoreResult<Vec<StoredSite>> {
    let sql = select!("WHERE s.certificate_id = $1 AND s.dropped_at IS NULL ORDER BY s.id LIMIT 100");
    read_all(fetch_all!(SiteRow, tx, sql, id.as_str())?)
}

/// The sites in force after a key, in the order of keys: for exports, a page at a time.
pub async fn after_key(tx: &mut Tx, key: &str, most: i64) -> StoreResult<Vec<StoredSite>> {
    let sql = select!("WHERE s.key > $1 AND s.dropped_at IS NULL ORDER BY s.key LIMIT $2");
    read_all(fetch_all!(SiteRow, tx, sql, key, most)?)
}

/// Every site there ever was, in the order of ids, a page at a time.
pub async fn after_id(tx: &mut Tx, id: &str, most: i64) -> StoreResult<Vec<StoredSite>> {
    read_all(fetch_all!(SiteRow, tx, select!("WHERE s.id > $1 ORDER BY s.id LIMIT $2"), id, most)?)
}

/// Those of them whose certificate changed above a number ([`super::certificates`]).
pub async fn published_above(tx: &mut Tx, number: i64, id: &str, most: i64) -> StoreResult<Vec<StoredSite>> {
    let sql = select!("WHERE (s.published > $1 OR u.published > $1) AND s.id > $2 ORDER BY s.id LIMIT $3");
    read_all(fetch_all!(SiteRow, tx, sql, number, id, most)?)
}

/// How many sites are in force.
pub async fn count(tx: &mut Tx) -> StoreResult<i64> {
    let row = super::fetch_one!((i64,), tx, "SELECT COUNT(*) FROM sites WHERE dropped_at IS NULL")?;
    Ok(row.0)
}

/// A site as an import brings it.
#[derive(Debug, Clone, Copy)]
pub struct SiteWrite<'a> {
    pub id: &'a str,
    pub unit_id: &'a str,
    pub site: &'a Site,
    /// GB/T 2260 code of its unit's region, where it could be told.
    pub region: Option<&'a str>,
    /// Of all columns: tells an unchanged row at once.
    pub fingerprint: &'a str,
    pub import_id: &'a str,
    pub at: DateTime<Utc>,
}

/// Adds a site and its names.
pub async fn insert(tx: &mut Tx, write: &SiteWrite<'_>) -> StoreResult<()> {
    insert_all(tx, std::slice::from_ref(write)).await
}

/// Adds many sites and their names.
pub async fn insert_all(tx: &mut Tx, writes: &[SiteWrite<'_>]) -> StoreResult<()> {
    let inserted: StoreResult<()> = insert_many!(
        tx,
        writes,
        "INSERT INTO sites (id, key, unit_id, name, en_domain, cn_domain, url_prefix, ips, badge_code, certificate_id, \
         issued_on, issuing_office, state, domain_expires_on, hosting, notified_on, contact_name, contact_email, \
         contact_phone, handler_name, handler_email, handler_phone, fingerprint, imported_by, changed_at, area) ",
        "",
        |row, write| {
            let site = write.site;
            row.push_bind(write.id).push_bind(&site.key).push_bind(write.unit_id).push_bind(&site.name);
            row.push_bind(site.en_domain.as_ref().map(Host::ascii)).push_bind(site.cn_domain.as_ref().map(Host::ascii));
            row.push_bind(&site.url_prefix).push_bind(addresses(site));
            row.push_bind(site.badge_code.as_ref().map(BadgeCode::as_str));
            row.push_bind(site.certificate_id.as_ref().map(CertificateId::as_str));
            row.push_bind(site.issued_on).push_bind(&site.issuing_office).push_bind(site.state.name());
            row.push_bind(site.domain_expires_on).push_bind(site.hosting.name()).push_bind(site.notified_on);
            row.push_bind(&site.contact.name).push_bind(&site.contact.email).push_bind(&site.contact.phone);
            row.push_bind(&site.handler.name).push_bind(&site.handler.email).push_bind(&site.handler.phone);
            row.push_bind(write.fingerprint).push_bind(write.import_id).push_bind(write.at).push_bind(write.region);
        }
    );
    inserted?;
    let names: Vec<_> =
        writes.iter().flat_map(|write| write.site.hosts().into_iter().map(|host| (host, write.id))).collect();
    insert_names(tx, &names).await?;
    site_rows::enter(tx, writes).await
}

/// Writes every column of a site anew, and its names. The key never changes: another key is another site.
pub async fn update(tx: &mut Tx, write: &SiteWrite<'_>) -> StoreResult<()> {
    let site = write.site;
    execute!(
        tx,
        "UPDATE sites SET unit_id = $2, name = $3, en_domain = $4, cn_domain = $5, url_prefix = $6, ips = $7, \
         badge_code = $8, certificate_id = $9, issued_on = $10, issuing_office = $11, state = $12, \
         domain_expires_on = $13, hosting = $14, notified_on = $15, contact_name = $16, contact_email = $17, \
         contact_phone = $18, handler_name = $19, handler_email = $20, handler_phone = $21, fingerprint = $22, \
         imported_by = $23, changed_at = $24, area = $25, dropped_at = NULL, published = NULL WHERE id = $1",
        write.id,
        write.unit_id,
        &site.name,
        site.en_domain.as_ref().map(Host::ascii),
        site.cn_domain.as_ref().map(Host::ascii),
        &site.url_prefix,
        addresses(site),
        site.badge_code.as_ref().map(BadgeCode::as_str),
        site.certificate_id.as_ref().map(CertificateId::as_str),
        site.issued_on,
        &site.issuing_office,
        site.state.name(),
        site.domain_expires_on,
        site.hosting.name(),
        site.notified_on,
        &site.contact.name,
        &site.contact.email,
        &site.contact.phone,
        &site.handler.name,
        &site.handler.email,
        &site.handler.phone,
        write.fingerprint,
        write.import_id,
        write.at,
        write.region,
    )?;
    execute!(tx, "DELETE FROM site_names WHERE site_id = $1", write.id)?;
    let names: Vec<_> = site.hosts().into_iter().map(|host| (host, write.id)).collect();
    insert_names(tx, &names).await?;
    site_rows::enter(tx, std::slice::from_ref(write)).await?;
    site_rows::take_state(tx, write.id).await
}

/// Writes what an officer may mend by hand: people to write to, and two days. The registry's own file goes before it when it
/// brings something new.
pub async fn edit(tx: &mut Tx, id: &str, site: &Site, at: DateTime<Utc>) -> StoreResult<()> {
    let (contact, handler) = (&site.contact, &site.handler);
    execute!(
        &mut *tx,
        "UPDATE sites SET contact_name = $2, contact_email = $3, contact_phone = $4, handler_name = $5, \
         handler_email = $6, handler_phone = $7, notified_on = $8, domain_expires_on = $9, changed_at = $10, \
         published = NULL WHERE id = $1",
        id,
        &contact.name,
        &contact.email,
        &contact.phone,
        &handler.name,
        &handler.email,
        &handler.phone,
        site.notified_on,
        site.domain_expires_on,
        at,
    )?;
    let sql = "UPDATE site_rows SET domain_expires_on = $2 WHERE site_id = $1";
    execute!(tx, sql, id, site.domain_expires_on)?;
    Ok(())
}

/// Takes a site out of the registry. Its history stays.
pub async fn drop_site(tx: &mut Tx, id: &str, at: DateTime<Utc>) -> StoreResult<bool> {
    // It counts in no group and no share any more.
    execute!(&mut *tx, "DELETE FROM standings WHERE site_id = $1", id)?;
    site_rows::leave(&mut *tx, id).await?;
    let sql =
        "UPDATE sites SET dropped_at = $2, changed_at = $2, published = NULL WHERE id = $1 AND dropped_at IS NULL";
    Ok(execute!(tx, sql, id, at)? == 1)
}

/// What an office decided of a site's badge, which goes before what the registry says; `None` lifts it. Its pages are
/// judged anew. `false`: it stands so already.
pub async fn decide_state(tx: &mut Tx, id: &str, state: Option<BadgeState>, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "UPDATE sites SET decided_state = $2, decided_at = $5, changed_at = $3, published = NULL \
         WHERE id = $1 AND COALESCE(decided_state, '') <> $4";
    let name = state.map(BadgeState::name);
    let since = state.map(|_| at);
    let changed = execute!(&mut *tx, sql, id, name, at, name.unwrap_or_default(), since)? == 1;
    site_rows::take_state(tx, id).await?;
    Ok(changed)
}

async fn insert_names(tx: &mut Tx, names: &[(Host, &str)]) -> StoreResult<()> {
    insert_many!(tx, names, "INSERT INTO site_names (host, site_id) ", "", |row, name| {
        row.push_bind(name.0.ascii()).push_bind(name.1);
    })
}

/// A site on file as an import tells it from others: dropped ones too.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OnFile {
    pub key: String,
    pub id: String,
    pub fingerprint: String,
    pub dropped_at: Option<DateTime<Utc>>,
    pub changed_at: DateTime<Utc>,
    /// GB/T 2260 code of its region, where it could be told.
    pub area: Option<String>,
}

/// Hands over every site there ever was, one after the other: a million are never held at once.
pub async fn each_on_file(tx: &mut Tx, mut take: impl FnMut(OnFile)) -> StoreResult<()> {
    let sql = "SELECT key, id, fingerprint, dropped_at, changed_at, area FROM sites";
    match tx {
        Tx::Sqlite(tx) => {
            let mut rows = sqlx::query_as::<_, OnFile>(sql).fetch(&mut **tx);
            while let Some(row) = rows.try_next().await? {
                take(row);
            }
        }
        Tx::Postgres(tx) => {
            let mut rows = sqlx::query_as::<_, OnFile>(sql).fetch(&mut **tx);
            while let Some(row) = rows.try_next().await? {
                take(row);
            }
        }
    }
    Ok(())
}

fn addresses(site: &Site) -> String {
    site.ips.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

#[derive(sqlx::FromRow)]
struct SiteRow {
    id: String,
    key: String,
    name: String,
    en_domain: Option<String>,
    cn_domain: Option<String>,
    url_prefix: Option<String>,
    ips: String,
    badge_code: Option<String>,
    certificate_id: Option<String>,
    issued_on: Option<NaiveDate>,
    issuing_office: Option<String>,
    state: String,
    domain_expires_on: Option<NaiveDate>,
    hosting: String,
    notified_on: Option<NaiveDate>,
    contact_name: Option<String>,
    contact_email: Option<String>,
    contact_phone: Option<String>,
    handler_name: Option<String>,
    handler_email: Option<String>,
    handler_phone: Option<String>,
    unit_name: String,
    unit_kind: Option<String>,
    unit_parent: Option<String>,
    unit_address: Option<String>,
    unit_functions: Option<String>,
    administrative_functions: Option<bool>,
    region_text: Option<String>,
    region: Option<String>,
    changed_at: DateTime<Utc>,
    dropped_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
}

impl SiteRow {
    fn read(self) -> StoreResult<StoredSite> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of site {}", self.key));
        let host = |name: &Option<String>| match name {
            Some(name) => Host::parse(name).map(Some).ok_or_else(|| corrupt("domain")),
            None => Ok(None),
        };
        let code = self.badge_code.as_deref().map(BadgeCode::parse).transpose().map_err(|_| corrupt("badge code"))?;
        let id = |text: &str| CertificateId::parse(text).ok_or_else(|| corrupt("certificate id"));
        let ips = self.ips.split(';').filter(|text| !text.is_empty()).map(|text| text.parse());
        let kind = |name: &str| UnitType::from_name(name).ok_or_else(|| corrupt("unit type"));
        let site = Site {
            en_domain: host(&self.en_domain)?,
            cn_domain: host(&self.cn_domain)?,
            ips: ips.collect::<Result<_, _>>().map_err(|_| corrupt("address"))?,
            badge_code: code,
            certificate_id: self.certificate_id.as_deref().map(id).transpose()?,
            state: BadgeState::from_name(&self.state).ok_or_else(|| corrupt("state"))?,
            hosting: Hosting::from_name(&self.hosting).ok_or_else(|| corrupt("hosting"))?,
            unit: Unit {
                kind: self.unit_kind.as_deref().map(kind).transpose()?,
                name: self.unit_name,
                parent: self.unit_parent,
                address: self.unit_address,
                functions: self.unit_functions,
                administrative_functions: self.administrative_functions,
                region: self.region_text,
            },
            key: self.key,
            row: 0,
            name: self.name,
            url_prefix: self.url_prefix,
            issued_on: self.issued_on,
            issuing_office: self.issuing_office,
            domain_expires_on: self.domain_expires_on,
            notified_on: self.notified_on,
            contact: Contact { name: self.contact_name, email: self.contact_email, phone: self.contact_phone },
            handler: Contact { name: self.handler_name, email: self.handler_email, phone: self.handler_phone },
        };
        Ok(StoredSite {
            id: self.id,
            region: self.region,
            changed_at: self.changed_at,
            dropped_at: self.dropped_at,
            decided_at: self.decided_at,
            site,
        })
    }
}

fn read_all(rows: Vec<SiteRow>) -> StoreResult<Vec<StoredSite>> {
    rows.into_iter().map(SiteRow::read).collect()
}
