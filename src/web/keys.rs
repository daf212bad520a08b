//! The public keys of what goes out under our name: a JWK Set (RFC 7517).

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::shared::Shared;

/// A day: keys change with the installation, if ever.
const CACHED: &str = "public, max-age=86400";

pub(super) async fn page(State(app): State<Shared>) -> Response {
    let keys = json!({ "keys": [app.voice.signer().jwk(), app.instructions_key.as_ref()] });
    let kind = (header::CONTENT_TYPE, "application/jwk-set+json");
    let anybody = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    ([kind, (header::CACHE_CONTROL, CACHED), anybody], keys.to_string()).into_response()
}
