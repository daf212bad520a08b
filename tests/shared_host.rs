//! Two units under one host: what our own order does to the second is no fault of it.

mod support;

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::calendar::Calendar;
use badgewatch::domain::case::{CaseOutcome, Effective, Ground};
use badgewatch::domain::confirm::FindingState;
use badgewatch::domain::office::Offices;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::cases::{self, Desk, Proposing};
use badgewatch::flow::notices;
use badgewatch::flow::watch::Step;
use badgewatch::store::{findings, notices as stored, sites};
use chrono::{DateTime, Utc};
use support::bureau::{FOLDER, SITE, confirm, registry};
use support::db::{every_engine, register};
use support::office::{EVERYWHERE, actor};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_on_a_host_that_was_stopped_is_not_accused_of_a_dead_name() {
    for test in every_engine().await {
        let (db, at): (_, DateTime<Utc>) = (&test.db, "2026-09-18T02:00:00Z".parse().unwrap());
        register(db, &registry(), at).await;
        let desk = Desk {
            db,
            calendar: Calendar::builtin().into(),
            offices: &Offices::default(),
            registry: None,
            cnnic: None,
        };
        let (officer, chief) =
            (actor("chen", AccountRole::Officer, EVERYWHERE), actor("zhao", AccountRole::Approver, EVERYWHERE));
        let site = sites::by_key(&mut db.read().await.unwrap(), SITE).await.unwrap().unwrap();
        let case =
            cases::open_by_hand(&desk, &officer, &site.id, Ground::ReviewFailed, "复核未通过", at).await.unwrap();
        let outcome = Some(CaseOutcome::StopResolution);
        let proposing =
            Proposing {
                outcome, names: &[], reason: "复核未通过", effective: Effective::AtOnce, despite_shared: true
            };
        cases::propose(&desk, &officer, &case.id, &proposing, at).await.unwrap();
        cases::approve(&desk, &chief, &case.id, at).await.unwrap();
        while cases::advance(&desk, at).await.unwrap() == Step::Worked {}

        confirm(db, FOLDER, FindingCode::DomainDead, at).await;
        let office = notices::Desk { offices: Offices::default(), vantage: "here".into(), webhooks: Vec::new() };
        while notices::advance(db, &office, at).await.unwrap() == Step::Worked {}
        let folder = sites::by_key(&mut db.read().await.unwrap(), FOLDER).await.unwrap().unwrap();
        let told = stored::of_site(&mut db.read().await.unwrap(), &folder.id).await.unwrap();
        assert!(told.is_empty(), "accused of what our order did: {told:?}");
        let found = findings::of_site(&mut db.read().await.unwrap(), &folder.id).await.unwrap();
        assert_eq!(found[0].track.state, FindingState::Dismissed);
    }
}
