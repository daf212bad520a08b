//! Cases, their numbers and instructions: one open a site and ground, moved on by who read them last.

use badgewatch::clock::day;
use badgewatch::domain::case::{Authority, Case, CaseState, Ground, InstructionAct, Opened, Order};
use badgewatch::domain::confirm::{FindingState, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::cases::{self, Filter, NewCase, StoredCase};
use badgewatch::store::{counters, findings, instructions, keys};

use super::stage::{Stage, at, told};
use crate::{ask, tell};

fn case(ground: Ground, minute: i64) -> Case {
    Case::open(ground, Opened { by: "system".into(), at: at(minute), why: "逾期".into() })
}

async fn open(stage: &Stage, place: usize, ground: Ground, region: Option<&str>) -> Option<StoredCase> {
    let case = case(ground, place as i64);
    let new = NewCase { site_id: &stage.ids[place], notice_id: None, region, year: 2026, case: &case };
    tell!(stage, cases::open, &new)
}

#[tokio::test]
async fn a_site_has_one_open_case_of_a_ground_and_numbers_have_no_gap() {
    told(2, async |stage| {
        let first = open(stage, 0, Ground::OverdueNotice, None).await.unwrap();
        assert_eq!(first.number, "案〔2026〕000000-1号");
        assert_eq!(first.case, case(Ground::OverdueNotice, 0));
        assert_eq!(open(stage, 0, Ground::OverdueNotice, None).await, None);
        let second = open(stage, 0, Ground::Other, None).await.unwrap();
        assert_eq!(second.number, "案〔2026〕000000-2号", "the refused one took no number");

        let mut ended = first.case.clone();
        ended.state = CaseState::Closed;
        assert!(tell!(stage, cases::advance, &first, &ended, at(9)));
        assert_eq!(ask!(stage, cases::by_id, &first.id).unwrap().ended_at, Some(at(9)));
        assert_eq!(ask!(stage, cases::open_of, &stage.ids[0], Ground::OverdueNotice), None);
        assert!(open(stage, 0, Ground::OverdueNotice, None).await.is_some(), "a new one may follow");
        assert_eq!(ask!(stage, cases::of_site, &stage.ids[0]).len(), 3);
    })
    .await;
}

#[tokio::test]
async fn who_read_an_old_version_moves_nothing() {
    told(1, async |stage| {
        let read = open(stage, 0, Ground::Other, None).await.unwrap();
        let mut to = read.case.clone();
        to.notices.push("n1".into());
        assert!(tell!(stage, cases::advance, &read, &to, at(1)));
        assert!(!tell!(stage, cases::advance, &read, &to, at(1)));
        let now = ask!(stage, cases::by_id, &read.id).unwrap();
        assert_eq!((now.version, now.case), (2, to));
    })
    .await;
}

#[tokio::test]
async fn a_county_sees_its_own_cases_and_the_country_sees_all() {
    told(4, async |stage| {
        for (place, region) in [Some("140214"), Some("140300"), Some("140000"), None].into_iter().enumerate() {
            open(stage, place, Ground::Other, region).await.unwrap();
        }
        let seen = async |region: &str| {
            let filter = Filter { region, ..Filter::default() };
            let listed = ask!(stage, cases::list, &filter, 10, 0);
            assert_eq!(listed.len() as i64, ask!(stage, cases::count, &filter));
            listed.into_iter().map(|case| case.region.unwrap_or_default()).collect::<Vec<_>>()
        };
        assert_eq!(seen("140214").await, ["140214"]);
        assert_eq!(seen("140200").await, ["140214"]);
        assert_eq!(seen("140000").await, ["140000", "140300", "140214"]);
        assert_eq!(seen("000000").await, ["", "140000", "140300", "140214"]);
        for none in ["", "14", "1402%%", "150000"] {
            assert!(seen(none).await.is_empty(), "{none:?}");
        }
        let filter = Filter { region: "000000", state: Some(CaseState::InForce), ..Filter::default() };
        assert_eq!(ask!(stage, cases::count, &filter), 0);
        let filter = Filter { region: "000000", site_id: Some(&stage.ids[1]), open: true, ..Filter::default() };
        assert_eq!(ask!(stage, cases::list, &filter, 10, 0).len(), 1);
        assert_eq!(ask!(stage, cases::tally)[0].cases, 4);
    })
    .await;
}

#[tokio::test]
async fn a_site_is_a_candidate_until_a_case_was_opened_for_its_finding() {
    told(2, async |stage| {
        let track = Track { state: FindingState::Confirmed, failed: 3, ..Track::open(at(0)) };
        for (place, code) in [(0, FindingCode::DomainDead), (0, FindingCode::Unreachable), (1, FindingCode::NotHung)] {
            tell!(stage, findings::open, &stage.ids[place], &Finding::fault(code), &track, &[]);
        }
        let found = ask!(stage, cases::candidates, Ground::SiteClosed, at(0), "", 10);
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0].site_id, found[0].since), (&stage.ids[0], at(0)));
        assert!(ask!(stage, cases::candidates, Ground::SiteClosed, at(-1), "", 10).is_empty());
        assert!(ask!(stage, cases::candidates, Ground::SiteClosed, at(0), &stage.ids[0], 10).is_empty());
        assert!(ask!(stage, cases::candidates, Ground::BadgeMisused, at(0), "", 10).is_empty());
        let read = open(stage, 0, Ground::SiteClosed, None).await.unwrap();
        assert!(ask!(stage, cases::candidates, Ground::SiteClosed, at(0), "", 10).is_empty());
        let mut ended = read.case.clone();
        ended.state = CaseState::Closed;
        assert!(tell!(stage, cases::advance, &read, &ended, at(5)));
        assert!(ask!(stage, cases::candidates, Ground::SiteClosed, at(9), "", 10).is_empty(), "decided once");
    })
    .await;
}

