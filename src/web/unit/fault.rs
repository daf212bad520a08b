//! One fault as the page shows it: what was seen, on what it stands, what to do.

use super::words;
use crate::domain::address::is_web;
use crate::domain::basis::{MEASURES, articles, cite};
use crate::domain::hidden::spelled;
use crate::domain::letter::{Exhibit, SHOWN_PAGES};
use crate::domain::verdict::FindingCode;
use crate::flow::notices::unit_view::{Told, UnitView};
use crate::web::tongue::Tongue;

/// Characters of an excerpt that are shown.
const EXCERPT_CHARS: usize = 2_000;

/// A fault, ready to be written.
pub(in crate::web) struct FaultCard {
    pub name: &'static str,
    /// Class and words.
    pub chip: (&'static str, String),
    pub seen: &'static str,
    pub remedies: Vec<&'static str>,
    pub basis: String,
    pub is_supplement: bool,
    /// Its own due date, where it is not the one above.
    pub due: Option<String>,
    pub facts: Vec<(&'static str, String)>,
    pub pages: Vec<Address>,
    pub pages_in_all: usize,
    pub has_more: bool,
    pub evidence: Vec<Card>,
}

/// An address of the watched site, or of somebody who took its place: a link only where it is one of the web.
pub(in crate::web) struct Address {
    pub text: String,
    pub is_link: bool,
}

impl Address {
    pub fn of(text: &str) -> Self {
        let is_link = url::Url::parse(text).is_ok_and(|url| is_web(&url));
        Self { text: text.to_owned(), is_link }
    }
}

/// A piece of evidence.
pub(in crate::web) struct Card {
    pub address: Address,
    pub at: String,
    pub stamp: String,
    pub answer: String,
    pub excerpt: Option<String>,
    pub is_cut: bool,
    pub sha256: String,
}

pub(super) fn cards(t: Tongue, view: &UnitView) -> Vec<FaultCard> {
    view.faults.iter().map(|told| card(t, view, told)).collect()
}

fn card(t: Tongue, view: &UnitView, told: &Told) -> FaultCard {
    let own_due = told.due.as_ref().filter(|_| told.cleared_at.is_none() && !view.notice.state.is_over());
    let own_due = own_due.filter(|own| view.due.as_ref().is_some_and(|due| due.date != own.date));
    of(t, told, own_due.map(|due| t.date(due.date)))
}

/// A fault with the due date that is to stand on it.
pub(in crate::web) fn of(t: Tongue, told: &Told, due: Option<String>) -> FaultCard {
    let code = told.fault.code;
    FaultCard {
        name: words::name(t, code),
        chip: chip(t, told),
        seen: words::seen(t, code),
        remedies: words::remedies(t, &told.fault),
        basis: format!("{MEASURES}{}", cite(articles(code))),
        is_supplement: told.supplement,
        due,
        facts: facts(t, told),
        pages: told.pages.iter().take(SHOWN_PAGES).map(|page| Address::of(page)).collect(),
        pages_in_all: told.pages.len(),
        has_more: told.pages.len() > SHOWN_PAGES,
        evidence: told.fault.evidence.iter().map(|exhibit| evidence(t, exhibit)).collect(),
    }
}

fn chip(t: Tongue, told: &Told) -> (&'static str, String) {
    match (told.cleared_at, told.state.is_over(), told.clean) {
        (Some(at), ..) => ("pass", format!("✔ {} {}", t.say("已消除", "mended"), t.moment(at))),
        (None, true, _) => ("pass", t.say("✔ 已消除", "✔ mended").to_owned()),
        (None, false, 0) => ("fail", t.say("✘ 尚未消除", "✘ not mended").to_owned()),
        (None, false, clean) => {
            let takes = told.rule().clean;
            let text = match t {
                Tongue::Chinese => format!("◑ 已连续 {clean} 次检查未再发现，需连续 {takes} 次"),
                Tongue::English => format!("◑ not found by {clean} of the {takes} looks it takes"),
            };
            ("undetermined", text)
        }
    }
}

fn facts(t: Tongue, told: &Told) -> Vec<(&'static str, String)> {
    let (fault, rule) = (&told.fault, told.rule());
    // Nobody looked at a page for it.
    if fault.code == FindingCode::ReportOverdue {
        let by = t.say("定期报告登记", "the office's record of reports");
        return vec![
            (t.say("最近核对", "Last compared"), t.moment(fault.last_seen)),
            (t.say("核对依据", "By"), by.to_owned()),
        ];
    }
    let looks = match t {
        Tongue::Chinese => format!("{} 次", fault.looks),
        Tongue::English => fault.looks.to_string(),
    };
    let by = match t {
        Tongue::Chinese => format!("连续 {} 次、首末相隔不少于 {} 小时的检查均发现", rule.looks, rule.hours),
        Tongue::English => format!("found by {} looks in a row, over {} hours at least", rule.looks, rule.hours),
    };
    vec![
        (t.say("首次发现", "First seen"), t.moment(fault.first_seen)),
        (t.say("最近发现", "Last seen"), t.moment(fault.last_seen)),
        (t.say("连续发现", "Looks in a row"), looks),
        (t.say("检测点", "Looked at from"), fault.vantage.clone()),
        (t.say("确认规则", "Confirmed by"), by),
    ]
}

pub(in crate::web) fn evidence(t: Tongue, exhibit: &Exhibit) -> Card {
    let cut = |text: &str| text.chars().take(EXCERPT_CHARS).collect::<String>();
    let excerpt = exhibit.excerpt.as_deref().filter(|text| !text.trim().is_empty());
    Card {
        address: Address::of(&exhibit.address),
        at: t.moment(exhibit.at),
        stamp: exhibit.at.to_rfc3339(),
        answer: exhibit.answer.clone(),
        excerpt: excerpt.map(cut).map(|text| spelled(&text)),
        is_cut: excerpt.is_some_and(|text| text.chars().nth(EXCERPT_CHARS).is_some()),
        sha256: exhibit.sha256.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_become_links() {
        for text in ["http://slj.yunxi.gov.cn/a?b=1", "https://云溪.政务/"] {
            assert!(Address::of(text).is_link, "{text}");
        }
        for text in
            ["javascript:alert(1)", " data:text/html,x", "slj.yunxi.gov.cn", "//a.test/", "file:///etc/passwd", ""]
        {
            assert!(!Address::of(text).is_link, "{text}");
        }
    }
}
