//! What goes by itself, a step at a time: each call does one thing on one notice, or finds nothing to do.

use chrono::{DateTime, Utc};

use super::apply::{apply, found_of};
use super::{ActError, Desk, Now, SYSTEM, dark, friendly, tell};
use crate::domain::kin::MISSING;
use crate::domain::notice::{Event, NoticeState, TellingStatus};
use crate::flow::watch::Step;
use crate::store::notices::{self, StoredNotice};
use crate::store::{Db, StoreError, StoreResult, Tx, outbox};

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
        || tell::untold(tx, desk, now).await?
        || friendly::write(tx, desk, now).await?;
    Ok(if worked { Step::Worked } else { Step::Idle })
}

async fn read(tx: &mut Tx, id: &str) -> Result<StoredNotice, ActError> {
    notices::by_id(tx, id).await?.ok_or(ActError::NotFound)
}

/// Faults that are gone leave their notice; the last of them closes it.
async fn mended(tx: &mut Tx, desk: &Desk, now: &Now) -> Result<bool, ActError> {
    let mended = notices::mended(tx, &MISSING, AT_ONCE).await?;
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
    if dark::stands_still(tx, desk, now, &notice).await? {
        return Ok(true);
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
        let says = notice.notice.state == NoticeState::AwaitingLook && found_of(tx, now, &notice).await?;
        if says && !dark::is_dark_now(tx, &notice).await? {
            apply(tx, desk, now, notice, &Event::DueOver { failing: true }, SYSTEM).await?;
            return Ok(true);
        }
    }
    Ok(false)
}
