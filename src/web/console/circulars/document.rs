//! The words of a circular: title, sentences and tables as an office writes them (Chinese only, as a letter is).

use chrono::{Datelike, NaiveDate};

use crate::domain::beijing;
use crate::domain::circular::{CircularState, Counts, Share};
use crate::domain::verdict::FindingCode;
use crate::store::circulars::StoredCircular;
use crate::web::tongue::Tongue;

/// Sites that stand in the annex on the page; the spreadsheet has all.
pub(super) const MOST: usize = 500;

/// A row of the table of figures: what, number, of how many, share, change since the last circular.
pub(super) struct Indicator {
    pub name: &'static str,
    pub value: String,
    pub change: String,
}

/// A problem, and whom it was found at.
pub(super) struct Category {
    pub label: &'static str,
    pub sites: usize,
    pub named: String,
}

/// A row of the annex.
pub(super) struct AnnexRow {
    pub number: usize,
    pub unit: String,
    pub site: String,
    pub key: String,
    pub faults: String,
    pub notice: String,
    pub told_on: String,
    pub due_on: String,
    pub stand: &'static str,
}

pub(super) fn title(region: &str) -> String {
    format!("关于{region}网站标识使用情况的通报")
}

pub(super) fn state(t: Tongue, state: CircularState) -> &'static str {
    match state {
        CircularState::Draft => t.say("草稿", "draft"),
        CircularState::Released => t.say("已发布", "released"),
        CircularState::Withdrawn => t.say("已撤回", "withdrawn"),
    }
}

pub(super) fn date(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

fn change(now: Share, before: Option<Share>) -> String {
    match before.and_then(|before| now.since(before)) {
        None => "无上期数据可比".to_owned(),
        Some(0) => "与上期持平".to_owned(),
        Some(points) => {
            let (word, points) = (if points > 0 { "上升" } else { "下降" }, points.abs());
            format!("较上期{word} {}.{:02} 个百分点", points / 100, points % 100)
        }
    }
}

fn share(Share(some, all): Share) -> String {
    match Share(some, all).text() {
        Some(text) => format!("{text}（{some} / {all}）"),
        None => format!("无法计算（{some} / {all}）"),
    }
}

/// The headline rates, each with its denominator and what could not be told.
pub(super) fn indicators(circular: &StoredCircular) -> Vec<Indicator> {
    let counts = circular.figures.counts;
    let of = |name, share_of: fn(&Counts) -> Share| {
        let before = circular.figures.before.map(|(_, before)| share_of(&before));
        Indicator { name, value: share(share_of(&counts)), change: change(share_of(&counts), before) }
    };
    vec![of("挂标率", Counts::hanging), of("未能判定的比例", Counts::untold), of("域名注册率", Counts::naming)]
}

/// The paragraph of totals.
pub(super) fn totals(circular: &StoredCircular) -> String {
    let counts = circular.figures.counts;
    let at = beijing::beijing(circular.made_at);
    format!(
        "截至{} {}，登记网站 {} 个，其中标识有效的 {} 个：最近一次有效检查中见到标识的 {} 个（含加挂不全、位置不当的），检查时\
         未见有效标识的 {} 个（含尚待确认的），因网络、访问限制等原因无法判定的 {} 个，尚未检查的 {} 个，按规定暂不需挂标的 {} 个。",
        date(at.date_naive()),
        at.format("%H:%M"),
        counts.sites,
        counts.issued,
        counts.hung,
        counts.failed,
        counts.undetermined,
        counts.unlooked(),
        counts.not_applicable,
    )
}

/// The paragraph of what became of notices.
pub(super) fn handled(circular: &StoredCircular) -> String {
    let handled = circular.figures.handled;
    let disputed = match handled.disputed {
        0 => String::new(),
        disputed => format!("另有 {disputed} 个网站的通知书存在异议、正在复核，不列入本通报。"),
    };
    format!(
        "本期告知整改 {} 件，完成整改 {} 件；已告知尚未完成整改的网站 {} 个，其中逾期未改的 {} 个，在整改期限内或待复核的 {} 个。{disputed}",
        handled.told,
        handled.rectified,
        handled.overdue + handled.running,
        handled.overdue,
        handled.running,
    )
}

/// The problems with the units that they were confirmed for and told to.
pub(super) fn categories(circular: &StoredCircular) -> Vec<Category> {
    let named = &circular.figures.named;
    let one = |(code, places): (FindingCode, Vec<usize>)| {
        let mut units: Vec<&str> = places.iter().map(|at| named[*at].unit.as_str()).collect();
        units.dedup();
        let more = units.len() > MOST;
        let text = units.into_iter().take(MOST).collect::<Vec<_>>().join("、");
        Category { label: code.label(), sites: places.len(), named: if more { format!("{text}等") } else { text } }
    };
    circular.figures.categories().into_iter().map(one).collect()
}

/// The annex: every site that is named.
pub(super) fn annex(circular: &StoredCircular) -> impl Iterator<Item = AnnexRow> {
    circular.figures.named.iter().zip(1..).map(|(named, number)| AnnexRow {
        number,
        unit: named.unit.clone(),
        site: named.site.clone(),
        key: named.key.clone(),
        faults: named.faults.iter().map(|code| code.label()).collect::<Vec<_>>().join("、"),
        notice: named.number.clone(),
        told_on: date(named.told_on),
        due_on: named.due_on.map(date).unwrap_or_default(),
        stand: if named.is_overdue { "逾期未改" } else { "尚未完成整改" },
    })
}
