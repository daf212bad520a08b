//! Where an address leads: to a certificate, to an issued script, or only somewhere that looks like it.

use std::borrow::Cow;

use url::Url;

use super::hosts::BadgeHosts;
use crate::domain::address::is_web;
use crate::domain::certificate::BadgeRef;
use crate::domain::host::Host;
use crate::domain::ids::{BadgeCode, CertificateId};
use crate::domain::script::unescape;

/// What a link is, as far as badges go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// The certificate of this number.
    Certificate(BadgeRef),
    /// A certificate address whose id is cut or misspelt.
    MalformedId,
    /// The registry's portal or search, not a certificate.
    Generic,
    /// A certificate's path and query on a host that is not the registry's.
    LookAlike(Option<BadgeRef>),
}

/// What a script address is, as far as badges go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptLink {
    /// The issued script of this code; folder and file name agree.
    Issued(BadgeCode),
    /// Folder and file name contradict each other; the code of the file name.
    PathMismatch(BadgeCode),
    /// On a badge host, but not the address of any script: wrong digit count, cut string.
    Malformed,
    /// The name of an issued script, somewhere else: a copy, or a look-alike host.
    Elsewhere(BadgeCode),
}

/// Classifies an `href`; `None` where it has nothing to do with badges.
pub fn classify_href(href: &str, base: &Url, hosts: &BadgeHosts) -> Option<Link> {
    let url = resolve(href, base)?;
    let id = asked_id(url.query_pairs());
    let path = bare(url.path());
    let is_certificate_path = path.ends_with("/sitename");
    let host = Host::of(&url);
    if let Some(number) = verified(path).filter(|_| hosts.own.is_some()) {
        return match host.is_some_and(|host| hosts.is_own(&host)) {
            true => Some(written(number).map_or(Link::MalformedId, Link::Certificate)),
            // Any site may verify something by 32 digits; a badge code is nothing else.
            false => BadgeCode::parse(clean_id(number)).ok().map(|code| Link::LookAlike(Some(BadgeRef::Code(code)))),
        };
    }
    match host {
        Some(host) if hosts.serves_certificates(&host) => Some(match id {
            Some(id) if is_certificate_path => of_id(&id).map_or(Link::MalformedId, Link::Certificate),
            _ => Link::Generic,
        }),
        Some(host) if hosts.is_official(&host) => Some(Link::Generic),
        _ if is_certificate_path => {
            let shows = url.query_pairs().any(|(key, value)| key == "method" && value == "show");
            let id = id.and_then(|id| of_id(&id));
            (shows || id.is_some()).then_some(Link::LookAlike(id))
        }
        _ => None,
    }
}

/// The number that a certificate's address with us ends in: `/verify/NUMBER`.
fn verified(path: &str) -> Option<&str> {
    path.strip_prefix("/verify/").filter(|rest| !rest.is_empty())
}

/// A path without what servers and people leave behind it: `;jsessionid=…`, a parameter (RFC 3986, 3.3), and slashes.
pub fn bare(path: &str) -> &str {
    path.split(';').next().unwrap_or_default().trim_end_matches('/')
}

/// The id that a certificate's address asks for, under a name in any case.
pub fn asked_id<'q>(mut query: impl Iterator<Item = (Cow<'q, str>, Cow<'q, str>)>) -> Option<String> {
    query.find(|(key, _)| key.eq_ignore_ascii_case("id")).map(|(_, value)| value.into_owned())
}

/// The number of a badge as it stands in an address.
pub fn written(number: &str) -> Option<BadgeRef> {
    BadgeRef::parse(clean_id(bare(number)))
}

fn of_id(id: &str) -> Option<BadgeRef> {
    CertificateId::parse(clean_id(id)).map(BadgeRef::Id)
}

/// The certificate that a handler's code opens: one of its strings is the address, and something is opened or set.
pub fn opened_certificate(code: &str, hosts: &BadgeHosts) -> Option<BadgeRef> {
    let code = unescape(code);
    let base = Url::parse("http://localhost/").ok()?;
    ["open", "location", "href"].iter().find(|word| code.contains(*word))?;
    code.split(['\'', '"', '`']).find_map(|text| match classify_href(text, &base, hosts) {
        Some(Link::Certificate(badge)) => Some(badge),
        _ => None,
    })
}

