//! What the public's programs ask: is this badge in force, and is it this host's? Answered from the shelf, signed.

use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;
use utoipa::ToSchema;

use super::request::{Body, Place, Whence};
use super::trouble::{Code, OfAsking, Trouble};
use super::{Api, schemas};
use crate::domain::certificate::{BadgeRef, Certificate};
use crate::domain::click::{ClickVerdict, From};
use crate::domain::host::Host;
use crate::flow::certificates::{self, Answer, Snapshot, Told};
use crate::metrics::VerifyForm;
use crate::web::guard::is_known;

/// Badges asked for at once.
const MOST: usize = 100;
/// The signature over the body: protected header and signature (RFC 7515, appendix F).
const JWS: HeaderName = HeaderName::from_static("x-jws-signature");
/// Until when the database was heard.
const AS_OF: HeaderName = HeaderName::from_static("x-as-of");

/// An answer about one badge. Fields may be added, none goes.
#[derive(ToSchema, Serialize)]
pub(super) struct Verified {
    #[schema(schema_with = schemas::click_verdict)]
    verdict: ClickVerdict,
    /// What the law makes public of the site (art. 4); null where there is none.
    #[schema(value_type = Object)]
    certificate: Option<Certificate>,
    signed_at: DateTime<Utc>,
    valid_until: DateTime<Utc>,
}

/// The host in question, if any.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Where {
    host: Option<String>,
}

impl Where {
    fn from(self) -> Result<From, Trouble> {
        let Some(text) = self.host else { return Ok(From::Unknown) };
        let host = Host::parse(&text).ok_or_else(|| Trouble::invalid(Some("host".to_owned()), "no host name"))?;
        Ok(From::Host(host))
    }
}

/// What is known of a badge: by its code or its certificate id; with `host`, whether it is that host's. The body is signed:
/// `X-JWS-Signature` is a JWS with detached payload, the keys are under `/.well-known/jwks.json`.
#[utoipa::path(get, path = "/verify/{id}", tag = "public",
    params(("id" = String, Path, description = "Badge code or certificate id"), ("host" = Option<String>, Query)),
    responses((status = 200, description = "What is known of it", body = Verified),
        (status = 304, description = "As before"),
        (status = 404, description = "No such badge is on file", body = Verified), OfAsking))]
pub(super) async fn verify(
    State(api): State<Api>,
    Whence(visitor): Whence,
    RawQuery(query): RawQuery,
    Place(id): Place<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    answer(&api, visitor, &id, query.as_deref(), &headers)
}

pub(super) fn answer(
    api: &Api,
    visitor: Option<IpAddr>,
    id: &str,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Trouble> {
    api.limits.visitor(visitor).map_err(Trouble::too_many)?;
    let Some(badge) = BadgeRef::parse(id) else {
        api.app.metrics.told(VerifyForm::Json, ClickVerdict::Malformed);
        return Err(Trouble::invalid(Some("id".to_owned()), ClickVerdict::Malformed.help()));
    };
    let from = match query {
        None => From::Unknown,
        Some(query) => read_query(query)?.from()?,
    };
    let (shelf, now) = (on_shelf(api)?, api.app.clock.now());
    let said = api.app.voice.say(&shelf, &badge, &from, now).map_err(|error| unreadable(&error))?;
    api.app.metrics.told(VerifyForm::Json, said.verdict);
    let etag = ["\"", said.tag(), "-", said.verdict.name(), "\""].concat();
    let status = match (is_known(headers, etag.as_bytes()), said.verdict) {
        (true, _) => StatusCode::NOT_MODIFIED,
        (false, ClickVerdict::NotIssued) => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    let mut response = signed(api, &shelf, said, status);
    if let Ok(etag) = HeaderValue::try_from(etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

fn read_query(query: &str) -> Result<Where, Trouble> {
    let uri = format!("/?{query}").parse().map_err(|_| Trouble::from(Code::Invalid))?;
    let read = Query::<Where>::try_from_uri(&uri);
    read.map(|Query(asked)| asked).map_err(|error| Trouble::invalid(None, &error.body_text()))
}

fn signed(api: &Api, shelf: &Snapshot, said: certificates::Said, status: StatusCode) -> Response {
    let body = if status == StatusCode::NOT_MODIFIED { Vec::new() } else { said.body };
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.reserve(8);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, api.keep.clone());
    // The signature is plain text of base64, the time one of digits: neither can be refused.
    for (name, value) in [(JWS, said.jws), (AS_OF, shelf.as_of().to_rfc3339_opts(chrono::SecondsFormat::Secs, true))] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    // Else a page that asks could read the answer and not prove it.
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("x-jws-signature, x-as-of, etag"));
    response
}

fn on_shelf(api: &Api) -> Result<Arc<Snapshot>, Trouble> {
    api.app.shelf.get().ok_or(Code::Unavailable.into())
}

fn unreadable(error: &std::io::Error) -> Trouble {
    tracing::error!(%error, "the public's certificates cannot be read");
    Code::Unavailable.into()
}

/// Up to 100 badges.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Many {
    /// Badge codes and certificate ids.
    ids: Vec<String>,
    /// Whether they are this host's.
    host: Option<String>,
}

/// What is known of up to 100 badges, in their order, signed as a whole.
#[utoipa::path(post, path = "/verify", tag = "public", request_body = Many,
    responses((status = 200, description = "`answers`: what is known of each", body = serde_json::Value), OfAsking))]
pub(super) async fn verify_many(
    State(api): State<Api>,
    Whence(visitor): Whence,
    Body(many): Body<Many>,
) -> Result<Response, Trouble> {
    api.limits.visitor(visitor).map_err(Trouble::too_many)?;
    if many.ids.len() > MOST {
        return Err(Trouble::invalid(Some("ids".to_owned()), "at most 100"));
    }
    let from = Where { host: many.host }.from()?;
    let (shelf, now) = (on_shelf(&api)?, api.app.clock.now());
    let mut answers = Vec::with_capacity(many.ids.len());
    for id in &many.ids {
        let told = match BadgeRef::parse(id) {
            Some(badge) => shelf.told(&badge, &from).map_err(|error| unreadable(&error))?,
            None => Told { verdict: ClickVerdict::Malformed, shelved: None },
        };
        let certificate = told.shelved.map(|held| held.certificate);
        api.app.metrics.told(VerifyForm::Json, told.verdict);
        answers.push(Answer { asked: id, verdict: told.verdict, certificate });
    }
    let said = api.app.voice.say_all(&answers, now).map_err(|error| unreadable(&error.into()))?;
    Ok(signed(&api, &shelf, said, StatusCode::OK))
}
