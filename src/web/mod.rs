//! What is served over HTTP.

mod accept;
pub mod api;
mod badge;
pub mod console;
mod guard;
mod health;
mod keys;
mod multipart;
mod page;
mod patience;
mod quick;
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
use accept::Door;
use quick::Quick;

/// All routes.
pub fn router(app: Shared) -> Router {
    routes(app.clone(), &Quick::of(app))
}

/// The routes, among them those of what is answered the quick way, too.
fn routes(app: Shared, quick: &Quick) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/.well-known/jwks.json", get(keys::page))
        .nest(api::ROOT, api::router(quick.api.clone()))
        .with_state(app.clone())
        .merge(badge::router(quick.badges.clone()))
        .merge(console::router(app.clone()))
        .merge(report::router(app.clone()))
        .merge(unit::router(app))
        .merge(verify::router(quick.front.clone()))
}

/// Serves until it is stopped; answers under way are finished.
pub async fn serve(app: Shared, listener: TcpListener, stop: CancellationToken) {
    let quick = Quick::of(app.clone());
    let door = Door { router: routes(app.clone(), &quick), quick, metrics: app.metrics };
    accept::serve(door, listener, stop).await;
}
