//! One look at one document: bytes in, verdict and evidence out.

use serde::{Deserialize, Serialize};
use url::Url;

use super::assess::{Assessment, Page, assess};
use super::badge::{BadgeHosts, Reading};
use super::finding::Finding;
use super::identity::Subject;
use super::page::charset::decode;
use super::page::kind::{Answer, classify};
use super::page::policy::Policies;
use super::page::{self, Context, Facts, FollowedSet, Needed};
use super::verdict::{Cause, PageKind, Reason, Verdict};

/// A document as it came, and what is known around it.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    pub url: &'a Url,
    /// Whether `url` is the real address (a file may have none).
    pub url_known: bool,
    pub body: &'a [u8],
    pub answer: Answer<'a>,
    /// `Content-Security-Policy` header values.
    pub policies: &'a [String],
    /// Why this address owes nothing whatever stands there: a frame document, a print view, another host.
    pub exempt: Option<(PageKind, Reason)>,
    /// Why the site owes no badge (now).
    pub not_owed: Option<Reason>,
}

/// The result, as it is shown (`PAGE` of the JSON contracts).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageLook {
    pub url: Option<String>,
    pub status: Option<u16>,
    /// Lower-case name of the charset the page was read in; none where nothing was read.
    pub charset: Option<String>,
    pub title: Option<String>,
    pub kind: PageKind,
    pub verdict: Verdict,
    pub cause: Cause,
    pub findings: Vec<Finding>,
    pub readings: Vec<Reading>,
    /// Same-site scripts and frames that would have to be read to be sure.
    pub to_follow: Vec<String>,
}

impl PageLook {
    /// A page that could not be looked at.
    pub fn unseen(url: &Url, status: Option<u16>, reason: Reason) -> Self {
        let Assessment { verdict, cause, findings } = Assessment::no_page(reason);
        Self {
            url: Some(url.to_string()),
            status,
            charset: None,
            title: None,
            kind: PageKind::ErrorPage,
            verdict,
            cause,
            findings,
            readings: Vec::new(),
            to_follow: Vec::new(),
        }
    }
}

/// A look and what the crawl needs of it.
#[derive(Debug)]
pub struct Looked {
    pub page: PageLook,
    pub facts: Facts,
    pub encoding: &'static encoding_rs::Encoding,
}

/// Which pass reads the page. Both give the same; the cheap one hands over to the full one where it is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parse {
    Quick,
    Full,
}

/// Looks at a document. Pure: what was followed before is given, what would have to be followed is told.
pub fn look(document: &Document<'_>, hosts: &BadgeHosts, followed: &FollowedSet, subject: &Subject<'_>) -> Looked {
    look_by(Parse::Quick, document, hosts, followed, subject)
}

/// Looks by a pass of one's choice, to hold one against the other.
pub fn look_by(
    parse: Parse,
    document: &Document<'_>,
    hosts: &BadgeHosts,
    followed: &FollowedSet,
    subject: &Subject<'_>,
) -> Looked {
    let decoded = decode(document.body, document.answer.content_type);
    let context = Context { url: document.url, url_known: document.url_known, hosts, followed };
    let is_script = is_script(document);
    let facts = match parse {
        _ if is_script => page::read_script(&decoded.text, context),
        Parse::Quick => page::read(&decoded.text, context),
        Parse::Full => page::read_full(&decoded.text, context),
    };
    let texts = document.policies.iter().chain(&facts.policies).map(String::as_str);
    let readings = facts.readings(&Policies::new(texts), document.url);
    let (kind, reason) = match document.exempt {
        _ if is_script => (PageKind::NotHtml, Some(Reason::NotHtml)),
        Some((kind, reason)) => (kind, Some(reason)),
        None => kind_of(document, &decoded.text, &facts, &readings),
    };
    let page = Page { kind, reason, facts: &facts, readings: &readings, not_owed: document.not_owed };
    let Assessment { verdict, cause, findings } = assess(&page, subject);
    let page = PageLook {
        url: document.url_known.then(|| document.url.to_string()),
        status: document.answer.status,
        charset: Some(decoded.encoding.name().to_ascii_lowercase()),
        title: facts.title.as_deref().map(squeeze),
        kind,
        verdict,
        cause,
        findings,
        readings,
        to_follow: facts.needed.iter().map(|needed| follow_name(needed, document)).collect(),
    };
    Looked { page, facts, encoding: decoded.encoding }
}

