//! One site: how it stands and what to do about it first, then everything else that is known.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::timeline::{self, Line};
use crate::domain::account::AccountRole;
use crate::domain::confirm::FindingState;
use crate::domain::letter::Fault;
use crate::domain::registry::{BadgeState, Contact, Hosting};
use crate::flow::sites::{self, Recheck, Sheet as Found};
use crate::store::findings::StoredFinding;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{Frame, Section, region};
use crate::web::console::words::{self as words, Age, Chip, Name};
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;
use crate::web::unit::fault::{Address, Card, evidence};
use crate::web::unit::words as faults;

/// Pages of one finding that are shown.
const PAGES: usize = 20;

#[derive(Deserialize)]
pub(in crate::web::console) struct Asked {
    #[serde(default)]
    told: String,
}

/// A finding that is not over.
struct Finding {
    name: &'static str,
    chip: Chip,
    seen: &'static str,
    remedies: Vec<&'static str>,
    facts: Vec<(&'static str, String)>,
    pages: Vec<Address>,
    pages_in_all: usize,
    evidence: Vec<Card>,
}

/// A notice, a case, a window of maintenance: a line with a link or an act.
struct Item {
    id: String,
    text: String,
    more: String,
    is_over: bool,
}

/// How the re-check stands.
struct Progress {
    text: String,
    chip: Option<Chip>,
    /// Seconds until the page reads itself anew.
    refresh: Option<u32>,
}

#[derive(Template)]
#[template(path = "console/sites/page.html")]
struct Sheet {
    frame: Frame,
    t: Tongue,
    link: String,
    name: String,
    unit: String,
    chip: Chip,
    cause: String,
    looked: Option<Age>,
    coverage: String,
    next_look: Option<String>,
    is_dropped: bool,
    names: Vec<Name>,
    open_address: Option<Address>,
    facts: Vec<(&'static str, String)>,
    numbers: Vec<(&'static str, String)>,
    badge: Vec<(&'static str, String)>,
    people: Vec<(&'static str, String)>,
    findings: Vec<Finding>,
    notices: Vec<Item>,
    cases: Vec<Item>,
    maintenance: Vec<Item>,
    exemption: Option<Item>,
    progress: Option<Progress>,
    lines: Vec<Line>,
    may_act: bool,
    told: Option<&'static str>,
    today: String,
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    let app = &console.app;
    let found = sites::sheet(&app.db, &app.desk, officer.actor(), &key, app.clock.now()).await?;
    Ok(html(StatusCode::OK, &sheet(&console, &officer, &found, &asked.told)))
}

fn sheet(console: &Console, officer: &Officer, found: &Found, told: &str) -> Sheet {
    let (t, site) = (officer.t, &found.site.site);
    let standing = found.standing.as_ref();
    let verdict = standing.map_or("none", |standing| standing.verdict.as_str());
    let folder = site.url_prefix.as_deref().unwrap_or("/");
    let first = site.names().next().map(|host| Address::of(&format!("http://{}{folder}", host.ascii())));
    Sheet {
        frame: Frame::of(console, officer, Section::Sites),
        t,
        link: super::link(&site.key),
        name: site.name.clone(),
        unit: site.unit.name.clone(),
        chip: words::verdict(t, verdict),
        cause: standing.map(|standing| words::cause(t, verdict, &standing.cause)).unwrap_or_default(),
        looked: standing.map(|standing| words::age(t, standing.looked_at, found.now)),
        coverage: standing.map(|standing| format!("{}/{}", standing.checked, standing.known)).unwrap_or_default(),
        next_look: found.next_look.map(|at| t.moment(at)),
        is_dropped: found.site.dropped_at.is_some(),
        names: site.names().map(|host| words::name(host.ascii())).collect(),
        open_address: first,
        facts: facts(console, t, found),
        numbers: numbers(t, found),
        badge: badge(t, found),
        people: people(t, found),
        findings: found.open.iter().map(|(stored, fault)| finding(t, stored, fault)).collect(),
        notices: notices(t, found),
        cases: cases(t, found),
        maintenance: maintenance(t, found),
        exemption: exemption(t, found),
        progress: progress(t, found),
        lines: timeline::lines(t, found),
        may_act: officer.is(AccountRole::Officer) && found.site.dropped_at.is_none(),
        told: said(t, told),
        today: console.app.clock.today().to_string(),
    }
}

fn said(t: Tongue, told: &str) -> Option<&'static str> {
    Some(match told {
        "recheck" => {
            t.say("已申请复检，排在例行检查之前。", "A re-check was asked for; it goes before the daily looks.")
        }
        "maintenance" => t.say(
            "维护公告已登记，未办结通知的期限相应顺延。",
            "Maintenance is on file; the limit of an open notice stands still meanwhile.",
        ),
        "withdrawn" => t.say("维护公告已撤回。", "The announcement was taken back."),
        "exempted" => t.say("已豁免，到期前不起草新的通知。", "Exempted: no new notice is drafted until that day."),
        "unexempted" => t.say("豁免已结束。", "The exemption has ended."),
        "edited" => t.say("已保存，修改记入历史。", "Saved; the edit is on record."),
        "unchanged" => t.say("没有变化。", "Nothing changed."),
        _ => return None,
    })
}

fn facts(console: &Console, t: Tongue, found: &Found) -> Vec<(&'static str, String)> {
    let (site, unit) = (&found.site.site, &found.site.site.unit);
    let hosting = match site.hosting {
        Hosting::Own => t.say("自建", "own"),
        Hosting::RedPage => t.say("网络红页", "red page"),
    };
    let ips: Vec<String> = site.ips.iter().map(ToString::to_string).collect();
    let all = [
        (t.say("开办主体", "Unit"), Some(unit.name.clone())),
        (t.say("主体类型", "Unit type"), unit.kind.map(|kind| words::kind(t, kind.name()).to_owned())),
        (t.say("上级主管单位", "Parent unit"), unit.parent.clone()),
        (t.say("行政区划", "Region"), found.site.region.as_deref().map(|code| region(console, t, code))),
        (t.say("地址", "Address"), unit.address.clone()),
        (t.say("主要职能", "Functions"), unit.functions.clone()),
        (t.say("托管方式", "Hosting"), Some(hosting.to_owned())),
        (t.say("登记的 IP 地址", "Registered addresses"), Some(ips.join("　"))),
        (
            t.say("检查时解析到", "Leads to, when looked at"),
            found.standing.as_ref().and_then(|one| one.address.clone()),
        ),
        (t.say("域名到期日", "Domain expires on"), site.domain_expires_on.map(|day| t.plain(day))),
    ];
    present(all)
}

fn present<const N: usize>(all: [(&'static str, Option<String>); N]) -> Vec<(&'static str, String)> {
    all.into_iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?))).collect()
}

/// What a badge is known by.
fn numbers(t: Tongue, found: &Found) -> Vec<(&'static str, String)> {
    let site = &found.site.site;
    present([
        (t.say("标识代码", "Badge code"), site.badge_code.as_ref().map(ToString::to_string)),
        (t.say("证书编号", "Certificate"), site.certificate_id.as_ref().map(ToString::to_string)),
    ])
}

fn badge(t: Tongue, found: &Found) -> Vec<(&'static str, String)> {
    let site = &found.site.site;
    let state = match site.state {
        BadgeState::Valid => t.say("有效", "valid"),
        BadgeState::Suspended => t.say("停用", "suspended"),
        BadgeState::Revoked => t.say("撤销", "revoked"),
    };
    let since = found.site.decided_at.map(|at| format!("（{}）", t.moment(at))).unwrap_or_default();
    present([
        (t.say("状态", "State"), Some(format!("{state}{since}"))),
        (t.say("发放日期", "Issued on"), site.issued_on.map(|day| t.plain(day))),
        (t.say("发放机构", "Issued by"), site.issuing_office.clone()),
        (t.say("通知日期", "Unit told on"), site.notified_on.map(|day| t.plain(day))),
    ])
}

fn people(t: Tongue, found: &Found) -> Vec<(&'static str, String)> {
    let text = |contact: &Contact| {
        let all = [&contact.name, &contact.email, &contact.phone];
        Some(all.into_iter().flatten().cloned().collect::<Vec<_>>().join("　"))
    };
    let site = &found.site.site;
    present([
        (t.say("联系人", "Responsible person"), text(&site.contact)),
        (t.say("经办人", "Handling person"), text(&site.handler)),
    ])
}

fn finding(t: Tongue, stored: &StoredFinding, fault: &Fault) -> Finding {
    let code = stored.finding.code;
    let (class, word) = match stored.track.state {
        FindingState::Suspected => ("undetermined", t.say("◔ 待确认", "◔ to be confirmed")),
        FindingState::Held => ("undetermined", t.say("‖ 批量异常，暂缓", "‖ held: a mass change")),
        FindingState::Confirmed => ("fail", t.say("✘ 已确认", "✘ confirmed")),
        FindingState::Cleared | FindingState::Dismissed => ("pass", t.say("✔ 已消除", "✔ mended")),
    };
    Finding {
        name: faults::name(t, code),
        chip: Chip { class, text: word.to_owned() },
        seen: faults::seen(t, code),
        remedies: faults::remedies(t, fault),
        facts: vec![
            (t.say("首次发现", "First seen"), t.moment(fault.first_seen)),
            (t.say("最近发现", "Last seen"), t.moment(fault.last_seen)),
            (t.say("连续发现", "Looks in a row"), fault.looks.to_string()),
            (t.say("检测点", "Looked at from"), fault.vantage.clone()),
        ],
        pages: stored.pages.iter().take(PAGES).map(|page| Address::of(page)).collect(),
        pages_in_all: stored.pages.len(),
        evidence: fault.evidence.iter().map(|exhibit| evidence(t, exhibit)).collect(),
    }
}

fn notices(t: Tongue, found: &Found) -> Vec<Item> {
    let item = |stored: &crate::store::notices::StoredNotice| Item {
        id: stored.id.clone(),
        text: stored.number.clone().unwrap_or_else(|| t.say("（未编号）", "(no number yet)").to_owned()),
        more: [
            Some(t.half(stored.notice.state.help()).to_owned()),
            stored.notice.due().map(|due| format!("{} {}", t.say("期限至", "due"), t.plain(due.date))),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · "),
        is_over: stored.ended_at.is_some(),
    };
    found.notices.iter().map(item).collect()
}

fn cases(t: Tongue, found: &Found) -> Vec<Item> {
    let item = |stored: &crate::store::cases::StoredCase| Item {
        id: stored.id.clone(),
        text: stored.number.clone(),
        more: format!("{} · {}", t.half(stored.case.ground.help()), t.half(stored.case.state.help())),
        is_over: stored.ended_at.is_some(),
    };
    found.cases.iter().map(item).collect()
}

fn maintenance(t: Tongue, found: &Found) -> Vec<Item> {
    let item = |window: &crate::store::maintenance::Window| Item {
        id: window.id.clone(),
        text: format!("{} – {}", t.plain(window.from_on), t.plain(window.until_on)),
        more: format!("{} · {}", window.reason, who(&window.noted_by)),
        is_over: false,
    };
    found.maintenance.iter().map(item).collect()
}

fn exemption(t: Tongue, found: &Found) -> Option<Item> {
    let today = crate::clock::day(found.now);
    let holds = found.exemptions.iter().find(|one| one.ended_at.is_none() && one.until_on >= today)?;
    Some(Item {
        id: holds.id.clone(),
        text: format!("{} {}", t.say("豁免至", "exempt until"), t.plain(holds.until_on)),
        more: format!("{} · {}", holds.reason, who(&holds.noted_by)),
        is_over: false,
    })
}

fn who(actor: &str) -> &str {
    actor.strip_prefix("account:").unwrap_or(actor)
}

fn progress(t: Tongue, found: &Found) -> Option<Progress> {
    let patient = |asked_at| if found.now - asked_at > chrono::TimeDelta::minutes(2) { 30 } else { 5 };
    Some(match &found.recheck {
        Recheck::None => return None,
        Recheck::Queued { asked_at } => Progress {
            text: format!("{} · {}", t.say("复检已排队", "Re-check: queued"), t.moment(*asked_at)),
            chip: None,
            refresh: Some(patient(*asked_at)),
        },
        Recheck::Running { asked_at } => Progress {
            text: format!("{} · {}", t.say("正在复检", "Re-check: looking now"), t.moment(*asked_at)),
            chip: None,
            refresh: Some(patient(*asked_at)),
        },
        Recheck::Done { ended_at, verdict, cause, .. } => Progress {
            text: format!(
                "{} · {} {}",
                t.say("最近一次复检", "Last re-check"),
                t.moment(*ended_at),
                if verdict == "pass" { String::new() } else { words::cause(t, verdict, cause) }
            ),
            chip: Some(words::verdict(t, verdict)),
            refresh: None,
        },
    })
}
