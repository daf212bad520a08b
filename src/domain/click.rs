//! The click: what a visitor is told who clicks a badge, by the badge's state and by where the click came from.

use url::{Position, Url};

use super::certificate::Certificate;
use super::host::Host;
use super::registry::BadgeState;
use crate::closed_set;

closed_set! {
    /// What a click on a badge, or a question about one, is answered with.
    pub enum ClickVerdict {
        ValidHere = "valid_here", "标识有效，属于访问的网站 · in force, and the site it was clicked on is the one it was issued to";
        ValidElsewhere = "valid_elsewhere", "标识有效，但不属于访问的网站 · in force, but the host it was clicked on is not this site's";
        Valid = "valid", "标识有效，来源未知 · in force; where it was clicked is not known";
        Suspended = "suspended", "标识已停用 · not in force until it is reinstated after a new review (art. 11, 20)";
        Revoked = "revoked", "标识已撤销 · revoked (art. 19)";
        NotIssued = "not_issued", "未查到该标识 · no badge with this number is on file";
        Malformed = "malformed", "编号格式不正确 · neither a badge code nor a certificate id";
    }
}

impl ClickVerdict {
    /// Is the badge in force?
    pub const fn is_in_force(self) -> bool {
        matches!(self, Self::ValidHere | Self::ValidElsewhere | Self::Valid)
    }
}

/// Where a visitor came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// The browser did not say, or it was one of our own pages.
    Unknown,
    Host(Host),
    /// Something that is no host name (an address in numbers, a file): as it was said, and surely no registered site's.
    Other(String),
}

/// The longest foreign word that is repeated on a page.
const LONGEST_WORD: usize = 100;

impl From {
    /// Reads `Referer`, else `Origin`. What `is_ours` knows is one of our own pages and tells nothing.
    pub fn read(referer: Option<&str>, origin: Option<&str>, is_ours: impl Fn(&str) -> bool) -> Self {
        let said = referer.filter(|text| !text.is_empty()).or(origin);
        match said.filter(|text| *text != "null").map(Url::parse) {
            None | Some(Err(_)) => Self::Unknown,
            Some(Ok(url)) if is_ours(&url[Position::BeforeHost..Position::AfterPort]) => Self::Unknown,
            Some(Ok(url)) => Self::of(&url),
        }
    }

    fn of(url: &Url) -> Self {
        match (url.scheme(), Host::of(url), url.host_str()) {
            ("http" | "https", Some(host), _) => Self::Host(host),
            ("http" | "https", None, Some(other)) => Self::Other(other.chars().take(LONGEST_WORD).collect()),
            _ => Self::Unknown,
        }
    }
}

