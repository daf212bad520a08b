//! The frontier of a crawl: which pages are known, which one is next, and when it is enough.

use super::canonical::canonical;
use super::coverage::Coverage;
use super::kind::UrlKind;
use super::memo::{Base, LinkMemo};
use super::queue::{Origin, Queue, Task};
use super::scope::Scope;
use super::trap::{TrapCause, TrapLimits, Traps};
use crate::closed_set;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use url::Url;

/// Raw links that are remembered at a time: 32 pages of 140 links that share none.
const MEMO_CAPACITY: usize = 1 << 15;

/// The budgets of one crawl.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Addresses handed out at most.
    pub max_pages: u64,
    /// Addresses remembered at most (8 bytes and some each).
    pub max_known: usize,
    /// Clicks from the home page at most.
    pub max_depth: u16,
    /// Waiting addresses together at most, in bytes.
    pub max_queue_bytes: usize,
    /// When a family of addresses has had its share.
    pub traps: TrapLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_pages: 1_000,
            max_known: 200_000,
            max_depth: 50,
            max_queue_bytes: 16 << 20,
            traps: TrapLimits::default(),
        }
    }
}

closed_set! {
    /// What became of an offered address.
    pub enum Offered {
        New = "new", "a page not known before: it will have its turn, as far as the budget goes";
        Known = "known", "met before";
        Unusable = "unusable", "no address of the web";
        Elsewhere = "elsewhere", "not of this site";
        NotAPage = "not_a_page", "a download, print view or action by its address";
        Trapped = "trapped", "dropped as a trap";
        BeyondMemory = "beyond_memory", "more pages are known than are remembered";
    }
}

closed_set! {
    /// How the look at a handed-out address ended.
    pub enum Outcome {
        Checked = "checked", "a page of the site, and it was looked at";
        NotAPage = "not_a_page", "no page of its own: an error page, a download, a redirect to a known or foreign page";
        Unseen = "unseen", "a page that could not be looked at";
        Disallowed = "disallowed", "robots.txt asks not to look; nothing was asked, so it costs no budget";
    }
}

closed_set! {
    /// What the address is that a redirect led to.
    pub enum Arrival {
        Own = "own", "this task's page, or one not known before: the look counts for it";
        Known = "known", "a page that has its own turn: this task is no page of its own";
        Elsewhere = "elsewhere", "not of this site";
    }
}

/// Breadth-first order over the pages of one site; the same offers in the same order give the same tasks.
#[derive(Debug)]
pub struct Frontier {
    scope: Scope,
    limits: Limits,
    memo: LinkMemo,
    seen: HashSet<u64>,
    queue: Queue,
    traps: Traps,
    handed_out: u64,
    in_flight: u64,
    /// `known`, `out_of_budget` and `complete` are brought up to date by [`Frontier::coverage`].
    counts: Coverage,
    news: Option<Vec<Task>>,
}

impl Frontier {
    /// An empty frontier for the site of `scope`.
    pub fn new(scope: Scope, limits: Limits) -> Self {
        // a little more room than the budget: forbidden addresses cost none of it
        let room = usize::try_from(limits.max_pages.saturating_mul(2)).unwrap_or(usize::MAX);
        Self {
            memo: LinkMemo::new(MEMO_CAPACITY),
            seen: HashSet::new(),
            queue: Queue::new(room, limits.max_queue_bytes),
            traps: Traps::new(limits.traps.clone()),
            handed_out: 0,
            in_flight: 0,
            counts: Coverage::default(),
            news: None,
            scope,
            limits,
        }
    }

    /// Offers the first address: it is taken whatever it looks like, if it is in scope.
    pub fn start(&mut self, url: &Url) -> Offered {
        match canonical(url, "", encoding_rs::UTF_8) {
            Some(url) => self.offer_url(&url, 0, Origin::Start),
            None => Offered::Unusable,
        }
    }

    /// Offers a page known from an earlier crawl: it is no trap, or it would not be known.
    pub fn recall(&mut self, url: &Url, depth: u16, from: Origin) -> Offered {
        if !self.scope.contains(url) {
            return Offered::Elsewhere;
        }
        let offered = self.remember(url);
        if offered == Offered::New {
            self.counts.known += 1;
            self.counts.out_of_budget += self.queue.push(url, depth, from);
        }
        offered
    }

