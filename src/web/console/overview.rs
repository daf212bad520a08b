//! What an officer sees in the morning: what waits for a hand, how it stands, where it stands worst. Every number leads to the
//! list behind it.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::chart::{Chart, Series};
use super::enter::Officer;
use super::frame::{Frame, Section, region, region_itself};
use super::words::{number, percent};
use super::{Console, Page};
use crate::domain::account::AccountRole;
use crate::domain::case::CaseQueue;
use crate::domain::figures::{Day, Figures, rate};
use crate::domain::notice::NoticeQueue;
use crate::domain::region::digits_of;
use crate::flow::figures::{self, Overview, Waiting};
use crate::flow::sites;
use crate::web::page::html;
use crate::web::tongue::Tongue;

/// Days of the trends.
const SPANS: [u64; 3] = [30, 90, 365];
/// Regions that are shown as the worst.
const WORST: usize = 10;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    days: String,
}

/// Something that waits.
struct Task {
    label: String,
    number: String,
    link: String,
    /// Somebody's limit hangs on it.
    is_urgent: bool,
}

/// A rate with all that it takes to read it.
struct Rate {
    label: &'static str,
    hint: &'static str,
    value: String,
    change: Option<String>,
    part: String,
    part_link: String,
    whole: String,
    whole_link: String,
}

/// Sites of one verdict.
struct Share {
    class: &'static str,
    label: String,
    number: String,
    share: String,
    link: String,
}

struct Trend {
    title: &'static str,
    svg: String,
    names: Vec<(char, String)>,
    rows: Vec<(String, Vec<String>)>,
}

struct Span {
    days: u64,
    is_here: bool,
}

/// A region or a hosting address, and how its sites stand.
struct Place {
    name: String,
    link: String,
    sites: String,
    failed: String,
    share: String,
    undetermined: String,
}

#[derive(Template)]
#[template(path = "console/overview.html")]
struct Sheet {
    frame: Frame,
    t: Tongue,
    place: String,
    tasks: Vec<Task>,
    rates: Vec<Rate>,
    shares: Vec<Share>,
    sites: String,
    spans: Vec<Span>,
    trends: Vec<Trend>,
    regions: Vec<Place>,
    no_region: &'static str,
    platforms: Vec<Place>,
}

pub(super) async fn show(State(console): State<Console>, officer: Officer, Query(asked): Query<Asked>) -> Page {
    let app = &console.app;
    let span = asked.days.parse().ok().filter(|days| SPANS.contains(days)).unwrap_or(SPANS[0]);
    let found = figures::overview(&app.db, officer.actor(), span, app.clock.now()).await?;
    Ok(html(StatusCode::OK, &sheet(&console, &officer, &found, span)))
}

fn sheet(console: &Console, officer: &Officer, found: &Overview, span: u64) -> Sheet {
    let t = officer.t;
    Sheet {
        frame: Frame::of(console, officer, Section::Overview),
        t,
        place: region(console, t, &officer.actor().region),
        tasks: tasks(t, officer, &found.waiting),
        rates: rates(t, found),
        shares: shares(t, &found.now),
        sites: number(found.now.sites),
        spans: SPANS.iter().map(|days| Span { days: *days, is_here: *days == span }).collect(),
        trends: trends(t, found, span),
        regions: worst(console, t, found),
        no_region: match found.now.failed {
            0 => t.say("没有不通过的网站。", "No site fails."),
            _ => t.say("不通过的网站都没有登记地区。", "The sites that fail are registered without a region."),
        },
        platforms: platforms(found),
    }
}

