//! What goes by itself, a step at a time: each call does one thing on one notice, or finds nothing to do.

use chrono::{DateTime, Utc};

use super::apply::{apply, found_of};
use super::{ActError, Desk, Now, SYSTEM, friendly};
use crate::domain::confirm::{FindingState, Track};
use crate::domain::host::Host;
use crate::domain::notice::{Event, Notice, NoticeState, TellingStatus};
use crate::domain::office::Approval;
use crate::domain::verdict::FindingCode;
use crate::flow::watch::Step;
use crate::store::audit::{self, Act};
use crate::store::findings::{self, Change};
use crate::store::notices::{self, StoredNotice, Untold};
use crate::store::{Db, StoreError, StoreResult, Tx, instructions, maintenance, new_id, outbox, sites};

/// Another worker was there between the list and the notice (each statement of PostgreSQL sees what was last committed):
/// there may be more to do.
const OVERTAKEN: bool = true;
/// Rows looked at for one step.
const AT_ONCE: i64 = 200;

/// Does what is due, if anything is.
pub async fn advance(db: &Db, desk: &Desk, at: DateTime<Utc>) -> StoreResult<Step> {
    let mut tx = db.write().await?;
    let now = Now::read(&mut tx, at).await?;
    match one(&mut tx, desk, &now).await {
        Ok(Step::Idle) => Ok(Step::Idle),
        Ok(Step::Worked) => {
            tx.commit().await?;
            Ok(Step::Worked)
        }
        // Another worker was first: what it left is looked at by the next step.
        Err(ActError::Changed) => Ok(Step::Worked),
        Err(ActError::Store(error)) => Err(error),
        Err(error) => Err(StoreError::Corrupt(format!("a step that must be possible: {error}"))),
    }
}

/// In this order: what is mended is not reminded of, and what is told today is not overdue.
async fn one(tx: &mut Tx, desk: &Desk, now: &Now) -> Result<Step, ActError> {
    let worked = mended(tx, desk, now).await?
        || dropped(tx, desk, now).await?
        || recount(tx, desk, now).await?
        || due(tx, desk, now).await?
        || looked_again(tx, desk, now).await?
        || untold(tx, desk, now).await?
        || friendly::write(tx, desk, now).await?;
    Ok(if worked { Step::Worked } else { Step::Idle })
}

async fn read(tx: &mut Tx, id: &str) -> Result<StoredNotice, ActError> {
    notices::by_id(tx, id).await?.ok_or(ActError::NotFound)
}

