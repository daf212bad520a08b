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
        // Old browsers send what they show, and not always in UTF-8: what cannot be read is in no host.
        let said = |name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
        let asked_by = headers.get(header::HOST).and_then(|value| value.to_str().ok());
        let own = self.authority.as_deref().or(asked_by);
        let (referer, origin) = (said(header::REFERER), said(header::ORIGIN));
        From::read(referer.as_deref(), origin.as_deref(), |authority| own == Some(authority))
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

    /// Old browsers send an address as it is shown, in UTF-8 or in a code page of theirs.
    #[test]
    fn an_address_that_was_not_encoded_is_read_all_the_same() {
        let own = Own::of(None);
        let from = |bytes: &[u8]| {
            let value = HeaderValue::from_bytes(bytes).unwrap();
            own.came_from(&[(header::REFERER, value)].into_iter().collect())
        };
        let host = |text: &str| From::Host(crate::domain::host::Host::parse(text).unwrap());
        assert_eq!(from("https://云溪水利.政务/公示?编号=1".as_bytes()), host("云溪水利.政务"));
        assert_eq!(from(b"http://www.copy.example/\xc4\xe3.html"), host("www.copy.example"), "GBK");
        assert_eq!(from(b"http://\xd4\xc6\xcf\xaa.gov.test/"), From::Unknown, "which name that is nobody can tell");
    }
}
