//! What a look is to do, what it remembers of earlier ones, and whom it tells.

use std::collections::HashMap;

use reqwest::header::{ETAG, HeaderMap, HeaderValue, LAST_MODIFIED};
use serde_json::{Value, json};
use url::Url;

use super::Target;
use super::follow::header;
use crate::domain::crawl::{Coverage, Origin};
use crate::domain::evidence::{excerpt, sha256};
use crate::domain::look::PageLook;
use crate::domain::page::charset::decode;
use crate::domain::site::Hanging;
use crate::domain::verdict::Verdict;
use crate::probe::http::{Answer, Fetched, Request};

/// How far a look goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Every page of the site, within the budget.
    Site,
    /// The home page and these.
    Pages(Vec<Url>),
}

/// One look to be taken.
pub struct Errand<'a> {
    pub target: &'a Target,
    /// The registered site, where it is known from the database.
    pub site_id: Option<&'a str>,
    pub reach: Reach,
    pub memory: &'a Memory,
    pub hanging: Hanging,
    pub observer: &'a dyn Observer,
}

/// What is remembered of a site's pages, by address.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    pub pages: HashMap<String, Remembered>,
}

/// A page known from an earlier look.
#[derive(Debug, Clone)]
pub struct Remembered {
    pub depth: u16,
    pub from: Origin,
    /// What the last fair look saw.
    pub look: Option<PageLook>,
    /// It was looked at in this very round, before a crash: it is not asked for again.
    pub done: bool,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub body_sha256: Option<String>,
    /// Judged under the rules and registry data of today.
    pub current: bool,
}

impl Remembered {
    /// The look that stands if the page has not changed: only one in order, all of it read from the page itself. A
    /// fault is always looked at anew.
    pub fn reusable(&self) -> Option<&PageLook> {
        self.look.as_ref().filter(|look| self.current && look.verdict == Verdict::Pass && look.to_follow.is_empty())
    }

    /// How to ask for it: only if it changed, where that would be believed.
    pub fn request(&self) -> Request {
        let value = |text: &Option<String>| HeaderValue::from_str(text.as_deref()?).ok();
        match self.reusable() {
            Some(_) => Request {
                if_none_match: value(&self.etag),
                if_modified_since: value(&self.last_modified),
                ..Request::default()
            },
            None => Request::default(),
        }
    }
}

/// What became of one page.
#[derive(Debug, Clone)]
pub struct PageNote {
    pub url: String,
    pub depth: u16,
    pub from: Origin,
    pub look: PageLook,
    /// It was looked at fairly: the look counts.
    pub fair: bool,
    /// It is no page of the site (any more): 404, 410, a download, a redirect elsewhere.
    pub gone: bool,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub body_sha256: Option<String>,
    /// Request and answer, where the page is at fault.
    pub evidence: Option<Value>,
}

/// Who hears of pages as they are looked at, so that a crash loses no more than the last of them.
pub trait Observer: Send + Sync {
    fn page(&self, note: PageNote);
    /// A page was found that was not known before.
    fn found(&self, url: &Url, depth: u16, from: Origin);
    /// An address is no page of its own.
    fn gone(&self, url: &Url);
    fn progress(&self, coverage: &Coverage);
    /// Does anybody want to hear of single pages?
    fn remembers(&self) -> bool {
        true
    }
}

/// Request and answer of a page at fault, as a letter's annex shows them.
pub(super) fn evidence(fetched: &Fetched, answer: &Answer) -> Value {
    let text = decode(&answer.body, header(&answer.headers, "content-type")).text;
    json!({
        "url": fetched.url.as_str(),
        "requested": fetched.requested.as_str(),
        "redirects": fetched.hops.iter().map(|hop| json!({
            "url": hop.url.as_str(), "status": hop.status, "location": hop.location,
        })).collect::<Vec<_>>(),
        "request": heads(&answer.request_headers),
        "status": answer.status,
        "response": heads(&answer.headers),
        "remote": answer.remote.map(|remote| remote.to_string()),
        "body_bytes": answer.body.len(),
        "body_sha256": sha256(&answer.body),
        "excerpt": excerpt(&text),
    })
}

fn heads(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// What a server gives to ask again by.
pub(super) fn validators(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    let text = |name: &reqwest::header::HeaderName| header(headers, name.as_str()).map(str::to_owned);
    (text(&ETAG), text(&LAST_MODIFIED))
}
