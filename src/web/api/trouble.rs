//! What an answer says when it is no: a stable word for programs, a sentence for people.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::{Content, Ref, RefOr, Response as Described, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::closed_set;
use crate::flow::cases::CaseError;
use crate::flow::leads::LeadError;
use crate::flow::notices::ActError;
use crate::store::StoreError;

closed_set! {
    /// Why a request was not done.
    pub enum Code {
        Unauthorized = "unauthorized", "请提供有效的访问令牌 · show a token that lets you in";
        Forbidden = "forbidden", "没有这一权限 · not within your role";
        NotFound = "not_found", "没有查到 · there is none here";
        NoMethod = "no_method", "不支持这一请求方法 · the address knows no such method";
        Changed = "changed", "刚才已被他人更改，请重新查看 · somebody else changed it meanwhile: look again";
        Refused = "refused", "当前状态下不能这样办理 · it cannot be done as things stand";
        TooLarge = "too_large", "请求内容过大 · the body is larger than 64 KiB";
        Invalid = "invalid", "请求内容有误 · something in the request cannot be";
        TooMany = "too_many", "请求过于频繁，请稍后再试 · too many requests: wait a while";
        Unavailable = "unavailable", "暂时无法办理，请稍后再试 · not possible just now: try again later";
    }
}

impl Code {
    fn status(self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NoMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Changed | Self::Refused => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// A request that was not done.
#[derive(Debug)]
pub struct Trouble {
    code: Code,
    message: String,
    field: Option<String>,
    sites: Vec<String>,
    /// Seconds after which it may be tried again.
    wait: Option<u64>,
}

/// The body of every answer that is no.
#[derive(Serialize, ToSchema)]
#[schema(as = Error)]
pub(super) struct ErrorBody {
    /// A stable word.
    #[schema(schema_with = super::schemas::error_code)]
    error: Code,
    /// 中文 · English
    message: String,
    /// Which part of the request it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Registry keys of sites that would go dark with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sites: Vec<String>,
}

impl From<Code> for Trouble {
    fn from(code: Code) -> Self {
        Self { code, message: code.help().to_owned(), field: None, sites: Vec::new(), wait: None }
    }
}

impl Trouble {
    /// A field, and what is wrong with it.
    pub(super) fn invalid(field: Option<String>, what: &str) -> Self {
        let message = format!("{}: {what}", Code::Invalid.help());
        Self { message, field, ..Code::Invalid.into() }
    }

    pub(super) fn too_many(wait: u64) -> Self {
        Self { wait: Some(wait), ..Code::TooMany.into() }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the API cannot answer");
        Code::Unavailable.into()
    }
}

impl From<ActError> for Trouble {
    fn from(error: ActError) -> Self {
        let code = match error {
            ActError::NotFound => Code::NotFound,
            ActError::NotYours => Code::Forbidden,
            ActError::Changed => Code::Changed,
            ActError::Refused(refusal) => return Self { message: refusal.to_string(), ..Code::Refused.into() },
            ActError::Store(error) => return error.into(),
        };
        code.into()
    }
}

impl From<CaseError> for Trouble {
    fn from(error: CaseError) -> Self {
        let code = match error {
            CaseError::NotFound => Code::NotFound,
            CaseError::NotYours => Code::Forbidden,
            CaseError::Changed => Code::Changed,
            CaseError::Store(error) => return error.into(),
            CaseError::Shared(ref shared) => {
                let sites = shared.iter().map(|one| one.site.clone()).collect();
                let field = Some("despite_shared".to_owned());
                return Self { message: error.to_string(), field, sites, ..Code::Refused.into() };
            }
            refused @ (CaseError::Refused(_) | CaseError::OpenAlready(_)) => {
                return Self { message: refused.to_string(), ..Code::Refused.into() };
            }
        };
        code.into()
    }
}

impl From<LeadError> for Trouble {
    fn from(error: LeadError) -> Self {
        let code = match error {
            LeadError::NotFound => Code::NotFound,
            LeadError::NotYours => Code::Forbidden,
            LeadError::Changed => Code::Changed,
            LeadError::Refused(refusal) => return Self { message: refusal.help().to_owned(), ..Code::Refused.into() },
            LeadError::Store(error) => return error.into(),
        };
        code.into()
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let body = ErrorBody { error: self.code, message: self.message, field: self.field, sites: self.sites };
        let mut response = (self.code.status(), Json(body)).into_response();
        if self.code == Code::Unauthorized {
            // RFC 6750 wants the scheme; why it was refused is nobody's business.
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.wait {
            response.headers_mut().insert(header::RETRY_AFTER, wait.into());
        }
        response
    }
}

type Responses = BTreeMap<String, RefOr<Described>>;

fn described(codes: &[Code]) -> Responses {
    let mut responses = Responses::new();
    for code in codes {
        let schema = Ref::from_schema_name("Error");
        let described = ResponseBuilder::new().description(code.help());
        let described = described.content("application/json", Content::new(Some(schema))).build();
        responses.insert(code.status().as_u16().to_string(), described.into());
    }
    responses
}

/// How a question may be answered with no.
pub(super) struct OfReading;

impl IntoResponses for OfReading {
    fn responses() -> Responses {
        described(&[Code::Unauthorized, Code::NotFound, Code::Invalid, Code::TooMany, Code::Unavailable])
    }
}

/// How a question of the public may be answered with no.
pub(super) struct OfAsking;

impl IntoResponses for OfAsking {
    fn responses() -> Responses {
        described(&[Code::TooLarge, Code::Invalid, Code::TooMany, Code::Unavailable])
    }
}

/// How a report of a program of ours may be answered with no.
pub(super) struct OfReporting;

impl IntoResponses for OfReporting {
    fn responses() -> Responses {
        let mut all = OfReading::responses();
        all.extend(described(&[Code::TooLarge]));
        all
    }
}

/// How an act may be answered with no.
pub(super) struct OfActing;

impl IntoResponses for OfActing {
    fn responses() -> Responses {
        let mut all = OfReading::responses();
        all.extend(described(&[Code::Forbidden, Code::Refused, Code::TooLarge]));
        all
    }
}
