//! From confirmed faults to what tells them: a draft, a supplement, or the place of the same fault to another extent.

use super::apply::apply;
use super::{ActError, Desk, Now, SYSTEM};
use crate::domain::confirm::{FindingState, Track};
use crate::domain::kin::is_kin;
use crate::domain::notice::{Event, Item, Notice, TellingStatus};
use crate::domain::office::Approval;
use crate::domain::verdict::FindingCode;
use crate::store::audit::{self, Act};
use crate::store::findings::{self, Change};
use crate::store::notices::{self, StoredNotice, Untold};
use crate::store::{StoreError, StoreResult, Tx, instructions, maintenance, new_id, outbox, sites};

/// Rows looked at for one step.
const AT_ONCE: i64 = 200;

/// Confirmed faults that nobody was told of: they join the site's open notice, or a new one is drafted.
pub(super) async fn untold(tx: &mut Tx, desk: &Desk, now: &Now) -> Result<bool, ActError> {
    let untold = notices::untold(tx, now.today, AT_ONCE).await?;
    for of_site in untold.chunk_by(|one, other| one.site_id == other.site_id) {
        if tell(tx, desk, now, &of_site[0].site_id, faults(of_site)?).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Tells the faults of one site. `false`: they wait.
async fn tell(tx: &mut Tx, desk: &Desk, now: &Now, site_id: &str, faults: Faults) -> Result<bool, ActError> {
    if faults.iter().any(|(_, code)| is_dead(*code)) && dismiss_ours(tx, now, site_id).await? {
        return Ok(true);
    }
    let Some(open) = notices::open_of_site(tx, site_id).await? else {
        draft(tx, desk, now, site_id, faults).await?;
        return Ok(true);
    };
    let (known, new): (Faults, Faults) = faults.into_iter().partition(|(_, code)| open.notice.tells(*code).is_some());
    if !known.is_empty() && restate(tx, desk, now, &open, known).await? {
        return Ok(true);
    }
    let is_new = !new.is_empty();
    if is_new {
        join(tx, desk, now, open, new).await?;
    }
    Ok(is_new)
}

/// Puts faults that the notice tells to another extent in their place. `false`: the letter that tells them is on its way
/// this moment, and what becomes of it comes first: one that did not go is written anew.
async fn restate(tx: &mut Tx, desk: &Desk, now: &Now, open: &StoredNotice, faults: Faults) -> Result<bool, ActError> {
    let Some(step) = faults.first().and_then(|(_, code)| open.notice.tells(*code)) else { return Ok(false) };
    notices::stand_by(tx, &open.id).await?;
    let is_queued = open.notice.tellings[step as usize].status == TellingStatus::Queued;
    let letter_waits = is_queued && outbox::stop(tx, &open.id, step).await?;
    let goes_on = letter_waits || !is_queued;
    if goes_on {
        apply(tx, desk, now, open.clone(), &Event::Restated { faults, letter_waits }, SYSTEM).await?;
    }
    Ok(goes_on)
}

const fn is_dead(code: FindingCode) -> bool {
    matches!(code, FindingCode::DomainDead | FindingCode::Unreachable)
}

/// A name that is dead by our own order against another site (a folder on its host, a shared name) is no fault of this
/// one: such findings are dismissed. `true`: there were some.
async fn dismiss_ours(tx: &mut Tx, now: &Now, site_id: &str) -> Result<bool, ActError> {
    let stops = instructions::stops(tx, now.at).await?;
    let Some(site) = sites::by_id(tx, site_id).await? else { return Ok(false) };
    let hosts = site.site.hosts();
    let of_others = stops.iter().filter(|stop| stop.until.is_none() && stop.site_id != site_id);
    let is_ours = of_others.into_iter().any(|stop| hosts.iter().any(|host| stop.covers(host)));
    let mut dismissed = false;
    for read in findings::open_of_site(tx, site_id).await?.iter().filter(|_| is_ours) {
        if is_dead(read.finding.code) && read.track.state == FindingState::Confirmed {
            let to = Track { state: FindingState::Dismissed, ..read.track.clone() };
            let change = Change { at: now.at, pages: &read.pages, ..Change::default() };
            dismissed |= findings::advance(tx, read, &to, &change).await?;
        }
    }
    Ok(dismissed)
}

type Faults = Vec<(String, FindingCode)>;

fn faults(of_site: &[Untold]) -> StoreResult<Faults> {
    let fault = |untold: &Untold| {
        let code = FindingCode::from_name(&untold.code);
        let code = code.ok_or_else(|| StoreError::Corrupt(format!("code of finding {}", untold.finding_id)))?;
        Ok((untold.finding_id.clone(), code))
    };
    of_site.iter().map(fault).collect()
}

async fn join(tx: &mut Tx, desk: &Desk, now: &Now, open: StoredNotice, faults: Faults) -> Result<(), ActError> {
    // The notice before its letters, as whoever marks or takes back does.
    notices::stand_by(tx, &open.id).await?;
    let last = open.notice.tellings.len() as u32 - 1;
    let is_queued = open.notice.tellings[last as usize].status == TellingStatus::Queued;
    let letter_waits = is_queued && outbox::stop(tx, &open.id, last).await?;
    apply(tx, desk, now, open, &Event::Found { faults, letter_waits }, SYSTEM).await?;
    Ok(())
}

async fn draft(tx: &mut Tx, desk: &Desk, now: &Now, site_id: &str, faults: Faults) -> Result<(), ActError> {
    let Some(site) = sites::by_id(tx, site_id).await? else { return Err(ActError::NotFound) };
    let region = site.region.as_deref();
    let goes_alone = desk.offices.approval(region) == Approval::Automatic && !was_ended(tx, site_id, &faults).await?;
    let mut notice = Notice::draft(faults, desk.offices.terms(region, now.today).limit());
    notice.pauses = maintenance::of_site(tx, site_id, now.today).await?;
    let stored = StoredNotice {
        id: new_id(),
        number: None,
        site_id: site_id.to_owned(),
        region: site.region.clone(),
        version: 1,
        drafted_at: now.at,
        calendar: None,
        ended_at: None,
        notice,
    };
    if !notices::insert(tx, &stored).await? {
        return Err(ActError::Changed);
    }
    let live: Vec<_> = stored.notice.live().map(|item| item.code.name()).collect();
    let detail = serde_json::json!({ "site": site.site.key, "live": live });
    let act = Act { actor: SYSTEM, action: "drafted", from: None, to: Some("drafted"), why: None, detail };
    audit::append(tx, &super::apply::chain(&stored.id), now.at, &act).await?;
    if goes_alone {
        apply(tx, desk, now, stored, &Event::Approved, SYSTEM).await?;
    }
    Ok(())
}

/// Did somebody end a notice that told this fact, which was not found gone since? Then they know of it, and whether it is
/// told again, to whatever extent, is for an officer to say.
async fn was_ended(tx: &mut Tx, site_id: &str, faults: &Faults) -> StoreResult<bool> {
    let open = findings::open_of_site(tx, site_id).await?;
    let stands = |item: &Item| open.iter().any(|found| found.id == item.finding_id);
    let is_of_these = |item: &&Item| faults.iter().any(|(_, code)| is_kin(item.code, *code));
    let told = notices::of_site(tx, site_id).await?;
    Ok(told.iter().flat_map(|told| &told.notice.items).filter(is_of_these).any(stands))
}
