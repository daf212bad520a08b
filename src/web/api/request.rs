//! What a handler takes from a request: who asks, and what, each refused in the API's own words.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::Api;
use super::trouble::{Code, Trouble};
use crate::domain::account::Actor;
use crate::flow::accounts::{authenticate, hash};
use crate::web::visitor;

/// Somebody who was let in by the token of the request.
pub(super) struct Caller(pub Actor);

impl FromRequestParts<Api> for Caller {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Trouble> {
        let token = bearer(&parts.headers).unwrap_or_default();
        match authenticate(&api.app.db, token, api.app.clock.now()).await? {
            Some(actor) => {
                api.limits.known(hash(token)).map_err(Trouble::too_many)?;
                Ok(Self(actor))
            }
            None => Err(stranger(api, address(parts, api))),
        }
    }
}

/// The answer to somebody who shows nothing that lets in.
pub(super) fn stranger(api: &Api, address: Option<IpAddr>) -> Trouble {
    match api.limits.stranger(address) {
        Ok(()) => Code::Unauthorized.into(),
        Err(wait) => Trouble::too_many(wait),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn address(parts: &Parts, api: &Api) -> Option<IpAddr> {
    visitor::address(&api.app.config.web.trusted_proxies, &parts.extensions, &parts.headers)
}

/// Where a request comes from, as far as it is known.
pub(super) struct Whence(pub Option<IpAddr>);

impl FromRequestParts<Api> for Whence {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Trouble> {
        Ok(Self(address(parts, api)))
    }
}

/// What stands in the address.
pub(super) struct Place<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Api> for Place<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Trouble> {
        // Nothing on file has a zero byte in its name; PostgreSQL would not even hear the question.
        if holds_zero(parts.uri.path()) {
            return Err(Code::NotFound.into());
        }
        let Path(place) = Path::from_request_parts(parts, api).await.map_err(|_| Code::NotFound)?;
        Ok(Self(place))
    }
}

/// What stands behind the question mark.
pub(super) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Api> for Asked<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Trouble> {
        if parts.uri.query().is_some_and(holds_zero) {
            return Err(zero(None));
        }
        match Query::from_request_parts(parts, api).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => {
                let text = rejection.body_text();
                let what = text.trim_start_matches("Failed to deserialize query string: ");
                Err(Trouble::invalid(field(what), what))
            }
        }
    }
}

/// The body, as JSON; where it is empty, as `{}`.
pub(super) struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Api> for Body<T> {
    type Rejection = Trouble;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Trouble> {
        let bytes = bytes(Bytes::from_request(request, api).await)?;
        json(if bytes.is_empty() { b"{}" } else { &bytes }).map(Self)
    }
}

/// The bytes of a body that is not too large.
pub(super) fn bytes(read: Result<Bytes, BytesRejection>) -> Result<Bytes, Trouble> {
    read.map_err(|rejection| match rejection.status().as_u16() {
        413 => Code::TooLarge.into(),
        _ => Trouble::invalid(None, "the body cannot be read"),
    })
}

/// Reads JSON; what is wrong is named with its field.
pub(super) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Trouble> {
    let mut text = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut text).map_err(|error| {
        let (path, what) = (error.path().to_string(), error.inner().to_string());
        let field = if path == "." { quoted(&what) } else { Some(path) };
        Trouble::invalid(field, &what)
    })?;
    text.end().map_err(|error| Trouble::invalid(None, &error.to_string()))?;
    // It can only be written by its escape, which is seldom there.
    if bytes.windows(ZERO_ESCAPED.len()).any(|window| window == ZERO_ESCAPED) {
        let tree = serde_json::from_slice(bytes).map_err(|error| Trouble::invalid(None, &error.to_string()))?;
        with_zero(&tree, "").map_or(Ok(()), |field| Err(zero(Some(field))))?;
    }
    Ok(read)
}

/// How JSON writes a zero byte.
const ZERO_ESCAPED: &[u8] = b"\\u0000";

/// Is there a zero byte in a part of an address, which writes it percent-encoded? SQLite keeps one in a text, PostgreSQL
/// does not: it is let in nowhere.
fn holds_zero(encoded: &str) -> bool {
    encoded.contains("%00")
}

fn zero(field: Option<String>) -> Trouble {
    Trouble::invalid(field, "no text holds a zero byte")
}

/// The field, the outermost one, whose text holds a zero byte.
fn with_zero(tree: &serde_json::Value, at: &str) -> Option<String> {
    let within = |at: &str, name: &str| if at.is_empty() { name.to_owned() } else { at.to_owned() };
    match tree {
        serde_json::Value::String(text) => text.contains('\0').then(|| at.to_owned()),
        serde_json::Value::Array(items) => items.iter().find_map(|item| with_zero(item, at)),
        serde_json::Value::Object(fields) => {
            fields.iter().find_map(|(name, value)| with_zero(value, &within(at, name)))
        }
        _ => None,
    }
}

/// The field that a message begins with, or quotes.
fn field(what: &str) -> Option<String> {
    let begins = what.split_once(": ").map(|(field, _)| field);
    let is_name = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    begins.filter(is_name).map(str::to_owned).or_else(|| quoted(what))
}

/// The field that a message of serde quotes: missing, or unknown.
fn quoted(what: &str) -> Option<String> {
    what.split('`').nth(1).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Given {
        #[expect(dead_code, reason = "only whether it can be read matters")]
        on: chrono::NaiveDate,
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        let refused = |text: &str| format!("{:?}", json::<Given>(text.as_bytes()).unwrap_err());
        for (text, field) in [
            ("{}", "Some(\"on\")"),
            ("{\"on\":\"yesterday\"}", "Some(\"on\")"),
            ("{\"on\":\"2026-11-26\",\"by\":1}", "Some(\"by\")"),
            ("{\"on\":\"2026-11-26\"} {}", "None"),
            ("on=2026-11-26", "None"),
        ] {
            assert!(refused(text).contains(&format!("field: {field}")), "{text}: {}", refused(text));
        }
        assert!(json::<Given>(b"{\"on\":\"2026-11-26\"}").is_ok());
        assert_eq!(field("state: x: no value of NoticeState").as_deref(), Some("state"));
        assert_eq!(field("unknown field `by`, expected `on`").as_deref(), Some("by"));
    }

    #[test]
    fn a_zero_byte_is_refused_and_what_looks_like_one_is_not() {
        let read = |text: &str| json::<serde_json::Value>(text.as_bytes());
        let refused = |text: &str| format!("{:?}", read(text).unwrap_err());
        assert!(refused(r#"{"why":"a\u0000"}"#).contains("field: Some(\"why\")"));
        assert!(refused(r#"{"names":["a",{"b":"\u0000"}]}"#).contains("field: Some(\"names\")"));
        assert!(read(r#"{"why":"a\\u0000"}"#).is_ok(), "a backslash and five letters");
    }

    #[test]
    fn a_bearer_is_read_whatever_its_case() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, text.parse().unwrap());
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(of("Bearer bw_x").as_deref(), Some("bw_x"));
        assert_eq!(of("bearer bw_x").as_deref(), Some("bw_x"));
        assert_eq!((of("Basic bw_x"), of("bw_x"), bearer(&HeaderMap::new())), (None, None, None));
    }
}
