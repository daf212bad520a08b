//! The queues of an office: each thing in the queues it belongs to, the most urgent first, and of one area alone.

use badgewatch::domain::calendar::Calendar;
use badgewatch::domain::case::{
    Case, CaseOutcome, CaseQueue, CaseState, Consultation, Decision, Effective, Ground, Opened, Proposal,
};
use badgewatch::domain::confirm::{FindingState, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::letter::Limit;
use badgewatch::domain::mass::Dimension;
use badgewatch::domain::notice::{Event, Moment, Notice, NoticeQueue, RequestKind};
use badgewatch::domain::office::Approval;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::cases::{self, NewCase, StoredCase};
use badgewatch::store::desk::{self, CasesAsked, NoticesAsked};
use badgewatch::store::findings::{self, Change, Group};
use badgewatch::store::new_id;
use badgewatch::store::notices::{self, StoredNotice};
use chrono::{Days, NaiveDate};

use super::stage::{Stage, at, told};
use crate::{ask, tell};

const LIMIT: Limit = Limit { days: 10, include_start_day: false };

fn today() -> NaiveDate {
    badgewatch::domain::beijing::day(at(0))
}

fn after(notice: &Notice, events: &[Event]) -> Notice {
    let calendar = Calendar::builtin();
    let approval = Approval::ApproveEach;
    let moment = Moment { now: at(0), today: today(), calendar: &calendar, limit: LIMIT, approval };
    events.iter().fold(notice.clone(), |notice, event| notice.step(event, &moment).unwrap().notice)
}

/// A notice of a site after these events; its id.
async fn notice(stage: &Stage, place: usize, events: &[Event]) -> String {
    let finding = Finding::fault(FindingCode::NotHung);
    assert!(tell!(stage, findings::open, &stage.ids[place], &finding, &Track::open(at(0)), &[]));
    let finding = ask!(stage, findings::open_of_site, &stage.ids[place]).remove(0).id;
    let read = StoredNotice {
        id: new_id(),
        number: None,
        site_id: stage.ids[place].clone(),
        region: Some("140214".into()),
        version: 1,
        drafted_at: at(place as i64),
        calendar: None,
        ended_at: None,
        notice: Notice::draft([(finding, FindingCode::NotHung)], LIMIT),
    };
    assert!(tell!(stage, notices::insert, &read));
    if !events.is_empty() {
        let to = after(&read.notice, events);
        let number = format!("改〔2026〕{place}号");
        assert!(tell!(stage, notices::advance, &read, &to, Some(&number), None, "c1", at(9)));
    }
    read.id
}

async fn queued(stage: &Stage, area: &str, queue: NoticeQueue, text: &str) -> Vec<String> {
    let asked = NoticesAsked { area: area.into(), queue, text: text.into(), today: today(), skip: 0, most: 10 };
    ask!(stage, desk::notices, &asked)
}

#[tokio::test]
async fn a_notice_waits_in_the_queues_it_belongs_to_the_most_urgent_first() {
    told(4, async |stage| {
        let told = || vec![Event::Approved, Event::Told { step: 0, on: today() }];
        let asks = |kind| Event::Asked { kind, text: "请予核实".into(), until: "2026-12-20".parse().ok() };
        stage.run("INSERT INTO regions (code, name) VALUES ('140214', '云溪县') ON CONFLICT DO NOTHING").await;
        let draft = notice(stage, 0, &[]).await;
        let runs = notice(stage, 1, &told()).await;
        let objected = notice(stage, 2, &[told(), vec![asks(RequestKind::Objection)]].concat()).await;
        let asked = notice(stage, 3, &[told(), vec![asks(RequestKind::Extension)]].concat()).await;
        use NoticeQueue as Q;
        assert_eq!(queued(stage, "", Q::Open, "").await, [&objected, &draft, &asked, &runs].map(Clone::clone));
        for (queue, one) in [(Q::Approval, &draft), (Q::Objection, &objected), (Q::Extension, &asked)] {
            assert_eq!(queued(stage, "1402", queue, "").await, std::slice::from_ref(one), "{queue}");
        }
        assert!(queued(stage, "1403", Q::Open, "").await.is_empty(), "another area");
        assert!(queued(stage, "", Q::DueSoon, "").await.is_empty(), "ten working days are more than a week");
        assert!(queued(stage, "", Q::Undelivered, "").await.is_empty());
        assert_eq!(queued(stage, "", Q::Open, "〕1号").await, std::slice::from_ref(&runs), "by its number");
        assert_eq!(queued(stage, "", Q::Open, "第2局").await, std::slice::from_ref(&objected), "by the unit");
        for sign in ["%", "_", "\\", "第_局"] {
            assert!(queued(stage, "", Q::Open, sign).await.is_empty(), "{sign} stands for itself");
        }

        let read = ask!(stage, notices::by_id, &runs).unwrap();
        let further = Finding::fault(FindingCode::WrongLink);
        assert!(tell!(stage, findings::open, &stage.ids[1], &further, &Track::open(at(0)), &[]));
        let further =
            ask!(stage, findings::open_of_site, &stage.ids[1]).into_iter().find(|open| open.finding == further);
        let faults = vec![(further.unwrap().id, FindingCode::WrongLink)];
        let to = after(&read.notice, &[Event::Found { faults, letter_waits: false }]);
        assert!(tell!(stage, notices::advance, &read, &to, None, None, "c1", at(10)));
        assert_eq!(queued(stage, "", Q::Approval, "").await.len(), 2, "a supplement waits, too");
        let read = ask!(stage, notices::by_id, &runs).unwrap();
        let to = after(&read.notice, &[Event::Withdrawn { why: "误报".into() }]);
        assert!(tell!(stage, notices::advance, &read, &to, None, None, "c1", at(11)));
        assert_eq!(queued(stage, "", Q::Ended, "").await, [runs]);
        assert_eq!(queued(stage, "", Q::Approval, "").await, [draft]);
    })
    .await;
}

#[tokio::test]
async fn as_many_notices_are_counted_as_are_listed() {
    told(8, async |stage| {
        let told = |days| vec![Event::Approved, Event::Told { step: 0, on: today() - Days::new(days) }];
        let asks = |kind| vec![Event::Asked { kind, text: "请予核实".into(), until: "2026-12-20".parse().ok() }];
        stage.run("INSERT INTO regions (code, name) VALUES ('140214', '云溪县') ON CONFLICT DO NOTHING").await;
        let all = [
            vec![],
            vec![Event::Approved, Event::Failed { step: 0 }],
            [told(0), asks(RequestKind::Objection)].concat(),
            [told(0), asks(RequestKind::Extension)].concat(),
            told(10),
            [told(30), vec![Event::DueOver { failing: true }]].concat(),
            [told(30), vec![Event::DueOver { failing: false }]].concat(),
            vec![Event::Withdrawn { why: "误报".into() }],
        ];
        for (place, events) in all.iter().enumerate() {
            notice(stage, place, events).await;
        }
        let counts = ask!(stage, desk::notice_counts, "140214", today());
        let order: Vec<_> = counts.iter().map(|(queue, _)| *queue).collect();
        assert_eq!([order, vec![NoticeQueue::Ended]].concat(), NoticeQueue::ALL, "in their order, but what is over");
        for (queue, many) in counts {
            let listed = queued(stage, "140214", queue, "").await.len() as i64;
            assert!(many == listed && many > 0, "{queue}: {many} of {listed}");
        }
        let elsewhere = ask!(stage, desk::notice_counts, "1403", today());
        assert!(elsewhere.iter().all(|(_, many)| *many == 0), "{elsewhere:?}");
    })
    .await;
}

async fn opened(stage: &Stage, place: usize, ground: Ground) -> StoredCase {
    let case = Case::open(ground, Opened { by: "account:li".into(), at: at(place as i64), why: "来函".into() });
    let new = NewCase { site_id: &stage.ids[place], notice_id: None, region: Some("140214"), year: 2026, case: &case };
    tell!(stage, cases::open, &new).unwrap()
}

#[tokio::test]
async fn a_case_waits_for_the_second_person_and_never_for_the_first() {
    told(3, async |stage| {
        let (first, second, third) = (
            opened(stage, 0, Ground::Other).await,
            opened(stage, 1, Ground::Other).await,
            opened(stage, 2, Ground::ReviewFailed).await,
        );
        let asked = async |by: &str, queue| {
            let asked = CasesAsked { area: "1402".into(), queue, by: by.into(), skip: 0, most: 10 };
            ask!(stage, desk::cases, &asked)
        };
        use CaseQueue as Q;
        assert_eq!(
            asked("account:li", Q::Consultation).await,
            [first.id.clone(), second.id.clone()],
            "art. 11 asks for none"
        );
        let mut to = first.case.clone();
        let consultation =
            Consultation { by: "account:li".into(), whom: "网信办".into(), on: today(), opinion: "同意".into() };
        to.consultations.push(consultation);
        assert!(tell!(stage, cases::advance, &first, &to, at(1)));
        let read = ask!(stage, cases::by_id, &first.id).unwrap();
        to.state = CaseState::Proposed;
        let proposal = Proposal {
            by: "account:li".into(),
            outcome: CaseOutcome::NoAction,
            names: Vec::new(),
            reason: "理由".into(),
            effective: Effective::NextWorkingDay,
            bundle_hash: "0".repeat(64),
            shared: Vec::new(),
            despite_shared: false,
        };
        to.decision = Some(Decision { proposal, approval: None, in_force_at: None });
        assert!(tell!(stage, cases::advance, &read, &to, at(2)));
        assert_eq!(asked("account:li", Q::Consultation).await, std::slice::from_ref(&second.id));
        assert!(asked("account:li", Q::SecondPerson).await.is_empty(), "who proposed it");
        assert_eq!(asked("account:li", Q::Others).await, std::slice::from_ref(&first.id));
        assert_eq!(asked("account:wu", Q::SecondPerson).await, std::slice::from_ref(&first.id));
        assert_eq!(asked("account:wu", Q::Open).await, [first.id.clone(), second.id.clone(), third.id.clone()]);
        assert_eq!(asked("account:wu", Q::Proposal).await, [second.id, third.id]);
        for by in ["account:li", "account:wu"] {
            let counts = ask!(stage, desk::case_counts, "", by);
            let order: Vec<_> = counts.iter().map(|(queue, _)| *queue).collect();
            assert_eq!([order, vec![Q::Ended]].concat(), Q::ALL, "in their order, but what is over");
            for (queue, many) in counts {
                assert_eq!(many, asked(by, queue).await.len() as i64, "{queue} of {by}");
            }
        }
        assert!(ask!(stage, desk::case_counts, "1403", "account:wu").iter().all(|(_, many)| *many == 0));
    })
    .await;
}

#[tokio::test]
async fn a_hold_is_seen_where_a_finding_of_it_waits() {
    told(2, async |stage| {
        let code = FindingCode::NotHung;
        let group = Group { failing: 5, watched: 9 };
        let id = tell!(stage, findings::open_hold, Dimension::Address, "192.0.2.1", code, group, at(1));
        let empty = ask!(stage, desk::holds, "");
        assert_eq!((empty.len(), empty[0].waiting), (1, 0), "the whole country sees it, though nothing waits");
        assert!(ask!(stage, desk::holds, "14").is_empty());
        assert!(tell!(stage, findings::open, &stage.ids[0], &Finding::fault(code), &Track::open(at(0)), &[]));
        let read = ask!(stage, findings::open_of_site, &stage.ids[0]).remove(0);
        let to = Track { state: FindingState::Held, ..read.track.clone() };
        let change = Change { at: at(1), pages: &[], confirmed_by: None, hold_id: Some(&id) };
        assert!(tell!(stage, findings::advance, &read, &to, &change));
        stage.run("INSERT INTO regions (code, name) VALUES ('140214', '云溪县') ON CONFLICT DO NOTHING").await;
        stage.run("UPDATE units SET region = '140214'").await;
        for (area, many) in [("", 1), ("1402", 1), ("1403", 0)] {
            let seen = ask!(stage, desk::holds, area);
            assert_eq!(seen.len(), many, "{area}");
            assert!(seen.iter().all(|held| (held.waiting, held.here) == (1, 1)));
            assert_eq!(ask!(stage, desk::held_sites, &id, area, 10).len(), many);
        }
    })
    .await;
}
