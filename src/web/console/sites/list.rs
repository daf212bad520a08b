//! The list of sites: what needs a hand first, by whatever is asked.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;

use super::query::{Asked, link, written};
use crate::domain::account::AccountRole;
use crate::domain::region::digits_of;
use crate::domain::verdict::{FindingCode, Reason, Verdict};
use crate::flow::filters;
use crate::flow::sites::{self, Counted, List, Wanted};
use crate::store::filters::Saved;
use crate::store::site_rows::{Freshness, Hanging, Named, SiteRow, Sort};
use crate::web::console::enter::Officer;
use crate::web::console::frame::{Frame, Section, region, region_itself};
use crate::web::console::words::{self as words, Age, Chip};
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

/// A choice of a field.
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

struct Row {
    link: String,
    key: String,
    name: String,
    unit: String,
    en: Option<String>,
    cn: Option<String>,
    cn_note: Option<&'static str>,
    region: String,
    chip: Chip,
    cause: String,
    code: Option<String>,
    pages: String,
    looked: Option<Age>,
}

/// A filter under a name, and whether it is the one that is shown.
struct Kept {
    name: String,
    link: String,
    is_here: bool,
    is_own: bool,
}

/// What can be chosen.
struct Fields {
    regions: Vec<Choice>,
    kinds: Vec<Choice>,
    verdicts: Vec<Choice>,
    findings: Vec<Choice>,
    causes: Vec<Choice>,
    names: Vec<Choice>,
    badges: Vec<Choice>,
    ages: Vec<Choice>,
    sorts: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "console/sites/list.html")]
struct Sheet {
    frame: Frame,
    t: Tongue,
    wanted: Wanted,
    fields: Fields,
    saved: Vec<Kept>,
    query: String,
    is_asked: bool,
    has_more_asked: bool,
    count: String,
    is_capped: bool,
    rows: Vec<Row>,
    page: u32,
    pages: u32,
    previous: Option<String>,
    next: Option<String>,
    told: Option<String>,
    may_act: bool,
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Page {
    let (app, wanted) = (&console.app, asked.wanted());
    let listed = sites::list(&app.db, officer.actor(), &wanted, app.clock.now()).await?;
    let saved = filters::of(&app.db, officer.actor()).await?;
    Ok(html(StatusCode::OK, &sheet(&console, &officer, &asked, wanted, listed, saved)))
}

fn sheet(
    console: &Console,
    officer: &Officer,
    asked: &Asked,
    wanted: Wanted,
    listed: List,
    saved: Vec<Saved>,
) -> Sheet {
    let (t, query) = (officer.t, written(&wanted));
    let page = wanted.page.min(listed.pages.saturating_sub(1));
    let (count, is_capped) = match listed.counted {
        Counted::Exactly(count) => (words::number(count), false),
        Counted::MoreThan(count) => (format!("{}{}", t.say("超过 ", "more than "), words::number(count)), true),
    };
    Sheet {
        frame: Frame::of(console, officer, Section::Sites),
        t,
        fields: fields(console, t, &officer.actor().region, &wanted),
        saved: named(t, &query, saved),
        is_asked: !query.is_empty(),
        has_more_asked: has_more_asked(&wanted),
        count,
        is_capped,
        rows: listed.rows.iter().map(|row| self::row(console, t, row)).collect(),
        page: page + 1,
        pages: listed.pages,
        previous: (page > 0).then(|| link(&query, page - 1)),
        next: (page + 1 < listed.pages).then(|| link(&query, page + 1)),
        told: told(t, asked),
        may_act: officer.is(AccountRole::Officer),
        query,
        wanted,
    }
}

/// Is something asked that the folded part of the form holds?
fn has_more_asked(wanted: &Wanted) -> bool {
    let texts = [&wanted.kind, &wanted.cause, &wanted.code, &wanted.domain, &wanted.address];
    texts.iter().any(|text| !text.is_empty())
        || wanted.named.is_some()
        || wanted.hanging.is_some()
        || wanted.freshness.is_some()
}

fn fields(console: &Console, t: Tongue, own: &str, wanted: &Wanted) -> Fields {
    macro_rules! set {
        ($set:ident, $chosen:expr) => {
            choices($set::ALL.iter().map(|one| (one.name(), t.half(one.help()))), $chosen.map_or("", $set::name))
        };
    }
    let kinds = ["organ", "institution", "society"].map(|kind| (kind, words::kind(t, kind)));
    let findings = FindingCode::ALL.iter().map(|code| (code.name(), t.half(code.help())));
    Fields {
        regions: regions(console, t, own, &wanted.region),
        kinds: choices(kinds, &wanted.kind),
        verdicts: verdicts(t, &wanted.verdict),
        findings: choices(findings, &wanted.finding),
        causes: causes(t, &wanted.cause),
        names: set!(Named, wanted.named),
        badges: set!(Hanging, wanted.hanging),
        ages: set!(Freshness, wanted.freshness),
        sorts: set!(Sort, wanted.sort),
    }
}

fn told(t: Tongue, asked: &Asked) -> Option<String> {
    let number = asked.number.parse::<u32>().unwrap_or_default();
    Some(match asked.told.as_str() {
        "recheck" => match t {
            Tongue::Chinese => format!("已申请复检 {number} 个网站，排在例行检查之前。"),
            Tongue::English => format!("Re-checks of {number} sites were asked for; they go before the daily looks."),
        },
        "kept" => t.say("筛选已保存。", "The filter is kept.").to_owned(),
        "dropped" => t.say("筛选已删除。", "The filter is gone.").to_owned(),
        "unnamed" => {
            t.say("没有保存：请填写不超过 40 字的名称。", "Not kept: give it a name of at most 40 letters.").to_owned()
        }
        "full" => t.say("没有保存：最多保存 50 个筛选。", "Not kept: 50 filters are the most.").to_owned(),
        _ => return None,
    })
}

fn choices<'c>(all: impl IntoIterator<Item = (&'c str, &'c str)>, chosen: &str) -> Vec<Choice> {
    let choice = |(value, label): (&str, &str)| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        is_chosen: value == chosen,
    };
    all.into_iter().map(choice).collect()
}

