//! What the page says first, and what it offers, from the draft to the end.

use badgewatch::domain::notice::NoticeState;
use badgewatch::domain::office::Approval;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::notices::{self, Maintenance};
use badgewatch::store::{contacts, notices as stored};

use crate::house::{House, JYJ, SLJ, officer, pages, told};
use crate::support::db::every_engine;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_approved_is_shown_to_nobody() {
    for test in every_engine().await {
        let house = House::open_with(test, |config| {
            config.offices.0.get_mut("000000").unwrap().approval = Some(Approval::ApproveEach);
        })
        .await;
        let letter = house.queued(SLJ, FindingCode::NotHung, &pages(SLJ, 2)).await;
        assert_eq!(house.get(&format!("/n/{}", letter.token)).await.status, 404, "a draft is the office's business");
        let (db, desk) = (&house.world.test.db, &house.app.desk);
        notices::approve(db, desk, &officer(), &letter.id, house.now()).await.unwrap();
        let page = house.page(&letter).await;
        assert_eq!(page.text("h1"), "2 个页面检查时未发现标识，请予整改");
        assert_eq!(page.texts(".chip")[0], "… 期限尚未开始");

        house.deliver(&letter.id).await;
        house.fault(SLJ, FindingCode::Malformed, &pages(SLJ, 7)).await;
        house.advance().await;
        let page = house.page(&letter).await;
        assert!(!page.body.contains("标识代码错误") && !page.body.contains("/7.html"), "a drafted supplement neither");
        let csv = house.get(&format!("/n/{}/pages.csv", letter.token)).await;
        assert_eq!(csv.body.lines().count(), 3, "nor its pages");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_did_not_arrive_counts_from_the_day_the_unit_confirms_it() {
    told(async |house| {
        let mut tx = house.world.test.db.write().await.unwrap();
        contacts::mark_bad(&mut tx, "wzgl08@yunxi.test", "550 no such user", house.now()).await.unwrap();
        tx.commit().await.unwrap();
        let letter = house.queued(SLJ, FindingCode::NotHung, &pages(SLJ, 2)).await;
        assert_eq!(house.state(&letter.id).await, NoticeState::Bounced);
        let page = house.page(&letter).await;
        assert!(page.all().contains("未能送达，整改期限尚未开始计算") && page.texts(".days").is_empty());
        assert!(!page.body.contains("550"), "what a mail server said is the office's business");

        assert_eq!(house.press(&letter, "acknowledge").await.status, 303);
        let page = house.page(&letter).await;
        assert_eq!(page.text("h1"), "2 个页面检查时未发现标识，请在 12月10日（周四）24:00 前整改");
        assert!(page.all().contains("本单位：确认收到通知，期限至 2026年12月10日（周四）24:00"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_days_of_a_notice_pass() {
    told(async |house| {
        let letter = house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 2)).await;
        let days = house.page(&letter).await.texts(".days li");
        assert_eq!((days.len(), days[0].as_str(), days[9].as_str()), (10, "11月27日（周五）", "12月10日（周四）"));
        house.days(8).await;
        assert_eq!(house.page(&letter).await.texts(".chip")[0], "◔ 还剩 4 个工作日");
        house.days(6).await;
        assert_eq!(house.page(&letter).await.texts(".chip")[0], "◕ 今天 24:00 到期");
        house.days(1).await;
        let over = house.page(&letter).await;
        assert_eq!(over.text("h1"), "整改期限已于 12月10日（周四）届满，等待复核");
        assert!(over.all().contains("不作逾期认定"));

        house.look_at(SLJ).await;
        house.world.clock.advance(chrono::TimeDelta::hours(1));
        assert_eq!(house.press(&letter, "recheck").await.status, 303);
        let claim = house.world.watch.claim(1).await.unwrap().remove(0);
        house.world.watch.look(&claim).await.unwrap();
        house.advance().await;
        let overdue = house.page(&letter).await;
        assert!(overdue.text("h1").ends_with("整改期限已于 12月10日（周四）届满"), "{}", overdue.text("h1"));
        assert_eq!(overdue.texts(".chip.fail")[0], "✘ 逾期未改");
        assert!(overdue.all().contains("第二十条") && !overdue.texts("form").is_empty(), "it may still mend it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_that_reaches_into_an_unknown_year_is_provisional() {
    told(async |house| {
        house.days(22).await;
        let letter = house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 2)).await;
        let page = house.page(&letter).await;
        assert!(
            page.text("h1").ends_with("（暂定）") && page.all().contains("放假调休安排尚未公布"),
            "{}",
            page.text("h1")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn announced_maintenance_is_not_counted() {
    told(async |house| {
        let letter = house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 2)).await;
        let of =
            Maintenance { site: SLJ.into(), from: house.day(4), until: house.day(5), reason: "机房搬迁".into() };
        let (db, desk) = (&house.world.test.db, &house.app.desk);
        notices::announce_maintenance(db, desk, &officer(), &of, house.now()).await.unwrap();
        let page = house.page(&letter).await;
        assert!(page.text("h1").contains("12月14日（周一）"), "{}", page.text("h1"));
        assert_eq!(page.texts(".chip")[0], "◔ 还剩 10 个工作日");
        assert!(page.all().contains("公告维护期 11月30日 至 12月1日 不计入"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_pages_are_leafed_through_and_come_as_a_table() {
    told(async |house| {
        let letter = house.letter(SLJ, FindingCode::PartlyHung, &pages(SLJ, 250)).await;
        let page = house.page(&letter).await;
        assert_eq!(page.texts(".addresses li").len(), 20);
        assert!(page.all().contains("问题页面（250 个）") && page.all().contains("以上为前 20 个"));
        let list = house.get(&format!("/n/{}/pages?page=2", letter.token)).await;
        assert_eq!((list.texts("tbody tr").len(), list.text("h1").as_str()), (50, "问题页面，共 250 个"));
        assert!(list.all().contains("201–250 / 250") && list.texts("a[rel=prev]").len() == 1);
        assert_eq!(house.get(&format!("/n/{}/pages?page=99", letter.token)).await.texts("tbody tr").len(), 50);
        let csv = house.get(&format!("/n/{}/pages.csv", letter.token)).await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(csv.header("content-disposition"), "attachment; filename=\"pages.csv\"");
        assert_eq!(csv.body.lines().count(), 251);
        let first = csv.body.lines().nth(1).unwrap();
        assert_eq!(first, format!("http://{SLJ}/gzdt/1.html,未在所有页面加挂,2026-11-24 12:00,2026-11-26 12:00"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_without_pages_has_words_of_its_own() {
    told(async |house| {
        let letter = house.letter(SLJ, FindingCode::DomainDead, &[]).await;
        let page = house.page(&letter).await;
        assert_eq!(page.text("h1"), "域名不能解析，请在 12月10日（周四）24:00 前整改");
        assert!(page.all().contains("本项证据见通知书"));
        let list = house.get(&format!("/n/{}/pages", letter.token)).await;
        assert!(list.all().contains("不按页面列出") && list.texts("table").is_empty());

        house.fault(SLJ, FindingCode::Malformed, &pages(SLJ, 1)).await;
        house.advance().await;
        assert_eq!(house.page(&letter).await.texts("article.fault").len(), 2, "a supplement joins it");
        let english = house.get_in(&format!("/n/{}", letter.token), "en").await;
        assert!(english.text("h1").starts_with("2 faults on this site: please mend it by the end of"));
        assert!(english.body.contains("<html lang=\"en\">"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_holds_nothing_of_other_units() {
    told(async |house| {
        let letter = house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 2)).await;
        let other = house.letter(JYJ, FindingCode::NotHung, &pages(JYJ, 2)).await;
        house.object(&other, "教育局认为通知有误，请予核实。", None).await;
        for below in ["", "/pages", "/pages.csv", "/recheck", "/object", "/extend"] {
            let page = house.get(&format!("/n/{}{below}", letter.token)).await;
            assert_eq!(page.status, 200);
            for foreign in ["jyj.yunxi", "教育局", &other.id, &other.token] {
                assert!(!page.body.contains(foreign), "{below}: {foreign}");
            }
            for private in ["wzgl08@yunxi.test", "lin.office", &letter.finding] {
                assert!(!page.body.contains(private), "{below}: {private}");
            }
        }
        let tx = &mut house.world.test.db.read().await.unwrap();
        assert_eq!(stored::counts(tx).await.unwrap().len(), 1);
    })
    .await;
}
