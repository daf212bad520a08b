//! What is served over HTTP.

mod accept;
pub mod api;
mod badge;
pub mod console;
mod guard;
mod health;
mod keys;
mod page;
mod report;
mod style;
mod tongue;
mod turns;
mod unit;
mod verify;
mod visitor;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::shared::Shared;

/// All routes.
pub fn router(app: Shared) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/.well-known/jwks.json", get(keys::page))
        .nest(api::ROOT, api::router(app.clone()))
        .with_state(app.clone())
        .merge(badge::router(app.clone()))
        .merge(console::router(app.clone()))
        .merge(report::router(app.clone()))
        .merge(unit::router(app.clone()))
        .merge(verify::router(app))
}

/// Serves until it is stopped; answers under way are finished.
pub async fn serve(app: Shared, listener: TcpListener, stop: CancellationToken) {
    accept::serve(router(app.clone()), app.metrics, listener, stop).await;
}