/// The certificate that an address, a handler's code or another attribute carries along, as in
/// `window.open('http://…')` or `/link?url=http%3A%2F%2F…`.
pub fn carried_certificate(text: &str, hosts: &BadgeHosts) -> Option<BadgeRef> {
    let text = unescape(text);
    let host = hosts.certificate_hosts.iter().chain(&hosts.own).find_map(|host| text.find(host.ascii()))?;
    let starts = text[..host].ends_with("//");
    let end = text[host..].find(['\'', '"', ' ', ')', '<', '>']).map_or(text.len(), |end| host + end);
    let address = format!("//{}", &text[host..end]);
    match classify_href(&address, &Url::parse("http://localhost/").ok()?, hosts) {
        Some(Link::Certificate(badge)) if starts => Some(badge),
        _ => None,
    }
}

/// Quotes and backslashes of a script's string often stay at the end of an id.
fn clean_id(id: &str) -> &str {
    id.trim().trim_end_matches(['\\', '\'', '"', '/'])
}

/// Classifies a script's `src`; `None` where it has nothing to do with badges.
pub fn classify_src(src: &str, base: &Url, hosts: &BadgeHosts) -> Option<ScriptLink> {
    let url = resolve(src, base)?;
    let on_badge_host = Host::of(&url).is_some_and(|host| hosts.serves_scripts(&host));
    let (folder, file) = url.path().rsplit_once('/')?;
    let stem = file.strip_suffix(".js").or_else(|| file.strip_suffix(".JS"));
    let code = stem.and_then(|stem| BadgeCode::parse(stem).ok());
    match (on_badge_host, code) {
        (true, Some(code)) if folder.trim_start_matches('/').strip_prefix("js/") == Some(code.path().as_str()) => {
            Some(ScriptLink::Issued(code))
        }
        (true, Some(code)) => Some(ScriptLink::PathMismatch(code)),
        (true, None) => (!is_picture(file)).then_some(ScriptLink::Malformed),
        (false, Some(code)) => Some(ScriptLink::Elsewhere(code)),
        (false, None) => None,
    }
}

/// Is the address one of the registry's badge pictures, and is it the error picture?
pub fn badge_picture(src: &str, base: &Url, hosts: &BadgeHosts) -> Option<Picture> {
    let named = |src: &str| {
        BADGE_PICTURES.iter().any(|name| src.contains(name))
            || ["_error.png", "_error.svg"].iter().any(|end| src.contains(end))
    };
    let lower = src.to_ascii_lowercase();
    // Most pictures are neither: no need to resolve their address.
    if !named(&lower) && !hosts.script_hosts.iter().chain(&hosts.own).any(|host| lower.contains(host.ascii())) {
        return None;
    }
    let url = resolve(src, base)?;
    let official = Host::of(&url).is_some_and(|host| hosts.serves_scripts(&host));
    let file = url.path().rsplit('/').next()?.to_ascii_lowercase();
    match file.as_str() {
        "red_error.png" | "blue_error.png" | "red_error.svg" | "blue_error.svg" => Some(Picture::Error),
        _ if official && is_picture(&file) => Some(Picture::Official),
        _ if BADGE_PICTURES.iter().any(|name| file.contains(name)) => Some(Picture::Own),
        _ => None,
    }
}

/// What a badge-like picture is, the least telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Picture {
    /// A picture of the site's own, by its customary name.
    Own,
    /// From the registry's image host.
    Official,
    /// The registry's error picture, wherever it is kept.
    Error,
}

/// File names that sites customarily give to their copy of the badge: hints, never proof.
const BADGE_PICTURES: &[&str] =
    &["dzjg", "dangzheng", "sydw", "shiye", "jiguan", "conac", "gov-badge", "wzbs", "red.png", "blue.png"];

fn is_picture(file: &str) -> bool {
    [".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp"]
        .iter()
        .any(|end| file.to_ascii_lowercase().ends_with(end))
}

