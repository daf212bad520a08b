//! What a browser will not load: mixed content and Content-Security-Policy (W3C CSP Level 3).

use url::Url;

/// Something a badge needs to be loaded or run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load {
    /// An inline script.
    Inline,
    Script(Url),
    Picture(Url),
}

/// What the browser does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    Loads,
    /// A nonce or hash decides: not weighed here.
    Unknown,
    /// The page's policy forbids it.
    Forbidden,
    /// An `http:` script on an `https:` page.
    Mixed,
}

/// The enforced policies of a page (`…-Report-Only` does not count).
#[derive(Debug, Clone, Default)]
pub struct Policies {
    texts: Vec<String>,
    /// There was more than is weighed.
    cut: bool,
}

/// Policies that are weighed, in bytes: every badge is held against all of them.
const MOST_TEXT: usize = 64 * 1024;

impl Policies {
    /// From the header values and the page's `<meta>` elements; one header may hold several, comma-separated.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut policies = Self::default();
        let mut room = MOST_TEXT;
        for text in texts.into_iter().flat_map(|text| text.split(',')) {
            match room.checked_sub(text.len()) {
                Some(left) => room = left,
                None => return Self { cut: true, ..policies },
            }
            policies.texts.push(text.to_owned());
        }
        policies
    }

    /// What becomes of a load on a page at `page`.
    pub fn fate(&self, load: &Load, page: &Url) -> Fate {
        let upgrades =
            self.texts.iter().any(|policy| policy.to_ascii_lowercase().contains("upgrade-insecure-requests"));
        if let Load::Script(script) = load
            && page.scheme() == "https"
            && script.scheme() == "http"
            && !upgrades
        {
            return Fate::Mixed;
        }
        let unweighed = self.cut.then_some(Fate::Unknown);
        self.texts.iter().map(|policy| judge(policy, load, page)).chain(unweighed).max().unwrap_or(Fate::Loads)
    }
}

fn judge(policy: &str, load: &Load, page: &Url) -> Fate {
    let names: &[&str] = match load {
        Load::Inline | Load::Script(_) => &["script-src-elem", "script-src", "default-src"],
        Load::Picture(_) => &["img-src", "default-src"],
    };
    let find = |name: &&str| policy.split(';').find_map(|directive| sources_of(directive, name));
    let Some(sources) = names.iter().find_map(find) else { return Fate::Loads };
    let secret = sources.iter().any(|source| {
        let source = source.to_ascii_lowercase();
        source.starts_with("'nonce-") || source.starts_with("'sha") || source == "'strict-dynamic'"
    });
    let allowed = match load {
        Load::Inline => !secret && sources.iter().any(|source| source.eq_ignore_ascii_case("'unsafe-inline'")),
        Load::Script(url) | Load::Picture(url) => sources.iter().any(|source| matches(source, url, page)),
    };
    match (allowed, secret && !matches!(load, Load::Picture(_))) {
        (true, _) => Fate::Loads,
        (false, true) => Fate::Unknown,
        (false, false) => Fate::Forbidden,
    }
}

fn sources_of<'a>(directive: &'a str, name: &str) -> Option<Vec<&'a str>> {
    let mut words = directive.split_whitespace();
    words.next().filter(|word| word.eq_ignore_ascii_case(name))?;
    Some(words.collect())
}

/// Does a source expression cover an address? (CSP3, 6.7.2)
fn matches(source: &str, url: &Url, page: &Url) -> bool {
    let source = source.to_ascii_lowercase();
    if source == "*" {
        return true;
    }
    if source == "'self'" {
        return page.host_str() == url.host_str();
    }
    if let Some(scheme) = source.strip_suffix(':') {
        return scheme == url.scheme() || scheme == "http" && url.scheme() == "https";
    }
    let (scheme, rest) =
        source.split_once("://").map_or((None, source.as_str()), |(scheme, rest)| (Some(scheme), rest));
    if scheme.is_some_and(|scheme| scheme != url.scheme() && !(scheme == "http" && url.scheme() == "https")) {
        return false;
    }
    let (host, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(format!("/{path}"))));
    let host = host.split(':').next().unwrap_or(host);
    let name = url.host_str().unwrap_or("");
    let host_fits = match host.strip_prefix("*.") {
        Some(parent) => name.strip_suffix(parent).is_some_and(|left| left.ends_with('.')),
        None => name == host,
    };
    let path_fits = path
        .is_none_or(|path| path.ends_with('/') && url.path().starts_with(&path) || url.path() == path || path == "/");
    host_fits && path_fits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn fate(policy: &str, load: &Load) -> Fate {
        Policies::new([policy]).fate(load, &url("https://www.yunxi.gov.test/"))
    }

    #[test]
    fn an_http_script_on_an_https_page_is_mixed_unless_upgraded() {
        let script = Load::Script(url("http://dcs.conac.cn/js/a.js"));
        assert_eq!(fate("", &script), Fate::Mixed);
        assert_eq!(fate("upgrade-insecure-requests", &script), Fate::Loads);
        assert_eq!(Policies::default().fate(&script, &url("http://www.yunxi.gov.test/")), Fate::Loads);
    }

    #[test]
    fn a_policy_names_its_sources() {
        let script = Load::Script(url("https://dcs.conac.cn/js/a.js"));
        for allowing in [
            "img-src 'none'",
            "default-src *",
            "script-src https:",
            "script-src 'self' *.conac.cn",
            "script-src http://dcs.conac.cn/js/",
        ] {
            assert_eq!(fate(allowing, &script), Fate::Loads, "{allowing}");
        }
        for forbidding in
            ["default-src 'self'", "script-src 'none'", "script-src conac.cn", "default-src *; script-src 'self'"]
        {
            assert_eq!(fate(forbidding, &script), Fate::Forbidden, "{forbidding}");
        }
        assert_eq!(fate("script-src 'self' 'nonce-abc'", &script), Fate::Unknown);
    }

    #[test]
    fn more_policies_than_can_be_weighed_leave_it_open() {
        let long = format!("{}, script-src 'none'", "img-src *, ".repeat(MOST_TEXT / 10));
        assert_eq!(fate(&long, &Load::Script(url("https://dcs.conac.cn/js/a.js"))), Fate::Unknown);
    }

    #[test]
    fn inline_scripts_need_leave() {
        assert_eq!(fate("script-src 'self'", &Load::Inline), Fate::Forbidden);
        assert_eq!(fate("script-src 'self' 'unsafe-inline'", &Load::Inline), Fate::Loads);
        assert_eq!(fate("script-src 'unsafe-inline' 'nonce-x'", &Load::Inline), Fate::Unknown);
        assert_eq!(fate("img-src 'self'", &Load::Picture(url("https://dcs.conac.cn/image/red.png"))), Fate::Forbidden);
    }
}
