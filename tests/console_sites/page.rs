//! The page of a site, and what is done there.

use badgewatch::domain::account::AccountRole;
use badgewatch::store::{exemptions, maintenance, sites};

use crate::county::{FAILS, HOSTILE, OTHER, chen, told};

const PAGE: &str = "/console/sites/s0.yunxi.gov.test";

#[tokio::test]
async fn a_site_says_first_how_it_stands_and_then_why() {
    told(async |house| {
        let chen = chen(&house).await;
        let page = chen.get(PAGE).await;
        assert_eq!((page.status, page.text("h1")), (200, HOSTILE.to_owned()));
        assert!(page.texts("main .chip")[0].contains("不通过"));
        let finding = page.text("article.fault");
        assert!(finding.contains("未挂标") && finding.contains("待确认") && finding.contains("/a.html"), "{finding}");
        assert!(page.text("#identity + .facts").contains("云溪.政务"));
        assert!(page.text(".timeline").contains("列入登记"));
        let english = chen.get_in_english(PAGE).await;
        assert!(english.text("#findings").contains("Findings"));
        let viewer = house.person("li", AccountRole::Viewer, "140214").await;
        assert!(viewer.get(PAGE).await.texts("main form").is_empty(), "who only reads has nothing to press");
        assert_eq!(viewer.submit("/console", &format!("{PAGE}/recheck"), &[]).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_re_check_is_asked_for_and_the_page_follows_it() {
    told(async |house| {
        let chen = chen(&house).await;
        let asked = chen.submit(PAGE, &format!("{PAGE}/recheck"), &[]).await;
        assert_eq!((asked.status, asked.location()), (303, &*format!("{PAGE}?told=recheck")));
        let page = chen.get(asked.location()).await;
        assert!(page.text(".progress").contains("复检已排队"));
        assert_eq!(page.attr("meta[http-equiv=refresh]", "content").unwrap(), format!("5;url={PAGE}"));
        assert!(page.text(".timeline").contains("chen 申请复检"));
        let other = format!("/console/sites/{OTHER}/recheck");
        assert_eq!(chen.submit(PAGE, &other, &[]).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn maintenance_is_announced_and_taken_back() {
    told(async |house| {
        let chen = chen(&house).await;
        let to = format!("{PAGE}/maintenance");
        let fields = |until| [("from", "2026-11-27"), ("until", until), ("reason", "机房搬迁")];
        assert_eq!(chen.submit(PAGE, &to, &fields("2026-11-26")).await.status, 422, "it ends before it begins");
        let wrong = chen.submit(PAGE, &to, &fields("morgen")).await;
        assert_eq!((wrong.status, wrong.attr("#reason", "value").as_deref()), (422, Some("机房搬迁")));
        let shown = chen.submit(PAGE, &to, &fields("2026-11-30")).await;
        assert!(
            shown.text(".said").contains("机房搬迁") && shown.text("main").contains("没有未办结的通知"),
            "{}",
            shown.body
        );
        assert!(chen.get(PAGE).await.texts("#maintenance + ul").is_empty(), "nothing is announced by asking");
        assert_eq!(chen.mean(&shown, &to).await.location(), format!("{PAGE}?told=maintenance"));
        let page = chen.get(PAGE).await;
        assert!(page.text("#maintenance + ul").contains("机房搬迁"));
        assert!(page.text(".timeline").contains("登记维护公告"), "who said it is on record");
        let (id, window) = {
            let mut tx = house.test.db.read().await.unwrap();
            let id = sites::by_key(&mut tx, FAILS).await.unwrap().unwrap().id;
            let windows = maintenance::windows(&mut tx, &id, house.clock.today()).await.unwrap();
            (id, windows[0].id.clone())
        };
        let back = format!("{to}/withdraw");
        let shown = chen.submit(PAGE, &back, &[("id", &window)]).await;
        let read = shown.text(".said");
        assert!(read.contains("2026年11月27日") && read.contains("机房搬迁"), "which is taken back: {}", shown.body);
        assert_eq!(chen.mean(&shown, &back).await.location(), format!("{PAGE}?told=withdrawn"));
        assert_eq!(chen.mean(&shown, &back).await.status, 409, "somebody did it already");
        let mut tx = house.test.db.read().await.unwrap();
        assert!(maintenance::windows(&mut tx, &id, house.clock.today()).await.unwrap().is_empty());
        assert!(chen.get(PAGE).await.text(".timeline").contains("撤回维护公告"));
    })
    .await;
}

#[tokio::test]
async fn a_site_is_exempt_until_a_day_by_somebodys_word() {
    told(async |house| {
        let chen = chen(&house).await;
        let to = format!("{PAGE}/exemption");
        assert_eq!(chen.submit(PAGE, &to, &[("until", "2026-12-31"), ("reason", " ")]).await.status, 422);
        assert_eq!(chen.submit(PAGE, &to, &[("until", "2028-01-01"), ("reason", "撤并")]).await.status, 422);
        let shown = chen.submit(PAGE, &to, &[("until", "2026-12-31"), ("reason", "撤并")]).await;
        assert!(shown.status == 200 && shown.text("main").contains("不起草新的通知"), "{}", shown.body);
        assert_eq!(chen.mean(&shown, &to).await.location(), format!("{PAGE}?told=exempted"));
        let page = chen.get(PAGE).await;
        assert!(page.body.contains("豁免至 2026年12月31日") && page.text(".timeline").contains("撤并"));
        let end = format!("{to}/end");
        let shown = chen.submit(PAGE, &end, &[]).await;
        let said = shown.text("main");
        assert!(said.contains("撤并") && said.contains("随即起草通知"), "what follows is said first: {said}");
        assert_eq!(chen.mean(&shown, &end).await.location(), format!("{PAGE}?told=unexempted"));
        assert_eq!(chen.mean(&shown, &end).await.status, 409, "it is over");
        let mut tx = house.test.db.read().await.unwrap();
        let id = sites::by_key(&mut tx, FAILS).await.unwrap().unwrap().id;
        let all = exemptions::of_site(&mut tx, &id).await.unwrap();
        assert_eq!((all.len(), all[0].ended_by.as_deref()), (1, Some("account:chen")));
    })
    .await;
}

#[tokio::test]
async fn an_officer_mends_a_contact_and_the_record_keeps_no_old_telephone() {
    told(async |house| {
        let chen = chen(&house).await;
        let (on, to) = (format!("{PAGE}/edit"), format!("{PAGE}/edit"));
        let wrong = chen.submit(&on, &to, &[("contact_email", "nowhere"), ("contact_name", "乙某某")]).await;
        assert!(wrong.status == 422 && wrong.text(".wrong").contains("邮箱"), "{}", wrong.body);
        assert_eq!(wrong.attr("#contact_name", "value").as_deref(), Some("乙某某"), "what was typed is still there");
        let fields = [("contact_email", "yi@yunxi.example"), ("domain_expires_on", "2028-05-01"), ("why", "来电告知")];
        assert_eq!(chen.submit(&on, &to, &fields).await.location(), format!("{PAGE}?told=edited"));
        let page = chen.get(PAGE).await;
        assert!(page.text(".timeline").contains("来电告知") && page.body.contains("2028年5月1日"));
        assert!(!page.text(".timeline").contains("jia@yunxi.example"), "whose address it was is nobody's history");
        assert_eq!(chen.submit(&on, &to, &fields).await.location(), format!("{PAGE}?told=unchanged"));
    })
    .await;
}
