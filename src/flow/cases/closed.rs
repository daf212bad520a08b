//! Ground 19(3): sites that are closed, or whose names are dead, for more days than the office's terms say.

use chrono::{DateTime, TimeDelta, Utc};

use super::Desk;
use super::candidates::Candidates;
use super::letters::days_text;
use super::open::{Seen, open_seen};
use crate::clock::day;
use crate::domain::case::{Ground, Sight, counted_days, is_closed};
use crate::domain::office::Terms;
use crate::domain::registry::BadgeState;
use crate::domain::verdict::{Cause, FindingCode, Verdict};
use crate::store::cases::{self, Candidate, Sighting};
use crate::store::{StoreResult, sites};

/// Opens the next case that is due. `false`: none is.
pub(super) async fn open_next(desk: &Desk<'_>, now: DateTime<Utc>) -> StoreResult<bool> {
    let before = now - TimeDelta::days(i64::from(shortest(desk)));
    let mut candidates = Candidates::of(Ground::SiteClosed, before);
    while let Some(candidate) = candidates.next(desk).await? {
        if open(desk, &candidate, now).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The shortest limit of any office: nobody is asked about before it.
fn shortest(desk: &Desk<'_>) -> u32 {
    let set = desk.offices.0.values().flat_map(|office| &office.terms).filter_map(|terms| terms.closed_days);
    set.chain([Terms::default().closed_days]).min().unwrap_or_default()
}

async fn open(desk: &Desk<'_>, candidate: &Candidate, now: DateTime<Utc>) -> StoreResult<bool> {
    let mut tx = desk.db.read().await?;
    let site = sites::by_id(&mut tx, &candidate.site_id).await?;
    let Some(site) = site.filter(|site| site.site.state == BadgeState::Valid) else { return Ok(false) };
    let looks = cases::sightings(&mut tx, &site.id, candidate.since).await?;
    drop(tx);
    let days = counted_days(looks.iter().map(|look| (day(look.ended_at), sight(look))));
    if !is_closed(&days, desk.offices.terms(site.region.as_deref(), day(now)).closed_days) {
        return Ok(false);
    }
    let mut tx = desk.db.write().await?;
    let seen = Seen { ground: Ground::SiteClosed, why: days_text(&days), counted_days: days };
    let opened = open_seen(&mut tx, desk, &site, seen, now).await?;
    tx.commit().await?;
    Ok(opened)
}

/// What a look says of the site's life. Dead takes an instrument that was found well in that very look.
fn sight(look: &Sighting) -> Sight {
    let (Some(verdict), Some(cause)) = (Verdict::from_name(&look.verdict), Cause::from_name(&look.cause)) else {
        return Sight::Unsure;
    };
    let unreachable = verdict == Verdict::Undetermined && cause.under(verdict).is_unreachable();
    let dead = unreachable || look.found(FindingCode::DomainDead) || look.found(FindingCode::Unreachable);
    match (look.instrument.as_str(), verdict) {
        ("well", _) if dead => Sight::Dead,
        ("well" | "not_needed", Verdict::Pass | Verdict::Fail) if !dead => Sight::Alive,
        _ => Sight::Unsure,
    }
}
