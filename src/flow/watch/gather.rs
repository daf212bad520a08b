//! What is known before a look: the site, its pages, its open findings.

use chrono::{DateTime, Utc};
use url::Url;

use super::{Kind, RULES, Watch};
use crate::domain::beijing::day;
use crate::domain::crawl::Origin;
use crate::domain::host::Host;
use crate::domain::look::PageLook;
use crate::domain::registry::Site;
use crate::domain::site::Hanging;
use crate::domain::verdict::{Effect, FindingCode, Verdict};
use crate::flow::check_site::{Memory, Reach, Remembered, Target};
use crate::store::findings::{self, StoredFinding};
use crate::store::pages::{self, StoredPage};
use crate::store::plan::{self, Claim};
use crate::store::sites::{self, StoredSite};
use crate::store::{StoreResult, looks};

/// A site on the table.
pub(super) struct Case {
    pub kind: Kind,
    pub slot_at: DateTime<Utc>,
    pub site: Site,
    pub region: Option<String>,
    pub target: Target,
    pub reach: Reach,
    pub memory: Memory,
    pub hanging: Hanging,
    /// What a page is judged under: the rules, and the site's row as it is now.
    pub judged_under: String,
}

/// Gathers a claimed site; `None` where it is no longer on file or has no address to start from.
pub(super) async fn gather(watch: &Watch, claim: &Claim, now: DateTime<Utc>) -> StoreResult<Option<Case>> {
    let (kind, slot_at) = kind_of(claim, now);
    let begun = claim.crawl_started_at.filter(|_| kind == Kind::Pages);
    let mut tx = watch.db.read().await?;
    let Some(stored) = sites::by_id(&mut tx, &claim.site_id).await? else { return Ok(None) };
    let known = pages::of_site(&mut tx, &claim.site_id).await?;
    let open = findings::open_of_site(&mut tx, &claim.site_id).await?;
    let standing = looks::standing(&mut tx, &claim.site_id).await?;
    drop(tx);
    if kind == Kind::Pages && begun.is_none() {
        let mut tx = watch.db.write().await?;
        plan::begin_crawl(&mut tx, claim, now).await?;
        tx.commit().await?;
    }
    let Some(target) = target(&stored.site) else { return Ok(None) };
    let judged_under = format!("{RULES} {}", stored.changed_at.timestamp_micros());
    let reach = match kind {
        Kind::Pages => Reach::Site,
        Kind::Home | Kind::Recheck => Reach::Pages(suspects(&open, watch.terms.suspects)),
    };
    let memory = known.into_iter().filter_map(|page| remember(page, begun, &judged_under)).collect();
    let hanging = hanging(watch, &stored, standing.and_then(|standing| standing.passed_at), &open, now);
    Ok(Some(Case {
        kind,
        slot_at,
        site: stored.site,
        region: stored.region,
        target,
        reach,
        memory: Memory { pages: memory },
        hanging,
        judged_under,
    }))
}

/// What the site is due as: a re-check goes first, and a look at all pages is a daily one, too.
fn kind_of(claim: &Claim, now: DateTime<Utc>) -> (Kind, DateTime<Utc>) {
    match claim.recheck_at {
        Some(asked) => (Kind::Recheck, asked),
        None if claim.pages_at <= now || claim.crawl_started_at.is_some() => (Kind::Pages, claim.pages_at),
        None => (Kind::Home, claim.home_at),
    }
}

fn target(site: &Site) -> Option<Target> {
    let host = site.names().next()?;
    let folder = site.url_prefix.as_deref().unwrap_or("/");
    Target::parse(&format!("http://{}{folder}", Host::ascii(host))).ok()
}

/// The site's hanging: by the terms of its office on the day of its notice of issue. A badge was seen where the site
/// passed, or where only some pages lacked it.
fn hanging(
    watch: &Watch,
    stored: &StoredSite,
    passed_at: Option<DateTime<Utc>>,
    open: &[StoredFinding],
    now: DateTime<Utc>,
) -> Hanging {
    let notified_on = stored.site.notified_on.unwrap_or(day(now));
    let partly = open.iter().filter(|open| open.finding.code == FindingCode::PartlyHung);
    let seen_at = partly.map(|open| open.track.first_failed_at).chain(passed_at).max();
    Hanging {
        days: watch.terms.hanging.terms(stored.region.as_deref(), notified_on).hang_days,
        seen_on: seen_at.map(day),
    }
}

/// Pages that an open finding stands on: between two looks at all pages they are visited daily.
fn suspects(open: &[StoredFinding], most: usize) -> Vec<Url> {
    let mut urls: Vec<Url> = Vec::new();
    for finding in open.iter().filter(|open| matches!(open.finding.effect, Effect::Fault | Effect::Lead)) {
        for url in finding.pages.iter().filter_map(|page| Url::parse(page).ok()) {
            if urls.len() < most && !urls.contains(&url) {
                urls.push(url);
            }
        }
    }
    urls
}

fn remember(page: StoredPage, begun: Option<DateTime<Utc>>, judged_under: &str) -> Option<(String, Remembered)> {
    let look = page.look.map(|look| look.0).filter(|_| page.fair_at.is_some());
    let look = look.map(|look| PageLook { cause: look.cause.under(look.verdict), ..look });
    let looked_since = begun.is_some_and(|begun| page.fair_at.is_some_and(|at| at >= begun));
    let remembered = Remembered {
        depth: u16::try_from(page.depth).unwrap_or(u16::MAX),
        from: Origin::from_name(&page.origin)?,
        done: looked_since && look.as_ref().is_some_and(|look| look.verdict != Verdict::Fail),
        look,
        etag: page.etag,
        last_modified: page.last_modified,
        body_sha256: page.body_sha256,
        current: page.judged_under.as_deref() == Some(judged_under),
    };
    Some((page.url, remembered))
}