fn tasks(t: Tongue, officer: &Officer, waiting: &Waiting) -> Vec<Task> {
    let notices = |queue: NoticeQueue, english, is_urgent| {
        let link = format!("/console/notices?queue={queue}");
        (waiting.notices(queue), t.say(Tongue::Chinese.half(queue.help()), english).to_owned(), link, is_urgent)
    };
    let cases = |queue: CaseQueue, english, is_urgent| {
        let chinese = format!("案件{}", Tongue::Chinese.half(queue.help()));
        (waiting.cases(queue), t.say(&chinese, english).to_owned(), format!("/console/cases?queue={queue}"), is_urgent)
    };
    // What waits for a second person waits for no officer who cannot be one.
    let second = officer.is(AccountRole::Approver);
    let second = second.then(|| cases(CaseQueue::SecondPerson, "Cases for my decision", true));
    let of_notices = [
        notices(NoticeQueue::Overdue, "Notices overdue", true),
        notices(NoticeQueue::DueSoon, "Notices due within seven days", false),
        notices(NoticeQueue::Approval, "Drafts to review", false),
        notices(NoticeQueue::Objection, "Objections to answer", true),
        notices(NoticeQueue::Undelivered, "Letters not delivered", true),
    ];
    let others = [
        cases(CaseQueue::Open, "Cases open", false),
        (waiting.holds, t.say("暂缓的批量异常", "Mass changes on hold").to_owned(), "/console/holds".to_owned(), true),
        (
            waiting.cannot_look,
            t.say("无法检查的网站", "Sites that cannot be looked at").to_owned(),
            "/console/sites?finding=cannot_look".to_owned(),
            false,
        ),
    ];
    let task = |(count, label, link, is_urgent): (i64, String, String, bool)| Task {
        label,
        number: number(count),
        link,
        is_urgent: is_urgent && count > 0,
    };
    of_notices.into_iter().chain(second).chain(others).map(task).collect()
}

fn rates(t: Tongue, found: &Overview) -> Vec<Rate> {
    let (now, before) = (&found.now, found.before());
    let link = |query: &str| format!("/console/sites?{query}");
    let value = |rate: Option<i64>| rate.map_or_else(|| "—".to_owned(), percent);
    let change = |of: fn(&Figures) -> Option<i64>| change(t, of(now)?, before?, of);
    vec![
        Rate {
            label: t.say("挂标率", "Badges hung"),
            hint: t.say(
                "标识有效的网站中，最近一次有效检查见到标识的",
                "of the sites with a badge in force, those whose badge hung at the last fair look",
            ),
            value: value(now.hung_rate()),
            change: change(Figures::hung_rate),
            part: number(now.hung),
            part_link: link("badge=hung"),
            whole: number(now.issued),
            whole_link: link("badge=issued"),
        },
        Rate {
            label: t.say("域名注册率", "Chinese domains"),
            hint: t.say(
                "登记网站中，有中文域名且未过期的",
                "of all sites, those with a Chinese domain that has not expired",
            ),
            value: value(now.named_rate()),
            change: change(Figures::named_rate),
            part: number(now.named),
            part_link: link("cn=held"),
            whole: number(now.sites),
            whole_link: "/console/sites".to_owned(),
        },
        Rate {
            label: t.say("无法判定", "Undetermined"),
            hint: t.say("既不算通过，也不算不通过", "neither fine nor at fault"),
            value: value(now.undetermined_rate()),
            change: change(Figures::undetermined_rate),
            part: number(now.undetermined),
            part_link: link("verdict=undetermined"),
            whole: number(now.sites),
            whole_link: "/console/sites".to_owned(),
        },
        Rate {
            label: t.say("48 小时内有效检查", "Fairly looked at within 48 hours"),
            hint: t.say("其余网站的判定较旧或尚无判定", "of all others the verdict is older, or there is none"),
            value: value(now.fresh_rate()),
            change: change(Figures::fresh_rate),
            part: number(now.fresh),
            part_link: link("looked=fresh"),
            whole: number(now.sites),
            whole_link: "/console/sites".to_owned(),
        },
    ]
}

/// `较 10月27日 +1.23 个百分点`.
fn change(t: Tongue, now: i64, before: &Day, of: fn(&Figures) -> Option<i64>) -> Option<String> {
    let by = now - of(&before.figures)?;
    let (sign, day) = (if by < 0 { '−' } else { '+' }, t.short(before.day));
    let points = percent(by.abs());
    let points = points.trim_end_matches('%');
    Some(match t {
        Tongue::Chinese => format!("较 {day} {sign}{points} 个百分点"),
        Tongue::English => format!("{sign}{points} points since {day}"),
    })
}

fn shares(t: Tongue, now: &Figures) -> Vec<Share> {
    let all = [
        ("fail", now.failed),
        ("undetermined", now.undetermined),
        ("none", now.unlooked()),
        ("pass", now.passed),
        ("not_applicable", now.not_applicable),
    ];
    let share = |(name, count): (&str, i64)| {
        let chip = super::words::verdict(t, name);
        Share {
            class: chip.class,
            label: chip.text,
            number: number(count),
            share: rate(count, now.sites).map(percent).unwrap_or_default(),
            link: format!("/console/sites?verdict={name}"),
        }
    };
    all.into_iter().map(share).collect()
}

