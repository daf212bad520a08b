//! How much and how often: what is too large, too fast, too many.

use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::{audit, looks};
use chrono::TimeDelta;

use crate::house::{House, Letter, SLJ, pages, told};

async fn letter(house: &House) -> Letter {
    house.letter(SLJ, FindingCode::NotHung, &pages(SLJ, 3)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_too_large_comes_back_with_the_text() {
    told(async |house| {
        let letter = letter(&house).await;
        let why = "附件为全部页面的截图。";
        let mut file = b"%PDF-1.7".to_vec();
        file.resize(5 * 1024 * 1024 + 1, b' ');
        let answer = house.object(&letter, why, Some(("截图.pdf", &file))).await;
        assert_eq!((answer.status, answer.text("textarea").as_str()), (413, why));
        assert!(answer.text(".wrong").contains("不得超过 5 MB"));

        file.truncate(5 * 1024 * 1024);
        assert_eq!(house.object(&letter, why, Some(("截图.pdf", &file))).await.status, 303, "5 MB are taken");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_far_too_large_is_not_read_to_its_end() {
    told(async |house| {
        let letter = letter(&house).await;
        let path = format!("/n/{}/extend", letter.token);
        let answer = house.post(&path, "application/x-www-form-urlencoded", vec![b'a'; 300 * 1024]).await;
        assert_eq!((answer.status, answer.text("h1").as_str()), (413, "提交的内容过大"));
        assert!(answer.all().contains("5 MB"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_presses_too_often_is_told_to_wait() {
    told(async |house| {
        let letter = letter(&house).await;
        let mut statuses = Vec::new();
        for _ in 0..16 {
            let answer = house.press(&letter, "acknowledge").await;
            statuses.push(answer.status);
            if answer.status == 429 {
                let seconds: u32 = answer.header("retry-after").parse().unwrap();
                assert!((1..=11).contains(&seconds));
                assert!(answer.text("h1").contains("操作过于频繁") && answer.all().contains("秒后再试"));
                assert_eq!(answer.header("referrer-policy"), "no-referrer");
            }
        }
        assert!(statuses[..12].iter().all(|status| *status == 303), "{statuses:?}");
        assert!(statuses[13..].contains(&429), "{statuses:?}");
        assert_eq!(house.page(&letter).await.status, 200, "reading goes on");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_without_end_is_told_to_wait_and_may_still_press() {
    told(async |house| {
        let letter = letter(&house).await;
        let path = format!("/n/{}", letter.token);
        let mut answers = Vec::new();
        for _ in 0..10 {
            answers.extend(futures_util::future::join_all((0..30).map(|_| house.get(&path))).await);
        }
        let read = answers.iter().filter(|answer| answer.status == 200).count();
        assert!((120..300).contains(&read), "{read} pages were read: whoever reads does not notice");
        let turned_away = answers.iter().find(|answer| answer.status == 429).unwrap();
        assert!((1..=2).contains(&turned_away.header("retry-after").parse::<u32>().unwrap()));
        assert!(!turned_away.all().contains("没有提交"), "nothing was to be submitted");
        assert_eq!(house.press(&letter, "acknowledge").await.status, 303);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn re_checks_are_one_at_a_time_ten_minutes_apart() {
    told(async |house| {
        let letter = letter(&house).await;
        let at_once = futures_util::future::join_all((0..4).map(|_| house.press(&letter, "recheck"))).await;
        assert!(at_once.iter().all(|answer| answer.status == 303), "each is led to the one that goes on");
        let chain = format!("notice:{}", letter.id);
        let acts = audit::chain(&mut house.world.test.db.read().await.unwrap(), &chain, 0, 100).await.unwrap();
        assert_eq!(acts.iter().filter(|act| act.action == "recheck_asked").count(), 1, "one was asked for");

        let claim = house.world.watch.claim(1).await.unwrap().remove(0);
        house.world.watch.look(&claim).await.unwrap();
        house.world.clock.advance(TimeDelta::minutes(9));
        let soon = house.press(&letter, "recheck").await;
        assert_eq!(soon.status, 409);
        assert!(
            soon.text(".wrong").contains("两次复检至少间隔 10 分钟，请在 12:10 之后再申请"),
            "{}",
            soon.text(".wrong")
        );
        house.world.clock.advance(TimeDelta::minutes(1));
        assert_eq!(house.press(&letter, "recheck").await.status, 303);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_re_checks_are_a_day_s() {
    told(async |house| {
        let letter = letter(&house).await;
        let (site, now) = (house.world.id(SLJ).await, house.now());
        let mut tx = house.world.test.db.write().await.unwrap();
        for n in 1..=20 {
            let at = now - TimeDelta::minutes(10 * n);
            looks::insert(&mut tx, &look(&site, at)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let answer = house.press(&letter, "recheck").await;
        assert!(answer.status == 409 && answer.text(".wrong").contains("20 次"), "{}", answer.body);
        house.world.clock.advance(TimeDelta::hours(12));
        assert_eq!(house.press(&letter, "recheck").await.status, 303, "midnight in Beijing is past");
    })
    .await;
}

fn look(site: &str, at: chrono::DateTime<chrono::Utc>) -> looks::StoredLook {
    let empty = || badgewatch::store::Json(serde_json::json!([]));
    looks::StoredLook {
        id: badgewatch::store::new_id(),
        site_id: site.to_owned(),
        kind: "recheck".into(),
        slot_at: at,
        started_at: at,
        ended_at: at,
        vantage: "here".into(),
        rules: "1".into(),
        verdict: "fail".into(),
        cause: "not_hung".into(),
        instrument: "well".into(),
        findings: empty(),
        dns: empty(),
        coverage: empty(),
    }
}
