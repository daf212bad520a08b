//! A page, as it goes out.

use askama::Template;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};

/// Bytes of most pages: so much room is made at once.
const USUAL: usize = 4096;

/// A page.
pub(super) fn html<T: Template>(status: StatusCode, template: &T) -> Response {
    let mut html = String::with_capacity(T::SIZE_HINT.max(USUAL));
    match template.render_into(&mut html) {
        Ok(()) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be written");
            (StatusCode::SERVICE_UNAVAILABLE, "暂时无法显示，请稍后再试。 / Please try again later.\n").into_response()
        }
    }
}

/// A file to be saved under its name (RFC 6266, the name as of RFC 8187).
pub(super) fn disposition(name: &str) -> HeaderValue {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let encoded: String =
        name.bytes().map(|b| if is_plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    let text = format!("attachment; filename=\"file\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_breaks_out_of_no_header() {
        let of = |name: &str| disposition(name).to_str().unwrap().to_owned();
        let prefix = "attachment; filename=\"file\"; filename*=UTF-8''";
        assert_eq!(of("a-1.pdf"), format!("{prefix}a-1.pdf"));
        assert_eq!(of("说明\"\r\nX: y"), format!("{prefix}%E8%AF%B4%E6%98%8E%22%0D%0AX%3A%20y"));
    }
}