fn verdicts(t: Tongue, chosen: &str) -> Vec<Choice> {
    let names = Verdict::ALL.iter().map(|verdict| verdict.name()).chain(["none"]);
    let all: Vec<_> = names.map(|name| (name, words::verdict(t, name).text)).collect();
    choices(all.iter().map(|(name, text)| (*name, text.as_str())), chosen)
}

/// Findings first; one name (`blocked`) is both a finding's and a reason's.
fn causes(t: Tongue, chosen: &str) -> Vec<Choice> {
    let findings = FindingCode::ALL.iter().map(|code| (code.name(), t.half(code.help())));
    let reasons = Reason::ALL.iter().filter(|reason| FindingCode::from_name(reason.name()).is_none());
    choices(findings.chain(reasons.map(|reason| (reason.name(), t.half(reason.help())))), chosen)
}

/// Regions below one's own, two levels of them.
fn regions(console: &Console, t: Tongue, own: &str, chosen: &str) -> Vec<Choice> {
    let digits = digits_of(own);
    let deepest = digits.len() + 4;
    let is_near = |code: &str| code.starts_with(digits) && code != own && digits_of(code).len() <= deepest;
    let below = console.regions.all().filter(|below| is_near(&below.code) || below.code == chosen);
    let label = |code: &str| match digits_of(code).len().saturating_sub(digits.len()) {
        0..=2 => region(console, t, code),
        _ => format!("　{}", region(console, t, code)),
    };
    let below =
        below.map(|one| Choice { value: one.code.clone(), label: label(&one.code), is_chosen: one.code == chosen });
    let alone = chosen.strip_suffix(sites::OWN).map(|code| Choice {
        value: chosen.to_owned(),
        label: region_itself(console, t, code),
        is_chosen: true,
    });
    alone.into_iter().chain(below).collect()
}

fn named(t: Tongue, query: &str, saved: Vec<Saved>) -> Vec<Kept> {
    let own =
        |of: &str, name: &str, is_own| Kept { name: name.to_owned(), link: link(of, 0), is_here: of == query, is_own };
    let built_in = [
        own("cn=expired", t.say("中文域名已过期", "Chinese domain expired"), false),
        own("cn=none", t.say("未注册中文域名", "no Chinese domain"), false),
    ];
    built_in.into_iter().chain(saved.iter().map(|saved| own(&saved.query, &saved.name, true))).collect()
}

fn row(console: &Console, t: Tongue, row: &SiteRow) -> Row {
    let app = &console.app;
    let today = app.clock.today();
    let expired = row.cn_domain.is_some() && row.domain_expires_on.is_some_and(|day| day < today);
    Row {
        link: super::link(&row.key),
        key: row.key.clone(),
        name: row.name.clone(),
        unit: row.unit_name.clone(),
        en: row.en_domain.as_deref().map(words::readable),
        cn: row.cn_domain.as_deref().map(words::readable),
        cn_note: expired.then(|| t.say("已过期", "expired")),
        region: if row.area.is_empty() { String::new() } else { region(console, t, &row.area) },
        chip: words::verdict(t, &row.verdict),
        cause: if row.verdict == "pass" { String::new() } else { words::cause(t, &row.verdict, &row.cause) },
        code: row.badge_code.clone(),
        pages: if row.known > 0 { format!("{}/{}", row.checked, row.known) } else { String::new() },
        looked: row.looked_at.map(|at| words::age(t, at, app.clock.now())),
    }
}
