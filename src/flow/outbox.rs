//! The outbox in the hands of an office: what waits, what is let go again, and what came back.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::deliver;
use super::notices::{ActError, Desk};
use crate::clock::day;
use crate::config::Mail;
use crate::domain::account::{AccountRole, Actor};
use crate::domain::calendar::Due;
use crate::domain::letter::Letter;
use crate::domain::region::digits_of;
use crate::mail::webhook::is_signed;
use crate::store::audit::{self, Act};
use crate::store::outbox::{Listed, Part};
use crate::store::{Db, StoreResult, queue};

/// The chain that these acts stand on.
pub const CHAIN: &str = "outbox";
/// Parked messages that are listed.
const LISTED: i64 = 200;
/// Seconds a mail server's report is taken for; a clock may go wrong by as much.
const YOUNG: u64 = 300;

/// What waits in somebody's region.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Messages by state.
    pub counts: Vec<(String, i64)>,
    /// Those that wait for an officer, the first few.
    pub parked: Vec<Listed>,
}

/// What waits in the actor's region.
pub async fn waiting(db: &Db, actor: &Actor) -> StoreResult<Waiting> {
    let (mut tx, area) = (db.read().await?, digits_of(&actor.region));
    Ok(Waiting { counts: queue::counts(&mut tx, area).await?, parked: queue::parked(&mut tx, area, LISTED).await? })
}

/// A letter of the outbox, with what it says beside its own words.
#[derive(Debug, Clone)]
pub struct OnFile {
    pub letter: Letter,
    pub recipient: String,
    pub part: Part,
    pub is_of_notice: bool,
    /// Of the limit that it begins.
    pub due: Option<Due>,
    /// When it went; one that did not, now.
    pub on: DateTime<Utc>,
}

/// A letter that is on file about a site of the actor's region.
pub async fn letter(db: &Db, actor: &Actor, id: &str, now: DateTime<Utc>) -> StoreResult<Option<OnFile>> {
    let mut tx = db.read().await?;
    let Some(kept) = queue::letter(&mut tx, digits_of(&actor.region), id).await? else { return Ok(None) };
    let on = kept.sent_at.unwrap_or(now);
    let of = kept.notice_id.as_deref().zip(kept.step);
    let due = deliver::due_of(&mut tx, of, &kept.letter, day(on)).await?;
    let is_of_notice = kept.notice_id.is_some();
    Ok(Some(OnFile { letter: kept.letter, recipient: kept.recipient, part: kept.part, is_of_notice, due, on }))
}

/// Lets parked messages of the actor's region go again: all, or those of a message's, a notice's or a case's id. How many
/// there were.
pub async fn release(db: &Db, actor: &Actor, id: Option<&str>, now: DateTime<Utc>) -> Result<u64, ActError> {
    if actor.role < AccountRole::Officer {
        return Err(ActError::NotYours);
    }
    let mut tx = db.write().await?;
    let released = queue::release(&mut tx, digits_of(&actor.region), id, now).await?;
    if released > 0 {
        let detail = json!({ "of": id, "released": released });
        let by = actor.text();
        let act = Act { actor: &by, action: "released", from: Some("parked"), to: Some("waiting"), why: None, detail };
        audit::append_in_turn(&mut tx, CHAIN, now, &act).await?;
    }
    tx.commit().await?;
    Ok(released)
}

/// An officer puts a parked message away: it was delivered another way, or need not go. `false`: it is not parked.
pub async fn settle(db: &Db, actor: &Actor, id: &str, why: &str, now: DateTime<Utc>) -> Result<bool, ActError> {
    let (mut tx, area) = (db.write().await?, digits_of(&actor.region));
    if !queue::holds(&mut tx, area, id).await? {
        return Err(ActError::NotFound);
    }
    if actor.role < AccountRole::Officer {
        return Err(ActError::NotYours);
    }
    if why.trim().is_empty() {
        return Err(crate::domain::notice::Refusal::NoReason.into());
    }
    if !queue::settle(&mut tx, area, id).await? {
        return Ok(false);
    }
    let (by, detail) = (actor.text(), json!({ "message": id }));
    let act =
        Act { actor: &by, action: "settled", from: Some("parked"), to: Some("cancelled"), why: Some(why), detail };
    audit::append_in_turn(&mut tx, CHAIN, now, &act).await?;
    tx.commit().await?;
    Ok(true)
}

