//! What goes by the clock: the daily root, and letting go of what has had its time. A manual clock, both engines.

mod support;

use badgewatch::demo::Behaviour;
use badgewatch::domain::confirm::FindingState;
use badgewatch::domain::mass::HoldState;
use badgewatch::domain::verdict::Verdict;
use badgewatch::flow::seal;
use badgewatch::flow::watch::decide_hold;
use badgewatch::jobs::JobName;
use badgewatch::store::{Db, evidence, findings, jobs, looks};
use chrono::TimeDelta;
use support::world::{PORTAL, World, settings, told};
use tokio_util::sync::CancellationToken;

/// Runs every job that is due.
async fn tick(world: &World) {
    let (db, clock) = (world.test.db.clone(), world.clock.clone());
    let app = badgewatch::app::shared(settings(&world.county), db, clock).await.unwrap();
    badgewatch::jobs::tick(&app, &CancellationToken::new()).await;
    let runs = jobs::all(&mut world.test.db.read().await.unwrap()).await.unwrap();
    assert!(runs.len() == JobName::ALL.len() && runs.iter().all(|run| run.last_error.is_none()), "{runs:?}");
}

/// The days that are sealed.
async fn sealed(world: &World) -> Vec<String> {
    let roots = evidence::roots(&mut world.test.db.read().await.unwrap()).await.unwrap();
    roots.iter().map(|root| root.day.to_string()).collect()
}

/// Which pieces of a site's evidence still have their text.
async fn kept(world: &World, key: &str) -> Vec<bool> {
    let id = world.id(key).await;
    let chain = evidence::chain(&mut world.test.db.read().await.unwrap(), &id, 0, 100).await.unwrap();
    chain.iter().map(|piece| piece.body.is_some()).collect()
}

