//! The shelf follows the registry and the offices' decisions.

use badgewatch::domain::click::{ClickVerdict, From};
use badgewatch::domain::ids::BadgeCode;
use badgewatch::domain::registry::BadgeState;
use badgewatch::flow::backup::{backup, restore};
use badgewatch::flow::certificates::{self, Mark, Shelf, ShelfError, Wanted};
use chrono::TimeDelta;

use crate::hall::{EDU, EDU_ID, Hall, ROWS, WATER, host, registry, told, verdict};
use crate::support::db::register;

#[tokio::test]
async fn a_certificate_tells_what_the_law_makes_public_and_nothing_else() {
    told(async |hall| {
        let held = hall.held(EDU);
        assert_eq!(hall.held(EDU_ID), held, "by either number");
        insta::with_settings!({ snapshot_path => "snapshots" }, {
            insta::assert_json_snapshot!("certificate", held[0].certificate);
        });
        let everything = std::fs::read_to_string(hall.app.config.verify.folder.join("certificates.tsv")).unwrap();
        for private in ["甲某某", "jia@yunxi.test", "0000000000"] {
            assert!(!everything.contains(private), "{private} is nobody's business");
        }
    })
    .await;
}

#[tokio::test]
async fn whose_a_host_is_goes_by_all_that_is_registered() {
    told(async |hall| {
        let of = |name: &str| hall.told(EDU, &From::Host(host(name)));
        for own in
            ["edu.yunxi.gov.test", "www.edu.yunxi.gov.test", "m.edu.yunxi.gov.test", "教育.政务", "www.教育.政务.cn"]
        {
            assert_eq!(of(own), ClickVerdict::ValidHere, "{own}");
        }
        for other in ["evil.test", "edu.yunxi.gov.test.evil.test", "yunxi.gov.test", "water.yunxi.gov.test"] {
            assert_eq!(of(other), ClickVerdict::ValidElsewhere, "{other}");
        }
        assert_eq!(of("one.edu.yunxi.gov.test"), ClickVerdict::ValidElsewhere, "it is the school's");
        assert_eq!(of("a.one.edu.yunxi.gov.test"), ClickVerdict::ValidElsewhere, "so is what lies below");
        let folder = |name: &str| hall.told("CA182050000412345690001", &From::Host(host(name)));
        assert_eq!(folder("yunxi.gov.test"), ClickVerdict::ValidHere);
        assert_eq!(folder("m.www.yunxi.gov.test"), ClickVerdict::ValidElsewhere, "a folder has no hosts below");
    })
    .await;
}

