//! What was seen often enough on a host that is not the site's becomes a lead, and an open one grows.
//!
//! After a decision only what was seen on later days counts, and it must be twice what was decided ([`Terms::met`]): a host
//! that was dismissed does not come back day after day, and one that grows well beyond it does.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{SYSTEM, TRIES, chain, whose};
use crate::clock::day;
use crate::domain::lead::{LeadFile, LeadKind, LeadState, Sights, Terms};
use crate::flow::watch::Step;
use crate::store::audit::{self, Act};
use crate::store::leads::{self, NewLead, StoredLead};
use crate::store::seen_on::{self, Pair};
use crate::store::sites::{self, StoredSite};
use crate::store::{Db, StoreResult, Tx};

/// Hosts read at a time.
const PAGE: i64 = 200;
/// What was seen within these days is looked at: a job that stood still for a while misses nothing.
const RECENT: TimeDelta = TimeDelta::days(7);
/// Why a lead ends whose host the site has registered since.
const OWN_NOW: &str = "该网址现已登记为本网站";

/// Raises what is due, and brings open leads up to date.
pub async fn raise(db: &Db, terms: Terms, now: DateTime<Utc>) -> StoreResult<Step> {
    let (since, least) = (day(now - RECENT), (terms.requests, terms.days));
    let mut after = Pair::default();
    loop {
        let pairs = seen_on::often(&mut db.read().await?, since, &after, least, PAGE).await?;
        let Some(last) = pairs.last() else { return Ok(Step::Idle) };
        after = last.clone();
        for pair in &pairs {
            // Somebody who changed the lead meanwhile goes first.
            for _ in 0..TRIES {
                if bring_up(db, terms, pair, now).await? {
                    break;
                }
            }
        }
    }
}

/// One badge on one host. `false`: somebody else changed its lead meanwhile.
async fn bring_up(db: &Db, terms: Terms, pair: &Pair, now: DateTime<Utc>) -> StoreResult<bool> {
    let mut tx = db.write().await?;
    let site = sites::by_id(&mut tx, &pair.site_id).await?;
    let Some(site) = site.filter(|site| site.dropped_at.is_none()) else { return Ok(true) };
    let latest = leads::latest(&mut tx, LeadKind::BadgeElsewhere, Some(&site.id), &pair.host).await?;
    let holders = whose::holders(&mut tx, &pair.host).await?;
    let is_own = whose::is_own(&site, &holders, &pair.host);
    let (open, decided) = match latest {
        Some(lead) if lead.state == LeadState::New => (Some(lead), None),
        latest => (None, latest),
    };
    let after = match &open {
        Some(open) => open.file.after,
        None => decided.as_ref().and_then(|lead| lead.decided_at).map(day),
    };
    let Some(sights) = seen_on::sum(&mut tx, pair, after).await? else { return Ok(true) };
    let file = LeadFile { sights: Some(sights), after, owners: whose::owners(&holders), ..LeadFile::default() };
    let done = match open {
        Some(open) if is_own => settle(&mut tx, &open, now).await?,
        Some(open) => grow(&mut tx, &open, &sights, file, now).await?,
        None if is_own || !terms.met(&sights, decided.map(|lead| lead.seen)) => true,
        None => begin(&mut tx, &site, pair, &sights, &file, now).await?,
    };
    tx.commit().await?;
    Ok(done)
}

async fn begin(
    tx: &mut Tx,
    site: &StoredSite,
    pair: &Pair,
    sights: &Sights,
    file: &LeadFile,
    now: DateTime<Utc>,
) -> StoreResult<bool> {
    let (site_id, region) = (Some(site.id.as_str()), site.region.as_deref());
    let (kind, host) = (LeadKind::BadgeElsewhere, pair.host.as_str());
    let new = NewLead { kind, site_id, region, host, seen: sights.all(), days: sights.days, file };
    let Some(id) = leads::raise(tx, &new, now).await? else { return Ok(false) };
    let detail = json!({ "site": site.site.key, "host": host, "sights": sights, "owners": file.owners });
    let to = Some(LeadState::New.name());
    audit::append(tx, &chain(&id), now, &Act { actor: SYSTEM, action: "raised", from: None, to, why: None, detail })
        .await?;
    Ok(true)
}

/// An open lead takes over what was seen since. Days that are not kept any more are not taken back.
async fn grow(
    tx: &mut Tx,
    open: &StoredLead,
    sights: &Sights,
    file: LeadFile,
    now: DateTime<Utc>,
) -> StoreResult<bool> {
    if sights.all() <= open.seen {
        return Ok(true);
    }
    let (seen, days) = (sights.all(), sights.days.max(open.days));
    leads::change(tx, open, &StoredLead { last_at: now, seen, days, file, ..open.clone() }).await
}

/// The host is the site's own by now.
async fn settle(tx: &mut Tx, open: &StoredLead, now: DateTime<Utc>) -> StoreResult<bool> {
    let to = StoredLead {
        state: LeadState::Dismissed,
        decided_at: Some(now),
        decided_by: Some(SYSTEM.to_owned()),
        reason: Some(OWN_NOW.to_owned()),
        ..open.clone()
    };
    if !leads::change(tx, open, &to).await? {
        return Ok(false);
    }
    let (from, to) = (Some(LeadState::New.name()), Some(LeadState::Dismissed.name()));
    let act = Act { actor: SYSTEM, action: "dismissed", from, to, why: Some(OWN_NOW), detail: json!({}) };
    audit::append(tx, &chain(&open.id), now, &act).await?;
    Ok(true)
}
