//! What goes wrong around the watch is held against nobody; what is really wrong is found.
//!
//! Every run: a county in order is looked at, then the trouble begins and lasts for four days. The table is printed.

mod support;

use std::fmt::Write as _;

use badgewatch::demo::names::Answer;
use badgewatch::demo::{Behaviour, DemoSite};
use badgewatch::domain::confirm::FindingState;
use badgewatch::domain::verdict::Verdict;
use badgewatch::store::{findings, looks};
use support::db::{postgres, sqlite};
use support::lossy::Lossy;
use support::world::{PORTAL, World};

/// Days of trouble: enough to confirm anything thrice over.
const DAYS: u32 = 4;

/// What a run left behind at the sites that were in order.
#[derive(Debug, Default)]
struct Left {
    looks: usize,
    undetermined: usize,
    suspected: usize,
    held: usize,
    /// Faults, by site and code.
    confirmed: Vec<String>,
}

/// The sites that are in order by their stories.
fn sound(world: &World) -> Vec<&'static DemoSite> {
    world.county.sites().iter().filter(|site| site.verdict == Verdict::Pass && site.folder.is_none()).collect()
}

fn all(world: &World, behaviour: Behaviour) {
    for site in world.county.sites() {
        world.county.set(&site.address(), behaviour);
    }
}

async fn left(world: &World) -> Left {
    let mut left = Left::default();
    let mut tx = world.test.db.read().await.unwrap();
    for site in sound(world) {
        let id = world.id(&idna::domain_to_ascii(site.host).unwrap()).await;
        let looked = looks::of_site(&mut tx, &id, 1_000).await.unwrap();
        left.looks += looked.len();
        left.undetermined += looked.iter().filter(|look| look.verdict == "undetermined").count();
        for found in findings::of_site(&mut tx, &id).await.unwrap().iter().filter(|found| found.finding.is_fault()) {
            match found.track.state {
                FindingState::Suspected => left.suspected += 1,
                FindingState::Held => left.held += 1,
                FindingState::Confirmed => left.confirmed.push(format!("{} {}", site.host, found.finding.code)),
                FindingState::Cleared | FindingState::Dismissed => {}
            }
        }
    }
    left
}

async fn run(world: World, trouble: impl FnOnce(&World)) -> Left {
    all(&world, Behaviour::InOrder);
    world.look().await;
    trouble(&world);
    world.days(DAYS).await;
    left(&world).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_of_ours_confirms_nothing_and_a_removed_badge_is_confirmed() {
    let mut table = String::from("trouble for four days     looks  undetermined  suspected  held  confirmed\n");
    let mut told = |name: &str, left: &Left| {
        let Left { looks, undetermined, suspected, held, confirmed } = left;
        let _ = writeln!(
            table,
            "{name:<24} {looks:>6} {undetermined:>13} {suspected:>10} {held:>5} {:>10}",
            confirmed.len()
        );
    };
    let mut wrong = Vec::new();
    let mut none = |name: &str, left: &Left| {
        wrong.extend(left.confirmed.iter().map(|what| format!("{name}: {what}")));
        assert!(left.looks > 40, "{name}: {left:?}");
    };

    let nothing = run(World::open(sqlite().await).await, |_| {}).await;
    told("none", &nothing);
    none("none", &nothing);
    assert_eq!((nothing.undetermined, nothing.suspected), (0, 0), "{nothing:?}");

    let outage = run(World::open(sqlite().await).await, |world| {
        all(world, Behaviour::Silent);
        world.county.names().set(world.county.canary_name(), Answer::Silent);
    })
    .await;
    told("our link is down", &outage);
    none("our link is down", &outage);

    let poisoned = run(World::open(sqlite().await).await, |world| all(world, Behaviour::NoName)).await;
    told("a poisoned resolver", &poisoned);
    none("a poisoned resolver", &poisoned);
    assert!(poisoned.held > 5, "held for an operator: {poisoned:?}");

    let guarded = run(World::open(sqlite().await).await, |world| all(world, Behaviour::Firewall)).await;
    told("a firewall for everyone", &guarded);
    none("a firewall for everyone", &guarded);

    let badge_host = run(World::open(sqlite().await).await, |world| {
        for host in ["dcs.conac.cn", "bszs.conac.cn"] {
            world.county.names().set(host, Answer::ServFail);
        }
    })
    .await;
    told("the badge host is down", &badge_host);
    none("the badge host is down", &badge_host);

    let lossy = {
        let world = World::open(sqlite().await).await;
        let line = Lossy::start(world.county.http_port, world.county.resolver).await;
        let World { county, clock, test, watch } = world;
        drop(watch);
        let mut config = support::world::settings(&county);
        (config.http.http_port, config.dns.resolvers) = (Some(line.http_port), vec![line.resolver]);
        let watch = World::watch_by(config, &clock, &test.db).await;
        let left = run(World { county, clock, test, watch }, |_| line.lose(30)).await;
        assert!(line.lost() > 50, "{} lost", line.lost());
        left
    };
    told("30 % is lost", &lossy);
    none("30 % is lost", &lossy);

    let mut engines = vec![sqlite().await];
    engines.extend(postgres().await);
    for test in engines {
        let removed = run(World::open(test).await, |world| {
            world.county.set(PORTAL, Behaviour::WithoutBadge);
        })
        .await;
        told("one badge is removed", &removed);
        assert!(!removed.confirmed.is_empty(), "{removed:?}");
        assert!(removed.confirmed.iter().all(|what| what.starts_with(PORTAL)), "{removed:?}");
    }
    println!("{table}");
    assert!(wrong.is_empty(), "false accusations:\n{}\n{table}", wrong.join("\n"));
}
