//! Stories of a file from the upload to the record.

use badgewatch::domain::account::AccountRole;
use badgewatch::store::{audit, sites};
use chrono::TimeDelta;

use crate::files::{file, row, send, send_with, take};
use crate::support::console::{House, told};

/// 云冈区 and 平城区 stand in for two counties.
const OURS: &str = "140214";
const THEIRS: &str = "140213";

async fn on_file(house: &House) -> Vec<String> {
    let mut tx = house.test.db.read().await.unwrap();
    sites::after_key(&mut tx, "", 100).await.unwrap().into_iter().map(|site| site.site.key).collect()
}

/// The number over a word of the preview.
fn count(page: &crate::support::console::Answer, word: &str) -> String {
    let found = page.texts(".counts li").into_iter().find(|text| text.ends_with(word)).unwrap();
    found.trim_end_matches(word).trim().to_owned()
}

#[tokio::test]
async fn a_file_is_looked_at_and_then_taken() {
    told(async |house| {
        let wang = house.person("wang", AccountRole::Admin, OURS).await;
        let rows = [
            row("档案馆", OURS, "dag.yunxi.gov.test", "dag@yunxi.test"),
            row("水利局", OURS, "不是域名", "slj@yunxi.test"),
            row("教育局", THEIRS, "jyj.linxi.gov.test", "jyj@linxi.test"),
        ];
        let sent = send(&wang, "云溪县登记表.csv", file(&rows).as_bytes()).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
        let at = sent.location().to_owned();
        let page = wang.get(&at).await;
        assert_eq!((count(&page, "新增").as_str(), count(&page, "拒收的行").as_str()), ("1", "2"));
        let refused = page.texts("table.list tbody tr");
        assert!(refused[0].starts_with("3英文域名该单元格不是一个域名"), "{refused:?}");
        assert!(refused[1].starts_with("4行政区划行政区划不在您的管辖范围内"), "{refused:?}");
        assert!(on_file(&house).await.is_empty(), "nothing is written by looking");
        let csv = wang.get(&format!("{at}/refused.csv")).await;
        assert!(csv.body.starts_with("\u{feff}行号,列,原因\n3,英文域名,"), "{}", csv.body);

        let taken = take(&wang, &at).await;
        assert_eq!((taken.status, taken.location()), (303, "/console/registry?told=taken"));
        assert_eq!(on_file(&house).await, ["dag.yunxi.gov.test"]);
        let history = wang.get("/console/registry?told=taken").await;
        assert!(history.text(".told").contains("已导入"));
        let line = history.text("table.imports tbody tr");
        assert!(line.contains("wang云冈区云溪县登记表.csv10002 行"), "{line}");
        let href = history.attr("table.imports tbody a", "href").unwrap();
        assert_eq!(wang.get(&href).await.body, csv.body, "the refused rows are on file");
        let acts = audit::chain(&mut house.test.db.read().await.unwrap(), "registry", 0, 10).await.unwrap();
        assert_eq!((acts.len(), acts[0].actor.as_str()), (1, "account:wang"));
        assert_eq!(take_again(&wang, &at).await, 404, "it was taken");
    })
    .await;
}

async fn take_again(person: &crate::support::console::Person, at: &str) -> u16 {
    person.submit("/console/registry", &format!("{at}/take"), &[("plan", "x")]).await.status
}

