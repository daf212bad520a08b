//! What an act would send, before it is done: the very letters, as they would be written now, and whom they go to.

use chrono::{DateTime, Utc};

use super::acts::{Maintenance, stands};
use super::letters::{self, Draft};
use super::{ActError, Desk, Now, notice_of, site_of};
use crate::domain::account::{AccountRole, Actor};
use crate::domain::beijing::day;
use crate::domain::calendar::Due;
use crate::domain::evidence::sha256;
use crate::domain::letter::Letter;
use crate::domain::notice::{Effect, Event, Pause, may_announce};
use crate::flow::On;
use crate::store::notices::{self, StoredNotice};
use crate::store::{Db, Tx};

/// A letter that would go.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub letter: Letter,
    /// The due date of the limit that would begin, told today.
    pub due: Option<Due>,
    /// Addresses of the unit that take mail; none: it could not be delivered.
    pub to: Vec<String>,
    /// Who gets a copy, by name and address.
    pub copies: Vec<(String, String)>,
    /// Gateways that announce it.
    pub hooks: Vec<String>,
}

/// What an officer's act on a notice would send; refused where the act would be. Nothing is changed.
pub async fn rehearse(
    db: &Db,
    desk: &Desk,
    actor: &Actor,
    on: On<'_>,
    event: &Event,
    at: DateTime<Utc>,
) -> Result<(StoredNotice, Vec<Prepared>), ActError> {
    let mut tx = db.read().await?;
    let read = notice_of(&mut tx, actor, AccountRole::Officer, on.id).await?;
    stands(&read, on, event)?;
    let prepared = prepared(&mut tx, desk, &read, event, at).await?;
    Ok((read, prepared))
}

/// What announced maintenance would send, with the notice that it moves, if one is open.
pub async fn rehearse_maintenance(
    db: &Db,
    desk: &Desk,
    actor: &Actor,
    of: &Maintenance,
    at: DateTime<Utc>,
) -> Result<(Option<StoredNotice>, Vec<Prepared>), ActError> {
    let (from, until) = (of.from, of.until);
    may_announce(from, until, day(at))?;
    let mut tx = db.read().await?;
    let site = site_of(&mut tx, actor, AccountRole::Officer, &of.site).await?;
    let Some(open) = notices::open_of_site(&mut tx, &site.id).await? else { return Ok((None, Vec::new())) };
    let prepared = prepared(&mut tx, desk, &open, &Event::Paused { from, until, why: Pause::Maintenance }, at).await?;
    Ok((Some(open), prepared))
}

/// What an event on a notice would send now.
pub(super) async fn prepared(
    tx: &mut Tx,
    desk: &Desk,
    read: &StoredNotice,
    event: &Event,
    at: DateTime<Utc>,
) -> Result<Vec<Prepared>, ActError> {
    let now = Now::read(tx, at).await?;
    let step = read.notice.step(event, &now.moment(desk, read.region.as_deref()))?;
    let to = StoredNotice { notice: step.notice, ..read.clone() };
    let mut prepared = Vec::new();
    for effect in step.effects {
        if let Effect::Write(telegram) = effect {
            let draft = letters::draft(tx, desk, &now, &to, telegram).await?;
            prepared.push(prepare(desk, &now, &to, draft, telegram.step));
        }
    }
    Ok(prepared)
}

/// Tells letters that read or go otherwise apart, however late they are let go: by all that is frozen when they are, and
/// by whom they go to. The due date is not of it: it is that of the day of telling.
pub fn fingerprint(letters: &[Prepared]) -> String {
    let frozen: Vec<_> = letters.iter().map(|one| (&one.letter, &one.to, &one.copies, &one.hooks)).collect();
    sha256(serde_json::json!(frozen).to_string().as_bytes())
}

fn prepare(desk: &Desk, now: &Now, notice: &StoredNotice, draft: Draft, step: u32) -> Prepared {
    let Draft { letter, site, to } = draft;
    let others = letters::goes_to_others(letter.kind) && !to.is_empty();
    let told = || notice.notice.due_of(step).or_else(|| notice.notice.due_if_told(step, now.today, &now.calendar));
    let region = site.region.as_deref();
    Prepared {
        due: letter.limit.and_then(|_| told()),
        copies: if others { desk.offices.copies(region, site.site.unit.parent.as_deref()) } else { Vec::new() },
        hooks: if others { desk.webhooks_of(region).map(str::to_owned).collect() } else { Vec::new() },
        letter,
        to,
    }
}
