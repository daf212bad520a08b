//! The crawl of one site: ask, look, follow, go on, within the budgets.

use std::collections::HashSet;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::{Instant, sleep_until, timeout_at};
use url::Url;

use super::errand::{evidence, validators};
use super::follow::Follower;
use super::home::{self, RobotsBook};
use super::{Checker, Errand, Known, PageNote, Reach, Remembered};
use crate::domain::crawl::{Arrival, Base, Coverage, Frontier, Limits, Origin, Outcome, Sitemap, SitemapLimits, Task};
use crate::domain::evidence::sha256;
use crate::domain::host::Host;
use crate::domain::identity::Pairs;
use crate::domain::look::{Looked, PageLook};
use crate::domain::registry::Site;
use crate::domain::verdict::{Cause, Effect, PageKind, Reason, Verdict};
use crate::probe::http::{Answer, Fetched, Request};
use crate::store::StoreResult;

/// Sitemap files of one site at most.
const MOST_SITEMAPS: usize = 20;

/// What a crawl brought.
#[derive(Default)]
pub(super) struct Crawled {
    /// The home page first.
    pub pages: Vec<PageLook>,
    pub coverage: Coverage,
    pub trouble: Option<Reason>,
    /// The first trouble of the transport, in the words of the layer where it happened.
    pub detail: Option<String>,
    /// Where the home page was found.
    pub host: Option<Host>,
    /// `<meta name=SiteName>` of the home page.
    pub site_name: Option<String>,
    /// Addresses that are no pages (any more).
    pub gone: HashSet<String>,
}

/// What a site is looked at with.
pub(super) struct View<'a> {
    pub site: Option<&'a Site>,
    pub known: Known,
    pub pairs: Pairs,
    pub not_owed: Option<Reason>,
}

/// Crawls a site from its home page, as far as the errand reaches.
pub(super) async fn crawl(
    checker: &Checker,
    errand: &Errand<'_>,
    start: &Url,
    mut view: View<'_>,
) -> StoreResult<Crawled> {
    let deadline = Instant::now() + checker.manners.site_time;
    let mut robots = RobotsBook::default();
    let home = match home::open(checker, start, &mut view, &mut robots).await? {
        Ok(home) => home,
        Err(reason) => {
            return Ok(Crawled { trouble: Some(reason), detail: robots.detail, ..Crawled::default() });
        }
    };
    let limits = Limits { max_pages: checker.manners.max_pages, ..Limits::default() };
    let mut crawl = Crawl {
        checker,
        errand,
        view,
        robots,
        frontier: Frontier::new(home.scope, limits),
        follower: Follower::default(),
        deadline,
        frames: Default::default(),
        next_start: Instant::now(),
        crawled: Crawled { host: Host::of(&home.fetched.url), ..Crawled::default() },
    };
    crawl.frontier.start(&home.fetched.url);
    if let Some(task) = crawl.frontier.next_task() {
        crawl.recall();
        crawl.take(task, home.fetched).await?;
        errand.observer.progress(&crawl.frontier.coverage());
        if errand.reach == Reach::Site {
            crawl.sitemaps(start, deadline).await;
        }
    }
    crawl.run(deadline).await?;
    Ok(crawl.finish())
}

pub(super) struct Crawl<'a> {
    pub(super) checker: &'a Checker,
    pub(super) errand: &'a Errand<'a>,
    pub(super) view: View<'a>,
    pub(super) robots: RobotsBook,
    pub(super) frontier: Frontier,
    pub(super) follower: Follower,
    /// When the site's time is over, for scripts and frames too.
    pub(super) deadline: Instant,
    /// Addresses shown inside frames: no pages of their own.
    pub(super) frames: HashSet<Url>,
    /// Not before this moment (a robots.txt asks for pauses).
    next_start: Instant,
    pub(super) crawled: Crawled,
}

