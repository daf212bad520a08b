//! Which addresses are pages of the site that is looked at.

use crate::domain::address::is_web;
use crate::domain::host::Host;
use url::Url;

/// The hosts, the port and the part of the path that belong to one site.
///
/// A site may live under a parent's host (挂靠), and other sites may live under its own: `prefix` and
/// `excluded_prefixes` tell them apart, the longest that matches decides.
#[derive(Debug, Clone)]
pub struct Scope {
    hosts: Vec<String>,
    port: Option<u16>,
    prefix: Option<String>,
    excluded_prefixes: Vec<String>,
    subdomains: Option<Subdomains>,
}

/// Names below the site's own, except those that are registered to somebody else (and what is below those).
#[derive(Debug, Clone)]
struct Subdomains {
    of: Vec<Host>,
    foreign: Vec<Host>,
}

impl Scope {
    /// The host of the first address (a name or an IP literal), its `www.` and 政务/公益 twins, and its port.
    pub fn of(start: &Url) -> Self {
        let mut scope = Self {
            hosts: start.host_str().map(|host| host.trim_end_matches('.').to_owned()).into_iter().collect(),
            port: start.port(),
            prefix: None,
            excluded_prefixes: Vec::new(),
            subdomains: None,
        };
        if let Some(host) = Host::of(start) {
            scope.add(&host);
        }
        scope
    }

    /// Adds further names registered for the same site, with their twins.
    pub fn with_hosts<'a>(mut self, hosts: impl IntoIterator<Item = &'a Host>) -> Self {
        hosts.into_iter().for_each(|host| self.add(host));
        self
    }

    /// Limits the site to the paths at or below `prefix` (`/bureau/`), at a segment border.
    pub fn with_prefix(mut self, prefix: &str) -> Self {
        self.prefix = Some(segments_of(prefix)).filter(|prefix| !prefix.is_empty());
        self
    }

    /// Leaves out what lies at or below other sites' prefixes on the same hosts.
    pub fn without_prefixes<'a>(mut self, prefixes: impl IntoIterator<Item = &'a str>) -> Self {
        self.excluded_prefixes.extend(prefixes.into_iter().map(segments_of).filter(|prefix| !prefix.is_empty()));
        self
    }

    /// Also takes names below the site's own, except `foreign` ones: those registered to somebody else.
    /// To be called after all hosts were added.
    pub fn with_subdomains_except(mut self, foreign: impl IntoIterator<Item = Host>) -> Self {
        let of = self.hosts.iter().filter_map(|host| Host::parse(host)).collect();
        self.subdomains = Some(Subdomains { of, foreign: foreign.into_iter().collect() });
        self
    }

    /// Is the address one of this site's? Only http(s); another explicit port than the first address's is another
    /// server, the scheme's own port never is.
    pub fn contains(&self, url: &Url) -> bool {
        is_web(url)
            && (url.port().is_none() || url.port() == self.port)
            && url.host_str().is_some_and(|host| self.has_host(host))
            && self.has_path(url.path())
    }

    fn has_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| own == host)
            || self.subdomains.as_ref().is_some_and(|below| Host::parse(host).is_some_and(|host| below.contains(&host)))
    }

    fn has_path(&self, path: &str) -> bool {
        let own = match &self.prefix {
            None => 0,
            Some(prefix) if is_at_or_below(path, prefix) => prefix.len(),
            Some(_) => return false,
        };
        self.excluded_prefixes.iter().all(|other| other.len() <= own || !is_at_or_below(path, other))
    }

    fn add(&mut self, host: &Host) {
        for name in [Some(host.clone()), host.cn_twin()].into_iter().flatten() {
            for name in [name.www_twin(), Some(name)].into_iter().flatten() {
                if !self.hosts.iter().any(|known| known == name.ascii()) {
                    self.hosts.push(name.ascii().to_owned());
                }
            }
        }
    }
}

impl Subdomains {
    fn contains(&self, host: &Host) -> bool {
        self.of.iter().any(|own| host.is_within(own)) && !self.foreign.iter().any(|other| host.is_within(other))
    }
}

/// `bureau/`, `/bureau` → `/bureau`; `/` → empty.
fn segments_of(prefix: &str) -> String {
    let trimmed = prefix.trim().trim_matches('/');
    let root = Url::parse("http://x.test/").ok();
    let path = root.and_then(|root| root.join(&format!("/{trimmed}")).ok()).map(|url| url.path().to_owned());
    path.filter(|path| path != "/").unwrap_or_default()
}

fn is_at_or_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn host(text: &str) -> Host {
        Host::parse(text).unwrap()
    }

    #[test]
    fn a_site_is_its_host_with_its_twins() {
        let scope = Scope::of(&url("http://www.yunxi.gov.test/")).with_hosts(&[host("云溪.政务")]);
        for inside in ["http://yunxi.gov.test/a", "https://www.yunxi.gov.test/", "http://云溪.政务.cn/b"] {
            assert!(scope.contains(&url(inside)), "{inside}");
        }
        for outside in [
            "http://evilyunxi.gov.test/",
            "http://jy.yunxi.gov.test/",
            "http://www.yunxi.gov.test:8080/",
            "ftp://www.yunxi.gov.test/",
        ] {
            assert!(!scope.contains(&url(outside)), "{outside}");
        }
    }

    #[test]
    fn subdomains_are_the_sites_unless_somebody_else_holds_them() {
        let scope = Scope::of(&url("http://www.yunxi.gov.test/")).with_subdomains_except([host("jy.yunxi.gov.test")]);
        assert!(scope.contains(&url("http://zwfw.yunxi.gov.test/")));
        assert!(!scope.contains(&url("http://jy.yunxi.gov.test/")));
        assert!(!scope.contains(&url("http://www.jy.yunxi.gov.test/")));
        assert!(!scope.contains(&url("http://other.gov.test/")));
    }

    #[test]
    fn the_longest_prefix_decides_whose_a_path_is() {
        let parent = Scope::of(&url("http://www.yunxi.gov.test/")).without_prefixes(["/jyj/", "wsj"]);
        assert!(parent.contains(&url("http://www.yunxi.gov.test/jyjxw/a.html")), "only at a segment border");
        assert!(!parent.contains(&url("http://www.yunxi.gov.test/jyj")));
        assert!(!parent.contains(&url("http://www.yunxi.gov.test/wsj/a.html")));
        let child = Scope::of(&url("http://www.yunxi.gov.test/jyj/"))
            .with_prefix("/jyj/")
            .without_prefixes(["/", "/jyj", "/jyj/yz"]);
        assert!(child.contains(&url("http://www.yunxi.gov.test/jyj/a.html")));
        assert!(!child.contains(&url("http://www.yunxi.gov.test/jyj/yz/a.html")));
        assert!(!child.contains(&url("http://www.yunxi.gov.test/a.html")));
    }

    #[test]
    fn an_address_without_a_name_is_a_site_too() {
        for (start, inside, outside) in [
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/a", "http://127.0.0.1:9090/"),
            ("http://[::1]/", "http://[::1]/a", "http://[::2]/a"),
            ("http://localhost/", "https://localhost/", "http://localhost.test/"),
        ] {
            let scope = Scope::of(&url(start));
            assert!(scope.contains(&url(inside)) && !scope.contains(&url(outside)), "{start}");
        }
    }
}
