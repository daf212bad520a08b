//! One notice: what waits, what was found, how the limit was counted, what was sent and done.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::{Deadline, act, acts, deadline, unit};
use crate::domain::account::AccountRole;
use crate::domain::notice::RequestKind;
use crate::domain::personal::Personal;
use crate::flow::notices::queue::{self, Sheet as Found};
use crate::flow::people;
use crate::store::attachments;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::record::{Line, Sent, lines, sent};
use crate::web::console::words::notice_chip;
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;
use crate::web::unit::fault::{self, FaultCard};

#[derive(Deserialize)]
pub(in crate::web::console) struct Asked {
    #[serde(default)]
    told: String,
}

/// How one limit was counted.
struct Limit {
    title: &'static str,
    sentence: String,
    days: Vec<String>,
    /// Nobody was told yet.
    is_open: bool,
}

/// What the unit asked for, and the answer.
struct Request {
    title: &'static str,
    at: String,
    until: Option<String>,
    text: String,
    files: Vec<(String, String, String)>,
    answer: Option<(String, String)>,
    is_open: bool,
}

#[derive(Template)]
#[template(path = "console/notices/sheet.html")]
struct Sheet {
    frame: Frame,
    told: Option<&'static str>,
    unit: String,
    site: String,
    key: String,
    domains: Vec<(String, String)>,
    badge: Option<String>,
    number: Option<String>,
    region: String,
    chip: (&'static str, String),
    deadline: Option<Deadline>,
    facts: Vec<(&'static str, String)>,
    words: Option<String>,
    /// Name, address, and whether it is what waits.
    buttons: Vec<(&'static str, String, bool)>,
    is_officer: bool,
    is_over: bool,
    /// Its clock stands still: the site's names are stopped by our own decision.
    stands_still: bool,
    waiting: Vec<Request>,
    requests: Vec<Request>,
    limits: Vec<Limit>,
    faults: Vec<FaultCard>,
    letters: Vec<Sent>,
    history: Vec<Line>,
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let (app, now) = (&console.app, console.app.clock.now());
    let found = queue::sheet(&app.db, &app.desk, officer.actor(), &id, now).await?;
    people::viewed(&app.db, officer.actor(), Personal::Notice, &found.notice.id, now).await?;
    Ok(html(StatusCode::OK, &build(&console, &officer, &found, &asked.told)?))
}

fn build(console: &Console, officer: &Officer, found: &Found, told: &str) -> Result<Sheet, super::super::Trouble> {
    let (t, stored, site) = (officer.t, &found.notice, &found.site.site);
    let notice = &stored.notice;
    let is_officer = officer.is(AccountRole::Officer);
    let (waiting, requests) = requests(t, found).into_iter().partition(|request| request.is_open);
    let name = |host: &crate::domain::host::Host| (host.unicode(), host.ascii().to_owned());
    Ok(Sheet {
        frame: Frame::of(console, officer, Section::Notices),
        told: acts::told(t, told),
        unit: unit(&found.site).to_owned(),
        site: site.name.clone(),
        key: site.key.clone(),
        domains: site.names().map(name).collect(),
        badge: site.badge_code.as_ref().map(ToString::to_string),
        number: stored.number.clone(),
        region: stored.region.as_deref().map(|code| frame::region(console, t, code)).unwrap_or_default(),
        chip: notice_chip(t, notice.state),
        deadline: deadline(t, notice, found.left, found.today),
        facts: facts(t, found),
        words: notice.words.clone().filter(|_| notice.state.is_over()),
        buttons: if is_officer { act::buttons(officer, stored) } else { Vec::new() },
        is_officer,
        is_over: notice.state.is_over(),
        stands_still: found.is_dark && !notice.state.is_over(),
        waiting,
        requests,
        limits: limits(t, found),
        faults: found
            .faults
            .iter()
            .map(|told| fault::of(t, told, told.due.as_ref().map(|due| t.date(due.date))))
            .collect(),
        letters: found.letters.iter().map(|letter| sent(t, letter)).collect(),
        history: lines(t, &found.acts)?,
    })
}

fn facts(t: Tongue, found: &Found) -> Vec<(&'static str, String)> {
    let (stored, notice) = (&found.notice, &found.notice.notice);
    let receipt = notice.acknowledged_at.map(|at| t.moment(at));
    let pauses: Vec<_> =
        notice.pauses.iter().map(|(from, until)| format!("{}–{}", t.short(*from), t.short(*until))).collect();
    let all = [
        (t.say("拟出", "Drafted"), Some(t.moment(stored.drafted_at))),
        (t.say("签收", "Receipt"), Some(receipt.unwrap_or_else(|| t.say("尚未确认", "not confirmed yet").to_owned()))),
        (t.say("延长至", "Moved to"), notice.extended_until.map(|until| t.date(until))),
        (t.say("公告维护期", "Maintenance"), Some(pauses.join("、")).filter(|text| !text.is_empty())),
        (t.say("结束", "Ended"), stored.ended_at.map(|at| t.moment(at))),
        (t.say("办理机关", "Office"), Some(found.office.name.clone()).filter(|name| !name.is_empty())),
    ];
    all.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
}

fn limits(t: Tongue, found: &Found) -> Vec<Limit> {
    let tellings = found.notice.notice.tellings.iter().enumerate();
    let limit = |(step, telling): (usize, &crate::domain::notice::Telling)| {
        let title = if step == 0 { t.say("通知书", "The notice") } else { t.say("补充通知", "Supplement") };
        let count = telling.limit.days;
        let (Some(on), Some(due)) = (telling.told_on, telling.due.as_ref()) else {
            let sentence = match t {
                Tongue::Chinese => format!("尚未告知单位，期限未起算。告知后 {count} 个工作日。"),
                Tongue::English => format!("The unit was not told, no limit runs. {count} working days once it is."),
            };
            return Limit { title, sentence, days: Vec::new(), is_open: true };
        };
        let (on, until) = (t.date(on), t.date(due.date));
        let mark = if due.provisional { t.say("（暂定）", " (provisional)") } else { "" };
        let sentence = match t {
            Tongue::Chinese => format!("{on}告知，{count} 个工作日，至 {until}24:00 止{mark}。"),
            Tongue::English => format!("Told on {on}; {count} working days, until the end of {until}{mark}."),
        };
        Limit { title, sentence, days: due.counted.iter().map(|day| t.day(*day)).collect(), is_open: false }
    };
    tellings.map(limit).collect()
}

fn requests(t: Tongue, found: &Found) -> Vec<Request> {
    let all = found.notice.notice.requests.iter().rev();
    let file = |file: &attachments::Listed| {
        (file.name.clone(), format!("/console/notices/{}/files/{}", found.notice.id, file.id), file.sha256.clone())
    };
    let request = |request: &crate::domain::notice::Request| Request {
        title: match (request.kind, request.answer.as_ref().map(|answer| answer.granted)) {
            (RequestKind::Objection, None) => t.say("单位提出异议，待答复", "The unit objects: an answer is awaited"),
            (RequestKind::Objection, Some(true)) => t.say("异议：成立", "Objection: upheld"),
            (RequestKind::Objection, Some(false)) => t.say("异议：不成立", "Objection: not upheld"),
            (RequestKind::Extension, None) => {
                t.say("单位申请延期，待答复", "The unit asks for time: an answer is awaited")
            }
            (RequestKind::Extension, Some(true)) => t.say("延期申请：同意", "Request for time: granted"),
            (RequestKind::Extension, Some(false)) => t.say("延期申请：不同意", "Request for time: not granted"),
        },
        at: t.moment(request.at),
        until: request.until.map(|until| t.date(until)),
        text: request.text.clone(),
        files: found.files.iter().filter(|file| file.at == request.at).map(file).collect(),
        answer: request.answer.as_ref().map(|answer| (t.moment(answer.at), answer.text.clone())),
        is_open: request.answer.is_none(),
    };
    all.map(request).collect()
}