impl Crawl<'_> {
    /// Pages known from earlier looks: all of them, or those the errand names.
    fn recall(&mut self) {
        match &self.errand.reach {
            Reach::Pages(pages) => pages.iter().for_each(|url| {
                self.frontier.recall(url, 1, Origin::Link);
            }),
            Reach::Site => {
                self.frontier.keep_news();
                let mut known: Vec<_> = self.errand.memory.pages.iter().collect();
                known.sort_by_key(|(url, page)| (page.depth, *url));
                for (url, page) in known {
                    if let Ok(url) = Url::parse(url) {
                        self.frontier.recall(&url, page.depth, page.from);
                    }
                }
            }
        }
    }

    async fn run(&mut self, deadline: Instant) -> StoreResult<()> {
        let mut asked = FuturesUnordered::new();
        let checker = self.checker;
        loop {
            while asked.len() < checker.manners.at_once
                && Instant::now() < deadline
                && let Some(task) = self.next_task().await
            {
                let request = self.remembered(&task.url).map(Remembered::request).unwrap_or_default();
                let not_before = self.turn(&task.url).await;
                asked.push(async move {
                    sleep_until(not_before).await;
                    let fetched = checker.fetcher.get(&task.url, &request).await;
                    (task, fetched)
                });
            }
            match timeout_at(deadline, asked.next()).await {
                Ok(Some((task, fetched))) => self.take(task, fetched).await?,
                Ok(None) | Err(_) => return Ok(()),
            }
            self.errand.observer.progress(&self.frontier.coverage());
        }
    }

    fn remembered(&self, url: &Url) -> Option<&'_ Remembered> {
        self.errand.memory.pages.get(url.as_str())
    }

    /// The next address that robots.txt lets us ask for.
    async fn next_task(&mut self) -> Option<Task> {
        loop {
            let task = self.frontier.next_task()?;
            // Looked at in this round, before it was broken off.
            if let Some(look) = self.remembered(&task.url).filter(|page| page.done).and_then(|page| page.look.clone()) {
                self.frontier.finish(task, outcome(&look));
                self.crawled.pages.push(look);
                continue;
            }
            if self.robots.allows(self.checker, &task.url).await {
                return Some(task);
            }
            self.frontier.finish(task, Outcome::Disallowed);
        }
    }

    async fn turn(&mut self, url: &Url) -> Instant {
        let delay = self.robots.of(self.checker, url).await.delay().unwrap_or_default();
        let start = Instant::now().max(self.next_start);
        self.next_start = start + delay.min(self.checker.manners.longest_crawl_delay);
        start
    }

    /// Takes one answer: judges it, offers its links, tells the observer, hands the task back.
    async fn take(&mut self, task: Task, fetched: Fetched) -> StoreResult<()> {
        match self.frontier.arrive(&task, &fetched.url) {
            Arrival::Own => {}
            Arrival::Known | Arrival::Elsewhere => {
                self.gone(&task.url);
                self.frontier.finish(task, Outcome::NotAPage);
                return Ok(());
            }
        }
        let look = match &fetched.outcome {
            Ok(answer) => match self.unchanged(&task.url, answer) {
                Some(look) => look,
                None => self.judge(&task, &fetched.url, answer).await?,
            },
            Err(trouble) => {
                let status = fetched.seen().map(|answer| answer.status);
                self.crawled.detail.get_or_insert_with(|| format!("{}: {}", fetched.url, trouble.detail));
                PageLook::unseen(&fetched.url, status, trouble.reason)
            }
        };
        self.tell(&task, &fetched, &look);
        let outcome = outcome(&look);
        self.crawled.pages.push(look);
        self.frontier.finish(task, outcome);
        Ok(())
    }

    /// The earlier look, where the page is the same as it was then.
    fn unchanged(&self, url: &Url, answer: &Answer) -> Option<PageLook> {
        let page = self.remembered(url)?;
        let same =
            answer.status == 304 || answer.status == 200 && page.body_sha256.as_deref() == Some(&sha256(&answer.body));
        page.reusable().filter(|_| same).cloned()
    }

    fn tell(&mut self, task: &Task, fetched: &Fetched, look: &PageLook) {
        if !self.errand.observer.remembers() {
            return;
        }
        for found in self.frontier.news() {
            self.errand.observer.found(&found.url, found.depth, found.from);
        }
        let outcome = outcome(look);
        if outcome == Outcome::NotAPage || look.url.as_deref() != Some(task.url.as_str()) {
            self.gone(&task.url);
        }
        let answer = fetched.outcome.as_ref().ok();
        let old = self.remembered(&task.url).filter(|_| answer.is_some_and(|answer| answer.status == 304));
        let (etag, last_modified) = match old {
            Some(page) => (page.etag.clone(), page.last_modified.clone()),
            None => answer.map(|answer| validators(&answer.headers)).unwrap_or_default(),
        };
        let body_sha256 = match old {
            Some(page) => page.body_sha256.clone(),
            None => answer.map(|answer| sha256(&answer.body)),
        };
        let at_fault = look.verdict == Verdict::Fail || look.findings.iter().any(|found| found.effect == Effect::Lead);
        self.errand.observer.page(PageNote {
            url: look.url.clone().unwrap_or_default(),
            depth: task.depth,
            from: task.from,
            look: look.clone(),
            fair: outcome == Outcome::Checked,
            gone: outcome == Outcome::NotAPage,
            etag,
            last_modified,
            body_sha256,
            evidence: answer.filter(|_| at_fault).map(|answer| evidence(fetched, answer)),
        });
    }

    fn gone(&mut self, url: &Url) {
        self.crawled.gone.insert(url.to_string());
        self.errand.observer.gone(url);
    }

    pub(super) fn offer(&mut self, task: &Task, url: &Url, looked: &Looked) {
        if !matches!(looked.page.kind, PageKind::Page | PageKind::Frame | PageKind::Login) {
            return;
        }
        let base = Base::new(looked.facts.base.as_ref().unwrap_or(url), looked.encoding);
        self.frames.extend(looked.facts.frames.iter().cloned());
        if self.errand.reach != Reach::Site {
            return;
        }
        for href in &looked.facts.links {
            self.frontier.offer(&base, href, task.depth + 1, Origin::Link);
        }
        for frame in &looked.facts.frames {
            self.frontier.offer(&base, frame.as_str(), task.depth, Origin::Frame);
        }
        if let Some((_, address)) = &looked.facts.refresh {
            self.frontier.offer(&base, address, task.depth, Origin::Refresh);
        }
    }

    /// Sitemaps that robots.txt names, and the customary one.
    async fn sitemaps(&mut self, start: &Url, deadline: Instant) {
        let checker = self.checker;
        if checker.manners.max_pages <= 1 {
            return;
        }
        let origin = self.crawled.pages.first().and_then(|home| Url::parse(home.url.as_deref()?).ok());
        let origin = origin.unwrap_or_else(|| start.clone());
        let named = self.robots.of(checker, &origin).await.sitemaps().to_vec();
        let mut waiting: Vec<Url> = named.iter().filter_map(|address| origin.join(address).ok()).collect();
        if waiting.is_empty() {
            waiting.extend(origin.join("/sitemap.xml").ok());
        }
        let mut seen = std::collections::HashSet::new();
        while let Some(url) = waiting.pop() {
            if seen.len() >= MOST_SITEMAPS || Instant::now() > deadline || !seen.insert(url.clone()) {
                continue;
            }
            if url.host_str() != origin.host_str() || !self.robots.allows(checker, &url).await {
                continue;
            }
            let fetched = checker.fetcher.get(&url, &Request::default()).await;
            let Some(answer) = fetched.outcome.ok().filter(|answer| answer.status == 200) else { continue };
            let sitemap = Sitemap::read(&answer.body, SitemapLimits::default());
            let base = Base::new(&url, encoding_rs::UTF_8);
            for page in &sitemap.pages {
                self.frontier.offer(&base, &page.loc, 2, Origin::Sitemap);
            }
            waiting.extend(sitemap.sitemaps.iter().filter_map(|address| url.join(address).ok()));
        }
    }

    /// A frame may have been met as a link before its page told that it is one.
    fn finish(mut self) -> Crawled {
        for page in self.crawled.pages.iter_mut().skip(1).filter(|page| page.kind == PageKind::Page) {
            let is_frame =
                page.url.as_deref().and_then(|url| Url::parse(url).ok()).is_some_and(|url| self.frames.contains(&url));
            if is_frame && page.verdict != Verdict::Pass {
                page.kind = PageKind::Frame;
                page.verdict = Verdict::NotApplicable;
                page.cause = Cause::Reason(Reason::Frame);
                page.findings.clear();
            }
        }
        self.crawled.coverage = self.frontier.coverage();
        self.crawled
    }
}

/// Could the page not be looked at?
pub(super) fn is_unseen(page: &PageLook) -> bool {
    outcome(page) == Outcome::Unseen
}

/// What a look means for the coverage.
fn outcome(page: &PageLook) -> Outcome {
    let by_site = [
        Reason::HangingPeriod,
        Reason::NoBadgeIssued,
        Reason::NotInForce,
        Reason::NeedsRender,
        Reason::HostNotRegistered,
    ];
    match (page.verdict, page.cause) {
        (Verdict::Pass | Verdict::Fail, _) => Outcome::Checked,
        (_, Cause::Reason(reason)) if by_site.contains(&reason) => Outcome::Checked,
        (Verdict::NotApplicable, _) => Outcome::NotAPage,
        _ => Outcome::Unseen,
    }
}
