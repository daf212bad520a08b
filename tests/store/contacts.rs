//! Addresses that refuse mail, as each area sees them.

use badgewatch::store::outbox::{Stuck, stuck};
use badgewatch::store::{contacts, queue};

use super::outbox::{claim, post};
use super::stage::{Stage, at, told};
use crate::{ask, tell};

async fn bad(stage: &Stage, area: &str) -> Vec<String> {
    ask!(stage, contacts::bad, area, 10).into_iter().map(|bad| bad.address).collect()
}

/// The first site lies in one county, the second in another; each names an address.
async fn two_counties(stage: &Stage) {
    stage.run("INSERT INTO regions (code, name) VALUES ('530001', '云溪县'), ('530002', '岚山县')").await;
    stage.run("UPDATE units SET region = '530001' WHERE id IN (SELECT unit_id FROM sites WHERE key < 's001')").await;
    stage.run("UPDATE units SET region = '530002' WHERE id IN (SELECT unit_id FROM sites WHERE key >= 's001')").await;
    stage.run("UPDATE sites SET handler_email = 'Gone@Yunxi.test' WHERE key < 's001'").await;
    stage.run("UPDATE sites SET contact_email = 'gone@lanshan.test' WHERE key >= 's001'").await;
}

#[tokio::test]
async fn an_address_is_bad_until_it_is_said_to_be_good() {
    told(0, async |stage| {
        tell!(stage, contacts::mark_bad, "Office@Yunxi.Test", "550", at(1));
        tell!(stage, contacts::mark_bad, "office@yunxi.test", "551", at(2));
        assert!(ask!(stage, contacts::is_bad, "OFFICE@yunxi.test") && !ask!(stage, contacts::is_bad, "a@yunxi.test"));
        let listed = ask!(stage, contacts::bad, "", 10);
        assert_eq!((listed.len(), listed[0].since, listed[0].why.as_str()), (1, at(1), "550"), "since the first time");
        assert_eq!(ask!(stage, contacts::count_bad), 1);
        assert!(tell!(stage, contacts::mark_good, "Office@yunxi.test"));
        assert!(!tell!(stage, contacts::mark_good, "office@yunxi.test") && bad(stage, "").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_area_sees_what_its_sites_name_and_where_letters_about_them_went() {
    told(2, async |stage| {
        two_counties(stage).await;
        post(stage, "one", 0).await;
        for (address, minute) in
            [("gone@yunxi.test", 1), ("gone@lanshan.test", 2), ("office@yunxi.test", 3), ("nobody@yunxi.test", 4)]
        {
            tell!(stage, contacts::mark_bad, address, "550", at(minute));
        }
        assert_eq!(bad(stage, "530001").await, ["gone@yunxi.test", "office@yunxi.test"]);
        assert_eq!(bad(stage, "530002").await, ["gone@lanshan.test"]);
        assert_eq!((bad(stage, "53").await.len(), bad(stage, "").await.len()), (3, 4));
        assert_eq!(ask!(stage, contacts::bad_of, "530001", "Gone@yunxi.test").unwrap().since, at(1));
        assert_eq!(ask!(stage, contacts::bad_of, "530002", "gone@yunxi.test"), None);
        assert_eq!(ask!(stage, contacts::bad_of, "530001", "other@yunxi.test"), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_parked_is_settled_once_by_whose_it_is() {
    told(2, async |stage| {
        two_counties(stage).await;
        post(stage, "one", 0).await;
        let letter = claim(stage, 0).await.remove(0);
        assert!(!tell!(stage, queue::settle, "530001", &letter.id), "a worker has it");
        assert!(tell!(stage, stuck, &letter, Stuck::Parked, "451"));
        assert!(!tell!(stage, queue::settle, "530002", &letter.id), "another county's");
        assert!(tell!(stage, queue::settle, "530001", &letter.id));
        assert!(!tell!(stage, queue::settle, "530001", &letter.id));
        assert_eq!(ask!(stage, queue::counts, ""), [("cancelled".to_owned(), 1)]);
        let kept = ask!(stage, queue::letter, "530001", &letter.id).unwrap();
        assert_eq!((kept.part, &kept.letter, kept.sent_at), (letter.part, &letter.letter, None), "wherever it stands");
        assert_eq!(ask!(stage, queue::letter, "530002", &letter.id), None, "another county's");
    })
    .await;
}
