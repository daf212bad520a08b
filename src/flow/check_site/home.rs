//! The way in: robots.txt, the home page, and where it leads.

use std::collections::HashMap;
use std::time::Duration;

use url::{Position, Url};

use super::Checker;
use super::crawl::View;
use super::follow::header;
use crate::domain::address::is_web;
use crate::domain::badge::BadgeHosts;
use crate::domain::crawl::{Robots, RobotsMode, Scope};
use crate::domain::host::Host;
use crate::domain::identity::{Pairs, Subject};
use crate::domain::look::{Document, forwards_to, look};
use crate::domain::page::FollowedSet;
use crate::domain::page::charset::decode;
use crate::domain::page::kind::Answer;
use crate::domain::registry::Site;
use crate::domain::verdict::Reason;
use crate::probe::http::{Fetched, Request};
use crate::store::StoreResult;

/// Pages that only forward, one after another, at most.
const MOST_STUBS: usize = 3;
/// Before a second try: long enough for a restart of a worker, short enough to wait for.
const SECOND_TRY: Duration = Duration::from_secs(1);

/// The rules of every origin met.
#[derive(Default)]
pub(super) struct RobotsBook {
    books: HashMap<String, Robots>,
    /// Why the last robots.txt that could not be had was not, and in the words of the layer where it happened.
    trouble: Option<Reason>,
    pub(super) detail: Option<String>,
}

impl RobotsBook {
    /// May the address be asked for? In `record` mode always.
    pub(super) async fn allows(&mut self, checker: &Checker, url: &Url) -> bool {
        checker.manners.robots == RobotsMode::Record || self.of(checker, url).await.allows(url)
    }

    /// The rules of an address's origin.
    pub(super) async fn of(&mut self, checker: &Checker, url: &Url) -> &Robots {
        let origin = url[..Position::BeforePath].to_owned();
        if !self.books.contains_key(&origin) {
            let robots = self.fetch(checker, url).await;
            self.books.insert(origin.clone(), robots);
        }
        &self.books[&origin]
    }

    async fn fetch(&mut self, checker: &Checker, url: &Url) -> Robots {
        let Ok(address) = url.join("/robots.txt") else { return Robots::unreachable() };
        let fetched = get_twice(checker, &address).await;
        match (&fetched.outcome, fetched.seen()) {
            (_, Some(answer)) => {
                let challenged = answer.status == 521;
                self.trouble = Some(if challenged { Reason::Challenge } else { Reason::RobotsUnreachable });
                Robots::answered(answer.status, &answer.body)
            }
            (outcome, None) => {
                self.trouble = outcome.as_ref().err().map(|trouble| trouble.reason);
                self.detail = outcome.as_ref().err().map(|trouble| format!("{address}: {}", trouble.detail));
                Robots::unreachable()
            }
        }
    }
}

/// The home page as it was found.
pub(super) struct Home {
    pub fetched: Fetched,
    pub scope: Scope,
}

/// Opens a site: follows the forwards of its home page and tells which addresses are the site's.
pub(super) async fn open(
    checker: &Checker,
    start: &Url,
    view: &mut View<'_>,
    robots: &mut RobotsBook,
) -> StoreResult<Result<Home, Reason>> {
    let mut url = entry(start, view.site);
    let mut stubs = 0;
    loop {
        let fetched = match ask(checker, &url, robots).await {
            Ok(fetched) => fetched,
            Err(reason) => return Ok(Err(reason)),
        };
        match next_stub(checker, &fetched) {
            Some(next) if stubs < MOST_STUBS && next != fetched.url => {
                stubs += 1;
                url = next;
            }
            _ => {
                let landed: Vec<Host> = Host::of(&fetched.url).into_iter().collect();
                checker.book.learn_hosts(&mut view.known, &landed).await?;
                return Ok(scope(view, start, &fetched.url).map(|scope| Home { fetched, scope }));
            }
        }
    }
}

