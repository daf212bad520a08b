//! What is due, and who has it.

use std::collections::BTreeSet;
use std::sync::Arc;

use badgewatch::store::Db;
use badgewatch::store::plan::{self, Claim, Due};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Barrier;

use super::stage::{Stage, at, told};
use crate::{ask, tell};

const LEASE: TimeDelta = TimeDelta::minutes(30);

async fn claim(stage: &Stage, now: DateTime<Utc>, most: i64) -> Vec<Claim> {
    tell!(stage, plan::claim, now, LEASE, most)
}

/// The place of a claimed site in the stage's list.
fn places(stage: &Stage, claims: &[Claim]) -> Vec<usize> {
    claims.iter().map(|claim| stage.ids.iter().position(|id| *id == claim.site_id).unwrap()).collect()
}

/// Makes the sites due one minute after the other, the last of the list first.
async fn due_backwards(stage: &Stage) {
    for claim in claim(stage, at(0), 100).await {
        let place = stage.ids.iter().position(|id| *id == claim.site_id).unwrap();
        let due = at(60 - place as i64);
        assert!(tell!(stage, plan::finish, &claim, Due { home_at: due, pages_at: at(10_000) }));
    }
}

#[tokio::test]
async fn what_was_asked_for_goes_first_and_then_what_is_due_longest() {
    told(6, async |stage| {
        due_backwards(stage).await;
        assert!(claim(stage, at(54), 10).await.is_empty(), "nothing is due yet");
        assert!(tell!(stage, plan::ask, &stage.ids[1], at(50)));

        let first = claim(stage, at(60), 3).await;
        let (asked, mut rest) = (places(stage, &first)[0], places(stage, &first)[1..].to_vec());
        rest.sort_unstable();
        assert_eq!((asked, rest), (1, vec![4, 5]), "the one asked for, and the two that waited longest");
        assert_eq!(first[0].recheck_at, Some(at(50)));

        let mut rest = places(stage, &claim(stage, at(60), 100).await);
        rest.sort_unstable();
        assert_eq!(rest, [0, 2, 3]);
        assert!(claim(stage, at(60), 100).await.is_empty(), "everything is taken");
    })
    .await;
}

