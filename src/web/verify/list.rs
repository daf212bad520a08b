//! The public list (公示).

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chrono::{Datelike, NaiveDate};

use super::places::{EVERYWHERE, Place, above, below, link};
use super::search::Row;
use super::{Front, PATIENCE, html, style, trouble};
use crate::domain::host::Host;
use crate::domain::region::Region;
use crate::store::listed::{self, Listed, Mark};
use crate::store::{Db, StoreResult};
use crate::web::tongue::Tongue;

/// Sites on a page.
const A_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "verify/list.html")]
struct Page<'a> {
    t: Tongue,
    sheet: &'static str,
    here: Option<&'a Region>,
    trail: Vec<Place<'a>>,
    below: Vec<Place<'a>>,
    rows: Vec<Row>,
    is_first: bool,
    first: String,
    next: Option<String>,
    table: String,
}

/// What is asked for: a region, and where to go on.
pub(super) struct Asked {
    pub region: String,
    after: Option<Mark>,
}

impl Asked {
    /// `None`: a region there is not.
    pub fn read(front: &Front, uri: &Uri) -> Option<Self> {
        let query = uri.query().unwrap_or_default();
        let said = |name| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let region = said("region").filter(|text| !text.is_empty()).unwrap_or_else(|| EVERYWHERE.to_owned());
        let is_known = region == EVERYWHERE || front.0.regions.of_code(&region).is_some();
        is_known.then(|| Self { region, after: said("after").as_deref().and_then(mark) })
    }
}

/// `2025-03-03.ID`; `.ID` behind a site whose day of issue is not on file. A day has a year that the engines can write.
fn mark(text: &str) -> Option<Mark> {
    let (day, id) = text.split_once('.')?;
    let is_sane = |day: &NaiveDate| (1..=9999).contains(&day.year());
    let read = || NaiveDate::parse_from_str(day, "%Y-%m-%d").ok().filter(is_sane);
    let issued_on = if day.is_empty() { None } else { Some(read()?) };
    let is_id = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| Mark { issued_on, id: id.to_owned() })
}

fn written(mark: &Mark) -> String {
    format!("{}.{}", mark.issued_on.map(|day| day.to_string()).unwrap_or_default(), mark.id)
}

/// A page of a region's list; an error, too, where the database does not answer in time.
pub(super) async fn read(db: &Db, region: &str, after: Option<&Mark>, most: usize) -> Result<Vec<Listed>, String> {
    let page = async {
        let listed: StoreResult<_> = listed::page(&mut db.read().await?, region, after, most as i64).await;
        listed
    };
    match tokio::time::timeout(PATIENCE, page).await {
        Ok(page) => page.map_err(|error| error.to_string()),
        Err(_) => Err("the database does not answer in time".to_owned()),
    }
}

pub(super) async fn show(State(front): State<Front>, uri: Uri, headers: HeaderMap) -> Response {
    let t = Tongue::asked(&headers);
    let Some(asked) = Asked::read(&front, &uri) else { return trouble::nothing_here(t) };
    match read(&front.app().db, &asked.region, asked.after.as_ref(), A_PAGE + 1).await {
        Ok(listed) => html(StatusCode::OK, &page(&front, t, &asked, listed)),
        Err(error) => trouble::no_list(t, &error),
    }
}

fn page<'a>(front: &'a Front, t: Tongue, asked: &Asked, mut listed: Vec<Listed>) -> Page<'a> {
    let (regions, code) = (&front.0.regions, asked.region.as_str());
    let has_more = listed.len() > A_PAGE;
    listed.truncate(A_PAGE);
    let last = listed.last().filter(|_| has_more).map(Listed::mark);
    let region = if code == EVERYWHERE { String::new() } else { format!("region={code}&") };
    Page {
        t,
        sheet: &style::LINK,
        here: regions.of_code(code),
        trail: above(regions, code, t.say("全国", "All regions")),
        below: below(regions, code),
        rows: listed.iter().map(|site| row(t, site)).collect(),
        is_first: asked.after.is_none(),
        first: link(code),
        next: last.map(|last| format!("/list?{region}after={}", written(&last))),
        table: link(code).replacen("/list", "/list.csv", 1),
    }
}

/// A registered name as it is read.
pub(super) fn readable(name: &str) -> String {
    Host::parse(name).map_or_else(|| name.to_owned(), |host| host.unicode())
}

fn row(t: Tongue, site: &Listed) -> Row {
    let number = site.certificate_id.as_deref().or(site.badge_code.as_deref()).unwrap_or_default();
    let name = site.en_domain.as_deref().or(site.cn_domain.as_deref()).map(readable);
    Row {
        site: site.name.clone(),
        unit: site.unit_name.clone(),
        name: name.map(|name| name + site.url_prefix.as_deref().unwrap_or_default()),
        link: format!("/verify/{number}"),
        chip: None,
        issued_on: site.issued_on.map(|day| t.plain(day)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_to_go_on_is_read_as_it_was_written_and_nothing_else_is() {
        let id = "0193a0b1c2d3e4f50193a0b1c2d3e4f5".to_owned();
        for issued_on in [None, NaiveDate::from_ymd_opt(2025, 3, 3)] {
            let behind = Mark { issued_on, id: id.clone() };
            assert_eq!(mark(&written(&behind)), Some(behind));
        }
        for text in ["", ".", "2025-03-03", "2025-03-03.x", "2025-99-03.0193a0b1c2d3e4f50193a0b1c2d3e4f5", "x.' OR 1=1"]
        {
            assert_eq!(mark(text), None, "{text}");
        }
    }
}
