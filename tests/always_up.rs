//! The public is answered whatever happens to the database: the real binary, with a cable to PostgreSQL that can be pulled.

mod support;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use badgewatch::clock::Clock;
use badgewatch::domain::registry::BadgeState;
use badgewatch::store::sites;
use serde_json::Value;
use support::db::{TestDb, every_engine, postgres, register, sqlite};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(120);
const CODE: &str = "CA182050000412345670001";
const REGISTRY: &str = "unit_name,unit_type,parent_unit,address,functions,region,site_name,cn_domain,en_domain,ips,badge_code,\
    certificate_id,issued_on,issuing_office,state,domain_expires_on,contact_name,contact_email,contact_phone\n\
    云溪县教育局,organ,,政通路1号,,云溪县,云溪教育网,,edu.yunxi.gov.test,,CA182050000412345670001,,2025-03-03,编办,valid,,甲某某,\
    jia@yunxi.test,00000000001";

/// The way to the database server; dropped, it is pulled.
struct Cable {
    _ends: JoinSet<()>,
}

impl Cable {
    async fn plug(port: u16, server: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let mut ends = JoinSet::new();
        ends.spawn(async move {
            let mut wires = JoinSet::new();
            while let Ok((mut near, _)) = listener.accept().await {
                let server = server.clone();
                wires.spawn(async move {
                    let mut far = TcpStream::connect(server).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Self { _ends: ends }
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A daemon that plays the web role alone; killed when dropped.
struct Daemon {
    child: Child,
    port: u16,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Daemon {
    fn start(folder: &TempDir, name: &str, url: &str) -> Self {
        let (port, place) = (free_port(), folder.path().join(name));
        let file: PathBuf = folder.path().join(format!("{name}.toml"));
        let settings = format!(
            "database.url = \"{url}\"\nweb.listen = \"127.0.0.1:{port}\"\n\
             verify = {{ folder = \"{}\", bound_seconds = 10 }}\n",
            place.display()
        );
        std::fs::write(&file, settings).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_badgewatch"));
        command.args(["serve", "--roles", "web", "--config", file.to_str().unwrap()]);
        Self { child: command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap(), port }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        match client.get(format!("http://127.0.0.1:{}{path}", self.port)).send().await {
            Ok(answer) => (answer.status().as_u16(), answer.text().await.unwrap_or_default()),
            Err(_) => (0, String::new()),
        }
    }

    async fn verdict(&self) -> String {
        let (_, body) = self.get(&format!("/api/v1/verify/{CODE}")).await;
        let read = serde_json::from_str::<Value>(&body).unwrap_or_default();
        read["verdict"].as_str().unwrap_or("nothing").to_owned()
    }

    async fn until(&self, what: &str) {
        until(what, async || self.verdict().await == what).await;
    }
}

async fn until(what: &str, mut is: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is().await {
        assert!(begun.elapsed() < PATIENCE, "waited too long for {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn decide(test: &TestDb, state: BadgeState) {
    let mut tx = test.db.write().await.unwrap();
    let site = sites::by_key(&mut tx, "edu.yunxi.gov.test").await.unwrap().unwrap();
    assert!(sites::decide_state(&mut tx, &site.id, Some(state), Clock::System.now()).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_finds_no_database_tells_what_the_last_one_knew_and_goes_on_when_it_is_back() {
    let Some(test) = postgres().await else { return };
    register(&test.db, REGISTRY, Clock::System.now()).await;
    let (host, name) = test.url.rsplit_once('/').unwrap();
    let (user, server) = host.split_once('@').unwrap();
    let port = free_port();
    let (folder, url) = (tempfile::tempdir().unwrap(), format!("{user}@127.0.0.1:{port}/{name}"));

    let nothing = Daemon::start(&folder, "empty", &url);
    let cable = Cable::plug(port, server.to_owned()).await;
    let daemon = Daemon::start(&folder, "public", &url);
    daemon.until("valid").await;
    decide(&test, BadgeState::Revoked).await;
    daemon.until("revoked").await;
    let keys = daemon.get("/.well-known/jwks.json").await;
    drop(cable);
    assert_eq!(daemon.verdict().await, "revoked", "the cable is pulled");
    drop(daemon);
    drop(nothing);

    let daemon = Daemon::start(&folder, "public", &url);
    daemon.until("revoked").await;
    assert_eq!(daemon.get("/readyz").await.0, 503);
    assert_eq!(daemon.get("/.well-known/jwks.json").await, keys, "what it says is signed as before");
    let stranger = Daemon::start(&folder, "stranger", &url);
    std::fs::create_dir(folder.path().join("broken")).unwrap();
    std::fs::write(folder.path().join("broken").join("seal.json"), "no seal").unwrap();
    let broken = Daemon::start(&folder, "broken", &url);
    decide(&test, BadgeState::Suspended).await;

    let _cable = Cable::plug(port, server.to_owned()).await;
    daemon.until("suspended").await;
    assert_eq!(daemon.get("/readyz").await.0, 200, "it is whole again");
    stranger.until("suspended").await;
    broken.until("suspended").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_reaches_every_process() {
    for test in every_engine().await {
        register(&test.db, REGISTRY, Clock::System.now()).await;
        let folder = tempfile::tempdir().unwrap();
        let daemons = ["one", "two"].map(|name| Daemon::start(&folder, name, &test.url));
        for daemon in &daemons {
            daemon.until("valid").await;
        }
        decide(&test, BadgeState::Revoked).await;
        for daemon in &daemons {
            daemon.until("revoked").await;
        }
    }
}

/// A disk that takes nothing new: here a folder stands where the seal is written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_keeps_no_process_from_starting() {
    let test = sqlite().await;
    register(&test.db, REGISTRY, Clock::System.now()).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("full/seal.new/x")).unwrap();
    let daemon = Daemon::start(&folder, "full", &test.url);
    daemon.until("valid").await;
    decide(&test, BadgeState::Revoked).await;
    daemon.until("revoked").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_never_share_a_folder() {
    for test in every_engine().await {
        let folder = tempfile::tempdir().unwrap();
        let first = Daemon::start(&folder, "same", &test.url);
        until("the first", async || first.get("/readyz").await.0 == 200).await;
        let mut second = Daemon::start(&folder, "same", &test.url);
        let ended = tokio::task::spawn_blocking(move || second.child.wait().unwrap()).await.unwrap();
        assert!(!ended.success());
    }
}
