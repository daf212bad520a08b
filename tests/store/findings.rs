//! Findings on their way, and the guard of every step.

use badgewatch::domain::confirm::{FindingState, Rule, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::mass::{Dimension, HoldState};
use badgewatch::domain::verdict::{BrokenStep, Effect, FindingCode};
use badgewatch::store::findings::{self, Change, Group, StoredFinding};
use badgewatch::store::{Db, StoreResult};

use super::stage::{Stage, at, told};
use crate::{ask, tell};

const NOT_HUNG: FindingCode = FindingCode::NotHung;

/// Opens a finding at a site and reads it back.
async fn opened(stage: &Stage, finding: &Finding) -> StoredFinding {
    let pages = ["http://s000.yunxi.gov.test/".to_owned()];
    assert!(tell!(stage, findings::open, &stage.ids[0], finding, &Track::open(at(0)), &pages));
    let open = ask!(stage, findings::open_of_site, &stage.ids[0]);
    open.into_iter().find(|open| open.finding == *finding).unwrap()
}

fn track(state: FindingState) -> Track {
    Track { state, ..Track::open(at(0)) }
}

#[tokio::test]
async fn a_finding_is_opened_once() {
    told(2, async |stage| {
        let (fault, id) = (Finding::fault(NOT_HUNG), &stage.ids[0]);
        let first = opened(stage, &fault).await;
        assert_eq!((first.version, first.track.clone()), (1, Track::open(at(0))));
        assert_eq!((first.opened_at, first.pages.len()), (at(0), 1));
        assert!(!tell!(stage, findings::open, id, &fault, &Track::open(at(1)), &[]), "one of its kind is open");
        assert_eq!(ask!(stage, findings::open_of_site, id), std::slice::from_ref(&first));

        // Another effect, another broken step, another site: another finding.
        for other in [Finding::of(NOT_HUNG, Effect::Lead), fault.at(BrokenStep::Host), fault.at(BrokenStep::Pair)] {
            assert!(tell!(stage, findings::open, id, &other, &Track::open(at(1)), &[]));
        }
        assert!(tell!(stage, findings::open, &stage.ids[1], &fault, &Track::open(at(1)), &[]));
        let kinds: Vec<_> = ask!(stage, findings::open_of_site, id).into_iter().map(|open| open.finding).collect();
        assert_eq!(kinds.len(), 4);
        assert!(kinds.contains(&fault.at(BrokenStep::Pair)), "it comes back as it was stored");

        let over = Change { at: at(2), ..Change::default() };
        assert!(tell!(stage, findings::advance, &first, &track(FindingState::Cleared), &over));
        assert!(tell!(stage, findings::open, id, &fault, &Track::open(at(3)), &[]), "the old one is over");
        let every: Vec<_> = ask!(stage, findings::of_site, id).into_iter().map(|found| found.opened_at).collect();
        assert_eq!(every, [at(3), at(1), at(1), at(1), at(0)], "the latest first");
    })
    .await;
}

#[tokio::test]
async fn who_read_it_too_long_ago_moves_nothing() {
    told(1, async |stage| {
        let read = opened(stage, &Finding::fault(NOT_HUNG)).await;
        let (pages, rule) = (["http://b/".to_owned()], Rule::default());
        let confirmed = Change { at: at(60), pages: &pages, confirmed_by: Some(&rule), hold_id: None };
        let to = Track { failed: 3, last_failed_at: at(60), ..track(FindingState::Confirmed) };
        assert!(tell!(stage, findings::advance, &read, &to, &confirmed));

        let stale = Change { at: at(61), ..Change::default() };
        assert!(!tell!(stage, findings::advance, &read, &track(FindingState::Cleared), &stale));

        let now = ask!(stage, findings::of_site, &stage.ids[0]).remove(0);
        assert_eq!((now.version, &now.track, &now.pages[..]), (2, &to, &pages[..]));
        assert_eq!(now.confirmed_at, Some(at(60)));

        // It keeps the moment it was confirmed at, whatever comes after.
        assert!(tell!(stage, findings::advance, &now, &to, &stale));
        assert_eq!(ask!(stage, findings::of_site, &stage.ids[0])[0].confirmed_at, Some(at(60)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_who_count_at_once_everyone_counts_once() {
    told(1, async |stage| {
        opened(stage, &Finding::fault(NOT_HUNG)).await;
        let counting = (0..50).map(|_| tokio::spawn(count_one(stage.db().clone(), stage.ids[0].clone())));
        let mut lost = 0;
        for counted in futures_util::future::join_all(counting).await {
            lost += counted.unwrap().unwrap();
        }
        let now = ask!(stage, findings::of_site, &stage.ids[0]).remove(0);
        assert_eq!((now.track.failed, now.version), (51, 51), "{lost} came too late and tried again");
    })
    .await;
}

/// Reads, and advances what was read, until the guard lets it; how often it did not.
async fn count_one(db: Db, site_id: String) -> StoreResult<u32> {
    for lost in 0.. {
        let read = findings::open_of_site(&mut db.read().await?, &site_id).await?.remove(0);
        tokio::task::yield_now().await;
        let to = Track { failed: read.track.failed + 1, ..read.track.clone() };
        let mut tx = db.write().await?;
        let counted = findings::advance(&mut tx, &read, &to, &Change { at: at(1), ..Change::default() }).await?;
        tx.commit().await?;
        if counted {
            return Ok(lost);
        }
    }
    unreachable!("it counts at last")
}

#[tokio::test]
async fn findings_are_found_and_counted_by_their_state() {
    told(3, async |stage| {
        for (minute, id) in (0..).zip(&stage.ids) {
            tell!(stage, findings::open, id, &Finding::fault(NOT_HUNG), &Track::open(at(10 - minute)), &[]);
        }
        let suspected = ask!(stage, findings::in_state, FindingState::Suspected, 2);
        let sites: Vec<_> = suspected.iter().map(|found| &found.site_id).collect();
        assert_eq!(sites, [&stage.ids[2], &stage.ids[1]], "the oldest first");
        let change = Change { at: at(20), ..Change::default() };
        assert!(tell!(stage, findings::advance, &suspected[0], &track(FindingState::Confirmed), &change));
        assert!(tell!(stage, findings::advance, &suspected[1], &track(FindingState::Cleared), &change));

        assert_eq!(ask!(stage, findings::in_state, FindingState::Cleared, 9).len(), 1);
        let counts: Vec<_> =
            ask!(stage, findings::counts).into_iter().map(|count| (count.state, count.code, count.findings)).collect();
        let told = |state: &str| (state.to_owned(), "not_hung".to_owned(), 1);
        assert_eq!(counts, [told("confirmed"), told("suspected")], "what is over is not counted");
    })
    .await;
}

#[tokio::test]
async fn a_hold_is_decided_once_and_knows_whom_it_stopped() {
    told(2, async |stage| {
        let (dimension, group) = (Dimension::Address, Group { failing: 5, watched: 9 });
        assert_eq!(ask!(stage, findings::hold_of, dimension, "10.0.0.1", NOT_HUNG, at(0)), None);
        let hold = tell!(stage, findings::open_hold, dimension, "10.0.0.1", NOT_HUNG, group, at(10));
        let read = opened(stage, &Finding::fault(NOT_HUNG)).await;
        let held = Change { at: at(10), hold_id: Some(&hold), ..Change::default() };
        assert!(tell!(stage, findings::advance, &read, &track(FindingState::Held), &held));

        let found = ask!(stage, findings::hold_of, dimension, "10.0.0.1", NOT_HUNG, at(999)).unwrap();
        assert_eq!((found.id.as_str(), found.failing, found.watched, found.state.as_str()), (&*hold, 5, 9, "open"));
        assert_eq!(ask!(stage, findings::hold_of, Dimension::Region, "10.0.0.1", NOT_HUNG, at(0)), None);
        assert_eq!(ask!(stage, findings::hold_of, dimension, "10.0.0.2", NOT_HUNG, at(0)), None);
        assert_eq!(ask!(stage, findings::hold_of, dimension, "10.0.0.1", FindingCode::Blocked, at(0)), None);
        let stopped = ask!(stage, findings::held_by, &hold);
        assert_eq!((stopped.len(), stopped[0].hold_id.as_deref()), (1, Some(&*hold)));
        assert_eq!(ask!(stage, findings::open_holds), 1);

        let decide = async |state, by: &str| tell!(stage, findings::decide_hold, &hold, state, by, "查过了", at(20));
        assert!(decide(HoldState::Ours, "甲").await);
        assert!(!decide(HoldState::Real, "乙").await, "a decided hold is decided");
        let decided = ask!(stage, findings::holds, 9).remove(0);
        assert_eq!((decided.state.as_str(), decided.decided_by.as_deref()), ("ours", Some("甲")));
        assert_eq!(decided.reason.as_deref(), Some("查过了"));
        assert_eq!(ask!(stage, findings::open_holds), 0);

        // A decision stands for what it was about, and not for what comes later.
        assert!(ask!(stage, findings::hold_of, dimension, "10.0.0.1", NOT_HUNG, at(10)).is_some());
        assert_eq!(ask!(stage, findings::hold_of, dimension, "10.0.0.1", NOT_HUNG, at(11)), None);
        let next = tell!(stage, findings::open_hold, dimension, "10.0.0.1", NOT_HUNG, group, at(5));
        let order: Vec<_> = ask!(stage, findings::holds, 9).into_iter().map(|hold| hold.id).collect();
        assert_eq!(order, [next, hold.clone()], "the open ones first");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_looks_that_meet_one_mass_change_one_opens_the_hold() {
    told(1, async |stage| {
        let opening = (0..8).map(|_| tokio::spawn(open_hold(stage.db().clone())));
        let ids: Vec<_> = futures_util::future::join_all(opening).await;
        let ids: Vec<_> = ids.into_iter().map(|id| id.unwrap().unwrap()).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        assert_eq!(ask!(stage, findings::open_holds), 1);
    })
    .await;
}

async fn open_hold(db: Db) -> StoreResult<String> {
    let mut tx = db.write().await?;
    let group = Group { failing: 5, watched: 9 };
    let hold = findings::open_hold(&mut tx, Dimension::Region, "530001", NOT_HUNG, group, at(0)).await?;
    tokio::task::yield_now().await;
    tx.commit().await?;
    Ok(hold)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_a_look_stands_by_is_decided_after_it() {
    told(1, async |stage| {
        let (dimension, group) = (Dimension::Address, Group { failing: 5, watched: 9 });
        let hold = tell!(stage, findings::open_hold, dimension, "10.0.0.1", NOT_HUNG, group, at(0));
        let read = opened(stage, &Finding::fault(NOT_HUNG)).await;

        let mut look = stage.db().write().await.unwrap();
        assert!(findings::stand_by(&mut look, &hold).await.unwrap());
        let deciding = tokio::spawn(decide(stage.db().clone(), hold.clone()));
        let held = Change { at: at(10), hold_id: Some(&hold), ..Change::default() };
        assert!(findings::advance(&mut look, &read, &track(FindingState::Held), &held).await.unwrap());
        look.commit().await.unwrap();

        assert_eq!(deciding.await.unwrap().unwrap(), Some(1), "who decides sees what the look held");
        let mut later = stage.db().write().await.unwrap();
        assert!(!findings::stand_by(&mut later, &hold).await.unwrap(), "what is decided holds nobody");
    })
    .await;
}

async fn decide(db: Db, hold: String) -> StoreResult<Option<usize>> {
    let terms = badgewatch::app::terms(&badgewatch::config::Config::default()).unwrap();
    badgewatch::flow::watch::decide_hold(&db, &hold, HoldState::Ours, "甲", "查过了", &terms, at(20)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_finding_that_moves_while_it_is_decided_is_decided_all_the_same() {
    told(1, async |stage| {
        let (dimension, group) = (Dimension::Address, Group { failing: 5, watched: 9 });
        let hold = tell!(stage, findings::open_hold, dimension, "10.0.0.1", NOT_HUNG, group, at(0));
        let read = opened(stage, &Finding::fault(NOT_HUNG)).await;
        let held = Change { at: at(10), hold_id: Some(&hold), ..Change::default() };
        assert!(tell!(stage, findings::advance, &read, &track(FindingState::Held), &held));

        let read = ask!(stage, findings::held_by, &hold).remove(0);
        let mut look = stage.db().write().await.unwrap();
        let again = Track { failed: 4, last_failed_at: at(15), ..read.track.clone() };
        assert!(
            findings::advance(&mut look, &read, &again, &Change { at: at(15), ..Change::default() }).await.unwrap()
        );
        let deciding = tokio::spawn(decide(stage.db().clone(), hold.clone()));
        until_somebody_waits(stage.db()).await;
        look.commit().await.unwrap();

        assert_eq!(deciding.await.unwrap().unwrap(), Some(1));
        let now = ask!(stage, findings::of_site, &stage.ids[0]).remove(0);
        assert_eq!((now.track.state, now.track.failed), (FindingState::Dismissed, 4));
    })
    .await;
}

/// Until a transaction waits for the row of another; with SQLite the second one has not begun.
async fn until_somebody_waits(db: &Db) {
    let Db::Postgres(pool) = db else { return };
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(sql).fetch_one(pool).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
}
