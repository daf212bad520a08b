//! Where an office works: pages made here, complete without scripts, Chinese first, English by choice.
//!
//! One table (`console!` below) says which routes there are and which role each takes; a layer holds it before any handler is
//! called. What lies in whose region is decided in the use-cases and their queries, never in a page. Handlers answer with
//! [`Trouble`] where there is nothing to show; it is worded in one place, [`trouble`].

mod assets;
mod chart;
mod enter;
mod form;
mod frame;
mod log_in;
mod overview;
mod sheet;
mod sites;
mod tongue;
mod trouble;
mod wording;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::{Router, middleware, routing};
use tokio::sync::Semaphore;

use super::guard;
use crate::domain::account::AccountRole;
use crate::domain::region::Regions;
use crate::shared::Shared;
use enter::Officer;
use trouble::Trouble;

/// Bytes of a form; who takes a file says so for itself.
const LARGEST: usize = 256 * 1024;

/// Tables that are written at once; who comes then waits.
const TABLES: usize = 2;

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
struct Console {
    app: Shared,
    regions: Arc<Regions>,
    /// Tables that are written at once.
    tables: Arc<Semaphore>,
}

/// What a handler answers.
type Page = Result<Response, Trouble>;

/// Declares the routes: method, path, the least role that may come in, handler.
macro_rules! console {
    ($($method:ident $path:literal $role:ident => $($handler:ident)::+;)+) => {
        /// Method, path and least role of every route behind the log-in.
        pub const ROUTES: &[(&str, &str, AccountRole)] =
            &[$((stringify!($method), $path, AccountRole::$role)),+];

        fn routes() -> Router<Console> {
            Router::new()$(.route($path, routing::$method($($handler)::+).route_layer(middleware::from_fn(
                async |officer: Officer, request, next| enter::needs(AccountRole::$role, officer, request, next).await,
            ))))+
        }
    };
}

console! {
    get "/console" Viewer => overview::show;
    get "/console/sites" Viewer => sites::list::show;
    get "/console/sites.csv" Viewer => sites::export::csv;
    get "/console/sites.xlsx" Viewer => sites::export::xlsx;
    post "/console/sites/filters" Viewer => sites::saved::keep;
    post "/console/sites/recheck" Officer => sites::recheck::many;
    get "/console/sites/{key}" Viewer => sites::page::show;
    post "/console/sites/{key}/recheck" Officer => sites::recheck::one;
    get "/console/sites/{key}/edit" Officer => sites::edit::show;
    post "/console/sites/{key}/edit" Officer => sites::edit::submit;
    post "/console/sites/{key}/maintenance" Officer => sites::maintenance::announce;
    post "/console/sites/{key}/maintenance/withdraw" Officer => sites::maintenance::withdraw;
    post "/console/sites/{key}/exemption" Officer => sites::exemption::grant;
    post "/console/sites/{key}/exemption/end" Officer => sites::exemption::end;
    post "/console/log-out" Viewer => log_in::log_out;
}

/// The console's routes.
pub(super) fn router(app: Shared) -> Router {
    let console = Console { app, regions: Arc::new(Regions::builtin()), tables: Arc::new(Semaphore::new(TABLES)) };
    routes()
        .layer(middleware::from_fn_with_state(console.clone(), enter::enter))
        .route("/console/log-in", routing::get(log_in::show).post(log_in::submit))
        .route("/console/tongue/{tongue}", routing::get(tongue::choose))
        .route(assets::STYLE, routing::get(assets::style))
        .route(assets::SCRIPT, routing::get(assets::script))
        .route("/console/{*rest}", routing::any(async || Trouble::Missing))
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(middleware::from_fn(trouble::worded))
        .layer(middleware::map_response(guarded))
        .with_state(console)
}

/// What holds for every answer: nobody keeps it (but what says otherwise), frames it, or passes its address on.
async fn guarded(mut response: Response) -> Response {
    let kept = response.headers().get(axum::http::header::CACHE_CONTROL).cloned();
    guard::put(response.headers_mut(), assets::POLICY, &guard::KEPT_BY_NOBODY);
    if let Some(kept) = kept {
        response.headers_mut().insert(axum::http::header::CACHE_CONTROL, kept);
    }
    response
}
