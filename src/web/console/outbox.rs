//! The outbox in an office's hands: what is parked, and the addresses that refuse mail.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::act::{ActPage, Field, Problem, Stage, mail_note, said};
use super::enter::Officer;
use super::form::Signed;
use super::frame::{Frame, Section};
use super::record::{Sent, sent, state};
use super::trouble::Trouble;
use super::{Console, Page};
use crate::domain::account::AccountRole;
use crate::domain::personal::Personal;
use crate::flow::{contacts, outbox, people};
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
    Ok(ActPage {
        frame: Frame::of(console, officer, Section::Notices),
        eyebrow: format!("{} · {} · {}", shown.kind, shown.part, shown.recipient),
        title: title.to_owned(),
        lines: [line.to_owned()].into_iter().chain(shown.error).collect(),
        back: "/console/outbox".to_owned(),
        problems,
        fields: if act == Act::Settle { vec![why()] } else { Vec::new() },
        confirm: None,
        button: t.say("下一步：核对", "Next: check").to_owned(),
    })
}

/// The same, to be meant.
fn confirmed(page: ActPage) -> ActPage {
    let (has_form, title) = (!page.fields.is_empty(), page.title.clone());
    page.confirmed(Vec::new(), 0, has_form, title)
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
    Ok(if act == Act::Release { confirmed(page) } else { page }.answer())
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
        return Ok(confirmed(page(&console, &officer, (&id, act), &given, Vec::new()).await?).answer());
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
        let page = ActPage {
            frame: Frame::of(&console, &officer, Section::Notices),
            eyebrow: given.address.clone(),
            title: t.say("恢复使用邮箱", "Use the address again").to_owned(),
            lines: vec![line.to_owned()],
            back: "/console/outbox".to_owned(),
            problems: Vec::new(),
            fields: vec![Field::line("address", t.say("邮箱", "Address"), "", &given.address)],
            confirm: None,
            button: String::new(),
        };
        let mut page = confirmed(page);
        page.confirm.iter_mut().for_each(|confirm| confirm.has_form = false);
        return Ok(page.answer());
    }
    contacts::mark_good(&app.db, officer.actor(), &given.address, app.clock.now())
        .await
        .map_err(|error| Trouble::from(error).at("/console/outbox"))?;
    Ok(Redirect::to("/console/outbox?told=good").into_response())
}
