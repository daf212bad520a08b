//! Our own address.

use axum::http::{HeaderMap, header};
use url::{Position, Url};

use crate::domain::click::From;

/// Where the public finds us, if it was configured. What a request says about it is never printed: a request may say
/// anything.
pub(in crate::web) struct Own {
    /// Without a slash at its end.
    base: Option<String>,
    authority: Option<String>,
}

impl Own {
    pub fn of(public_url: Option<&str>) -> Self {
        let url = public_url.and_then(|text| Url::parse(text).ok());
        let authority = url.map(|url| url[Position::BeforeHost..Position::AfterPort].to_owned());
        let base = public_url.map(|text| text.trim_end_matches('/').to_owned());
        Self { base: base.filter(|_| authority.is_some()), authority }
    }

    /// The whole address of a path; none where ours was not configured.
    pub fn address(&self, path: &str) -> Option<String> {
        self.base.as_ref().map(|base| format!("{base}{path}"))
    }

    /// Where a visitor came from. Our own pages tell nothing; without a configured address they are known by the name that
    /// the browser asked us by.
    pub fn came_from(&self, headers: &HeaderMap) -> From {
        let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let own = self.authority.as_deref().or_else(|| said(header::HOST));
        From::read(said(header::REFERER), said(header::ORIGIN), |authority| own == Some(authority))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn from(own: &Own, said: &[(header::HeaderName, &'static str)]) -> From {
        own.came_from(&said.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect())
    }

    #[test]
    fn our_own_pages_tell_nothing_and_a_request_does_not_say_which_are_ours() {
        let evil = [(header::HOST, "evil.test"), (header::REFERER, "https://evil.test/x")];
        let ours = [(header::HOST, "badge.test"), (header::REFERER, "https://badge.test/search")];
        let own = Own::of(Some("https://badge.test/"));
        assert_eq!(own.address("/verify/1").as_deref(), Some("https://badge.test/verify/1"));
        assert!(matches!(from(&own, &evil), From::Host(_)));
        assert_eq!(from(&own, &ours), From::Unknown);

        let unknown = Own::of(None);
        assert_eq!(unknown.address("/verify/1"), None);
        assert_eq!(from(&unknown, &ours), From::Unknown);
        assert_eq!(from(&unknown, &[]), From::Unknown);
    }
}
