//! The letters a notice wants: facts are gathered and frozen, recipients chosen, and the outbox filled, all in the
//! transaction of the change they tell.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Desk, Now};
use crate::domain::exhibit::{self, Piece};
use crate::domain::letter::{Exhibit, Fault, Letter, LetterKind, SHOWN_PAGES, SiteText};
use crate::domain::notice::{RequestKind, Telegram};
use crate::domain::registry::Site;
use crate::domain::verdict::FindingCode;
use crate::flow::contacts;
use crate::store::evidence;
use crate::store::findings::{self, StoredFinding};
use crate::store::notices::StoredNotice;
use crate::store::outbox::{self, Channel, Part, Post};
use crate::store::sites::{self, StoredSite};
use crate::store::{StoreError, StoreResult, Tx};

/// Pieces of evidence that are searched for what a letter shows.
pub(crate) const SEARCHED: i64 = 10;

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Posted,
    /// The unit has no address, or none that takes mail.
    NoAddress,
}

/// Does a limit begin when it goes?
pub(crate) const fn begins_a_limit(kind: LetterKind) -> bool {
    matches!(kind, LetterKind::Rectification | LetterKind::Supplement)
}

/// A letter before it goes, and what it takes to send it.
pub(super) struct Draft {
    pub letter: Letter,
    pub site: StoredSite,
    /// Addresses of the unit that take mail.
    pub to: Vec<String>,
}

/// The letter as it would be written now.
pub(super) async fn draft(
    tx: &mut Tx,
    desk: &Desk,
    now: &Now,
    notice: &StoredNotice,
    telegram: Telegram,
) -> StoreResult<Draft> {
    let site = sites::by_id(tx, &notice.site_id).await?;
    let site = site.ok_or_else(|| StoreError::Corrupt(format!("site {} of a notice", notice.site_id)))?;
    let letter = letter(tx, desk, now, notice, &site, telegram).await?;
    let to = contacts::usable(tx, &site.site).await?;
    Ok(Draft { letter, site, to })
}

/// Writes a letter to the unit, its copies, and its announcements.
pub(super) async fn write(
    tx: &mut Tx,
    desk: &Desk,
    now: &Now,
    notice: &StoredNotice,
    telegram: Telegram,
) -> StoreResult<Written> {
    let Draft { letter, site, to } = draft(tx, desk, now, notice, telegram).await?;
    if begins_a_limit(telegram.kind) {
        // What still waits to tell the same, to another address or parked, is replaced by this.
        outbox::stop(tx, &notice.id, telegram.step).await?;
    }
    for address in &to {
        post(tx, now, notice, &letter, telegram, (Channel::Mail, Part::Unit, address)).await?;
    }
    if to.is_empty() {
        return Ok(Written::NoAddress);
    }
    if goes_to_others(telegram.kind) {
        let region = site.region.as_deref();
        for (_, address) in desk.offices.copies(region, site.site.unit.parent.as_deref()) {
            post(tx, now, notice, &letter, telegram, (Channel::Mail, Part::Copy, &address)).await?;
        }
        for hook in desk.webhooks_of(region) {
            post(tx, now, notice, &letter, telegram, (Channel::Webhook, Part::Copy, hook)).await?;
        }
    }
    Ok(Written::Posted)
}

/// Reminders and answers are between office and unit.
pub(super) const fn goes_to_others(kind: LetterKind) -> bool {
    !matches!(kind, LetterKind::Reminder | LetterKind::Answered)
}

/// How a letter goes, as what, and to whom.
type Way<'a> = (Channel, Part, &'a str);

async fn post(
    tx: &mut Tx,
    now: &Now,
    notice: &StoredNotice,
    letter: &Letter,
    telegram: Telegram,
    (channel, part, recipient): Way<'_>,
) -> StoreResult<()> {
    let (id, version, kind) = (&notice.id, notice.version, telegram.kind);
    let post = Post {
        // A version of a notice is written once, so each of its letters is.
        key: &format!("notice:{id}:{version}:{kind}:{}:{part}:{recipient}", telegram.step),
        channel,
        part,
        recipient,
        site_id: Some(&notice.site_id),
        notice_id: Some(id),
        case_id: None,
        step: Some(i64::from(telegram.step)),
        letter,
        from: now.at,
    };
    outbox::post(tx, &post, now.at).await?;
    Ok(())
}

