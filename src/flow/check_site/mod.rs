//! One look at one site: names, crawl, verdict per page and for the site.

mod book;
mod crawl;
mod errand;
mod follow;
mod home;
mod names;
mod page;
mod pairs;

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use serde::Serialize;
use url::Url;

pub use self::book::{Book, Known, StoreBook};
pub use self::errand::{Errand, Memory, Observer, PageNote, Reach, Remembered};
pub use self::pairs::PairBook;
use crate::clock::Clock;
use crate::domain::badge::BadgeHosts;
use crate::domain::calendar::Calendar;
use crate::domain::crawl::{Coverage, Origin, RobotsMode};
use crate::domain::dns::NameLook;
use crate::domain::finding::Finding;
use crate::domain::host::Host;
use crate::domain::identity::pair_differs;
use crate::domain::look::PageLook;
use crate::domain::registry::Site;
use crate::domain::remarks::{Seen, leads_elsewhere, remarks};
use crate::domain::site::{Hanging, SiteEvidence, SiteFinding, not_owed, roll_up};
use crate::domain::verdict::{Cause, Reason, Verdict};
use crate::flow::calendar::CalendarCell;
use crate::probe::dns::Resolver;
use crate::probe::http::{Fetcher, Request};
use crate::store::StoreResult;

/// Budgets and manners of a look.
#[derive(Debug, Clone)]
pub struct Manners {
    /// Pages of one site at most.
    pub max_pages: u64,
    /// Time for one site at most; what is not looked at by then is told.
    pub site_time: Duration,
    /// Pages of one site asked for at once.
    pub at_once: usize,
    pub robots: RobotsMode,
    /// The longest pause between two pages that a robots.txt may ask of a one-shot look.
    pub longest_crawl_delay: Duration,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            max_pages: 1_000,
            site_time: Duration::from_secs(600),
            at_once: 2,
            robots: RobotsMode::Respect,
            longest_crawl_delay: Duration::from_secs(2),
        }
    }
}

/// Everything a look needs; one for all sites.
pub struct Checker {
    pub resolver: Resolver,
    pub fetcher: Fetcher,
    pub hosts: BadgeHosts,
    pub book: Book,
    pub calendar: CalendarCell,
    pub clock: Clock,
    pub manners: Manners,
    pub canary_failed: bool,
    pub pairs: PairBook,
}

/// What an operator asked to be looked at.
#[derive(Debug, Clone)]
pub struct Target {
    /// As typed.
    pub text: String,
    pub url: Url,
}

impl Target {
    /// Reads a host or an address. A bare host starts at http.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lower = text.trim().to_ascii_lowercase();
        let address = match lower.starts_with("http://") || lower.starts_with("https://") {
            true => text.trim().to_owned(),
            false => format!("http://{}/", text.trim().trim_end_matches('/')),
        };
        let url = Url::parse(&address).map_err(|error| format!("{text}: no host or address: {error}"))?;
        if url.domain().is_some_and(|name| Host::parse(name).is_none()) {
            return Err(format!("{text}: no host name that can be looked up"));
        }
        Ok(Self { text: text.to_owned(), url })
    }
}

/// The result for one site (`sites[]` of `badgewatch.check/1`).
#[derive(Debug, Serialize)]
pub struct SiteLook {
    /// As typed.
    pub host: String,
    /// Lower-case A-labels.
    pub host_ascii: String,
    pub verdict: Verdict,
    pub cause: Cause,
    pub findings: Vec<SiteFinding>,
    pub dns: Vec<NameLook>,
    pub coverage: Coverage,
    pub pages: Vec<PageLook>,
    /// The first trouble of the transport, in the words of the layer where it happened: evidence, not to be parsed.
    #[serde(skip)]
    pub detail: Option<String>,
    /// The DNS told of every name: it leads somewhere, or there is none.
    #[serde(skip)]
    pub names_told: bool,
}

/// Who hears of nothing but the progress.
struct Listener<'a>(&'a (dyn Fn(&Coverage) + Sync + Send));

impl Observer for Listener<'_> {
    fn page(&self, _: PageNote) {}
    fn found(&self, _: &Url, _: u16, _: Origin) {}
    fn gone(&self, _: &Url) {}
    fn progress(&self, coverage: &Coverage) {
        self.0(coverage);
    }
    fn remembers(&self) -> bool {
        false
    }
}

/// The pages that count: those of now, and of the others the last fair look. Where the home page could not be looked
/// at, nothing is said from memory alone.
fn with_memory(crawled: &crawl::Crawled, memory: &Memory) -> Vec<PageLook> {
    let mut pages = crawled.pages.clone();
    if pages.first().is_none_or(|home| home.verdict == Verdict::Undetermined) {
        return pages;
    }
    let remembered = |url: &Option<String>| memory.pages.get(url.as_ref()?)?.look.as_ref();
    for page in pages.iter_mut().skip(1).filter(|page| crawl::is_unseen(page)) {
        if let Some(look) = remembered(&page.url) {
            *page = look.clone();
        }
    }
    let seen: std::collections::HashSet<&String> = crawled.pages.iter().filter_map(|page| page.url.as_ref()).collect();
    let others = memory.pages.iter().filter(|(url, _)| !seen.contains(url) && !crawled.gone.contains(*url));
    pages.extend(others.filter_map(|(_, page)| page.look.clone()));
    pages
}

