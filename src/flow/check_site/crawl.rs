//! The crawl of one site: ask, look, follow, go on, within the budgets.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::header::SET_COOKIE;
use tokio::time::{Instant, sleep_until, timeout_at};
use url::Url;

use super::Checker;
use super::follow::{Follower, header};
use super::home::{self, RobotsBook};
use crate::domain::crawl::{
    Arrival, Base, Coverage, Frontier, Limits, Origin, Outcome, Sitemap, SitemapLimits, Task, UrlKind,
};
use crate::domain::host::Host;
use crate::domain::identity::{Pairs, Subject};
use crate::domain::look::{Document, Looked, PageLook, look};
use crate::domain::page::kind::Answer;
use crate::domain::registry::Site;
use crate::domain::verdict::{Cause, PageKind, Reason, Verdict};
use crate::probe::http::{Fetched, Request};

/// Sitemap files of one site at most.
const MOST_SITEMAPS: usize = 20;
/// Rounds in which scripts and frames may need further ones.
const MOST_ROUNDS: usize = 6;

/// What a crawl brought.
#[derive(Default)]
pub(super) struct Crawled {
    /// The home page first.
    pub pages: Vec<PageLook>,
    pub coverage: Coverage,
    pub trouble: Option<Reason>,
    /// Where the home page was found.
    pub host: Option<Host>,
    /// `<meta name=SiteName>` of the home page.
    pub site_name: Option<String>,
}

/// Crawls a site from its home page.
pub(super) async fn crawl(
    checker: &Checker,
    start: &Url,
    site: Option<&Site>,
    not_owed: Option<Reason>,
    pairs: Pairs,
    progress: &(dyn Fn(&Coverage) + Sync),
) -> Crawled {
    let deadline = Instant::now() + checker.manners.site_time;
    let mut robots = RobotsBook::default();
    let home = match home::open(checker, start, site, &mut robots).await {
        Ok(home) => home,
        Err(reason) => return Crawled { trouble: Some(reason), ..Crawled::default() },
    };
    let limits = Limits { max_pages: checker.manners.max_pages, ..Limits::default() };
    let mut crawl = Crawl {
        checker,
        site,
        not_owed,
        robots,
        frontier: Frontier::new(home.scope, limits),
        follower: Follower::default(),
        deadline,
        pairs,
        frames: Default::default(),
        next_start: Instant::now(),
        crawled: Crawled { host: Host::of(&home.fetched.url), ..Crawled::default() },
    };
    crawl.frontier.start(&home.fetched.url);
    if let Some(task) = crawl.frontier.next_task() {
        crawl.take(task, home.fetched).await;
        progress(&crawl.frontier.coverage());
        crawl.sitemaps(start, deadline).await;
    }
    crawl.run(deadline, progress).await;
    crawl.finish()
}

struct Crawl<'a> {
    checker: &'a Checker,
    site: Option<&'a Site>,
    not_owed: Option<Reason>,
    robots: RobotsBook,
    frontier: Frontier,
    follower: Follower,
    /// When the site's time is over, for scripts and frames too.
    deadline: Instant,
    pairs: Pairs,
    /// Addresses shown inside frames: no pages of their own.
    frames: std::collections::HashSet<Url>,
    /// Not before this moment (a robots.txt asks for pauses).
    next_start: Instant,
    crawled: Crawled,
}

