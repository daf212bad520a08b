//! By what the watch runs: offices and their terms, the calendar, mail, gateways, the version. They are set in the
//! configuration file; here they are read, without any secret.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{Datelike, NaiveDate};

use crate::clock::day;
use crate::config::{Config, MailMode};
use crate::domain::basis::MEASURES;
use crate::domain::confirm::Rule;
use crate::domain::limits::{InForce, LimitKind};
use crate::domain::office::{Office, TermsSince};
use crate::domain::region::is_within;
use crate::domain::verdict::FindingCode;
use crate::flow::calendar;
use crate::store::Db;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
use crate::web::console::words::percent;
use crate::web::console::{Console, Page};
use crate::web::page::html;
use crate::web::tongue::Tongue;

/// An office, as it is set.
struct Line {
    region: String,
    name: String,
    contact: String,
    supervisor: String,
    approval: String,
    terms: Vec<String>,
}

/// A limit, as it holds today.
struct LimitLine {
    name: &'static str,
    /// In the configuration.
    key: &'static str,
    value: String,
    since: String,
    by: String,
    basis: String,
    next: Option<String>,
}

struct Gateway {
    name: String,
    url: String,
    region: String,
}

#[derive(Template)]
#[template(path = "console/settings/running.html")]
struct Sheet {
    frame: Frame,
    region: String,
    measures: &'static str,
    limits: Vec<LimitLine>,
    rules: Vec<(&'static str, String, &'static str)>,
    offices: Vec<Line>,
    years: Vec<(i32, &'static str)>,
    /// The next year, where it has no official calendar.
    unknown: Option<i32>,
    mail: (&'static str, &'static str),
    gateways: Vec<Gateway>,
    about: Vec<(&'static str, String)>,
}

pub(in crate::web::console) async fn show(State(console): State<Console>, officer: Officer) -> Page {
    let (app, t) = (&console.app, officer.t);
    let (region, today) = (&officer.actor().region, day(app.clock.now()));
    let known = calendar::known_years(&mut app.db.read().await?).await?;
    let next = today.year() + 1;
    let source =
        |imported| if imported { t.say("已导入", "imported") } else { t.say("随程序提供", "ships with it") };
    let concerns = |area: &str| is_within(area, region) || is_within(region, area);
    let offices = app.config.offices.0.iter().filter(|(area, _)| concerns(area));
    let gateways = app.config.mail.webhooks.iter().filter(|(_, hook)| concerns(&hook.region));
    let sheet = Sheet {
        frame: Frame::of(&console, &officer, Section::Settings),
        region: frame::region(&console, t, region),
        measures: MEASURES,
        limits: LimitKind::ALL
            .iter()
            .map(|kind| limit(&console, t, app.config.offices.in_force(*kind, Some(region), today)))
            .collect(),
        rules: rules(t, &app.config),
        offices: offices.map(|(area, office)| line(t, frame::region(&console, t, area), office)).collect(),
        years: known.iter().rev().map(|year| (year.year, source(year.imported))).collect(),
        unknown: (!known.iter().any(|year| year.year == next)).then_some(next),
        mail: mail(t, app.config.mail.mode),
        gateways: gateways
            .map(|(name, hook)| Gateway {
                name: name.clone(),
                url: without_query(&hook.url),
                region: frame::region(&console, t, &hook.region),
            })
            .collect(),
        about: about(t, &app.db),
    };
    Ok(html(StatusCode::OK, &sheet))
}

/// Gateways carry their keys in the query as a rule.
fn without_query(url: &str) -> String {
    url::Url::parse(url)
        .ok()
        .and_then(|url| Some(format!("{}://{}", url.scheme(), url.host_str()?)))
        .unwrap_or_default()
}

/// A limit of the region: its value today, since when and by whom it is set, on what it stands, and what comes.
fn limit(console: &Console, t: Tongue, limit: InForce) -> LimitLine {
    let InForce { kind, value, set, next } = limit;
    let (since, by) = match set {
        Some((since, area)) => (from(t, since), frame::region(console, t, &area)),
        None => (t.say("未另行设定，默认", "not set: the default").to_owned(), String::new()),
    };
    LimitLine {
        name: t.half(kind.help()),
        key: kind.name(),
        value: in_words(t, kind, value),
        since,
        by,
        basis: kind.basis(),
        next: next.map(|(day, value)| format!("{}{}{}", from(t, day), t.say("：", ": "), in_words(t, kind, value))),
    }
}

fn in_words(t: Tongue, kind: LimitKind, value: u32) -> String {
    let unit = match kind {
        LimitKind::Rectify | LimitKind::Hang => t.say("个工作日", "working days"),
        LimitKind::Closed | LimitKind::ConfirmStop => t.say("日（自然日）", "calendar days"),
        LimitKind::Report if value == 0 => return t.say("未要求", "none is asked for").to_owned(),
        LimitKind::Report => t.say("个月", "months"),
        LimitKind::StartDay if value == 0 => return t.say("不计入", "does not count").to_owned(),
        LimitKind::StartDay => return t.say("计入", "counts").to_owned(),
    };
    format!("{value} {unit}")
}

/// Rules without an effective date: what the configuration says holds since this process began.
fn rules(t: Tongue, config: &Config) -> Vec<(&'static str, String, &'static str)> {
    let confirmed = |rule: &Rule| match t {
        Tongue::Chinese => {
            format!("连续 {} 次、首末相隔不少于 {} 小时；{} 次正常即消除", rule.looks, rule.hours, rule.clean)
        }
        Tongue::English => {
            format!("{} looks over {} hours; cleared by {} clean ones", rule.looks, rule.hours, rule.clean)
        }
    };
    let name = |code: &str| FindingCode::from_name(code).map_or(code.to_owned(), |code| t.half(code.help()).to_owned());
    let own = config.confirm.codes.iter().map(|(code, rule)| format!("{}: {}", name(code), confirmed(rule)));
    let (mass, mail) = (&config.mass, &config.mail);
    let share = percent((mass.share * 10_000.0).round() as i64);
    let held = match t {
        Tongue::Chinese => format!("{} 小时内，同组网站的 {share} 且不少于 {} 个", mass.hours, mass.least),
        Tongue::English => format!("within {} hours {share} of a group, and {} at least", mass.hours, mass.least),
    };
    vec![
        (t.say("问题经几次检查确认", "A finding is confirmed by"), confirmed(&config.confirm.rule), "confirm.rule"),
        (t.say("另有规定的问题", "Of their own"), own.collect::<Vec<_>>().join("; "), "confirm.codes"),
        (t.say("批量异常暂缓", "A mass change is held"), held, "mass"),
        (
            t.say("发信时间（北京时间）", "Letters go (Beijing time)"),
            format!("{}:00–{}:00", mail.from_hour, mail.until_hour),
            "mail.from_hour, mail.until_hour",
        ),
    ]
    .into_iter()
    .filter(|(_, value, _)| !value.is_empty())
    .collect()
}

fn line(t: Tongue, region: String, office: &Office) -> Line {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let contact = [text(&office.contact), text(&office.phone), text(&office.email)];
    let contact = contact.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    Line {
        region,
        name: text(&office.name),
        contact,
        supervisor: text(&office.supervisor),
        approval: office.approval.map(|approval| t.half(approval.help()).to_owned()).unwrap_or_default(),
        terms: office.terms.iter().map(|set| since(t, set)).collect(),
    }
}

fn since(t: Tongue, set: &TermsSince) -> String {
    let part = |kind: &LimitKind| {
        let value = in_words(t, *kind, kind.set(set)?);
        Some(format!("{} {value}", t.half(kind.help())))
    };
    let parts: Vec<_> = LimitKind::ALL.iter().filter_map(part).collect();
    format!("{}{}{}", from(t, set.since), t.say("：", ": "), parts.join(t.say("，", ", ")))
}

fn from(t: Tongue, day: NaiveDate) -> String {
    match t {
        Tongue::Chinese => format!("{}起", t.plain(day)),
        Tongue::English => format!("since {}", t.plain(day)),
    }
}

fn mail(t: Tongue, mode: MailMode) -> (&'static str, &'static str) {
    let told = match mode {
        MailMode::DryRun => {
            t.say("不发信：通知书停在待发出，期限不开始。", "Nothing is sent; notices wait, and no limit begins.")
        }
        MailMode::ToOurselves => t.say(
            "试运行：所有信件只发给本机关，期限不开始。",
            "A trial: everything goes to ourselves, and no limit begins.",
        ),
        MailMode::Live => {
            t.say("正式发信：信件发给开办主体，期限自告知之日起算。", "Letters go to the units, and limits begin.")
        }
    };
    (mode.name(), told)
}

fn about(t: Tongue, db: &Db) -> Vec<(&'static str, String)> {
    let kind = match db {
        Db::Sqlite { .. } => "SQLite",
        Db::Postgres(_) => "PostgreSQL",
    };
    vec![
        (t.say("版本", "Version"), env!("CARGO_PKG_VERSION").to_owned()),
        (t.say("数据库", "Database"), kind.to_owned()),
    ]
}
