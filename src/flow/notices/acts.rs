//! What people do to a notice: officers by their accounts, units by their link. One transaction an act.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::apply::apply;
use super::rehearse::{fingerprint, prepared};
use super::{ActError, Desk, Now, UNIT, notice_of, site_of};
use crate::domain::account::{AccountRole, Actor};
use crate::domain::beijing::day;
use crate::domain::notice::{Event, OfficerAct, Pause, Refusal, RequestKind, may_announce};
use crate::flow::On;
use crate::store::audit::{self, Act};
use crate::store::maintenance::{self, Announcement};
use crate::store::notices::{self, StoredNotice};
use crate::store::{Db, attachments, plan};

type Done = Result<StoredNotice, ActError>;

/// An officer's act on a notice, if it is still what the officer saw, and sends what the officer read.
pub async fn act(db: &Db, desk: &Desk, actor: &Actor, on: On<'_>, event: Event, at: DateTime<Utc>) -> Done {
    let mut tx = db.write().await?;
    let notice = notice_of(&mut tx, actor, AccountRole::Officer, on.id).await?;
    stands(&notice, on, &event)?;
    let now = Now::read(&mut tx, at).await?;
    if let Some(read) = on.letters {
        // The site, its addresses and its evidence change without the notice.
        let letters = prepared(&mut tx, desk, &notice, &event, at).await?;
        if fingerprint(&letters) != read {
            return Err(ActError::Changed);
        }
    }
    let done = apply(&mut tx, desk, &now, notice, &event, &actor.text()).await?;
    tx.commit().await?;
    Ok(done)
}

/// What the machine does not know: what was seen, and the day of the draft. Delivered before it is a slip of the pen, and
/// would end a limit before it began.
pub(super) fn stands(notice: &StoredNotice, on: On<'_>, event: &Event) -> Result<(), ActError> {
    match event {
        _ if !on.is_as_seen(notice.version) => Err(ActError::Changed),
        _ if OfficerAct::of(event).is_none() => Err(Refusal::Nothing.into()),
        Event::DeliveredByHand { on } if *on < day(notice.drafted_at) => Err(Refusal::Day.into()),
        _ => Ok(()),
    }
}

/// Lets what is drafted go.
pub async fn approve(db: &Db, desk: &Desk, actor: &Actor, on: impl Into<On<'_>>, at: DateTime<Utc>) -> Done {
    act(db, desk, actor, on.into(), Event::Approved, at).await
}

/// Sends what did not arrive again: the registry has a better address, or the old one works again.
pub async fn resend(db: &Db, desk: &Desk, actor: &Actor, id: &str, at: DateTime<Utc>) -> Done {
    act(db, desk, actor, id.into(), Event::Resent, at).await
}

/// Notes that an officer delivered it on a day.
pub async fn deliver_by_hand(db: &Db, desk: &Desk, actor: &Actor, id: &str, on: NaiveDate, at: DateTime<Utc>) -> Done {
    act(db, desk, actor, id.into(), Event::DeliveredByHand { on }, at).await
}

/// Answers an objection or a request for time.
#[derive(Debug, Clone)]
pub struct AnswerGiven {
    pub kind: RequestKind,
    pub granted: bool,
    pub text: String,
    /// Of an extension: until when, where not as asked.
    pub until: Option<NaiveDate>,
}

/// Answers what the unit asked for. An objection that is granted withdraws the notice.
pub async fn answer(db: &Db, desk: &Desk, actor: &Actor, id: &str, given: AnswerGiven, at: DateTime<Utc>) -> Done {
    let AnswerGiven { kind, granted, text, until } = given;
    act(db, desk, actor, id.into(), Event::Answered { kind, granted, text, until }, at).await
}

/// Moves the due date.
pub async fn extend(
    db: &Db,
    desk: &Desk,
    actor: &Actor,
    id: &str,
    until: NaiveDate,
    why: &str,
    at: DateTime<Utc>,
) -> Done {
    act(db, desk, actor, id.into(), Event::Extended { until, why: why.to_owned() }, at).await
}

