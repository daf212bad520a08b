//! The outbox in an office's hands: what is parked, and the addresses that refuse mail.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::act::{ActPage, Field, LetterCard, Problem, Stage, mail_note, said};
use super::enter::Officer;
use super::form::Signed;
use super::frame::{Frame, Section};
use super::record::{Sent, sent, state};
use super::trouble::Trouble;
use super::{Console, Page, framing, letter};
use crate::domain::account::AccountRole;
use crate::domain::personal::Personal;
use crate::flow::{contacts, letter_view, outbox, people};
use crate::store::outbox::Listed;
use crate::web::page::html;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    told: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Given {
    why: String,
    address: String,
    confirm: String,
    again: String,
}

struct Row {
    id: String,
    sent: Sent,
}

#[derive(Template)]
#[template(path = "console/outbox.html")]
struct Sheet {
    frame: Frame,
    told: Option<&'static str>,
    note: Option<String>,
    counts: Vec<((&'static str, String), i64)>,
    rows: Vec<Row>,
    bad: Vec<(String, String, String)>,
    is_officer: bool,
}

pub(super) async fn list(State(console): State<Console>, officer: Officer, Query(asked): Query<Asked>) -> Page {
    let (app, t, actor) = (&console.app, officer.t, officer.actor());
    let waiting = outbox::waiting(&app.db, actor).await?;
    let bad = contacts::bad(&app.db, actor).await?;
    if !(waiting.parked.is_empty() && bad.is_empty()) {
        people::viewed(&app.db, actor, Personal::Recipients, &actor.region, app.clock.now()).await?;
    }
    let sheet = Sheet {
        frame: Frame::of(&console, &officer, Section::Notices),
        told: match asked.told.as_str() {
            "release" => Some(t.say("已放行，信件将再次发送。", "Let go: it is sent again.")),
            "settle" => Some(t.say("已登记，不再发送。", "Put away: it does not go any more.")),
            "good" => Some(t.say("该邮箱已恢复使用。", "The address is used again.")),
            _ => None,
        },
        note: mail_note(t, &app.config.mail),
        counts: waiting.counts.iter().map(|(name, many)| (state(t, name), *many)).collect(),
        rows: waiting.parked.iter().map(|letter| Row { id: letter.id.clone(), sent: sent(t, letter) }).collect(),
        bad: bad.into_iter().map(|one| (one.address, t.moment(one.since), one.why)).collect(),
        is_officer: officer.is(AccountRole::Officer),
    };
    Ok(html(StatusCode::OK, &sheet))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Release,
    Settle,
}

/// The page of an act on a parked message of one's region.
async fn page(
    console: &Console,
    officer: &Officer,
    (id, act): (&str, Act),
    given: &Given,
    problems: Vec<Problem>,
) -> Result<ActPage, Trouble> {
    let t = officer.t;
    let waiting = outbox::waiting(&console.app.db, officer.actor()).await?;
    let letter: Option<Listed> = waiting.parked.into_iter().find(|letter| letter.id == id);
    let Some(letter) = letter else { return Err(Trouble::Changed("/console/outbox".to_owned())) };
    let shown = sent(t, &letter);
    let (title, line) = match act {
        Act::Release => (
            t.say("放行", "Let it go again"),
            t.say(
                "信件将再次发往下列收件人。请先核对邮箱。",
                "It goes to the recipient once more. See first that the address is right.",
            ),
        ),
        Act::Settle => (
            t.say("不再发送", "Put it away"),
            t.say(
                "信件不再发送：已另行送达，或已无必要。",
                "It does not go any more: it was delivered otherwise, or need not go.",
            ),
        ),
    };
    let why = || Field::text("why", t.say("理由", "Reason"), t.say("记入办理记录。", "Goes on record."), &given.why);
    let frame = Frame::of(console, officer, Section::Notices);
    let eyebrow = format!("{} · {} · {}", shown.kind, shown.part, shown.recipient);
    Ok(ActPage {
        lines: [line.to_owned()].into_iter().chain(shown.error).collect(),
        problems,
        fields: if act == Act::Settle { vec![why()] } else { Vec::new() },
        ..ActPage::first(frame, eyebrow, title, "/console/outbox".to_owned())
    })
}

/// The same, to be meant.
fn confirmed(page: ActPage, letters: Vec<LetterCard>) -> ActPage {
    let (has_form, title) = (!page.fields.is_empty(), page.title.clone());
    page.confirmed(letters, 0, has_form, title)
}

/// The letter that would go, if the message is one.
async fn letters(console: &Console, officer: &Officer, (id, act): (&str, Act)) -> Result<Vec<LetterCard>, Trouble> {
    if act == Act::Settle {
        return Ok(Vec::new());
    }
    Ok(on_file(console, officer, id).await?.into_iter().collect())
}

async fn on_file(console: &Console, officer: &Officer, id: &str) -> Result<Option<LetterCard>, Trouble> {
    let (app, now) = (&console.app, console.app.clock.now());
    let Some(found) = outbox::letter(&app.db, officer.actor(), id, now).await? else { return Ok(None) };
    let rendered = letter_view::on_file(&found, &app.config).map_err(letter::unwritten)?;
    let to = vec![found.recipient];
    let at = Some(format!("/console/outbox/{id}/letter"));
    Ok(Some(LetterCard { to, at, ..letter::of(officer.t, found.letter.kind, rendered) }))
}

/// A letter that is on file, by itself.
pub(super) async fn alone(State(console): State<Console>, officer: Officer, Path(id): Path<String>) -> Page {
    let card = on_file(&console, &officer, &id).await?.ok_or(Trouble::Missing)?;
    Ok(framing::inside(card.html))
}

fn act_of(path: &str) -> Result<Act, Trouble> {
    match path {
        "release" => Ok(Act::Release),
        "settle" => Ok(Act::Settle),
        _ => Err(Trouble::Missing),
    }
}

pub(super) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path((id, act)): Path<(String, String)>,
) -> Page {
    let act = act_of(&act)?;
    let page = page(&console, &officer, (&id, act), &Given::default(), Vec::new()).await?;
    Ok(if act == Act::Release { confirmed(page, letters(&console, &officer, (&id, act)).await?) } else { page }
        .answer())
}

pub(super) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    Path((id, act)): Path<(String, String)>,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, path, act) = (&console.app, act.clone(), act_of(&act)?);
    let stage = Stage::of(&given.confirm, &given.again);
    let wrong = said(officer.t, "why", &given.why).err().filter(|_| act == Act::Settle && stage != Stage::Again);
    if stage == Stage::Again || wrong.is_some() {
        let page = page(&console, &officer, (&id, act), &given, wrong.into_iter().collect()).await?;
        return Ok(page.answer());
    }
    if stage == Stage::Said {
        let page = page(&console, &officer, (&id, act), &given, Vec::new()).await?;
        return Ok(confirmed(page, letters(&console, &officer, (&id, act)).await?).answer());
    }
    let (actor, now) = (officer.actor(), app.clock.now());
    let done = match act {
        Act::Release => outbox::release(&app.db, actor, Some(&id), now).await? > 0,
        Act::Settle => outbox::settle(&app.db, actor, &id, given.why.trim(), now).await?,
    };
    if !done {
        return Err(Trouble::Changed("/console/outbox".to_owned()));
    }
    Ok(Redirect::to(&format!("/console/outbox?told={path}")).into_response())
}

/// An address takes mail again: asked first, then done.
pub(super) async fn good(State(console): State<Console>, officer: Officer, Signed(given): Signed<Given>) -> Page {
    let (app, t) = (&console.app, officer.t);
    if Stage::of(&given.confirm, &given.again) != Stage::Meant(0) {
        let line = t.say(
            "此后信件将再次发往这个邮箱。此前未送达的，须另行重新发送或放行。",
            "Letters go to this address again. What did not arrive before is to be sent again, or let go.",
        );
        let (frame, title) =
            (Frame::of(&console, &officer, Section::Notices), t.say("恢复使用邮箱", "Use the address again"));
        let page = ActPage {
            lines: vec![line.to_owned()],
            fields: vec![Field::line("address", t.say("邮箱", "Address"), "", &given.address)],
            ..ActPage::first(frame, given.address.clone(), title, "/console/outbox".to_owned())
        };
        return Ok(page.confirmed(Vec::new(), 0, false, title).answer());
    }
    contacts::mark_good(&app.db, officer.actor(), &given.address, app.clock.now())
        .await
        .map_err(|error| Trouble::from(error).at("/console/outbox"))?;
    Ok(Redirect::to("/console/outbox?told=good").into_response())
}
