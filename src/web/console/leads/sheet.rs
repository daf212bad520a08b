//! One lead: both ends of it, what was seen, and what an officer makes of it.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::list::seen;
use super::{kind, told};
use crate::domain::account::AccountRole;
use crate::domain::lead::LeadState;
use crate::domain::personal::Personal;
use crate::domain::seen::Counts;
use crate::flow::leads::read::{self, Sheet as Found};
use crate::flow::people;
use crate::store::sites::StoredSite;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::notices::{shown, unit};
use crate::web::console::record::{Line, lines};
use crate::web::console::words::{lead_chip, who};
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

#[derive(Deserialize)]
pub(in crate::web::console) struct Asked {
    #[serde(default)]
    told: String,
}

/// The registered end.
struct Own {
    unit: String,
    site: String,
    key: String,
    names: String,
    badge: Option<String>,
    looked: String,
    /// Was it looked at since the lead was raised?
    is_looked: bool,
}

/// What somebody of the public wrote.
struct Report {
    number: String,
    at: String,
    badge: Option<String>,
    text: String,
    contact: Option<String>,
}

#[derive(Template)]
#[template(path = "console/leads/sheet.html")]
struct Sheet {
    frame: Frame,
    told: Option<&'static str>,
    id: String,
    host: String,
    ascii: String,
    kind: String,
    chip: (&'static str, String),
    seen: String,
    facts: Vec<(&'static str, String)>,
    own: Option<Own>,
    owners: Vec<(String, String)>,
    days: Vec<(String, i64, i64, i64)>,
    reports: Vec<Report>,
    /// More were counted than are kept.
    more_reports: bool,
    decided: Vec<(&'static str, String)>,
    case: Option<String>,
    may_act: bool,
    history: Vec<Line>,
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let (db, actor, t) = (&console.app.db, officer.actor(), officer.t);
    let (found, days) = read::show(db, actor, &id).await?;
    if found.lead.file.has_contacts() {
        people::viewed(db, actor, Personal::Report, &found.lead.id, console.app.clock.now()).await?;
    }
    let looked_at = read::looked_at(db, &found).await?;
    let acts = read::history(db, actor, &id).await?;
    let day =
        |(day, counts): &(chrono::NaiveDate, Counts)| (t.date(*day), counts.scripts, counts.images, counts.clicks);
    let Found { lead, site } = &found;
    let sheet = Sheet {
        frame: Frame::of(&console, &officer, Section::Leads),
        told: told(t, &asked.told),
        id: lead.id.clone(),
        host: shown(&lead.host),
        ascii: lead.host.clone(),
        kind: kind(t, lead.kind),
        chip: lead_chip(t, lead.state),
        seen: seen(t, lead.kind, lead.seen, lead.days),
        facts: facts(&console, t, &found),
        own: site.as_ref().map(|site| own(t, site, looked_at, lead.first_at)),
        owners: lead.file.owners.iter().map(|owner| (owner.unit.clone(), owner.site.clone())).collect(),
        days: days.iter().map(day).collect(),
        reports: reports(t, &found),
        more_reports: lead.seen > lead.file.reports.len() as i64,
        decided: decided(t, &found),
        case: lead.case_id.clone(),
        may_act: lead.state == LeadState::New && officer.is(AccountRole::Officer),
        history: lines(t, &acts)?,
    };
    Ok(html(StatusCode::OK, &sheet))
}

fn facts(console: &Console, t: Tongue, Found { lead, .. }: &Found) -> Vec<(&'static str, String)> {
    let region = lead.region.as_deref().map(|code| frame::region(console, t, code));
    vec![
        (t.say("首次", "First"), t.moment(lead.first_at)),
        (t.say("最近", "Last"), t.moment(lead.last_at)),
        (t.say("地区", "Region"), region.unwrap_or_else(|| t.say("未知", "unknown").to_owned())),
    ]
}

fn own(t: Tongue, site: &StoredSite, looked_at: Option<DateTime<Utc>>, since: DateTime<Utc>) -> Own {
    let names: Vec<_> = site.site.names().map(|host| host.unicode()).collect();
    let never = || t.say("尚无有效检查", "never looked at fairly").to_owned();
    Own {
        unit: unit(site).to_owned(),
        site: site.site.name.clone(),
        key: site.site.key.clone(),
        names: names.join("、"),
        badge: site.site.badge_code.as_ref().map(ToString::to_string),
        looked: looked_at.map_or_else(never, |at| t.moment(at)),
        is_looked: looked_at.is_some_and(|at| at >= since),
    }
}

fn reports(t: Tongue, Found { lead, .. }: &Found) -> Vec<Report> {
    let report = |report: &crate::domain::lead::Report| Report {
        number: report.number.clone(),
        at: t.moment(report.at),
        badge: report.badge.clone(),
        text: report.text.clone(),
        contact: report.contact.clone(),
    };
    lead.file.reports.iter().rev().map(report).collect()
}

fn decided(t: Tongue, Found { lead, .. }: &Found) -> Vec<(&'static str, String)> {
    let followed = lead.file.followed.as_ref();
    let receipt = followed.and_then(|followed| followed.handed_over.as_ref());
    let all = [
        (t.say("办理人", "By"), lead.decided_by.as_deref().map(|by| who(t, by))),
        (t.say("时间", "When"), lead.decided_at.map(|at| t.moment(at))),
        (t.say("理由", "Reason"), lead.reason.clone()),
        (t.say("实际看到的情况", "What was seen"), followed.map(|followed| followed.seen.clone())),
        (t.say("移送", "Handed over"), receipt.map(|(to, receipt)| format!("{to} · {receipt}"))),
    ];
    all.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
}
