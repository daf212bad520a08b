//! What a message says on the day it goes.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

use super::Postman;
use crate::clock::day;
use crate::config::MailMode;
use crate::domain::calendar::Due;
use crate::domain::letter::{Going, Letter, LetterKind};
use crate::flow::notices::dark::is_site_dark;
use crate::mail::compose::message_id;
use crate::mail::{Envelope, SendError, render};
use crate::store::outbox::{Claimed, Part};
use crate::store::{StoreResult, Tx, notices, sites};

type Sent = Result<(), SendError>;

impl Postman {
    pub(super) async fn by_mail(&self, claimed: &Claimed, now: DateTime<Utc>) -> StoreResult<Sent> {
        let Some(transport) = &self.transport else {
            return Ok(Err(SendError::Ours("no way to send mail is set".to_owned())));
        };
        let going = self.going(claimed, now).await?;
        let rendered = match render(&claimed.letter, &going) {
            Ok(rendered) => rendered,
            Err(error) => return Ok(Err(SendError::Ours(format!("the letter cannot be written: {error}")))),
        };
        let id = message_id(&claimed.id, &self.mail);
        let to = if going.trial { self.mail.ourselves.as_deref() } else { Some(claimed.recipient.as_str()) };
        let envelope = Envelope {
            message_id: &id,
            from: self.mail.from.as_deref().unwrap_or_default(),
            to: to.unwrap_or_default(),
            reply_to: claimed.letter.office.email.as_deref(),
            date: now,
            rendered: &rendered,
            headers: &[],
        };
        Ok(match transport.send(&envelope).await {
            // What ourselves refuse says nothing of the unit.
            Err(SendError::Refused(why)) if going.trial => Err(SendError::Ours(why)),
            sent => sent,
        })
    }

    pub(super) async fn by_webhook(&self, claimed: &Claimed, now: DateTime<Utc>) -> StoreResult<Sent> {
        if self.mail.mode == MailMode::ToOurselves {
            return Ok(Ok(()));
        }
        let going = self.going(claimed, now).await?;
        let letter = &claimed.letter;
        let due = going.due.as_ref().or(letter.due.as_ref());
        let message = json!({
            "schema": "badgewatch.message/1",
            "id": claimed.id,
            "kind": letter.kind,
            "title": letter.kind.label(),
            "number": letter.number,
            "unit": letter.addressee,
            "site": letter.site.name,
            "address": letter.site.address,
            "faults": letter.faults.iter().map(|fault| fault.code.label()).collect::<Vec<_>>(),
            "due_on": due.map(|due| due.date),
            "provisional": due.map(|due| due.provisional),
            "phones": self.phones(claimed).await?,
            "link": self.link(claimed),
        });
        Ok(self.gateways.send(&claimed.recipient, &message, now).await)
    }

    /// What is known only now: the day, the due date of the limit that begins, the link.
    async fn going(&self, claimed: &Claimed, now: DateTime<Utc>) -> StoreResult<Going> {
        let on = day(now);
        Ok(Going {
            on,
            due: self.due(claimed, now).await?,
            link: (claimed.part == Part::Unit).then(|| self.link(claimed)).flatten(),
            trial: self.mail.mode == MailMode::ToOurselves,
            copy: claimed.part == Part::Copy,
        })
    }

    async fn due(&self, claimed: &Claimed, now: DateTime<Utc>) -> StoreResult<Option<Due>> {
        let of = claimed.notice_id.as_deref().zip(claimed.step);
        due_of(&mut self.db.read().await?, of, &claimed.letter, day(now)).await
    }

    /// A reminder of a day that is past, or that was moved meanwhile, or of a site that we stopped, reminds of nothing.
    pub(super) async fn is_stale(&self, claimed: &Claimed, now: DateTime<Utc>) -> StoreResult<bool> {
        let (LetterKind::Reminder, Some(id)) = (claimed.letter.kind, &claimed.notice_id) else { return Ok(false) };
        let mut tx = self.db.read().await?;
        let Some(stored) = notices::by_id(&mut tx, id).await? else { return Ok(true) };
        if is_site_dark(&mut tx, &stored.site_id, now).await? {
            return Ok(true);
        }
        let (due, told) = (stored.notice.due(), claimed.letter.due.as_ref().map(|due| due.date));
        Ok(due.is_none_or(|due| due.date < day(now) || Some(due.date) != told))
    }

    fn link(&self, claimed: &Claimed) -> Option<String> {
        let base = self.public_url.as_deref()?.trim_end_matches('/');
        claimed.notice_id.as_deref().map(|id| format!("{base}/n/{}", self.links.of(id)))
    }

    /// The unit's telephones, for a gateway that sends short messages.
    async fn phones(&self, claimed: &Claimed) -> StoreResult<Vec<String>> {
        let Some(id) = &claimed.site_id else { return Ok(Vec::new()) };
        let site = sites::by_id(&mut self.db.read().await?, id).await?;
        let contacts = site.map(|stored| [stored.site.handler.phone, stored.site.contact.phone]);
        Ok(contacts.into_iter().flatten().flatten().collect())
    }
}

/// The due date a letter of a notice's telling names: as if it were told on a day, or as it was told already.
pub(in crate::flow) async fn due_of(
    tx: &mut Tx,
    of: Option<(&str, i64)>,
    letter: &Letter,
    on: NaiveDate,
) -> StoreResult<Option<Due>> {
    let Some((id, step)) = of.filter(|_| letter.limit.is_some()) else { return Ok(None) };
    let Some(stored) = notices::by_id(tx, id).await? else { return Ok(None) };
    let calendar = crate::flow::calendar::load(tx).await?;
    let step = u32::try_from(step).unwrap_or_default();
    Ok(stored.notice.due_of(step).or_else(|| stored.notice.due_if_told(step, on, &calendar)))
}
