//! The public search.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use tokio::task::spawn_blocking;

use super::card::{chip, first_name};
use super::{Front, html, quoted, shown, style, trouble, turn};
use crate::domain::address::copied;
use crate::domain::badge::BadgeHosts;
use crate::domain::badge::link::{Link, classify_href};
use crate::domain::certificate::BadgeRef;
use crate::domain::host::Host;
use crate::flow::certificates::{LONGEST, Mark, SHORTEST, Searched, Shelved, Snapshot, Wanted};
use crate::web::tongue::Tongue;

/// Results on a page.
const A_PAGE: usize = 20;
/// Sites of one whole domain at most, before the results: a portal may have many in its folders.
const MOST: usize = 100;

#[derive(Template)]
#[template(path = "verify/search.html")]
struct Page {
    t: Tongue,
    sheet: &'static str,
    q: String,
    state: Outcome,
    rows: Vec<Row>,
    next: Option<String>,
    is_first: bool,
    is_cut: bool,
}

/// What stands under the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Empty,
    TooShort,
    TooLong,
    None,
    Found,
}

/// A certificate in a list.
pub(super) struct Row {
    pub site: String,
    pub unit: String,
    pub name: Option<String>,
    pub link: String,
    /// Shape and word: never by colour alone.
    pub chip: Option<(&'static str, &'static str)>,
    pub issued_on: Option<String>,
}

/// What somebody means who writes something into the field.
#[derive(Debug, PartialEq, Eq)]
enum Meant {
    Badge(BadgeRef),
    /// A piece of a name.
    Piece(String),
}

impl Meant {
    /// A number in any width and with blanks in it; the address of a certificate; of another page's address the host.
    fn by(q: &str, hosts: &BadgeHosts) -> Self {
        let q = q.trim();
        let narrow = |c: char| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        };
        let number: String = q.chars().filter(|c| !c.is_whitespace()).map(narrow).collect();
        if let Some(badge) = BadgeRef::parse(&number) {
            return Self::Badge(badge);
        }
        let is_address = q.contains('/') || q.contains(':');
        let Some(url) = copied(q).filter(|_| is_address) else { return Self::Piece(q.to_owned()) };
        match (classify_href(url.as_str(), &url, hosts), Host::of(&url)) {
            (Some(Link::Certificate(badge)), _) => Self::Badge(badge),
            (_, Some(host)) => Self::Piece(host.ascii().to_owned()),
            (_, None) => Self::Piece(q.to_owned()),
        }
    }
}

pub(super) async fn show(State(front): State<Front>, uri: Uri, headers: HeaderMap) -> Response {
    let t = Tongue::asked(&headers);
    let query = uri.query().unwrap_or_default();
    let said =
        |name| url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value);
    let q = said("q").unwrap_or_default();
    let from = said("from").and_then(|text| text.parse().ok()).unwrap_or_else(Mark::beginning);
    let q = match Meant::by(&q, &front.0.hosts) {
        Meant::Badge(badge) => return Redirect::to(&format!("/verify/{badge}")).into_response(),
        Meant::Piece(q) => q,
    };
    let Some(wanted) = Wanted::new(&q) else { return nothing(t, &q) };
    let Some(snapshot) = front.app().shelf.get() else { return trouble::cannot_say(t) };
    let Some(turn) = turn(&front.0.searches).await else { return trouble::busy(t) };
    let (host, is_first) = (Host::parse(&q), from == Mark::beginning());
    // The turn ends with the work, not with the patience of who asked for it.
    let searched = spawn_blocking(move || {
        let _turn = turn;
        search(&snapshot, &wanted, host.as_ref(), &from)
    });
    match searched.await.map_err(std::io::Error::other).flatten() {
        Ok((of_domain, searched)) => page(t, &q, is_first, of_domain, searched),
        Err(error) => {
            tracing::error!(%error, "the certificates cannot be searched");
            trouble::cannot_say(t)
        }
    }
}

/// Whose a whole domain is, and what else was found.
fn search(
    snapshot: &Snapshot,
    wanted: &Wanted,
    host: Option<&Host>,
    from: &Mark,
) -> std::io::Result<(Vec<Shelved>, Searched)> {
    let mut of_domain = host.map_or(Ok(Vec::new()), |host| snapshot.of_host(host))?;
    of_domain.retain(|site| site.certificate.is_issued());
    let mut searched = snapshot.search(wanted, from, A_PAGE)?;
    searched.found.retain(|found| !of_domain.iter().take(MOST).any(|known| known.site_id == found.site_id));
    Ok((of_domain, searched))
}

fn nothing(t: Tongue, q: &str) -> Response {
    let state = match q.chars().count() {
        0 => Outcome::Empty,
        short if short < SHORTEST => Outcome::TooShort,
        long if long > LONGEST => Outcome::TooLong,
        _ => Outcome::None,
    };
    let status = if state == Outcome::Empty { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let (q, rows) = (shown(q), Vec::new());
    html(status, &Page { t, sheet: &style::LINK, q, state, rows, next: None, is_first: true, is_cut: false })
}

/// Whose a whole domain is stands first, on the first page.
fn page(t: Tongue, q: &str, is_first: bool, of_domain: Vec<Shelved>, searched: Searched) -> Response {
    let of_domain = if is_first { of_domain.as_slice() } else { &[] };
    let rows: Vec<Row> = of_domain.iter().take(MOST).chain(&searched.found).map(|found| row(t, found)).collect();
    let next = searched.next.map(|mark| format!("/search?q={}&from={mark}", quoted(q)));
    let page = Page {
        t,
        sheet: &style::LINK,
        q: q.to_owned(),
        state: if rows.is_empty() && next.is_none() && is_first { Outcome::None } else { Outcome::Found },
        rows,
        next,
        is_first,
        is_cut: of_domain.len() > MOST,
    };
    html(StatusCode::OK, &page)
}

pub(super) fn row(t: Tongue, found: &Shelved) -> Row {
    let held = &found.certificate;
    let number =
        held.certificate_id.as_ref().map(|id| id.as_str()).or(held.badge_code.as_ref().map(|code| code.as_str()));
    Row {
        site: held.site_name.clone(),
        unit: held.unit_name.clone(),
        name: first_name(held),
        link: format!("/verify/{}", number.unwrap_or_default()),
        chip: Some(chip(t, held.state)),
        issued_on: None,
    }
}