/// Faults that are gone leave their notice; the last of them closes it.
async fn mended(tx: &mut Tx, desk: &Desk, now: &Now) -> Result<bool, ActError> {
    let mended = notices::mended(tx, AT_ONCE).await?;
    let mut seen: Vec<&str> = Vec::new();
    for (id, _) in &mended {
        if seen.contains(&id.as_str()) {
            continue;
        }
        seen.push(id);
        let of_notice = mended.iter().filter(|(of, _)| of == id).map(|(_, finding)| finding.as_str());
        if clear(tx, desk, now, id, &of_notice.collect::<Vec<_>>()).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Clears the faults of one telling. One whose letter is on its way this moment waits for what becomes of it: a letter that
/// did not go is stopped, or written anew without them.
async fn clear(tx: &mut Tx, desk: &Desk, now: &Now, id: &str, gone: &[&str]) -> Result<bool, ActError> {
    notices::stand_by(tx, id).await?;
    let notice = read(tx, id).await?;
    if notice.ended_at.is_some() {
        return Ok(false);
    }
    for step in 0..notice.notice.tellings.len() as u32 {
        let of_step = notice.notice.live_of(step).map(|item| &item.finding_id);
        let findings: Vec<String> = of_step.filter(|id| gone.contains(&id.as_str())).cloned().collect();
        let is_queued = notice.notice.tellings[step as usize].status == TellingStatus::Queued;
        if findings.is_empty() {
            continue;
        }
        let letter_waits = is_queued && outbox::stop(tx, id, step).await?;
        if letter_waits || !is_queued {
            apply(tx, desk, now, notice, &Event::Cleared { findings, letter_waits }, SYSTEM).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

async fn dropped(tx: &mut Tx, desk: &Desk, now: &Now) -> Result<bool, ActError> {
    let dropped = notices::of_dropped_sites(tx, 1).await?;
    let Some(id) = dropped.first() else { return Ok(false) };
    let notice = read(tx, id).await?;
    if notice.ended_at.is_some() {
        return Ok(OVERTAKEN);
    }
    let why = "网站已不在登记表中".to_owned();
    apply(tx, desk, now, notice, &Event::Closed { why }, SYSTEM).await?;
    Ok(true)
}

/// The calendar changed: deadlines are counted anew, and each that moved goes on record and to the unit.
async fn recount(tx: &mut Tx, desk: &Desk, now: &Now) -> Result<bool, ActError> {
    let others = notices::counted_otherwise(tx, &now.counted_by, AT_ONCE).await?;
    if others.is_empty() {
        return Ok(false);
    }
    for id in &others {
        let notice = read(tx, id).await?;
        match apply(tx, desk, now, notice.clone(), &Event::Recounted, SYSTEM).await {
            Ok(_) => {}
            Err(ActError::Refused(_)) => {
                let wakes_at = notice.notice.wakes_on(&now.calendar).map(crate::domain::beijing::start_of);
                notices::advance(tx, &notice, &notice.notice, None, wakes_at, &now.counted_by, now.at).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

/// A reminder's day has come, or the due day has ended.
async fn due(tx: &mut Tx, desk: &Desk, now: &Now) -> Result<bool, ActError> {
    let due = notices::due(tx, now.at, 1).await?;
    let Some(id) = due.first() else { return Ok(false) };
    let notice = read(tx, id).await?;
    let reminders = notice.notice.reminders(&now.calendar);
    let reminder = reminders.into_iter().find(|day| *day <= now.today && !notice.notice.reminded.contains(day));
    let runs = matches!(notice.notice.state, NoticeState::Sent | NoticeState::Acknowledged);
    if !runs || reminder.is_none() && notice.notice.run_out(now.today).next().is_none() {
        return Ok(OVERTAKEN);
    }
    let event = match reminder {
        Some(day) => Event::Reminded { day },
        None => Event::DueOver { failing: found_of(tx, now, &notice).await? },
    };
    apply(tx, desk, now, notice, &event, SYSTEM).await?;
    Ok(true)
}

/// A notice that waited for a look has had a failing one. (One that found only what a later supplement tells says nothing.)
async fn looked_again(tx: &mut Tx, desk: &Desk, now: &Now) -> Result<bool, ActError> {
    for id in notices::looked_again(tx, AT_ONCE).await? {
        let notice = read(tx, &id).await?;
        if notice.notice.state == NoticeState::AwaitingLook && found_of(tx, now, &notice).await? {
            apply(tx, desk, now, notice, &Event::DueOver { failing: true }, SYSTEM).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Confirmed faults that nobody was told of: they join the site's open notice, or a new one is drafted.
async fn untold(tx: &mut Tx, desk: &Desk, now: &Now) -> Result<bool, ActError> {
    let untold = notices::untold(tx, AT_ONCE).await?;
    let Some(first) = untold.first() else { return Ok(false) };
    let faults = faults(&untold, &first.site_id)?;
    if faults.iter().any(|(_, code)| is_dead(*code)) && dismiss_ours(tx, now, &first.site_id).await? {
        return Ok(true);
    }
    match notices::open_of_site(tx, &first.site_id).await? {
        Some(open) => join(tx, desk, now, open, faults).await?,
        None => draft(tx, desk, now, &first.site_id, faults).await?,
    }
    Ok(true)
}

const fn is_dead(code: FindingCode) -> bool {
    matches!(code, FindingCode::DomainDead | FindingCode::Unreachable)
}

/// A name that is dead by our own order against another site (a folder on its host, a shared name) is no fault of this
/// one: such findings are dismissed. `true`: there were some.
async fn dismiss_ours(tx: &mut Tx, now: &Now, site_id: &str) -> Result<bool, ActError> {
    let stopped = instructions::stopped_of_others(tx, site_id).await?;
    let Some(site) = sites::by_id(tx, site_id).await? else { return Ok(false) };
    let hosts = site.site.hosts();
    let is_ours = stopped.iter().flat_map(|names| names.split(';')).any(|name| {
        let order = Host::parse(name);
        order.is_some_and(|order| hosts.iter().any(|host| host.is_within(&order)))
    });
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

fn faults(untold: &[Untold], site_id: &str) -> StoreResult<Faults> {
    let of_site = untold.iter().filter(|untold| untold.site_id == site_id);
    let fault = |untold: &Untold| {
        let code = FindingCode::from_name(&untold.code);
        let code = code.ok_or_else(|| StoreError::Corrupt(format!("code of finding {}", untold.finding_id)))?;
        Ok((untold.finding_id.clone(), code))
    };
    of_site.map(fault).collect()
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
    if desk.offices.approval(region) == Approval::Automatic {
        apply(tx, desk, now, stored, &Event::Approved, SYSTEM).await?;
    }
    Ok(())
}
