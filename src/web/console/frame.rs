//! What stands around every page: who is logged in, the way to everything else, the language.

use super::enter::Officer;
use super::{Console, assets};
use crate::domain::account::AccountRole;
use crate::web::tongue::Tongue;

/// The parts of the console, in the order of the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Sites,
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
    pub region: String,
    /// For the hidden field of every form.
    pub form_token: String,
    /// Where one is, for the switch of the language to come back to.
    pub at: String,
}

impl Frame {
    pub fn of(console: &Console, officer: &Officer, section: Section) -> Self {
        let (t, actor) = (officer.t, officer.actor());
        let entry = |(of, href, chinese, english): (Section, &'static str, &'static str, &'static str)| Entry {
            href,
            label: t.say(chinese, english),
            is_here: of == section,
        };
        Self {
            t,
            style: &assets::STYLE_LINK,
            script: &assets::SCRIPT_LINK,
            entries: BAR.iter().copied().map(entry).collect(),
            person: officer.entered.person.clone(),
            role: role(t, actor.role),
            region: region(console, t, &actor.region),
            form_token: officer.entered.session.form_token.clone(),
            at: officer.at.clone(),
        }
    }
}

const BAR: &[(Section, &str, &str, &str)] =
    &[(Section::Overview, "/console", "总览", "Overview"), (Section::Sites, "/console/sites", "网站", "Sites")];

/// A role in one word.
pub(super) fn role(t: Tongue, role: AccountRole) -> &'static str {
    match role {
        AccountRole::Viewer => t.say("查看", "viewer"),
        AccountRole::Officer => t.say("经办", "officer"),
        AccountRole::Approver => t.say("审批", "approver"),
        AccountRole::Admin => t.say("管理", "admin"),
    }
}

/// A region by its name; its code where it has none.
pub(super) fn region(console: &Console, t: Tongue, code: &str) -> String {
    if code == "000000" {
        return t.say("全国", "the whole country").to_owned();
    }
    console.regions.of_code(code).map_or_else(|| code.to_owned(), |region| region.name.clone())
}
