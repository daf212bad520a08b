//! One spelling for one address, so that a page is asked for once.
//!
//! Only what cannot change the document is unified. Kept apart on purpose: `http` and `https`, `/` and `/index.html`,
//! repeated slashes, upper and lower case in the path, the order of parameters (the frontier folds a little more when
//! it asks "seen before?", but it always hands out an address as it was linked).

use super::noise;
use crate::domain::address::is_web;
use encoding_rs::Encoding;
use url::{Position, Url};

/// Longest address that is asked for, in bytes. Servers begin to refuse at about this length, and real pages are
/// far below it: what is longer was glued together by a fault or a trap.
pub const MAX_URL_LEN: usize = 2_000;

/// Longest `href` that is looked at: dot segments and session ids may still shorten it.
const MAX_HREF_LEN: usize = 2 * MAX_URL_LEN;

/// Marks of templates that were never filled in: a visitor cannot follow such a link either.
const PLACEHOLDERS: &[&str] = &["${", "<%", "{{", "<?", "{% "];

/// The address that a link leads to, in canonical spelling; `None` if it leads to no document of the web.
///
/// `base` is the page's address (or its `<base href>`), `href` the attribute's value with entities resolved,
/// `encoding` the page's own: non-ASCII text in the *query* is percent-encoded in it, in the path always as UTF-8
/// (WHATWG URL, "percent-encode after encoding"). Blanks around, line breaks within and backslashes are read as a
/// browser reads them. The fragment is dropped, `#!` included: a server never sees it, so it names no other answer.
/// User name and password are dropped: they are not ours to use. Session ids and tracking parameters are dropped
/// (see `noise`). Refused are other schemes than http(s), in the base too, unfilled templates and what is longer than
/// [`MAX_URL_LEN`].
pub fn canonical(base: &Url, href: &str, encoding: &'static Encoding) -> Option<Url> {
    if !is_web(base) || href.len() > MAX_HREF_LEN || is_unfilled(href) {
        return None;
    }
    let options = Url::options().base_url(Some(base));
    let url = options.encoding_override(Some(&|text| encoding.encode(text).0)).parse(href).ok()?;
    if !is_web(&url) {
        return None;
    }
    let url = without_noise(plain(url)?);
    // a line break within a mark is gone only now
    (url.as_str().len() <= MAX_URL_LEN && !is_unfilled(url.as_str())).then_some(url)
}

fn is_unfilled(text: &str) -> bool {
    PLACEHOLDERS.iter().any(|mark| text.contains(mark))
}

/// Drops what a server never gets (fragment, the final dot of the host) or must not get from us (credentials).
fn plain(mut url: Url) -> Option<Url> {
    url.set_fragment(None);
    if !url.username().is_empty() || url.password().is_some() {
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
    }
    let host = url.host_str()?;
    if host.ends_with('.') {
        let host = host.trim_end_matches('.').to_owned();
        url.set_host(Some(&host)).ok()?;
    }
    Some(url)
}

fn without_noise(mut url: Url) -> Url {
    if let Some(path) = noise::quiet_path(url.path()) {
        url.set_path(&path);
    }
    if let Some(query) = url.query()
        && let Some(kept) = noise::quiet_query(query)
    {
        url.set_query((!kept.is_empty()).then_some(&*kept));
    }
    with_upper_case_escapes(url)
}

/// `%e4` and `%E4` are the same octet (RFC 3986, 6.2.2.1).
fn with_upper_case_escapes(url: Url) -> Url {
    let tail = &url[Position::BeforePath..];
    let Some(upper) = upper_case_escapes(tail) else { return url };
    let spelled = format!("{}{upper}", &url[..Position::BeforePath]);
    Url::parse(&spelled).unwrap_or(url)
}

