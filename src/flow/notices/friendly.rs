//! Reminders are plain mails (domain rules §4): a registered name is about to expire, or has. No limit begins, no notice is
//! opened, and nothing but the one letter follows.

use super::letters;
use super::{Desk, Now};
use crate::domain::letter::{Letter, LetterKind, SiteText};
use crate::flow::contacts;
use crate::store::outbox::{self, Channel, Part, Post};
use crate::store::{StoreResult, Tx, findings, sites};

/// Findings looked at for one step.
const AT_ONCE: i64 = 50;

/// Writes the mail of confirmed reminders that have none yet, each once. `false`: there are none.
pub(super) async fn write(tx: &mut Tx, desk: &Desk, now: &Now) -> StoreResult<bool> {
    let mut worked = outbox::stop_friendly(tx).await? > 0;
    for reminder in findings::unmailed_reminders(tx, AT_ONCE).await? {
        let Some(site) = sites::by_id(tx, &reminder.site_id).await? else { continue };
        let region = site.region.as_deref();
        let letter = Letter {
            kind: LetterKind::Friendly,
            number: None,
            addressee: letters::addressee(&site.site),
            parent_unit: site.site.unit.parent.clone(),
            site: SiteText::of(&site.site),
            office: desk.offices.text(region),
            faults: vec![letters::fault(&reminder, &desk.vantage, &[])],
            limit: None,
            due: None,
            text: None,
            decision: None,
            copies: Vec::new(),
        };
        if !findings::mailed(tx, &reminder.id, now.at).await? {
            continue;
        }
        worked = true;
        let to = contacts::usable(tx, &site.site).await?;
        let Some(first) = to.first() else {
            tracing::info!(site = site.site.key, "a friendly reminder has nobody to go to");
            continue;
        };
        let post = Post {
            key: &format!("friendly:{}", reminder.id),
            channel: Channel::Mail,
            part: Part::Unit,
            recipient: first,
            site_id: Some(&site.id),
            notice_id: None,
            case_id: None,
            step: None,
            letter: &letter,
            from: now.at,
        };
        outbox::post(tx, &post, now.at).await?;
    }
    Ok(worked)
}
