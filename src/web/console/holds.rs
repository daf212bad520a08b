//! Held mass changes: what the sites have in common, and whether it is real or ours.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::act::{ActPage, Field, Problem, Stage, said};
use super::enter::Officer;
use super::form::Signed;
use super::frame::{self, Frame, Section};
use super::trouble::Trouble;
use super::words::word;
use super::{Console, Page};
use crate::domain::account::AccountRole;
use crate::domain::mass::{Dimension, HoldState};
use crate::domain::verdict::FindingCode;
use crate::flow::watch::holds::{self, Hold, HoldError};
use crate::web::page::html;
use crate::web::tongue::Tongue;
use crate::web::unit::words::name;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    told: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Given {
    reason: String,
    confirm: String,
    again: String,
}

struct Row {
    id: String,
    title: String,
    since: String,
    numbers: String,
    sites: Vec<(String, String)>,
    is_beyond: bool,
}

#[derive(Template)]
#[template(path = "console/holds.html")]
struct Sheet {
    frame: Frame,
    told: Option<&'static str>,
    rows: Vec<Row>,
    is_approver: bool,
}

pub(super) async fn list(State(console): State<Console>, officer: Officer, Query(asked): Query<Asked>) -> Page {
    let t = officer.t;
    let open = holds::open(&console.app.db, officer.actor()).await?;
    let told = match asked.told.as_str() {
        "real" => Some(t.say("已确认属实，相关问题进入通知流程。", "Found real: the findings are confirmed.")),
        "ours" => {
            Some(t.say("已认定为检测方原因，相关问题不予认定。", "Found to be ours: the findings are dismissed."))
        }
        _ => None,
    };
    let rows = open.iter().map(|hold| row(&console, t, hold)).collect();
    let (frame, is_approver) = (Frame::of(&console, &officer, Section::Notices), officer.is(AccountRole::Approver));
    Ok(html(StatusCode::OK, &Sheet { frame, told, rows, is_approver }))
}

fn row(console: &Console, t: Tongue, Hold { held, sites }: &Hold) -> Row {
    let (here, waiting, failing, watched) = (held.here, held.waiting, held.failing, held.watched);
    Row {
        id: held.id.clone(),
        title: title(console, t, held),
        since: t.moment(held.opened_at),
        numbers: match t {
            Tongue::Chinese => {
                format!("发现时 {watched} 个网站中有 {failing} 个出现；现有 {waiting} 项暂缓，其中本辖区 {here} 项")
            }
            Tongue::English => {
                format!(
                    "{failing} of {watched} sites when it was held; {waiting} findings wait, {here} of them in your region"
                )
            }
        },
        sites: sites.clone(),
        is_beyond: here < waiting,
    }
}

/// `未挂标 · 同一托管地址 192.0.2.1`.
fn title(console: &Console, t: Tongue, held: &crate::store::desk::Held) -> String {
    let code = FindingCode::from_name(&held.code).map_or(held.code.as_str(), |code| name(t, code));
    let dimension = Dimension::from_name(&held.dimension);
    let shares = dimension.map_or_else(|| held.dimension.clone(), |one| word(t, one.label(), one.name()));
    let member = match dimension {
        Some(Dimension::Region) => frame::region(console, t, &held.member),
        _ => held.member.clone(),
    };
    format!("{code} · {shares} {member}")
}

/// The page of a verdict on a hold that touches one's region.
async fn page(
    console: &Console,
    officer: &Officer,
    (id, verdict): (&str, HoldState),
    given: &Given,
    problems: Vec<Problem>,
) -> Result<ActPage, Trouble> {
    let t = officer.t;
    let open = holds::open(&console.app.db, officer.actor()).await?;
    let hold = open.into_iter().find(|hold| hold.held.id == id);
    let Some(hold) = hold else { return Err(Trouble::Changed("/console/holds".to_owned())) };
    let (heading, line) = match verdict {
        HoldState::Real => (
            t.say("情况属实", "It is real"),
            t.say(
                "暂缓的问题全部予以确认，随后拟出通知（按本机关设置逐件审核或自动发出）。",
                "Every finding that waits is confirmed; notices are drafted next, and go by your office's way of approval.",
            ),
        ),
        _ => (
            t.say("检测方原因", "It is ours"),
            t.say("暂缓的问题全部不予认定，不发任何通知。", "Every finding that waits is dismissed: nobody is told of anything."),
        ),
    };
    let frame = Frame::of(console, officer, Section::Notices);
    Ok(ActPage {
        lines: vec![line.to_owned(), row(console, t, &hold).numbers],
        problems,
        fields: vec![Field::text(
            "reason",
            t.say("理由", "Reason"),
            t.say("记入办理记录。", "Goes on record."),
            &given.reason,
        )],
        ..ActPage::first(frame, title(console, t, &hold.held), heading, "/console/holds".to_owned())
    })
}

fn verdict_of(path: &str) -> Result<HoldState, Trouble> {
    HoldState::from_name(path).filter(|state| *state != HoldState::Open).ok_or(Trouble::Missing)
}

pub(super) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path((id, verdict)): Path<(String, String)>,
) -> Page {
    let verdict = verdict_of(&verdict)?;
    Ok(page(&console, &officer, (&id, verdict), &Given::default(), Vec::new()).await?.answer())
}

pub(super) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    Path((id, verdict)): Path<(String, String)>,
    Signed(given): Signed<Given>,
) -> Page {
    let (app, on) = (&console.app, (id.as_str(), verdict_of(&verdict)?));
    let stage = Stage::of(&given.confirm, &given.again);
    let problems: Vec<_> = said(officer.t, "reason", &given.reason).err().into_iter().collect();
    if stage == Stage::Again || !problems.is_empty() {
        let problems = if stage == Stage::Again { Vec::new() } else { problems };
        return Ok(page(&console, &officer, on, &given, problems).await?.answer());
    }
    if stage == Stage::Said {
        let page = page(&console, &officer, on, &given, Vec::new()).await?;
        let title = page.title.clone();
        return Ok(page.confirmed(Vec::new(), 0, true, title).answer());
    }
    match holds::decide(&app.db, officer.actor(), on, given.reason.trim(), &app.terms, app.clock.now()).await {
        Ok(_) => Ok(Redirect::to(&format!("/console/holds?told={verdict}")).into_response()),
        Err(HoldError::NotFound) => Err(Trouble::Changed("/console/holds".to_owned())),
        Err(HoldError::NotYours) => Err(Trouble::Role(AccountRole::Approver)),
        Err(HoldError::Store(error)) => Err(error.into()),
        Err(error) => Err(Trouble::Refused(error.to_string())),
    }
}
