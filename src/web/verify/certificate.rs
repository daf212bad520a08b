//! The certificate behind a badge.

use std::borrow::Cow;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};

use super::card::{Card, card};
use super::words::{Banner, Piece, Said, banner};
use super::{Front, html, qr, quoted, style, trouble};
use crate::domain::badge::link;
use crate::domain::certificate::BadgeRef;
use crate::domain::click::{ClickVerdict, From};
use crate::domain::seen::SeenBy;
use crate::flow::certificates::{Snapshot, Told};
use crate::metrics::VerifyForm;
use crate::web::tongue::Tongue;

/// The address that badges in the wild carry.
pub(in crate::web) const SITENAME: &str = "/sitename";

#[derive(Template)]
#[template(path = "verify/certificate.html")]
struct Page<'a> {
    t: Tongue,
    sheet: &'static str,
    banner: Banner,
    badge: &'a BadgeRef,
    card: Option<Card<'a>>,
    issued_on: Option<String>,
    /// Since when nothing new was heard, where that is too long.
    stale: Option<String>,
    report: Option<String>,
    /// Our own address of this page, if it was configured.
    address: Option<String>,
    /// What it begins with.
    own: Option<String>,
    asked_at: String,
}

/// `/verify/NUMBER`, `/verify/NUMBER/qr.svg` and `/sitename`.
pub(super) async fn show(State(front): State<Front>, uri: Uri, headers: HeaderMap) -> Response {
    page(&front, &uri, &headers)
}

/// What these addresses show.
pub(super) fn page(front: &Front, uri: &Uri, headers: &HeaderMap) -> Response {
    if is_sitename(uri) { sitename(front, uri, headers) } else { numbered(front, uri, headers) }
}

/// Is it the address that badges carry, in one of the forms it is met in?
pub(super) fn is_sitename(uri: &Uri) -> bool {
    link::bare(uri.path()) == SITENAME
}

fn numbered(front: &Front, uri: &Uri, headers: &HeaderMap) -> Response {
    let below = uri.path().strip_prefix("/verify/").unwrap_or_default();
    let number = below.strip_suffix("/qr.svg");
    let text = plain(number.unwrap_or(below));
    match link::written(&text) {
        None => malformed(front, headers, &text),
        Some(badge) if number.is_some() => qr::picture(front, &badge, headers),
        Some(badge) => certificate(front, &badge, headers),
    }
}

/// `/sitename?method=show&id=…`
fn sitename(front: &Front, uri: &Uri, headers: &HeaderMap) -> Response {
    let query = uri.query().unwrap_or_default();
    let said = || url::form_urlencoded::parse(query.as_bytes());
    let is_search = said().any(|(key, value)| key == "method" && value == "searchIndex");
    match link::asked_id(said()).filter(|_| !is_search) {
        None => Redirect::to("/search").into_response(),
        Some(text) => match link::written(&text) {
            Some(badge) => certificate(front, &badge, headers),
            None => malformed(front, headers, &text),
        },
    }
}

fn malformed(front: &Front, headers: &HeaderMap, text: &str) -> Response {
    front.app().metrics.told(VerifyForm::Page, ClickVerdict::Malformed);
    trouble::malformed(Tongue::asked(headers), text)
}

/// A piece of a path as it was meant.
fn plain(piece: &str) -> Cow<'_, str> {
    if !piece.contains('%') {
        return Cow::Borrowed(piece);
    }
    let value = piece.replace('+', "%2B").replace('&', "%26");
    let decoded = url::form_urlencoded::parse(format!("={value}").as_bytes()).next().map(|(_, text)| text.into_owned());
    Cow::Owned(decoded.unwrap_or_default())
}

fn certificate(front: &Front, badge: &BadgeRef, headers: &HeaderMap) -> Response {
    let t = Tongue::asked(headers);
    let Some(snapshot) = front.app().shelf.get() else { return trouble::cannot_say(t) };
    let from = front.0.own.came_from(headers);
    match snapshot.told(badge, &from) {
        Ok(told) => answer(front, t, &snapshot, badge, &told, &from),
        Err(error) => {
            tracing::error!(%error, "a certificate cannot be read");
            trouble::cannot_say(t)
        }
    }
}

/// Every click that found an answer comes by here, with whose badge it was and where it came from.
fn answer(front: &Front, t: Tongue, snapshot: &Snapshot, badge: &BadgeRef, told: &Told, from: &From) -> Response {
    if let Some(shelved) = &told.shelved {
        front.app().seen.note(shelved, from, SeenBy::Click);
    }
    let held = told.shelved.as_ref().map(|shelved| &shelved.certificate);
    front.app().metrics.told(VerifyForm::Page, told.verdict);
    let now = front.now();
    let page = Page {
        t,
        sheet: &style::LINK,
        banner: banner(t, Said { verdict: told.verdict, from, held }),
        badge,
        card: held.map(|held| card(t, held, told.verdict)),
        issued_on: held.and_then(|held| held.issued_on).map(|day| t.plain(day)),
        stale: stale(front, t, snapshot.as_of(), now),
        report: report(badge, told.verdict, from),
        address: front.0.own.address(&format!("/verify/{badge}")).filter(|_| held.is_some()),
        own: front.0.own.address("/"),
        asked_at: t.moment(now),
    };
    html(if held.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND }, &page)
}

/// As of when, where what we say may be older than it should be.
fn stale(front: &Front, t: Tongue, as_of: DateTime<Utc>, now: DateTime<Utc>) -> Option<String> {
    let bound = TimeDelta::seconds(i64::from(front.app().config.verify.bound_seconds));
    // A clock that was put back makes nothing fresh.
    ((now - as_of).abs() > bound).then(|| t.moment(as_of))
}

/// Where to tell what looks wrong.
fn report(badge: &BadgeRef, verdict: ClickVerdict, from: &From) -> Option<String> {
    let host = match from {
        From::Unknown => "",
        From::Host(host) => host.ascii(),
        From::Other(text) => text,
    };
    let is_wrong = matches!(verdict, ClickVerdict::ValidElsewhere | ClickVerdict::NotIssued);
    is_wrong.then(|| format!("/report?badge={badge}&host={}", quoted(host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_it_was_meant() {
        assert_eq!(plain("CA18"), "CA18");
        assert_eq!(plain("%43A%31"), "CA1");
        assert_eq!(plain("%E4%BA%91+&a=%3C"), "云+&a=<");
        assert_eq!(plain("%ff%zz%"), "\u{fffd}%zz%");
    }
}
