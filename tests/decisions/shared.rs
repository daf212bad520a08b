//! A stop of names that other sites live on: nobody takes them down unawares.

use badgewatch::domain::case::{CaseOutcome, CaseState, Effective, Ground};
use badgewatch::flow::cases::{self, CaseError, Desk, Proposing};
use badgewatch::store::{Db, sites};

use super::desk::{case, chen, letters, li, offices, outbox, refused};
use crate::support::bureau::{FOLDER, SITE, registry};
use crate::support::db::{every_engine, register};

/// A site below the county's name, and one of a name that only looks like it.
const BELOW: &str = "edu.yunxi.gov.test";
const ALIKE: &str = "www.xiyunxi.gov.test";

fn county() -> String {
    let row = |host: &str, number: u32| {
        format!(
            "云溪县第{number}局,organ,,政通路{number}号,,140214,第{number}局网站,,{host},,CA18205000041{number:06}0001,{number:032X},\
             2025-03-03,编办,valid,2030-01-01,甲某某,office{number}@{host},00000000000,"
        )
    };
    [registry(), row(BELOW, 8), row(ALIKE, 9)].join("\n")
}

fn stop(despite_shared: bool) -> Proposing<'static> {
    let (outcome, effective) = (Some(CaseOutcome::StopResolution), Effective::AtOnce);
    Proposing { outcome, names: &[], reason: "复核未通过", effective, despite_shared }
}

/// A failed re-review of a site; the case's id.
async fn opened(db: &Db, desk: &Desk<'_>, key: &str) -> String {
    let site = sites::by_key(&mut db.read().await.unwrap(), key).await.unwrap().unwrap();
    let now = super::desk::start();
    cases::open_by_hand(desk, &chen(), &site.id, Ground::ReviewFailed, "复核未通过", now).await.unwrap().id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stops_a_name_others_live_on_is_told_and_has_to_mean_it() {
    for test in every_engine().await {
        let (db, now, offices) = (&test.db, super::desk::start(), offices());
        register(db, &county(), now).await;
        let calendar = badgewatch::domain::calendar::Calendar::builtin().into();
        let desk = Desk { db, calendar, offices: &offices, registry: None, cnnic: None };
        let id = opened(db, &desk, SITE).await;

        let unawares = cases::propose(&desk, &chen(), &id, &stop(false), now).await;
        let Err(CaseError::Shared(shared)) = &unawares else { panic!("{unawares:?}") };
        let keys: Vec<_> = shared.iter().map(|one| one.site.as_str()).collect();
        assert_eq!(keys, [BELOW, FOLDER], "below the name, and in a folder of it; not what only looks like it");
        assert!(unawares.unwrap_err().to_string().contains("edu.yunxi.gov.test（云溪县第8局）"));
        assert_eq!(case(db, &id).await.case.state, CaseState::Open, "nothing was proposed");

        let proposed = cases::propose(&desk, &chen(), &id, &stop(true), now).await.unwrap();
        let proposal = proposed.case.decision.unwrap().proposal;
        assert!(proposal.despite_shared && proposal.shared.len() == 2, "it stands on record: {proposal:?}");
        assert_eq!(outbox(db).await, ["office_task office bianban@yunxi.example"]);
        let told = letters(db, "office_task").await.remove(0).text.unwrap();
        for said in ["待审批", "共 2 个", BELOW, FOLDER, "account:chen", "复核未通过"] {
            assert!(told.contains(said), "{said} is not in {told}");
        }
        cases::approve(&desk, &li(), &id, now).await.unwrap();
        assert_eq!(case(db, &id).await.case.state, CaseState::InForce);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_of_its_own_asks_for_nothing_and_a_folder_goes_with_all_of_its_host() {
    for test in every_engine().await {
        let (db, now, offices) = (&test.db, super::desk::start(), offices());
        register(db, &county(), now).await;
        let calendar = badgewatch::domain::calendar::Calendar::builtin().into();
        let desk = Desk { db, calendar, offices: &offices, registry: None, cnnic: None };
        let own = opened(db, &desk, BELOW).await;
        let proposed = cases::propose(&desk, &chen(), &own, &stop(true), now).await.unwrap();
        let proposal = proposed.case.decision.unwrap().proposal;
        assert!(proposal.shared.is_empty() && !proposal.despite_shared, "there is nothing to confirm");
        assert!(outbox(db).await.is_empty());

        let folder = opened(db, &desk, FOLDER).await;
        let unawares = cases::propose(&desk, &chen(), &folder, &stop(false), now).await;
        assert_eq!(refused(unawares), "shared_names", "its host is the county's");
        // What changes no name takes nobody down.
        let nothing = Proposing { outcome: Some(CaseOutcome::NoAction), ..stop(false) };
        cases::propose(&desk, &chen(), &folder, &nothing, now).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_registry_overtook_since_it_was_proposed_is_not_approved() {
    for test in every_engine().await {
        let (db, now, offices) = (&test.db, super::desk::start(), offices());
        let with_two = registry().replace("云溪县人民政府办公室网站,,", "云溪县人民政府办公室网站,云溪县.政务,");
        register(db, &with_two, now).await;
        let calendar = badgewatch::domain::calendar::Calendar::builtin().into();
        let desk = Desk { db, calendar, offices: &offices, registry: None, cnnic: None };
        let id = opened(db, &desk, SITE).await;
        cases::propose(&desk, &chen(), &id, &stop(true), now).await.unwrap();

        register(db, &county().replace("云溪县人民政府办公室网站,,", "云溪县人民政府办公室网站,云溪县.政务,"), now)
            .await;
        let unawares = cases::approve(&desk, &li(), &id, now).await;
        let Err(CaseError::Shared(shared)) = &unawares else { panic!("{unawares:?}") };
        assert_eq!(shared.iter().map(|one| one.site.as_str()).collect::<Vec<_>>(), [BELOW], "who came since");
        assert_eq!(case(db, &id).await.case.state, CaseState::Proposed);

        register(db, &county(), now).await;
        assert_eq!(refused(cases::approve(&desk, &li(), &id, now).await), "not_its_names");
        assert!(letters(db, "stop_resolution").await.is_empty());
    }
}
