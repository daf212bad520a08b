//! What people do: two of them decide, each in its own county.

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::case::{Authority, CaseOutcome, CaseState, Effective, Ground, InstructionAct};
use badgewatch::domain::registry::BadgeState;
use badgewatch::domain::site::{Hanging, not_owed};
use badgewatch::domain::verdict::Reason;
use badgewatch::flow::cases::{self, Proposing};
use badgewatch::flow::seal;
use badgewatch::flow::sign::{self, Signer, Signs};
use badgewatch::store::{audit, instructions};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::desk::{COUNTY, OTHER, acts, chen, letters, li, person, refused, told};

const EDU: &str = "edu.yunxi.gov.cn";
const WATER: &str = "water.yunxi.gov.cn";

fn stop() -> Proposing<'static> {
    let effective = Effective::NextWorkingDay;
    Proposing {
        outcome: Some(CaseOutcome::StopResolution),
        names: &[],
        reason: "限期内未整改",
        effective,
        despite_shared: false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_overdue_notice_becomes_a_stop_by_two_people_on_the_next_working_day() {
    told(async |room| {
        let (desk, opened) = (room.desk(), room.overdue(EDU).await);
        let id = opened.id.as_str();
        assert_eq!(opened.number, "案〔2026〕140214-1号");
        let now = room.now();
        assert_eq!(refused(cases::propose(&desk, &chen(), id, &stop(), now).await), "no_consultation");
        let asked = ("云溪县委网信办", room.clock.today(), "同意");
        cases::consult(&desk, &chen(), id, asked, now).await.unwrap();
        let foreign = ["water.yunxi.gov.cn".to_owned()];
        let not_its = Proposing { names: &foreign, ..stop() };
        assert_eq!(refused(cases::propose(&desk, &chen(), id, &not_its, now).await), "not_its_names");
        let revocation = Proposing { outcome: Some(CaseOutcome::Revocation), ..stop() };
        assert_eq!(refused(cases::propose(&desk, &chen(), id, &revocation, now).await), "outcome_not_allowed");

        // An approver may propose; what he proposed he cannot approve.
        cases::propose(&desk, &li(), id, &stop(), now).await.unwrap();
        assert_eq!(refused(cases::approve(&desk, &li(), id, now).await), "same_person");
        assert_eq!(refused(cases::approve(&desk, &chen(), id, now).await), "not_yours", "an officer does not approve");
        let zhao = person("zhao", AccountRole::Approver, "140000");
        let approved = cases::approve(&desk, &zhao, id, now).await.unwrap();
        let friday: DateTime<Utc> = "2026-11-27T01:00:00Z".parse().unwrap();
        assert_eq!((approved.case.state, approved.case.next_at()), (CaseState::Approved, Some(friday)));

        room.clock.advance(friday - TimeDelta::seconds(1) - now);
        assert_eq!(room.work().await, 0);
        assert_eq!(room.site(EDU).await.site.state, BadgeState::Valid);
        assert!(room.outbox().await.is_empty(), "nobody is told before");
        room.clock.advance(TimeDelta::seconds(1));
        assert_eq!(room.work().await, 1);

        assert_eq!(room.case(id).await.case.state, CaseState::InForce);
        let site = room.site(EDU).await.site;
        assert_eq!(site.state, BadgeState::Suspended);
        assert_eq!(
            not_owed(&site, Hanging::default().days, room.clock.today(), &room.calendar),
            Some(Reason::NotInForce)
        );
        assert_eq!(
            room.outbox().await,
            [
                "instruction authority stop@cnnic.example",
                "office_task office bianban@yunxi.example",
                "stop_resolution copy wangxin@yunxi.example",
                "stop_resolution copy zf@yunxi.example",
                "stop_resolution unit edu@yunxi.example",
            ],
            "the registry has no address here: an officer carries its instruction"
        );
        assert_eq!(
            acts(room.db(), id).await,
            [
                "system opened",
                "account:chen consulted",
                "account:li proposed",
                "account:zhao approved",
                "system effect_reached",
            ]
        );
        let verified = seal::verify(room.db()).await.unwrap();
        // those, and the import of the registry
        assert!(verified.breaches.is_empty() && verified.acts == 6, "{verified:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_instruction_is_signed_and_names_the_evidence_that_was_locked() {
    told(async |room| {
        let opened = room.overdue(EDU).await;
        let effective = Effective::AtOnce;
        let decided = room.decide(&opened.id, CaseOutcome::StopResolution, effective).await;
        assert_eq!(decided.case.state, CaseState::InForce, "a serious stop takes effect with its approval");

        let mut tx = room.db().write().await.unwrap();
        let signer = Signer::get(&mut tx, Signs::Instructions, room.now()).await.unwrap();
        let told = instructions::of_case(&mut tx, &opened.id).await.unwrap();
        let hash = decided.case.decision.as_ref().unwrap().proposal.bundle_hash.clone();
        let bundle = cases::bundle_of(&mut tx, &opened.id, &hash).await.unwrap().unwrap();
        drop(tx);
        assert_eq!(told.len(), 2);
        for instruction in &told {
            let payload = sign::verify(&instruction.jws, signer.public()).expect("it verifies by the public key");
            let payload: Value = serde_json::from_slice(&payload).unwrap();
            assert_eq!(payload["case"], opened.number.as_str());
            assert_eq!(payload["act"], "stop");
            assert_eq!(payload["bundle_hash"], hash.as_str());
            assert_eq!(payload["articles"], serde_json::json!([18, 20]));
            assert_eq!(payload["badge_code"], "CA182050000410000010001");
            let name = payload["names"][0].as_str().unwrap();
            match instruction.order.authority {
                Authority::Cnnic => assert_eq!(name, EDU),
                Authority::Registry => assert!(name.ends_with(".xn--zfr164b"), "{name}"),
            }
        }
        let bundle: Value = serde_json::from_str(&bundle).unwrap();
        assert_eq!(bundle["site"]["key"], EDU);
        assert_eq!(bundle["notices"][0]["notice"]["why"], "未挂标");
        assert_eq!(bundle["consultations"][0]["whom"], "云溪县委网信办");
        let carried = letters(room.db(), "instruction").await;
        assert_eq!(
            carried[0].decision.as_ref().unwrap().jws,
            Some(told.iter().find(|one| one.order.authority == Authority::Cnnic).unwrap().jws.clone())
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_is_done_when_the_registry_says_so_and_may_be_put_away() {
    told(async |room| {
        let (desk, site, now) = (room.desk(), room.site(WATER).await, room.now());
        let opened = cases::open_by_hand(&desk, &chen(), &site.id, Ground::UnitGone, "单位已撤销", now).await.unwrap();
        let again = cases::open_by_hand(&desk, &chen(), &site.id, Ground::UnitGone, "单位已撤销", now).await;
        assert_eq!(refused(again), "open_already");
        let id = opened.id.as_str();
        assert_eq!(refused(cases::close(&desk, &chen(), id, "误立", now).await), "decision_needed");
        let once = Proposing { outcome: Some(CaseOutcome::Revocation), effective: Effective::AtOnce, ..stop() };
        assert_eq!(refused(cases::propose(&desk, &chen(), id, &once, now).await), "too_soon");
        let later = Proposing { effective: Effective::NextWorkingDay, ..once };
        cases::propose(&desk, &chen(), id, &later, now).await.unwrap();
        cases::approve(&desk, &li(), id, now).await.unwrap();
        room.days(1).await;
        assert_eq!(room.site(WATER).await.site.state, BadgeState::Revoked);
        let outbox = room.outbox().await;
        assert!(outbox.contains(&"office_task office bianban@yunxi.example".to_owned()), "no address of the unit");

        let key = (Authority::Registry, InstructionAct::Revoke);
        let word = ("注册中心", "注〔2026〕9号");
        cases::acknowledge_instruction(&desk, &chen(), id, key, word, room.now()).await.unwrap();
        let twice = cases::acknowledge_instruction(&desk, &chen(), id, key, word, room.now()).await;
        assert_eq!(refused(twice), "noted_already");
        let told = instructions::of_case(&mut room.db().read().await.unwrap(), id).await.unwrap();
        assert_eq!((told.len(), told[0].confirmed_at), (1, Some(room.now())), "the registry alone, and it is done");
        assert_eq!(told[0].acknowledged_ref.as_deref(), Some("注〔2026〕9号"));
        cases::close(&desk, &chen(), id, "归档", room.now()).await.unwrap();
        assert_eq!(room.site(WATER).await.site.state, BadgeState::Revoked, "it stays revoked");
        assert_eq!(room.days(30).await, 0, "nothing is left to be done");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_decisions_the_stronger_stands_and_lifting_one_leaves_the_other() {
    told(async |room| {
        let (desk, site) = (room.desk(), room.site(EDU).await);
        let stop = room.overdue(EDU).await;
        room.decide(&stop.id, CaseOutcome::StopResolution, Effective::AtOnce).await;
        let gone =
            cases::open_by_hand(&desk, &chen(), &site.id, Ground::NameChanged, "名称变更", room.now()).await.unwrap();
        room.decide(&gone.id, CaseOutcome::Revocation, Effective::NextWorkingDay).await;
        room.days(1).await;
        assert_eq!(room.site(EDU).await.site.state, BadgeState::Revoked);
        let lift = async |id: &str| {
            let now = room.now();
            cases::propose_reinstatement(&desk, &chen(), id, ("云审〔2026〕7号", "已整改"), now).await.unwrap();
            assert_eq!(
                refused(
                    cases::approve_reinstatement(&desk, &person("chen", AccountRole::Approver, COUNTY), id, now).await
                ),
                "same_person"
            );
            cases::approve_reinstatement(&desk, &li(), id, now).await.unwrap()
        };
        lift(&gone.id).await;
        assert_eq!(room.site(EDU).await.site.state, BadgeState::Suspended);
        assert_eq!(lift(&stop.id).await.case.state, CaseState::Reinstated);
        assert_eq!(room.site(EDU).await.site.state, BadgeState::Valid);
        let letter = letters(room.db(), "reinstatement").await.pop().unwrap();
        assert_eq!(letter.text.as_deref(), Some("已整改（重新审核：云审〔2026〕7号）"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_can_be_withdrawn_before_its_effect_and_not_after() {
    told(async |room| {
        let (desk, opened) = (room.desk(), room.overdue(EDU).await);
        let id = opened.id.as_str();
        room.decide(id, CaseOutcome::WarningWritten, Effective::NextWorkingDay).await;
        let now = room.now();
        assert_eq!(refused(cases::withdraw(&desk, &chen(), id, "有误", now).await), "not_yours", "it is an approver's");
        assert_eq!(refused(cases::withdraw(&desk, &li(), id, " ", now).await), "no_reason");
        cases::withdraw(&desk, &li(), id, "单位已整改", now).await.unwrap();
        assert_eq!(room.days(30).await, 0);
        assert_eq!(room.case(id).await.case.state, CaseState::Open);
        assert_eq!(room.outbox().await, ["decision_withdrawn office bianban@yunxi.example"], "the unit never heard");

        room.decide(id, CaseOutcome::WarningWritten, Effective::NextWorkingDay).await;
        room.days(4).await;
        assert_eq!(room.case(id).await.case.state, CaseState::Closed);
        assert_eq!(refused(cases::withdraw(&desk, &li(), id, "有误", room.now()).await), "not_in_this_state");
        assert_eq!(room.site(EDU).await.site.state, BadgeState::Valid, "a warning leaves the site alone");
        assert!(room.outbox().await.contains(&"warning unit edu@yunxi.example".to_owned()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_cannot_touch_another_county() {
    told(async |room| {
        let (desk, now) = (room.desk(), room.now());
        let opened = room.overdue(EDU).await;
        let id = opened.id.as_str();
        let stranger = person("sun", AccountRole::Approver, OTHER);
        let asked = ("网信办", room.clock.today(), "同意");
        assert_eq!(refused(cases::consult(&desk, &stranger, id, asked, now).await), "not_found");
        assert_eq!(refused(cases::propose(&desk, &stranger, id, &stop(), now).await), "not_found");
        assert_eq!(refused(cases::approve(&desk, &stranger, id, now).await), "not_found");
        assert_eq!(refused(cases::reject(&desk, &stranger, id, "x", now).await), "not_found");
        assert_eq!(refused(cases::withdraw(&desk, &stranger, id, "x", now).await), "not_found");
        assert_eq!(refused(cases::close(&desk, &stranger, id, "x", now).await), "not_found");
        assert_eq!(refused(cases::hand_over(&desk, &stranger, id, ("x", "y"), now).await), "not_found");
        let site = room.site(EDU).await;
        let by_hand = cases::open_by_hand(&desk, &stranger, &site.id, Ground::Other, "x", now).await;
        assert_eq!(refused(by_hand), "not_found");
        let viewer = person("ma", AccountRole::Viewer, COUNTY);
        assert_eq!(refused(cases::consult(&desk, &viewer, id, asked, now).await), "not_yours", "a viewer reads");
        assert_eq!(refused(cases::approve(&desk, &li(), "none", now).await), "not_found");
        assert_eq!(room.case(id).await, opened, "nothing was changed");
        assert_eq!(acts(room.db(), id).await, ["system opened"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counterfeit_is_handed_over_by_two_people_and_closed_by_the_receipt() {
    told(async |room| {
        let (desk, site, now) = (room.desk(), room.site(EDU).await, room.now());
        let opened = cases::open_by_hand(&desk, &chen(), &site.id, Ground::Counterfeit, "疑似伪造", now).await.unwrap();
        let id = opened.id.as_str();
        let police = ("云溪县公安局", "回执〔2026〕3号");
        assert_eq!(refused(cases::hand_over(&desk, &chen(), id, police, now).await), "not_in_this_state");
        let handed = Proposing { outcome: Some(CaseOutcome::HandedOver), effective: Effective::AtOnce, ..stop() };
        cases::propose(&desk, &chen(), id, &handed, now).await.unwrap();
        assert_eq!(cases::approve(&desk, &li(), id, now).await.unwrap().case.state, CaseState::InForce);
        assert_eq!(refused(cases::hand_over(&desk, &chen(), id, ("云溪县公安局", ""), now).await), "no_receipt");
        let done = cases::hand_over(&desk, &chen(), id, police, now).await.unwrap();
        assert_eq!((done.case.state, done.ended_at), (CaseState::Closed, Some(now)));
        assert_eq!(done.case.handed_over.unwrap().receipt, "回执〔2026〕3号");
        assert_eq!(room.site(EDU).await.site.state, BadgeState::Valid);
        assert!(room.outbox().await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_approve_at_once_one_wins() {
    told(async |room| {
        let opened = room.overdue(EDU).await;
        let (desk, now) = (room.desk(), room.now());
        let asked = ("网信办", room.clock.today(), "同意");
        cases::consult(&desk, &chen(), &opened.id, asked, now).await.unwrap();
        let at_once = Proposing { effective: Effective::AtOnce, ..stop() };
        cases::propose(&desk, &chen(), &opened.id, &at_once, now).await.unwrap();
        let people: Vec<_> = (0..6).map(|one| person(&format!("p{one}"), AccountRole::Approver, COUNTY)).collect();
        let approvals = people.iter().map(|one| cases::approve(&desk, one, &opened.id, now));
        let done: Vec<_> = futures_util::future::join_all(approvals).await.into_iter().map(refused).collect();
        assert_eq!(done.iter().filter(|done| **done == "done").count(), 1, "{done:?}");
        assert!(done.iter().all(|done| ["done", "changed", "not_in_this_state"].contains(done)), "{done:?}");
        let told = instructions::of_case(&mut room.db().read().await.unwrap(), &opened.id).await.unwrap();
        assert_eq!(told.len(), 2, "each authority is told once");
        let chain = audit::chain(&mut room.db().read().await.unwrap(), &cases::chain(&opened.id), 0, 99).await.unwrap();
        assert_eq!(chain.iter().filter(|act| act.action == "approved").count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_records_count_is_not_opened_by_hand() {
    told(async |room| {
        let (desk, site, now) = (room.desk(), room.site(EDU).await, room.now());
        for ground in Ground::ALL {
            let done = refused(cases::open_by_hand(&desk, &chen(), &site.id, *ground, "依据", now).await);
            assert_eq!(done, if ground.by_hand() { "done" } else { "ground_not_by_hand" }, "{ground}");
        }
        let blank = cases::open_by_hand(&desk, &chen(), &room.site(WATER).await.id, Ground::Other, " ", now).await;
        assert_eq!(refused(blank), "no_reason");
    })
    .await;
}