/// The text with its percent-escapes in upper case; `None` if they are already.
pub(super) fn upper_case_escapes(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let (mut at, mut changed) = (0, false);
    while at + 2 < bytes.len() {
        let escape = bytes[at] == b'%' && bytes[at + 1].is_ascii_hexdigit() && bytes[at + 2].is_ascii_hexdigit();
        if escape {
            changed |= bytes[at + 1].is_ascii_lowercase() || bytes[at + 2].is_ascii_lowercase();
            bytes[at + 1..at + 3].make_ascii_uppercase();
        }
        at += if escape { 3 } else { 1 };
    }
    changed.then(|| String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{GBK, UTF_8};
    use proptest::prelude::*;

    fn page() -> Url {
        Url::parse("http://www.yunxi.gov.test/xwzx/index.html").unwrap()
    }

    fn seen(href: &str) -> Option<String> {
        canonical(&page(), href, UTF_8).map(String::from)
    }

    #[test]
    fn links_are_resolved_as_a_browser_resolves_them() {
        for (href, url) in [
            ("a.html", "http://www.yunxi.gov.test/xwzx/a.html"),
            ("./../a.html", "http://www.yunxi.gov.test/a.html"),
            ("//YUNXI.gov.test", "http://yunxi.gov.test/"),
            ("HTTP://www.yunxi.gov.test:80/A", "http://www.yunxi.gov.test/A"),
            ("https://www.yunxi.gov.test:443/", "https://www.yunxi.gov.test/"),
            ("http://www.yunxi.gov.test:8080/", "http://www.yunxi.gov.test:8080/"),
            ("http://云溪.政务/", "http://xn--9kq759e.xn--zfr164b/"),
            ("  /a\n.html\t", "http://www.yunxi.gov.test/a.html"),
            ("\\bsfw\\a.html", "http://www.yunxi.gov.test/bsfw/a.html"),
            ("/a.html#top", "http://www.yunxi.gov.test/a.html"),
            ("/app#!/list", "http://www.yunxi.gov.test/app"),
            ("http://user:word@www.yunxi.gov.test./a", "http://www.yunxi.gov.test/a"),
            ("http://0x7f.1/", "http://127.0.0.1/"),
            ("", "http://www.yunxi.gov.test/xwzx/index.html"),
        ] {
            assert_eq!(seen(href).as_deref(), Some(url), "{href:?}");
        }
    }

    #[test]
    fn what_is_no_document_of_the_web_is_refused() {
        let long = format!("/{}", "a".repeat(MAX_URL_LEN));
        for href in [
            "javascript:void(0)",
            " JavaScript:history.back()",
            "java\nscript:alert(1)",
            "mailto:office@yunxi.gov.test",
            "tel:12345",
            "data:text/html,x",
            "ftp://yunxi.gov.test/",
            "file:///etc/passwd",
            "blob:http://www.yunxi.gov.test/1",
            "${item.url}",
            "/a/{{id}}.html",
            "<%=url%>",
            "/a?id=$\n{id}",
            "http://",
            "http://a b/",
            &long,
        ] {
            assert_eq!(seen(href), None, "{href:?}");
        }
    }

    #[test]
    fn session_ids_and_tracking_are_dropped_and_nothing_else() {
        for (href, url) in [
            ("/a.jsp;jsessionid=0A1B?id=3", "http://www.yunxi.gov.test/a.jsp?id=3"),
            ("/a.php?PHPSESSID=abc&id=3&utm_source=x", "http://www.yunxi.gov.test/a.php?id=3"),
            ("/a.html?spm=a2c.1.0", "http://www.yunxi.gov.test/a.html"),
            ("/a.html?", "http://www.yunxi.gov.test/a.html"),
            ("/(S(lit3py55t21z5v55vlm25s55))/a.aspx", "http://www.yunxi.gov.test/a.aspx"),
            ("/x/(S(a));jsessionid=1/a.aspx", "http://www.yunxi.gov.test/x/a.aspx"),
            ("/x/..;jsessionid=1/a.jsp", "http://www.yunxi.gov.test/a.jsp"),
            ("/a?b=2&a=1&b=3", "http://www.yunxi.gov.test/a?b=2&a=1&b=3"),
            ("/a//b/", "http://www.yunxi.gov.test/a//b/"),
            ("/%e4%ba%91?q=%e4", "http://www.yunxi.gov.test/%E4%BA%91?q=%E4"),
        ] {
            assert_eq!(seen(href).as_deref(), Some(url), "{href:?}");
        }
    }

    #[test]
    fn a_query_is_encoded_as_the_page_is_but_a_path_never() {
        let url = canonical(&page(), "/云?q=云溪", GBK).unwrap();
        assert_eq!(url.as_str(), "http://www.yunxi.gov.test/%E4%BA%91?q=%D4%C6%CF%AA");
        assert_eq!(seen("/?q=云").unwrap(), "http://www.yunxi.gov.test/?q=%E4%BA%91");
    }

    /// Hrefs made of the pieces that matter, in any order.
    fn hrefs() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("/".to_owned()),
            Just("..".to_owned()),
            Just("http://".to_owned()),
            Just(";jsessionid=".to_owned()),
            Just("?utm_x=1&".to_owned()),
            Just("sid=".to_owned()),
            Just("(S(".to_owned()),
            Just("))".to_owned()),
            Just("%2e".to_owned()),
            Just("%".to_owned()),
            Just(".".to_owned()),
            Just("#".to_owned()),
            Just("@".to_owned()),
            Just(":".to_owned()),
            Just("\\".to_owned()),
            "[a-f0-9]{1,20}",
            "\\PC{0,3}",
        ];
        prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn canonical_is_idempotent(href in hrefs(), gbk in any::<bool>()) {
            let encoding = if gbk { GBK } else { UTF_8 };
            if let Some(once) = canonical(&page(), &href, encoding) {
                prop_assert!(once.as_str().len() <= MAX_URL_LEN);
                prop_assert_eq!(once.fragment(), None);
                let twice = canonical(&once, once.as_str(), encoding);
                prop_assert_eq!(twice.as_ref(), Some(&once));
                prop_assert_eq!(Url::parse(once.as_str()).unwrap(), once);
            }
        }

        #[test]
        fn no_text_panics(href in "\\PC*") {
            let _ = canonical(&page(), &href, GBK);
        }
    }
}