#[tokio::test]
async fn a_stop_is_in_force_until_it_is_lifted_with_the_names_of_all_authorities() {
    told(1, async |stage| {
        let read = open(stage, 0, Ground::Other, None).await.unwrap();
        for (authority, name) in [(Authority::Registry, "a.xn--zfr164b"), (Authority::Cnnic, "a.cn")] {
            let order = Order { authority, act: InstructionAct::Stop, names: vec![name.to_owned()] };
            tell!(stage, instructions::insert, &read.id, &order, "a.b.c", at(1));
        }
        let mut case = read.case.clone();
        let mut reach = async |state: CaseState, version: i64, minute: i64| {
            case.state = state;
            let read = StoredCase { version, ..read.clone() };
            assert!(tell!(stage, cases::advance, &read, &case, at(minute)));
            ask!(stage, instructions::stops, at(0))
        };
        let stops = reach(CaseState::InForce, 1, 2).await;
        let names: Vec<_> = stops[0].names.iter().map(|name| name.ascii()).collect();
        assert_eq!((stops.len(), names), (1, vec!["a.xn--zfr164b", "a.cn"]));
        assert_eq!((&stops[0].site_id, stops[0].from, stops[0].until), (&stage.ids[0], day(at(1)), None));
        assert_eq!(reach(CaseState::ReinstatementProposed, 2, 3).await, stops, "it stands until two have said so");
        let lifted = reach(CaseState::Reinstated, 3, 60 * 24 * 3).await;
        assert_eq!(lifted[0].until, Some(day(at(60 * 24 * 3))));
        assert!(ask!(stage, instructions::stops, at(60 * 24 * 3)).is_empty(), "before that moment");
    })
    .await;
}

#[tokio::test]
async fn an_instruction_is_acknowledged_confirmed_and_flagged_once() {
    told(1, async |stage| {
        let case = open(stage, 0, Ground::Other, None).await.unwrap();
        let names = vec!["a.cn".to_owned(), "b.cn".to_owned()];
        let order = Order { authority: Authority::Cnnic, act: InstructionAct::Stop, names };
        tell!(stage, instructions::insert, &case.id, &order, "a.b.c", at(1));
        let key = (order.authority, order.act);
        assert_eq!(ask!(stage, instructions::open, "", 10)[0].order, order);
        assert!(tell!(stage, instructions::flag, &case.id, key, at(2)));
        assert!(!tell!(stage, instructions::flag, &case.id, key, at(3)));
        assert!(tell!(stage, instructions::acknowledge, &case.id, key, "CNNIC", "7", at(3)));
        assert!(!tell!(stage, instructions::acknowledge, &case.id, key, "CNNIC", "8", at(3)));
        assert!(tell!(stage, instructions::confirm, &case.id, key, at(4)));
        assert!(!tell!(stage, instructions::confirm, &case.id, key, at(5)));
        assert!(!tell!(stage, instructions::flag, &case.id, key, at(6)));
        assert!(ask!(stage, instructions::stops, at(0)).is_empty(), "it is not decided");
        let kept = &ask!(stage, instructions::of_case, &case.id)[0];
        assert_eq!((kept.acknowledged_ref.as_deref(), kept.confirmed_at), (Some("7"), Some(at(4))));
        assert!(ask!(stage, instructions::open, "", 10).is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_later_instruction_makes_the_earlier_one_idle() {
    told(1, async |stage| {
        let case = open(stage, 0, Ground::Other, None).await.unwrap();
        for (act, minute) in [(InstructionAct::Stop, 1), (InstructionAct::Reinstate, 2)] {
            let order = Order { authority: Authority::Cnnic, act, names: vec!["a.cn".into()] };
            tell!(stage, instructions::insert, &case.id, &order, "a.b.c", at(minute));
        }
        let open = ask!(stage, instructions::open, "", 10);
        assert_eq!(open.iter().map(|one| one.order.act).collect::<Vec<_>>(), [InstructionAct::Reinstate]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_that_ask_at_once_get_each_its_own_number_and_all_one_secret() {
    told(1, async |stage| {
        let asks = (0..20).map(|ask| {
            let db = stage.db().clone();
            tokio::spawn(async move {
                let mut tx = db.write().await.unwrap();
                let number = counters::next(&mut tx, "case:2026:140214").await.unwrap();
                let secret = keys::get_or_make(&mut tx, "signing", &format!("s{ask}"), at(0)).await.unwrap();
                tx.commit().await.unwrap();
                (number, secret)
            })
        });
        let got: Vec<_> = futures_util::future::join_all(asks).await.into_iter().map(|done| done.unwrap()).collect();
        let mut numbers: Vec<_> = got.iter().map(|(number, _)| *number).collect();
        numbers.sort();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
        assert!(got.iter().all(|(_, secret)| *secret == got[0].1), "{got:?}");
        assert_eq!(ask!(stage, keys::get, "signing").as_ref(), Some(&got[0].1));
        assert_eq!(ask!(stage, keys::get, "other"), None);
        assert_eq!(tell!(stage, counters::next, "case:2027:140214"), 1);
    })
    .await;
}