async fn letter(
    tx: &mut Tx,
    desk: &Desk,
    now: &Now,
    notice: &StoredNotice,
    site: &StoredSite,
    telegram: Telegram,
) -> StoreResult<Letter> {
    let region = site.region.as_deref();
    let (kind, machine) = (telegram.kind, &notice.notice);
    let copies = desk.offices.copies(region, site.site.unit.parent.as_deref());
    Ok(Letter {
        kind,
        number: notice.number.clone(),
        addressee: addressee(&site.site),
        parent_unit: site.site.unit.parent.clone(),
        site: SiteText::of(&site.site),
        office: desk.offices.text(region),
        faults: faults(tx, desk, notice, telegram).await?,
        limit: begins_a_limit(kind)
            .then(|| machine.tellings.get(telegram.step as usize).map(|telling| telling.limit))
            .flatten(),
        due: machine.due().filter(|_| !begins_a_limit(kind)),
        text: words(notice, kind, now.at),
        decision: None,
        copies: if goes_to_others(kind) { copies.into_iter().map(|(name, _)| name).collect() } else { Vec::new() },
    })
}

/// The unit as it is addressed; a site without a unit on file is addressed by its name.
pub(super) fn addressee(site: &Site) -> String {
    if site.unit.name.is_empty() { format!("{}开办单位", site.name) } else { site.unit.name.clone() }
}

/// What a person said that the letter passes on.
fn words(notice: &StoredNotice, kind: LetterKind, at: DateTime<Utc>) -> Option<String> {
    let machine = &notice.notice;
    let answered = |kind: RequestKind| {
        let last = machine.requests.iter().rev().find(|request| request.kind == kind)?;
        last.answer.as_ref().filter(|answer| answer.at == at).map(|answer| answer.text.clone())
    };
    let by_answer = answered(RequestKind::Objection).or_else(|| answered(RequestKind::Extension));
    match kind {
        LetterKind::Answered => by_answer,
        LetterKind::Withdrawn | LetterKind::Extended => by_answer.or_else(|| machine.words.clone()),
        _ => None,
    }
}

/// The faults a letter tells, each to the extent found last: of the telling where it begins a limit, else all that are
/// not gone; a letter of thanks names all that there were.
async fn faults(tx: &mut Tx, desk: &Desk, notice: &StoredNotice, telegram: Telegram) -> StoreResult<Vec<Fault>> {
    let machine = &notice.notice;
    let items: Vec<_> = match telegram.kind {
        kind if begins_a_limit(kind) => machine.live_of(telegram.step).collect(),
        LetterKind::Rectified | LetterKind::Withdrawn => machine.items.iter().collect(),
        _ => machine.live().collect(),
    };
    let of_site = findings::of_site(tx, &notice.site_id).await?;
    let kept = evidence::latest(tx, &notice.site_id, SEARCHED).await?;
    let mut faults = Vec::new();
    for item in items.into_iter().filter(|item| !machine.gives_way(item, findings::last_found(&of_site))) {
        let Some(found) = of_site.iter().find(|found| found.id == item.finding_id) else { continue };
        faults.push(fault(found, &desk.vantage, &kept));
    }
    Ok(faults)
}

pub(crate) fn fault(found: &StoredFinding, vantage: &str, kept: &[evidence::Piece]) -> Fault {
    Fault {
        code: found.finding.code,
        pages: found.pages.iter().take(SHOWN_PAGES).cloned().collect(),
        pages_in_all: found.pages.len() as u64,
        first_seen: found.track.first_failed_at,
        last_seen: found.track.last_failed_at,
        looks: found.track.failed,
        rule: found.rule.unwrap_or_default(),
        vantage: vantage.to_owned(),
        evidence: shown(found.finding.code, &found.pages, kept),
    }
}

/// The latest piece of evidence that tells the finding, as far as a letter shows it.
pub(crate) fn shown(code: FindingCode, pages: &[String], kept: &[evidence::Piece]) -> Vec<Exhibit> {
    let told = kept.iter().filter_map(|piece| {
        let body: Value = serde_json::from_str(piece.body.as_deref()?).ok()?;
        exhibit::tells(&body, code).then(|| {
            let piece = Piece { body: &body, hash: &piece.hash, at: piece.taken_at };
            exhibit::exhibits(&piece, code, pages)
        })
    });
    told.into_iter().find(|shown| !shown.is_empty()).unwrap_or_default()
}
