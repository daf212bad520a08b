//! The queue of leads.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::kind;
use crate::domain::lead::{LeadKind, LeadState};
use crate::flow::leads::read::{self, Sheet as Found, Wanted};
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::notices::list::Tab;
use crate::web::console::notices::{shown, unit};
use crate::web::console::words::{lead_chip, word};
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

/// Leads a page.
const PER_PAGE: u32 = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Asked {
    state: String,
    kind: String,
    region: String,
    page: u32,
}

struct Row {
    id: String,
    host: String,
    kind: String,
    chip: (&'static str, String),
    site: Option<(String, String)>,
    owners: String,
    seen: String,
    last: String,
    region: String,
}

#[derive(Template)]
#[template(path = "console/leads/list.html")]
struct Sheet {
    frame: Frame,
    tabs: Vec<Tab>,
    asked: Asked,
    kinds: Vec<(String, String, bool)>,
    rows: Vec<Row>,
    empty: &'static str,
    previous: Option<String>,
    next: Option<String>,
}

impl Asked {
    fn address(&self, state: &str, page: u32) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in [("state", state), ("kind", &self.kind), ("region", self.region.trim())] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if page > 0 {
            query.append_pair("page", &page.to_string());
        }
        format!("/console/leads?{}", query.finish())
    }
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Page {
    let t = officer.t;
    let state = LeadState::from_name(&asked.state).unwrap_or(LeadState::New);
    let of_kind = LeadKind::from_name(&asked.kind);
    let region = Some(asked.region.trim().to_owned()).filter(|region| !region.is_empty());
    let wanted = Wanted { kind: of_kind, state: Some(state), region, page: asked.page, most: PER_PAGE };
    let (found, more) = read::list(&console.app.db, officer.actor(), &wanted).await?;
    let tab = |one: &LeadState| Tab {
        label: word(t, one.label(), one.name()),
        href: asked.address(one.name(), 0),
        many: None,
        is_here: *one == state,
        is_urgent: false,
    };
    let sheet = Sheet {
        frame: Frame::of(&console, &officer, Section::Leads),
        tabs: LeadState::ALL.iter().map(tab).collect(),
        kinds: LeadKind::ALL.iter().map(|one| (one.name().into(), kind(t, *one), Some(*one) == of_kind)).collect(),
        rows: found.iter().map(|found| row(&console, t, found)).collect(),
        empty: match state {
            LeadState::New => t.say(
                "没有待核实的线索。标识在未登记的网站上被多次请求，或公众举报时，会列在这里。",
                "No lead waits. A badge asked for from another host, or a report of the public, appears here.",
            ),
            _ => t.say("这里还没有线索。", "There is none here yet."),
        },
        previous: asked.page.checked_sub(1).map(|page| asked.address(state.name(), page)),
        next: more.then(|| asked.address(state.name(), asked.page.saturating_add(1))),
        asked,
    };
    Ok(html(StatusCode::OK, &sheet))
}

fn row(console: &Console, t: Tongue, Found { lead, site }: &Found) -> Row {
    let owners: Vec<_> = lead.file.owners.iter().map(|owner| owner.unit.as_str()).collect();
    Row {
        id: lead.id.clone(),
        host: shown(&lead.host),
        kind: kind(t, lead.kind),
        chip: lead_chip(t, lead.state),
        site: site.as_ref().map(|site| (unit(site).to_owned(), site.site.name.clone())),
        owners: owners.join("、"),
        seen: seen(t, lead.kind, lead.seen, lead.days),
        last: t.moment(lead.last_at),
        region: lead.region.as_deref().map(|code| frame::region(console, t, code)).unwrap_or_default(),
    }
}

/// `120 次请求 · 3 天`, `2 次举报`.
pub(super) fn seen(t: Tongue, kind: LeadKind, seen: i64, days: i64) -> String {
    match (kind, t) {
        (LeadKind::BadgeElsewhere, Tongue::Chinese) => format!("{seen} 次请求 · {days} 天"),
        (LeadKind::BadgeElsewhere, Tongue::English) => format!("{seen} requests · {days} days"),
        (LeadKind::Report, Tongue::Chinese) => format!("{seen} 次举报"),
        (LeadKind::Report, Tongue::English) => format!("{seen} reports"),
    }
}
