//! The real binary as a daemon over the sample county: it starts, looks, answers and stops, on both engines.

mod support;

#[path = "daemon/house.rs"]
mod house;
#[path = "daemon/operator.rs"]
mod operator;

use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use badgewatch::clock::Clock;
use badgewatch::domain::letter::{LetterKind, Limit};
use badgewatch::domain::notice::Notice;
use badgewatch::mail::sample;
use badgewatch::store::contacts;
use badgewatch::store::notices::{self, StoredNotice};
use badgewatch::store::outbox::{self, Channel, Part, Post};
use badgewatch::store::{looks, new_id};
use chrono::TimeDelta;
use house::{House, until};
use serde_json::Value;
use support::db::{every_engine, postgres};
use support::world::PORTAL;

/// What is under way may go on for five seconds; the rest is a slow machine.
const SOON: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_looks_at_the_whole_county_and_stops_in_order() {
    for test in every_engine().await {
        let house = House::build(test).await;
        house.settle().await;
        let (daemon, sites) = (house.serve("look,jobs,web", |settings| settings).await, house.county.sites().len());

        until("every site to be looked at", async || daemon.counts("badgewatch_looks_total", "").await >= sites as f64)
            .await;
        assert_eq!(house.looked().await, sites);
        assert_eq!(daemon.get("/healthz", "").await, (200, "alive\n".to_owned()));
        assert_eq!(daemon.get("/readyz", "").await, (200, "ready\n".to_owned()));

        let asked = house.run(&["recheck", PORTAL]);
        assert_eq!(asked.code, Some(0), "{}", asked.stderr);
        until("the re-check", async || daemon.counts("badgewatch_looks_total", "recheck").await >= 1.0).await;

        let text = daemon.get("/metrics", "").await.1;
        assert!(text.contains("badgewatch_looks_total{"), "{text}");
        metrics_are_classes(&text);
        let (status, door) = daemon.get("/console", "zh-CN,zh;q=0.9,en;q=0.8").await;
        assert!(status == 200 && door.contains("登录"), "{door}");
        let (status, door) = daemon.get("/console", "en").await;
        assert!(status == 200 && door.contains("Log in"), "{door}");
        assert_eq!(daemon.get("/nowhere", "").await.0, 404);

        let (code, took, said) = daemon.stop().await;
        assert!(code == Some(0) && took < SOON, "{code:?} after {took:?}");
        assert_eq!(house.leases().await, 0);
        for line in &said {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert!(line["message"].is_string() && line["level"] != "ERROR", "{line}");
        }
        let verified = house.run(&["audit", "verify", "--json"]);
        assert_eq!((verified.code, &verified.json()["breaches"]), (Some(0), &serde_json::json!([])));
        assert!(
            verified.json()["chains"].as_u64() > Some(5) && verified.json()["roots"].as_u64() >= Some(1),
            "{}",
            verified.stdout
        );
    }
}

