//! From a confirmed fault to a letter, and what comes after: a manual clock, a real mail server, both engines.

mod support;

use badgewatch::config::{Config, MailMode};
use badgewatch::domain::notice::{NoticeState, Refusal, RequestKind};
use badgewatch::domain::office::Approval;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::deliver::bounced;
use badgewatch::flow::notices::{self, ActError, AnswerGiven, Maintenance, Wish};
use badgewatch::store::outbox;
use chrono::{NaiveDate, TimeDelta};
use support::db::every_engine;
use support::office::{EVERYWHERE, Office, actor, key, mail, officer};
use support::smtp::Fate;

/// Friday 18 September 2026, ten o'clock in Beijing: ten working days end on 9 October, after the National Day holiday.
const FRIDAY: &str = "2026-09-18T02:00:00Z";

async fn told(differ: impl Fn(&mut Config) + Copy, story: impl AsyncFn(Office)) {
    for test in every_engine().await {
        story(Office::with_sites(test, 3, FRIDAY, differ).await).await;
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_is_told_reminded_of_and_thanked_for() {
    told(
        |_| {},
        async |office| {
            let fault = office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            let notice = office.notice(&key(0)).await;
            let due = notice.notice.due().unwrap();
            assert_eq!((notice.notice.state, due.date), (NoticeState::Sent, day("2026-10-09")));
            assert_eq!(notice.number.as_deref(), Some("标识改〔2026〕000000-1号"));
            assert_eq!(office.subjects(&mail(0)).len(), 1);

            // 29 September is three working days before the due day.
            office.days(10).await;
            assert_eq!(office.subjects(&mail(0)).len(), 1);
            office.days(1).await;
            assert_eq!(office.subjects(&mail(0)).len(), 2, "{:?}", office.subjects(&mail(0)));
            office.days(10).await;
            assert_eq!(office.subjects(&mail(0)).len(), 3, "and on the day itself");

            office.mended(&fault).await;
            office.days(1).await;
            let notice = office.notice(&key(0)).await;
            assert_eq!(notice.notice.state, NoticeState::Rectified);
            assert_eq!(office.subjects(&mail(0)).len(), 4, "a short thank-you");
            assert!(office.subjects(&mail(1)).is_empty(), "nobody else heard of it");
            let acts = office.acts(&notice).await;
            let acts: Vec<_> = acts.iter().map(|act| act.action.as_str()).collect();
            assert_eq!(acts, ["drafted", "approved", "told", "reminded", "reminded", "cleared"]);
            office.days(30).await;
            assert_eq!(office.subjects(&mail(0)).len(), 4, "and that is all");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overdue_waits_for_a_fair_look_after_the_due_day() {
    told(
        |_| {},
        async |office| {
            let fault = office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            office.days(21).await;
            office.found_again(&fault).await;
            office.work().await;
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Sent, "found on the due day itself");
            office.days(1).await;
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::AwaitingLook);
            let site = office.site(&key(0)).await;
            let plan = badgewatch::store::plan::of_site(&mut office.db().read().await.unwrap(), &site).await.unwrap();
            assert!(plan.unwrap().recheck_at.is_some(), "a look was asked for");
            office.days(3).await;
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::AwaitingLook, "without a look it waits");
            office.found_again(&fault).await;
            office.work().await;
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Overdue);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_install_sends_nothing_and_a_trial_begins_nothing() {
    let dry = |config: &mut Config| config.mail.mode = MailMode::DryRun;
    told(dry, async |office| {
        office.confirm(&key(0), FindingCode::NotHung).await;
        office.days(3).await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Queued);
        assert_eq!(office.server.opened(), 0);
    })
    .await;
    let trial = |config: &mut Config| {
        config.mail.mode = MailMode::ToOurselves;
        config.mail.ourselves = Some("trial@yunxi.example".to_owned());
    };
    told(trial, async |office| {
        office.confirm(&key(0), FindingCode::NotHung).await;
        office.days(3).await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Queued);
        assert_eq!((office.subjects("trial@yunxi.example").len(), office.server.kept().len()), (1, 1));
        // Now in earnest: the limit begins today.
        let mut config = office.config.clone();
        config.mail.mode = MailMode::Live;
        let postman = Office::postman(office.db(), &office.clock, &config).await;
        while postman.step().await.unwrap() == badgewatch::flow::watch::Step::Worked {}
        let notice = office.notice(&key(0)).await;
        assert_eq!(notice.notice.tellings[0].told_on, Some(day("2026-09-21")));
        assert_eq!(office.subjects(&mail(0)).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_that_approves_each_sees_it_first() {
    let each = |config: &mut Config| {
        config.offices.0.get_mut(EVERYWHERE).unwrap().approval = Some(Approval::ApproveEach);
    };
    told(each, async |office| {
        let fault = office.confirm(&key(0), FindingCode::NotHung).await;
        office.days(1).await;
        let drafted = office.notice(&key(0)).await;
        assert_eq!((drafted.notice.state, drafted.number.as_deref()), (NoticeState::Drafted, None));

        let (db, desk, now) = (office.db(), &office.desk, office.clock.now());
        let county = actor("wang", badgewatch::domain::account::AccountRole::Officer, "140214");
        let refused = notices::approve(db, desk, &county, &drafted.id, now).await;
        assert!(matches!(refused, Err(ActError::NotFound)), "what lies beyond their county is none for them");
        let viewer = actor("li", badgewatch::domain::account::AccountRole::Viewer, EVERYWHERE);
        assert!(matches!(notices::approve(db, desk, &viewer, &drafted.id, now).await, Err(ActError::NotYours)));

        notices::approve(db, desk, &officer(), &drafted.id, now).await.unwrap();
        office.work().await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Sent);

        // A false alarm: withdrawn with the reason; the same finding makes no second notice.
        let none = notices::withdraw(db, desk, &officer(), &drafted.id, " ", now).await;
        assert!(matches!(none, Err(ActError::Refused(Refusal::NoReason))));
        notices::withdraw(db, desk, &officer(), &drafted.id, "检测方原因", now).await.unwrap();
        office.days(3).await;
        assert_eq!(office.notices(&key(0)).await.len(), 1);
        assert_eq!(office.subjects(&mail(0)).len(), 2);
        office.mended(&fault).await;
        office.days(1).await;
        assert_eq!(office.subjects(&mail(0)).len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_mended_before_anybody_was_told_is_never_told() {
    told(
        |_| {},
        async |office| {
            office.clock.advance(TimeDelta::hours(12));
            let fault = office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            assert_eq!(
                office.notice(&key(0)).await.notice.state,
                NoticeState::Queued,
                "letters do not go at ten at night"
            );
            office.mended(&fault).await;
            office.days(2).await;
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Closed);
            assert!(office.server.kept().is_empty());
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn further_faults_join_the_letter_or_make_a_supplement_the_next_day() {
    told(
        |_| {},
        async |office| {
            office.server.judge(|_| Fate::Accept);
            office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            office.confirm(&key(0), FindingCode::DomainDead).await;
            office.work().await;
            assert_eq!(office.subjects(&mail(0)).len(), 1, "one letter a recipient, site and day");
            office.days(1).await;
            let notice = office.notice(&key(0)).await.notice;
            assert_eq!(office.subjects(&mail(0)).len(), 2);
            assert_eq!(notice.tellings[1].told_on, Some(day("2026-09-19")));
            assert_eq!((notice.due().unwrap().date, notice.items.len()), (day("2026-10-09"), 2));
            assert_eq!(office.notices(&key(0)).await.len(), 1, "no second notice");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn greylisting_delays_and_a_server_that_is_down_loses_nothing() {
    told(
        |_| {},
        async |office| {
            office.server.judge(|_| Fate::Greylist);
            office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Queued);
            office.clock.advance(TimeDelta::minutes(5));
            office.work().await;
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Sent);

            office.server.judge(|_| Fate::Accept);
            office.server.stop().await;
            office.confirm(&key(1), FindingCode::NotHung).await;
            office.work().await;
            office.clock.advance(TimeDelta::minutes(5));
            office.work().await;
            assert_eq!(office.notice(&key(1)).await.notice.state, NoticeState::Queued);
            office.server.restart().await;
            office.clock.advance(TimeDelta::minutes(10));
            office.work().await;
            assert_eq!(office.notice(&key(1)).await.notice.state, NoticeState::Sent);
            assert_eq!(office.subjects(&mail(1)).len(), 1);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_try_parks_a_letter_for_an_officer() {
    told(
        |config| config.mail.tries = 3,
        async |office| {
            office.server.judge(|_| Fate::DropInContent);
            office.confirm(&key(0), FindingCode::NotHung).await;
            for _ in 0..5 {
                office.work().await;
                office.clock.advance(TimeDelta::minutes(30));
            }
            let counts = outbox::counts(&mut office.db().read().await.unwrap()).await.unwrap();
            assert_eq!(counts, [("parked".to_owned(), 1)]);
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Queued, "nobody was told");
            office.server.judge(|_| Fate::Accept);
            let mut tx = office.db().write().await.unwrap();
            assert_eq!(outbox::release(&mut tx, None, office.clock.now()).await.unwrap(), 1);
            tx.commit().await.unwrap();
            office.work().await;
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Sent);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_or_a_bounce_stops_the_clock_and_an_officer_delivers() {
    told(
        |_| {},
        async |office| {
            let (db, desk) = (office.db(), &office.desk);
            office.server.judge(|to| if to.starts_with("ok000") { Fate::Refuse } else { Fate::Accept });
            office.confirm(&key(0), FindingCode::NotHung).await;
            office.confirm(&key(1), FindingCode::NotHung).await;
            office.work().await;
            let refused = office.notice(&key(0)).await;
            assert_eq!((refused.notice.state, refused.notice.due()), (NoticeState::Bounced, None));

            let sent = office.notice(&key(1)).await;
            assert!(sent.notice.due().is_some());
            let id = office.server.kept_for(&mail(1))[0].message_id();
            office.clock.advance(TimeDelta::hours(1));
            let now = office.clock.now();
            assert!(bounced(db, desk, &id, "550 no such user", now).await.unwrap());
            assert!(!bounced(db, desk, &id, "550 no such user", now).await.unwrap(), "it is known already");
            assert!(!bounced(db, desk, "<nobody@yunxi.example>", "?", now).await.unwrap());
            let back = office.notice(&key(1)).await;
            assert_eq!((back.notice.state, back.notice.due()), (NoticeState::Bounced, None));

            // A bad contact is not written to again: the next fault's letter fails at once.
            office.days(1).await;
            let now = office.clock.now();
            notices::resend(db, desk, &officer(), &back.id, now).await.unwrap();
            assert_eq!(office.notice(&key(1)).await.notice.state, NoticeState::Bounced);
            let ahead = notices::deliver_by_hand(db, desk, &officer(), &back.id, day("2026-09-21"), now).await;
            assert!(matches!(ahead, Err(ActError::Refused(Refusal::Day))));
            let by_hand =
                notices::deliver_by_hand(db, desk, &officer(), &back.id, day("2026-09-19"), now).await.unwrap();
            // Saturday 19 September: the worked Sunday after it is the first that counts.
            assert_eq!(
                (by_hand.notice.state, by_hand.notice.due().unwrap().date),
                (NoticeState::Sent, day("2026-10-09"))
            );
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_objection_is_answered_and_an_extension_moves_the_day() {
    told(
        |_| {},
        async |office| {
            let (db, desk) = (office.db(), &office.desk);
            let fault = office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            let id = office.notice(&key(0)).await.id;
            let now = office.clock.now();
            notices::acknowledge(db, desk, &id, now).await.unwrap();
            let objection =
                || Wish { kind: RequestKind::Objection, text: "标识在页脚".into(), until: None, file: None };
            notices::ask(db, desk, &id, objection(), now).await.unwrap();
            let twice = notices::ask(db, desk, &id, objection(), now).await;
            assert!(matches!(twice, Err(ActError::Refused(Refusal::AskedAlready))));

            office.days(25).await;
            office.found_again(&fault).await;
            office.work().await;
            let waits = office.notice(&key(0)).await.notice.state;
            assert_eq!(waits, NoticeState::AwaitingLook, "nobody is overdue whose objection waits");

            let no =
                AnswerGiven { kind: RequestKind::Objection, granted: false, text: "复检未见".into(), until: None };
            notices::answer(db, desk, &officer(), &id, no, office.clock.now()).await.unwrap();
            let until = day("2026-10-30");
            notices::extend(db, desk, &officer(), &id, until, "机房搬迁", office.clock.now()).await.unwrap();
            office.work().await;
            let extended = office.notice(&key(0)).await.notice;
            assert_eq!((extended.state, extended.due().unwrap().date), (NoticeState::Acknowledged, until));

            office.days(18).await;
            office.found_again(&fault).await;
            office.work().await;
            assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Overdue);
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn days_of_announced_maintenance_are_not_counted() {
    told(
        |_| {},
        async |office| {
            office.confirm(&key(0), FindingCode::NotHung).await;
            office.work().await;
            let of = Maintenance {
                site: key(0),
                from: day("2026-09-21"),
                until: day("2026-09-22"),
                reason: "机房割接".into(),
            };
            let now = office.clock.now();
            let moved = notices::announce_maintenance(office.db(), &office.desk, &officer(), &of, now).await.unwrap();
            let far = Maintenance { until: day("2026-11-18"), ..of.clone() };
            let refused = notices::announce_maintenance(office.db(), &office.desk, &officer(), &far, now).await;
            assert!(matches!(refused, Err(ActError::Refused(Refusal::MaintenanceTooFar))));
            // Two working days later than 9 October: the worked Saturday and Monday 12.
            assert_eq!(moved.unwrap().notice.due().unwrap().date, day("2026-10-12"));
            // And a notice that comes later knows of it.
            office.confirm(&key(1), FindingCode::NotHung).await;
            let of = Maintenance { site: key(1), ..of };
            let none = notices::announce_maintenance(office.db(), &office.desk, &officer(), &of, now).await.unwrap();
            assert!(none.is_none());
            office.work().await;
            assert_eq!(office.notice(&key(1)).await.notice.due().unwrap().date, day("2026-10-12"));
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_tell_nobody_twice() {
    told(
        |config| config.mail.at_once = 2,
        async |office| {
            for number in 0..3 {
                office.confirm(&key(number), FindingCode::NotHung).await;
                office.confirm(&key(number), FindingCode::DomainDead).await;
            }
            let other = Office::postman(office.db(), &office.clock, &office.config).await;
            let work = async || {
                for _ in 0..20 {
                    notices::advance(office.db(), &office.desk, office.clock.now()).await.unwrap();
                }
            };
            tokio::join!(work(), work());
            let send = async |postman: &badgewatch::flow::deliver::Postman| {
                for _ in 0..10 {
                    postman.step().await.unwrap();
                }
            };
            tokio::join!(send(&office.postman), send(&other));
            for number in 0..3 {
                assert_eq!(office.notices(&key(number)).await.len(), 1);
                assert_eq!(office.subjects(&mail(number)).len(), 1);
            }
        },
    )
    .await;
}
