//! What the fuzzer may do to badgewatch, and what must hold whatever it does. One function per target; every one is
//! pure, so a crash is repeated by its input alone.

use std::sync::Arc;

use badgewatch::domain::badge::link::{badge_picture, classify_href, classify_src};
use badgewatch::domain::badge::{BadgeHosts, Reading, State};
use badgewatch::domain::certificate::{BadgeRef, Certificate};
use badgewatch::domain::click::{ClickVerdict, From, judge};
use badgewatch::domain::crawl::{Robots, Sitemap, SitemapLimits, canonical as canonical_url};
use badgewatch::domain::host::Host;
use badgewatch::domain::identity::{Pairs, Subject};
use badgewatch::domain::ids::{BadgeCode, CertificateId};
use badgewatch::domain::look::{Document, Looked, look};
use badgewatch::domain::page::charset::decode;
use badgewatch::domain::page::kind::Answer;
use badgewatch::domain::page::policy::{Load, Policies};
use badgewatch::domain::page::{Followed, FollowedSet};
use badgewatch::domain::registry::Registry;
use badgewatch::domain::script;
use badgewatch::domain::verdict::{FindingCode, Verdict};
use badgewatch::flow::certificates::Wanted;
use encoding_rs::{Encoding, GBK, UTF_8};
use url::Url;

fn address(text: &str) -> Url {
    Url::parse(text).expect("a fixed address")
}

fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

/// Any bytes as a page: one verdict, the same one twice, and "missing" only where everything was read. The page is its
/// own frame (`/f.html`) and its own script (`/s.js`): what includes itself must come to an end as well.
pub fn page(data: &[u8]) {
    let url = address("https://www.yunxi.gov.test/zw/a.html");
    let same = decode(data, None).text.into_owned();
    let frame = (address("https://www.yunxi.gov.test/f.html"), Followed::Html(same.as_str().into(), url.clone()));
    let file = (address("https://www.yunxi.gov.test/s.js"), Followed::Script(Arc::new(script::read(&same))));
    for followed in [FollowedSet::new(), [frame, file].into()] {
        let looked = look_at(data, &url, &followed);
        must_be_fair(&looked);
        assert_eq!(looked.page, look_at(data, &url, &followed).page, "one page, two verdicts");
    }
}

fn look_at(body: &[u8], url: &Url, followed: &FollowedSet) -> Looked {
    let answer = Answer { status: Some(200), content_type: Some("text/html"), ..Answer::default() };
    let document = Document { url, url_known: true, body, answer, policies: &[], exempt: None, not_owed: None };
    let pairs = Pairs::new();
    look(&document, &BadgeHosts::default(), followed, &Subject::of(None, Some(url), &pairs))
}

fn must_be_fair(looked: &Looked) {
    let page = &looked.page;
    let shows = |reading: &Reading| reading.state == State::Shown;
    assert!(page.verdict != Verdict::Pass || page.readings.iter().any(shows), "passes without a badge");
    let missing = page.findings.iter().any(|finding| finding.code == FindingCode::NotHung);
    assert!(!missing || !looked.facts.unread && page.to_follow.is_empty(), "missing, though not everything was read");
}

/// Any text as a script, and as the argument of `unescape`.
pub fn script(data: &[u8]) {
    let source = text(data);
    assert_eq!(script::read(&source), script::read(&source), "one script, two readings");
    let decoded = script::unescape(&source);
    assert!(decoded.len() <= source.len() * 2, "an escape is never shorter than half of what it means");
}

/// Any text as a badge code, a certificate id, a host, and as the addresses they stand in.
pub fn code(data: &[u8]) {
    let text = text(data);
    if let Ok(code) = BadgeCode::parse(&text) {
        assert_eq!(BadgeCode::parse(code.as_str()).as_ref(), Ok(&code));
        assert!(code.province().is_some() && code.path().replace('/', "") == code.as_str()[2..19]);
    }
    if let Some(id) = CertificateId::parse(&text) {
        assert_eq!(CertificateId::parse(id.as_str()), Some(id));
    }
    if let Some(host) = Host::parse(&text) {
        assert_eq!(Host::parse(host.ascii()), Some(host.clone()), "a host has one spelling");
        assert!(host.is_within(&host.registrable()));
    }
    let (base, hosts) = (address("http://www.yunxi.gov.test/zw/a.html"), BadgeHosts::default());
    let _ = classify_href(&text, &base, &hosts);
    let _ = classify_src(&text, &base, &hosts);
    let _ = badge_picture(&text, &base, &hosts);
}

