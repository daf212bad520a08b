//! The shape of an address: what stays when numbers and machine-made names are taken out.
//!
//! Addresses made by one template share a shape, so an endless supply of them shows as one shape that keeps growing.
//! Shapes are kept as 64-bit fingerprints: a site has many, and nobody reads them.

use std::hash::{DefaultHasher, Hash, Hasher};
use url::Url;

/// How much an address could run on, by its looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// No number, no token, no query: there is just one of it.
    Fixed,
    /// A static document (`….html`): as many as somebody wrote.
    Article,
    /// Anything else with a number, a token or a query.
    Generated,
}

/// A row of addresses that differ in one running part only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Series {
    Paging,
    Calendar,
}

/// The fingerprints under which an address is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub family: Family,
    /// Path with `N` for digits and `H` for tokens, names of parameters, values that are plain words.
    pub template: u64,
    /// The list or calendar that the address is one leaf of, and the address without the leaf's number.
    pub series: Option<(Series, u64)>,
    /// The path alone, where a query follows: combinations of parameters are counted together.
    pub script: Option<u64>,
}

const PAGE_NAMES: &[&str] = &[
    "page",
    "p",
    "pg",
    "pn",
    "pageno",
    "pagenum",
    "pagenumber",
    "pageindex",
    "page_no",
    "page_num",
    "page_index",
    "paged",
    "currentpage",
    "curpage",
    "cur_page",
    "currpage",
    "nowpage",
    "start",
    "offset",
    "pageid",
    "totalresult",
];

const DATE_NAMES: &[&str] =
    &["date", "day", "month", "year", "ym", "yearmonth", "week", "caldate", "curdate", "thedate", "rq", "riqi"];

/// Words before the number of a list's page: `index_3.html`, `list-3.html`, `/page/3`.
const LIST_WORDS: &[&str] = &["index", "list", "page", "p", "pages", "default", "more", "node"];

const STATIC: &[&str] = &["html", "htm", "shtml", "jhtml", "xhtml", "shtm", "mhtml", "dhtml"];

/// Reads the shape off a canonical address.
pub(super) fn shape(url: &Url) -> Shape {
    let mut pairs: Vec<(&str, &str)> = url.query().map(split_pairs).unwrap_or_default();
    pairs.sort_unstable();
    let (template, varies) = template_of(url, &pairs);
    let family = match (varies, url.query()) {
        (false, None) => Family::Fixed,
        (_, None) if is_article(url.path()) => Family::Article,
        _ => Family::Generated,
    };
    let script = url.query().map(|_| fingerprint(|hash| (url.host_str(), url.path()).hash(hash)));
    Shape { family, template, series: series_of(url, &pairs), script }
}

pub(super) fn split_pairs(query: &str) -> Vec<(&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect()
}

fn fingerprint(write: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hash = DefaultHasher::new();
    write(&mut hash);
    hash.finish()
}

/// The template's fingerprint, and whether the path has a part that may run on.
fn template_of(url: &Url, pairs: &[(&str, &str)]) -> (u64, bool) {
    let mut varies = false;
    let template = fingerprint(|hash| {
        url.host_str().hash(hash);
        for segment in url.path().split('/') {
            varies |= fold_segment(segment, hash);
        }
        for (name, value) in pairs {
            name.hash(hash);
            if value.len() <= 20 && value.bytes().all(|b| b.is_ascii_alphabetic()) {
                value.hash(hash);
            }
        }
    });
    (template, varies)
}

/// Writes a segment with `N` for each run of digits, or `H` for a token; true if there was any.
fn fold_segment(segment: &str, hash: &mut DefaultHasher) -> bool {
    hash.write_u8(b'/');
    let (stem, extension) = segment.rsplit_once('.').unwrap_or((segment, ""));
    if is_token(stem) {
        (b'H', extension).hash(hash);
        return true;
    }
    let mut digits = false;
    for byte in segment.bytes() {
        match (byte.is_ascii_digit(), digits) {
            (true, true) => continue,
            (true, false) => hash.write_u8(b'N'),
            (false, _) => hash.write_u8(byte.to_ascii_lowercase()),
        }
        digits = byte.is_ascii_digit();
    }
    segment.bytes().any(|b| b.is_ascii_digit())
}

/// A hash, a UUID or a session id: long, of one piece, digits and letters mixed.
fn is_token(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let hex = text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let alphanumeric = text.bytes().all(|b| b.is_ascii_alphanumeric());
    text.len() >= 16 && digits >= 3 && digits < text.len() && (hex || alphanumeric)
}

/// A static file whose folders hold no token (a token in a folder may be a session).
fn is_article(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    STATIC.iter().any(|known| known.eq_ignore_ascii_case(extension)) && !folders.split('/').any(is_token)
}

fn series_of(url: &Url, pairs: &[(&str, &str)]) -> Option<(Series, u64)> {
    series_in_query(url, pairs).or_else(|| series_in_path(url))
}

fn series_in_query(url: &Url, pairs: &[(&str, &str)]) -> Option<(Series, u64)> {
    let runs = |names: &[&str], (name, value): &(&str, &str)| {
        value.starts_with(|first: char| first.is_ascii_digit() || first == '-')
            && names.iter().any(|known| known.eq_ignore_ascii_case(name))
    };
    let (series, names) = if pairs.iter().any(|pair| runs(DATE_NAMES, pair)) {
        (Series::Calendar, DATE_NAMES)
    } else if pairs.iter().any(|pair| runs(PAGE_NAMES, pair)) {
        (Series::Paging, PAGE_NAMES)
    } else {
        return None;
    };
    let rest = fingerprint(|hash| {
        (url.host_str(), url.path()).hash(hash);
        pairs.iter().filter(|pair| !runs(names, pair)).for_each(|pair| pair.hash(hash));
    });
    Some((series, rest))
}