/// A drafted notice, a letter that is an hour old, and an address that refuses mail.
async fn office_work(house: &House) {
    let (at, site) = (Clock::System.now(), house.sites().await.remove(0));
    let mut tx = house.test.db.write().await.unwrap();
    let draft = StoredNotice {
        id: new_id(),
        number: None,
        site_id: site.clone(),
        region: None,
        version: 1,
        drafted_at: at,
        calendar: None,
        ended_at: None,
        notice: Notice::draft([], Limit { days: 10, include_start_day: false }),
    };
    assert!(notices::insert(&mut tx, &draft).await.unwrap());
    let (letter, _) = sample::sample(LetterKind::Rectification);
    let post = Post {
        key: "a letter",
        channel: Channel::Mail,
        part: Part::Unit,
        recipient: "badge@yunxi.example",
        site_id: Some(&site),
        notice_id: Some(&draft.id),
        case_id: None,
        step: Some(0),
        letter: &letter,
        from: at,
    };
    assert!(outbox::post(&mut tx, &post, at - TimeDelta::hours(1)).await.unwrap());
    contacts::mark_bad(&mut tx, "gone@yunxi.example", "550", at).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_tell_what_waits_for_the_office() {
    for test in every_engine().await {
        let house = House::build(test).await;
        house.settle().await;
        office_work(&house).await;
        let daemon = house.serve("web", |settings| settings).await;
        let counts = async |metric: &str, words: &str| daemon.counts(&format!("badgewatch_{metric}"), words).await;
        until("a measurement", async || counts("notices{", "drafted").await > 0.0).await;

        for (metric, words, expected) in [
            ("notices{", "", 1.0),
            ("outbox_messages{", "waiting", 1.0),
            ("outbox_messages{", "parked", 0.0),
            ("bad_contacts", "", 1.0),
            ("objections_waiting", "", 0.0),
            ("notices_provisional", "", 0.0),
            ("instructions_unconfirmed", "", 0.0),
            ("leads{", "badge_elsewhere", 0.0),
            ("seen_on_overflow_total", "", 0.0),
            ("seen_on_lost_total", "", 0.0),
            ("reports_total{", "taken", 0.0),
            ("mail_mode_info{", "dry_run", 1.0),
        ] {
            assert_eq!(counts(metric, words).await, expected, "{metric} {words}");
        }
        let waited = counts("outbox_oldest_waiting_seconds", "").await;
        assert!((3_600.0..4_000.0).contains(&waited), "{waited}");
        let text = daemon.get("/metrics", "").await.1;
        assert!(text.contains("badgewatch_outbox_messages{state=\"parked\"} 0"), "an alarm needs its series: {text}");
        metrics_are_classes(&text);
        assert_eq!(daemon.stop().await.0, Some(0));
    }
}

/// The settings without any.
fn without_canaries(settings: &str) -> String {
    let line = |line: &str| match line.split_once("canaries = [") {
        Some((before, rest)) => format!("{before}canaries = [{}\n", &rest[rest.find(']').unwrap()..]),
        None => format!("{line}\n"),
    };
    settings.lines().map(line).collect()
}

/// No series of a single site; and as Prometheus wants them, where its own judge is at hand.
fn metrics_are_classes(text: &str) {
    assert!(text.contains("badgewatch_mail_mode_info{") && text.contains("badgewatch_build_info{"), "{text}");
    assert!(!text.contains("gov.cn") && !text.contains("yunxi") && !text.contains("xn--"), "{text}");
    let judge =
        Command::new("promtool").args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut judge) = judge else { return println!("SKIPPED: promtool is not installed") };
    judge.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let said = judge.wait_with_output().unwrap();
    assert!(
        said.status.success(),
        "{}{}",
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_is_stopped_at_work_gives_everything_back() {
    for test in every_engine().await {
        let house = House::build(test).await;
        house.settle().await;
        let daemon = house.serve("look", |settings| settings).await;
        until("work under way", async || house.leases().await > 0).await;

        let (code, took, _) = daemon.stop().await;

        assert!(code == Some(0) && took < SOON, "{code:?} after {took:?}");
        assert_eq!(house.leases().await, 0);
        assert!(house.looked().await < house.county.sites().len(), "it was stopped in the middle");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_serves_looks_at_nothing() {
    for test in every_engine().await {
        let house = House::build(test).await;
        house.settle().await;
        // Not even canaries are needed.
        let daemon = house.serve("web", |settings| without_canaries(&settings)).await;
        assert_eq!(daemon.get("/readyz", "").await.0, 200);
        until("a measurement", async || daemon.counts("badgewatch_sites_due", "").await > 0.0).await;
        assert_eq!((house.looked().await, house.leases().await), (0, 0));
        assert_eq!(daemon.stop().await.0, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share_the_work_and_do_none_of_it_twice() {
    let Some(test) = postgres().await else { return };
    let house = House::build(test).await;
    let from = |vantage: &'static str| move |settings: String| settings.replace("\"here\"", vantage);
    // Nothing is due until both of them stand ready.
    let (east, west) = (house.serve("look", from("\"east\"")).await, house.serve("look,jobs", from("\"west\"")).await);
    house.settle().await;
    let sites = house.sites().await;
    until("every site to be looked at", async || house.looked().await == sites.len()).await;
    let (east, west) = (east.stop().await, west.stop().await);

    assert_eq!((east.0, west.0, house.leases().await), (Some(0), Some(0), 0));
    let (mut tx, mut vantages) = (house.test.db.read().await.unwrap(), BTreeSet::new());
    for site in &sites {
        let looks = looks::of_site(&mut tx, site, 10).await.unwrap();
        assert_eq!(looks.len(), 1, "each (site, slot) once: {looks:?}");
        vantages.insert(looks[0].vantage.clone());
    }
    assert_eq!(vantages.into_iter().collect::<Vec<_>>(), ["east", "west"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_canaries_nobody_is_looked_at_and_the_key_is_named() {
    for test in every_engine().await {
        let house = House::build(test).await;
        for (section, key) in [("dns", "dns.canaries"), ("http", "http.canaries")] {
            let name = house.county.canary_name();
            let canaries = match section {
                "dns" => format!("canaries = [\"{name}\"]"),
                _ => format!("canaries = [\"http://{name}/\"]"),
            };
            let refused = house.run_with(&house.settings().replace(&canaries, "canaries = []"), &["serve"]);
            assert!(refused.code.is_some_and(|code| code != 0), "{:?}", refused.code);
            assert!(refused.stderr.contains(key) && refused.stderr.contains("name at least one"), "{}", refused.stderr);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_that_is_taken_is_named_and_nothing_is_begun() {
    for test in every_engine().await {
        let house = House::build(test).await;
        house.settle().await;
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let refused = house.run_with(&house.settings().replace("127.0.0.1:0", &address), &["serve"]);
        assert!(refused.code.is_some_and(|code| code != 0), "{:?}", refused.code);
        assert!(refused.stderr.contains(&format!("cannot listen on {address}")), "{}", refused.stderr);
        assert_eq!(house.leases().await, 0, "no site waits for a lease of nobody to run out");
    }
}
