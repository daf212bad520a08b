//! `kill -9` at any moment: no look is lost and none is doubled, with one process and with two.

mod support;

use std::collections::HashMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use badgewatch::clock::Clock;
use badgewatch::config::{Config, Secret};
use badgewatch::demo::County;
use badgewatch::domain::schedule::Rhythm;
use badgewatch::flow::seal;
use badgewatch::store::looks::{self, StoredLook};
use badgewatch::store::{Db, plan, sites};
use chrono::TimeDelta;
use support::db::{TestDb, postgres, register, sqlite};
use support::world::settings;

/// Daily looks come every few seconds here.
const ROUND: &str = "*/4 * * * * *";
const KILLS: u64 = 10;

struct Workers {
    folder: tempfile::TempDir,
    processes: Vec<Child>,
}

impl Workers {
    fn start(config: &Config, many: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("kills.toml"), toml(config)).unwrap();
        let processes = (0..many).map(|_| spawn(folder.path())).collect();
        Self { folder, processes }
    }

    /// Kills one without a word and starts another in its place.
    fn kill(&mut self, one: usize) {
        self.processes[one].kill().unwrap();
        self.processes[one].wait().unwrap();
        self.processes[one] = spawn(self.folder.path());
    }

    /// Asks all to stop, and waits.
    fn stop(mut self) {
        for process in &mut self.processes {
            Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
            assert!(process.wait().unwrap().success(), "a polite stop is a clean end");
        }
        self.processes.clear();
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn spawn(folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_badgewatch"))
        .args(["serve", "--roles", "look", "--config", "kills.toml"])
        .current_dir(folder)
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// The settings as a file.
fn toml(config: &Config) -> String {
    let quoted = |items: &[String]| items.iter().map(|item| format!("{item:?}")).collect::<Vec<_>>().join(", ");
    let resolvers: Vec<String> = config.dns.resolvers.iter().map(ToString::to_string).collect();
    format!(
        "[database]\nurl = {:?}\n[watch]\nhome = {{ cron = {ROUND:?}, spread_minutes = 0 }}\nlease_seconds = 8\n\
         site_seconds = 7\n[dns]\nresolvers = [{}]\ncanaries = [{}]\n[http]\ncanaries = [{}]\nhttp_port = {}\n\
         allow_net = [\"127.0.0.0/8\"]\n[log]\nfilter = \"warn,hickory_resolver=off\"\n",
        config.database.url.reveal(),
        quoted(&resolvers),
        quoted(&config.dns.canaries),
        quoted(&config.http.canaries),
        config.http.http_port.unwrap()
    )
}

async fn all_looks(db: &Db) -> HashMap<String, Vec<StoredLook>> {
    let mut tx = db.read().await.unwrap();
    let mut all = HashMap::new();
    for site in sites::after_key(&mut tx, "", 1_000).await.unwrap() {
        let mut looked = looks::of_site(&mut tx, &site.id, 10_000).await.unwrap();
        looked.reverse();
        all.insert(site.id, looked);
    }
    all
}

/// Every look follows on the one before it: what it was due as is what that one left.
fn nothing_is_lost_or_doubled(site: &str, looked: &[StoredLook]) {
    let round = Rhythm::parse(ROUND, TimeDelta::zero()).unwrap();
    assert!(looked.len() >= 3, "{site}: {} looks", looked.len());
    assert_eq!(looked[0].kind, "pages", "{site}: the first look is at all pages");
    for (before, look) in looked.iter().zip(&looked[1..]) {
        assert_eq!(look.slot_at, round.next(site, before.ended_at), "{site}: a look was lost or doubled");
        assert!(look.started_at >= before.ended_at, "{site}: two looks at once");
    }
}

async fn story(test: TestDb, many: usize) {
    let county = County::start().await.unwrap();
    register(&test.db, &county.registry_csv(Clock::System.today()), Clock::System.now()).await;
    let mut config = settings(&county);
    config.database.url = Secret::new(test.url.clone());
    let mut workers = Workers::start(&config, many);

    for kill in 0..KILLS {
        // At another moment of the round each time.
        tokio::time::sleep(Duration::from_millis(300 + 379 * kill % 1_700)).await;
        workers.kill(kill as usize % many);
    }
    let deadline = Instant::now() + Duration::from_secs(240);
    while all_looks(&test.db).await.values().any(|looked| looked.len() < 3) {
        assert!(Instant::now() < deadline, "sites are left without looks");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    workers.stop();

    let all = all_looks(&test.db).await;
    assert_eq!(all.len(), county.sites().len());
    for (site, looked) in &all {
        nothing_is_lost_or_doubled(site, looked);
        let mut tx = test.db.read().await.unwrap();
        let standing = looks::standing(&mut tx, site).await.unwrap().unwrap();
        assert_eq!(standing.looked_at, looked.last().unwrap().ended_at, "{site}: the standing is the last look's");
        assert_eq!(plan::of_site(&mut tx, site).await.unwrap().unwrap().lease, "", "{site}: the stop gave it back");
    }
    let verified = seal::verify(&test.db).await.unwrap();
    assert!(verified.breaches.is_empty() && verified.pieces > 10, "{verified:?}");
    println!("{many} workers, {KILLS} kills: {} looks", all.values().map(Vec::len).sum::<usize>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_process_on_sqlite() {
    story(sqlite().await, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_postgresql() {
    if let Some(test) = postgres().await {
        story(test, 2).await;
    }
}