#[tokio::test]
async fn a_decision_is_told_by_every_process_and_after_a_restart() {
    told(async |hall| {
        let other = Shelf::of(hall.folder.path().join("other"));
        hall.follow_on(&other).await;
        hall.clock.advance(TimeDelta::hours(1));
        hall.decide("edu.yunxi.gov.test", Some(BadgeState::Revoked)).await;
        assert_eq!(hall.told(EDU, &From::Unknown), ClickVerdict::Valid, "not heard yet");
        hall.follow().await;
        hall.follow_on(&other).await;
        for shelf in [&hall.app.shelf, &other, &hall.next_process()] {
            assert_eq!(verdict(shelf, EDU, &From::Unknown), ClickVerdict::Revoked);
            assert_eq!(verdict(shelf, EDU_ID, &From::Host(host("edu.yunxi.gov.test"))), ClickVerdict::Revoked);
            assert_eq!(verdict(shelf, WATER, &From::Unknown), ClickVerdict::Valid);
        }
        assert_eq!(hall.held(EDU)[0].certificate.since, "2026-11-26".parse().ok());

        hall.decide("edu.yunxi.gov.test", None).await;
        hall.follow().await;
        assert_eq!(hall.told(EDU, &From::Unknown), ClickVerdict::Valid);
        assert_eq!(hall.held(EDU)[0].certificate.since, None);
        assert_eq!(verdict(&hall.next_process(), EDU, &From::Unknown), ClickVerdict::Valid);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_adds_changes_and_drops_is_followed() {
    told(async |hall| {
        let before = hall.app.shelf.get().unwrap();
        assert_eq!(before.len(), 4);
        let moved = ROWS[1].replace("水利局", "水务局").replace("CA182050000412345680001", "CA182050000412345680002");
        let new = "云溪县林业局,organ,,,云溪县,林业网,,forest.yunxi.gov.test,,CA182050000412345710001,,,,valid,,,";
        hall.import(&[ROWS[0], &moved, ROWS[3], new]).await;
        hall.follow().await;
        let after = hall.app.shelf.get().unwrap();
        assert!(after.number() > before.number());
        for shelf in [hall.app.shelf.clone(), hall.next_process()] {
            let told = |number: &str| verdict(&shelf, number, &From::Unknown);
            assert_eq!(told(WATER), ClickVerdict::NotIssued, "another code was issued to it");
            assert_eq!(told("CA182050000412345680002"), ClickVerdict::Valid);
            assert_eq!(told("CA182050000412345690001"), ClickVerdict::NotIssued, "it left the registry");
            assert_eq!(told("CA182050000412345710001"), ClickVerdict::Valid);
            assert_eq!(told(EDU), ClickVerdict::Valid);
            assert_eq!(shelf.get().unwrap().len(), 4);
        }
    })
    .await;
}

#[tokio::test]
async fn what_did_not_change_is_as_of_now_and_another_database_is_another_shelf() {
    told(async |hall| {
        let before = hall.app.shelf.get().unwrap();
        hall.clock.advance(TimeDelta::minutes(30));
        hall.follow().await;
        let after = hall.app.shelf.get().unwrap();
        assert_eq!((after.number(), after.as_of()), (before.number(), hall.now()));
        assert_eq!(hall.next_process().get().unwrap().as_of(), hall.now());

        // Another database that is empty was lost or mixed up; one with sites in it is another office's.
        let other = crate::support::db::sqlite().await;
        let shelf = hall.next_process();
        let refused = certificates::follow(&other.db, &shelf, "another", hall.now()).await;
        assert!(matches!(refused, Err(ShelfError::Emptied)));
        assert_eq!(verdict(&shelf, EDU, &From::Unknown), ClickVerdict::Valid);
        register(&other.db, &registry(&ROWS[1..]), hall.now()).await;
        certificates::follow(&other.db, &shelf, "another", hall.now()).await.unwrap();
        assert_eq!(verdict(&shelf, EDU, &From::Unknown), ClickVerdict::NotIssued);
    })
    .await;
}

#[tokio::test]
async fn the_public_finds_a_badge_by_a_piece_of_a_name() {
    told(async |hall| {
        let found = |hall: &Hall, text: &str| -> Vec<String> {
            let shelf = hall.app.shelf.get().unwrap();
            let searched = shelf.search(&Wanted::new(text).unwrap(), &Mark::beginning(), 20).unwrap();
            assert_eq!(searched.next, None);
            let mut names: Vec<_> = searched.found.into_iter().map(|held| held.certificate.site_name).collect();
            names.sort();
            names
        };
        for (text, names) in [
            ("教育", vec!["云溪教育网"]),
            ("云溪县", vec!["云溪教育网", "云溪档案", "云溪水利网"]),
            ("EDU.yunxi", vec!["云溪教育网"]),
            ("教育.政务", vec!["云溪教育网"]),
            (EDU_ID, vec!["云溪教育网"]),
            (&WATER.to_lowercase(), vec!["云溪水利网"]),
            ("抗旱", vec![]),
            ("政通路", vec![]),
            ("一小", vec![]),
            ("\",\"", vec![]),
        ] {
            assert_eq!(found(&hall, text), names, "{text}");
        }
        hall.import(&[ROWS[0], &ROWS[1].replace("云溪水利网", "云溪水务网"), ROWS[2], ROWS[3]]).await;
        hall.follow().await;
        assert_eq!(found(&hall, "水利网"), Vec::<String>::new());
        assert_eq!(found(&hall, "水务网"), ["云溪水务网"]);
        assert!(Wanted::new("云").is_none() && Wanted::new("  ").is_none() && Wanted::new(&"云".repeat(101)).is_none());
    })
    .await;
}

/// What was numbered after the backup was made is numbered again, for other changes.
#[tokio::test]
async fn a_database_that_was_put_back_is_followed_from_there() {
    told(async |hall| {
        let (file, db) = (hall.folder.path().join("backup.gz"), &hall.app.db);
        backup(db, &hall.clock, &file).await.unwrap();
        hall.decide("edu.yunxi.gov.test", Some(BadgeState::Revoked)).await;
        hall.follow().await;
        assert_eq!(hall.told(EDU, &From::Unknown), ClickVerdict::Revoked);
        let path = format!("/js/{}/{WATER}.js", BadgeCode::parse(WATER).unwrap().path());
        let script = async || hall.get(&path).await.text().await.unwrap();
        assert!(script().await.ends_with(",1);\n"));

        hall.clock.advance(TimeDelta::minutes(1));
        restore(db, &hall.clock, &file, true).await.unwrap();
        hall.decide("water.yunxi.gov.test", Some(BadgeState::Revoked)).await;
        hall.follow().await;
        for shelf in [hall.app.shelf.clone(), hall.next_process()] {
            assert_eq!(verdict(&shelf, WATER, &From::Unknown), ClickVerdict::Revoked, "decided after it was put back");
            assert_eq!(verdict(&shelf, EDU, &From::Unknown), ClickVerdict::Valid, "that decision is gone");
        }
        assert!(script().await.ends_with(",0);\n"), "nor is a script told that was kept ready before");
    })
    .await;
}
