//! What takes no haste is looked after every few minutes, by one process, whoever else is there.

use badgewatch::app;
use badgewatch::flow::cases;
use badgewatch::flow::watch::Step;
use badgewatch::{flow::calendar, jobs};
use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::desk::case;
use super::lost::{stop, told};
use super::records::{CHALLENGE, dns, look};
use crate::support::office::key;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instructions_are_looked_after_every_five_minutes_and_not_at_every_poll() {
    told(async |office| {
        let (db, clock) = (office.db(), &office.clock);
        let id = stop(&office, &key(0)).await;
        clock.advance(TimeDelta::days(8));
        let calendar = calendar::load(&mut db.read().await.unwrap()).await.unwrap();
        let prompt = async || cases::advance(&office.case_desk(&calendar), clock.now()).await.unwrap();
        let execution = async || case(db, &id).await.case.executions.remove(0);
        assert_eq!(prompt().await, Step::Idle, "it has no hour");
        assert!(execution().await.flagged_at.is_none());

        let here = app::shared(office.config.clone(), db.clone(), clock.clone()).await.unwrap();
        let there = app::shared(office.config.clone(), db.clone(), clock.clone()).await.unwrap();
        let stopping = CancellationToken::new();
        let tick = async || tokio::join!(jobs::tick(&here, &stopping), jobs::tick(&there, &stopping));
        tick().await;
        assert_eq!(execution().await.flagged_at, Some(clock.now()), "not carried out in time");

        let mut tx = db.write().await.unwrap();
        let proof = look(&office.site(&key(0)).await, clock.now(), CHALLENGE, dns(&key(0), "nxdomain", Some("test")));
        badgewatch::store::looks::insert(&mut tx, &proof).await.unwrap();
        tx.commit().await.unwrap();
        tick().await;
        assert_eq!(execution().await.confirmed_at, None, "its time comes");
        clock.advance(TimeDelta::minutes(5));
        tick().await;
        assert_eq!(execution().await.confirmed_at, Some(clock.now()));
    })
    .await;
}
