//! One event on one notice: the machine decides, the row is moved, letters are written, and it goes on record.

use serde_json::json;

use super::letters::{self, Written};
use super::{ActError, Desk, Now};
use crate::clock::day;
use crate::domain::case::Ground;
use crate::domain::notice::{Effect, Event, Notice, NoticeState, Step, Telegram};
use crate::domain::verdict::FindingCode;
use crate::flow::cases::{self, Overdue};
use crate::store::audit::{self, Act};
use crate::store::notices::{self, StoredNotice};
use crate::store::{StoreResult, Tx, counters, findings, outbox, plan};

/// Applies an event within the caller's transaction; the notice as it then is.
pub(crate) async fn apply(
    tx: &mut Tx,
    desk: &Desk,
    now: &Now,
    read: StoredNotice,
    event: &Event,
    actor: &str,
) -> Result<StoredNotice, ActError> {
    let step = read.notice.step(event, &now.moment(desk, read.region.as_deref()))?;
    let (moved, undelivered) = carry_out(tx, desk, now, &read, step, event, actor).await?;
    match undelivered {
        // Nobody could be written to: that is a letter that failed, at once.
        Some(step) => Box::pin(apply(tx, desk, now, moved, &Event::Failed { step }, super::SYSTEM)).await,
        None => Ok(moved),
    }
}

/// Stores what a step made of a notice and does what it wants done. The telling that has nobody to go to, if there is one.
async fn carry_out(
    tx: &mut Tx,
    desk: &Desk,
    now: &Now,
    read: &StoredNotice,
    step: Step,
    event: &Event,
    actor: &str,
) -> Result<(StoredNotice, Option<u32>), ActError> {
    let Step { notice: to, effects } = step;
    let number = number(tx, now, read, &to).await?;
    let wakes_at = to.wakes_on(&now.calendar).map(crate::domain::beijing::start_of);
    if !notices::advance(tx, read, &to, number.as_deref(), wakes_at, &now.counted_by, now.at).await? {
        return Err(ActError::Changed);
    }
    let moved = StoredNotice {
        version: read.version + 1,
        number: number.or_else(|| read.number.clone()),
        calendar: Some(now.counted_by.clone()),
        ended_at: read.ended_at.or(to.state.is_over().then_some(now.at)),
        notice: to,
        ..read.clone()
    };
    record(tx, now, read, &moved, event, actor).await?;
    let mut undelivered = None;
    for effect in effects {
        if let Some(step) = do_effect(tx, desk, now, &moved, effect).await? {
            undelivered = Some(step);
        }
    }
    Ok((moved, undelivered))
}

async fn do_effect(
    tx: &mut Tx,
    desk: &Desk,
    now: &Now,
    notice: &StoredNotice,
    effect: Effect,
) -> Result<Option<u32>, ActError> {
    match effect {
        Effect::Write(telegram) => {
            let written = letters::write(tx, desk, now, notice, telegram).await?;
            return Ok(untold(telegram, written));
        }
        Effect::StopLetters => {
            outbox::stop_all(tx, &notice.id).await?;
        }
        Effect::AskLook => {
            plan::ask(tx, &notice.site_id, now.at).await?;
        }
        Effect::OpenCase => {
            open_case(tx, now, notice).await?;
        }
        // It stands in the office's list by its state; the daily mail to the office counts that list.
        Effect::TellOffice => {}
    }
    Ok(None)
}

/// What was not mended in time is a case: art. 20, or art. 19(5) where it is the report that is missing.
async fn open_case(tx: &mut Tx, now: &Now, notice: &StoredNotice) -> StoreResult<()> {
    let found = findings::of_site(tx, &notice.site_id).await?;
    let over = notice.notice.run_out(now.today).map(|(item, _)| item);
    let over = over.filter(|item| !notice.notice.gives_way(item, findings::last_found(&found)));
    let over: Vec<_> = over.map(|item| item.code).collect();
    let is_report = over.iter().all(|code| *code == FindingCode::ReportOverdue);
    let faults = over.iter().map(|code| code.label()).collect::<Vec<_>>().join("、");
    let overdue = Overdue {
        notice_id: &notice.id,
        site_id: &notice.site_id,
        region: notice.region.as_deref(),
        ground: if is_report { Ground::ReportOverdue } else { Ground::OverdueNotice },
        why: &format!("{}逾期未改：{faults}", notice.number.as_deref().unwrap_or_default()),
    };
    cases::open_overdue(tx, &overdue, now.at).await?;
    Ok(())
}

/// A letter that begins a limit and found nobody to go to.
fn untold(telegram: Telegram, written: Written) -> Option<u32> {
    let begins = letters::begins_a_limit(telegram.kind);
    (begins && written == Written::NoAddress).then_some(telegram.step)
}

/// The number is given when the notice leaves the draft: what nobody ever sent has none.
async fn number(tx: &mut Tx, now: &Now, read: &StoredNotice, to: &Notice) -> StoreResult<Option<String>> {
    if read.number.is_some() || matches!(to.state, NoticeState::Drafted | NoticeState::Closed | NoticeState::Withdrawn)
    {
        return Ok(None);
    }
    let (office, year) = (read.region.as_deref().unwrap_or("000000"), now.today.format("%Y"));
    let running = counters::next(tx, &format!("notice {office} {year}")).await?;
    Ok(Some(format!("标识改〔{year}〕{office}-{running}号")))
}

async fn record(
    tx: &mut Tx,
    now: &Now,
    from: &StoredNotice,
    to: &StoredNotice,
    event: &Event,
    actor: &str,
) -> StoreResult<()> {
    let due = to.notice.due();
    let act = Act {
        actor,
        action: event.kind().name(),
        from: Some(from.notice.state.name()),
        to: Some(to.notice.state.name()),
        why: event.why(),
        detail: json!({
            "number": to.number,
            "event": format!("{event:?}"),
            "due": due.as_ref().map(|due| due.date),
            "provisional": due.map(|due| due.provisional),
            "live": to.notice.live().map(|item| item.code.name()).collect::<Vec<_>>(),
        }),
    };
    audit::append(tx, &chain(&to.id), now.at, &act).await
}

/// The chain that a notice's acts stand on.
pub(crate) fn chain(id: &str) -> String {
    format!("notice:{id}")
}

/// Did a fair look after the due day still find a fault whose limit had ended?
pub(crate) async fn found_of(tx: &mut Tx, now: &Now, notice: &StoredNotice) -> StoreResult<bool> {
    let over: Vec<_> = notice.notice.run_out(now.today).map(|(item, due)| (item.finding_id.clone(), due)).collect();
    let found = findings::open_of_site(tx, &notice.site_id).await?;
    Ok(found.iter().any(|found| {
        let is_failing = found.track.state == crate::domain::confirm::FindingState::Confirmed;
        is_failing && over.iter().any(|(id, due)| *id == found.id && day(found.track.last_failed_at) > *due)
    }))
}