fn series_in_path(url: &Url) -> Option<(Series, u64)> {
    let path = url.path().trim_end_matches('/');
    let key = |left: &str| fingerprint(|hash| (url.host_str(), left, url.query()).hash(hash));
    if let Some(left) = before_date(path) {
        return Some((Series::Calendar, key(left)));
    }
    before_page_number(path).map(|left| (Series::Paging, key(left)))
}

/// The path before a date that ends it: `/cal/2024/05`, `/cal/2024-05-12.html`.
fn before_date(path: &str) -> Option<&str> {
    let path = path.strip_suffix("/index.html").unwrap_or(path);
    let (folder, name) = path.rsplit_once('/')?;
    let stem = name.split('.').next().unwrap_or_default();
    if is_dashed_date(stem) {
        return Some(folder);
    }
    let (above, last) = folder.rsplit_once('/')?;
    if is_number(stem, 1..=2) && is_number(last, 4..=4) {
        return Some(above);
    }
    let (top, first) = above.rsplit_once('/')?;
    (is_number(stem, 1..=2) && is_number(last, 1..=2) && is_number(first, 4..=4)).then_some(top)
}

/// `2024-05` or `2024-05-12`.
fn is_dashed_date(text: &str) -> bool {
    let mut parts = text.split('-');
    parts.next().is_some_and(|year| is_number(year, 4..=4))
        && parts.next().is_some_and(|month| is_number(month, 1..=2))
        && parts.next().is_none_or(|day| is_number(day, 1..=2))
        && parts.next().is_none()
}

fn is_number(text: &str, digits: std::ops::RangeInclusive<usize>) -> bool {
    digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The path before the number of a list's page: `/gsgg/index_3.html`, `/gsgg/page/3`.
fn before_page_number(path: &str) -> Option<&str> {
    let (folder, name) = path.rsplit_once('/')?;
    let stem = name.split('.').next().unwrap_or_default();
    let word = stem.trim_end_matches(|last: char| last.is_ascii_digit());
    let is_list = |word: &str| LIST_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
    if word.len() == stem.len() {
        return None;
    }
    if word.is_empty() {
        return folder.rsplit('/').next().is_some_and(is_list).then_some(folder);
    }
    is_list(word.trim_end_matches(['_', '-'])).then_some(&path[..folder.len() + 1 + word.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Shape {
        shape(&Url::parse(&format!("http://www.yunxi.gov.test{path}")).unwrap())
    }

    fn series(path: &str) -> Option<Series> {
        of(path).series.map(|(series, _)| series)
    }

    #[test]
    fn addresses_of_one_template_share_a_shape() {
        for (one, other) in [
            ("/art/2024/5/1/art_12_345.html", "/art/2019/11/30/art_7_8.html"),
            ("/show.jsp?id=5&cat=2", "/show.jsp?cat=77&id=8"),
            ("/s/0a1b2c3d4e5f6a7b/a", "/s/ffffffff00001111/a"),
            ("/x/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/x/9b2504e0-4f89-11d3-9a0c-0305e82c33ff"),
        ] {
            assert_eq!(of(one).template, of(other).template, "{one} {other}");
        }
        for (one, other) in
            [("/a/1.html", "/b/1.html"), ("/i.php?a=show&id=1", "/i.php?a=list&id=1"), ("/a/1", "/a/1/2")]
        {
            assert_ne!(of(one).template, of(other).template, "{one} {other}");
        }
    }

    #[test]
    fn static_documents_are_told_from_generated_ones() {
        assert_eq!(of("/xwzx/gsgg/").family, Family::Fixed);
        assert_eq!(of("/xwzx/t20240501_12.shtml").family, Family::Article);
        assert_eq!(of("/xwzx/t20240501_12.html?v=1").family, Family::Generated);
        assert_eq!(of("/s/0a1b2c3d4e5f6a7b/a.html").family, Family::Generated, "a token among the folders");
        assert_eq!(of("/channel/12/").family, Family::Generated);
    }

    #[test]
    fn lists_are_known_by_their_running_number() {
        for path in
            ["/gsgg/index_3.html", "/gsgg/page/3", "/list.jsp?cid=5&pageNo=3", "/gsgg/list-3.shtml", "/index2.jhtml"]
        {
            assert_eq!(series(path), Some(Series::Paging), "{path}");
        }
        assert_eq!(of("/a?cid=5&page=3").series, of("/a?page=9&cid=5").series);
        assert_ne!(of("/a?cid=5&page=3").series, of("/a?cid=6&page=3").series, "two lists");
        assert_ne!(of("/a/index_3.html").series, of("/b/index_3.html").series, "two lists");
    }

    #[test]
    fn calendars_are_known_by_a_date_that_ends_the_address() {
        for path in
            ["/cal/2024/05/", "/cal/2024/5/12.html", "/cal/2024-05-12", "/cal?year=2024&month=5", "/cal?date=2024-05"]
        {
            assert_eq!(series(path), Some(Series::Calendar), "{path}");
        }
        for path in ["/202405/t20240512_99.html", "/art/2024/5/12/art_1_2.html", "/a.html", "/?date=today", "/2024/"] {
            assert_eq!(series(path), None, "{path}");
        }
        assert_eq!(of("/cal/2024/05/").series, of("/cal/2031/11/").series);
    }
}
