//! Where badges are seen: counted without a wait, bounded, written by any number of processes.

use badgewatch::domain::seen::{Counts, SeenBy};
use badgewatch::flow::retention::{self, Keep};
use badgewatch::store::seen_on::{self, Pair};
use chrono::{NaiveDate, TimeDelta};

use crate::house::{CODE, House, held, seen_by, told};
use crate::support::db::sqlite;

const COPY: &str = "http://copy.example/gov/index.html?name=x";

async fn days(house: &House, host: &str) -> Vec<(NaiveDate, Counts)> {
    let pair = Pair { site_id: held(&house.app, CODE).site_id, host: host.into() };
    seen_on::days(&mut house.app.db.read().await.unwrap(), &pair, 100).await.unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_is_counted_by_day_and_by_what_was_asked_for() {
    told(async |house| {
        for (by, many) in [(SeenBy::Script, 3), (SeenBy::Image, 2), (SeenBy::Click, 1)] {
            seen_by(&house.app, CODE, COPY, by, many);
        }
        house.flush().await;
        house.seen(CODE, "https://COPY.example:8443/other", 1);
        // Four in the afternoon of the world's clock is midnight in Beijing.
        house.app.clock.advance(TimeDelta::hours(12));
        house.seen(CODE, COPY, 5);
        house.flush().await;
        house.flush().await;
        let first = Counts { scripts: 4, images: 2, clicks: 1 };
        let second = Counts { scripts: 5, ..Counts::default() };
        assert_eq!(
            days(&house, "copy.example").await,
            [(day("2026-11-27"), second), (day("2026-11-26"), first)],
            "the host alone is kept, each request once"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_write_the_same_day() {
    told(async |house| {
        let other = house.another().await;
        for round in 0..5 {
            house.seen(CODE, COPY, 10);
            seen_by(&other, CODE, COPY, SeenBy::Script, 10);
            seen_by(&other, CODE, &format!("http://h{round}.example/"), SeenBy::Click, 1);
            let (ours, theirs) = tokio::join!(house.app.seen.flush(&house.app.db), other.seen.flush(&other.db));
            assert!(ours.error.is_none() && theirs.error.is_none(), "{ours:?} {theirs:?}");
        }
        let counts = Counts { scripts: 100, ..Counts::default() };
        assert_eq!(days(&house, "copy.example").await, [(day("2026-11-26"), counts)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_invented_hosts_fills_no_table_and_does_not_drown_the_real_one() {
    told(async |house| {
        let (mut overflow, mut noted) = (0, 0);
        for minute in 0..20 {
            for n in 0..200 {
                house.seen(CODE, &format!("http://h{minute}-{n}.example/"), 1);
            }
            house.seen(CODE, COPY, 3);
            noted += 203;
            overflow += house.flush().await.overflow;
        }
        let mut tx = house.app.db.read().await.unwrap();
        let kept = seen_on::often(&mut tx, day("2026-11-26"), &Pair::default(), (1, 1), 1_000).await.unwrap();
        assert_eq!(kept.len(), house.app.config.verify.hosts_a_badge as usize);
        let copy = days(&house, "copy.example").await[0].1.all();
        assert!(copy >= 50, "of 60 requests {copy} were counted");
        let mut all = 0;
        for pair in &kept {
            all += seen_on::sum(&mut tx, pair, None).await.unwrap().unwrap().all();
        }
        assert_eq!(all + overflow, noted, "what is not kept is said");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_away_nothing_is_lost_that_has_room() {
    let house = House::open(sqlite().await).await;
    house.seen(CODE, COPY, 4);
    let gone = sqlite().await;
    gone.db.close().await;
    let flushed = house.app.seen.flush(&gone.db).await;
    assert!(flushed.error.is_some() && flushed.lost == 0);
    house.seen(CODE, COPY, 1);
    assert_eq!(house.app.seen.flush(&gone.db).await.lost, 0);
    house.flush().await;
    assert_eq!(days(&house, "copy.example").await[0].1.all(), 5);

    // A process that ends loses what it had not written, and nothing else.
    house.seen(CODE, COPY, 7);
    let next = house.another().await;
    seen_by(&next, CODE, COPY, SeenBy::Script, 1);
    assert!(next.seen.flush(&next.db).await.error.is_none());
    assert_eq!(days(&house, "copy.example").await[0].1.all(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_half_a_year_it_is_let_go() {
    told(async |house| {
        house.days(3, CODE, COPY, 2).await;
        house.app.clock.advance(TimeDelta::days(178));
        let long = TimeDelta::days(400);
        let keep = Keep { looks: long, suspicion: long, seen: TimeDelta::days(180), figures: long, contacts: long };
        retention::step(&house.app.db, &keep, house.now()).await.unwrap();
        let left: Vec<_> = days(&house, "copy.example").await.into_iter().map(|(day, _)| day).collect();
        assert_eq!(left, [day("2026-11-28"), day("2026-11-27")], "the first day is 181 days ago");
    })
    .await;
}
