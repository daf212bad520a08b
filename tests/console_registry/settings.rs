//! What the watch runs by is read in the console, without a secret; letters are looked at without one going.

use badgewatch::clock::Clock;
use badgewatch::config::{Config, Secret, Webhook};
use badgewatch::domain::account::AccountRole;
use badgewatch::domain::letter::LetterKind;
use badgewatch::domain::office::{Office, TermsSince};

use crate::support::console::{House, ordinary, told};
use crate::support::db::every_engine;
use crate::support::world::start;

fn settings() -> Config {
    let mut config = ordinary();
    let since =
        |day: &str, days| TermsSince { since: day.parse().unwrap(), rectify_days: Some(days), ..TermsSince::default() };
    let province = Office {
        name: Some("云山省委编办".into()),
        terms: vec![since("2026-01-01", 8), since("2027-01-01", 6)],
        ..Office::default()
    };
    let elsewhere = Office { name: Some("别处编办".into()), ..Office::default() };
    config.offices.0.extend([("140000".to_owned(), province), ("110000".to_owned(), elsewhere)]);
    let hook = Webhook {
        url: "https://sms.yunxi.example/send?key=hidden-key".into(),
        secret: Secret::new("hidden-secret"),
        region: "140214".into(),
    };
    config.mail.webhooks.insert("sms".to_owned(), hook);
    config
}

#[tokio::test]
async fn what_it_runs_by_is_read_without_a_secret() {
    for test in every_engine().await {
        let house = House::open(test, Clock::manual(start()), settings()).await;
        let wang = house.person("wang", AccountRole::Admin, "140214").await;
        let page = wang.get("/console/settings/running").await;
        let text = page.text("main");
        let limits = page.texts("table.limits tbody tr");
        assert_eq!(limits.len(), 6, "each limit that an office may set");
        assert_eq!(
            limits[0], "整改期限rectify_days8 个工作日2026年1月1日起山西省第十八条2027年1月1日起：6 个工作日",
            "of the office above: since when, on which article, and what comes"
        );
        assert_eq!(limits[1], "挂标期限hang_days5 个工作日未另行设定，默认—第十四条—");
        assert!(text.contains("中央编办发〔2014〕69号") && text.contains("配置文件"), "{text}");
        assert!(text.contains("连续 3 次、首末相隔不少于 24 小时") && text.contains("confirm.rule"), "{text}");
        assert!(text.contains("2027年1月1日起：整改期限 6 个工作日") && text.contains("云山省委编办"), "{text}");
        assert!(!text.contains("别处编办"), "{text}");
        assert!(text.contains("2027 年的放假安排尚未导入") && text.contains("dry_run"), "{text}");
        assert!(text.contains("https://sms.yunxi.example") && !page.body.contains("hidden-"), "{text}");
    }
}

#[tokio::test]
async fn every_letter_is_looked_at() {
    told(async |house| {
        let wang = house.person("wang", AccountRole::Admin, "140214").await;
        for kind in LetterKind::ALL {
            let page = wang.get(&format!("/console/settings/letters?kind={kind}")).await;
            assert_eq!(page.status, 200, "{kind}");
            assert!(page.text(".paper").chars().count() > 40, "{kind}");
            let alone = wang.get(&page.attr("iframe", "src").unwrap()).await;
            assert!(alone.status == 200 && alone.text("h1").chars().count() > 2, "{kind}: {}", alone.body);
            assert!(alone.header("content-security-policy").ends_with("frame-ancestors 'self'; sandbox"));
            assert!(page.header("content-security-policy").ends_with("; frame-src 'self'"));
        }
        let policy = wang.get("/console/settings").await.header("content-security-policy").to_owned();
        assert!(policy.ends_with("frame-ancestors 'none'"), "elsewhere nothing is framed: {policy}");
        assert_eq!(wang.get("/console/settings/letters/none").await.status, 404);
        assert_eq!(wang.get("/console/settings/letters?kind=none").await.status, 404);
    })
    .await;
}
