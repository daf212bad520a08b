//! The public list as a table for a spreadsheet, written while it is read: it may be a whole country's.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::list::{Asked, read, readable};
use super::{Front, trouble, turn};
use crate::store::listed::{Listed, Mark};
use crate::web::tongue::Tongue;

/// Sites read at a time.
const AT_ONCE: usize = 500;

/// What is still to be written.
struct Rest {
    head: Option<Vec<u8>>,
    /// Read, and not written yet.
    listed: Vec<Listed>,
    after: Option<Mark>,
    is_last: bool,
}

pub(super) async fn table(State(front): State<Front>, uri: Uri, headers: HeaderMap) -> Response {
    let t = Tongue::asked(&headers);
    let Some(asked) = Asked::read(&front, &uri) else { return trouble::nothing_here(t) };
    let Some(turn) = turn(&front.0.tables).await else { return trouble::busy(t) };
    // The first page is read before anything is promised.
    let first = read(&front.app().db, &asked.region, None, AT_ONCE).await;
    drop(turn);
    let first = match first {
        Ok(first) => first,
        Err(error) => return trouble::no_list(t, &error),
    };
    let name = format!("attachment; filename=\"badges-{}.csv\"", asked.region);
    let rest = Rest { head: Some(head(t)), is_last: first.len() < AT_ONCE, listed: first, after: None };
    let region = asked.region;
    let body = stream::try_unfold((rest, front, region), async |(mut rest, front, region)| {
        let chunk = rest.next(&front, &region).await?;
        Ok::<_, std::io::Error>(chunk.map(|chunk| (chunk, (rest, front, region))))
    });
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    let mut response = ([(CONTENT_TYPE, kind)], Body::from_stream(body)).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    response
}

impl Rest {
    /// The next piece of the table. An error breaks the answer off, so that nobody takes half of it for the whole.
    async fn next(&mut self, front: &Front, region: &str) -> std::io::Result<Option<Bytes>> {
        if self.listed.is_empty() && !self.is_last {
            // A turn is had for reading, not for as long as somebody takes to receive: who does not would keep it.
            let _turn = front.0.tables.acquire().await.map_err(std::io::Error::other)?;
            let listed = read(&front.app().db, region, self.after.as_ref(), AT_ONCE).await;
            self.listed = listed.map_err(std::io::Error::other)?;
            self.is_last = self.listed.len() < AT_ONCE;
        }
        if self.listed.is_empty() && self.head.is_none() {
            return Ok(None);
        }
        self.after = self.listed.last().map(Listed::mark).or(self.after.take());
        Ok(Some(rows(self.head.take().unwrap_or_default(), &std::mem::take(&mut self.listed)).into()))
    }
}

/// The first line. A spreadsheet knows UTF-8 by the mark before it.
fn head(t: Tongue) -> Vec<u8> {
    let names = t.say(
        "网站名称,开办单位,英文域名,中文域名,目录,标识编号,证书编号,发放机关,发放时间",
        "site,unit,english_domain,chinese_domain,folder,badge_number,certificate_id,issuing_office,issued_on",
    );
    format!("\u{feff}{names}\r\n").into_bytes()
}

fn rows(before: Vec<u8>, listed: &[Listed]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(before);
    for site in listed {
        let own = |text: &Option<String>| text.as_deref().map(quiet).unwrap_or_default();
        let name = |text: &Option<String>| text.as_deref().map(|name| quiet(&readable(name))).unwrap_or_default();
        // Writing to memory cannot fail.
        let _ = writer.write_record([
            quiet(&site.name),
            quiet(&site.unit_name),
            name(&site.en_domain),
            name(&site.cn_domain),
            own(&site.url_prefix),
            own(&site.badge_code),
            own(&site.certificate_id),
            own(&site.issuing_office),
            site.issued_on.map(|day| day.to_string()).unwrap_or_default(),
        ]);
    }
    writer.into_inner().unwrap_or_default()
}

/// What a spreadsheet would run begins with a quotation mark instead; so does what it would do after blanks, and the
/// full-width forms of its signs.
fn quiet(cell: &str) -> String {
    const RUNS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    if cell.trim_start_matches([' ', '\u{a0}', '\u{3000}']).starts_with(RUNS) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_runs_nothing() {
        let site = Listed {
            id: "1".into(),
            name: "=cmd|' /C calc'!A0".into(),
            unit_name: " ＠SUM(1,2)\"".into(),
            en_domain: Some("xn--9kq759e.xn--zfr164b".into()),
            cn_domain: None,
            url_prefix: Some("/x/".into()),
            badge_code: Some("CA182050000412345670001".into()),
            certificate_id: None,
            issuing_office: Some("云溪县编办".into()),
            issued_on: None,
        };
        let text = String::from_utf8(rows(head(Tongue::English), &[site])).unwrap();
        let (_, row) = text.split_once("\r\n").unwrap();
        assert_eq!(
            row,
            "'=cmd|' /C calc'!A0,\"' ＠SUM(1,2)\"\"\",云溪.政务,,/x/,CA182050000412345670001,,云溪县编办,\r\n"
        );
        assert!(text.starts_with('\u{feff}'));
    }
}