#[tokio::test]
async fn never_more_are_taken_than_were_asked_for() {
    for many in [2, 3, 5, 40] {
        told(many, async |stage| {
            // Whatever picture the planner has of the table.
            for picture in ["SELECT 1", "ANALYZE"] {
                stage.run(picture).await;
                stage.run("UPDATE plan SET lease = NULL, next_at = home_at").await;
                tell!(stage, plan::ask, &stage.ids[0], at(0));
                tell!(stage, plan::ask, &stage.ids[1], at(0));
                let mut taken = BTreeSet::new();
                for round in 0..many {
                    let claims = claim(stage, at(1), 1).await;
                    assert_eq!(claims.len(), 1, "{many} sites, {picture}, round {round}");
                    taken.extend(claims.into_iter().map(|claim| claim.site_id));
                }
                assert_eq!(taken.len(), many, "and none twice");
            }
            assert!(claim(stage, at(100), 0).await.is_empty());
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_claimers_at_once_never_get_the_same_site() {
    told(200, async |stage| {
        let start = Arc::new(Barrier::new(8));
        let claimers = (0..8).map(|_| tokio::spawn(claim_everything(stage.db().clone(), start.clone())));
        let mut taken = Vec::new();
        for claimer in futures_util::future::join_all(claimers).await {
            taken.extend(claimer.unwrap());
        }
        assert_eq!(taken.len(), 200);
        assert_eq!(taken.into_iter().collect::<BTreeSet<_>>().len(), 200, "each site once");
    })
    .await;
}

async fn claim_everything(db: Db, start: Arc<Barrier>) -> Vec<String> {
    let (mut taken, mut idle) = (Vec::new(), 0);
    start.wait().await;
    // A claimer that finds all rows locked by others gets none, though some are left: it asks again.
    while idle < 3 {
        let mut tx = db.write().await.unwrap();
        let claims = plan::claim(&mut tx, at(1), LEASE, 7).await.unwrap();
        tokio::task::yield_now().await;
        tx.commit().await.unwrap();
        assert!(claims.len() <= 7);
        idle = if claims.is_empty() { idle + 1 } else { 0 };
        taken.extend(claims.into_iter().map(|claim| claim.site_id));
    }
    taken
}

#[tokio::test]
async fn a_claim_that_is_undone_was_none() {
    told(1, async |stage| {
        let mut tx = stage.db().write().await.unwrap();
        assert_eq!(plan::claim(&mut tx, at(0), LEASE, 1).await.unwrap().len(), 1);
        drop(tx);
        // PostgreSQL hears of it a moment later, and passes over the locked row until then.
        let again = loop {
            tokio::task::yield_now().await;
            if let Some(again) = claim(stage, at(0), 1).await.pop() {
                break again;
            }
        };
        assert_eq!(again.attempts, 1);
    })
    .await;
}

#[tokio::test]
async fn a_lease_runs_out_and_whoever_had_it_can_do_nothing_any_more() {
    told(1, async |stage| {
        let lost = claim(stage, at(0), 1).await.remove(0);
        assert_eq!((lost.next_at, lost.attempts), (at(30), 1));
        assert!(claim(stage, at(29), 1).await.is_empty());
        let held = claim(stage, at(30), 1).await.remove(0);
        assert_eq!((held.attempts, held.home_at), (2, at(0)));
        assert_ne!(held.lease, lost.lease);

        let due = Due { home_at: at(1_000), pages_at: at(2_000) };
        assert!(!tell!(stage, plan::extend, &lost, at(90)));
        assert!(!tell!(stage, plan::begin_crawl, &lost, at(31)));
        assert!(!tell!(stage, plan::release, &lost, at(31)));
        assert!(!tell!(stage, plan::finish, &lost, due));
        assert_eq!(ask!(stage, plan::of_site, &held.site_id).as_ref(), Some(&held), "nothing was changed");

        assert!(tell!(stage, plan::finish, &held, due));
        assert!(!tell!(stage, plan::finish, &held, due), "once");
        assert!(!tell!(stage, plan::extend, &held, at(90)), "what was given back is not held");
    })
    .await;
}

#[tokio::test]
async fn a_look_that_takes_long_keeps_its_site() {
    told(1, async |stage| {
        let held = claim(stage, at(0), 1).await.remove(0);
        assert!(tell!(stage, plan::extend, &held, at(59)));
        assert!(claim(stage, at(58), 1).await.is_empty());
        assert_eq!(claim(stage, at(59), 1).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_crawl_that_died_goes_on_and_a_finished_one_is_over() {
    told(1, async |stage| {
        let first = claim(stage, at(0), 1).await.remove(0);
        assert_eq!(first.crawl_started_at, None);
        assert!(tell!(stage, plan::begin_crawl, &first, at(1)));
        let second = claim(stage, at(40), 1).await.remove(0);
        assert_eq!(second.crawl_started_at, Some(at(1)), "whoever comes next goes on");
        assert!(tell!(stage, plan::finish, &second, Due { home_at: at(300), pages_at: at(200) }));

        let after = ask!(stage, plan::of_site, &second.site_id).unwrap();
        assert_eq!((after.crawl_started_at, after.attempts, after.lease.as_str()), (None, 0, ""));
        assert_eq!((after.home_at, after.pages_at, after.next_at), (at(300), at(200), at(200)), "the earlier is next");
    })
    .await;
}

#[tokio::test]
async fn what_is_given_back_unfinished_keeps_its_count_and_its_rank() {
    told(2, async |stage| {
        let id = &stage.ids[0];
        tell!(stage, plan::ask, id, at(0));
        let first = claim(stage, at(0), 1).await.remove(0);
        assert_eq!(&first.site_id, id);
        assert!(tell!(stage, plan::release, &first, at(10)));
        assert!(!claim(stage, at(9), 9).await.iter().any(|claim| claim.site_id == *id), "not before it is due");
        let again = claim(stage, at(10), 1).await.remove(0);
        assert_eq!((&again.site_id, again.attempts, again.recheck_at), (id, 2, Some(at(0))));
    })
    .await;
}

#[tokio::test]
async fn a_recheck_asked_for_during_a_look_survives_its_end() {
    told(1, async |stage| {
        let id = stage.ids[0].clone();
        let due = Due { home_at: at(1_000), pages_at: at(2_000) };
        let scheduled = claim(stage, at(0), 1).await.remove(0);
        assert!(tell!(stage, plan::ask, &id, at(5)));
        assert!(claim(stage, at(6), 1).await.is_empty(), "the look under way keeps the site");
        assert!(tell!(stage, plan::finish, &scheduled, due));

        let asked = claim(stage, at(6), 1).await.remove(0);
        assert_eq!(asked.recheck_at, Some(at(5)));
        assert!(tell!(stage, plan::ask, &id, at(7)), "and once more, during the re-check");
        assert!(tell!(stage, plan::finish, &asked, due));
        let again = claim(stage, at(8), 1).await.remove(0);
        assert_eq!(again.recheck_at, Some(at(7)));
        assert!(tell!(stage, plan::finish, &again, due));

        assert!(claim(stage, at(999), 1).await.is_empty(), "what was asked for is done");
        assert_eq!(claim(stage, at(1_000), 1).await[0].recheck_at, None);
    })
    .await;
}

#[tokio::test]
async fn a_site_enters_once_and_leaves_with_its_claim() {
    told(2, async |stage| {
        let id = &stage.ids[0];
        tell!(stage, plan::enter, id, at(500));
        assert_eq!(ask!(stage, plan::of_site, id).unwrap().next_at, at(0), "it was on the plan");
        let claims = claim(stage, at(0), 2).await;
        let held = claims.iter().find(|claim| claim.site_id == *id).unwrap();
        tell!(stage, plan::leave, id);
        assert!(!tell!(stage, plan::finish, held, Due { home_at: at(9), pages_at: at(9) }));
        assert!(!tell!(stage, plan::ask, id, at(1)));
        assert_eq!(ask!(stage, plan::of_site, id), None);
        tell!(stage, plan::enter, id, at(500));
        let back = ask!(stage, plan::of_site, id).unwrap();
        assert_eq!((back.next_at, back.home_at, back.pages_at, back.attempts), (at(500), at(500), at(500), 0));
    })
    .await;
}

#[tokio::test]
async fn the_backlog_counts_what_nobody_has_taken() {
    told(6, async |stage| {
        due_backwards(stage).await;
        let none = ask!(stage, plan::backlog, at(54));
        assert_eq!((none.sites, none.due, none.oldest), (6, 0, None));
        let all = ask!(stage, plan::backlog, at(60));
        assert_eq!((all.sites, all.due, all.oldest), (6, 6, Some(at(55))));
        claim(stage, at(60), 2).await;
        let left = ask!(stage, plan::backlog, at(60));
        assert_eq!((left.due, left.oldest), (4, Some(at(57))));
    })
    .await;
}
