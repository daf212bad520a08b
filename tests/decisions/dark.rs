//! A unit whose names we stopped cannot show anything mended: its notice stands still until they are back.

use badgewatch::domain::case::{CaseOutcome, CaseState, Effective, Ground};
use badgewatch::domain::notice::{NoticeState, RequestKind};
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::cases::{self, Proposing};
use badgewatch::flow::notices::{self, Wish};
use badgewatch::store::notices::{self as on_file, StoredNotice};
use chrono::TimeDelta;

use super::desk::{Room, chen, li, told};
use crate::support::bureau::{confirm, settle};

const EDU: &str = "edu.yunxi.gov.cn";

fn officials(room: &Room) -> notices::Desk {
    notices::Desk { offices: room.offices.clone(), vantage: "本地".into(), webhooks: Vec::new() }
}

async fn notice(room: &Room) -> StoredNotice {
    let site = room.site(EDU).await;
    on_file::of_site(&mut room.db().read().await.unwrap(), &site.id).await.unwrap().remove(0)
}

/// A notice that was delivered today.
async fn delivered(room: &Room) -> StoredNotice {
    let (desk, now) = (officials(room), room.now());
    confirm(room.db(), EDU, FindingCode::ForeignBadge, now).await;
    settle(room.db(), &desk, now).await;
    let id = notice(room).await.id;
    let _ = notices::approve(room.db(), &desk, &chen(), id.as_str(), now).await;
    notices::deliver_by_hand(room.db(), &desk, &chen(), &id, room.clock.today(), now).await.unwrap()
}

/// The names are stopped at once, by a case; its id.
async fn stopped(room: &Room) -> String {
    let site = room.site(EDU).await;
    let opened = cases::open_by_hand(&room.desk(), &chen(), &site.id, Ground::Other, "标识借给他人", room.now()).await;
    let id = opened.unwrap().id;
    let decided = room.decide(&id, CaseOutcome::StopResolution, Effective::AtOnce).await;
    assert_eq!(decided.case.state, CaseState::InForce);
    id
}

async fn lifted(room: &Room, case: &str) {
    let (desk, now) = (room.desk(), room.now());
    cases::propose_reinstatement(&desk, &chen(), case, ("云审〔2026〕7号", "已整改"), now).await.unwrap();
    cases::approve_reinstatement(&desk, &li(), case, now).await.unwrap();
}

/// Lets days pass one by one, as the clock does.
async fn days(room: &Room, days: u32) {
    for _ in 0..days {
        room.clock.advance(TimeDelta::days(1));
        settle(room.db(), &officials(room), room.now()).await;
    }
}

/// How many letters of a kind were written to the unit.
async fn written(room: &Room, kind: &str) -> usize {
    let line = format!("{kind} unit edu@yunxi.example");
    room.outbox().await.into_iter().filter(|one| *one == line).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_is_not_reminded_of_what_our_own_stop_keeps_it_from_mending() {
    told(async |room| {
        let told = delivered(room).await;
        assert_eq!(told.notice.due().unwrap().date.to_string(), "2026-12-10", "ten working days after the 26th");
        days(room, 1).await;
        let case = stopped(room).await;
        days(room, 20).await;
        assert_eq!(notice(room).await.notice.state, NoticeState::Sent, "its limit does not run out in the dark");
        assert_eq!((written(room, "reminder").await, written(room, "overdue_notice").await), (0, 0));

        let wish =
            Wish {
                kind: RequestKind::Objection, text: "标识并未借出，请复核。".into(), until: None, file: None
            };
        let asked = notices::ask(room.db(), &officials(room), &told.id, wish, room.now()).await.unwrap();
        assert!(asked.notice.open_request(RequestKind::Objection).is_some(), "its link works");

        let seen = notices::queue::sheet(room.db(), &officials(room), &chen(), &told.id, room.now()).await.unwrap();
        assert!(seen.is_dark, "the officer is told why nothing moves");

        lifted(room, &case).await;
        days(room, 1).await;
        let after = notice(room).await;
        // Stopped from Friday the 27th of November to Thursday the 17th of December: all ten working days are left.
        assert_eq!(after.notice.due().unwrap().date.to_string(), "2026-12-31");
        assert_eq!(written(room, "extended").await, 1, "the unit is told of the day");
        let why = super::desk::letters(room.db(), "extended").await.remove(0).text.unwrap();
        assert_eq!(why, "停止解析期间（2026-11-27 至 2026-12-17）不计入期限");
        days(room, 15).await;
        assert_eq!(written(room, "reminder").await, 2, "from now on it is reminded as any other");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unit_with_a_name_left_can_mend_and_is_reminded() {
    told(async |room| {
        delivered(room).await;
        let site = room.site(EDU).await;
        let (desk, now) = (room.desk(), room.now());
        let id = cases::open_by_hand(&desk, &chen(), &site.id, Ground::Other, "标识借给他人", now).await.unwrap().id;
        cases::consult(&desk, &chen(), &id, ("云溪县委网信办", room.clock.today(), "同意"), now).await.unwrap();
        let (outcome, effective) = (Some(CaseOutcome::StopResolution), Effective::AtOnce);
        let names = [EDU.to_owned()];
        let one = Proposing { outcome, names: &names, reason: "情节严重", effective, despite_shared: false };
        cases::propose(&desk, &chen(), &id, &one, now).await.unwrap();
        cases::approve(&desk, &li(), &id, now).await.unwrap();
        days(room, 14).await;
        assert_eq!(written(room, "reminder").await, 2, "its Chinese name still leads to it");
    })
    .await;
}
