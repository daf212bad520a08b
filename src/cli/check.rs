//! `badgewatch check`: a one-shot look at sites.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use futures_util::StreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use ipnet::IpNet;
use serde::Serialize;

use super::{print, print_json, read_registry, report};
use crate::clock::{Clock, beijing};
use crate::domain::address::AddressPolicy;
use crate::domain::badge::BadgeHosts;
use crate::domain::crawl::{Coverage, RobotsMode};
use crate::domain::dns::DnsOutcome;
use crate::domain::host::Host;
use crate::domain::verdict::Verdict;
use crate::flow::calendar::CalendarCell;
use crate::flow::check_site::{Book, Checker, Manners, NameLookup, SiteLook, Target};
use crate::probe::dns::{self, Resolver};
use crate::probe::http::{Fetcher, Politeness, Settings};

/// Pages asked for at once on one address, and of one site.
const AT_ONCE: usize = 4;

#[derive(clap::Args)]
pub(super) struct Check {
    /// Sites: host names (start at http) or addresses
    #[arg(required = true, value_name = "HOST|URL")]
    sites: Vec<String>,
    /// Registry CSV: whose badge is whose
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    /// Name server to ask, IP or IP:PORT; may be given several times [default: the system's]
    #[arg(long, value_name = "ADDR")]
    resolver: Vec<String>,
    /// A name that always resolves: if it does not, a "no" of the DNS is not believed
    #[arg(long, value_name = "NAME")]
    canary: Vec<String>,
    /// Connect to this port where an http address states none
    #[arg(long, value_name = "N")]
    http_port: Option<u16>,
    /// Connect to this port where an https address states none
    #[arg(long, value_name = "N")]
    https_port: Option<u16>,
    /// Further root certificates
    #[arg(long, value_name = "PEM")]
    ca_file: Option<PathBuf>,
    /// Open a network that is refused otherwise (tests, intranets); no politeness delay there
    #[arg(long, value_name = "CIDR")]
    allow_net: Vec<IpNet>,
    /// Pages per site at most
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..))]
    max_pages: u64,
    /// Seconds per site at most
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    max_seconds: u64,
    /// Sites looked at at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: u16,
    /// Milliseconds between two requests to one site or address
    #[arg(long, value_name = "MS", default_value_t = 200)]
    delay: u64,
    /// What robots.txt says: keep to it, or look all the same (with the owner's leave)
    #[arg(long, value_name = "respect|record", default_value = "respect", value_parser = robots_mode)]
    robots: RobotsMode,
    /// A page that says who looks and why, sent with every request
    #[arg(long, value_name = "URL", env = "BADGEWATCH_ABOUT_URL")]
    about_url: Option<String>,
    /// Print JSON (badgewatch.check/1)
    #[arg(long)]
    json: bool,
}

fn robots_mode(text: &str) -> Result<RobotsMode, String> {
    RobotsMode::from_name(text).ok_or_else(|| "respect or record".to_owned())
}

