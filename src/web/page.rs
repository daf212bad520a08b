//! A page, as it goes out.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

/// A page.
pub(super) fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be written");
            (StatusCode::SERVICE_UNAVAILABLE, "暂时无法显示，请稍后再试。 / Please try again later.\n").into_response()
        }
    }
}
