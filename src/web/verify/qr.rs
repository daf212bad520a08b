//! A certificate's own address as a picture, for paper.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use super::{Front, trouble};
use crate::domain::certificate::BadgeRef;
use crate::web::tongue::Tongue;

/// The smallest side, in pixels.
const SIDE: u32 = 200;

/// The picture. There is none where our own address was not configured.
pub(super) fn picture(front: &Front, badge: &BadgeRef, headers: &HeaderMap) -> Response {
    let address = front.0.own.address(&format!("/verify/{badge}"));
    let code = address.and_then(|address| QrCode::with_error_correction_level(address, EcLevel::M).ok());
    let Some(code) = code else { return trouble::nothing_here(Tongue::asked(headers)) };
    let picture = code.render::<svg::Color>().min_dimensions(SIDE, SIDE).build();
    let kind = HeaderValue::from_static("image/svg+xml");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"))], picture)
        .into_response()
}
