//! What art. 4 demands of a certificate, ready to be written.

use crate::domain::certificate::Certificate;
use crate::domain::click::ClickVerdict;
use crate::domain::host::Host;
use crate::domain::registry::BadgeState;
use crate::web::tongue::Tongue;

/// A certificate in words.
pub(super) struct Card<'c> {
    pub held: &'c Certificate,
    pub names: [Option<Name>; 2],
    /// Name, value and whether the value is Chinese; no value: not on file.
    pub facts: Vec<Fact<'c>>,
    pub numbers: Vec<(&'static str, &'c str)>,
    /// Colour, and shape and word: never by colour alone.
    pub chip: (&'static str, &'static str),
}

impl Card<'_> {
    pub fn is_in_force(&self) -> bool {
        self.held.state == BadgeState::Valid
    }

    pub fn has_chinese_name(&self) -> bool {
        self.names.iter().flatten().any(|name| name.ascii.is_some())
    }
}

/// A badge's state as colour, shape and word.
pub(super) fn chip(t: Tongue, state: BadgeState) -> (&'static str, &'static str) {
    match state {
        BadgeState::Valid => ("pass", t.say("✔ 有效", "✔ valid")),
        BadgeState::Suspended => ("undetermined", t.say("‖ 停用", "‖ suspended")),
        BadgeState::Revoked => ("fail", t.say("✘ 撤销", "✘ revoked")),
    }
}

/// A row.
pub(super) struct Fact<'c> {
    pub name: &'static str,
    pub value: Option<&'c str>,
    pub is_chinese: bool,
}

/// A registered name: as it is read, and as it is written in the DNS.
pub(super) struct Name {
    pub what: &'static str,
    pub unicode: String,
    pub ascii: Option<String>,
    /// Where it leads; nowhere once the badge is not in force: the name may be somebody else's by now.
    pub link: Option<String>,
}

/// The same for a visitor: a sign of all well is for who came from the site itself. On a copy's page it would speak for the copy.
fn told(t: Tongue, state: BadgeState, verdict: ClickVerdict) -> (&'static str, &'static str) {
    match verdict {
        ClickVerdict::Valid | ClickVerdict::ValidElsewhere => {
            ("muted", t.say("只在下列域名有效", "valid at these names only"))
        }
        _ => chip(t, state),
    }
}

/// `verdict`: what the visitor is told.
pub(super) fn card<'c>(t: Tongue, held: &'c Certificate, verdict: ClickVerdict) -> Card<'c> {
    let is_in_force = held.state == BadgeState::Valid;
    let folder = held.url_prefix.as_deref().unwrap_or_default();
    let name = |what, host: &Option<Host>| host.as_ref().map(|host| named(what, host, folder, is_in_force));
    let kind = held.unit_type.map(|kind| t.half(kind.help()));
    let row = |name, value, is_chinese| Fact { name, value, is_chinese };
    let registered = |name, value: Option<&'c str>| row(name, value.filter(|value| !value.is_empty()), true);
    Card {
        held,
        names: [
            name(t.say("英文域名", "English domain"), &held.en_domain),
            name(t.say("中文域名", "Chinese domain"), &held.cn_domain),
        ],
        facts: vec![
            registered(t.say("开办单位", "Unit"), Some(&held.unit_name)),
            row(t.say("单位类型", "Unit type"), kind, t == Tongue::Chinese),
            registered(t.say("单位地址", "Address"), held.address.as_deref()),
            registered(t.say("主要职能", "Functions"), held.functions.as_deref()),
            registered(t.say("发放机关", "Issuing office"), held.issuing_office.as_deref()),
        ],
        numbers: [
            (t.say("标识编号", "Badge number"), held.badge_code.as_ref().map(|code| code.as_str())),
            (t.say("证书编号", "Certificate id"), held.certificate_id.as_ref().map(|id| id.as_str())),
        ]
        .into_iter()
        .filter_map(|(name, number)| Some((name, number?)))
        .collect(),
        chip: told(t, held.state, verdict),
    }
}

fn named(what: &'static str, host: &Host, folder: &str, is_in_force: bool) -> Name {
    let (unicode, ascii) = (host.unicode(), host.ascii());
    Name {
        what,
        ascii: (unicode != ascii).then(|| format!("{ascii}{folder}")),
        unicode: format!("{unicode}{folder}"),
        link: is_in_force.then(|| format!("http://{ascii}{folder}")),
    }
}

/// The first name of a certificate, as it is read.
pub(super) fn first_name(held: &Certificate) -> Option<String> {
    let folder = held.url_prefix.as_deref().unwrap_or_default();
    held.names().next().map(|host| format!("{}{folder}", host.unicode()))
}
