//! `kill -9` every few seconds while letters go out: none is lost, and none is doubled by its Message-ID.
//!
//! `MAIL_LETTERS` says how many (10,000 in full; fewer by default, so that the suite stays quick).

mod support;

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use badgewatch::clock::Clock;
use badgewatch::config::Config;
use badgewatch::domain::confirm::{FindingState, Rule, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::notice::NoticeState;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::seal;
use badgewatch::store::findings::{self, Change};
use badgewatch::store::{Db, notices, outbox, sites};
use chrono::TimeDelta;
use support::db::{TestDb, postgres, register, sqlite};
use support::office::{csv, mail, settings};
use support::smtp::MailServer;

/// Seconds between two kills.
const EVERY: Duration = Duration::from_secs(3);

fn letters() -> usize {
    std::env::var("MAIL_LETTERS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000)
}

/// Processes that do not outlive the test.
struct Workers(Vec<Child>);

impl Drop for Workers {
    fn drop(&mut self) {
        for process in &mut self.0 {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn serve(folder: &std::path::Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_badgewatch"))
        .args(["serve", "--roles", "jobs", "--config", "kills.toml"])
        .current_dir(folder)
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn toml(test: &TestDb, port: u16) -> String {
    let mut config = Config::default();
    settings(&mut config, port);
    let mail = &config.mail;
    format!(
        "[database]\nurl = {:?}\n[mail]\nmode = \"live\"\nfrom = {:?}\nsmtp_host = \"localhost\"\nsmtp_port = {port}\n\
         security = \"none\"\nfrom_hour = 0\nuntil_hour = 24\nat_once = 16\n[web]\npublic_url = {:?}\n\
         [offices.000000]\nname = \"云溪县委编办\"\napproval = \"automatic\"\n[log]\nfilter = \"warn\"\n",
        test.url,
        mail.from.as_ref().unwrap(),
        config.web.public_url.as_ref().unwrap()
    )
}

/// A confirmed fault at every site.
async fn confirm_all(db: &Db, now: chrono::DateTime<chrono::Utc>) {
    let all = sites::after_key(&mut db.read().await.unwrap(), "", 100_000).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let (finding, first) = (Finding::fault(FindingCode::NotHung), now - TimeDelta::hours(24));
    for site in &all {
        let pages = [format!("http://{}/", site.site.key)];
        findings::open(&mut tx, &site.id, &finding, &Track::open(first), &pages).await.unwrap();
        let open = findings::open_of_site(&mut tx, &site.id).await.unwrap().remove(0);
        let to = Track { state: FindingState::Confirmed, failed: 3, last_failed_at: now, ..open.track.clone() };
        let change = Change { at: now, pages: &pages, confirmed_by: Some(&Rule::default()), hold_id: None };
        findings::advance(&mut tx, &open, &to, &change).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn sent(db: &Db) -> i64 {
    let counts = outbox::counts(&mut db.read().await.unwrap()).await.unwrap();
    counts.iter().find(|(state, _)| state == "sent").map_or(0, |(_, count)| *count)
}

async fn story(test: TestDb, workers: usize) {
    let (many, server, clock) = (letters(), MailServer::start().await, Clock::System);
    register(&test.db, &csv(many), clock.now()).await;
    confirm_all(&test.db, clock.now()).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kills.toml"), toml(&test, server.port())).unwrap();
    let mut processes = Workers((0..workers).map(|_| serve(folder.path())).collect());
    let processes = &mut processes.0;
    let (mut kills, begun) = (0, Instant::now());
    while (sent(&test.db).await as usize) < many {
        assert!(begun.elapsed() < Duration::from_secs(1_500), "{} of {many} letters went", sent(&test.db).await);
        tokio::time::sleep(EVERY).await;
        let one = kills % workers;
        processes[one].kill().unwrap();
        processes[one].wait().unwrap();
        processes[one] = serve(folder.path());
        // What a killed worker had in its hands is free when its lease runs out: here that is made sooner.
        shorten_leases(&test.db).await;
        kills += 1;
    }
    // One that was only just started does not listen to a polite word yet.
    tokio::time::sleep(EVERY).await;
    for process in processes.iter_mut() {
        Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
        assert!(process.wait().unwrap().success(), "a polite stop is a clean end");
    }

    let mut by_id: HashMap<String, (String, usize)> = HashMap::new();
    for kept in server.kept() {
        let entry = by_id.entry(kept.message_id()).or_insert((kept.to.clone(), 0));
        assert_eq!(entry.0, kept.to, "one Message-ID, one recipient");
        entry.1 += 1;
    }
    let recipients: HashMap<&str, usize> = by_id.values().fold(HashMap::new(), |mut all, (to, _)| {
        *all.entry(to.as_str()).or_default() += 1;
        all
    });
    for number in 0..many {
        assert_eq!(recipients.get(mail(number).as_str()), Some(&1), "{}: lost, or doubled", mail(number));
    }
    assert_eq!(by_id.len(), many);
    let again = server.kept().len() - many;
    assert!(again <= kills * 16, "handed over again after a kill, under the same Message-ID: {again}");
    let mut tx = test.db.read().await.unwrap();
    assert_eq!(notices::counts(&mut tx).await.unwrap(), [(NoticeState::Sent.name().to_owned(), many as i64)]);
    drop(tx);
    assert!(seal::verify(&test.db).await.unwrap().breaches.is_empty());
    println!(
        "{workers} workers, {kills} kills, {many} letters in {:?}: 0 lost, 0 doubled, {again} handed over again",
        begun.elapsed()
    );
}

async fn shorten_leases(db: &Db) {
    let sql = "UPDATE outbox SET next_at = made_at WHERE state = 'sending'";
    match db {
        Db::Sqlite { writer, .. } => {
            sqlx::query(sql).execute(writer).await.unwrap();
        }
        Db::Postgres(pool) => {
            sqlx::query(sql).execute(pool).await.unwrap();
        }
    }
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
