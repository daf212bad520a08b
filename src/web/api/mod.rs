//! The API of the office: JSON under [`ROOT`], by bearer tokens, described by OpenAPI.
//!
//! Every handler calls a use-case; who may see and do what is decided there. The routes and the OpenAPI text are made from
//! one list (`api!` below).

mod acting;
mod acts;
mod badges;
pub mod cases;
pub mod leads;
mod limits;
mod notices;
mod outbox;
mod request;
mod schemas;
mod sites;
mod trouble;
mod verify;
pub mod views;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, middleware, routing};
use serde::{Deserialize, Serialize};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

use crate::domain::account::{AccountRole, Actor};
use crate::domain::personal::Personal;
use crate::flow::people;
use crate::shared::Shared;
use limits::Limits;
use request::Caller;
pub use trouble::Code;
use trouble::{OfReading, Trouble};

/// Before every path of the API.
pub const ROOT: &str = "/api/v1";
/// The largest body that is read.
const LARGEST: usize = 64 * 1024;
const KEEP_NOT: HeaderValue = HeaderValue::from_static("no-store");

/// What the handlers share.
#[derive(Clone)]
pub(super) struct Api {
    app: Shared,
    limits: Arc<Limits>,
    /// How long the public's answers may be kept: so that a revocation is seen within `verify.bound_seconds`.
    keep: HeaderValue,
}

impl Api {
    /// Nobody asked yet.
    pub fn of(app: Shared) -> Self {
        let seconds = app.config.verify.bound_seconds / 2;
        let keep = HeaderValue::try_from(format!("public, max-age={seconds}, must-revalidate")).unwrap_or(KEEP_NOT);
        Self { limits: Arc::new(Limits::of(&app.config)), app, keep }
    }

    /// What one visitor is answered who asks for a badge by its number.
    pub fn answer(&self, visitor: IpAddr, id: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
        guarded(verify::answer(self, Some(visitor), id, query, headers).into_response())
    }
}

/// The answer of a handler.
type Said<T> = Result<Json<T>, Trouble>;

/// A body in which nothing stands.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl Api {
    /// Puts on record that somebody is shown personal data, before it is.
    async fn viewed(&self, actor: &Actor, what: Personal, id: &str) -> Result<(), Trouble> {
        Ok(people::viewed(&self.app.db, actor, what, id, self.app.clock.now()).await?)
    }
}

/// Declares the routes: the router, their list, and the OpenAPI text are one.
macro_rules! api {
    ($($method:ident $path:literal => $($handler:ident)::+;)+) => {
        /// Method and path of every route.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),+];

        fn routes() -> Router<Api> {
            Router::new()$(.route($path, routing::$method($($handler)::+)))+
        }

        #[derive(OpenApi)]
        #[openapi(
            info(title = "badgewatch", description = "网站标识：核验、整改通知、案件与线索 · website badges: verification, notices, cases, leads"),
            servers((url = "/api/v1")),
            paths($($($handler)::+),+),
            components(schemas(trouble::ErrorBody)),
            modifiers(&Bearer),
        )]
        struct Document;
    };
}

api! {
    get "/openapi.json" => openapi;
    get "/me" => me;
    get "/verify/{id}" => verify::verify;
    post "/verify" => verify::verify_many;
    get "/badges/{code}/snippet" => badges::badge_snippet;
    get "/notices" => notices::list_notices;
    get "/notices/{id}" => notices::show_notice;
    get "/notices/{id}/history" => notices::notice_history;
    get "/notices/{id}/letters" => notices::notice_letters;
    get "/notices/{id}/attachments" => notices::notice_attachments;
    get "/notices/{id}/attachments/{file}" => notices::notice_attachment;
    post "/notices/{id}/approve" => acts::approve_notice;
    post "/notices/{id}/withdraw" => acts::withdraw_notice;
    post "/notices/{id}/extend" => acts::extend_notice;
    post "/notices/{id}/answer" => acts::answer_notice;
    post "/notices/{id}/resend" => acts::resend_notice;
    post "/notices/{id}/delivered" => acts::notice_delivered;
    post "/notices/{id}/close" => acts::close_notice;
    get "/cases" => cases::list_cases;
    post "/cases" => cases::open_case;
    get "/cases/{id}" => cases::show_case;
    get "/cases/{id}/history" => cases::case_history;
    get "/cases/{id}/letters" => cases::case_letters;
    get "/cases/{id}/instructions" => cases::case_instructions;
    post "/cases/{id}/consult" => cases::consult_case;
    post "/cases/{id}/propose" => cases::propose_case;
    post "/cases/{id}/approve" => cases::approve_case;
    post "/cases/{id}/reject" => cases::reject_case;
    post "/cases/{id}/withdraw" => cases::withdraw_case;
    post "/cases/{id}/acknowledge" => cases::acknowledge_case;
    post "/cases/{id}/hand-over" => cases::hand_over_case;
    post "/cases/{id}/propose-reinstatement" => cases::propose_reinstatement;
    post "/cases/{id}/approve-reinstatement" => cases::approve_reinstatement;
    post "/cases/{id}/reject-reinstatement" => cases::reject_reinstatement;
    post "/cases/{id}/close" => cases::close_case;
    get "/leads" => leads::list_leads;
    get "/leads/{id}" => leads::show_lead;
    get "/leads/{id}/history" => leads::lead_history;
    post "/leads/{id}/dismiss" => leads::dismiss_lead;
    post "/leads/{id}/follow" => leads::follow_lead;
    post "/sites/{key}/maintenance" => sites::announce_maintenance;
    post "/sites/{key}/report" => sites::note_report;
    post "/sites/{key}/recheck" => sites::recheck_site;
    get "/outbox" => outbox::show_outbox;
    post "/outbox/release" => outbox::release_outbox;
    post "/outbox/settle" => outbox::settle_message;
    get "/mail/bad" => outbox::bad_contacts;
    post "/mail/good" => outbox::good_contact;
    post "/mail/bounces" => outbox::report_bounce;
}

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("badgewatch token issue NAME"));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme.build()));
    }
}

/// The OpenAPI text.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// The API, to be nested under [`ROOT`].
pub(super) fn router<S>(api: Api) -> Router<S> {
    routes()
        .fallback(async || Trouble::from(Code::NotFound))
        .method_not_allowed_fallback(async || Trouble::from(Code::NoMethod))
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(middleware::map_response(async |response: Response| guarded(response)))
        .with_state(api)
}

/// What goes with every answer: nobody keeps it (but what says otherwise), nobody guesses what it is.
fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(KEEP_NOT);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// This text.
#[utoipa::path(get, path = "/openapi.json", tag = "api",
    responses((status = 200, description = "OpenAPI", body = serde_json::Value)))]
async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}

/// Who one is here.
#[derive(Serialize, ToSchema)]
struct Me {
    name: String,
    #[schema(schema_with = schemas::role)]
    role: AccountRole,
    /// GB/T 2260: acts there and below; `000000` everywhere.
    region: String,
}

/// Who one is, and what one may do.
#[utoipa::path(get, path = "/me", tag = "api", security(("token" = [])),
    responses((status = 200, description = "The account of the token", body = Me), OfReading))]
async fn me(State(_): State<Api>, Caller(actor): Caller) -> Said<Me> {
    Ok(Json(Me { name: actor.name, role: actor.role, region: actor.region }))
}