/// What is told of the certificates that bear the number a visitor asked for. `is_own` knows whether a host is a
/// certificate's own, by all that is registered. One certificate bears a number, as a rule; of several the one goes before
/// the others that is the visited site's, then one in force.
pub fn judge<'c, Held: AsRef<Certificate>>(
    holders: &'c [Held],
    from: &From,
    is_own: impl Fn(&Held, &Host) -> bool,
) -> (ClickVerdict, Option<&'c Held>) {
    let is_here = |held: &&Held| matches!(from, From::Host(host) if is_own(held, host));
    let in_force = |held: &&Held| held.as_ref().state == BadgeState::Valid;
    let chosen = holders.iter().find(is_here).or_else(|| holders.iter().find(in_force)).or(holders.first());
    let Some(chosen) = chosen else { return (ClickVerdict::NotIssued, None) };
    let verdict = match (chosen.as_ref().state, from) {
        (BadgeState::Suspended, _) => ClickVerdict::Suspended,
        (BadgeState::Revoked, _) => ClickVerdict::Revoked,
        (BadgeState::Valid, From::Unknown) => ClickVerdict::Valid,
        (BadgeState::Valid, _) if is_here(&chosen) => ClickVerdict::ValidHere,
        (BadgeState::Valid, _) => ClickVerdict::ValidElsewhere,
    };
    (verdict, Some(chosen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::registry::Hosting;

    fn held(state: BadgeState, domain: &str) -> Certificate {
        Certificate {
            badge_code: None,
            certificate_id: None,
            state,
            since: None,
            site_name: domain.to_owned(),
            unit_name: "云溪县某局".to_owned(),
            unit_type: None,
            address: None,
            functions: None,
            cn_domain: None,
            cn_name: None,
            en_domain: Host::parse(domain),
            url_prefix: None,
            hosting: Hosting::Own,
            issuing_office: None,
            issued_on: None,
            region: None,
        }
    }

    fn told(holders: &[Certificate], from: &From) -> (ClickVerdict, Option<String>) {
        let (verdict, chosen) = judge(holders, from, |held, host| held.hosts().contains(host));
        (verdict, chosen.map(|chosen| chosen.site_name.clone()))
    }

    fn from(referer: &str) -> From {
        From::read(Some(referer), None, |host| host == "badge.test")
    }

    #[test]
    fn where_a_click_comes_from_is_read_from_what_browsers_say() {
        let host = |text: &str| From::Host(Host::parse(text).unwrap());
        assert_eq!(from("https://www.a.gov.test/x?y"), host("www.a.gov.test"));
        assert_eq!(from("https://云溪.政务/"), host("云溪.政务"));
        assert_eq!(from("https://user:pass@evil.test@a.gov.test:8443/"), host("a.gov.test"));
        assert_eq!(from("http://10.0.0.1/"), From::Other("10.0.0.1".to_owned()));
        assert_eq!(from("http://[::1]/"), From::Other("[::1]".to_owned()));
        for unknown in ["", "null", "about:blank", "file:///x", "no address", "https://badge.test/search", "http://"] {
            assert_eq!(from(unknown), From::Unknown, "{unknown}");
        }
        assert_eq!(From::read(None, Some("https://a.gov.test"), |_| false), host("a.gov.test"));
        assert_eq!(From::read(None, Some("null"), |_| false), From::Unknown);
        assert_eq!(From::read(None, None, |_| false), From::Unknown);
    }

    #[test]
    fn a_valid_badge_is_told_by_where_it_was_clicked() {
        let one = [held(BadgeState::Valid, "a.gov.test")];
        let site = Some("a.gov.test".to_owned());
        assert_eq!(told(&one, &from("http://www.a.gov.test/")), (ClickVerdict::ValidHere, site.clone()));
        assert_eq!(told(&one, &from("http://evil.test/")), (ClickVerdict::ValidElsewhere, site.clone()));
        assert_eq!(told(&one, &from("http://10.0.0.1/")), (ClickVerdict::ValidElsewhere, site.clone()));
        assert_eq!(told(&one, &From::Unknown), (ClickVerdict::Valid, site));
        assert_eq!(told(&[], &From::Unknown), (ClickVerdict::NotIssued, None));
    }

    #[test]
    fn what_is_not_in_force_is_so_wherever_it_was_clicked() {
        for (state, verdict) in
            [(BadgeState::Revoked, ClickVerdict::Revoked), (BadgeState::Suspended, ClickVerdict::Suspended)]
        {
            for referer in ["http://a.gov.test/", "http://evil.test/", ""] {
                assert_eq!(told(&[held(state, "a.gov.test")], &from(referer)).0, verdict);
            }
        }
    }

    #[test]
    fn of_several_with_one_number_the_visited_site_goes_first_then_one_in_force() {
        let several = [
            held(BadgeState::Revoked, "a.gov.test"),
            held(BadgeState::Valid, "b.gov.test"),
            held(BadgeState::Valid, "c.gov.test"),
        ];
        assert_eq!(
            told(&several, &from("http://c.gov.test/")),
            (ClickVerdict::ValidHere, Some("c.gov.test".to_owned()))
        );
        assert_eq!(told(&several, &from("http://a.gov.test/")).0, ClickVerdict::Revoked);
        assert_eq!(told(&several, &From::Unknown), (ClickVerdict::Valid, Some("b.gov.test".to_owned())));
    }
}
