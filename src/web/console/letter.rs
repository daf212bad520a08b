//! A letter before it goes, ready to be read.

use chrono::{DateTime, Utc};

use super::act::LetterCard;
use super::trouble::Trouble;
use super::words::word;
use crate::domain::calendar::Due;
use crate::domain::letter::{Letter, LetterKind};
use crate::flow::letter_view::as_it_would_go;
use crate::flow::{cases, notices};
use crate::mail::{RenderError, Rendered};
use crate::shared::Shared;
use crate::web::tongue::Tongue;

/// The letters that an act on a notice would write now.
pub(super) fn of_notice(
    app: &Shared,
    t: Tongue,
    prepared: &[notices::Prepared],
    now: DateTime<Utc>,
) -> Result<Vec<LetterCard>, Trouble> {
    let card = |one: &notices::Prepared| {
        let mut card = card(app, t, (&one.letter, one.due.clone()), true, now)?;
        (card.to, card.copies, card.hooks) = (one.to.clone(), named(&one.copies), one.hooks.clone());
        let due = t.say(
            "到期日按今天告知计算；信件改日发出的，按发出之日重新计算。",
            "The due date is counted from today; if the letter goes on another day, from that day.",
        );
        let number = t.say("文号在发出时编定。", "Its number is given when it is let go.");
        let notes = [(one.letter.number.is_none(), number), (one.letter.limit.is_some(), due)];
        card.notes = notes.into_iter().filter(|(is, _)| *is).map(|(_, note)| note.to_owned()).collect();
        Ok(card)
    };
    numbered(prepared.iter().map(card).collect())
}

/// The letters and instructions that a decision would write when it takes effect.
pub(super) fn of_case(
    app: &Shared,
    t: Tongue,
    prepared: &[cases::Prepared],
    at: DateTime<Utc>,
) -> Result<Vec<LetterCard>, Trouble> {
    let card = |one: &cases::Prepared| {
        let mut card = card(app, t, (&one.letter, None), false, at)?;
        (card.to, card.copies) = (one.to.clone(), named(&one.copies));
        card.payload = one.payload.as_ref().map(|tree| serde_json::to_string_pretty(tree).unwrap_or_default());
        Ok(card)
    };
    numbered(prepared.iter().map(card).collect())
}

/// Each is asked for by its place on the page.
fn numbered(cards: Result<Vec<LetterCard>, Trouble>) -> Result<Vec<LetterCard>, Trouble> {
    let mut cards = cards?;
    cards.iter_mut().enumerate().for_each(|(place, card)| card.look = place.to_string());
    Ok(cards)
}

fn named(copies: &[(String, String)]) -> Vec<String> {
    copies.iter().map(|(name, address)| format!("{name} <{address}>")).collect()
}

fn card(
    app: &Shared,
    t: Tongue,
    (letter, due): (&Letter, Option<Due>),
    has_link: bool,
    at: DateTime<Utc>,
) -> Result<LetterCard, Trouble> {
    let public_url = app.config.web.public_url.as_deref().filter(|_| has_link);
    let rendered = as_it_would_go(letter, due, &app.config.mail, public_url, at).map_err(unwritten)?;
    Ok(of(t, letter.kind, rendered))
}

/// It cannot be written.
pub(super) fn unwritten(error: RenderError) -> Trouble {
    tracing::error!(%error, "a letter cannot be shown");
    Trouble::Ours
}

/// A letter, with nobody yet whom it goes to.
pub(super) fn of(t: Tongue, kind: LetterKind, rendered: Rendered) -> LetterCard {
    LetterCard {
        kind: word(t, kind.label(), kind.name()),
        subject: rendered.subject,
        to: Vec::new(),
        copies: Vec::new(),
        hooks: Vec::new(),
        text: rendered.text,
        html: rendered.html,
        look: String::new(),
        at: None,
        attachments: rendered.attachments.into_iter().map(|file| file.name).collect(),
        payload: None,
        notes: Vec::new(),
    }
}