/// Takes a notice back.
pub async fn withdraw(db: &Db, desk: &Desk, actor: &Actor, id: &str, why: &str, at: DateTime<Utc>) -> Done {
    act(db, desk, actor, id.into(), Event::Withdrawn { why: why.to_owned() }, at).await
}

/// Ends a notice for another reason.
pub async fn close(db: &Db, desk: &Desk, actor: &Actor, id: &str, why: &str, at: DateTime<Utc>) -> Done {
    act(db, desk, actor, id.into(), Event::Closed { why: why.to_owned() }, at).await
}

/// Maintenance of a site, as an officer was told of it.
#[derive(Debug, Clone)]
pub struct Maintenance {
    /// Registry key of the site.
    pub site: String,
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub reason: String,
}

/// Puts announced maintenance on file; an open notice stands still meanwhile.
pub async fn announce_maintenance(
    db: &Db,
    desk: &Desk,
    actor: &Actor,
    of: &Maintenance,
    at: DateTime<Utc>,
) -> Result<Option<StoredNotice>, ActError> {
    let (from, until) = (of.from, of.until);
    may_announce(from, until, day(at))?;
    let mut tx = db.write().await?;
    let site = site_of(&mut tx, actor, AccountRole::Officer, &of.site).await?;
    let by = actor.text();
    let new = Announcement { site_id: &site.id, from_on: from, until_on: until, by: &by, reason: &of.reason };
    maintenance::announce(&mut tx, &new, at).await?;
    let open = notices::open_of_site(&mut tx, &site.id).await?;
    let moved = match open {
        Some(notice) => {
            let now = Now::read(&mut tx, at).await?;
            let event = Event::Paused { from, until, why: Pause::Maintenance };
            Some(apply(&mut tx, desk, &now, notice, &event, &by).await?)
        }
        None => None,
    };
    // Notice first, then the site's chain: whoever advances notices holds them in this order.
    let detail = json!({ "site": of.site, "from": from, "until": until });
    let act = Act { actor: &by, action: "maintenance_announced", from: None, to: None, why: Some(&of.reason), detail };
    plan::stand_by(&mut tx, &site.id).await?;
    audit::append(&mut tx, &format!("site:{}", site.id), at, &act).await?;
    tx.commit().await?;
    Ok(moved)
}

/// A file that comes with an objection.
#[derive(Debug, Clone)]
pub struct UnitFile {
    pub name: String,
    pub media_type: String,
    pub content: Vec<u8>,
}

/// What a unit asks for.
#[derive(Debug, Clone)]
pub struct Wish {
    pub kind: RequestKind,
    pub text: String,
    /// Of an extension: until when.
    pub until: Option<NaiveDate>,
    pub file: Option<UnitFile>,
}

/// The unit confirms receipt.
pub async fn acknowledge(db: &Db, desk: &Desk, id: &str, at: DateTime<Utc>) -> Done {
    by_unit(db, desk, id, Event::Acknowledged, None, at).await
}

/// The unit objects, or asks for time.
pub async fn ask(db: &Db, desk: &Desk, id: &str, wish: Wish, at: DateTime<Utc>) -> Done {
    let Wish { kind, text, until, file } = wish;
    by_unit(db, desk, id, Event::Asked { kind, text, until }, file, at).await
}

async fn by_unit(db: &Db, desk: &Desk, id: &str, event: Event, file: Option<UnitFile>, at: DateTime<Utc>) -> Done {
    let mut tx = db.write().await?;
    let notice = notices::by_id(&mut tx, id).await?.ok_or(ActError::NotFound)?;
    let now = Now::read(&mut tx, at).await?;
    let done = apply(&mut tx, desk, &now, notice, &event, UNIT).await?;
    if let Some(file) = file {
        attachments::insert(&mut tx, id, &file.name, &file.media_type, &file.content, at).await?;
    }
    tx.commit().await?;
    Ok(done)
}
