//! One fact told once: a missing badge is confirmed to one extent, then to another, and stays one item of its notice,
//! under one limit. A manual clock, a real mail server, both engines.

mod support;

use badgewatch::config::Config;
use badgewatch::domain::notice::NoticeState;
use badgewatch::domain::verdict::FindingCode::{self, HangOverdue, NotHung, PartlyHung};
use badgewatch::flow::notices::unit_view::{self, UnitView};
use badgewatch::flow::notices::{self};
use chrono::{NaiveDate, TimeDelta};
use support::db::every_engine;
use support::office::{Office, key, mail, officer};

/// Friday 18 September 2026, ten o'clock in Beijing: ten working days end on 9 October, after the National Day holiday.
const FRIDAY: &str = "2026-09-18T02:00:00Z";
/// Ten at night: letters wait for the morning.
const NIGHT: &str = "2026-09-18T14:00:00Z";

async fn told(at: &str, story: impl AsyncFn(Office)) {
    for test in every_engine().await {
        story(Office::with_sites(test, 2, at, |_: &mut Config| {}).await).await;
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn page(office: &Office) -> UnitView {
    let stored = office.notice(&key(0)).await;
    let mut tx = office.db().read().await.unwrap();
    unit_view::gather(&mut tx, &office.desk, stored, office.clock.now()).await.unwrap().expect("a page")
}

/// What the unit's page says: the faults that are not gone, each with its limit.
async fn shown(office: &Office) -> Vec<(FindingCode, Option<NaiveDate>)> {
    let page = page(office).await;
    page.live().map(|told| (told.fault.code, told.due.as_ref().map(|due| due.date))).collect()
}

async fn acts(office: &Office) -> Vec<String> {
    let notice = office.notice(&key(0)).await;
    office.acts(&notice).await.into_iter().map(|act| act.action).collect()
}

fn says(text: &str, code: FindingCode) -> bool {
    text.contains(code.label())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_badge_that_is_taken_down_is_told_once() {
    told(FRIDAY, async |office| {
        let some = office.confirm(&key(0), PartlyHung).await;
        office.work().await;
        office.days(7).await;
        // The look at all pages finds it nowhere.
        let none = office.confirm(&key(0), NotHung).await;
        office.work().await;
        let due = Some(day("2026-10-09"));
        assert_eq!(shown(&office).await, [(NotHung, due)]);
        assert_eq!(acts(&office).await, ["drafted", "approved", "told", "restated"]);

        office.days(4).await;
        let letters = office.server.kept_for(&mail(0));
        let reminder = letters[1].text();
        assert!(says(&reminder, NotHung) && !says(&reminder, PartlyHung), "{reminder}");
        assert_eq!(office.notice(&key(0)).await.notice.tellings.len(), 1, "no second limit");

        // Overdue by the limit it was told with, and gone when nothing of it is left.
        office.days(11).await;
        office.found_again(&some).await;
        office.found_again(&none).await;
        office.work().await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Overdue);
        office.mended(&none).await;
        office.work().await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Overdue, "some pages lack it still");
        office.mended(&some).await;
        office.days(1).await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Rectified);
        let thanks = office.server.kept_for(&mail(0)).pop().unwrap().text();
        assert!(says(&thanks, NotHung) && !says(&thanks, PartlyHung), "{thanks}");
        assert_eq!(office.notices(&key(0)).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_badge_that_is_hung_on_some_pages_is_not_told_anew() {
    told(FRIDAY, async |office| {
        let none = office.confirm(&key(0), NotHung).await;
        let late = office.confirm(&key(0), HangOverdue).await;
        office.work().await;
        let due = Some(day("2026-10-09"));
        assert_eq!(shown(&office).await, [(NotHung, due), (HangOverdue, due)], "two duties, one letter");
        office.days(7).await;
        let some = office.confirm(&key(0), PartlyHung).await;
        office.days(1).await;
        assert_eq!(shown(&office).await, [(PartlyHung, due)], "nobody says that it hangs nowhere");
        assert_eq!(office.subjects(&mail(0)).len(), 1);

        // All pages carry it; the long list of the first finding is not looked through yet.
        office.mended(&some).await;
        office.work().await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Sent);
        assert_ne!(page(&office).await.standing, unit_view::Standing::Mended);
        office.mended(&none).await;
        office.mended(&late).await;
        office.days(1).await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Rectified);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_waits_tells_the_extent_that_was_found_last() {
    told(NIGHT, async |office| {
        office.confirm(&key(0), NotHung).await;
        office.work().await;
        office.clock.advance(TimeDelta::hours(9));
        office.confirm(&key(0), PartlyHung).await;
        office.work().await;
        office.clock.advance(TimeDelta::hours(3));
        office.work().await;
        let letters = office.server.kept_for(&mail(0));
        assert_eq!(letters.len(), 1);
        assert!(says(&letters[0].text(), PartlyHung) && !letters[0].text().contains("均未发现网站标识"));
        office.days(3).await;
        assert_eq!(office.subjects(&mail(0)).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspicion_of_the_same_fact_keeps_it_from_being_called_mended() {
    told(FRIDAY, async |office| {
        let none = office.confirm(&key(0), NotHung).await;
        office.work().await;
        let some = office.suspect(&key(0), PartlyHung).await;
        office.mended(&none).await;
        office.days(1).await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Sent);
        assert_ne!(page(&office).await.standing, unit_view::Standing::Mended);
        office.mended(&some).await;
        office.days(1).await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Rectified);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hanging_limit_is_no_second_telling_of_a_badge_that_is_missing() {
    told(FRIDAY, async |office| {
        office.confirm(&key(0), NotHung).await;
        office.work().await;
        office.confirm(&key(0), HangOverdue).await;
        office.days(2).await;
        assert_eq!(office.subjects(&mail(0)).len(), 1);
        let due = Some(day("2026-10-09"));
        assert_eq!(shown(&office).await, [(NotHung, due), (HangOverdue, due)], "each on its own article");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_officer_took_back_goes_to_nobody_again_by_itself() {
    told(FRIDAY, async |office| {
        let (db, desk) = (office.db(), &office.desk);
        let some = office.confirm(&key(0), PartlyHung).await;
        office.work().await;
        let id = office.notice(&key(0)).await.id;
        notices::withdraw(db, desk, &officer(), &id, "检测方原因", office.clock.now()).await.unwrap();
        let none = office.confirm(&key(0), NotHung).await;
        office.days(3).await;
        assert_eq!(office.subjects(&mail(0)).len(), 2, "the letter, and that it was taken back");
        let again = office.notice(&key(0)).await;
        assert_eq!((again.notice.state, office.notices(&key(0)).await.len()), (NoticeState::Drafted, 2));

        // Once it was gone, it is a fault like any other.
        office.mended(&some).await;
        office.mended(&none).await;
        office.work().await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Closed);
        office.confirm(&key(0), NotHung).await;
        office.days(1).await;
        assert_eq!(office.notice(&key(0)).await.notice.state, NoticeState::Sent);
    })
    .await;
}
