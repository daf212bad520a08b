//! What a member of the public meets: where one comes in, the certificate behind a badge, the search, and the list of sites
//! (公示).
//!
//! The certificate and the search are answered from the shelf alone, so that they stand while the database does not. A badge
//! that is not in force is told with status 200 like one that is: browsers, proxies and programs with a browser in them put a
//! page of their own in the place of many an error's, and a warning must arrive. 404 is a badge that nobody was issued, 400
//! what is no number, 503 that we cannot say.

mod card;
mod certificate;
mod export;
mod home;
mod limits;
mod list;
mod own;
mod places;
mod qr;
mod search;
pub(super) mod style;
mod trouble;
mod words;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::middleware;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::guard;
use super::page::html;
use super::tongue::Tongue;
use crate::domain::badge::BadgeHosts;
use crate::domain::region::Regions;
use crate::shared::Shared;
pub(super) use certificate::SITENAME;
use limits::Limits;
pub(super) use own::Own;

/// Searches at a time: each may read the whole shelf. And pieces of tables that are read.
const AT_ONCE: usize = 2;
/// How long a visitor waits for a turn, and for the database, before an honest answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub(super) struct Front(Arc<Parts>);

struct Parts {
    app: Shared,
    own: Own,
    hosts: BadgeHosts,
    limits: Limits,
    regions: Regions,
    searches: Arc<Semaphore>,
    tables: Arc<Semaphore>,
}

/// The public's routes.
pub(super) fn router(front: Front) -> Router {
    let limit = |front: &Front| middleware::from_fn_with_state(front.clone(), limits::limit);
    let rare = middleware::from_fn_with_state(front.clone(), limits::limit_rare);
    let searches =
        Router::new().route("/search", get(search::show)).route("/list.csv", get(export::table)).route_layer(rare);
    Router::new()
        .route("/", get(home::show))
        .route("/verify", get(to_search))
        .route("/verify/", get(to_search))
        .route("/verify/{*number}", get(certificate::show))
        .route(certificate::SITENAME, get(certificate::show))
        .route("/list", get(list::show))
        .merge(searches)
        .fallback(elsewhere)
        .method_not_allowed_fallback(trouble::wrong_method)
        .route_layer(limit(&front))
        .route(style::PATH, get(style::sheet))
        .layer(middleware::map_response(async |response: Response| guarded(response)))
        .with_state(front)
}

/// The address that badges carry has more forms than a route.
async fn elsewhere(State(front): State<Front>, request: Request) -> Response {
    match certificate::is_sitename(request.uri()) {
        true => front.answer(limits::visitor(&front, &request), request.uri(), request.headers()),
        false => trouble::nothing_here(Tongue::asked(request.headers())),
    }
}

async fn to_search() -> Response {
    Redirect::to("/search").into_response()
}

/// What holds for every answer: nothing is framed or fetched from elsewhere, and nobody's answer is handed to another.
fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    guard::put(headers, style::POLICY, &[]);
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("Referer, Origin, Accept-Language"));
    }
    response
}

/// A turn, if one comes in time.
async fn turn(of: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    tokio::time::timeout(PATIENCE, of.clone().acquire_owned()).await.ok()?.ok()
}

/// What a visitor wrote, fit to be shown again: short, and without characters that are not seen or turn others around.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut short: String = text.trim().chars().filter(|c| !is_hidden(*c)).take(LONGEST + 1).collect();
    if short.chars().count() > LONGEST {
        short.pop();
        short.push('…');
    }
    short
}

/// A text as the value of an address's parameter.
fn quoted(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl Front {
    /// Nobody asked yet.
    pub fn of(app: Shared) -> Self {
        Self(Arc::new(Parts {
            own: Own::of(app.config.web.public_url.as_deref()),
            hosts: app.config.badge_hosts(),
            limits: Limits::of(&app.config.verify),
            regions: Regions::builtin(),
            searches: Arc::new(Semaphore::new(AT_ONCE)),
            tables: Arc::new(Semaphore::new(AT_ONCE)),
            app,
        }))
    }

    /// What one visitor is answered who asks for the page of a badge, by either address.
    pub fn answer(&self, visitor: IpAddr, uri: &Uri, headers: &HeaderMap) -> Response {
        let answered = || certificate::page(self, uri, headers);
        guarded(limits::turned_away(self, visitor, headers).unwrap_or_else(answered))
    }

    fn app(&self) -> &Shared {
        &self.0.app
    }

    fn now(&self) -> DateTime<Utc> {
        self.0.app.clock.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_again_is_short_and_seen() {
        assert_eq!(shown(" CA18\u{202e}05\u{0}\u{feff} "), "CA1805");
        assert_eq!(shown(&"长".repeat(60)), "长".repeat(60));
        assert_eq!(shown(&"长".repeat(9_000)), format!("{}…", "长".repeat(60)));
        assert_eq!(quoted("a&b=云 <"), "a%26b%3D%E4%BA%91+%3C");
    }
}
