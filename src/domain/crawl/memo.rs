//! A memory of raw links: a template repeats its links on every page, and resolving one costs ten times as much as
//! remembering that it was resolved before.

use encoding_rs::Encoding;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use url::{Position, Url};

/// What the links of one page are resolved against.
#[derive(Debug, Clone)]
pub struct Base {
    pub(super) url: Url,
    pub(super) encoding: &'static Encoding,
    anywhere: DefaultHasher,
    on_host: DefaultHasher,
    in_folder: DefaultHasher,
    on_page: DefaultHasher,
}

impl Base {
    /// `url` is the page's address after redirects, or its `<base href>`; `encoding` the page's own.
    pub fn new(url: &Url, encoding: &'static Encoding) -> Self {
        let folder = url.path().rfind('/').map_or("", |slash| &url.path()[..slash]);
        let mut anywhere = DefaultHasher::new();
        encoding.name().hash(&mut anywhere);
        let mut on_host = anywhere.clone();
        url[..Position::BeforePath].hash(&mut on_host);
        let mut in_folder = on_host.clone();
        folder.hash(&mut in_folder);
        let mut on_page = on_host.clone();
        (url.path(), url.query()).hash(&mut on_page);
        Self { url: url.clone(), encoding, anywhere, on_host, in_folder, on_page }
    }

    /// Two links with the same fingerprint lead to the same address: it holds as much of the base as the link needs.
    fn fingerprint(&self, href: &str) -> u64 {
        let seed = match href.as_bytes() {
            [] | [..=b' ' | b'?' | b'#', ..] => &self.on_page,
            [b'/', ..] => &self.on_host,
            _ if href.starts_with("http://") || href.starts_with("https://") => &self.anywhere,
            // `http:?id=1` is a bare query to a browser
            _ if href.contains(':') => &self.on_page,
            _ => &self.in_folder,
        };
        let mut hash = seed.clone();
        hash.write(href.as_bytes());
        hash.finish()
    }
}

/// Which raw links were met before. It forgets everything when it is full: that costs time, never a page.
#[derive(Debug)]
pub struct LinkMemo {
    met: HashSet<u64>,
    capacity: usize,
}

impl LinkMemo {
    /// Remembers up to `capacity` links (about 10 bytes each).
    pub fn new(capacity: usize) -> Self {
        Self { met: HashSet::new(), capacity }
    }

    /// Is this link, or another one that must lead to the same address, met for the first time?
    pub fn is_new(&mut self, base: &Base, href: &str) -> bool {
        if self.met.len() >= self.capacity {
            self.met.clear();
        }
        self.met.insert(base.fingerprint(href))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::crawl::canonical;
    use encoding_rs::{GBK, UTF_8};
    use proptest::prelude::*;

    fn base(path: &str) -> Base {
        Base::new(&Url::parse(&format!("http://www.yunxi.gov.test{path}")).unwrap(), UTF_8)
    }

    #[test]
    fn a_link_is_new_once_for_each_place_it_could_lead_to() {
        let mut memo = LinkMemo::new(1_000);
        assert!(memo.is_new(&base("/a/1.html"), "x.html"));
        assert!(!memo.is_new(&base("/a/2.html"), "x.html"), "the same folder");
        assert!(memo.is_new(&base("/b/1.html"), "x.html"), "another folder");
        assert!(memo.is_new(&base("/a/1.html"), "/x.html"));
        assert!(!memo.is_new(&base("/b/1.html"), "/x.html"), "the same host");
        assert!(memo.is_new(&base("/a/1.jsp"), "?id=1"));
        assert!(memo.is_new(&base("/a/2.jsp"), "?id=1"), "a bare query belongs to its page");
    }

    #[test]
    fn a_full_memory_starts_again() {
        let mut memo = LinkMemo::new(2);
        assert!(["/a", "/b", "/c", "/a"].into_iter().all(|href| memo.is_new(&base("/"), href)));
    }

    proptest! {
        #[test]
        fn links_held_for_one_lead_to_one_address(
            href in prop_oneof!["[ /?#.a:\\\\\t]{0,6}", "(http:|h\t:|HTTP://|https://|//|/)?[a/.?\t]{0,5}"],
            one in "(/[ab.]{0,2}){1,3}(\\?a)?",
            other in "(/[ab.]{0,2}){1,3}(\\?a)?",
            gbk in any::<bool>(),
        ) {
            let second = Base { encoding: if gbk { GBK } else { UTF_8 }, ..base(&other) };
            let second = Base::new(&second.url, second.encoding);
            if base(&one).fingerprint(&href) == second.fingerprint(&href) {
                prop_assert_eq!(
                    canonical(&base(&one).url, &href, UTF_8),
                    canonical(&second.url, &href, second.encoding)
                );
            }
        }
    }
}