impl Checker {
    /// Looks at a site that nobody remembers anything of. `progress` hears of every page.
    pub async fn check(&self, target: &Target, progress: &(dyn Fn(&Coverage) + Sync + Send)) -> StoreResult<SiteLook> {
        let (memory, observer) = (Memory::default(), Listener(progress));
        let (reach, hanging) = (Reach::Site, Hanging::default());
        self.look(&Errand { target, site_id: None, reach, memory: &memory, hanging, observer: &observer }).await
    }

    /// Takes a look. An error is trouble of our own database; a dead site is none.
    pub async fn look(&self, errand: &Errand<'_>) -> StoreResult<SiteLook> {
        let (target, today, calendar) = (errand.target, self.clock.today(), self.calendar.get());
        let host = Host::of(&target.url);
        let known = self.book.open(host.as_ref(), errand.site_id).await?;
        let site = self.site_of(&known, target, host.as_ref()).cloned();
        let site = site.as_ref();
        let names = names::look(&self.resolver, host.as_ref(), site).await;
        let pairs = self.own_pair(site).await;
        let differs = site.is_some_and(|site| pair_differs(site, &pairs));
        let hanging = errand.hanging;
        let view = crawl::View { site, known, pairs, not_owed: self.not_owed(site, hanging.days, today, &calendar) };
        let crawled = match names.trouble() {
            Some(_) => crawl::Crawled::default(),
            None => crawl::crawl(self, errand, &names.start(&target.url), view).await?,
        };
        let pages = with_memory(&crawled, errand.memory);
        let evidence = SiteEvidence {
            names: &names.states,
            pages: &pages,
            coverage: &crawled.coverage,
            trouble: crawled.trouble,
            canary_failed: self.canary_failed,
            site,
            hanging,
            today,
            calendar: &calendar,
        };
        let mut rolled = roll_up(&evidence);
        if let Some(site) = site {
            let told = self.remarks(site, &names, &crawled, differs, today).await;
            rolled.findings.extend(told.into_iter().map(|finding| SiteFinding { finding, pages: Vec::new() }));
        }
        Ok(SiteLook {
            host: target.text.clone(),
            host_ascii: target.url.host_str().unwrap_or_default().to_owned(),
            verdict: rolled.verdict,
            cause: rolled.cause,
            findings: rolled.findings,
            names_told: names.states.iter().all(|state| state.outcome().reason().is_none()),
            dns: names.states.into_iter().flat_map(|state| [Some(state.look), state.twin]).flatten().collect(),
            coverage: crawled.coverage,
            detail: crawled.detail,
            pages: crawled.pages,
        })
    }

    /// A host on file for nobody owes nothing that we know of.
    fn not_owed(&self, site: Option<&Site>, hang_days: u32, today: NaiveDate, calendar: &Calendar) -> Option<Reason> {
        match (site, &self.book) {
            (Some(site), _) => not_owed(site, hang_days, today, calendar),
            (None, Book::None) => None,
            (None, _) => Some(Reason::HostNotRegistered),
        }
    }

    async fn remarks(
        &self,
        site: &Site,
        names: &names::Names,
        crawled: &crawl::Crawled,
        pair_differs: bool,
        today: NaiveDate,
    ) -> Vec<Finding> {
        let seen = Seen {
            home: crawled.pages.first(),
            site_name: crawled.site_name.as_deref(),
            strays: self.strays(site, names, crawled).await,
            pair_differs,
        };
        remarks(site, &seen, today)
    }

    /// Does a registered name lead to no registered address, and over HTTP to no registered host?
    async fn strays(&self, site: &Site, names: &names::Names, crawled: &crawl::Crawled) -> bool {
        for state in names.states.iter().filter(|state| leads_elsewhere(site, &state.look)) {
            let ended_on = match &crawled.host {
                Some(host) if *host == state.look.name => Some(host.clone()),
                _ => match Url::parse(&format!("http://{}/", state.look.name.ascii())) {
                    Ok(url) => Some(self.fetcher.get(&url, &Request::default()).await)
                        .filter(|fetched| fetched.outcome.is_ok())
                        .and_then(|fetched| Host::of(&fetched.url)),
                    Err(_) => None,
                },
            };
            if ended_on.is_some_and(|host| !site.owns(&host)) {
                return true;
            }
        }
        false
    }

    /// The registered site of an address; a host with nothing but one folder site stands for that.
    fn site_of<'k>(&self, known: &'k Known, target: &Target, host: Option<&Host>) -> Option<&'k Site> {
        let registry = known.registry.as_ref()?;
        let host = host?;
        registry.site_of(host, target.url.path()).or_else(|| match registry.sites_on(host).as_slice() {
            [only] if target.url.path() == "/" => Some(*only),
            _ => None,
        })
    }
}

/// The resolver as the fetcher asks it.
pub struct NameLookup(pub Resolver);

impl crate::probe::http::Lookup for NameLookup {
    fn addresses(
        &self,
        host: Host,
    ) -> futures_util::future::BoxFuture<'static, Result<Vec<std::net::IpAddr>, crate::probe::http::LookupError>> {
        let resolver = self.0.clone();
        Box::pin(async move {
            let found: Result<Arc<[std::net::IpAddr]>, _> = resolver.addresses(&host).await;
            found.map(|addresses| addresses.to_vec()).map_err(|missing| crate::probe::http::LookupError {
                reason: missing.outcome.reason().unwrap_or(crate::domain::verdict::Reason::DnsNoName),
                detail: missing.to_string(),
            })
        })
    }
}