#[derive(Serialize)]
struct Output<'a> {
    schema: &'static str,
    sites: &'a [SiteLook],
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let sites = runtime.block_on(self.look())?;
        if self.json {
            let output = Output { schema: "badgewatch.check/1", sites: &sites };
            print_json(&output)?;
        } else {
            let at = beijing(Clock::System.now()).format("%Y-%m-%d %H:%M").to_string();
            print(&report::sites(&sites, self.registry.is_some(), &at))?;
        }
        Ok(exit_code(&sites))
    }

    async fn look(&self) -> anyhow::Result<Vec<SiteLook>> {
        let targets: Vec<Target> = self
            .sites
            .iter()
            .map(|text| Target::parse(text))
            .collect::<Result<_, _>>()
            .map_err(|error| anyhow!(error))?;
        let checker = Arc::new(self.checker(&targets).await?);
        let progress = Arc::new(Progress { bar: progress_bar(targets.len()), pages: AtomicU64::new(0) });
        // Every site is a task of its own, so that all cores read pages.
        let looks = futures_util::stream::iter(targets.into_iter().map(|target| {
            let (checker, progress) = (checker.clone(), progress.clone());
            tokio::spawn(async move {
                let seen = AtomicU64::new(0);
                let look = checker.check(&target, &|coverage| progress.page(coverage, &seen)).await;
                progress.bar.inc(1);
                look
            })
        }));
        let looks: Vec<_> = looks.buffered(usize::from(self.concurrency)).collect().await;
        progress.bar.finish_and_clear();
        looks.into_iter().map(|look| Ok(look.context("a look broke off")??)).collect()
    }

    async fn checker(&self, targets: &[Target]) -> anyhow::Result<Checker> {
        let resolver = self.resolver()?;
        let book = match &self.registry {
            Some(path) => Book::File(Arc::new(read_registry(path)?)),
            None => Book::None,
        };
        let ca_pem = match &self.ca_file {
            Some(file) => Some(std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?),
            None => None,
        };
        let ports: HashSet<u16> = targets.iter().filter_map(|target| target.url.port()).collect();
        let settings = Settings {
            policy: AddressPolicy { allowed: self.allow_net.clone(), ports: ports.into_iter().collect() },
            http_port: self.http_port,
            https_port: self.https_port,
            ca_pem,
            about_url: self.about_url.clone(),
            ..Settings::default()
        };
        let politeness = Politeness::new(AT_ONCE, AT_ONCE, Duration::from_millis(self.delay));
        let fetcher = Fetcher::new(settings, Arc::new(NameLookup(resolver.clone())), Some(Arc::new(politeness)))?;
        Ok(Checker {
            canary_failed: canary_failed(&resolver, &self.canary).await?,
            resolver,
            fetcher,
            hosts: BadgeHosts::default(),
            book,
            calendar: CalendarCell::default(),
            clock: Clock::System,
            manners: Manners {
                max_pages: self.max_pages,
                site_time: Duration::from_secs(self.max_seconds),
                robots: self.robots,
                ..Manners::default()
            },
            pairs: Default::default(),
        })
    }

    fn resolver(&self) -> anyhow::Result<Resolver> {
        if self.resolver.is_empty() {
            return Resolver::system(dns::Limits::default()).context("give name servers with --resolver");
        }
        let servers = self.resolver.iter().map(|text| server(text)).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Resolver::new(&servers, dns::Limits::default())?)
    }
}

/// What the bar tells: sites done, pages seen.
struct Progress {
    bar: ProgressBar,
    pages: AtomicU64,
}

impl Progress {
    fn page(&self, coverage: &Coverage, seen: &AtomicU64) {
        let more = coverage.checked.saturating_sub(seen.swap(coverage.checked, Ordering::Relaxed));
        let all = self.pages.fetch_add(more, Ordering::Relaxed) + more;
        if !self.bar.is_hidden() {
            self.bar.set_message(format!("{all} 页"));
        }
    }
}

fn server(text: &str) -> anyhow::Result<SocketAddr> {
    text.parse::<SocketAddr>()
        .or_else(|_| text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 53)))
        .map_err(|_| anyhow!("--resolver {text}: not an IP address or IP:PORT"))
}

async fn canary_failed(resolver: &Resolver, canaries: &[String]) -> anyhow::Result<bool> {
    let mut failed = false;
    for name in canaries {
        let Some(host) = Host::parse(name) else { bail!("--canary {name}: no host name") };
        let look = resolver.look(&host).await;
        if look.outcome != DnsOutcome::Resolves {
            eprintln!(
                "badgewatch: the canary {name} does not resolve ({}): no \"no\" of the DNS is believed",
                look.outcome
            );
            failed = true;
        }
    }
    Ok(failed)
}

fn progress_bar(sites: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} 个网站 · {msg} · {elapsed}");
    // Draws on standard error, and only on a terminal.
    ProgressBar::new(sites as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// 0 all pass, 1 something fails, 2 something is left undetermined (or owes nothing).
fn exit_code(sites: &[SiteLook]) -> u8 {
    sites
        .iter()
        .map(|site| match site.verdict {
            Verdict::Pass => 0,
            Verdict::Undetermined | Verdict::NotApplicable => 2,
            Verdict::Fail => 3,
        })
        .max()
        .map_or(0, |worst| if worst == 3 { 1 } else { worst })
}
