//! What stands around every page: who is logged in, the way to everything else, the language.

use super::enter::Officer;
use super::{Console, assets};
use crate::domain::account::{AccountRole, Body};
use crate::web::tongue::Tongue;

/// The parts of the console, in the order of the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Sites,
    Notices,
    Cases,
    Leads,
    Registry,
    Circulars,
    Settings,
    /// What concerns oneself: password, second device.
    Oneself,
}

/// One entry of the bar.
pub(super) struct Entry {
    pub href: &'static str,
    pub label: &'static str,
    pub is_here: bool,
}

/// What the frame of a page shows; `templates/console/base.html` reads it as `frame`.
pub(super) struct Frame {
    pub t: Tongue,
    pub style: &'static str,
    pub script: &'static str,
    pub entries: Vec<Entry>,
    /// Who is logged in: person, role, region.
    pub person: String,
    pub role: &'static str,
    pub body: &'static str,
    pub region: String,
    /// Is it a page that concerns oneself?
    pub is_oneself: bool,
    /// For the hidden field of every form.
    pub form_token: String,
    /// Where one is, for the switch of the language to come back to, if one can.
    pub at: Option<String>,
}

impl Frame {
    pub fn of(console: &Console, officer: &Officer, section: Section) -> Self {
        let (t, actor) = (officer.t, officer.actor());
        let entry = |(of, href, chinese, english): (Section, &'static str, &'static str, &'static str)| Entry {
            href,
            label: t.say(chinese, english),
            is_here: of == section,
        };
        let is_theirs = |of: Section| of != Section::Settings || officer.is(AccountRole::Admin);
        Self {
            t,
            style: &assets::STYLE_LINK,
            script: &assets::SCRIPT_LINK,
            entries: BAR.iter().copied().filter(|row| is_theirs(row.0)).map(entry).collect(),
            person: officer.entered.person.clone(),
            role: role(t, actor.role),
            body: body(t, officer.entered.body),
            region: region(console, t, &actor.region),
            is_oneself: section == Section::Oneself,
            form_token: officer.entered.session.form_token.clone(),
            at: officer.at.clone(),
        }
    }
}

const BAR: &[(Section, &str, &str, &str)] = &[
    (Section::Overview, "/console", "总览", "Overview"),
    (Section::Sites, "/console/sites", "网站", "Sites"),
    (Section::Notices, "/console/notices", "通知", "Notices"),
    (Section::Cases, "/console/cases", "案件", "Cases"),
    (Section::Leads, "/console/leads", "线索", "Leads"),
    (Section::Registry, "/console/registry", "登记", "Registry"),
    (Section::Circulars, "/console/circulars", "通报", "Circulars"),
    (Section::Settings, "/console/settings", "设置", "Settings"),
];

/// For whom somebody acts.
pub(super) fn body(t: Tongue, body: Body) -> &'static str {
    match body {
        Body::Office => t.say("编办", "office"),
        Body::Supervisor => t.say("网信办", "supervisor"),
    }
}

/// A role in one word.
pub(super) fn role(t: Tongue, role: AccountRole) -> &'static str {
    match role {
        AccountRole::Viewer => t.say("查看", "viewer"),
        AccountRole::Officer => t.say("经办", "officer"),
        AccountRole::Approver => t.say("审批", "approver"),
        AccountRole::Admin => t.say("管理", "admin"),
    }
}

/// A region itself, without what lies below it.
pub(super) fn region_itself(console: &Console, t: Tongue, code: &str) -> String {
    format!("{}{}", region(console, t, code), t.say("（本级）", " (itself)"))
}

/// A region by its name; its code where it has none.
pub(super) fn region(console: &Console, t: Tongue, code: &str) -> String {
    if code == "000000" {
        return t.say("全国", "the whole country").to_owned();
    }
    console.regions.of_code(code).map_or_else(|| code.to_owned(), |region| region.name.clone())
}
