//! Periodic reports: one that is missing is told, one that is noted ends it. A manual clock, both engines.

mod support;

use badgewatch::config::Config;
use badgewatch::domain::account::AccountRole;
use badgewatch::domain::notice::{NoticeState, Refusal};
use badgewatch::domain::office::TermsSince;
use badgewatch::flow::notices::ActError;
use badgewatch::flow::reports::{self, Noted};
use chrono::{NaiveDate, TimeDelta};
use support::db::every_engine;
use support::office::{EVERYWHERE, Office, actor, key, mail, officer};

/// The badges were issued on 3 March 2025: the first report was due by 3 March 2026.
const LAST_DAY: &str = "2026-03-03T02:00:00Z";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A report is asked for every twelve months.
fn yearly(config: &mut Config) {
    let terms = TermsSince { since: day("2025-01-01"), report_months: Some(12), ..TermsSince::default() };
    config.offices.0.get_mut(EVERYWHERE).unwrap().terms = vec![terms];
}

async fn told(differ: impl Fn(&mut Config) + Copy, story: impl AsyncFn(Office)) {
    for test in every_engine().await {
        story(Office::with_sites(test, 2, LAST_DAY, differ).await).await;
    }
}

/// The job's step, and what goes by itself after it.
async fn step(office: &Office) -> u64 {
    let changed = reports::step(office.db(), &office.config.offices, office.clock.now()).await.unwrap();
    office.work().await;
    changed
}

async fn note(office: &Office, number: usize, made_on: &str) -> Result<Noted, ActError> {
    let (offices, now) = (&office.config.offices, office.clock.now());
    reports::note(office.db(), offices, &officer(), &key(number), day(made_on), now).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_report_is_told_and_a_noted_one_ends_it() {
    told(yearly, async |office| {
        assert_eq!(step(&office).await, 0, "the last day is in time");
        let noted = note(&office, 1, "2026-02-20").await.unwrap();
        assert_eq!(noted, Noted { next_due: Some(day("2027-02-20")), cleared: false });

        office.days(1).await;
        assert_eq!((step(&office).await, step(&office).await), (1, 0), "site 1 has reported");
        let notice = office.notice(&key(0)).await;
        assert_eq!(notice.notice.state, NoticeState::Sent);
        assert!(office.notices(&key(1)).await.is_empty() && office.subjects(&mail(1)).is_empty());
        let letter = office.server.kept_for(&mail(0)).remove(0);
        assert!(letter.subject().contains("未收到定期报告"), "{}", letter.subject());
        let text = letter.text();
        assert!(text.contains("第十七条") && text.contains("定期报告登记"), "{text}");
        assert!(!text.contains("检查均发现"), "nobody looked at a page for it: {text}");

        office.days(3).await;
        assert!(!note(&office, 0, "2025-02-01").await.unwrap().cleared, "last year's is not this year's");
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Sent);
        let noted = note(&office, 0, "2026-03-07").await.unwrap();
        assert_eq!(noted, Noted { next_due: Some(day("2027-03-07")), cleared: true });
        office.work().await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Rectified);
        office.days(1).await;
        assert_eq!(step(&office).await, 0);
        assert_eq!(office.notices(&key(0)).await.len(), 1, "and nothing begins anew");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_never_comes_makes_the_notice_overdue() {
    told(yearly, async |office| {
        note(&office, 1, "2026-03-01").await.unwrap();
        office.days(1).await;
        step(&office).await;
        let due = office.notice(&key(0)).await.notice.due().unwrap().date;
        while badgewatch::clock::day(office.clock.now()) <= due {
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Sent);
            office.days(1).await;
            step(&office).await;
        }
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Overdue);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_none_is_asked_for_none_is_missed() {
    told(
        |_| {},
        async |office| {
            office.clock.advance(TimeDelta::days(400));
            assert_eq!(step(&office).await, 0);
            assert!(office.notices(&key(0)).await.is_empty());
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_notes_nothing_and_no_report_is_of_tomorrow() {
    told(yearly, async |office| {
        let tomorrow = note(&office, 0, "2026-03-04").await;
        assert!(matches!(tomorrow, Err(ActError::Refused(Refusal::Day))), "{tomorrow:?}");
        let (offices, now) = (&office.config.offices, office.clock.now());
        let made_on = day("2026-03-01");
        let viewer = actor("li", AccountRole::Viewer, EVERYWHERE);
        let refused = reports::note(office.db(), offices, &viewer, &key(0), made_on, now).await;
        assert!(matches!(refused, Err(ActError::NotYours)), "{refused:?}");
        let elsewhere = actor("wang", AccountRole::Officer, "110000");
        let hidden = reports::note(office.db(), offices, &elsewhere, &key(0), made_on, now).await;
        assert!(matches!(hidden, Err(ActError::NotFound)), "{hidden:?}");
        office.days(1).await;
        assert_eq!(step(&office).await, 2, "neither is on file");
    })
    .await;
}