/// A folder site's home is its folder.
fn entry(start: &Url, site: Option<&Site>) -> Url {
    match site.and_then(|site| site.url_prefix.as_deref()) {
        Some(prefix) if start.path() == "/" => start.join(prefix).unwrap_or_else(|_| start.clone()),
        _ => start.clone(),
    }
}

async fn ask(checker: &Checker, url: &Url, robots: &mut RobotsBook) -> Result<Fetched, Reason> {
    if robots.allows(checker, url).await {
        return Ok(get_twice(checker, url).await);
    }
    let unreachable = robots.of(checker, url).await.is_unreachable();
    Err(robots.trouble.filter(|_| unreachable).unwrap_or(Reason::RobotsDisallowed))
}

/// Trouble that may pass is given a second try before it is told.
async fn get_twice(checker: &Checker, url: &Url) -> Fetched {
    let fetched = checker.fetcher.get(url, &Request::default()).await;
    match &fetched.outcome {
        Err(trouble) if is_passing(trouble.reason) => {
            tokio::time::sleep(SECOND_TRY).await;
            checker.fetcher.get(url, &Request::default()).await
        }
        _ => fetched,
    }
}

/// Trouble that a second try may find gone.
fn is_passing(reason: Reason) -> bool {
    matches!(reason, Reason::ConnectRefused | Reason::ConnectionReset | Reason::NetworkUnreachable | Reason::Truncated)
}

fn next_stub(checker: &Checker, fetched: &Fetched) -> Option<Url> {
    let answer = fetched.outcome.as_ref().ok().filter(|answer| answer.status == 200 && answer.body.len() < 16_384)?;
    let content_type = header(&answer.headers, "content-type");
    let document = Document {
        url: &fetched.url,
        url_known: true,
        body: &answer.body,
        answer: Answer { status: Some(200), content_type, ..Answer::default() },
        policies: &[],
        exempt: None,
        not_owed: None,
    };
    let hosts: &BadgeHosts = &checker.hosts;
    let looked = look(&document, hosts, &FollowedSet::new(), &Subject::of(None, None, &Pairs::new()));
    let target = forwards_to(&looked.page, &looked.facts, &decode(&answer.body, content_type).text)?;
    fetched.url.join(&target).ok().filter(is_web)
}

/// The addresses that are the site's. A registered site ends on one of its hosts; without a registry, where the typed
/// address leads is the site.
fn scope(view: &View<'_>, start: &Url, landed: &Url) -> Result<Scope, Reason> {
    let mut scope = Scope::of(landed);
    let typed = Host::of(start);
    scope = scope.with_hosts(&typed);
    let Some(site) = view.site else { return Ok(without_folders(view, scope, landed)) };
    let host = Host::of(landed);
    let is_own = host.as_ref().is_some_and(|host| {
        typed.as_ref() == Some(host)
            || site.owns(host)
            || typed.as_ref().and_then(Host::www_twin).as_ref() == Some(host)
    });
    if !is_own {
        return Err(Reason::LeftSite);
    }
    scope = scope.with_hosts(&site.hosts());
    if let Some(prefix) = &site.url_prefix {
        scope = scope.with_prefix(prefix);
    }
    Ok(without_folders(view, scope, landed))
}

/// Other sites' folders on the same host are theirs.
fn without_folders(view: &View<'_>, scope: Scope, landed: &Url) -> Scope {
    let (Some(registry), Some(host)) = (&view.known.registry, Host::of(landed)) else { return scope };
    let site = view.site;
    let others: Vec<&str> = registry
        .sites_on(&host)
        .into_iter()
        .filter(|other| site.is_none_or(|site| site.key != other.key))
        .filter_map(|other| other.url_prefix.as_deref())
        .filter(|prefix| site.and_then(|site| site.url_prefix.as_deref()).is_none_or(|own| prefix.starts_with(own)))
        .collect();
    scope.without_prefixes(others)
}
