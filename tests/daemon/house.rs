//! A daemon of its own process, its settings in a file, and what it says.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use badgewatch::clock::{Clock, beijing};
use badgewatch::demo::County;
use badgewatch::store::{looks, plan, sites};
use chrono::Timelike;
use tempfile::TempDir;

use crate::support::db::{TestDb, register};
use crate::support::{Run, badgewatch};

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The county, a database, and a folder for the settings.
pub struct House {
    pub county: County,
    pub test: TestDb,
    folder: TempDir,
}

impl House {
    pub async fn build(test: TestDb) -> Self {
        Self { county: County::start().await.unwrap(), test, folder: tempfile::tempdir().unwrap() }
    }

    /// Registers the county's sites, all due now.
    pub async fn settle(&self) {
        register(&self.test.db, &self.county.registry_csv(Clock::System.today()), Clock::System.now()).await;
    }

    /// Settings that lead to the county; the next round begins half a day away. Any free port.
    pub fn settings(&self) -> String {
        let Self { county, test, folder } = self;
        let hour = (beijing(Clock::System.now()).hour() + 12) % 24;
        format!(
            "database.url = \"{}\"\n\
             watch = {{ vantage = \"here\", at_once = 4, home = {{ cron = \"0 {hour} * * *\", spread_minutes = 60 }}, \
             pages = {{ cron = \"0 {hour} * * *\", spread_minutes = 60 }} }}\n\
             dns = {{ resolvers = [\"{}\"], canaries = [\"{canary}\"] }}\n\
             http = {{ canaries = [\"http://{canary}/\"], http_port = {}, allow_net = [\"127.0.0.0/8\"] }}\n\
             web.listen = \"127.0.0.1:0\"\n\
             verify.folder = \"{}\"\n\
             log.format = \"json\"\n",
            test.url,
            county.resolver,
            county.http_port,
            folder.path().join("public").display(),
            canary = county.canary_name(),
        )
    }

    /// Writes settings to a file of this name.
    pub fn write(&self, name: &str, settings: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, settings).unwrap();
        file
    }

    /// Runs a command with the house's settings.
    pub fn run(&self, args: &[&str]) -> Run {
        self.run_with(&self.settings(), args)
    }

    pub fn run_with(&self, settings: &str, args: &[&str]) -> Run {
        let file = self.write("command.toml", settings);
        let config = ["--config", file.to_str().unwrap()];
        badgewatch(args.iter().chain(&config))
    }

    /// Starts a daemon; `settings` may replace parts of the house's.
    pub async fn serve(&self, roles: &str, differ: impl FnOnce(String) -> String) -> Daemon {
        let file = self.write(&format!("{roles}.toml"), &differ(self.settings()));
        Daemon::start(&["serve", "--roles", roles, "--config", file.to_str().unwrap()]).await
    }

    /// How many sites were looked at, ever.
    pub async fn looked(&self) -> usize {
        let mut tx = self.test.db.read().await.unwrap();
        looks::freshness(&mut tx, Clock::System.now()).await.unwrap().looked as usize
    }

    /// The ids of all sites.
    pub async fn sites(&self) -> Vec<String> {
        let sites = sites::after_key(&mut self.test.db.read().await.unwrap(), "", 1_000).await.unwrap();
        sites.into_iter().map(|site| site.id).collect()
    }

    /// How many sites somebody has a lease on.
    pub async fn leases(&self) -> usize {
        let mut leases = 0;
        let mut tx = self.test.db.read().await.unwrap();
        for site in self.sites().await {
            let planned = plan::of_site(&mut tx, &site).await.unwrap().unwrap();
            leases += usize::from(!planned.lease.is_empty());
        }
        leases
    }
}

/// Asks again and again until it is so.
pub async fn until(what: &str, mut is: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is().await {
        assert!(begun.elapsed() < PATIENCE, "waited too long for {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A running daemon; killed when dropped.
pub struct Daemon {
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
    /// Where it listens.
    pub address: Option<String>,
}

impl Daemon {
    async fn start(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_badgewatch"));
        command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (said, lines) = (Arc::new(Mutex::new(Vec::new())), BufReader::new(child.stderr.take().unwrap()).lines());
        let heard = said.clone();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| heard.lock().unwrap().push(line)));
        let mut daemon = Self { child, said, address: None };
        until("the daemon to start", async || {
            assert!(daemon.child.try_wait().unwrap().is_none(), "it ended: {:?}", daemon.said());
            daemon.said().iter().any(|line| line.contains("\"started\""))
        })
        .await;
        let started = daemon.said().into_iter().find(|line| line.contains("\"started\"")).unwrap();
        let address = started.split_once("Some(").and_then(|(_, rest)| rest.split_once(')'));
        daemon.address = address.map(|(address, _)| address.to_owned());
        daemon
    }

    /// The lines of its log.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// Status and text of a page, asked for in a language.
    pub async fn get(&self, path: &str, language: &str) -> (u16, String) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}{path}", self.address.as_ref().expect("it plays the web role"));
        let answer = client.get(url).header("Accept-Language", language).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The sum of all series of a metric whose line holds these words.
    pub async fn counts(&self, metric: &str, words: &str) -> f64 {
        let (_, text) = self.get("/metrics", "").await;
        let lines = text.lines().filter(|line| line.starts_with(metric) && line.contains(words));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// Asks it politely to stop; its exit code, how long it took, and its whole log.
    pub async fn stop(mut self) -> (Option<i32>, Duration, Vec<String>) {
        let begun = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut status = None;
        until("the daemon to stop", async || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .await;
        (status.unwrap().code(), begun.elapsed(), self.said())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