fn resolve(address: &str, base: &Url) -> Option<Url> {
    let address = address.trim().trim_matches(['\'', '"']);
    if address.is_empty() || address.starts_with('#') || address.len() > 4096 {
        return None;
    }
    base.join(address).ok().filter(is_web)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0A5537536EC43D83E053022819ACDDA0";

    fn href(href: &str) -> Option<Link> {
        classify_href(href, &Url::parse("http://www.yunxi.gov.test/zw/a.html").unwrap(), &BadgeHosts::default())
    }

    fn src(src: &str) -> Option<ScriptLink> {
        classify_src(src, &Url::parse("http://www.yunxi.gov.test/zw/a.html").unwrap(), &BadgeHosts::default())
    }

    #[test]
    fn a_certificate_link_is_known_in_every_spelling() {
        let certificate = Some(Link::Certificate(BadgeRef::parse(ID).unwrap()));
        for scheme in ["http:", "https:", "HTTP:", ""] {
            assert_eq!(href(&format!(" {scheme}//bszs.conac.cn/sitename?method=show&id={ID}")), certificate);
        }
        assert_eq!(href(&format!("//bszs.conac.cn/sitename?method=show&id={}\\'", ID.to_lowercase())), certificate);
        assert_eq!(href(&format!("//bszs.conac.cn/sitename?method=show&id={}", &ID[1..])), Some(Link::MalformedId));
    }

    #[test]
    fn a_portal_is_no_certificate_and_a_look_alike_is_neither() {
        for portal in
            ["https://bszs.conac.cn/", "//bszs.conac.cn/sitename?method=searchIndex", "http://biaozhi.conac.cn/"]
        {
            assert_eq!(href(portal), Some(Link::Generic), "{portal}");
        }
        for fake in ["//bszs.c0nac.cn", "//bszs.conac.cn.evil.test", "//evilbszs-conac.cn", "bszs.conac.cn"] {
            let link = href(&format!("{fake}/sitename?method=show&id={ID}"));
            assert!(matches!(link, Some(Link::LookAlike(Some(_)))), "{fake}: {link:?}");
        }
        for other in ["#", "", "javascript:void(0)", "/zw/", "http://www.miit.gov.test/", "mailto:a@b.test"] {
            assert_eq!(href(other), None, "{other}");
        }
    }

    #[test]
    fn our_own_certificates_are_known_where_we_serve_them() {
        let hosts = BadgeHosts { own: Host::parse("badge.yunxi.gov.test"), ..BadgeHosts::default() };
        let base = Url::parse("http://www.yunxi.gov.test/").unwrap();
        let href = |href: &str| classify_href(href, &base, &hosts);
        for number in [ID, "CA182050000412345670001", "ca182050000412345670001"] {
            let certificate = Some(Link::Certificate(BadgeRef::parse(number).unwrap()));
            for scheme in ["http:", "https:", ""] {
                assert_eq!(href(&format!("{scheme}//badge.yunxi.gov.test/verify/{number}")), certificate);
                assert_eq!(href(&format!("{scheme}//badge.yunxi.gov.test:8080/verify/{number}?x=1#y")), certificate);
            }
        }
        let own = format!("//badge.yunxi.gov.test/sitename?method=show&id={ID}");
        assert_eq!(href(&own), Some(Link::Certificate(BadgeRef::parse(ID).unwrap())));
        assert_eq!(href("//badge.yunxi.gov.test/verify/CA18205"), Some(Link::MalformedId));
        assert_eq!(href("https://badge.yunxi.gov.test/"), Some(Link::Generic));
        let fake = href("//badge.yunxi.gov.test.evil.test/verify/CA182050000412345670001");
        assert!(matches!(fake, Some(Link::LookAlike(Some(_)))), "{fake:?}");
        // The office's own site stands beside the badge host, and mails links of its own.
        assert_eq!(href("http://www.yunxi.gov.test/"), None);
        assert_eq!(href(&format!("/verify/{ID}")), None);
        assert_eq!(self::href("//badge.yunxi.gov.test/verify/CA182050000412345670001"), None, "where we serve none");
    }

    #[test]
    fn folder_and_file_name_of_an_issued_script_agree() {
        let code = BadgeCode::parse("CA182050000412345670001").unwrap();
        let good = "//dcs.conac.cn/js/18/205/0000/41234567/CA182050000412345670001.js";
        assert_eq!(src(good), Some(ScriptLink::Issued(code.clone())));
        assert_eq!(src(&format!("{good}?v=1")), Some(ScriptLink::Issued(code.clone())));
        assert_eq!(src(&good.replace("/205/", "/206/")), Some(ScriptLink::PathMismatch(code.clone())));
        assert_eq!(src(&good.replace("0001.js", "001.js")), Some(ScriptLink::Malformed));
        assert_eq!(src("http://dcs.conac.cn/js/18/205/0000/412"), Some(ScriptLink::Malformed));
        assert_eq!(src("static/js/ca182050000412345670001.js"), Some(ScriptLink::Elsewhere(code)));
        assert_eq!(src("/js/jquery.js"), None);
    }

    #[test]
    fn badge_pictures_are_known_by_host_or_by_customary_name() {
        let base = Url::parse("http://www.yunxi.gov.test/").unwrap();
        let picture = |src| badge_picture(src, &base, &BadgeHosts::default());
        assert_eq!(picture("//dcs.conac.cn/image/red.png"), Some(Picture::Official));
        assert_eq!(picture("/images/blue_error.png"), Some(Picture::Error));
        assert_eq!(picture("images/footer_dzjg.jpg"), Some(Picture::Own));
        assert_eq!(picture("images/logo.png"), None);
    }
}
