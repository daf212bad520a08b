//! The badge itself: the script that embed codes name, and its pictures. Answered from the shelf alone; nothing is set
//! or kept of who asks, and of the page a badge is on only its host is counted.

mod image;
mod limits;
mod path;
mod reply;
mod script;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use axum::{Router, middleware};

use super::verify::Own;
use crate::domain::certificate::BadgeRef;
use crate::domain::ids::BadgeCode;
use crate::domain::seen::SeenBy;
use crate::shared::Shared;
use limits::Limits;
use script::Scripts;

/// What the handlers share.
#[derive(Clone)]
pub(super) struct Badges {
    app: Shared,
    limits: Arc<Limits>,
    scripts: Arc<Scripts>,
    own: Arc<Own>,
    /// How long a script may be kept: so that a revocation is seen within `verify.bound_seconds`.
    keep: HeaderValue,
}

const KEEP_NOT: HeaderValue = HeaderValue::from_static("no-store");

/// The routes below `/js/` and `/image/`.
pub(super) fn router(badges: Badges) -> Router {
    Router::new()
        .route("/js/{*path}", get(script))
        .route("/image/{name}", get(image::show))
        .layer(middleware::from_fn_with_state(badges.clone(), limits::limit))
        .with_state(badges)
}

async fn script(State(badges): State<Badges>, uri: Uri, asked: HeaderMap) -> Response {
    badges.script(uri.path(), &asked)
}

impl Badges {
    /// Nothing is kept ready yet.
    pub fn of(app: Shared) -> Self {
        let seconds = app.config.verify.bound_seconds / 2;
        let keep = HeaderValue::try_from(format!("public, max-age={seconds}, must-revalidate")).unwrap_or(KEEP_NOT);
        let own = Arc::new(Own::of(app.config.web.public_url.as_deref()));
        let limits = Arc::new(Limits::of(app.config.verify.badges_per_second));
        Self { app, limits, scripts: Arc::default(), own, keep }
    }

    /// What one visitor is answered who asks for a script by its path.
    pub fn answer(&self, visitor: IpAddr, path: &str, asked: &HeaderMap) -> Response {
        limits::turned_away(self, Some(visitor)).unwrap_or_else(|| self.script(path, asked))
    }

    /// The script of a badge.
    fn script(&self, path: &str, asked: &HeaderMap) -> Response {
        let Some(code) = path::code(path) else {
            return reply::nothing(StatusCode::NOT_FOUND, &self.keep, "// not the address of a badge\n");
        };
        let Some(snapshot) = self.app.shelf.get() else {
            return reply::nothing(StatusCode::SERVICE_UNAVAILABLE, &KEEP_NOT, "// not known yet\n");
        };
        match self.scripts.of(&snapshot, &code) {
            Ok(Some(script)) => {
                self.shown(code, asked, SeenBy::Script);
                reply::body(asked, reply::SCRIPT, &self.keep, &script.etag, script.body())
            }
            Ok(None) => reply::nothing(StatusCode::NOT_FOUND, &self.keep, "// no such badge\n"),
            Err(error) => {
                tracing::error!(%error, "the shelf of certificates cannot be read");
                reply::nothing(StatusCode::SERVICE_UNAVAILABLE, &KEEP_NOT, "// not known now\n")
            }
        }
    }

    /// A badge that was issued is about to be shown, on a page of the host that the request's `Referer` names.
    fn shown(&self, code: BadgeCode, asked: &HeaderMap, by: SeenBy) {
        self.app.seen.note_badge(&BadgeRef::Code(code), &self.own.came_from(asked), by);
    }
}
