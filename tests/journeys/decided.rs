//! Nothing is mended: overdue, a case, two people, the names stop, the county's DNS says so, and two people lift it.

use badgewatch::demo::Behaviour;
use badgewatch::demo::names::Answer;
use badgewatch::domain::account::{AccountRole, Actor};
use badgewatch::domain::case::{Authority, CaseOutcome, CaseRefusal, CaseState, Effective, Ground, InstructionAct};
use badgewatch::domain::notice::NoticeState;
use badgewatch::domain::registry::BadgeState;
use badgewatch::flow::cases::{self, CaseError, Proposing};
use badgewatch::flow::sign::{self, Signer, Signs};
use badgewatch::flow::{calendar, seal};
use badgewatch::store::cases::StoredCase;
use badgewatch::store::{instructions, sites};
use chrono::NaiveTime;
use serde_json::Value;

use crate::house::{House, PARENT, SUPERVISOR, UNIT, day, link, told, working_days};
use crate::support::office::{CNNIC_MAIL, EVERYWHERE, REGISTRY_MAIL, actor};
use crate::support::world::PORTAL;

/// The portal's names: of `.cn`, and of the registry.
const CHINESE: &str = "云溪.政务";
const A_LABELS: &str = "xn--9kq759e.xn--zfr164b";

fn chen() -> Actor {
    actor("chen", AccountRole::Officer, EVERYWHERE)
}

fn li() -> Actor {
    actor("li", AccountRole::Approver, EVERYWHERE)
}

fn zhao() -> Actor {
    actor("zhao", AccountRole::Approver, EVERYWHERE)
}