/// An officer notes that a letter came back. `false`: it was not sent, or is known to have come back.
pub async fn came_back(
    db: &Db,
    desk: &Desk,
    actor: &Actor,
    message_id: &str,
    why: &str,
    now: DateTime<Utc>,
) -> Result<bool, ActError> {
    if why.trim().is_empty() {
        return Err(crate::domain::notice::Refusal::NoReason.into());
    }
    let id = id_of(message_id);
    if !queue::holds(&mut db.read().await?, digits_of(&actor.region), id).await? {
        return Err(ActError::NotFound);
    }
    if actor.role < AccountRole::Officer {
        return Err(ActError::NotYours);
    }
    if !deliver::bounced(db, desk, id, why, now).await? {
        return Ok(false);
    }
    let mut tx = db.write().await?;
    let (by, detail) = (actor.text(), json!({ "message": id }));
    let act = Act { actor: &by, action: "bounced", from: Some("sent"), to: Some("bounced"), why: Some(why), detail };
    audit::append_in_turn(&mut tx, CHAIN, now, &act).await?;
    tx.commit().await?;
    Ok(true)
}

/// The outbox id in a Message-ID.
fn id_of(message_id: &str) -> &str {
    message_id.trim().trim_start_matches('<').split('@').next().unwrap_or_default()
}

/// Who says that a message came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporter {
    /// The mail server: it has the secret, and says it now.
    MailServer,
    Stranger,
    /// No secret is set: nobody may report.
    Nobody,
}

/// Who made a report of these bytes, by its time (seconds since 1970) and signature.
pub fn reporter(mail: &Mail, time: &str, signature: &str, body: &str, now: DateTime<Utc>) -> Reporter {
    let Some(secret) = &mail.bounce_secret else { return Reporter::Nobody };
    let is_young = time.parse::<i64>().is_ok_and(|time| now.timestamp().abs_diff(time) <= YOUNG);
    let is_own = is_young && is_signed(secret.reveal(), time, body, signature);
    if is_own { Reporter::MailServer } else { Reporter::Stranger }
}

/// What a mail server reports of a message.
#[derive(Debug, Clone)]
pub struct Report {
    pub message_id: String,
    pub reason: String,
    /// It will not arrive; a delay marks nothing.
    pub permanent: bool,
}

/// Takes a mail server's report. `false`: nothing changed by it.
pub async fn take_report(db: &Db, desk: &Desk, report: &Report, now: DateTime<Utc>) -> StoreResult<bool> {
    if !report.permanent {
        return Ok(false);
    }
    deliver::bounced(db, desk, &report.message_id, &report.reason, now).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;
    use crate::mail::webhook::signature;

    #[test]
    fn only_who_has_the_secret_and_speaks_now_is_the_mail_server() {
        let now: DateTime<Utc> = "2026-11-26T04:00:00Z".parse().unwrap();
        let mail = Mail { bounce_secret: Some(Secret::new("s")), ..Mail::default() };
        let said = |mail: &Mail, ago: i64, secret: &str, body: &str| {
            let time = (now.timestamp() - ago).to_string();
            reporter(mail, &time, &signature(secret, &time, "{}"), body, now)
        };
        assert_eq!(
            (said(&mail, 0, "s", "{}"), said(&mail, 300, "s", "{}")),
            (Reporter::MailServer, Reporter::MailServer)
        );
        assert_eq!(
            (said(&mail, 301, "s", "{}"), said(&mail, -301, "s", "{}")),
            (Reporter::Stranger, Reporter::Stranger)
        );
        assert_eq!((said(&mail, 0, "t", "{}"), said(&mail, 0, "s", "{ }")), (Reporter::Stranger, Reporter::Stranger));
        assert_eq!(reporter(&mail, "", "", "{}", now), Reporter::Stranger);
        assert_eq!(said(&Mail::default(), 0, "s", "{}"), Reporter::Nobody);
    }

    #[test]
    fn a_message_is_known_by_what_stands_before_the_at() {
        assert_eq!((id_of("<abc@yunxi.example>"), id_of(" abc "), id_of("")), ("abc", "abc", ""));
    }
}
