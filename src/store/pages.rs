//! The known pages of a site: the latest fair look of each counts, and the next crawl goes on from them.

use chrono::{DateTime, Utc};
use sqlx::types::Json;

use super::{StoreResult, Tx, execute, fetch_all, fetch_one, fetch_optional, storable};
use crate::domain::look::PageLook;

/// A known page.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct StoredPage {
    pub url: String,
    pub depth: i64,
    pub origin: String,
    pub looked_at: Option<DateTime<Utc>>,
    pub fair_at: Option<DateTime<Utc>>,
    pub look: Option<Json<PageLook>>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub body_sha256: Option<String>,
    pub judged_under: Option<String>,
}

/// The most pages of one site that are read back.
const MOST: i64 = 20_000;

/// The pages of a site, the home page's neighbours first.
pub async fn of_site(tx: &mut Tx, site_id: &str) -> StoreResult<Vec<StoredPage>> {
    let sql = "SELECT url, depth, origin, looked_at, fair_at, look, etag, last_modified, body_sha256, judged_under \
               FROM pages WHERE site_id = $1 ORDER BY depth, first_seen_at, url LIMIT $2";
    fetch_all!(StoredPage, tx, sql, site_id, MOST)
}

/// A page of a site.
pub async fn by_url(tx: &mut Tx, site_id: &str, url: &str) -> StoreResult<Option<StoredPage>> {
    let sql = "SELECT url, depth, origin, looked_at, fair_at, look, etag, last_modified, body_sha256, judged_under \
               FROM pages WHERE site_id = $1 AND url = $2";
    fetch_optional!(StoredPage, tx, sql, site_id, url)
}

/// Notes that a page exists.
pub async fn know(
    tx: &mut Tx,
    site_id: &str,
    url: &str,
    depth: i64,
    origin: &str,
    at: DateTime<Utc>,
) -> StoreResult<()> {
    let sql = "INSERT INTO pages (site_id, url, depth, origin, first_seen_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (site_id, url) DO NOTHING";
    execute!(tx, sql, site_id, url, depth, origin, at)?;
    Ok(())
}

/// What a look at a page is stored with.
#[derive(Debug, Clone, Copy)]
pub struct PageWrite<'a> {
    pub site_id: &'a str,
    pub url: &'a str,
    pub depth: i64,
    pub origin: &'a str,
    pub at: DateTime<Utc>,
    pub look: &'a PageLook,
    /// Whether it counts: an unfair look leaves the last fair one standing.
    pub fair: bool,
    pub etag: Option<&'a str>,
    pub last_modified: Option<&'a str>,
    pub body_sha256: Option<&'a str>,
    pub judged_under: &'a str,
}

/// Stores a look at a page.
pub async fn see(tx: &mut Tx, page: &PageWrite<'_>) -> StoreResult<()> {
    know(tx, page.site_id, page.url, page.depth, page.origin, page.at).await?;
    let fair = "UPDATE pages SET looked_at = $3, fair_at = $3, look = $4, etag = $5, last_modified = $6, \
                body_sha256 = $7, judged_under = $8 WHERE site_id = $1 AND url = $2";
    let unfair = "UPDATE pages SET looked_at = $3, look = CASE WHEN fair_at IS NULL THEN $4 ELSE look END \
                  WHERE site_id = $1 AND url = $2";
    let look = storable(page.look)?;
    match page.fair {
        true => execute!(
            tx,
            fair,
            page.site_id,
            page.url,
            page.at,
            look,
            page.etag,
            page.last_modified,
            page.body_sha256,
            page.judged_under
        )?,
        false => execute!(tx, unfair, page.site_id, page.url, page.at, look)?,
    };
    Ok(())
}

/// A page that is gone is no page of the site any more.
pub async fn forget(tx: &mut Tx, site_id: &str, url: &str) -> StoreResult<()> {
    execute!(tx, "DELETE FROM pages WHERE site_id = $1 AND url = $2", site_id, url)?;
    Ok(())
}

/// How many pages are known of all sites.
pub async fn count(tx: &mut Tx) -> StoreResult<i64> {
    Ok(fetch_one!((i64,), tx, "SELECT COUNT(*) FROM pages")?.0)
}

/// How many pages of a site are known, and how many were fairly looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct PageCounts {
    pub known: i64,
    pub checked: i64,
}

/// Counts the pages of a site.
pub async fn counts(tx: &mut Tx, site_id: &str) -> StoreResult<PageCounts> {
    let sql = "SELECT COUNT(*) AS known, COUNT(fair_at) AS checked FROM pages WHERE site_id = $1";
    fetch_one!(PageCounts, tx, sql, site_id)
}
