//! One case: its ground, its evidence, what is proposed and decided, and how it is carried out.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{act_name, acts, ground, outcome, path_of};
use crate::domain::case::{CaseAct, CaseRefusal, Effective, Execution, SharedSite};
use crate::domain::personal::Personal;
use crate::flow::cases::queue::{self, Sheet as Found};
use crate::flow::people;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::notices::{shown, unit};
use crate::web::console::record::{Line, Sent, lines, sent};
use crate::web::console::trouble::Trouble;
use crate::web::console::words::{case_chip, who, word};
use crate::web::console::{Console, Page};
use crate::web::page::{disposition, html};
use crate::web::tongue::Tongue;

#[derive(Deserialize)]
pub(in crate::web::console) struct Asked {
    #[serde(default)]
    told: String,
}

/// What one person proposes, and what became of it.
struct Decision {
    outcome: String,
    facts: Vec<(&'static str, String)>,
    names: Vec<(String, String)>,
    reason: String,
    hash: String,
    shared: Option<String>,
}

/// What one authority was told.
struct Order {
    authority: String,
    act: String,
    names: Vec<String>,
    since: String,
    chip: (&'static str, String),
    acknowledged: Option<String>,
    confirmed: Option<String>,
    jws: Option<String>,
}

#[derive(Template)]
#[template(path = "console/cases/sheet.html")]
struct Sheet {
    frame: Frame,
    told: Option<&'static str>,
    id: String,
    unit: String,
    site: String,
    key: String,
    number: String,
    chip: (&'static str, String),
    ground: String,
    why: String,
    facts: Vec<(&'static str, String)>,
    notices: Vec<(String, String)>,
    /// Name, address, and whether it is what waits.
    buttons: Vec<(String, String, bool)>,
    /// Why somebody who might cannot.
    blocked: Option<&'static str>,
    days: Vec<String>,
    consultations: Vec<(String, String, String)>,
    decision: Option<Decision>,
    orders: Vec<Order>,
    reinstatement: Option<Vec<(&'static str, String)>>,
    ends: Vec<(&'static str, String)>,
    letters: Vec<Sent>,
    history: Vec<Line>,
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let (db, actor, now) = (&console.app.db, officer.actor(), console.app.clock.now());
    let found = queue::sheet(db, actor, &id).await?;
    people::viewed(db, actor, Personal::Case, &found.case.id, now).await?;
    Ok(html(StatusCode::OK, &build(&console, &officer, &found, &asked.told)?))
}

/// The locked evidence, to be saved as it is on record.
pub(in crate::web::console) async fn bundle(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
) -> Page {
    let text = queue::bundle(&console.app.db, officer.actor(), &id).await?;
    let mut response = text.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition("bundle.json"));
    Ok(response)
}

fn build(console: &Console, officer: &Officer, found: &Found, told: &str) -> Result<Sheet, Trouble> {
    let (t, stored, site, case) = (officer.t, &found.case, &found.site.site, &found.case.case);
    let now = console.app.clock.now();
    let number = |(id, number): &(String, Option<String>)| (id.clone(), number.clone().unwrap_or_else(|| id.clone()));
    Ok(Sheet {
        frame: Frame::of(console, officer, Section::Cases),
        told: acts::told(t, told),
        id: stored.id.clone(),
        unit: unit(&found.site).to_owned(),
        site: site.name.clone(),
        key: site.key.clone(),
        number: stored.number.clone(),
        chip: case_chip(t, case.state),
        ground: ground(t, case.ground),
        why: case.opened.why.clone(),
        facts: facts(console, t, found),
        notices: found.notices.iter().map(number).collect(),
        buttons: buttons(officer, found, now),
        blocked: blocked(officer, found, now),
        days: case.counted_days.iter().map(|day| t.plain(*day)).collect(),
        consultations: case.consultations.iter().map(|one| consultation(t, one)).collect(),
        decision: decision(t, found),
        orders: case.executions.iter().map(|done| order(t, found, done)).collect(),
        reinstatement: reinstatement(t, found),
        ends: ends(t, found),
        letters: found.letters.iter().map(|letter| sent(t, letter)).collect(),
        history: lines(t, &found.acts)?,
    })
}

fn facts(console: &Console, t: Tongue, found: &Found) -> Vec<(&'static str, String)> {
    let (stored, site) = (&found.case, &found.site.site);
    let opened = format!("{} · {}", t.moment(stored.opened_at), who(t, &stored.case.opened.by));
    let badge = site.badge_code.as_ref().map(ToString::to_string);
    let names: Vec<_> = site.names().map(|host| host.unicode()).collect();
    let region = stored.region.as_deref().map(|code| frame::region(console, t, code));
    let all = [
        (t.say("域名", "Names"), Some(names.join("、")).filter(|names| !names.is_empty())),
        (t.say("标识代码", "Badge code"), badge),
        (t.say("地区", "Region"), region),
        (t.say("立案", "Opened"), Some(opened)),
    ];
    all.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
}

/// The acts that are open now to who looks.
fn buttons(officer: &Officer, found: &Found, now: DateTime<Utc>) -> Vec<(String, String, bool)> {
    let (case, by) = (&found.case.case, officer.actor().text());
    let may = |act: &&CaseAct| officer.is(act.role(case)) && case.may(**act, &by, now).is_ok();
    let open = CaseAct::ALL.iter().filter(may);
    let waits = |act: CaseAct| {
        !matches!(
            act,
            CaseAct::Reject
                | CaseAct::RejectReinstatement
                | CaseAct::Consult
                | CaseAct::ProposeReinstatement
                | CaseAct::Withdraw
                | CaseAct::Close
        )
    };
    open.map(|act| (act_name(officer.t, *act), path_of(&found.case.id, *act), waits(*act))).collect()
}

/// Why somebody who may approve cannot approve this.
fn blocked(officer: &Officer, found: &Found, now: DateTime<Utc>) -> Option<&'static str> {
    let (t, case, by) = (officer.t, &found.case.case, officer.actor().text());
    case.proposed_by()?;
    let refused = |act| case.may(act, &by, now) == Err(CaseRefusal::SamePerson);
    if refused(CaseAct::Approve) || refused(CaseAct::ApproveReinstatement) {
        return Some(t.say(
            "这是您提出的，须由另一位有审批权限的人批准。",
            "You proposed it: another person with the role of an approver has to approve it.",
        ));
    }
    let is_short = !officer.is(crate::domain::account::AccountRole::Approver);
    is_short.then(|| t.say("批准需要“审批”权限。", "To approve takes the role of an approver."))
}

fn consultation(t: Tongue, one: &crate::domain::case::Consultation) -> (String, String, String) {
    (one.whom.clone(), format!("{} · {}", t.date(one.on), who(t, &one.by)), one.opinion.clone())
}

fn decision(t: Tongue, found: &Found) -> Option<Decision> {
    let decision = found.case.case.decision.as_ref()?;
    let proposal = &decision.proposal;
    let approval = decision.approval.as_ref();
    let all = [
        (t.say("提出人", "Proposed by"), Some(who(t, &proposal.by))),
        (t.say("拟生效", "To take effect"), Some(effective(t, proposal.effective)).filter(|_| approval.is_none())),
        (t.say("批准人", "Approved by"), approval.map(|by| format!("{} · {}", who(t, &by.by), t.moment(by.at)))),
        (t.say("生效时间", "Takes effect"), approval.map(|by| t.moment(by.effective_at))),
        (t.say("已生效", "In force since"), decision.in_force_at.map(|at| t.moment(at))),
    ];
    let shared = Some(SharedSite::listed(&proposal.shared)).filter(|text| !text.is_empty());
    Some(Decision {
        outcome: outcome(t, proposal.outcome),
        facts: all.into_iter().filter_map(|(label, value)| Some((label, value?))).collect(),
        names: proposal.names.iter().map(|name| (shown(name), name.clone())).collect(),
        reason: proposal.reason.clone(),
        hash: proposal.bundle_hash.clone(),
        shared,
    })
}

/// When a decision is to take effect.
fn effective(t: Tongue, effective: Effective) -> String {
    match effective {
        Effective::NextWorkingDay => {
            t.say("批准后的下一工作日 09:00", "09:00 of the working day after its approval").to_owned()
        }
        Effective::AtOnce => t.say("批准后立即", "with its approval").to_owned(),
        Effective::At { at } => t.moment(at),
    }
}

fn order(t: Tongue, found: &Found, done: &Execution) -> Order {
    let order = &done.order;
    let stored = found.orders.iter().find(|one| one.order == *order);
    let chip = match (done.confirmed_at, done.flagged_at, &done.acknowledged) {
        (Some(_), ..) => ("pass", t.say("✔ 已确认执行", "✔ carried out")),
        (None, Some(_), _) => ("fail", t.say("✘ 逾期未能确认", "✘ not confirmed in time")),
        (None, None, Some(_)) => ("runs", t.say("◔ 已有回执，待检测确认", "◔ acknowledged; our look is awaited")),
        (None, None, None) => ("na", t.say("… 待回执", "… a word is awaited")),
    };
    Order {
        authority: word(t, order.authority.label(), order.authority.name()),
        act: word(t, order.act.label(), order.act.name()),
        names: order.names.iter().map(|name| shown(name)).collect(),
        since: t.moment(done.since),
        chip: (chip.0, chip.1.to_owned()),
        acknowledged: done
            .acknowledged
            .as_ref()
            .map(|word| format!("{} · {} · {}", word.by, word.reference, t.moment(word.at))),
        confirmed: done.confirmed_at.map(|at| t.moment(at)),
        jws: stored.map(|stored| stored.jws.clone()),
    }
}

fn reinstatement(t: Tongue, found: &Found) -> Option<Vec<(&'static str, String)>> {
    let lifted = found.case.case.reinstatement.as_ref()?;
    let all = [
        (t.say("提出人", "Proposed by"), Some(who(t, &lifted.by))),
        (t.say("重新审核文号", "New review"), Some(lifted.review.clone())),
        (t.say("理由", "Reason"), Some(lifted.reason.clone())),
        (t.say("批准人", "Approved by"), lifted.approved_by.as_deref().map(|by| who(t, by))),
        (t.say("恢复时间", "Lifted"), lifted.at.map(|at| t.moment(at))),
    ];
    Some(all.into_iter().filter_map(|(label, value)| Some((label, value?))).collect())
}

fn ends(t: Tongue, found: &Found) -> Vec<(&'static str, String)> {
    let case = &found.case.case;
    let handed = case.handed_over.as_ref().map(|over| format!("{} · {}", over.to, over.receipt));
    let all = [
        (t.say("移送", "Handed over"), handed),
        (t.say("结案理由", "Why it was closed"), case.closed_why.clone()),
        (t.say("结束", "Ended"), found.case.ended_at.map(|at| t.moment(at))),
    ];
    all.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
}
