//! What a unit needs to hang its badge.

use axum::Json;
use axum::extract::State;

use super::request::{Place, Whence};
use super::trouble::{Code, OfAsking, Trouble};
use super::{Api, Said};
use crate::domain::badge::snippet::Snippets;
use crate::domain::certificate::BadgeRef;
use crate::domain::click::From;
use crate::domain::ids::BadgeCode;

/// The embed codes of a badge. Refused where this installation has no public address (`web.public_url`).
#[utoipa::path(get, path = "/badges/{code}/snippet", tag = "public", params(("code" = String, Path, description = "Badge code")),
    responses((status = 200, description = "The embed codes", body = Snippets),
        (status = 404, description = "No such badge is on file", body = super::trouble::ErrorBody), OfAsking))]
pub(super) async fn badge_snippet(
    State(api): State<Api>,
    Whence(visitor): Whence,
    Place(code): Place<String>,
) -> Said<Snippets> {
    api.limits.visitor(visitor).map_err(Trouble::too_many)?;
    let invalid = |error: crate::domain::ids::CodeError| Trouble::invalid(Some("code".to_owned()), &error.to_string());
    let code = BadgeCode::parse(&code).map_err(invalid)?;
    let shelf = api.app.shelf.get().ok_or(Code::Unavailable)?;
    let told = shelf.told(&BadgeRef::Code(code.clone()), &From::Unknown).map_err(|error| {
        tracing::error!(%error, "the public's certificates cannot be read");
        Trouble::from(Code::Unavailable)
    })?;
    let held = told.shelved.ok_or(Code::NotFound)?.certificate;
    let url = api.app.config.web.public_url.as_deref();
    let snippets = url.and_then(|url| Snippets::of(url, &code, held.unit_type, held.state));
    Ok(Json(snippets.ok_or_else(|| Trouble::invalid(None, "web.public_url is not set, or is no name of a host"))?))
}
