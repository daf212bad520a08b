//! The watch over the sample county: what is claimed, seen, believed and stored. A manual clock, real sites, both engines.

mod support;

use badgewatch::config::Config;
use badgewatch::demo::Behaviour;
use badgewatch::domain::confirm::FindingState;
use badgewatch::domain::mass::HoldState;
use badgewatch::domain::office::{Office, TermsSince};
use badgewatch::flow::watch::decide_hold;
use badgewatch::flow::{seal, watch};
use badgewatch::store::{Db, findings, looks, pages, plan};
use chrono::TimeDelta;
use support::db::every_engine;
use support::world::{PORTAL, World, start, told};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_round_finds_every_site_as_its_story_says() {
    told(async |world| {
        world.look().await;
        let mut tx = world.test.db.read().await.unwrap();
        let mut wrong = Vec::new();
        for site in world.county.sites() {
            let id = world.id(&key(&site.address())).await;
            let standing = looks::standing(&mut tx, &id).await.unwrap().unwrap();
            if (standing.verdict.as_str(), standing.cause.as_str()) != (site.verdict.name(), site.cause.name()) {
                wrong.push(format!("{}: {standing:?}", site.address()));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(world.confirmed().await.is_empty(), "one look confirms nothing");
    })
    .await;
}

/// The registry key of an address: A-labels.
fn key(address: &str) -> String {
    match address.split_once('/') {
        Some((host, folder)) => format!("{}/{folder}", idna::domain_to_ascii(host).unwrap()),
        None => idna::domain_to_ascii(address).unwrap(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_badge_is_confirmed_by_three_looks_over_a_day_and_cleared_by_two() {
    told(async |world| {
        world.look().await;
        world.county.set(PORTAL, Behaviour::WithoutBadge);
        world.days(1).await;
        let first = world.findings(PORTAL).await;
        assert_eq!(first[0].track.state, FindingState::Suspected, "{first:?}");
        world.days(1).await;
        assert_eq!(world.states(PORTAL).await["partly_hung"], FindingState::Suspected, "two looks are too few");
        world.days(1).await;
        let third = world.states(PORTAL).await;
        assert!(third.values().any(|state| *state == FindingState::Confirmed), "{third:?}");

        world.county.set(PORTAL, Behaviour::InOrder);
        world.days(1).await;
        assert!(world.states(PORTAL).await.values().any(|state| *state == FindingState::Confirmed), "one is too few");
        world.days(1).await;
        let states = world.states(PORTAL).await;
        assert!(states.values().all(|state| *state == FindingState::Cleared), "{states:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_lacks_the_badge_is_visited_daily_until_it_is_mended() {
    told(async |world| {
        world.look().await;
        let key = "jyj.yunxi.gov.cn";
        let pages = world.findings(key).await[0].pages.clone();
        assert_eq!(pages.len(), 2, "{pages:?}");
        world.days(2).await;
        assert_eq!(world.states(key).await["partly_hung"], FindingState::Confirmed, "the daily look saw the pages");
        world.county.set(key, Behaviour::InOrder);
        world.days(2).await;
        assert_eq!(world.states(key).await["partly_hung"], FindingState::Cleared);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_outage_is_held_against_nobody() {
    told(async |world| {
        world.look().await;
        for site in world.county.sites() {
            world.county.set(&site.address(), Behaviour::NoName);
        }
        world.county.names().set(world.county.canary_name(), badgewatch::demo::names::Answer::NxDomain);
        world.days(4).await;
        assert_eq!(world.confirmed().await, Vec::<String>::new());
        let id = world.id(PORTAL).await;
        let last = looks::of_site(&mut world.test.db.read().await.unwrap(), &id, 1).await.unwrap().remove(0);
        assert_eq!((last.verdict.as_str(), last.cause.as_str()), ("undetermined", "canary_failed"));
        assert!(last.instrument.contains("canary"), "{}", last.instrument);
        assert_eq!(world.states(PORTAL).await.len(), 0);
    })
    .await;
}

/// Notified on Monday 23 November 2026; the watch begins on Thursday.
const NOTIFIED: &str = "swj.yunxi.gov.cn";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_may_ask_for_the_badge_within_two_days_but_not_of_those_it_gave_five() {
    let within_two = |since: &str| {
        let terms = TermsSince { since: since.parse().unwrap(), hang_days: Some(2), ..TermsSince::default() };
        move |config: &mut Config| {
            config.offices.0.insert("000000".to_owned(), Office { terms: vec![terms], ..Office::default() });
        }
    };
    for (since, found) in [("2026-11-23", vec!["hang_overdue", "not_hung"]), ("2026-11-24", Vec::new())] {
        for test in every_engine().await {
            let world = World::open_with(test, within_two(since)).await;
            world.look().await;
            assert_eq!(world.states(NOTIFIED).await.into_keys().collect::<Vec<_>>(), found, "since {since}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_badge_that_was_seen_was_not_hung_too_late() {
    told(async |world| {
        world.county.set(NOTIFIED, Behaviour::InOrder);
        world.look().await;
        world.clock.advance(TimeDelta::days(9));
        world.county.set(NOTIFIED, Behaviour::WithoutBadge);
        world.look().await;
        let states = world.states(NOTIFIED).await;
        assert!(states.contains_key("not_hung") && !states.contains_key("hang_overdue"), "{states:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mass_change_is_held_and_an_operator_decides_it() {
    told(async |world| {
        world.look().await;
        for site in world.county.sites() {
            world.county.set(&site.address(), Behaviour::NoName);
        }
        world.days(3).await;
        let confirmed = world.confirmed().await;
        assert!(!confirmed.contains(&"domain_dead".to_owned()), "a poisoned resolver: {confirmed:?}");
        let held = {
            let mut tx = world.test.db.read().await.unwrap();
            let holds = findings::holds(&mut tx, 10).await.unwrap();
            let hold = holds.into_iter().find(|hold| hold.code == "domain_dead").expect("a hold");
            assert!(hold.failing >= 5 && hold.state == "open", "{hold:?}");
            hold
        };
        assert_eq!(world.states(PORTAL).await["domain_dead"], FindingState::Held);

        let now = world.clock.now();
        let terms = &world.watch.terms;
        let db = &world.test.db;
        let moved = decide_hold(db, &held.id, HoldState::Ours, "值班员", "解析器故障", terms, now).await.unwrap();
        assert!(moved.unwrap() >= 5);
        assert_eq!(world.states(PORTAL).await["domain_dead"], FindingState::Dismissed);
        let again = decide_hold(db, &held.id, HoldState::Real, "值班员", "改判", terms, now).await.unwrap();
        assert_eq!(again, None, "a decided hold is decided");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_evidence_of_a_fault_can_be_verified_and_a_change_is_seen() {
    told(async |world| {
        world.look().await;
        world.clock.advance(TimeDelta::days(1));
        assert!(seal::seal(&world.test.db, &world.clock).await.unwrap());
        assert!(!seal::seal(&world.test.db, &world.clock).await.unwrap(), "a day has one root");
        let verified = seal::verify(&world.test.db).await.unwrap();
        assert!(verified.breaches.is_empty() && verified.chains > 8 && verified.roots == 1, "{verified:?}");

        let sql = "UPDATE evidence SET body = REPLACE(body, 'slj', 'xxx') WHERE body LIKE '%slj.yunxi%'";
        match &world.test.db {
            Db::Sqlite { writer, .. } => {
                sqlx::query(sql).execute(writer).await.unwrap();
            }
            Db::Postgres(pool) => {
                sqlx::query(sql).execute(pool).await.unwrap();
            }
        }
        let verified = seal::verify(&world.test.db).await.unwrap();
        assert!(verified.breaches.iter().any(|breach| breach.contains("its text was changed")), "{verified:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recheck_goes_before_the_schedule_and_is_one_look() {
    told(async |world| {
        world.look().await;
        let id = world.id(PORTAL).await;
        let mut tx = world.test.db.write().await.unwrap();
        world.clock.advance(TimeDelta::minutes(1));
        assert!(plan::ask(&mut tx, &id, world.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(world.watch.claim(1).await.unwrap()[0].site_id, id);
        world.clock.advance(world.watch.terms.lease);
        world.look().await;
        let kinds = looks::of_site(&mut world.test.db.read().await.unwrap(), &id, 10).await.unwrap();
        let kinds: Vec<_> = kinds.iter().map(|look| look.kind.as_str()).collect();
        assert_eq!(kinds, ["recheck", "pages"], "the lost claim's lease ran out, and the re-check was done once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_whose_lease_ran_out_stores_nothing() {
    told(async |world| {
        let late = world.watch.claim(100).await.unwrap();
        world.clock.advance(world.watch.terms.lease + TimeDelta::seconds(1));
        world.look().await;
        let id = world.id(PORTAL).await;
        let claim = late.iter().find(|claim| claim.site_id == id).unwrap();
        world.watch.look(claim).await.unwrap();
        let looks = looks::of_site(&mut world.test.db.read().await.unwrap(), &id, 10).await.unwrap();
        assert_eq!(looks.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unchanged_site_is_asked_only_whether_it_changed() {
    told(async |world| {
        world.look().await;
        let id = world.id(PORTAL).await;
        let first = pages::of_site(&mut world.test.db.read().await.unwrap(), &id).await.unwrap();
        assert!(first.len() >= 8 && first.iter().all(|page| page.etag.is_some()), "{first:?}");
        world.days(7).await;
        let second = pages::of_site(&mut world.test.db.read().await.unwrap(), &id).await.unwrap();
        assert_eq!(first.len(), second.len());
        assert!(first.iter().zip(&second).all(|(old, new)| old.etag == new.etag && old.fair_at < new.fair_at));
        let looked = looks::of_site(&mut world.test.db.read().await.unwrap(), &id, 100).await.unwrap();
        assert!(looked.iter().all(|look| look.verdict == "pass"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crawl_that_was_broken_off_goes_on_where_it_stopped() {
    told(async |world| {
        let slow = world.county.sites().iter().find(|site| site.story.contains("second and a half")).unwrap();
        let id = world.id(slow.host).await;
        let claims = world.watch.claim(100).await.unwrap();
        let claim = claims.iter().find(|claim| claim.site_id == id).unwrap();
        let broken = tokio::time::timeout(std::time::Duration::from_millis(5_000), world.watch.look(claim)).await;
        assert!(broken.is_err(), "the worker dies in mid-crawl");
        let saved = pages::of_site(&mut world.test.db.read().await.unwrap(), &id).await.unwrap();
        let done: Vec<_> = saved.iter().filter(|page| page.fair_at.is_some()).map(|page| page.url.clone()).collect();
        assert!(!done.is_empty() && done.len() < slow.pages, "some are saved: {done:?}");

        world.clock.advance(world.watch.terms.lease + TimeDelta::seconds(1));
        world.look().await;
        let after = pages::of_site(&mut world.test.db.read().await.unwrap(), &id).await.unwrap();
        assert!(after.len() >= slow.pages && after.iter().all(|page| page.fair_at.is_some()), "{after:?}");
        let again = |page: &pages::StoredPage| page.fair_at > claim.crawl_started_at.or(Some(start()));
        let asked_twice: Vec<_> = after.iter().filter(|page| done.contains(&page.url) && again(page)).collect();
        assert!(asked_twice.iter().all(|page| page.depth == 0), "only the way in is taken again: {asked_twice:?}");
        let looked = looks::of_site(&mut world.test.db.read().await.unwrap(), &id, 10).await.unwrap();
        assert_eq!((looked.len(), looked[0].verdict.as_str()), (1, "pass"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_incomplete_registry_does_not_say_that_nobody_was_issued_a_badge() {
    for test in every_engine().await {
        let world = World::open_with(test, |config| config.registry.complete.clear()).await;
        world.look().await;
        let found = world.findings("zjj.yunxi.gov.cn").await;
        let found: Vec<_> =
            found.iter().map(|found| (found.finding.code.name(), found.finding.effect.name())).collect();
        assert_eq!(found, [("unknown_badge", "lead")], "an officer looks; the unit is told nothing");
    }
}

#[test]
fn the_rules_have_a_version() {
    assert!(!watch::RULES.is_empty());
}
