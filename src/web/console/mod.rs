//! Where an office works: pages made here, complete without scripts, Chinese first, English by choice.
//!
//! One table (`console!` below) says which routes there are and which role each takes; a layer holds it before any handler is
//! called. What lies in whose region is decided in the use-cases and their queries, never in a page. Handlers answer with
//! [`Trouble`] where there is nothing to show; it is worded in one place, [`trouble`].

mod act;
mod assets;
mod cases;
mod chart;
mod circulars;
mod enter;
mod form;
mod frame;
mod framing;
mod holds;
mod leads;
mod letter;
mod limits;
mod log_in;
mod notices;
mod oneself;
mod outbox;
mod overview;
mod record;
mod registry;
mod settings;
mod sheet;
mod sites;
mod tongue;
mod trouble;
mod words;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::{Router, middleware, routing};
use tokio::sync::Semaphore;

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
    limits: Arc<limits::Limits>,
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
    get "/console/registry" Officer => registry::index::show;
    post "/console/registry/file" Admin => registry::upload::submit;
    get "/console/registry/file/{id}" Admin => registry::preview::show;
    get "/console/registry/file/{id}/refused.csv" Admin => registry::preview::refused;
    post "/console/registry/file/{id}/take" Admin => registry::take::submit;
    post "/console/registry/file/{id}/discard" Admin => registry::take::discard;
    get "/console/registry/imports/{id}/refused.csv" Officer => registry::index::refused;
    get "/console/circulars" Viewer => circulars::list::show;
    post "/console/circulars" Officer => circulars::list::draft;
    get "/console/circulars/{id}" Viewer => circulars::page::show;
    get "/console/circulars/{id}/annex.xlsx" Viewer => circulars::annex::xlsx;
    post "/console/circulars/{id}/text" Officer => circulars::text::reword;
    get "/console/circulars/{id}/{act}" Officer => circulars::act::show;
    post "/console/circulars/{id}/{act}" Officer => circulars::act::submit;
    post "/console/log-out" Viewer => log_in::log_out;
    get "/console/me" Viewer => oneself::show;
    post "/console/me/end-others" Viewer => oneself::end_others;
    get "/console/password" Viewer => oneself::password::show;
    post "/console/password" Viewer => oneself::password::submit;
    get "/console/second-device" Viewer => oneself::device::show;
    post "/console/second-device" Viewer => oneself::device::enrol;
    get "/console/second-device/code" Viewer => oneself::code::show;
    post "/console/second-device/code" Viewer => oneself::code::submit;
    get "/console/settings" Admin => settings::show;
    get "/console/settings/running" Admin => settings::running::show;
    get "/console/settings/letters" Admin => settings::letters::show;
    get "/console/settings/letters/{kind}" Admin => settings::letters::alone;
    get "/console/settings/users" Admin => settings::users::list;
    get "/console/settings/new-user" Admin => settings::new_user::show;
    post "/console/settings/new-user" Admin => settings::new_user::submit;
    get "/console/settings/users/{name}" Admin => settings::user::show;
    post "/console/settings/users/{name}" Admin => settings::user::change;
    get "/console/settings/users/{name}/{act}" Admin => settings::user_act::show;
    post "/console/settings/users/{name}/{act}" Admin => settings::user_act::submit;
    get "/console/settings/tokens" Admin => settings::tokens::list;
    post "/console/settings/tokens" Admin => settings::tokens::issue;
    get "/console/settings/tokens/{token}" Admin => settings::tokens::ask;
    post "/console/settings/tokens/{token}" Admin => settings::tokens::revoke;
    get "/console/notices" Viewer => notices::list::show;
    post "/console/notices/approve" Officer => notices::approve::submit;
    get "/console/notices/{id}" Viewer => notices::sheet::show;
    get "/console/notices/{id}/files/{file}" Viewer => notices::file::save;
    get "/console/notices/{id}/{act}" Officer => notices::act::show;
    post "/console/notices/{id}/{act}" Officer => notices::act::submit;
    get "/console/cases" Viewer => cases::list::show;
    get "/console/cases/open" Officer => cases::open::show;
    post "/console/cases/open" Officer => cases::open::submit;
    get "/console/cases/{id}" Viewer => cases::sheet::show;
    get "/console/cases/{id}/bundle" Viewer => cases::sheet::bundle;
    get "/console/cases/{id}/{act}" Officer => cases::act::show;
    post "/console/cases/{id}/{act}" Officer => cases::act::submit;
    get "/console/leads" Viewer => leads::list::show;
    get "/console/leads/{id}" Viewer => leads::sheet::show;
    get "/console/leads/{id}/{act}" Officer => leads::act::show;
    post "/console/leads/{id}/{act}" Officer => leads::act::submit;
    get "/console/holds" Viewer => holds::list;
    get "/console/holds/{id}/{verdict}" Approver => holds::show;
    post "/console/holds/{id}/{verdict}" Approver => holds::submit;
    get "/console/outbox" Viewer => outbox::list;
    post "/console/outbox/good" Officer => outbox::good;
    get "/console/outbox/{id}/letter" Viewer => outbox::alone;
    get "/console/outbox/{id}/{act}" Officer => outbox::show;
    post "/console/outbox/{id}/{act}" Officer => outbox::submit;
}

/// The console's routes.
pub(super) fn router(app: Shared) -> Router {
    let console = Console {
        app,
        regions: Arc::new(Regions::builtin()),
        limits: Arc::default(),
        tables: Arc::new(Semaphore::new(TABLES)),
    };
    routes()
        .layer(middleware::from_fn_with_state(console.clone(), enter::enter))
        .route("/console/log-in", routing::get(log_in::show).post(log_in::submit))
        .route("/console/tongue/{tongue}", routing::get(tongue::choose))
        .route(assets::STYLE, routing::get(assets::style))
        .route(assets::SCRIPT, routing::get(assets::script))
        .route("/console/{*rest}", routing::any(async || Trouble::Missing))
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(middleware::from_fn(trouble::worded))
        .layer(middleware::map_response(framing::guarded))
        .with_state(console)
}
