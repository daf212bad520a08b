//! The daily mail to the office: what waits for a person, once a working day. A manual clock, both engines.

mod support;

use badgewatch::config::Config;
use badgewatch::domain::lead::Written;
use badgewatch::domain::notice::RequestKind;
use badgewatch::domain::office::{Approval, Office as Terms};
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::leads;
use badgewatch::flow::notices::{self, Wish};
use badgewatch::flow::{calendar, tasks};
use badgewatch::store::outbox::{self, Stuck};
use chrono::TimeDelta;
use support::db::every_engine;
use support::office::{EVERYWHERE, OFFICE_MAIL, Office, key, officer};

/// Friday 18 September 2026, ten o'clock in Beijing. The Sunday after it is worked for the National Day holiday.
const FRIDAY: &str = "2026-09-18T02:00:00Z";

async fn told(differ: impl Fn(&mut Config) + Copy, story: impl AsyncFn(Office)) {
    for test in every_engine().await {
        story(Office::with_sites(test, 3, FRIDAY, differ).await).await;
    }
}

/// Writes today's mails, as the job does; how many.
async fn write(office: &Office) -> u64 {
    let calendar = calendar::load(&mut office.db().read().await.unwrap()).await.unwrap();
    tasks::write(office.db(), &office.config.offices, &calendar, office.clock.now()).await.unwrap()
}

/// Notices wait for an officer; a province that nothing here lies in has an address, too.
fn each_is_approved(config: &mut Config) {
    config.offices.0.get_mut(EVERYWHERE).unwrap().approval = Some(Approval::ApproveEach);
    let elsewhere = Terms { email: Some("elsewhere@yunxi.example".to_owned()), ..Terms::default() };
    config.offices.0.insert("110000".to_owned(), elsewhere);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_hears_once_a_working_day_of_what_waits() {
    told(each_is_approved, async |office| {
        assert_eq!(write(&office).await, 0, "nothing waits");
        let faults =
            [office.confirm(&key(0), FindingCode::NotHung).await, office.confirm(&key(1), FindingCode::NotHung).await];
        office.work().await;
        assert_eq!((write(&office).await, write(&office).await), (1, 0), "once a day");
        office.work().await;
        let kept = office.server.kept_for(OFFICE_MAIL);
        assert_eq!(kept.len(), 1);
        assert!(
            kept[0].subject().contains("【待办】云溪县机构编制委员会办公室：共 2 件事项等待处理"),
            "{}",
            kept[0].subject()
        );
        let text = kept[0].text();
        assert!(text.contains("待审核的通知或补充通知：2 件，请审核后发出或撤回。"), "{text}");
        assert!(!text.contains("网站信息") && !text.contains("异议"), "{text}");
        assert!(office.subjects("elsewhere@yunxi.example").is_empty());

        office.days(1).await;
        assert_eq!(write(&office).await, 0, "Saturday");
        office.days(1).await;
        assert_eq!(write(&office).await, 1, "a Sunday that is worked");
        for fault in &faults {
            office.mended(fault).await;
        }
        office.days(1).await;
        assert_eq!(write(&office).await, 0, "nothing waits any more");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objections_and_what_is_late_and_parked_are_counted_apart() {
    told(
        |_| {},
        async |office| {
            office.confirm(&key(0), FindingCode::NotHung).await;
            office.confirm(&key(1), FindingCode::NotHung).await;
            office.work().await;
            assert_eq!(write(&office).await, 0, "what was told waits for the unit");
            let id = office.notice(&key(0)).await.id;
            let text = "首页底部已有标识，请核对。".to_owned();
            let wish = Wish { kind: RequestKind::Objection, text, until: None, file: None };
            notices::ask(office.db(), &office.desk, &id, wish, office.clock.now()).await.unwrap();
            let (wrong, now) = (office.notice(&key(1)).await.id, office.clock.now());
            notices::withdraw(office.db(), &office.desk, &officer(), &wrong, "误报", now).await.unwrap();
            park(&office).await;
            let written = Written { host: "copy.example".into(), text: "像仿冒的".into(), ..Written::default() };
            leads::report(office.db(), &written.read().unwrap(), now).await.unwrap();
            assert_eq!(write(&office).await, 1);
            office.clock.advance(TimeDelta::hours(1));
            while office.postman.step().await.unwrap() == badgewatch::flow::watch::Step::Worked {}
            let text = office.server.kept_for(OFFICE_MAIL).last().unwrap().text();
            assert!(text.contains("待答复的异议：1 件") && text.contains("已搁置或退回的信件：1 件"), "{text}");
            assert!(text.contains("共 3 件") && text.contains("待核实的线索：1 件，请查看登记网站"), "{text}");
        },
    )
    .await;
}

/// The last try of a letter that waits fails.
async fn park(office: &Office) {
    let now = office.clock.now();
    let asked = outbox::Asked { now, until: now + TimeDelta::days(2), trial: false, only_urgent: false, most: 1 };
    let mut tx = office.db().write().await.unwrap();
    let claimed = outbox::claim(&mut tx, &asked).await.unwrap().remove(0);
    assert!(outbox::stuck(&mut tx, &claimed, Stuck::Parked, "421").await.unwrap());
    tx.commit().await.unwrap();
}
