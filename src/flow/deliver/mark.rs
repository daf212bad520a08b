//! What became of a message, and what follows for its notice.

use chrono::{DateTime, TimeDelta, Utc};

use super::Postman;
use crate::clock::day;
use crate::config::MailMode;
use crate::domain::letter::LetterKind;
use crate::domain::notice::Event;
use crate::flow::cases::{self, Undelivered};
use crate::flow::notices::letters::begins_a_limit;
use crate::flow::notices::{ActError, Desk, Now, SYSTEM, apply};
use crate::store::outbox::{self, Channel, Claimed, Part, Stuck};
use crate::store::{Db, StoreError, StoreResult, Tx, contacts, notices};

/// How long to wait where it is we who cannot send.
const OURS_WAIT: TimeDelta = TimeDelta::minutes(5);
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(5);
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(6);

/// Minutes before the next try, doubling from five to six hours: ten tries are a day.
fn wait(attempts: i64) -> TimeDelta {
    let doublings = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or_default();
    (FIRST_WAIT * 2_i32.pow(doublings)).min(LONGEST_WAIT)
}

impl Postman {
    /// It was handed over: the unit is told, its limit begins.
    pub(super) async fn went(&self, claimed: &Claimed, at: DateTime<Utc>) -> StoreResult<()> {
        let mut tx = self.db.write().await?;
        if self.mail.mode == MailMode::ToOurselves {
            outbox::tried(&mut tx, claimed, at).await?;
            return tx.commit().await;
        }
        let on = day(at);
        if !outbox::sent(&mut tx, claimed, at, on).await? {
            tracing::warn!(message = claimed.id, "a letter went, but another worker has it by now: it may go twice");
            return Ok(());
        }
        if let Some(step) = telling(claimed) {
            tell(&mut tx, &self.desk, claimed.notice_id.as_deref(), Event::Told { step, on }, at).await?;
        }
        tx.commit().await
    }

    /// Its recipient refuses mail: the address is bad, and where it was the unit's last, an officer delivers it.
    pub(super) async fn refused(&self, claimed: &Claimed, why: &str) -> StoreResult<()> {
        let at = self.clock.now();
        tracing::info!(message = claimed.id, why, "a letter was refused");
        let mut tx = self.db.write().await?;
        let how = if must_be_seen(claimed.part, telling(claimed)) { Stuck::Parked } else { Stuck::Refused };
        if outbox::stuck(&mut tx, claimed, how, why).await? {
            outbox::free_days(&mut tx, &claimed.id).await?;
            if claimed.channel == Channel::Mail {
                contacts::mark_bad(&mut tx, &claimed.recipient, why, at).await?;
            }
            if let (Some(step), Some(id)) = (telling(claimed), &claimed.notice_id) {
                failed(&mut tx, &self.desk, id, step, at).await?;
            }
            tell_office(&mut tx, &self.desk, claimed, why, at).await?;
        }
        tx.commit().await
    }

    /// It says what is not so any more, and does not go.
    pub(super) async fn dropped(&self, claimed: &Claimed) -> StoreResult<()> {
        let mut tx = self.db.write().await?;
        outbox::cancel(&mut tx, claimed).await?;
        outbox::free_days(&mut tx, &claimed.id).await?;
        tx.commit().await
    }

    /// It goes again later; the last try parks it.
    pub(super) async fn later(&self, claimed: &Claimed, why: &str) -> StoreResult<()> {
        let at = self.clock.now();
        let mut tx = self.db.write().await?;
        if claimed.attempts >= i64::from(self.mail.tries) {
            tracing::error!(message = claimed.id, why, "the last try failed: the letter is parked for an officer");
            if outbox::stuck(&mut tx, claimed, Stuck::Parked, why).await? {
                tell_office(&mut tx, &self.desk, claimed, why, at).await?;
            }
        } else {
            outbox::later(&mut tx, claimed, at + wait(claimed.attempts), Some(why), true).await?;
        }
        outbox::free_days(&mut tx, &claimed.id).await?;
        tx.commit().await
    }

    /// It is we who cannot send: nothing is held against the recipient, and no try is counted.
    pub(super) async fn ours(&self, claimed: &Claimed, why: &str) -> StoreResult<()> {
        tracing::error!(message = claimed.id, why, "mail cannot be sent: see the mail settings");
        let mut tx = self.db.write().await?;
        outbox::later(&mut tx, claimed, self.clock.now() + OURS_WAIT, Some(why), false).await?;
        outbox::free_days(&mut tx, &claimed.id).await?;
        tx.commit().await
    }
}

/// The telling that a message to the unit is.
fn telling(claimed: &Claimed) -> Option<u32> {
    telling_of(claimed.part, claimed.letter.kind, claimed.step)
}

