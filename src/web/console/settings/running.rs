//! By what the watch runs: offices and their terms, the calendar, mail, gateways, the version. They are set in the
//! configuration file; here they are read, without any secret.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{Datelike, NaiveDate};

use crate::clock::day;
use crate::config::MailMode;
use crate::domain::office::{Office, Terms, TermsSince};
use crate::domain::region::is_within;
use crate::flow::calendar;
use crate::store::Db;
use crate::web::console::enter::Officer;
use crate::web::console::frame::{self, Frame, Section};
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
    in_force: Vec<(&'static str, String)>,
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
        in_force: in_force(t, &app.config.offices.terms(Some(region), today)),
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

fn in_force(t: Tongue, terms: &Terms) -> Vec<(&'static str, String)> {
    let days = |days: u32| format!("{days} {}", t.say("个工作日", "working days"));
    let start = if terms.include_start_day { t.say("计入", "counts") } else { t.say("不计入", "does not count") };
    let report = match terms.report_months {
        0 => t.say("未要求", "none is asked for").to_owned(),
        months => format!("{months} {}", t.say("个月", "months")),
    };
    vec![
        (t.say("整改期限", "To mend what a notice tells"), days(terms.rectify_days)),
        (t.say("挂标期限", "To hang the badge"), days(terms.hang_days)),
        (t.say("告知当日", "The day of being told"), start.to_owned()),
        (t.say("定期报告", "Periodic report, every"), report),
        (
            t.say("网站关闭多少日后立案", "Days closed before a case"),
            format!("{} {}", terms.closed_days, t.say("日（自然日）", "calendar days")),
        ),
    ]
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
    let part = |name: &str, value: Option<u32>| value.map(|value| format!("{name} {value}"));
    let parts = [
        part(t.say("整改", "mend"), set.rectify_days),
        part(t.say("挂标", "hang"), set.hang_days),
        part(t.say("报告（月）", "report (months)"), set.report_months),
        part(t.say("关闭（日）", "closed (days)"), set.closed_days),
        part(t.say("停止解析确认（日）", "stop confirmed (days)"), set.confirm_stop_days),
    ];
    let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(t.say("，", ", "));
    format!("{}{}{parts}", from(t, set.since), t.say("：", ": "))
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
