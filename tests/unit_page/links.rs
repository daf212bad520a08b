//! Whoever has no good link sees nothing: the same page, whatever is wrong.

use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::notices;
use chrono::TimeDelta;

use crate::house::{House, JYJ, Letter, SLJ, officer, pages, told};

async fn is_missing(house: &House, path: &str, like: &str) {
    let answer = house.get(path).await;
    assert_eq!((answer.status, answer.body.as_str()), (404, like), "{path}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bad_link_gives_the_same_page() {
    told(async |house| {
        let letter = house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 2)).await;
        let other = house.letter(JYJ, FindingCode::NotHung, &pages(JYJ, 2)).await;
        let nowhere = house.get("/n/nothing").await;
        assert_eq!(nowhere.text("h1"), "链接无效或已经失效");
        assert!(nowhere.all().contains("请从最近一封通知邮件中打开链接"), "it says what to do");

        let (id, mark) = letter.token.split_once('.').unwrap();
        let (_, foreign) = other.token.split_once('.').unwrap();
        let mut wrong = mark.to_owned();
        wrong.replace_range(0..1, if mark.starts_with('A') { "B" } else { "A" });
        for token in [
            id.to_owned(),
            format!("{id}."),
            format!("{id}.{wrong}"),
            format!("{id}.{foreign}"),
            format!("{id}.{mark}x"),
            format!("{}.{mark}", other.id),
            format!("{}.{mark}", "0".repeat(32)),
            "%00".to_owned(),
            "a".repeat(5_000),
        ] {
            for below in ["", "/pages", "/pages.csv", "/recheck", "/object", "/extend", "/nothing"] {
                is_missing(&house, &format!("/n/{token}{below}"), &nowhere.body).await;
            }
            for act in ["acknowledge", "recheck"] {
                let letter = Letter { token: token.clone(), id: String::new(), finding: String::new() };
                let answer = house.press(&letter, act).await;
                assert!(answer.status == 404 || answer.status == 429, "{token} {act}: {}", answer.status);
            }
        }
        for path in ["/n", "/n/", "/n//recheck", &format!("/n/{}/attachments/1", letter.token)] {
            is_missing(&house, path, &nowhere.body).await;
        }
        assert!(nowhere.texts("form, a[href^='/']").is_empty(), "nothing to press");
        assert!(house.get_in("/n/nothing", "en").await.text("h1").contains("not valid"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_ends_some_time_after_its_notice() {
    told(async |house| {
        let letter = house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 1)).await;
        let (db, desk) = (&house.world.test.db, &house.app.desk);
        notices::withdraw(db, desk, &officer(), &letter.id, "复核后发现检测有误", house.now()).await.unwrap();
        let days = i64::from(house.app.config.mail.link_days);
        house.world.clock.advance(TimeDelta::days(days));
        let page = house.page(&letter).await;
        assert_eq!(page.text("h1"), "本通知已撤回，无需整改");
        assert!(page.all().contains("理由：复核后发现检测有误"));
        house.world.clock.advance(TimeDelta::seconds(1));
        assert_eq!(house.get(&format!("/n/{}", letter.token)).await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_a_button_s_address_comes_to_the_page() {
    told(async |house| {
        let letter = house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 1)).await;
        let back = house.get(&format!("/n/{}/acknowledge", letter.token)).await;
        assert_eq!((back.status, back.location()), (303, &*format!("/n/{}", letter.token)));
        assert_eq!(house.notice(&letter.id).await.notice.acknowledged_at, None, "reading confirms nothing");
        let evil = house.get("/n/%2f%2fevil.example/acknowledge").await;
        assert_eq!((evil.status, evil.location()), (404, ""));
    })
    .await;
}
