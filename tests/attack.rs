//! What must never happen to a letter, provoked: accusations of what is mended, letters lost or doubled, wrong days.

mod support;

use badgewatch::config::Config;
use badgewatch::domain::notice::{NoticeState, Refusal, TellingStatus};
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::deliver::bounced;
use badgewatch::flow::notices::{self, ActError};
use badgewatch::store::outbox::{self, Claimed};
use chrono::{DateTime, TimeDelta, Utc};
use support::db::{every_engine, register};
use support::office::{Office, csv, key, mail, officer};
use support::smtp::Fate;

/// Friday 18 September 2026, ten o'clock in Beijing.
const FRIDAY: &str = "2026-09-18T02:00:00Z";
/// Ten at night: letters wait for the morning.
const NIGHT: &str = "2026-09-18T14:00:00Z";

async fn told(at: &str, differ: impl Fn(&mut Config) + Copy, story: impl AsyncFn(Office)) {
    for test in every_engine().await {
        story(Office::with_sites(test, 3, at, differ).await).await;
    }
}

/// Likewise, where each unit has a second address: its handling person's.
async fn told_to_two(story: impl AsyncFn(Office)) {
    for test in every_engine().await {
        let clock = badgewatch::clock::Clock::manual(FRIDAY.parse::<DateTime<Utc>>().unwrap());
        let rows = csv(6);
        let mut lines = rows.lines();
        let head = format!("{},handler_email\n", lines.next().unwrap());
        let rows: String = lines.enumerate().map(|(number, row)| format!("{row},{}\n", second(number))).collect();
        register(&test.db, &(head + &rows), clock.now()).await;
        story(Office::open(test, clock, Config::default(), |_| {}).await).await;
    }
}

fn second(number: usize) -> String {
    format!("ok-second{number:03}@yunxi.test")
}