#[tokio::test]
async fn changes_are_told_value_by_value_and_personal_ones_only_that_they_are() {
    told(async |house| {
        let wang = house.person("wang", AccountRole::Admin, OURS).await;
        let first = file(&[row("档案馆", OURS, "dag.yunxi.gov.test", "old@yunxi.test")]);
        take(&wang, send(&wang, "a.csv", first.as_bytes()).await.location()).await;
        let second = first.replace("old@", "new@").replace("政通路1号", "政通路9号");
        let page = wang.get(send(&wang, "b.csv", second.as_bytes()).await.location()).await;
        let text = page.text("main");
        assert!(text.contains("政通路1号政通路9号") && text.contains("联系邮箱（个人信息，不显示）"), "{text}");
        assert!(!text.contains("@yunxi.test"), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_county_neither_drops_nor_takes_what_is_anothers() {
    told(async |house| {
        let wang = house.person("wang", AccountRole::Admin, OURS).await;
        let zhao = house.person("zhao", AccountRole::Admin, THEIRS).await;
        let theirs = file(&[row("教育局", THEIRS, "jyj.linxi.gov.test", "jyj@linxi.test")]);
        take(&zhao, send(&zhao, "a.csv", theirs.as_bytes()).await.location()).await;

        let ours = [
            row("档案馆", OURS, "dag.yunxi.gov.test", "dag@yunxi.test"),
            row("教育局", OURS, "jyj.linxi.gov.test", "evil@yunxi.test"),
        ];
        let at = send(&wang, "b.csv", file(&ours).as_bytes()).await.location().to_owned();
        let page = wang.get(&at).await;
        assert!(page.text("table.list tbody tr").contains("3—该网站登记在您的管辖范围以外"), "{}", page.body);
        assert_eq!(count(&page, "将移除"), "0");
        assert_eq!(take(&wang, &at).await.status, 303);
        assert_eq!(on_file(&house).await, ["dag.yunxi.gov.test", "jyj.linxi.gov.test"]);
        let mut tx = house.test.db.read().await.unwrap();
        let theirs = sites::by_key(&mut tx, "jyj.linxi.gov.test").await.unwrap().unwrap();
        assert_eq!(theirs.region.as_deref(), Some(THEIRS));
        assert_eq!(theirs.site.contact.email.as_deref(), Some("jyj@linxi.test"));
        assert_eq!(zhao.get("/console/registry").await.texts("table.imports tbody tr").len(), 1, "their own alone");
        assert_eq!(zhao.get(&at).await.status, 404, "somebody else's file");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_leaves_too_much_out_waits_for_a_second_look() {
    told(async |house| {
        let wang = house.person("wang", AccountRole::Admin, OURS).await;
        let rows: Vec<_> =
            (0..4).map(|n| row(&format!("第{n}所"), OURS, &format!("s{n}.yunxi.gov.test"), "a@yunxi.test")).collect();
        take(&wang, send(&wang, "a.csv", file(&rows).as_bytes()).await.location()).await;
        let at = send(&wang, "b.csv", file(&rows[..2]).as_bytes()).await.location().to_owned();
        let page = wang.get(&at).await;
        assert!(page.text(".wrong").contains("很可能漏导") && page.texts(".sites-named li").len() == 2);
        assert_eq!(take(&wang, &at).await.status, 409);
        assert_eq!(on_file(&house).await.len(), 4);
        assert_eq!(take(&wang, &page.attr(".wrong a", "href").unwrap()).await.status, 303);
        assert_eq!(on_file(&house).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_was_not_looked_at_is_not_taken() {
    told(async |house| {
        let wang = house.person("wang", AccountRole::Admin, OURS).await;
        let li = house.person("li", AccountRole::Admin, OURS).await;
        let one = row("档案馆", OURS, "dag.yunxi.gov.test", "a@yunxi.test");
        let two = row("水利局", OURS, "slj.yunxi.gov.test", "b@yunxi.test");
        let at = send(&wang, "a.csv", file(std::slice::from_ref(&one)).as_bytes()).await.location().to_owned();
        let plan = wang.get(&at).await.attr("input[name=plan]", "value").unwrap();
        // somebody else imports in between
        take(&li, send(&li, "b.csv", file(&[one, two]).as_bytes()).await.location()).await;
        let path = format!("{at}/take");
        let answer = wang.submit(&at, &path, &[("plan", &plan), ("shrink", "true")]).await;
        assert_eq!(answer.status, 409);
        assert!(answer.text("main").contains("自您预览之后，登记数据已有变化"), "{}", answer.body);
        assert_eq!(on_file(&house).await.len(), 2);
        house.clock.advance(TimeDelta::minutes(20));
        assert_eq!(wang.get(&at).await.status, 200, "it may be looked at again");
        for _ in 0..6 {
            house.clock.advance(TimeDelta::minutes(20));
            wang.get("/console").await;
        }
        assert_eq!(wang.get(&at).await.status, 409, "its time is over");
    })
    .await;
}

#[tokio::test]
async fn a_file_of_no_use_and_people_who_may_not_are_sent_back() {
    told(async |house| {
        let wang = house.person("wang", AccountRole::Admin, OURS).await;
        for (content, why) in [
            (&b""[..], "请选择要上传的文件"),
            ("开办主体,网站名称\n".as_bytes(), "缺少以下列：主体类型"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", ".xls"),
        ] {
            let answer = send(&wang, "a.csv", content).await;
            assert_eq!(answer.status, 422, "{}", answer.body);
            assert!(answer.text(".wrong").contains(why), "{}", answer.text(".wrong"));
        }
        let good = file(&[row("档案馆", OURS, "dag.yunxi.gov.test", "a@yunxi.test")]);
        assert_eq!(send_with(&wang, "a.csv", good.as_bytes(), "x").await.status, 403, "not from our page");
        let chen = house.person("chen", AccountRole::Officer, OURS).await;
        let page = chen.get("/console/registry").await;
        assert!(page.status == 200 && page.texts("input[type=file]").is_empty(), "an officer sees the history");
        assert_eq!(send(&chen, "a.csv", good.as_bytes()).await.status, 403);
        let viewer = house.person("viewer", AccountRole::Viewer, OURS).await;
        assert_eq!(viewer.get("/console/registry").await.status, 403);
    })
    .await;
}
