//! Ground 19(4): somebody else's badge, once both ends were looked at: the site that shows it, and the one it was issued to.

use chrono::{DateTime, Utc};

use super::Desk;
use super::candidates::Candidates;
use super::open::{Seen, open_seen};
use crate::domain::badge::Reading;
use crate::domain::case::Ground;
use crate::domain::registry::BadgeState;
use crate::domain::verdict::FindingCode;
use crate::store::cases::Candidate;
use crate::store::sites::StoredSite;
use crate::store::{StoreResult, Tx, findings, looks, pages, sites};

/// Pages at fault whose badges are followed to their holders.
const PAGES: usize = 20;

/// Opens the next case that is due. `false`: none is.
pub(super) async fn open_next(desk: &Desk<'_>, now: DateTime<Utc>) -> StoreResult<bool> {
    let mut candidates = Candidates::of(Ground::BadgeMisused, now);
    while let Some(candidate) = candidates.next(desk).await? {
        if open(desk, &candidate, now).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn open(desk: &Desk<'_>, candidate: &Candidate, now: DateTime<Utc>) -> StoreResult<bool> {
    let mut tx = desk.db.read().await?;
    let site = sites::by_id(&mut tx, &candidate.site_id).await?;
    let Some(site) = site.filter(|site| site.site.state == BadgeState::Valid) else { return Ok(false) };
    let holders = holders(&mut tx, &site.id).await?;
    let mut looked_at = looked_since(&mut tx, &site.id, candidate.since).await? && !holders.is_empty();
    for holder in &holders {
        looked_at = looked_at && looked_since(&mut tx, &holder.id, candidate.since).await?;
    }
    drop(tx);
    if !looked_at {
        return Ok(false);
    }
    let mut tx = desk.db.write().await?;
    let seen = Seen { ground: Ground::BadgeMisused, why: why(&holders), counted_days: Vec::new() };
    let opened = open_seen(&mut tx, desk, &site, seen, now).await?;
    tx.commit().await?;
    Ok(opened)
}

/// What was found, without a word of how the badge came there: that is for the officer to find out.
fn why(holders: &[StoredSite]) -> String {
    let named = |holder: &StoredSite| format!("{}（{}）", holder.site.name, holder.site.unit.name);
    let named: Vec<_> = holders.iter().map(named).collect();
    format!("检查时网站展示的标识登记在下列网站名下：{}；两端网站均已检查。", named.join("、"))
}

async fn looked_since(tx: &mut Tx, site_id: &str, since: DateTime<Utc>) -> StoreResult<bool> {
    let standing = looks::standing(tx, site_id).await?;
    Ok(standing.and_then(|standing| standing.fair_at).is_some_and(|at| at >= since))
}

/// The sites that the badges on the pages at fault were issued to.
async fn holders(tx: &mut Tx, site_id: &str) -> StoreResult<Vec<StoredSite>> {
    let open = findings::open_of_site(tx, site_id).await?;
    let foreign =
        |found: &findings::StoredFinding| found.finding.code == FindingCode::ForeignBadge && found.finding.is_fault();
    let at_fault = open.into_iter().filter(foreign).flat_map(|found| found.pages).take(PAGES);
    let mut holders: Vec<StoredSite> = Vec::new();
    for url in at_fault {
        let page = pages::by_url(tx, site_id, &url).await?;
        let Some(look) = page.and_then(|page| page.look) else { continue };
        for reading in look.0.readings.iter().filter(|reading| reading.is_hung()) {
            let mut found = issued_to(tx, reading).await?;
            found.retain(|other| other.id != site_id && holders.iter().all(|known| known.id != other.id));
            holders.extend(found);
        }
    }
    Ok(holders)
}

async fn issued_to(tx: &mut Tx, reading: &Reading) -> StoreResult<Vec<StoredSite>> {
    let mut found = Vec::new();
    if let Some(code) = &reading.code {
        found.extend(sites::of_code(tx, code).await?);
    }
    if let Some(id) = &reading.certificate_id {
        found.extend(sites::of_certificate(tx, id).await?);
    }
    Ok(found)
}