    /// The pages found since the last call, if they are asked for at all (see [`Frontier::keep_news`]).
    pub fn news(&mut self) -> Vec<Task> {
        self.news.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// From now on, pages that were not known before are kept for [`Frontier::news`].
    pub fn keep_news(&mut self) {
        self.news = Some(Vec::new());
    }

    /// Offers a raw link of a page; `depth` is the linked document's: the page's own for frames and refreshes, one
    /// more for links, and 2 for entries of a sitemap, so that what the home page links to goes first.
    pub fn offer(&mut self, base: &Base, href: &str, depth: u16, from: Origin) -> Offered {
        if !self.memo.is_new(base, href) {
            return Offered::Known;
        }
        match canonical(&base.url, href, base.encoding) {
            Some(url) => self.offer_url(&url, depth, from),
            None => Offered::Unusable,
        }
    }

    fn offer_url(&mut self, url: &Url, depth: u16, from: Origin) -> Offered {
        if !self.scope.contains(url) {
            return Offered::Elsewhere;
        }
        if from != Origin::Start && UrlKind::of(url) != UrlKind::Page {
            return Offered::NotAPage;
        }
        match self.remember(url) {
            Offered::New => {}
            other => return other,
        }
        if from != Origin::Start
            && let Err(cause) = self.admit(url, depth)
        {
            *self.counts.dropped_by_trap.entry(cause).or_default() += 1;
            return Offered::Trapped;
        }
        self.counts.known += 1;
        self.counts.out_of_budget += self.queue.push(url, depth, from);
        if let Some(news) = &mut self.news {
            news.push(Task { url: url.clone(), depth, from });
        }
        Offered::New
    }

    fn remember(&mut self, url: &Url) -> Offered {
        let key = page_key(url);
        if self.seen.contains(&key) {
            return Offered::Known;
        }
        if self.seen.len() >= self.limits.max_known {
            self.counts.beyond_memory += 1;
            return Offered::BeyondMemory;
        }
        self.seen.insert(key);
        Offered::New
    }

    fn admit(&mut self, url: &Url, depth: u16) -> Result<(), TrapCause> {
        if depth > self.limits.max_depth {
            return Err(TrapCause::TooDeep);
        }
        self.traps.admit(url)
    }

    /// The next address to look at; `None` when nothing waits or the page budget is spent. More may come later, when
    /// links of pages still in flight are offered.
    pub fn next_task(&mut self) -> Option<Task> {
        if self.handed_out >= self.limits.max_pages {
            return None;
        }
        let task = self.queue.pop()?;
        self.handed_out += 1;
        self.in_flight += 1;
        Some(task)
    }

    /// Says whose page the address is that a task's redirects led to, and remembers it.
    pub fn arrive(&mut self, task: &Task, landed: &Url) -> Arrival {
        let Some(landed) = canonical(landed, "", encoding_rs::UTF_8) else { return Arrival::Elsewhere };
        if !self.scope.contains(&landed) {
            return Arrival::Elsewhere;
        }
        let key = page_key(&landed);
        if key == page_key(&task.url) || self.seen.len() < self.limits.max_known && self.seen.insert(key) {
            Arrival::Own
        } else {
            Arrival::Known
        }
    }

    /// Hands a task back.
    pub fn finish(&mut self, _task: Task, outcome: Outcome) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match outcome {
            Outcome::Checked => self.counts.checked += 1,
            Outcome::NotAPage => self.counts.known = self.counts.known.saturating_sub(1),
            Outcome::Unseen => self.counts.unseen += 1,
            Outcome::Disallowed => {
                self.counts.disallowed += 1;
                self.handed_out = self.handed_out.saturating_sub(1);
            }
        }
    }

    /// Pages known by now.
    pub fn known(&self) -> u64 {
        self.counts.known
    }

    /// Addresses that wait for their turn.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// How much was seen by now.
    pub fn coverage(&self) -> Coverage {
        let mut coverage = self.counts.clone();
        if self.handed_out >= self.limits.max_pages {
            coverage.out_of_budget += self.queue.len() as u64;
        }
        coverage.complete = coverage.checked > 0
            && coverage.checked == coverage.known
            && coverage.trapped() == 0
            && coverage.beyond_memory == 0;
        coverage
    }
}

/// What makes a page the same page when asking "seen before?": scheme, `www.` and repeated slashes left out, since
/// links to one page of a site differ in these by habit. An explicit port stays.
fn page_key(url: &Url) -> u64 {
    let host = url.host_str().unwrap_or_default();
    let mut hash = DefaultHasher::new();
    (host.strip_prefix("www.").unwrap_or(host), url.port(), url.query()).hash(&mut hash);
    url.path().split('/').filter(|segment| !segment.is_empty()).for_each(|segment| segment.hash(&mut hash));
    url.path().ends_with('/').hash(&mut hash);
    hash.finish()
}