/// A worker takes what is due, and is at it.
async fn claim(office: &Office) -> Vec<Claimed> {
    let now = office.clock.now();
    let mut tx = office.db().write().await.unwrap();
    let until = now + TimeDelta::minutes(10);
    let asked = outbox::Asked { now, until, trial: false, only_urgent: false, most: 10 };
    let claimed = outbox::claim(&mut tx, &asked).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

/// It did not go: the server is busy.
async fn put_off(office: &Office, claimed: &Claimed) {
    let mut tx = office.db().write().await.unwrap();
    let again = office.clock.now() + TimeDelta::minutes(5);
    assert!(outbox::later(&mut tx, claimed, again, Some("busy"), true).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_waits_does_not_tell_what_is_mended_meanwhile() {
    told(
        NIGHT,
        |_| {},
        async |office| {
            let mended = office.confirm(&key(0), FindingCode::DomainDead).await;
            office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            office.mended(&mended).await;
            office.work().await;
            office.clock.advance(TimeDelta::hours(12));
            office.work().await;
            office.days(2).await;
            let letters = office.server.kept_for(&mail(0));
            assert_eq!(letters.len(), 1);
            assert!(letters[0].text().contains(FindingCode::NotHung.label()));
            assert!(!letters[0].text().contains(FindingCode::DomainDead.label()), "{}", letters[0].text());
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Sent);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supplement_that_waits_is_not_told_once_it_is_mended() {
    told(
        FRIDAY,
        |_| {},
        async |office| {
            office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            let later = office.confirm(&key(0), FindingCode::DomainDead).await;
            office.work().await;
            assert_eq!(office.notice(&key(0)).await.notice.tellings.len(), 2);
            office.mended(&later).await;
            office.days(3).await;
            assert_eq!(office.subjects(&mail(0)).len(), 1, "the supplement never went");
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Sent);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_mended_while_a_letter_is_on_its_way_is_not_told_by_the_next_try() {
    told(
        FRIDAY,
        |_| {},
        async |office| {
            let fault = office.confirm(&key(0), FindingCode::NotHung).await;
            notices::advance(office.db(), &office.desk, office.clock.now()).await.unwrap();
            let claimed = claim(&office).await;
            assert_eq!(claimed.len(), 1);
            office.mended(&fault).await;
            office.work().await;
            put_off(&office, &claimed[0]).await;
            office.days(1).await;
            assert!(office.server.kept().is_empty());
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Closed);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_taken_back_while_it_was_on_its_way_is_not_tried_again() {
    told(
        FRIDAY,
        |_| {},
        async |office| {
            office.confirm(&key(0), FindingCode::NotHung).await;
            notices::advance(office.db(), &office.desk, office.clock.now()).await.unwrap();
            let claimed = claim(&office).await;
            let id = office.notice(&key(0)).await.id;
            notices::withdraw(office.db(), &office.desk, &officer(), &id, "检测方原因", office.clock.now())
                .await
                .unwrap();
            put_off(&office, &claimed[0]).await;
            office.days(2).await;
            assert!(office.server.kept().is_empty(), "nobody is accused by a notice that was taken back");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_parked_letter_of_a_notice_that_is_over_is_not_released() {
    told(
        FRIDAY,
        |config| config.mail.tries = 1,
        async |office| {
            office.server.judge(|_| Fate::DropInContent);
            office.confirm(&key(0), FindingCode::NotHung).await;
            let mended = office.confirm(&key(1), FindingCode::NotHung).await;
            office.work().await;
            let id = office.notice(&key(0)).await.id;
            let now = office.clock.now();
            notices::withdraw(office.db(), &office.desk, &officer(), &id, "检测方原因", now).await.unwrap();
            office.mended(&mended).await;
            office.work().await;
            assert_eq!(office.notice(&key(1)).await.notice.state, NoticeState::Closed);
            office.server.judge(|_| Fate::Accept);
            let mut tx = office.db().write().await.unwrap();
            outbox::release(&mut tx, None, now).await.unwrap();
            tx.commit().await.unwrap();
            office.days(2).await;
            assert!(office.server.kept().is_empty());
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_addresses_at_once_are_marked_both() {
    told_to_two(async |office| {
        for number in 0..4 {
            office.confirm(&key(number), FindingCode::NotHung).await;
        }
        office.work().await;
        for _ in 0..3 {
            office.clock.advance(TimeDelta::minutes(11));
            office.work().await;
        }
        for number in 0..4 {
            assert_eq!(office.notice(&key(number)).await.notice.state, NoticeState::Sent);
            let got = [mail(number), second(number)].map(|to| office.server.kept_for(&to).len());
            assert_eq!(got, [1, 1], "of unit {number}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_addresses_that_refuse_at_once_leave_nobody_told() {
    told_to_two(async |office| {
        office.server.judge(|_| Fate::Refuse);
        for number in 0..4 {
            office.confirm(&key(number), FindingCode::NotHung).await;
        }
        office.work().await;
        for number in 0..4 {
            assert_eq!(office.notice(&key(number)).await.notice.state, NoticeState::Bounced, "unit {number}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_begins_with_the_letter_that_arrived() {
    told_to_two(async |office| {
        office.server.judge(|to| if to.contains("second") { Fate::DropInContent } else { Fate::Accept });
        office.confirm(&key(0), FindingCode::NotHung).await;
        office.work().await;
        let id = office.server.kept_for(&mail(0))[0].message_id();
        assert!(bounced(office.db(), &office.desk, &id, "550 no such user", office.clock.now()).await.unwrap());
        assert_eq!(office.notice(&key(0)).await.notice.due(), None, "nobody has it: no limit runs");
        office.server.judge(|_| Fate::Accept);
        office.days(3).await;
        let notice = office.notice(&key(0)).await.notice;
        assert_eq!(notice.state, NoticeState::Sent);
        assert_eq!(notice.tellings[0].told_on, Some("2026-09-19".parse().unwrap()));
        assert_eq!(office.subjects(&second(0)).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supplement_that_came_back_after_the_notice_was_confirmed_is_not_told() {
    told(
        FRIDAY,
        |_| {},
        async |office| {
            office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            let id = office.notice(&key(0)).await.id;
            notices::acknowledge(office.db(), &office.desk, &id, office.clock.now()).await.unwrap();
            office.days(1).await;
            office.confirm(&key(0), FindingCode::DomainDead).await;
            office.work().await;
            let letters = office.server.kept_for(&mail(0));
            let id = letters[1].message_id();
            assert!(bounced(office.db(), &office.desk, &id, "550 no such user", office.clock.now()).await.unwrap());
            let notice = office.notice(&key(0)).await.notice;
            assert_eq!((notice.tellings[1].status, notice.tellings[1].told_on), (TellingStatus::Failed, None));
            assert_eq!(notice.tellings[0].status, TellingStatus::Told, "this one the unit confirmed");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_came_back_keeps_no_other_letter_from_its_limit() {
    told(
        FRIDAY,
        |_| {},
        async |office| {
            let first = office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            office.days(4).await;
            let later = office.confirm(&key(0), FindingCode::DomainDead).await;
            office.work().await;
            let id = office.server.kept_for(&mail(0))[0].message_id();
            assert!(bounced(office.db(), &office.desk, &id, "550 no such user", office.clock.now()).await.unwrap());
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Bounced);

            office.mended(&first).await;
            office.work().await;
            let notice = office.notice(&key(0)).await.notice;
            let due = notice.due().unwrap().date;
            assert_eq!((notice.state, notice.tellings[1].told_on), (NoticeState::Sent, "2026-09-22".parse().ok()));
            while office.clock.today() <= due {
                office.days(1).await;
            }
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::AwaitingLook);
            office.found_again(&later).await;
            office.work().await;
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Overdue);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_rested_reminds_once_and_never_after_the_due_day() {
    told(
        FRIDAY,
        |_| {},
        async |office| {
            office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            // Off until 9 October, the due day itself.
            office.clock.advance(TimeDelta::days(21));
            office.work().await;
            assert_eq!(office.subjects(&mail(0)).len(), 2);
            office.days(3).await;
            assert_eq!(office.subjects(&mail(0)).len(), 2, "no reminder of a day that is past");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drafted_supplement_that_is_mended_cannot_be_approved() {
    let each = |config: &mut Config| {
        config.offices.0.get_mut(support::office::EVERYWHERE).unwrap().approval =
            Some(badgewatch::domain::office::Approval::ApproveEach);
    };
    told(FRIDAY, each, async |office| {
        let (db, desk) = (office.db(), &office.desk);
        office.confirm(&key(0), FindingCode::NotHung).await;
        office.work().await;
        let id = office.notice(&key(0)).await.id;
        notices::approve(db, desk, &officer(), &id, office.clock.now()).await.unwrap();
        office.work().await;
        let later = office.confirm(&key(0), FindingCode::DomainDead).await;
        office.work().await;
        office.mended(&later).await;
        office.days(1).await;
        let nothing = notices::approve(db, desk, &officer(), &id, office.clock.now()).await;
        assert!(matches!(nothing, Err(ActError::Refused(Refusal::NothingToApprove))), "a letter that tells nothing");
        assert_eq!(office.subjects(&mail(0)).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reminder_that_was_held_up_does_not_name_a_day_that_was_moved() {
    told(
        FRIDAY,
        |_| {},
        async |office| {
            office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            office.clock.advance(TimeDelta::days(18));
            office.work().await;
            office.server.judge(|_| Fate::DropInContent);
            office.days(1).await;
            let id = office.notice(&key(0)).await.id;
            let before = office.subjects(&mail(0));
            for _ in 0..3 {
                office.days(1).await;
                if office.notice(&key(0)).await.notice.reminded.len() > before.len() - 1 {
                    break;
                }
            }
            let until = "2026-10-30".parse().unwrap();
            notices::extend(office.db(), &office.desk, &officer(), &id, until, "机房搬迁", office.clock.now())
                .await
                .unwrap();
            office.server.judge(|_| Fate::Accept);
            office.days(2).await;
            let after = office.subjects(&mail(0));
            assert_eq!(after.len(), before.len() + 1, "the extension alone: {after:?}");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_delivered_by_hand_before_it_was_written() {
    told(
        FRIDAY,
        |_| {},
        async |office| {
            office.server.judge(|_| Fate::Refuse);
            office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            let (id, now) = (office.notice(&key(0)).await.id, office.clock.now());
            let on = |text: &str| text.parse().unwrap();
            let by_hand =
                async |on| notices::deliver_by_hand(office.db(), &office.desk, &officer(), &id, on, now).await;
            assert!(matches!(by_hand(on("2025-09-18")).await, Err(ActError::Refused(Refusal::Day))));
            by_hand(on("2026-09-18")).await.unwrap();
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_letter_that_no_state_tells_of_waits_for_an_officer() {
    told(
        FRIDAY,
        |_| {},
        async |office| {
            let fault = office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            office.days(22).await;
            office.server.judge(|_| Fate::Refuse);
            office.found_again(&fault).await;
            office.work().await;
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Overdue);
            office.days(2).await;
            let counts = outbox::counts(&mut office.db().read().await.unwrap()).await.unwrap();
            let parked = counts.iter().find(|(state, _)| state == "parked");
            assert_eq!(parked, Some(&("parked".to_owned(), 1)), "the word that it is overdue: {counts:?}");
        },
    )
    .await;
}