fn telling_of(part: Part, kind: LetterKind, step: Option<i64>) -> Option<u32> {
    let begins = part == Part::Unit && begins_a_limit(kind);
    step.filter(|_| begins).and_then(|step| u32::try_from(step).ok())
}

/// Must an officer see a letter itself that did not arrive? What begins a limit leaves its notice undelivered, which is
/// seen; copies and mail to the office ask for nothing.
const fn must_be_seen(part: Part, telling: Option<u32>) -> bool {
    telling.is_none() && matches!(part, Part::Unit | Part::Authority)
}

/// What did not arrive of a case does not wait for tomorrow's list.
async fn tell_office(tx: &mut Tx, desk: &Desk, claimed: &Claimed, why: &str, at: DateTime<Utc>) -> StoreResult<()> {
    let Some(case_id) = claimed.case_id.as_deref().filter(|_| must_be_seen(claimed.part, None)) else { return Ok(()) };
    let letter = Undelivered { id: &claimed.id, kind: claimed.letter.kind, recipient: &claimed.recipient, why };
    cases::undelivered(tx, &desk.offices, case_id, &letter, at).await
}

async fn tell(tx: &mut Tx, desk: &Desk, id: Option<&str>, event: Event, at: DateTime<Utc>) -> StoreResult<()> {
    let Some(id) = id else { return Ok(()) };
    // Read by whom nobody overtakes: a mark that is undone sends a letter twice.
    notices::stand_by(tx, id).await?;
    let Some(notice) = notices::by_id(tx, id).await? else { return Ok(()) };
    let now = Now::read(tx, at).await?;
    match apply(tx, desk, &now, notice, &event, SYSTEM).await {
        // The second of two addresses tells nothing new.
        Ok(_) | Err(ActError::Refused(_)) => Ok(()),
        Err(ActError::Store(error)) => Err(error),
        Err(error) => Err(StoreError::Corrupt(format!("notice {id}: {error}"))),
    }
}

/// A letter did not arrive. Where none of its telling may, the notice was not told.
async fn failed(tx: &mut Tx, desk: &Desk, notice_id: &str, step: u32, at: DateTime<Utc>) -> StoreResult<()> {
    // Of two addresses that refuse at once the second sees what became of the first.
    notices::stand_by(tx, notice_id).await?;
    if outbox::may_arrive(tx, notice_id, i64::from(step)).await? {
        return Ok(());
    }
    tell(tx, desk, Some(notice_id), Event::Failed { step }, at).await
}

/// A letter that went came back. Where no other of its telling has gone, nobody has it: no limit runs, until another that
/// still waits goes, and it begins that day.
async fn came_back(tx: &mut Tx, desk: &Desk, notice_id: &str, step: u32, at: DateTime<Utc>) -> StoreResult<()> {
    notices::stand_by(tx, notice_id).await?;
    if outbox::has_gone(tx, notice_id, i64::from(step)).await? {
        return Ok(());
    }
    tell(tx, desk, Some(notice_id), Event::Failed { step }, at).await
}

/// A letter that was handed over came back. `false`: we sent no such letter, or know already.
pub async fn bounced(db: &Db, desk: &Desk, message_id: &str, why: &str, at: DateTime<Utc>) -> StoreResult<bool> {
    let id = message_id.trim().trim_start_matches('<').split('@').next().unwrap_or_default();
    let mut tx = db.write().await?;
    let Some(returned) = outbox::bounced(&mut tx, id, why).await? else { return Ok(false) };
    contacts::mark_bad(&mut tx, &returned.recipient, why, at).await?;
    let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of message {id}"));
    let part = Part::from_name(&returned.part).ok_or_else(|| corrupt("part"))?;
    let kind = LetterKind::from_name(&returned.kind).ok_or_else(|| corrupt("kind"))?;
    let telling = telling_of(part, kind, returned.step);
    if let (Some(step), Some(id)) = (telling, &returned.notice_id) {
        came_back(&mut tx, desk, id, step, at).await?;
    }
    if must_be_seen(part, telling) {
        outbox::lay_before(&mut tx, id).await?;
        let letter = Undelivered { id, kind, recipient: &returned.recipient, why };
        if let Some(case_id) = &returned.case_id {
            cases::undelivered(&mut tx, &desk.offices, case_id, &letter, at).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_are_a_day() {
        let all: TimeDelta = (1..10).map(wait).sum();
        assert!(all > TimeDelta::hours(20) && all < TimeDelta::hours(30), "{all}");
        assert_eq!((wait(1), wait(2), wait(99)), (FIRST_WAIT, FIRST_WAIT * 2, LONGEST_WAIT));
    }
}
