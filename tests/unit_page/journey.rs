//! From the link in a letter to the end of the notice.

use badgewatch::demo::Behaviour;
use badgewatch::domain::notice::NoticeState;
use badgewatch::store::plan;
use chrono::TimeDelta;

use crate::house::{House, JYJ, Letter, told};

/// The bureau whose two pages lack the badge, seen by three looks over two days, told today.
async fn found(house: &House) -> Letter {
    for day in 0..3 {
        if day > 0 {
            house.world.clock.advance(TimeDelta::days(1));
        }
        house.look_at(JYJ).await;
    }
    house.advance().await;
    let notice = house.open_notice(JYJ).await.expect("three looks confirm it");
    house.deliver(&notice.id).await;
    let finding = notice.notice.items[0].finding_id.clone();
    Letter { token: house.app.links.of(&notice.id), id: notice.id, finding }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_link_to_the_second_clean_look() {
    told(async |house| {
        let letter = found(&house).await;
        let page = house.page(&letter).await;
        assert_eq!(page.text("h1"), "2 个页面检查时未发现标识，请在 12月11日（周五）24:00 前整改");
        assert_eq!(page.texts(".chip")[0], "◔ 还剩 10 个工作日");
        let pages = page.texts(".addresses li");
        assert_eq!(pages, [format!("http://{JYJ}/bsfw/1.html"), format!("http://{JYJ}/gzdt/2.html")]);
        assert_eq!(page.texts(".card .hash").len(), 2, "each page has its evidence");
        assert!(page.all().contains("第十五条、第十八条"));

        let confirmed = house.press(&letter, "acknowledge").await;
        assert_eq!((confirmed.status, confirmed.location()), (303, &*format!("/n/{}?done=acknowledged", letter.token)));
        assert!(house.get(confirmed.location()).await.text(".told").contains("已确认收到"));
        assert_eq!(house.state(&letter.id).await, NoticeState::Acknowledged);

        still_there(&house, &letter).await;
        mended(&house, &letter).await;
    })
    .await;
}

/// Nothing was mended: the re-check is a real look, and says so.
async fn still_there(house: &House, letter: &Letter) {
    house.world.clock.advance(TimeDelta::minutes(1));
    let asked = house.press(letter, "recheck").await;
    assert_eq!((asked.status, asked.location()), (303, &*format!("/n/{}/recheck", letter.token)));
    let queued = house.get(asked.location()).await;
    assert!(queued.text("h1").contains("复检已排队"), "{}", queued.body);
    assert!(queued.body.contains("<meta http-equiv=\"refresh\" content=\"5\">"), "it reads itself anew");
    assert_eq!(queued.texts("[aria-current=step]"), ["1 排队"]);

    let claim = house.world.watch.claim(1).await.unwrap().remove(0);
    assert_eq!(claim.site_id, house.world.id(JYJ).await, "it goes before everything else");
    assert_eq!(house.get(asked.location()).await.texts("[aria-current=step]"), ["2 检查"]);
    house.world.watch.look(&claim).await.unwrap();

    let result = house.get(asked.location()).await;
    assert_eq!(result.text("h1"), "本次复检仍发现通知所列的问题");
    assert!(result.all().contains("✘ 仍有 2 个页面"), "{}", result.all());
    assert!(!result.body.contains("http-equiv=\"refresh\""), "a result stands still");
    assert!(house.page(letter).await.all().contains("本次复检仍发现"), "the notice shows it, too");
}

async fn mended(house: &House, letter: &Letter) {
    house.world.county.set(JYJ, Behaviour::InOrder);
    house.world.clock.advance(TimeDelta::minutes(10));
    recheck(house, letter).await;
    let first = house.get(&format!("/n/{}/recheck", letter.token)).await;
    assert_eq!(first.text("h1"), "本次复检未再发现通知所列的问题");
    assert!(first.all().contains("规则要求连续 2 次检查均未再发现，目前为 1 次"), "{}", first.all());
    assert!(first.all().contains("下一次例行检查约在 2026年11月2"), "{}", first.all());
    house.advance().await;
    assert_eq!(house.state(&letter.id).await, NoticeState::Acknowledged, "one clean look ends nothing");
    let page = house.page(letter).await;
    assert!(page.all().contains("◑ 已连续 1 次检查未再发现，需连续 2 次"), "{}", page.all());

    house.world.clock.advance(TimeDelta::minutes(10));
    recheck(house, letter).await;
    assert!(house.page(letter).await.text("h1").contains("均已消除"), "found before the notice is closed");
    house.advance().await;
    assert_eq!(house.state(&letter.id).await, NoticeState::Rectified);
    let end = house.page(letter).await;
    assert_eq!(end.text("h1"), "已整改，本通知办结");
    assert!(end.texts("form").is_empty() && end.texts(".act").is_empty(), "nothing more is asked of the unit");
    let history = end.texts(".timeline p");
    assert_eq!(history[0], "监测系统：检查未再发现问题，本通知办结");
    assert_eq!(history.iter().filter(|line| *line == "本单位：申请复检").count(), 3, "{history:?}");
    assert!(
        history.contains(&"办理机关：当面或书面送达通知，期限至 2026年12月11日（周五）24:00".to_owned()),
        "{history:?}"
    );
}

async fn recheck(house: &House, letter: &Letter) {
    assert_eq!(house.press(letter, "recheck").await.status, 303);
    let claim = house.world.watch.claim(1).await.unwrap().remove(0);
    house.world.watch.look(&claim).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_that_cannot_tell_counts_neither_way() {
    told(async |house| {
        let letter = found(&house).await;
        house.world.county.set(JYJ, Behaviour::Challenge);
        house.world.clock.advance(TimeDelta::minutes(1));
        recheck(&house, &letter).await;
        let result = house.get(&format!("/n/{}/recheck", letter.token)).await;
        assert_eq!(result.text("h1"), "本次复检未能得出结论");
        assert!(result.all().contains("原因：遇到反爬验证"), "{}", result.all());
        assert!(house.page(&letter).await.all().contains("✘ 尚未消除"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_re_check_that_takes_long_says_so() {
    told(async |house| {
        let letter = found(&house).await;
        house.press(&letter, "recheck").await;
        house.world.clock.advance(TimeDelta::minutes(3));
        let waits = house.get(&format!("/n/{}/recheck", letter.token)).await;
        assert!(waits.all().contains("需要的时间比平时长") && waits.body.contains("content=\"30\""), "{}", waits.body);
        let id = house.world.id(JYJ).await;
        let plan = plan::of_site(&mut house.world.test.db.read().await.unwrap(), &id).await.unwrap().unwrap();
        assert!(plan.recheck_at.is_some());
    })
    .await;
}
