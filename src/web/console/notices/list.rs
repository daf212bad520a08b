//! The queues.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::{Deadline, deadline, faults, shown, unit};
use crate::clock::day;
use crate::domain::account::AccountRole;
use crate::domain::notice::{NoticeQueue, RequestKind};
use crate::flow::notices::queue::{self, Line, Queue, Wanted};
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::words::{notice_chip, word};
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

/// Notices a page.
const PER_PAGE: u32 = 50;

/// What is asked of the list; it stands in the address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Asked {
    queue: String,
    q: String,
    region: String,
    page: u32,
    told: String,
    /// How many were let go just before.
    many: u32,
}

/// A queue as a tab.
pub(in crate::web::console) struct Tab {
    pub label: String,
    pub href: String,
    /// None: not counted.
    pub many: Option<i64>,
    pub is_here: bool,
    /// Does it want a hand?
    pub is_urgent: bool,
}

struct Row {
    id: String,
    unit: String,
    site: String,
    domain: String,
    number: Option<String>,
    faults: String,
    chip: (&'static str, String),
    marks: Vec<(&'static str, &'static str)>,
    deadline: Option<Deadline>,
    region: String,
    may_approve: bool,
}

#[derive(Template)]
#[template(path = "console/notices/list.html")]
struct Sheet {
    frame: Frame,
    told: Option<String>,
    tabs: Vec<Tab>,
    queue: NoticeQueue,
    asked: Asked,
    rows: Vec<Row>,
    empty: &'static str,
    may_approve: bool,
    previous: Option<String>,
    next: Option<String>,
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Page {
    let (app, t) = (&console.app, officer.t);
    let queue = NoticeQueue::from_name(&asked.queue).unwrap_or(NoticeQueue::Open);
    let region = Some(asked.region.trim().to_owned()).filter(|region| !region.is_empty());
    let wanted = Wanted { queue, text: asked.q.clone(), region, page: asked.page, most: PER_PAGE };
    let today = day(app.clock.now());
    let found = queue::queue(&app.db, &app.calendar.get(), officer.actor(), &wanted, today).await?;
    let rows: Vec<_> = found.lines.iter().map(|line| row(&console, t, line, today)).collect();
    let may_approve = officer.is(AccountRole::Officer) && rows.iter().any(|row| row.may_approve);
    let page = |page: u32| asked.address(queue, page);
    let sheet = Sheet {
        frame: Frame::of(&console, &officer, Section::Notices),
        told: told(t, &asked),
        tabs: tabs(t, &asked, queue, &found),
        queue,
        previous: asked.page.checked_sub(1).map(page),
        next: found.more.then(|| page(asked.page.saturating_add(1))),
        empty: empty(t, queue, &asked),
        rows,
        may_approve,
        asked,
    };
    Ok(html(StatusCode::OK, &sheet))
}

impl Asked {
    /// The address of a page of a queue under the same filter.
    fn address(&self, queue: NoticeQueue, page: u32) -> String {
        let mut query = Serializer::new(String::new());
        query.append_pair("queue", queue.name());
        for (name, value) in [("q", &self.q), ("region", &self.region)] {
            if !value.trim().is_empty() {
                query.append_pair(name, value.trim());
            }
        }
        if page > 0 {
            query.append_pair("page", &page.to_string());
        }
        format!("/console/notices?{}", query.finish())
    }
}

fn tabs(t: Tongue, asked: &Asked, here: NoticeQueue, found: &Queue) -> Vec<Tab> {
    let tab = |queue: &NoticeQueue| {
        let many = found.counts.iter().find(|(of, _)| of == queue).map(|(_, many)| *many);
        let is_quiet = matches!(queue, NoticeQueue::Open | NoticeQueue::Ended | NoticeQueue::DueSoon);
        Tab {
            label: word(t, queue.label(), queue.name()),
            href: asked.address(*queue, 0),
            many,
            is_here: *queue == here,
            is_urgent: !is_quiet && many.is_some_and(|many| many > 0),
        }
    };
    NoticeQueue::ALL.iter().map(tab).collect()
}

fn row(console: &Console, t: Tongue, line: &Line, today: chrono::NaiveDate) -> Row {
    let Line { notice: stored, site, left } = line;
    let notice = &stored.notice;
    let marks = [
        (notice.open_request(RequestKind::Objection).is_some(), "fail", t.say("异议待答复", "objection")),
        (notice.open_request(RequestKind::Extension).is_some(), "undetermined", t.say("延期待答复", "asks for time")),
        (notice.has_drafts() && notice.was_told(), "runs", t.say("补充通知待审核", "supplement to review")),
    ];
    Row {
        id: stored.id.clone(),
        unit: unit(site).to_owned(),
        site: site.site.name.clone(),
        domain: shown(site.site.key.as_str()),
        number: stored.number.clone(),
        faults: faults(t, notice),
        chip: notice_chip(t, notice.state),
        marks: marks.into_iter().filter(|(is, ..)| *is).map(|(_, class, text)| (class, text)).collect(),
        deadline: deadline(t, notice, *left, today),
        region: stored.region.as_deref().map(|code| frame::region(console, t, code)).unwrap_or_default(),
        may_approve: notice.has_drafts(),
    }
}

/// Why nothing is listed, and what to do.
fn empty(t: Tongue, queue: NoticeQueue, asked: &Asked) -> &'static str {
    match queue {
        _ if !asked.q.trim().is_empty() || !asked.region.trim().is_empty() => t.say(
            "没有符合条件的通知。可放宽条件，或查看全部在办。",
            "No notice is like that. Ask for less, or see all that are open.",
        ),
        NoticeQueue::Open => t.say(
            "没有在办的通知。监测确认问题后，会自动拟出通知，列在这里。",
            "No notice is open. When the watch confirms a fault, a draft appears here.",
        ),
        NoticeQueue::Ended => t.say("还没有结束的通知。", "No notice has ended yet."),
        _ => t.say("这里没有等待办理的通知。", "Nothing waits here."),
    }
}

fn told(t: Tongue, asked: &Asked) -> Option<String> {
    let many = asked.many;
    (asked.told == "approved").then(|| match t {
        Tongue::Chinese => format!("已批准 {many} 件，信件进入待发队列。"),
        Tongue::English => format!("{many} approved: their letters are in the outbox."),
    })
}