async fn looks_at(world: &World, key: &str) -> usize {
    let id = world.id(key).await;
    looks::of_site(&mut world.test.db.read().await.unwrap(), &id, 1_000).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_day_is_sealed_once_ten_minutes_after_midnight() {
    told(async |world| {
        world.look().await;
        tick(&world).await;
        assert_eq!(sealed(&world).await, ["2026-11-25"], "a job that never ran is due");

        world.clock.advance(TimeDelta::minutes(12 * 60 + 9));
        tick(&world).await;
        assert_eq!(sealed(&world).await, ["2026-11-25"], "nine minutes past midnight in Beijing");
        world.clock.advance(TimeDelta::minutes(1));
        tick(&world).await;
        tick(&world).await;
        assert_eq!(sealed(&world).await, ["2026-11-25", "2026-11-26"]);

        // A machine that slept for a week seals the last day only: its root holds all that came before.
        world.clock.advance(TimeDelta::days(7));
        tick(&world).await;
        assert_eq!(sealed(&world).await, ["2026-11-25", "2026-11-26", "2026-12-03"]);
        let verified = seal::verify(&world.test.db).await.unwrap();
        assert!(verified.breaches.is_empty() && verified.chains > 8, "{verified:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_chain_is_found_within_a_day_and_said_as_long_as_it_is_broken() {
    told(async |world| {
        world.look().await;
        let sql = "UPDATE evidence SET body = '{}' WHERE id = (SELECT MIN(id) FROM evidence)";
        match &world.test.db {
            Db::Sqlite { writer, .. } => drop(sqlx::query(sql).execute(writer).await.unwrap()),
            Db::Postgres(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
        }
        let (db, clock) = (world.test.db.clone(), world.clock.clone());
        let app = badgewatch::app::shared(settings(&world.county), db, clock).await.unwrap();
        let mut said = Vec::new();
        for _ in 0..24 {
            badgewatch::jobs::tick(&app, &CancellationToken::new()).await;
            let runs = jobs::all(&mut world.test.db.read().await.unwrap()).await.unwrap();
            said.extend(
                runs.into_iter().filter(|run| run.name == JobName::Chains.name()).filter_map(|run| run.last_error),
            );
            world.clock.advance(TimeDelta::hours(1));
        }
        assert!(said.len() == 1 && said[0].contains("its text was changed"), "{said:?}");
        let text = app.metrics.text();
        let broken: Vec<&str> = text.lines().filter(|line| line.starts_with("badgewatch_chain_breaches{")).collect();
        assert_eq!((broken.len(), broken.iter().filter(|line| line.ends_with(" 1")).count()), (24, 1), "{broken:?}");
        let all = seal::verify(&world.test.db).await.unwrap();
        let checked = |chain: &str| {
            let line = format!("badgewatch_chain_links_checked_total{{chain=\"{chain}\"}} ");
            text.lines().find_map(|text| text.strip_prefix(&line)).unwrap().parse::<u64>().unwrap()
        };
        assert_eq!(checked("evidence"), all.pieces, "in a day each piece has its turn");
    })
    .await;
}

/// A site beside the portal that is in order.
fn neighbour(world: &World) -> String {
    let in_order = |site: &&badgewatch::demo::DemoSite| site.verdict == Verdict::Pass && site.folder.is_none();
    let mut sites = world.county.sites().iter().filter(in_order).filter(|site| site.host.is_ascii());
    sites.find(|site| site.host != PORTAL).unwrap().address()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_to_nothing_is_let_go_and_what_was_confirmed_is_kept() {
    told(async |world| {
        let suspect = neighbour(&world);
        world.look().await;
        world.county.set(PORTAL, Behaviour::WithoutBadge);
        world.county.set(&suspect, Behaviour::WithoutBadge);
        world.days(1).await;
        world.county.set(&suspect, Behaviour::InOrder);
        world.days(3).await;
        world.county.set(PORTAL, Behaviour::InOrder);
        world.days(2).await;
        let (states, suspected) = (world.states(PORTAL).await, world.findings(&suspect).await);
        assert!(states.values().all(|state| *state == FindingState::Cleared), "{states:?}");
        assert!(
            suspected.iter().all(|found| found.track.state == FindingState::Cleared && found.confirmed_at.is_none())
        );
        let before = kept(&world, PORTAL).await;
        assert!(before.len() >= 4 && before.iter().all(|kept| *kept), "{before:?}");
        assert_eq!(kept(&world, &suspect).await, [true]);

        world.clock.advance(TimeDelta::days(500));
        tick(&world).await;

        assert_eq!(kept(&world, PORTAL).await, before, "the evidence of a confirmed finding outlives its end");
        assert_eq!(kept(&world, &suspect).await, [false], "a suspicion came to nothing");
        assert_eq!(looks_at(&world, PORTAL).await, before.len(), "its looks are kept with it");
        assert_eq!(looks_at(&world, &suspect).await, 0);
        let verified = seal::verify(&world.test.db).await.unwrap();
        assert!(verified.breaches.is_empty() && verified.emptied >= 1, "{verified:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_operator_found_real_is_kept_like_any_confirmed_finding() {
    told(async |world| {
        world.look().await;
        for site in world.county.sites() {
            world.county.set(&site.address(), Behaviour::NoName);
        }
        world.days(3).await;
        let holds = findings::holds(&mut world.test.db.read().await.unwrap(), 10).await.unwrap();
        let hold = holds.into_iter().find(|hold| hold.code == "domain_dead").expect("a hold");
        let (terms, now) = (&world.watch.terms, world.clock.now());
        decide_hold(&world.test.db, &hold.id, HoldState::Real, "值班员", "已核实", terms, now).await.unwrap().unwrap();
        assert_eq!(world.states(PORTAL).await["domain_dead"], FindingState::Confirmed);
        for site in world.county.sites() {
            world.county.set(&site.address(), Behaviour::AsTold);
        }
        world.days(2).await;
        assert_eq!(world.states(PORTAL).await["domain_dead"], FindingState::Cleared);
        let before = kept(&world, PORTAL).await;
        assert!(before.len() >= 3, "{before:?}");

        world.clock.advance(TimeDelta::days(500));
        tick(&world).await;
        assert_eq!(kept(&world, PORTAL).await, before);
    })
    .await;
}
