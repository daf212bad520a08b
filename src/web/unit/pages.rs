//! All pages at fault: to be leafed through, and as a table for a spreadsheet.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::fault::Address;
use super::trouble::{failed, not_found};
use super::{Front, html, words};
use crate::clock::beijing;
use crate::flow::notices::unit_view::{PageAtFault, all_pages};
use crate::store::StoreResult;
use crate::store::notices::StoredNotice;
use crate::web::style::SHEET;
use crate::web::tongue::Tongue;

/// Pages listed at once.
const AT_ONCE: usize = 100;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    page: usize,
}

#[derive(Template)]
#[template(path = "unit/pages.html")]
struct List<'a> {
    t: Tongue,
    sheet: &'static str,
    token: &'a str,
    number: Option<String>,
    total: usize,
    first: usize,
    rows: Vec<Row>,
    before: Option<usize>,
    after: Option<usize>,
}

struct Row {
    address: Address,
    finding: &'static str,
    first_seen: String,
    last_seen: String,
    is_gone: bool,
}

pub(super) async fn show(
    State(front): State<Front>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let t = Tongue::asked(&headers);
    match read(&front, &token).await {
        Ok(Some((notice, all))) => {
            let last = all.len().saturating_sub(1) / AT_ONCE;
            let page = asked.page.min(last);
            let first = page * AT_ONCE;
            let rows = all.iter().skip(first).take(AT_ONCE).map(|one| row(t, one)).collect();
            let (before, after) = (page.checked_sub(1), (page < last).then_some(page + 1));
            let (number, total) = (notice.number, all.len());
            let list = List { t, sheet: SHEET, token: &token, number, total, first, rows, before, after };
            html(StatusCode::OK, &list)
        }
        Ok(None) => not_found(t),
        Err(error) => failed(t, &error),
    }
}

async fn read(front: &Front, token: &str) -> StoreResult<Option<(StoredNotice, Vec<PageAtFault>)>> {
    let Some(notice) = front.notice(token, front.now()).await? else { return Ok(None) };
    let all = all_pages(&mut front.app.db.read().await?, &notice).await?;
    Ok(Some((notice, all)))
}

fn row(t: Tongue, one: &PageAtFault) -> Row {
    Row {
        address: Address::of(&one.url),
        finding: words::name(t, one.code),
        first_seen: t.moment(one.first_seen),
        last_seen: t.moment(one.last_seen),
        is_gone: one.is_gone,
    }
}

pub(super) async fn csv(State(front): State<Front>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let t = Tongue::asked(&headers);
    match read(&front, &token).await {
        Ok(Some((_, all))) => {
            let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8");
            let name = (header::CONTENT_DISPOSITION, "attachment; filename=\"pages.csv\"");
            ([kind, name], table(t, &all)).into_response()
        }
        Ok(None) => not_found(t),
        Err(error) => failed(t, &error),
    }
}

/// The table. A spreadsheet opens it as UTF-8 by its mark, and runs no cell of it.
fn table(t: Tongue, all: &[PageAtFault]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    let head = ["url", "finding", "first_seen", "last_seen"].map(str::to_owned);
    let day = |at| beijing(at).format("%Y-%m-%d %H:%M").to_string();
    let rows = all
        .iter()
        .map(|one| [quiet(&one.url), words::name(t, one.code).to_owned(), day(one.first_seen), day(one.last_seen)]);
    for record in std::iter::once(head).chain(rows) {
        // Writing to memory cannot fail.
        let _ = writer.write_record(record);
    }
    writer.into_inner().unwrap_or_default()
}

/// What a spreadsheet would run begins with a quotation mark instead.
fn quiet(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verdict::FindingCode;

    #[test]
    fn a_table_opens_in_a_spreadsheet_and_runs_nothing() {
        let at = "2026-11-26T04:00:00Z".parse().unwrap();
        let page = |url: &str| PageAtFault {
            url: url.to_owned(),
            code: FindingCode::PartlyHung,
            first_seen: at,
            last_seen: at,
            is_gone: false,
        };
        let all = [page("http://a.test/?a=1,2"), page("=cmd|' /C calc'!A0")];
        let text = String::from_utf8(table(Tongue::Chinese, &all)).unwrap();
        assert_eq!(
            text,
            "\u{feff}url,finding,first_seen,last_seen\n\
             \"http://a.test/?a=1,2\",未在所有页面加挂,2026-11-26 12:00,2026-11-26 12:00\n\
             '=cmd|' /C calc'!A0,未在所有页面加挂,2026-11-26 12:00,2026-11-26 12:00\n"
        );
    }
}
