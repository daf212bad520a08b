//! Several drafts are let go with one confirmation that lists them, each as it was seen.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::{faults, unit};
use crate::domain::notice::Event;
use crate::flow::On;
use crate::flow::notices::{self, ActError, read};
use crate::web::console::act::{LetterCard, mail_note};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page, framing, letter};
use crate::web::page::html;

/// Drafts that are let go at once: so many can be read at one sitting.
const MOST: usize = 50;

#[derive(Deserialize)]
pub(in crate::web::console) struct Chosen {
    /// Ids that were marked in the list.
    #[serde(default)]
    id: Vec<String>,
    /// `ID:VERSION:LETTERS` of what was shown and is meant.
    #[serde(default)]
    seen: Vec<String>,
    /// `ID:PLACE` of a letter that is to be seen as it will look.
    #[serde(default)]
    look: String,
}

struct Draft {
    id: String,
    version: i64,
    /// Their fingerprint.
    seen: String,
    unit: String,
    site: String,
    faults: String,
    letters: Vec<LetterCard>,
}

/// One that does not go, and why.
struct Left {
    id: String,
    name: String,
    why: String,
}

#[derive(Template)]
#[template(path = "console/notices/approve.html")]
struct Sheet {
    frame: Frame,
    drafts: Vec<Draft>,
    left: Vec<Left>,
    /// How many were let go; none: it is asked first.
    done: Option<usize>,
    note: Option<String>,
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    Signed(Chosen { id, seen, look }): Signed<Chosen>,
) -> Page {
    if let Some((id, place)) = look.split_once(':') {
        return alone(&console, &officer, id, place).await;
    }
    if seen.is_empty() { ask(&console, &officer, &id).await } else { meant(&console, &officer, &seen).await }
}

/// One of the letters that would go, by itself.
async fn alone(console: &Console, officer: &Officer, id: &str, place: &str) -> Page {
    let (app, now) = (&console.app, console.app.clock.now());
    let (_, prepared) =
        notices::rehearse(&app.db, &app.desk, officer.actor(), On::from(id), &Event::Approved, now).await?;
    let letters = letter::of_notice(app, officer.t, &prepared, now)?;
    let letter = letters.into_iter().find(|letter| letter.look == place);
    letter.map(|letter| framing::inside(letter.html)).ok_or(Trouble::Missing)
}

/// Lists what would go.
async fn ask(console: &Console, officer: &Officer, ids: &[String]) -> Page {
    let app = &console.app;
    let (mut drafts, mut left) = (Vec::new(), Vec::new());
    for id in ids.iter().take(MOST) {
        let sheet = read::show(&app.db, officer.actor(), id).await?;
        let now = app.clock.now();
        let on = On::from(&sheet.notice.id);
        match notices::rehearse(&app.db, &app.desk, officer.actor(), on, &Event::Approved, now).await {
            Ok((stored, prepared)) => drafts.push(Draft {
                version: stored.version,
                unit: unit(&sheet.site).to_owned(),
                site: sheet.site.site.name.clone(),
                faults: faults(officer.t, &stored.notice),
                letters: letters(&stored.id, letter::of_notice(app, officer.t, &prepared, now)?),
                seen: notices::fingerprint(&prepared),
                id: stored.id,
            }),
            Err(error) => left.push(why(officer, &sheet, error)?),
        }
    }
    if drafts.is_empty() && left.is_empty() {
        return Err(Trouble::Refused("没有选中任何通知 · no notice was chosen".to_owned()));
    }
    Ok(page(console, officer, drafts, left, None))
}

/// Of several notices: each letter is asked for by its notice and its place.
fn letters(id: &str, mut letters: Vec<LetterCard>) -> Vec<LetterCard> {
    letters.iter_mut().for_each(|letter| letter.look = format!("{id}:{}", letter.look));
    letters
}

/// Lets go what is still as it was seen; the rest is named.
async fn meant(console: &Console, officer: &Officer, seen: &[String]) -> Page {
    let app = &console.app;
    let (mut done, mut left) = (0, Vec::new());
    for seen in seen.iter().take(MOST) {
        let [id, version, letters] = seen.split(':').collect::<Vec<_>>()[..] else { return Err(Trouble::Broken) };
        let version = version.parse().map_err(|_| Trouble::Broken)?;
        let sheet = read::show(&app.db, officer.actor(), id).await?;
        let on = On::read(id, version, letters);
        match notices::act(&app.db, &app.desk, officer.actor(), on, Event::Approved, app.clock.now()).await {
            Ok(_) => done += 1,
            Err(error) => left.push(why(officer, &sheet, error)?),
        }
    }
    if left.is_empty() {
        let to = format!("/console/notices?queue=approval&told=approved&many={done}");
        return Ok(Redirect::to(&to).into_response());
    }
    Ok(page(console, officer, Vec::new(), left, Some(done)))
}

fn page(
    console: &Console,
    officer: &Officer,
    drafts: Vec<Draft>,
    left: Vec<Left>,
    done: Option<usize>,
) -> axum::response::Response {
    let frame = Frame::of(console, officer, Section::Notices);
    let note = mail_note(officer.t, &console.app.config.mail).filter(|_| done.is_none());
    let status = if done.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    framing::around(html(status, &Sheet { frame, drafts, left, done, note }))
}

/// Why one does not go; what is ours, or beyond one's role, ends it all.
fn why(officer: &Officer, sheet: &read::Sheet, error: ActError) -> Result<Left, Trouble> {
    match error {
        ActError::Refused(_) | ActError::Changed => Ok(Left {
            id: sheet.notice.id.clone(),
            name: unit(&sheet.site).to_owned(),
            why: officer.t.half(&error.to_string()).to_owned(),
        }),
        error => Err(error.into()),
    }
}
