//! Host names: A-labels to compare, U-labels to show, relations at label borders only.

use std::fmt;

/// A host name in lower-case A-labels without the final dot (UTS-46 / IDNA2008). IP addresses are no host names.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Host(String);

/// Second labels that are open to many in whatever country they stand (`gov.cn`, `com.hk`).
const FUNCTIONAL: &[&str] = &["gov", "com", "net", "org", "edu", "ac", "mil"];

/// Further names under which anybody may register: nobody's own, whatever a table says.
const SHARED_SUFFIXES: &[&str] = &[
    "xn--zfr164b.cn",
    "xn--55qw42g.cn",
    "ah.cn",
    "bj.cn",
    "cq.cn",
    "fj.cn",
    "gd.cn",
    "gs.cn",
    "gx.cn",
    "gz.cn",
    "ha.cn",
    "hb.cn",
    "he.cn",
    "hi.cn",
    "hk.cn",
    "hl.cn",
    "hn.cn",
    "jl.cn",
    "js.cn",
    "jx.cn",
    "ln.cn",
    "mo.cn",
    "nm.cn",
    "nx.cn",
    "qh.cn",
    "sc.cn",
    "sd.cn",
    "sh.cn",
    "sn.cn",
    "sx.cn",
    "tj.cn",
    "tw.cn",
    "xj.cn",
    "xz.cn",
    "yn.cn",
    "zj.cn",
];

impl Host {
    /// Reads a name as people write it: any script and case, the ideographic full stop, a final dot.
    /// `None` for an IP address, an empty or over-long label, or characters no host name has.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(['.', '。']);
        if text.is_empty() || text.contains(['/', ':', '@', '?', '#', ' ']) {
            return None;
        }
        match url::Host::parse(text).ok()? {
            url::Host::Domain(name) if is_dns_name(&name) => Some(Self(name)),
            _ => None,
        }
    }

    /// The host of an address, if it is a name.
    pub fn of(url: &url::Url) -> Option<Self> {
        url.domain().and_then(Self::parse)
    }

    /// The name to compare and to ask the DNS for: lower-case A-labels.
    pub fn ascii(&self) -> &str {
        &self.0
    }

    /// The name to show: U-labels where they are valid.
    pub fn unicode(&self) -> String {
        idna::domain_to_unicode(&self.0).0
    }

    /// Is `self` the same name as `other`, or below it at a label border? (`evilhd.gov.cn` is not below `hd.gov.cn`.)
    pub fn is_within(&self, other: &Host) -> bool {
        self.0 == other.0
            || self.0.strip_suffix(&other.0).is_some_and(|left| left.ends_with('.')) && !other.is_shared_suffix()
    }

    /// The name with or without its leading `www.`: a registered apex counts as both.
    pub fn www_twin(&self) -> Option<Self> {
        let twin = match self.0.strip_prefix("www.") {
            Some(apex) => apex.to_owned(),
            None => format!("www.{}", self.0),
        };
        let twin = Self(twin);
        (!twin.is_shared_suffix() && !self.is_shared_suffix()).then_some(twin)
    }

    /// The name without a leading `www.`: both stand in one zone, and go with it.
    pub fn apex(&self) -> Self {
        match self.0.starts_with("www.") {
            true => self.www_twin().unwrap_or_else(|| self.clone()),
            false => self.clone(),
        }
    }

    /// The two spellings of a Chinese name, `X.政务` and `X.政务.cn` (and 公益), lead to the same site.
    pub fn cn_twin(&self) -> Option<Self> {
        for tld in ["xn--zfr164b", "xn--55qw42g"] {
            if let Some(rest) = self.0.strip_suffix(tld) {
                return rest.ends_with('.').then(|| Self(format!("{}.cn", self.0)));
            }
            if self.0.strip_suffix(".cn").is_some_and(|name| name.ends_with(&format!(".{tld}"))) {
                return Some(Self(self.0[..self.0.len() - 3].to_owned()));
            }
        }
        None
    }

    /// A name under which anybody may register, such as `gov.cn` or `政务.cn` (which the Public Suffix List lacks).
    pub fn is_shared_suffix(&self) -> bool {
        is_shared_suffix(&self.0)
    }

    /// The shortest name above this one that one body can hold: `a.b.gov.cn` → `b.gov.cn`.
    pub fn registrable(&self) -> Host {
        let mut name = self.0.as_str();
        while let Some((_, parent)) = name.split_once('.') {
            if is_shared_suffix(parent) {
                break;
            }
            name = parent;
        }
        Host(name.to_owned())
    }
}

/// [`Host::is_shared_suffix`] of a name in lower-case A-labels.
pub fn is_shared_suffix(name: &str) -> bool {
    match name.split_once('.') {
        None => true,
        Some((first, top)) => !top.contains('.') && FUNCTIONAL.contains(&first) || SHARED_SUFFIXES.contains(&name),
    }
}

fn is_dns_name(name: &str) -> bool {
    name.len() <= 253
        && name.contains('.')
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.unicode())
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Host {
        Host::parse(text).unwrap()
    }

    #[test]
    fn names_are_compared_in_a_labels_and_shown_in_u_labels() {
        assert_eq!(host("云溪.政务").ascii(), "xn--9kq759e.xn--zfr164b");
        assert_eq!(host("云溪。政务"), host("XN--9KQ759E.xn--zfr164b."));
        assert_eq!(host("xn--9kq759e.xn--zfr164b").to_string(), "云溪.政务");
    }

    #[test]
    fn a_relation_holds_at_label_borders_only() {
        assert!(host("www.hd.gov.cn").is_within(&host("hd.gov.cn")));
        assert!(host("hd.gov.cn").is_within(&host("hd.gov.cn")));
        assert!(!host("evilhd.gov.cn").is_within(&host("hd.gov.cn")));
        assert!(!host("hd.gov.cn").is_within(&host("www.hd.gov.cn")));
        assert!(!host("hd.gov.cn").is_within(&host("gov.cn")), "nobody holds gov.cn");
    }

    #[test]
    fn an_apex_and_its_www_are_twins_but_a_shared_suffix_has_none() {
        assert_eq!(host("hd.gov.cn").www_twin(), Some(host("www.hd.gov.cn")));
        assert_eq!(host("www.hd.gov.cn").www_twin(), Some(host("hd.gov.cn")));
        assert_eq!(host("www.gov.cn").www_twin(), None);
        assert_eq!([host("www.hd.gov.cn").apex(), host("www.gov.cn").apex()], [host("hd.gov.cn"), host("www.gov.cn")]);
        assert_eq!(host("云溪.政务").cn_twin(), Some(host("云溪.政务.cn")));
        assert_eq!(host("云溪.政务.cn").cn_twin(), Some(host("云溪.政务")));
        assert_eq!(host("hd.gov.cn").cn_twin(), None);
    }

    #[test]
    fn the_registrable_name_knows_the_chinese_suffixes() {
        assert_eq!(host("a.b.hd.gov.cn").registrable(), host("hd.gov.cn"));
        assert_eq!(host("www.云溪.政务.cn").registrable(), host("云溪.政务.cn"));
        assert_eq!(host("www.云溪.公益").registrable(), host("云溪.公益"));
        assert_eq!(host("www.s1.gov.test").registrable(), host("s1.gov.test"));
        assert_eq!(host("gov.cn").registrable(), host("gov.cn"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", ".", "10.0.0.1", "[::1]", "0x7f.1", "a..b", "a b.cn", "http://a.cn", "a.cn:80", "localhost"] {
            assert_eq!(Host::parse(text), None, "{text}");
        }
    }
}