/// A badge that hangs makes a page of anything that is served as one.
fn kind_of(document: &Document<'_>, text: &str, facts: &Facts, readings: &[Reading]) -> (PageKind, Option<Reason>) {
    let hung = readings.iter().any(Reading::is_hung);
    match classify(&document.answer, text, facts) {
        (PageKind::Page, None) if hung => (PageKind::Page, None),
        (PageKind::Page, None) if is_redirect_stub(text, facts) => (PageKind::Page, Some(Reason::RedirectStub)),
        (PageKind::Page, None) if is_fragment(text, facts) => (PageKind::Page, Some(Reason::Fragment)),
        (PageKind::ErrorPage, Some(Reason::Maintenance)) if hung => (PageKind::Page, None),
        (PageKind::Login | PageKind::Challenge | PageKind::Blocked | PageKind::Empty, _)
            if hung && document.answer.status.is_none_or(|status| status == 200) =>
        {
            (PageKind::Page, None)
        }
        other => other,
    }
}

/// Forwards within seconds and says next to nothing.
fn is_redirect_stub(text: &str, facts: &Facts) -> bool {
    let refreshes = || facts.refresh.as_ref().is_some_and(|(delay, _)| *delay <= 10);
    let forwards =
        || ["location.href", "location.replace", "window.location", "location="].iter().any(|word| text.contains(word));
    facts.length < 400 && refreshes() || facts.length < 60 && text.len() < 3000 && facts.links.len() <= 2 && forwards()
}

/// Where a page that only forwards leads to: its refresh, or the first address its script sets.
pub fn forwards_to(page: &PageLook, facts: &Facts, text: &str) -> Option<String> {
    if page.cause != Reason::RedirectStub.into() {
        return None;
    }
    let by_script = || text.match_indices("location").find_map(|(at, word)| address_set(&text[at + word.len()..]));
    facts.refresh.as_ref().map(|(_, address)| address.clone()).or_else(by_script)
}

/// The literal address that `location = '…'`, `.href = '…'`, `.replace('…')` or `.assign('…')` sets; the text starts
/// behind `location`.
fn address_set(rest: &str) -> Option<String> {
    let rest = rest.strip_prefix(".href").unwrap_or(rest).trim_start();
    let rest = ["=", ".replace", ".assign"].iter().find_map(|sign| rest.strip_prefix(sign))?.trim_start();
    let rest = rest.strip_prefix('(').unwrap_or(rest).trim_start();
    let mark = rest.chars().next().filter(|mark| matches!(mark, '"' | '\'' | '`'))?;
    let (address, after) = rest[1..].split_once(mark)?;
    let is_whole = !after.trim_start().starts_with('+') && !address.contains(['\\', '$', '<']);
    (is_whole && !address.is_empty()).then(|| address.to_owned())
}

/// An include served by itself: no document, and no closing block.
fn is_fragment(text: &str, facts: &Facts) -> bool {
    !is_document(text) && !facts.has_certain_closing()
}

fn is_document(text: &str) -> bool {
    const TAGS: [&str; 6] = ["!doctype", "html", "head", "body", "title", "frameset"];
    let window = &text.as_bytes()[..text.len().min(8192)];
    memchr::memchr_iter(b'<', window).any(|at| {
        let rest = &window[at + 1..];
        TAGS.iter().any(|tag| rest.get(..tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag.as_bytes())))
    })
}

fn is_script(document: &Document<'_>) -> bool {
    let kind = document.answer.content_type.unwrap_or("");
    kind.contains("javascript") || document.url_known && kind.is_empty() && document.url.path().ends_with(".js")
}

fn follow_name(needed: &Needed, document: &Document<'_>) -> String {
    match needed.url.as_str().strip_prefix(document.url.as_str()) {
        Some(relative) if !document.url_known => relative.to_owned(),
        _ => needed.url.to_string(),
    }
}

/// Characters of a title that are shown.
const LONGEST_TITLE: usize = 500;

fn squeeze(title: &str) -> String {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    title.chars().take(LONGEST_TITLE).collect()
}