async fn case(house: &House) -> StoredCase {
    let site = house.office.site(PORTAL).await;
    let mut all = badgewatch::store::cases::of_site(&mut house.office.db().read().await.unwrap(), &site).await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

async fn state(house: &House) -> BadgeState {
    sites::by_key(&mut house.office.db().read().await.unwrap(), PORTAL).await.unwrap().unwrap().site.state
}

/// Has an order of this kind been found carried out by every authority?
async fn confirmed(house: &House, act: InstructionAct) -> Vec<bool> {
    let id = case(house).await.id;
    let all = instructions::of_case(&mut house.office.db().read().await.unwrap(), &id).await.unwrap();
    all.iter().filter(|one| one.order.act == act).map(|one| one.confirmed_at.is_some()).collect()
}

async fn overdue(house: &House) {
    house.until("2026-10-09").await;
    let reminded: Vec<_> = house.subjects(UNIT).split_off(1);
    assert!(reminded.len() == 2 && reminded[1].contains("今天到期"), "{reminded:?}");
    assert_eq!(house.state(PORTAL).await, NoticeState::Sent, "the due day belongs to the unit");
    house.until("2026-10-10").await;
    assert_eq!(house.state(PORTAL).await, NoticeState::Overdue);
    assert!(house.subjects(UNIT)[3].starts_with("【逾期告知】"), "{:?}", house.subjects(UNIT));
    let (opened, notice) = (case(house).await, house.office.notice(PORTAL).await);
    assert_eq!((opened.case.ground, opened.case.state), (Ground::OverdueNotice, CaseState::Open));
    assert_eq!((opened.case.opened.by.as_str(), &opened.case.notices), ("system", &vec![notice.id]));
    assert!(opened.case.opened.why.contains(&notice.number.unwrap()), "{}", opened.case.opened.why);
}

/// Two people decide on the worked Saturday; the next working day is Monday.
async fn decided(house: &House) {
    let calendar = calendar::load(&mut house.office.db().read().await.unwrap()).await.unwrap();
    let (desk, id, now) = (house.office.case_desk(&calendar), case(house).await.id, house.now());
    let (outcome, effective) = (Some(CaseOutcome::StopResolution), Effective::NextWorkingDay);
    let stop = Proposing { outcome, names: &[], reason: "逾期未整改", effective, despite_shared: true };
    let early = cases::propose(&desk, &li(), &id, &stop, now).await;
    assert!(matches!(early, Err(CaseError::Refused(CaseRefusal::NoConsultation))), "{early:?}");
    cases::consult(&desk, &chen(), &id, ("云溪县委网信办", house.today(), "同意停止解析"), now).await.unwrap();
    cases::propose(&desk, &li(), &id, &stop, now).await.unwrap();
    let alone = cases::approve(&desk, &li(), &id, now).await;
    assert!(matches!(alone, Err(CaseError::Refused(CaseRefusal::SamePerson))), "{alone:?}");
    let officer = cases::approve(&desk, &chen(), &id, now).await;
    assert!(matches!(officer, Err(CaseError::NotYours)), "{officer:?}");
    cases::approve(&desk, &zhao(), &id, now).await.unwrap();

    let monday = working_days(day("2026-10-10"), 1)[0];
    assert_eq!(monday, day("2026-10-12"));
    let nine = monday.and_time(NaiveTime::from_hms_opt(1, 0, 0).unwrap()).and_utc();
    assert_eq!(case(house).await.case.next_at(), Some(nine), "nine o'clock in Beijing");
    house.until("2026-10-11").await;
    assert_eq!((state(house).await, case(house).await.case.state), (BadgeState::Valid, CaseState::Approved));
    assert!(house.letters(CNNIC_MAIL).is_empty() && house.subjects(UNIT).len() == 4, "nobody is told before");
}

/// What an authority got: the signed text that is attached, verified by the office's public key.
async fn ordered(house: &House, authority: &str, number: usize) -> Value {
    let letter = &house.letters(authority)[number];
    let files = letter.parts().into_iter().filter(|(kind, _)| kind.starts_with("application/jose"));
    let files: Vec<_> = files.collect();
    assert_eq!(files.len(), 1, "{}", letter.raw);
    let jws = String::from_utf8(files[0].1.clone()).unwrap();
    let mut tx = house.office.db().write().await.unwrap();
    let signer = Signer::get(&mut tx, Signs::Instructions, house.now()).await.unwrap();
    let payload = sign::verify(jws.trim(), signer.public()).expect("signed by the office");
    let forged = format!("{}x{}", &jws[..60], &jws[61..]);
    assert!(sign::verify(&forged, signer.public()).is_none() || forged == jws);
    serde_json::from_slice(&payload).unwrap()
}

async fn in_force(house: &House) {
    house.until("2026-10-12").await;
    assert_eq!((state(house).await, case(house).await.case.state), (BadgeState::Suspended, CaseState::InForce));
    let letter = &house.letters(UNIT)[4];
    assert_eq!(letter.subject(), "【停止解析决定】云溪县人民政府网站：2 个域名自 10月12日起停止解析");
    let text = letter.text();
    for said in ["停止域名解析决定书", "2026年10月12日", "逾期未整改", "第二十条", PORTAL, CHINESE]
    {
        assert!(text.contains(said), "{said}\nis not in\n{text}");
    }
    for copied in [PARENT, SUPERVISOR] {
        let told = house.subjects(copied).into_iter().filter(|subject| subject.contains("停止解析决定"));
        assert_eq!(told.count(), 1, "{copied}: {:?}", house.subjects(copied));
    }
    let number = case(house).await.number;
    for (authority, name, address) in [("cnnic", PORTAL, CNNIC_MAIL), ("registry", A_LABELS, REGISTRY_MAIL)] {
        let order = ordered(house, address, 0).await;
        assert_eq!((&order["act"], &order["authority"]), (&Value::from("stop"), &Value::from(authority)));
        assert_eq!((&order["names"], &order["case"]), (&Value::from(vec![name]), &Value::from(number.clone())));
    }
    house.until("2026-10-13").await;
    assert_eq!(house.verdict(PORTAL).await, "not_applicable not_in_force", "the watch itself knows");
}

/// The authorities answer, the names go, and our own looks see it: not before.
async fn stopped(house: &House) {
    let calendar = calendar::load(&mut house.office.db().read().await.unwrap()).await.unwrap();
    let (desk, id, now) = (house.office.case_desk(&calendar), case(house).await.id, house.now());
    for (authority, word) in [(Authority::Cnnic, "CN-2026-1"), (Authority::Registry, "ZC-2026-1")] {
        let order = (authority, InstructionAct::Stop);
        cases::acknowledge_instruction(&desk, &chen(), &id, order, ("值班员", word), now).await.unwrap();
    }
    house.until("2026-10-14").await;
    assert_eq!(confirmed(house, InstructionAct::Stop).await, [false, false], "their word is not what is seen");
    house.county.names().set(PORTAL, Answer::NxDomain);
    house.until("2026-10-15").await;
    house.county.names().set(CHINESE, Answer::NxDomain);
    house.until("2026-10-16").await;
    assert_eq!(confirmed(house, InstructionAct::Stop).await, [true, true]);
    house.until("2026-10-20").await;
    assert_eq!(house.verdict(PORTAL).await, "not_applicable not_in_force", "the sanction is no new fault");
    assert_eq!(house.subjects(UNIT).len(), 5, "and no new letter: {:?}", house.subjects(UNIT));
    assert_eq!(case(house).await.case.state, CaseState::InForce, "and no new case");
}

async fn reinstated(house: &House) {
    let calendar = calendar::load(&mut house.office.db().read().await.unwrap()).await.unwrap();
    let (desk, id, now) = (house.office.case_desk(&calendar), case(house).await.id, house.now());
    cases::propose_reinstatement(&desk, &chen(), &id, ("云审〔2026〕7号", "已整改，重新审核通过"), now).await.unwrap();
    let chen_again = actor("chen", AccountRole::Approver, EVERYWHERE);
    let alone = cases::approve_reinstatement(&desk, &chen_again, &id, now).await;
    assert!(matches!(alone, Err(CaseError::Refused(CaseRefusal::SamePerson))), "{alone:?}");
    assert_eq!(state(house).await, BadgeState::Suspended);
    cases::approve_reinstatement(&desk, &li(), &id, now).await.unwrap();
    assert_eq!(state(house).await, BadgeState::Valid);
    house.office.work().await;
    assert!(house.subjects(UNIT)[5].starts_with("【恢复决定】"), "{:?}", house.subjects(UNIT));
    for address in [CNNIC_MAIL, REGISTRY_MAIL] {
        assert_eq!(ordered(house, address, 1).await["act"], "reinstate");
    }
    // The names come back, and the badge with them.
    house.county.set(PORTAL, Behaviour::InOrder);
    house.until("2026-10-23").await;
    assert_eq!(confirmed(house, InstructionAct::Reinstate).await, [true, true]);
    assert_eq!(house.verdict(PORTAL).await, "pass verified");
    assert_eq!(case(house).await.case.state, CaseState::Reinstated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_overdue_fault_is_decided_by_two_people_carried_out_and_lifted() {
    told(async |house| {
        house.accused().await;
        overdue(&house).await;
        decided(&house).await;
        in_force(&house).await;
        stopped(&house).await;
        reinstated(&house).await;
        assert_eq!(house.state(PORTAL).await, NoticeState::Rectified);
        let page = house.get(&link(&house.letters(UNIT)[0])).await;
        assert!(page.contains("已整改，本通知办结"), "{page}");
        let verified = seal::verify(house.office.db()).await.unwrap();
        assert!(verified.breaches.is_empty(), "{verified:?}");
    })
    .await;
}
