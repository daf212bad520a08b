//! `badgewatch demo`: the sample county on loopback, watched by the real daemon.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use tokio::time::{Instant, sleep};

use super::print;
use super::serve::stopped;
use super::settings::runtime;
use crate::app::{self, Role};
use crate::clock::Clock;
use crate::config::{Config, Secret};
use crate::demo::County;
use crate::domain::host::Host;
use crate::domain::verdict::{Cause, Verdict};
use crate::flow::import_registry::{self, Terms};
use crate::store::Db;
use crate::store::looks::{self, Listed};
use crate::telemetry;

/// The table is shown when every site was looked at, or after this time.
const PATIENCE: Duration = Duration::from_secs(50);

#[derive(clap::Args)]
pub(super) struct Demo {
    /// Where the overview is served; any free port where this one is taken
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Show the table and stop
    #[arg(long)]
    once: bool,
}

/// A folder that is gone with the demo.
struct Folder(PathBuf);

impl Folder {
    fn make() -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("badgewatch-demo-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Demo {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let folder = Folder::make()?;
        runtime()?.block_on(self.play(&folder.0))?;
        Ok(0)
    }

    async fn play(&self, folder: &Path) -> anyhow::Result<()> {
        let begun = Instant::now();
        let county = County::start().await.context("the sample county cannot be served")?;
        let config = settings(&county, folder, self.free_address());
        telemetry::start(&config.log).map_err(anyhow::Error::msg)?;
        let shared = app::open(config, Clock::System).await?;
        let csv = county.registry_csv(shared.clock.today());
        let registry = import_registry::read("yunxi.csv", csv.as_bytes())?;
        import_registry::import(&shared.db, &registry, &Terms::default(), shared.clock.now()).await?;
        print(&format!(
            "云溪县 sample county: {} invented sites on loopback; the daemon looks at them …\n",
            county.sites().len()
        ))?;
        let db = shared.db.clone();
        let running = app::start(shared, Role::ALL).await?;
        tokio::select! {
            done = show(&db, begun) => done?,
            done = stopped() => {
                done?;
                running.stop().await;
                return Ok(());
            }
        }
        if let Some(address) = running.address.filter(|_| !self.once) {
            print(&format!(
                "\nOverview: http://{address}/overview   public: http://{address}/   metrics: http://{address}/metrics   \
                 Ctrl-C stops.\n"
            ))?;
            stopped().await?;
        }
        running.stop().await;
        print("stopped\n")
    }

    fn free_address(&self) -> SocketAddr {
        match std::net::TcpListener::bind(self.listen) {
            Ok(_) => self.listen,
            Err(_) => (Ipv4Addr::LOCALHOST, 0).into(),
        }
    }
}

/// The daemon's settings for the county: its ports, its resolver, its canary.
fn settings(county: &County, folder: &Path, listen: SocketAddr) -> Config {
    let mut config = Config::default();
    config.database.url = Secret::new(format!("sqlite:{}", folder.join("demo.db").display()));
    config.registry.complete = vec!["000000".to_owned()];
    config.dns.resolvers = vec![county.resolver];
    config.dns.canaries = vec![county.canary_name().to_owned()];
    config.http.canaries = vec![format!("http://{}/", county.canary_name())];
    config.http.http_port = Some(county.http_port);
    config.http.allow_net = "127.0.0.0/8".parse().into_iter().collect();
    config.web.listen = listen;
    config.verify.folder = folder.join("public");
    config.log.filter = "warn,hickory_resolver=off,hickory_net=off".to_owned();
    config
}

/// Waits for every site's first look and prints the table.
async fn show(db: &Db, begun: Instant) -> anyhow::Result<()> {
    loop {
        let listed = looks::list(&mut db.read().await?, 1_000, 0).await?;
        let waiting = listed.iter().filter(|site| site.verdict.is_none()).count();
        if waiting == 0 || begun.elapsed() > PATIENCE {
            let seconds = begun.elapsed().as_secs_f64();
            return print(&format!("{}\n{} sites in {seconds:.1} s\n", table(&listed), listed.len()));
        }
        sleep(Duration::from_millis(200)).await;
    }
}

fn table(listed: &[Listed]) -> String {
    let mut out = String::from("\n");
    for site in listed {
        let verdict = site.verdict.as_deref().and_then(Verdict::from_name);
        let cause = site.cause.as_deref().and_then(Cause::from_name);
        let cause = cause.map(|cause| verdict.map_or(cause, |verdict| cause.under(verdict)));
        let word = verdict.map_or("… 尚未检查", super::report::verdict);
        let why = cause.map_or(String::new(), |cause| format!("{}（{}）", cause.label(), cause.name()));
        let pages = format!("{}/{}", site.checked.unwrap_or(0), site.known.unwrap_or(0));
        let _ = writeln!(out, "{} {} {pages:>6}  {why}", padded(word, 26), padded(&shown(&site.key), 28));
    }
    out
}

/// The key as people write it: Chinese names in Chinese.
fn shown(key: &str) -> String {
    let (host, folder) = key.split_at(key.find('/').unwrap_or(key.len()));
    format!("{}{folder}", Host::parse(host).map_or_else(|| host.to_owned(), |host| host.unicode()))
}

/// Filled up to a width in columns: a Han character takes two.
fn padded(text: &str, width: usize) -> String {
    let taken: usize = text.chars().map(|c| if c > '\u{2E7F}' { 2 } else { 1 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(taken)))
}
