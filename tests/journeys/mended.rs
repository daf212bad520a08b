//! A badge is taken down; the unit is told, reminded, mends it, has it re-checked by its link, and is thanked.

use badgewatch::demo::Behaviour;
use badgewatch::domain::notice::NoticeState;
use badgewatch::store::looks;
use chrono::{Datelike, NaiveDate, Weekday};

use crate::house::{House, PARENT, SUPERVISOR, UNIT, day, link, told, working_days};
use crate::support::world::PORTAL;

/// What a journey came to: what it must come to in any weather.
#[derive(Debug, PartialEq)]
pub struct Came {
    pub state: NoticeState,
    pub number: Option<String>,
    pub told_on: Option<NaiveDate>,
    pub counted: Vec<NaiveDate>,
    pub acts: Vec<String>,
    pub subjects: Vec<String>,
}

/// A day as a letter lists it.
fn listed(on: &NaiveDate) -> String {
    let name = ["一", "二", "三", "四", "五", "六", "日"][on.weekday().num_days_from_monday() as usize];
    let made_up = matches!(on.weekday(), Weekday::Sat | Weekday::Sun);
    format!("{}月{}日（周{name}{}）", on.month(), on.day(), if made_up { "，调休上班" } else { "" })
}

/// The letter says which day, and how it was counted; the record says the same.
pub async fn counted_rightly(house: &House) {
    let by_hand = working_days(day("2026-09-18"), 10);
    assert_eq!(by_hand.last(), Some(&day("2026-10-09")));
    let notice = house.office.notice(PORTAL).await;
    let due = notice.notice.due().unwrap();
    assert_eq!((notice.notice.state, due.date, &due.counted), (NoticeState::Sent, day("2026-10-09"), &by_hand));
    assert!(!due.provisional);

    let letter = house.letters(UNIT).remove(0);
    assert!(letter.subject().starts_with("【责令整改】云溪县人民政府"), "{}", letter.subject());
    assert!(letter.subject().ends_with("限 10月9日前"), "{}", letter.subject());
    let text = letter.text();
    let list: Vec<_> = by_hand.iter().map(listed).collect();
    for said in [
        "责令你单位于 2026年10月9日（周五）24:00 前完成整改".to_owned(),
        "整改期限为 10 个工作日，自本通知发出次日起算，至 2026年10月9日（周五）24:00 止。".to_owned(),
        format!("计入的工作日（10 天）：{}。休息日和法定节假日不计入。", list.join("、")),
        "抄送：明河市人民政府，云溪县委网信办".to_owned(),
        notice.number.unwrap(),
        format!("http://{PORTAL}/"),
        "第十八条".to_owned(),
    ] {
        assert!(text.contains(&said), "{said}\nis not in\n{text}");
    }
    let html = letter.html();
    assert!(html.contains("10月9日") && html.contains(&link(&letter)), "{html}");
}

/// On 8 October, after the holiday, the badge is back: two re-checks by the link in the letter see it.
pub async fn mended(house: &House) {
    let link = link(&house.letters(UNIT)[0]);
    let page = house.get(&link).await;
    assert!(page.contains("请在 10月9日（周五）24:00 前整改"), "{page}");
    house.county.set(PORTAL, Behaviour::InOrder);
    let first = house.recheck(&link, PORTAL).await;
    assert!(first.contains("本次复检未再发现通知所列的问题"), "{first}");
    house.office.work().await;
    assert_ne!(house.state(PORTAL).await, NoticeState::Rectified, "one clean look is no end");
    house.later(10);
    house.recheck(&link, PORTAL).await;
    house.work().await;
    let site = house.office.site(PORTAL).await;
    let kinds = looks::of_site(&mut house.office.db().read().await.unwrap(), &site, 2).await.unwrap();
    assert!(kinds.iter().all(|look| look.kind == "recheck"), "they were real looks: {kinds:?}");
    assert!(house.get(&link).await.contains("已整改，本通知办结"));
}

pub async fn came(house: &House) -> Came {
    let notices = house.office.notices(PORTAL).await;
    assert_eq!(notices.len(), 1);
    let (notice, acts) = (&notices[0], house.office.acts(&notices[0]).await);
    let told = &notice.notice.tellings[0];
    Came {
        state: notice.notice.state,
        number: notice.number.clone(),
        told_on: told.told_on,
        counted: told.due.clone().unwrap().counted,
        acts: acts.into_iter().map(|act| act.action).collect(),
        subjects: house.subjects(UNIT),
    }
}

/// All that comes after the letter, whatever the weather.
pub async fn from_the_letter_on(house: &House) -> Came {
    counted_rightly(house).await;
    house.until("2026-09-28").await;
    assert_eq!(house.subjects(UNIT).len(), 1, "{:?}", house.subjects(UNIT));
    house.until("2026-10-08").await;
    let reminded = &house.letters(UNIT)[1];
    assert_eq!(reminded.subject(), "【整改提醒】云溪县人民政府网站：还剩 3 个工作日（10月9日到期）");
    assert!(reminded.header("Date").unwrap().contains("29 Sep 2026"), "{:?}", reminded.header("Date"));
    mended(house).await;
    house.until("2026-10-12").await;
    came(house).await
}

pub fn as_it_must_come(came: &Came) {
    assert_eq!((came.state, came.told_on), (NoticeState::Rectified, Some(day("2026-09-18"))));
    assert_eq!(came.counted, working_days(day("2026-09-18"), 10));
    assert_eq!(came.subjects.len(), 3, "{:?}", came.subjects);
    assert!(came.subjects[2].starts_with("【整改完成】"), "{:?}", came.subjects);
    let acts: Vec<_> = came.acts.iter().map(String::as_str).collect();
    assert_eq!(
        acts,
        ["drafted", "approved", "told", "reminded", "recheck_asked", "recheck_asked", "cleared"],
        "and nobody was reminded on the due day"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_is_told_reminded_of_rechecked_by_the_link_and_thanked_for() {
    told(async |house| {
        house.accused().await;
        let came = from_the_letter_on(&house).await;
        as_it_must_come(&came);
        for copied in [PARENT, SUPERVISOR] {
            let letters = house.letters(copied);
            let portal = letters.iter().filter(|letter| letter.subject().contains("云溪县人民政府网站"));
            let portal: Vec<_> = portal.collect();
            assert_eq!(portal.len(), 2, "the letter and its end: {:?}", house.subjects(copied));
            assert!(portal.iter().all(|copy| !copy.text().contains("/n/")), "the link is the unit's alone");
        }
        let thanks = house.letters(UNIT)[2].text();
        assert!(thanks.contains("问题已消除，通知办结") && thanks.contains("感谢配合"), "{thanks}");
    })
    .await;
}
