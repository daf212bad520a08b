//! The same journey while mail servers greylist, refuse, and hang up in the middle of the text.

use std::collections::HashMap;
use std::sync::Mutex;

use badgewatch::demo::Behaviour;
use badgewatch::domain::notice::NoticeState;
use badgewatch::flow::notices;

use crate::house::{House, PARENT, SUPERVISOR, UNIT, day, told};
use crate::mended::{as_it_must_come, from_the_letter_on};
use crate::support::office::officer;
use crate::support::smtp::Fate;

/// A further site at fault: its unit's address is refused for good.
const JYJ: &str = "jyj.yunxi.gov.cn";
const JYJ_UNIT: &str = "wzgl07@yunxi.test";

/// What becomes of each try to one address, in turn.
const TRIES: [Fate; 4] = [Fate::Greylist, Fate::DropInContent, Fate::KeepAndDrop, Fate::Accept];

fn storm(house: &House) {
    let tries: Mutex<HashMap<String, usize>> = Mutex::default();
    house.office.server.judge(move |to| match to {
        PARENT | JYJ_UNIT => Fate::Refuse,
        _ => {
            let mut tries = tries.lock().unwrap();
            let tried = tries.entry(to.to_owned()).or_default();
            *tried += 1;
            TRIES[(*tried - 1) % TRIES.len()]
        }
    });
}

/// What no mail server takes an officer carries, and the limit is that of the day on which he did.
async fn carried_by_hand(house: &House) {
    let refused = house.office.notice(JYJ).await;
    assert_eq!((refused.notice.state, refused.notice.due()), (NoticeState::Bounced, None), "nobody was told");
    let (db, desk, today) = (house.office.db(), &house.office.desk, house.today());
    let told = notices::deliver_by_hand(db, desk, &officer(), &refused.id, today, house.now()).await.unwrap();
    assert_eq!((told.notice.state, told.notice.due().unwrap().date), (NoticeState::Sent, day("2026-10-09")));
    house.county.set(JYJ, Behaviour::InOrder);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_mail_servers_change_nothing_and_tell_nobody_twice() {
    told(async |house| {
        storm(&house);
        house.accused().await;
        carried_by_hand(&house).await;
        let came = from_the_letter_on(&house).await;
        as_it_must_come(&came);
        assert_eq!(house.state(JYJ).await, NoticeState::Rectified);

        let server = &house.office.server;
        assert!(server.kept_for(PARENT).is_empty() && server.kept_for(JYJ_UNIT).is_empty());
        let kept = server.kept_for(UNIT);
        assert!(kept.len() > came.subjects.len(), "some came twice, for the line broke before the 250: {}", kept.len());
        let mut by_id: HashMap<String, Vec<String>> = HashMap::new();
        for letter in &kept {
            by_id.entry(letter.message_id()).or_default().push(letter.text());
        }
        assert_eq!(by_id.len(), came.subjects.len(), "but every letter has one Message-ID");
        assert!(by_id.values().all(|texts| texts.iter().all(|text| *text == texts[0])), "and one text");
        let copies = house.subjects(SUPERVISOR);
        let mut distinct = copies.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), copies.len(), "{copies:?}");
    })
    .await;
}