impl Crawl<'_> {
    async fn run(&mut self, deadline: Instant, progress: &(dyn Fn(&Coverage) + Sync)) {
        let mut asked = FuturesUnordered::new();
        let checker = self.checker;
        loop {
            while asked.len() < checker.manners.at_once
                && Instant::now() < deadline
                && let Some(task) = self.next_task().await
            {
                let not_before = self.turn(&task.url).await;
                asked.push(async move {
                    sleep_until(not_before).await;
                    let fetched = checker.fetcher.get(&task.url, &Request::default()).await;
                    (task, fetched)
                });
            }
            match timeout_at(deadline, asked.next()).await {
                Ok(Some((task, fetched))) => self.take(task, fetched).await,
                Ok(None) | Err(_) => return,
            }
            progress(&self.frontier.coverage());
        }
    }

    /// The next address that robots.txt lets us ask for.
    async fn next_task(&mut self) -> Option<Task> {
        loop {
            let task = self.frontier.next_task()?;
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

    /// Takes one answer: judges it, offers its links, hands the task back.
    async fn take(&mut self, task: Task, fetched: Fetched) {
        match self.frontier.arrive(&task, &fetched.url) {
            Arrival::Own => {}
            Arrival::Known | Arrival::Elsewhere => return self.frontier.finish(task, Outcome::NotAPage),
        }
        let outcome = match &fetched.outcome {
            Ok(answer) => self.judge(&task, &fetched.url, answer).await,
            Err(trouble) => {
                let status = fetched.seen().map(|answer| answer.status);
                self.crawled.pages.push(PageLook::unseen(&fetched.url, status, trouble.reason));
                Outcome::Unseen
            }
        };
        self.frontier.finish(task, outcome);
    }

    async fn judge(&mut self, task: &Task, url: &Url, answer: &crate::probe::http::Answer) -> Outcome {
        let policies: Vec<String> = answer
            .headers
            .get_all("content-security-policy")
            .iter()
            .filter_map(|value| value.to_str().ok().map(str::to_owned))
            .collect();
        let document = Document {
            url,
            url_known: true,
            body: &answer.body,
            answer: Answer {
                status: Some(answer.status),
                content_type: header(&answer.headers, "content-type"),
                sets_cookie: answer.headers.contains_key(SET_COOKIE),
                is_attachment: header(&answer.headers, "content-disposition")
                    .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("attachment")),
            },
            policies: &policies,
            exempt: self.exemption(task, url),
            not_owed: self.not_owed,
        };
        let looked = self.look(&document).await;
        if self.crawled.pages.is_empty() {
            self.crawled.site_name = looked.facts.site_name.clone();
        }
        self.offer(task, url, &looked);
        let outcome = outcome(&looked.page);
        self.crawled.pages.push(looked.page);
        outcome
    }

    fn exemption(&self, task: &Task, url: &Url) -> Option<(PageKind, Reason)> {
        if task.from == Origin::Frame || self.frames.contains(url) {
            return Some((PageKind::Frame, Reason::Frame));
        }
        (UrlKind::of(url) == UrlKind::PrintView).then_some((PageKind::Page, Reason::PrintView))
    }

    /// Looks, follows what the page needs, and looks again until nothing more is needed.
    async fn look(&mut self, document: &Document<'_>) -> Looked {
        let mut looked = self.look_once(document);
        for _ in 0..MOST_ROUNDS {
            if self.learns_pairs(&looked).await {
                looked = self.look_once(document);
            }
            if looked.page.verdict == Verdict::Pass
                || looked.page.kind != PageKind::Page
                || looked.facts.needed.is_empty()
            {
                break;
            }
            self.follower.fetch(self.checker, &mut self.robots, &looked.facts.needed, self.deadline).await;
            looked = self.look_once(document);
        }
        looked
    }

    fn look_once(&self, document: &Document<'_>) -> Looked {
        let mut subject = Subject::of(self.checker.registry.as_ref(), Some(document.url), &self.pairs);
        subject.site = self.site.or(subject.site);
        look(document, &self.checker.hosts, &self.follower.followed, &subject)
    }

    /// A site on file by its certificate id alone: the ids of the codes on the page are asked for.
    async fn learns_pairs(&mut self, looked: &Looked) -> bool {
        let by_id_alone = self.site.is_some_and(|site| site.badge_code.is_none() && site.certificate_id.is_some());
        if !by_id_alone {
            return false;
        }
        let known = self.pairs.len();
        for code in looked.page.readings.iter().filter_map(|reading| reading.code.as_ref()) {
            if let Some(id) = self.checker.id_of(code).await {
                self.pairs.insert(code.clone(), id);
            }
        }
        self.pairs.len() > known
    }

    fn offer(&mut self, task: &Task, url: &Url, looked: &Looked) {
        if !matches!(looked.page.kind, PageKind::Page | PageKind::Frame | PageKind::Login) {
            return;
        }
        let base = Base::new(looked.facts.base.as_ref().unwrap_or(url), looked.encoding);
        for href in &looked.facts.links {
            self.frontier.offer(&base, href, task.depth + 1, Origin::Link);
        }
        for frame in &looked.facts.frames {
            self.frontier.offer(&base, frame.as_str(), task.depth, Origin::Frame);
            self.frames.insert(frame.clone());
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
