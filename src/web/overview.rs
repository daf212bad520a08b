//! The overview: every watched site with where it stands, those that need a hand first.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use crate::clock::beijing;
use crate::domain::host::Host;
use crate::domain::verdict::{Cause, Verdict};
use crate::shared::Shared;
use crate::store::looks::{self, Listed};
use crate::store::{StoreResult, sites};

/// Sites on one page.
const PAGE: i64 = 200;
/// Up to so many sites all are listed at once, those that need a hand first; beyond, one verdict at a time.
const FEW: i64 = 2_000;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    page: u32,
    verdict: Option<String>,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    chinese: bool,
    total: i64,
    /// One for each verdict, with the number of its sites: a click filters.
    filters: Vec<Filter>,
    rows: Vec<Row>,
    /// The address of the next page, if there is one.
    next: Option<String>,
}

struct Filter {
    name: &'static str,
    class: &'static str,
    label: String,
    sites: i64,
    chosen: bool,
}

struct Row {
    name: String,
    unit: String,
    domain: String,
    ascii: String,
    class: &'static str,
    shape: &'static str,
    verdict: String,
    cause: String,
    looked_at: String,
    coverage: String,
}

pub(super) async fn page(State(app): State<Shared>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    match gather(&app, &asked, !prefers_english(&headers)).await {
        Ok(overview) => match overview.render() {
            Ok(html) => Html(html).into_response(),
            Err(error) => trouble(&error),
        },
        Err(error) => trouble(&error),
    }
}

fn trouble(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "the overview cannot be shown");
    (StatusCode::SERVICE_UNAVAILABLE, "暂时无法读取数据，请稍后再试。 / The data cannot be read just now.\n")
        .into_response()
}

async fn gather(app: &Shared, asked: &Asked, chinese: bool) -> StoreResult<Overview> {
    let mut tx = app.db.read().await?;
    let (total, tally) = (sites::count(&mut tx).await?, looks::tally(&mut tx).await?);
    let asked_for = asked.verdict.as_deref().and_then(Verdict::from_name);
    let chosen = asked_for.or((total > FEW).then_some(Verdict::Fail));
    let skip = i64::from(asked.page) * PAGE;
    let count = |verdict: Verdict| -> i64 {
        tally.iter().filter(|tally| tally.verdict == verdict.name()).map(|tally| tally.sites).sum()
    };
    let (listed, of) = match chosen {
        Some(verdict) => (looks::list_of(&mut tx, verdict.name(), PAGE, skip).await?, count(verdict)),
        None => (looks::list(&mut tx, PAGE, skip).await?, total),
    };
    let filters = [Verdict::Fail, Verdict::Undetermined, Verdict::Pass, Verdict::NotApplicable].map(|verdict| {
        let (class, shape, word) = chip(Some(verdict), chinese);
        let label = format!("{shape} {word}");
        Filter { name: verdict.name(), class, label, sites: count(verdict), chosen: chosen == Some(verdict) }
    });
    let filter = asked_for.map_or(String::new(), |verdict| format!("&verdict={verdict}"));
    let next = (skip + PAGE < of).then(|| format!("/?page={}{filter}", asked.page + 1));
    let rows = listed.iter().map(|site| row(site, chinese)).collect();
    Ok(Overview { chinese, total, filters: filters.into(), rows, next })
}

fn row(site: &Listed, chinese: bool) -> Row {
    let verdict = site.verdict.as_deref().and_then(Verdict::from_name);
    let cause = site
        .cause
        .as_deref()
        .and_then(Cause::from_name)
        .map(|cause| verdict.map_or(cause, |verdict| cause.under(verdict)));
    let host = site.en_domain.as_deref().or(site.cn_domain.as_deref()).unwrap_or_default();
    let folder = site.key.strip_prefix(host).unwrap_or_default();
    let unicode = Host::parse(host).map_or_else(|| host.to_owned(), |host| host.unicode());
    let (class, shape, word) = chip(verdict, chinese);
    Row {
        name: site.name.clone(),
        unit: site.unit_name.clone(),
        domain: format!("{unicode}{folder}"),
        ascii: if unicode == host { String::new() } else { host.to_owned() },
        class,
        shape,
        verdict: word.to_owned(),
        cause: cause.map_or_else(String::new, |cause| half(cause.help(), chinese).to_owned()),
        looked_at: site.looked_at.map_or_else(String::new, |at| beijing(at).format("%Y-%m-%d %H:%M").to_string()),
        coverage: match (site.checked, site.known) {
            (Some(checked), Some(known)) => format!("{checked} / {known}"),
            _ => String::new(),
        },
    }
}

/// A verdict as class, shape and word: never by colour alone.
fn chip(verdict: Option<Verdict>, chinese: bool) -> (&'static str, &'static str, &'static str) {
    let (class, shape, words) = match verdict {
        Some(Verdict::Pass) => ("pass", "✔", ("通过", "pass")),
        Some(Verdict::Fail) => ("fail", "✘", ("不通过", "fail")),
        Some(Verdict::Undetermined) => ("undetermined", "？", ("无法判定", "undetermined")),
        Some(Verdict::NotApplicable) => ("na", "－", ("不适用", "not applicable")),
        None => ("na", "…", ("尚未检查", "not looked at yet")),
    };
    (class, shape, if chinese { words.0 } else { words.1 })
}

/// The Chinese or the English half of a help line.
fn half(help: &str, chinese: bool) -> &str {
    let (before, after) = help.split_once(" · ").unwrap_or((help, help));
    if chinese { before } else { after }
}

/// Chinese first: English only where the browser ranks it above Chinese, or knows no Chinese.
pub(super) fn prefers_english(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let rank = |language: &str| {
        let quality = |entry: &str| {
            let (tag, weight) = entry.split_once(";q=").unwrap_or((entry, "1"));
            tag.trim().to_ascii_lowercase().starts_with(language).then(|| weight.trim().parse::<f32>().unwrap_or(0.0))
        };
        accepted.split(',').filter_map(quality).fold(0.0, f32::max)
    };
    rank("en") > rank("zh")
}
