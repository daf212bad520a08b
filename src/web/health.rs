//! For machines: is it alive, is it ready, what does it count.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::flow::measure::Vitals;
use crate::shared::Shared;
use crate::web::visitor;

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// The process can do its work: its database answers.
pub(super) async fn ready(State(app): State<Shared>) -> Response {
    match app.db.ping().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// The metrics of this process, for whom they are.
pub(super) async fn metrics(State(app): State<Shared>, request: Request) -> Response {
    let web = &app.config.web;
    if visitor::of(web, &request).is_some_and(|from| !web.metrics_from.iter().any(|net| net.contains(&from))) {
        return (StatusCode::NOT_FOUND, "there is nothing here\n").into_response();
    }
    let now = app.clock.now();
    app.metrics.take_vitals(&Vitals::of(&app.db, &app.shelf, &app.voice, now), now);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.text()).into_response()
}