/// A line of a chart: its name, and what it shows of a day.
type Line = (&'static str, fn(&Figures) -> Option<i64>);

fn trends(t: Tongue, found: &Overview, span: u64) -> Vec<Trend> {
    let first = found.today - Days::new(span);
    let rates: &[Line] = &[
        (t.say("挂标率", "badges hung"), Figures::hung_rate),
        (t.say("域名注册率", "Chinese domains"), Figures::named_rate),
        (t.say("无法判定", "undetermined"), Figures::undetermined_rate),
    ];
    let counts: &[Line] = &[
        (t.say("不通过", "fail"), |figures| Some(figures.failed)),
        (t.say("尚未检查", "not looked at"), |figures| Some(figures.unlooked())),
        // The third in both charts: one thing has one stroke.
        (t.say("无法判定", "undetermined"), |figures| Some(figures.undetermined)),
    ];
    vec![
        trend(t, t.say("挂标率与域名注册率", "Rates"), found, first, rates, percent, Some(10_000)),
        trend(t, t.say("需要处理的网站", "Sites that need a hand"), found, first, counts, number, None),
    ]
}

fn trend(
    t: Tongue,
    title: &'static str,
    found: &Overview,
    first: NaiveDate,
    of: &[Line],
    label: fn(i64) -> String,
    top: Option<i64>,
) -> Trend {
    let days = &found.days;
    let points = |of: fn(&Figures) -> Option<i64>| -> Vec<(NaiveDate, i64)> {
        days.iter().filter_map(|day| Some((day.day, of(&day.figures)?))).collect()
    };
    let series: Vec<_> = ('a'..)
        .zip(of)
        .map(|(class, (name, of))| Series { name: (*name).to_owned(), class, points: points(*of) })
        .collect();
    let values = series.iter().flat_map(|series| series.points.iter().map(|(_, value)| *value));
    let top = top.unwrap_or_else(|| Chart::above(values));
    let cell = |of: fn(&Figures) -> Option<i64>, day: &Day| of(&day.figures).map_or_else(|| "—".to_owned(), label);
    let rows = days.iter().rev().map(|day| (t.plain(day.day), of.iter().map(|(_, of)| cell(*of, day)).collect()));
    let (rows, names) = (rows.collect(), series.iter().map(|series| (series.class, series.name.clone())).collect());
    let chart = Chart { title: title.to_owned(), span: (first, found.today), series, top, label };
    Trend { title, svg: chart.svg(), names, rows }
}

/// The regions with the largest share of sites at fault.
fn worst(console: &Console, t: Tongue, found: &Overview) -> Vec<Place> {
    let mut all: Vec<_> = found.regions.iter().filter(|(code, of)| !code.is_empty() && of.failed > 0).collect();
    all.sort_by_key(|(code, of)| (std::cmp::Reverse((rate(of.failed, of.sites), of.failed)), code.clone()));
    // What is counted at a city is not what is counted at its counties.
    let itself = |code: &str| match digits_of(code).len() {
        6 => (region(console, t, code), String::new()),
        _ => (region_itself(console, t, code), sites::OWN.to_owned()),
    };
    let place = |(code, of): &&(String, Figures)| Place {
        name: itself(code).0,
        link: format!("/console/sites?region={code}{}", itself(code).1),
        sites: number(of.sites),
        failed: number(of.failed),
        share: rate(of.failed, of.sites).map(percent).unwrap_or_default(),
        undetermined: number(of.undetermined),
    };
    all.iter().take(WORST).map(place).collect()
}

fn platforms(found: &Overview) -> Vec<Place> {
    let place = |of: &crate::store::figures::Platform| Place {
        name: of.address.clone(),
        link: format!("/console/sites?address={}", of.address.replace(':', "%3A")),
        sites: number(of.sites),
        failed: number(of.failed),
        share: rate(of.failed, of.sites).map(percent).unwrap_or_default(),
        undetermined: number(of.undetermined),
    };
    found.platforms.iter().filter(|of| of.failed + of.undetermined > 0).map(place).collect()
}
