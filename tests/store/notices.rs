//! Notices on file, their guard, and what the steps ask for.

use badgewatch::domain::calendar::Calendar;
use badgewatch::domain::confirm::{FindingState, Rule, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::kin::MISSING;
use badgewatch::domain::letter::Limit;
use badgewatch::domain::notice::{Event, Moment, Notice, NoticeState};
use badgewatch::domain::office::Approval;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::findings::{self, Change};
use badgewatch::store::notices::{self, Asked, StoredNotice};
use badgewatch::store::{attachments, counters, keys, maintenance, new_id};

use super::stage::{Stage, at, told};
use crate::{ask, tell};

const LIMIT: Limit = Limit { days: 10, include_start_day: false };

async fn confirmed(stage: &Stage, site: usize) -> String {
    let pages = ["http://s000.yunxi.gov.test/".to_owned()];
    let finding = Finding::fault(FindingCode::NotHung);
    assert!(tell!(stage, findings::open, &stage.ids[site], &finding, &Track::open(at(0)), &pages));
    let read = ask!(stage, findings::open_of_site, &stage.ids[site]).remove(0);
    let to = Track { state: FindingState::Confirmed, failed: 3, ..read.track.clone() };
    let change = Change { at: at(1), pages: &pages, confirmed_by: Some(&Rule::default()), hold_id: None };
    assert!(tell!(stage, findings::advance, &read, &to, &change));
    read.id
}

fn draft(stage: &Stage, site: usize, finding: &str) -> StoredNotice {
    StoredNotice {
        id: new_id(),
        number: None,
        site_id: stage.ids[site].clone(),
        region: None,
        version: 1,
        drafted_at: at(2),
        calendar: None,
        ended_at: None,
        notice: Notice::draft([(finding.to_owned(), FindingCode::NotHung)], LIMIT),
    }
}

fn after(notice: &Notice, events: &[Event]) -> Notice {
    let calendar = Calendar::builtin();
    let today = badgewatch::domain::beijing::day(at(2));
    let moment = Moment { now: at(2), today, calendar: &calendar, limit: LIMIT, approval: Approval::Automatic };
    events.iter().fold(notice.clone(), |notice, event| notice.step(event, &moment).unwrap().notice)
}

#[tokio::test]
async fn a_finding_is_told_by_one_notice_and_a_site_has_one_open() {
    told(2, async |stage| {
        let finding = confirmed(stage, 0).await;
        let untold = ask!(stage, notices::untold, at(0).date_naive(), 10);
        assert_eq!((untold.len(), untold[0].finding_id.as_str()), (1, finding.as_str()));
        let notice = draft(stage, 0, &finding);
        assert!(tell!(stage, notices::insert, &notice));
        assert!(!tell!(stage, notices::insert, &draft(stage, 0, &finding)), "the site has an open one");
        assert!(ask!(stage, notices::untold, at(0).date_naive(), 10).is_empty());
        assert_eq!(ask!(stage, notices::open_of_site, &stage.ids[0]), Some(notice.clone()));
        assert_eq!(ask!(stage, notices::by_id, &notice.id), Some(notice.clone()));
        assert_eq!(ask!(stage, notices::of_site, &stage.ids[1]), []);
        assert_eq!(ask!(stage, notices::counts), [("drafted".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test]
async fn what_is_gone_is_listed_once_nothing_of_its_kin_is_open() {
    told(1, async |stage| {
        let finding = confirmed(stage, 0).await;
        let notice = draft(stage, 0, &finding);
        assert!(tell!(stage, notices::insert, &notice));
        let some = Finding::fault(FindingCode::PartlyHung);
        assert!(tell!(stage, findings::open, &stage.ids[0], &some, &Track::open(at(0)), &[]));
        let end = async |id: &str| {
            let read = ask!(stage, findings::open_of_site, &stage.ids[0]).into_iter().find(|read| read.id == id);
            let read = read.unwrap();
            let to = Track { state: FindingState::Cleared, ..read.track.clone() };
            assert!(tell!(stage, findings::advance, &read, &to, &Change { at: at(3), ..Change::default() }));
        };
        assert!(ask!(stage, notices::mended, &MISSING, 10).is_empty());
        end(&finding).await;
        assert!(ask!(stage, notices::mended, &MISSING, 10).is_empty(), "some pages lack it still");
        let other = ask!(stage, findings::open_of_site, &stage.ids[0]).remove(0).id;
        end(&other).await;
        assert_eq!(ask!(stage, notices::mended, &MISSING, 10), [(notice.id.clone(), finding)]);
    })
    .await;
}

#[tokio::test]
async fn who_read_it_too_long_ago_moves_nothing() {
    told(1, async |stage| {
        let finding = confirmed(stage, 0).await;
        let read = draft(stage, 0, &finding);
        assert!(tell!(stage, notices::insert, &read));
        let on = badgewatch::domain::beijing::day(at(2));
        let sent = after(&read.notice, &[Event::Approved, Event::Told { step: 0, on }]);
        assert!(tell!(stage, notices::advance, &read, &sent, Some("1号"), Some(at(60)), "c1", at(3)));
        assert!(!tell!(stage, notices::advance, &read, &sent, Some("2号"), None, "c1", at(3)), "it moved on");
        let now = ask!(stage, notices::find, "1号").unwrap();
        assert_eq!((now.version, now.number.as_deref(), now.notice.state), (2, Some("1号"), NoticeState::Sent));
        // The clock wakes it when its time has come, and another calendar counts it anew.
        assert!(ask!(stage, notices::due, at(59), 10).is_empty());
        assert_eq!(ask!(stage, notices::due, at(60), 10), std::slice::from_ref(&now.id));
        assert!(ask!(stage, notices::counted_otherwise, "c1", 10).is_empty());
        assert_eq!(ask!(stage, notices::counted_otherwise, "c2", 10), std::slice::from_ref(&now.id));
        // What is over stays over, and asks for nothing.
        let over = after(&sent, &[Event::Withdrawn { why: "误报".into() }]);
        assert!(tell!(stage, notices::advance, &now, &over, None, None, "c1", at(4)));
        assert!(ask!(stage, notices::counted_otherwise, "c2", 10).is_empty());
        assert_eq!(ask!(stage, notices::open_of_site, &stage.ids[0]), None);
        assert_eq!(ask!(stage, notices::by_id, &now.id).unwrap().ended_at, Some(at(4)));
    })
    .await;
}

#[tokio::test]
async fn a_list_shows_one_area_and_the_most_urgent_first() {
    told(2, async |stage| {
        for site in 0..2 {
            let finding = confirmed(stage, site).await;
            assert!(tell!(stage, notices::insert, &draft(stage, site, &finding)));
        }
        let all = Asked { most: 10, ..Asked::default() };
        assert_eq!(ask!(stage, notices::list, &all).len(), 2);
        let county = Asked { area: "1402".into(), ..all.clone() };
        assert!(ask!(stage, notices::list, &county).is_empty(), "what lies in no known region is no county's");
        let sent = Asked { state: Some(NoticeState::Sent), ..all.clone() };
        assert!(ask!(stage, notices::list, &sent).is_empty());
        assert_eq!(ask!(stage, notices::list, &Asked { skip: 1, ..all.clone() }).len(), 1);
        assert!(ask!(stage, notices::list, &Asked { objected: true, ..all }).is_empty());
    })
    .await;
}

#[tokio::test]
async fn small_things_are_kept() {
    told(1, async |stage| {
        let numbers =
            [tell!(stage, counters::next, "a"), tell!(stage, counters::next, "b"), tell!(stage, counters::next, "a")];
        assert_eq!(numbers, [1, 1, 2]);
        let first = tell!(stage, keys::get_or_make, "links", "one", at(0));
        assert_eq!((first.as_str(), tell!(stage, keys::get_or_make, "links", "two", at(1)).as_str()), ("one", "one"));
        assert_ne!(keys::random().unwrap(), keys::random().unwrap());

        let finding = confirmed(stage, 0).await;
        let notice = draft(stage, 0, &finding);
        assert!(tell!(stage, notices::insert, &notice));
        tell!(stage, attachments::insert, &notice.id, "说明.pdf", "application/pdf", b"%PDF-1.7 \0\xff", at(5));
        let files = ask!(stage, attachments::of_notice, &notice.id);
        assert_eq!((files.len(), files[0].name.as_str(), files[0].at), (1, "说明.pdf", at(5)));
        let content = ask!(stage, attachments::content, &notice.id, &files[0].id);
        assert_eq!(content.as_deref(), Some(&b"%PDF-1.7 \0\xff"[..]));
        assert_eq!(ask!(stage, attachments::content, "another", &files[0].id), None, "by its own notice only");

        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let new = maintenance::Announcement {
            site_id: &stage.ids[0],
            from_on: day("2026-12-01"),
            until_on: day("2026-12-03"),
            by: "account:chen",
            reason: "机房割接",
        };
        tell!(stage, maintenance::announce, &new, at(0));
        let open = ask!(stage, maintenance::of_site, &stage.ids[0], day("2026-12-03"));
        assert_eq!(open, [(day("2026-12-01"), day("2026-12-03"))]);
        assert!(ask!(stage, maintenance::of_site, &stage.ids[0], day("2026-12-04")).is_empty());
    })
    .await;
}
