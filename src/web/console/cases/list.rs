//! The queues: what waits for oneself first.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::{ground, outcome};
use crate::domain::account::AccountRole;
use crate::domain::case::CaseQueue;
use crate::flow::cases::queue::{self, Queue};
use crate::store::cases::StoredCase;
use crate::store::sites::StoredSite;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::notices::list::Tab;
use crate::web::console::notices::{shown, unit};
use crate::web::console::words::{case_chip, who, word};
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

/// Cases a page.
const PER_PAGE: u32 = 50;

#[derive(Deserialize)]
pub(in crate::web::console) struct Asked {
    #[serde(default)]
    queue: String,
    #[serde(default)]
    page: u32,
}

struct Row {
    id: String,
    unit: String,
    site: String,
    domain: String,
    number: String,
    ground: String,
    chip: (&'static str, String),
    /// What is proposed or decided, and by whom.
    proposal: Option<(String, String)>,
    is_for_me: bool,
    opened: String,
    region: String,
}

#[derive(Template)]
#[template(path = "console/cases/list.html")]
struct Sheet {
    frame: Frame,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    empty: &'static str,
    may_open: bool,
    previous: Option<String>,
    next: Option<String>,
}

fn address(queue: CaseQueue, page: u32) -> String {
    format!("/console/cases?queue={queue}&page={page}")
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Page {
    let t = officer.t;
    let queue = CaseQueue::from_name(&asked.queue).unwrap_or(CaseQueue::Open);
    let found = queue::queue(&console.app.db, officer.actor(), queue, asked.page, PER_PAGE).await?;
    let sheet = Sheet {
        frame: Frame::of(&console, &officer, Section::Cases),
        tabs: tabs(t, queue, &found),
        rows: found.cases.iter().map(|(case, site)| row(&console, &officer, case, site)).collect(),
        empty: match queue {
            CaseQueue::Open => t.say(
                "没有在办的案件。逾期未改、网站关闭超过规定日数等情形由系统立案，其他情形由经办人立案。",
                "No case is open. Some grounds are opened by the records, others by an officer's hand.",
            ),
            CaseQueue::Ended => t.say("还没有结束的案件。", "No case has ended yet."),
            _ => t.say("这里没有等待办理的案件。", "Nothing waits here."),
        },
        may_open: officer.is(AccountRole::Officer),
        previous: asked.page.checked_sub(1).map(|page| address(queue, page)),
        next: found.more.then(|| address(queue, asked.page.saturating_add(1))),
    };
    Ok(html(StatusCode::OK, &sheet))
}

fn tabs(t: Tongue, here: CaseQueue, found: &Queue) -> Vec<Tab> {
    let tab = |queue: &CaseQueue| {
        let many = found.counts.iter().find(|(of, _)| of == queue).map(|(_, many)| *many);
        Tab {
            label: word(t, queue.label(), queue.name()),
            href: address(*queue, 0),
            many,
            is_here: *queue == here,
            is_urgent: *queue == CaseQueue::SecondPerson && many.is_some_and(|many| many > 0),
        }
    };
    CaseQueue::ALL.iter().map(tab).collect()
}

fn row(console: &Console, officer: &Officer, stored: &StoredCase, site: &StoredSite) -> Row {
    let (t, case) = (officer.t, &stored.case);
    let decided = case.decision.as_ref().map(|decision| &decision.proposal);
    Row {
        id: stored.id.clone(),
        unit: unit(site).to_owned(),
        site: site.site.name.clone(),
        domain: shown(&site.site.key),
        number: stored.number.clone(),
        ground: ground(t, case.ground),
        chip: case_chip(t, case.state),
        proposal: decided.map(|proposal| (outcome(t, proposal.outcome), who(t, &proposal.by))),
        is_for_me: case.proposed_by().is_some_and(|by| by != officer.actor().text())
            && officer.is(AccountRole::Approver),
        opened: t.moment(stored.opened_at),
        region: stored.region.as_deref().map(|code| frame::region(console, t, code)).unwrap_or_default(),
    }
}
