//! A letter of a decision or an instruction that did not arrive: the office hears at once. The letter itself waits for an
//! officer in the list of what is parked.

use chrono::{DateTime, Utc};

use super::letters::Sender;
use crate::domain::letter::LetterKind;
use crate::domain::office::Offices;
use crate::store::{StoreResult, Tx, cases, sites};

/// A letter that did not arrive.
#[derive(Debug, Clone, Copy)]
pub struct Undelivered<'a> {
    /// Of the message.
    pub id: &'a str,
    pub kind: LetterKind,
    pub recipient: &'a str,
    /// What the mail server said.
    pub why: &'a str,
}

/// Tells the office of a case; once a message, however often it fails.
pub async fn undelivered(
    tx: &mut Tx,
    offices: &Offices,
    case_id: &str,
    letter: &Undelivered<'_>,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let Some(stored) = cases::by_id(tx, case_id).await? else { return Ok(()) };
    let Some(site) = sites::by_id(tx, &stored.site_id).await? else { return Ok(()) };
    let Undelivered { id, kind, recipient, why } = *letter;
    let text = format!(
        "案件 {}：{}未能送达 {recipient}（{why}）。请核对邮箱后放行，或另行送达并登记。",
        stored.number,
        kind.label()
    );
    let sender = Sender { offices, stored: &stored, site: &site, now };
    sender.note_of(tx, LetterKind::OfficeTask, &text, &format!("undelivered:{id}")).await
}
