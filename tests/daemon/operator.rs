//! What an operator does at the command line of a watch.

use badgewatch::clock::Clock;
use badgewatch::demo::County;
use badgewatch::domain::confirm::{FindingState, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::letter::LetterKind;
use badgewatch::domain::mass::Dimension;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::mail::sample;
use badgewatch::store::contacts;
use badgewatch::store::findings::{self, Change, Group};
use badgewatch::store::outbox::{self, Channel, Part, Post, Stuck};
use badgewatch::store::{Db, evidence, plan, sites};
use chrono::TimeDelta;

use crate::house::House;
use crate::support::db::every_engine;
use crate::support::world::PORTAL;

/// A watch with its sites on file, on every engine.
async fn told(story: impl AsyncFn(&House)) {
    for test in every_engine().await {
        let house = House::build(test).await;
        house.settle().await;
        story(&house).await;
    }
}

async fn portal(house: &House) -> String {
    sites::by_key(&mut house.test.db.read().await.unwrap(), PORTAL).await.unwrap().unwrap().id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_schema_is_brought_up_to_date_as_often_as_one_likes() {
    told(async |house| {
        for _ in 0..2 {
            let run = house.run(&["migrate"]);
            assert_eq!((run.code, run.stdout.as_str()), (Some(0), "the schema is up to date\n"), "{}", run.stderr);
        }
        assert_eq!(house.sites().await.len(), house.county.sites().len(), "nothing is lost");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recheck_is_asked_for_by_the_key_of_a_site() {
    told(async |house| {
        let asked = house.run(&["recheck", PORTAL]);
        assert!(asked.code == Some(0) && asked.stdout.starts_with("1 asked for"), "{}{}", asked.stdout, asked.stderr);
        let planned = plan::of_site(&mut house.test.db.read().await.unwrap(), &portal(house).await).await.unwrap();
        let recheck_at = planned.unwrap().recheck_at.unwrap();

        let unknown = house.run(&["recheck", PORTAL, "www.nobody.gov.cn"]);
        assert!(unknown.code.is_some_and(|code| code != 0));
        assert!(unknown.stderr.contains("www.nobody.gov.cn: no such site"), "{}", unknown.stderr);
        let planned = plan::of_site(&mut house.test.db.read().await.unwrap(), &portal(house).await).await.unwrap();
        assert_eq!(planned.unwrap().recheck_at, Some(recheck_at), "all of them or none");
    })
    .await;
}

/// A finding of the portal that a hold stopped; the hold's id.
async fn held(house: &House) -> String {
    let (now, site) = (Clock::System.now(), portal(house).await);
    let mut tx = house.test.db.write().await.unwrap();
    let group = Group { failing: 6, watched: 9 };
    let code = FindingCode::DomainDead;
    let hold = findings::open_hold(&mut tx, Dimension::Address, "127.0.0.1", code, group, now).await.unwrap();
    findings::open(&mut tx, &site, &Finding::fault(code), &Track::open(now), &[]).await.unwrap();
    let read = findings::open_of_site(&mut tx, &site).await.unwrap().remove(0);
    let to = Track { state: FindingState::Held, ..read.track.clone() };
    let change = Change { at: now, hold_id: Some(&hold), ..Change::default() };
    assert!(findings::advance(&mut tx, &read, &to, &change).await.unwrap());
    tx.commit().await.unwrap();
    hold
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_is_listed_and_decided_once() {
    told(async |house| {
        assert_eq!(house.run(&["holds"]).stdout, "no mass change was ever held\n");
        let hold = held(house).await;
        let listed = house.run(&["holds"]).stdout;
        assert!(listed.starts_with(&hold) && listed.contains("domain_dead at 6 of 9 sites sharing address 127.0.0.1"));

        let decide = |verdict: &str| house.run(&["hold", &hold, verdict, "--by", "值班员", "--reason", "线路故障"]);
        let unclear = decide("open");
        assert!(unclear.code.is_some_and(|code| code != 0) && unclear.stderr.contains("real or ours"));
        let decided = decide("ours");
        assert_eq!((decided.code, decided.stdout.as_str()), (Some(0), "decided: 1 findings are dismissed\n"));
        let again = decide("real");
        assert!(again.code.is_some_and(|code| code != 0) && again.stderr.contains("no open hold"), "{}", again.stderr);
        assert!(house.run(&["holds"]).stdout.contains("ours  by 值班员"));
        let found = findings::of_site(&mut house.test.db.read().await.unwrap(), &portal(house).await).await.unwrap();
        assert_eq!(found[0].track.state, FindingState::Dismissed);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn evidence_is_verified_and_a_change_is_named() {
    told(async |house| {
        let site = portal(house).await;
        let mut tx = house.test.db.write().await.unwrap();
        for body in ["{\"n\":1}", "{\"n\":2}"] {
            evidence::append(&mut tx, &site, "look", Clock::System.now(), body).await.unwrap();
        }
        tx.commit().await.unwrap();
        let whole = house.run(&["audit", "verify"]);
        assert!(
            whole.code == Some(0)
                && whole
                    .stdout
                    .contains("2 chains with 2 pieces of evidence (0 emptied after their time of keeping) and 1 acts"),
            "{}",
            whole.stdout
        );
        assert!(whole.stdout.ends_with("everything holds\n"));

        let sql = "UPDATE evidence SET body = '{}' WHERE seq = 1";
        match &house.test.db {
            Db::Sqlite { writer, .. } => {
                sqlx::query(sql).execute(writer).await.unwrap();
            }
            Db::Postgres(pool) => {
                sqlx::query(sql).execute(pool).await.unwrap();
            }
        }
        let changed = house.run(&["audit", "verify"]);
        assert_eq!(changed.code, Some(1));
        assert!(changed.stdout.contains(&format!("BREACH evidence 1 of site {site}: its text was changed")));
        assert!(!changed.stdout.contains("everything holds"));
    })
    .await;
}

/// Settings of an office whose letters really go.
const OFFICE: &str = "web.public_url = \"https://badge.yunxi.example\"\n\
    mail = { mode = \"live\", from = \"badge@yunxi.example\", smtp_host = \"localhost\" }\n\
    authorities = { registry = \"zhuce@zhuce.example\", cnnic = \"cn@mingcheng.example\" }\n\
    offices.140214 = { name = \"云溪县委编办\", email = \"office@yunxi.example\" }\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_finds_a_sound_watch_well() {
    told(async |house| {
        // A second name server that knows the county's names: that of a second county.
        let second = County::start().await.unwrap();
        let servers = format!("[\"{}\", \"{}\"]", house.county.resolver, second.resolver);
        let both = house.settings().replace(&format!("[\"{}\"]", house.county.resolver), &servers);
        let run = house.run_with(&(both + OFFICE), &["doctor"]);
        // Whether next year's calendar is missed depends on the day.
        let todo: Vec<_> =
            run.stdout.lines().filter(|line| line.starts_with("FIX") && !line.contains("calendar")).collect();
        assert!(todo.is_empty(), "{}", run.stdout);
        assert_eq!(run.code, Some(i32::from(run.stdout.contains("FIX"))));
        let database = format!("answers; {0} sites watched, {0} due", house.county.sites().len());
        for word in [
            &*database,
            "2 are asked",
            "canary name",
            "outgoing link",
            "clock",
            "1 set, 1 with an email",
            "live: letters go; 0 wait",
        ] {
            assert!(run.stdout.contains(word), "{word}: {}", run.stdout);
        }
    })
    .await;
}

/// A letter that waits, one that is parked, and an address that refuses mail.
async fn trouble(house: &House) {
    let at = Clock::System.now();
    let mut tx = house.test.db.write().await.unwrap();
    let (letter, _) = sample::sample(LetterKind::OfficeTask);
    for key in ["waits", "parked"] {
        let post = Post {
            key,
            channel: Channel::Mail,
            part: Part::Office,
            recipient: "office@yunxi.example",
            site_id: None,
            notice_id: None,
            case_id: None,
            step: None,
            letter: &letter,
            from: at,
        };
        assert!(outbox::post(&mut tx, &post, at).await.unwrap());
    }
    let asked = outbox::Asked { now: at, until: at + TimeDelta::hours(1), trial: false, only_urgent: false, most: 1 };
    let claimed = outbox::claim(&mut tx, &asked).await.unwrap().remove(0);
    assert!(outbox::stuck(&mut tx, &claimed, Stuck::Parked, "421").await.unwrap());
    contacts::mark_bad(&mut tx, "gone@yunxi.example", "550", at).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_says_what_to_do() {
    told(async |house| {
        let settings = house.settings();
        let one = house.run(&["doctor"]);
        assert_eq!(one.code, Some(1));
        assert!(one.stdout.contains("FIX   resolvers      only one: name two or more"), "{}", one.stdout);

        for todo in [
            "mail           dry_run: nothing is sent: set mail.mode; 0 letters wait",
            "offices        none: set offices.REGION",
            "authorities    set authorities.registry and authorities.cnnic",
        ] {
            assert!(one.stdout.contains(&format!("FIX   {todo}")), "{todo}: {}", one.stdout);
        }
        assert!(one.stdout.contains("ok    parked letters none"), "{}", one.stdout);

        trouble(house).await;
        let waits = house.run(&["doctor"]).stdout;
        for todo in ["set mail.mode; 1 letters wait", "parked letters 1: see why", "bad contacts   1 addresses"] {
            assert!(waits.contains(todo), "{todo}: {waits}");
        }

        let nowhere = settings.replace(&house.test.url, "sqlite:/no/such/folder/watch.db");
        let run = house.run_with(&nowhere, &["doctor"]);
        let line = run.stdout.lines().find(|line| line.starts_with("FIX   database")).unwrap_or_default();
        assert!(run.code == Some(1) && line.contains("look at database.url"), "{}", run.stdout);

        let unknown = house.run_with(&format!("{settings}webb.listen = \"x\"\n"), &["doctor"]);
        assert!(unknown.code == Some(1) && unknown.stdout.contains("webb"), "{}", unknown.stdout);
        house.county.names().set(house.county.canary_name(), badgewatch::demo::names::Answer::NxDomain);
        let dead = house.run(&["doctor"]).stdout;
        assert!(dead.contains("FIX   canary name") && dead.contains("does not resolve"), "{dead}");
        assert!(dead.contains("FIX   outgoing link"), "{dead}");
    })
    .await;
}
