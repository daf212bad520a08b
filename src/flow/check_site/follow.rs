//! Same-site scripts and frames: fetched once a site, read as data, within a budget.

use std::sync::Arc;

use reqwest::header::{CONTENT_TYPE, HeaderMap, SET_COOKIE};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::Checker;
use super::home::RobotsBook;
use crate::domain::page::charset::decode;
use crate::domain::page::kind::{Answer, classify};
use crate::domain::page::{Context, Followed, FollowedSet, Needed, NeededKind, read};
use crate::domain::script;
use crate::domain::verdict::PageKind;
use crate::probe::http::Request;

/// Documents followed for one site at most.
const MOST: usize = 300;

/// What was followed for one site.
#[derive(Default)]
pub(super) struct Follower {
    pub followed: FollowedSet,
}

impl Follower {
    /// Fetches what a page needs. What is beyond the budget, forbidden or not to be had counts as unread.
    pub(super) async fn fetch(
        &mut self,
        checker: &Checker,
        robots: &mut RobotsBook,
        needed: &[Needed],
        deadline: Instant,
    ) {
        let mut asked = Vec::new();
        for need in needed {
            let in_budget = self.followed.len() + asked.len() < MOST && Instant::now() < deadline;
            if in_budget && robots.allows(checker, &need.url).await {
                asked.push(need);
            } else {
                self.followed.insert(need.url.clone(), Followed::Unread);
            }
        }
        let fetched =
            futures_util::future::join_all(asked.iter().map(|need| async move {
                timeout_at(deadline, follow(checker, need)).await.unwrap_or(Followed::Unread)
            }))
            .await;
        self.followed.extend(asked.iter().map(|need| need.url.clone()).zip(fetched));
    }
}

async fn follow(checker: &Checker, need: &Needed) -> Followed {
    let fetched = checker.fetcher.get(&need.url, &Request::default()).await;
    let Ok(answer) = fetched.outcome else { return Followed::Unread };
    match answer.status {
        404 | 410 => Followed::Gone,
        200 => {
            let kind = header(&answer.headers, CONTENT_TYPE.as_str());
            let text = decode(&answer.body, kind).text;
            let sets_cookie = answer.headers.contains_key(SET_COOKIE);
            match need.kind {
                NeededKind::Script if !is_markup(&text) => Followed::Script(Arc::new(script::read(&text))),
                kind => document(checker, kind, &fetched.url, &text, sets_cookie),
            }
        }
        _ => Followed::Unread,
    }
}

/// Is it a document where a script was asked for? A script may begin with `<!--` (ECMAScript annex B.1.1).
fn is_markup(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(2048).collect::<String>().to_ascii_lowercase();
    let is_document = ["<html", "<!doctype", "<head", "<body"].iter().any(|tag| start.contains(tag));
    start.starts_with('<') && (is_document || !start.starts_with("<!--"))
}

/// A frame's document; or a page in a script's place, which is an error page (it gives nothing) or a refusal.
fn document(checker: &Checker, kind: NeededKind, url: &Url, text: &str, sets_cookie: bool) -> Followed {
    let (hosts, followed) = (&checker.hosts, &FollowedSet::new());
    let facts = read(text, Context { url, url_known: true, hosts, followed });
    let answer = Answer { status: Some(200), content_type: Some("text/html"), sets_cookie, ..Answer::default() };
    match (classify(&answer, text, &facts).0, kind) {
        (PageKind::Challenge | PageKind::Blocked | PageKind::Login | PageKind::ErrorPage, _) => Followed::Unread,
        // Data that a script makes markup of.
        (PageKind::NotHtml, NeededKind::Frame) => Followed::Unread,
        (_, NeededKind::Script) => Followed::Gone,
        (PageKind::Soft404, NeededKind::Frame) => Followed::Gone,
        (_, NeededKind::Frame) => Followed::Html(Arc::from(text), url.clone()),
    }
}

/// A header's value as text.
pub(super) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