/// Any bytes as a registry: every site that is taken has a key and is found by it, every refusal has a row.
pub fn registry(data: &[u8]) {
    let Ok(registry) = Registry::read(data) else { return };
    for site in registry.sites() {
        let names: Vec<&Host> = site.names().collect();
        assert!(!names.is_empty() && !site.key.is_empty(), "a site without a name");
        assert!(names.iter().all(|name| !registry.sites_on(name).is_empty()), "a site that nobody finds");
        assert!(site.badge_code.iter().all(|code| !registry.holders_of_code(code).is_empty()));
        assert!(site.certificate_id.iter().all(|id| !registry.holders_of_id(id).is_empty()));
    }
    assert!(registry.refused.iter().all(|refusal| refusal.row > 1 && !refusal.sentence.is_empty()));
}

/// Any bytes as a sitemap, plain or zipped: never more than was allowed.
pub fn sitemap(data: &[u8]) {
    let limits = SitemapLimits { max_bytes: 1 << 16, max_entries: 100 };
    let sitemap = Sitemap::read(data, limits);
    assert!(sitemap.pages.len() + sitemap.sitemaps.len() <= limits.max_entries);
    let read: usize = sitemap.pages.iter().map(|page| page.loc.len()).sum();
    assert!(read <= 4 * limits.max_bytes, "more was read than may be");
}

/// The first line is an address, the rest a robots.txt: the file itself may always be asked for.
pub fn robots(data: &[u8]) {
    let (path, file) = data.split_at(data.iter().position(|byte| *byte == b'\n').unwrap_or(0));
    let robots = Robots::read(file);
    assert!(robots.allows(&address("http://www.yunxi.gov.test/robots.txt")) || robots.is_unreachable());
    if let Ok(url) = address("http://www.yunxi.gov.test/").join(&text(path)) {
        assert_eq!(robots.allows(&url), Robots::read(file).allows(&url));
    }
}

/// The first line is a policy, the second an address it may forbid, the rest a style sheet around the badge.
pub fn policy(data: &[u8]) {
    let text = text(data);
    let mut lines = text.splitn(3, '\n');
    let (policy, source, sheet) = (lines.next(), lines.next().unwrap_or(""), lines.next().unwrap_or(""));
    let page = address("https://www.yunxi.gov.test/");
    let policies = Policies::new(policy);
    for load in
        page.join(source).into_iter().flat_map(|url| [Load::Script(url.clone()), Load::Picture(url), Load::Inline])
    {
        assert_eq!(policies.fate(&load, &page), policies.fate(&load, &page));
    }
    let link = "<a class=b href='//bszs.conac.cn/sitename?method=show&id=0A5537536EC43D83E053022819ACDDA0'>x</a>";
    must_be_fair(&look_at(format!("<style>{sheet}</style>{link}").as_bytes(), &page, &FollowedSet::new()));
}

/// The first line is a link, the second the page it stands on: the canonical address is its own canonical address.
pub fn canonical(data: &[u8]) {
    let text = text(data);
    let (href, base) = text.split_once('\n').unwrap_or((&text, "http://www.yunxi.gov.test/zw/a.html"));
    let Ok(base) = Url::parse(base) else { return };
    for encoding in [UTF_8, GBK] {
        let Some(url) = canonical_url(&base, href, encoding) else { continue };
        assert_eq!(again(&url, encoding).as_ref(), Some(&url), "{href} on {base}");
    }
}

fn again(url: &Url, encoding: &'static Encoding) -> Option<Url> {
    canonical_url(url, url.as_str(), encoding)
}

/// Any text as what a visitor asks by, comes from and searches for: read to one meaning, or refused.
pub fn click(data: &[u8]) {
    let text = text(data);
    if let Some(badge) = BadgeRef::parse(&text) {
        assert_eq!(BadgeRef::parse(badge.as_str()), Some(badge));
    }
    let from = From::read(Some(&text), None, |_| false);
    if let From::Host(host) = &from {
        assert_eq!(Host::parse(host.ascii()).as_ref(), Some(host));
    }
    let nobody: [Certificate; 0] = [];
    assert_eq!(judge(&nobody, &from, |_, _| true).0, ClickVerdict::NotIssued);
    let _ = Wanted::new(&text);
}
