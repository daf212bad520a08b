//! Jobs by the clock: each on one machine at a time.

use badgewatch::store::jobs::{self, JobRun};
use badgewatch::store::{Db, StoreResult};

use super::stage::{at, told};
use crate::{ask, tell};

#[tokio::test]
async fn a_job_is_taken_when_it_is_due_and_again_when_it_is_due_again() {
    told(0, async |stage| {
        assert!(tell!(stage, jobs::take, "root", at(0), at(60)), "a job nobody ever ran is due");
        assert!(!tell!(stage, jobs::take, "root", at(59), at(120)));
        assert!(tell!(stage, jobs::take, "root", at(60), at(120)));
        assert!(tell!(stage, jobs::take, "retention", at(0), at(60)), "another job is another matter");
        assert_eq!(ask!(stage, jobs::resting, at(59)), ["retention", "root"]);
        assert_eq!(ask!(stage, jobs::resting, at(60)), ["root"], "due");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_machines_one_takes_a_job() {
    told(0, async |stage| {
        // The first time, when there is no row yet, and later.
        for (now, again) in [(0, 60), (60, 120)] {
            let machines = (0..8).map(|_| tokio::spawn(take(stage.db().clone(), now, again)));
            let taken = futures_util::future::join_all(machines).await;
            assert_eq!(taken.into_iter().filter(|taken| *taken.as_ref().unwrap().as_ref().unwrap()).count(), 1);
        }
    })
    .await;
}

async fn take(db: Db, now: i64, again: i64) -> StoreResult<bool> {
    let mut tx = db.write().await?;
    let taken = jobs::take(&mut tx, "root", at(now), at(again)).await?;
    tokio::task::yield_now().await;
    tx.commit().await?;
    Ok(taken)
}

#[tokio::test]
async fn how_a_job_went_is_noted() {
    told(0, async |stage| {
        tell!(stage, jobs::take, "root", at(0), at(60));
        tell!(stage, jobs::take, "a", at(0), at(30));
        tell!(stage, jobs::ended, "root", at(1), None);
        let run = |last_error: Option<&str>| JobRun {
            name: "root".to_owned(),
            next_at: at(60),
            last_ok: Some(at(1)),
            last_error: last_error.map(str::to_owned),
        };
        let all = ask!(stage, jobs::all);
        assert_eq!((all[0].name.as_str(), all[0].last_ok), ("a", None));
        assert_eq!(all[1], run(None));
        tell!(stage, jobs::ended, "root", at(61), Some("the disk is full"));
        assert_eq!(ask!(stage, jobs::all)[1], run(Some("the disk is full")), "the last good run is remembered");
        tell!(stage, jobs::ended, "root", at(1), None);
        assert_eq!(ask!(stage, jobs::all)[1], run(None));
    })
    .await;
}
