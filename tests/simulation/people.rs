//! What units and officers do on a day.

use badgewatch::domain::account::{AccountRole, Actor};
use badgewatch::domain::case::{CaseOutcome, CaseState, Effective};
use badgewatch::domain::notice::{NoticeState, RequestKind};
use badgewatch::flow::calendar;
use badgewatch::flow::cases::{self, CaseError, Proposing};
use badgewatch::flow::notices::{self, AnswerGiven, Wish};
use badgewatch::store::cases::{Filter, StoredCase};
use badgewatch::store::notices::{Asked, StoredNotice};
use chrono::Days;

use super::Sim;
use crate::support::office::{EVERYWHERE, actor, officer};

fn chief() -> Actor {
    actor("zhao", AccountRole::Approver, EVERYWHERE)
}

pub async fn act(sim: &mut Sim) {
    for notice in open_notices(sim).await {
        on_notice(sim, &notice).await;
    }
    let cases = {
        let mut tx = sim.office.db().read().await.unwrap();
        let filter = Filter { region: EVERYWHERE, state: None, ground: None, site_id: None, open: true };
        badgewatch::store::cases::list(&mut tx, &filter, 10_000, 0).await.unwrap()
    };
    for case in cases {
        on_case(sim, &case).await;
    }
}

async fn open_notices(sim: &Sim) -> Vec<StoredNotice> {
    let asked = Asked { most: 100_000, ..Asked::default() };
    let listed = badgewatch::store::notices::list(&mut sim.office.db().read().await.unwrap(), &asked).await.unwrap();
    listed.into_iter().filter(|notice| notice.ended_at.is_none()).collect()
}

async fn on_notice(sim: &mut Sim, notice: &StoredNotice) {
    let (db, desk, now) = (sim.office.db().clone(), sim.office.desk.clone(), sim.office.clock.now());
    let today = sim.office.clock.today();
    let machine = &notice.notice;
    if machine.open_request(RequestKind::Objection).is_some() && sim.chance.once_in(3) {
        let granted = sim.chance.once_in(4);
        let given =
            AnswerGiven { kind: RequestKind::Objection, granted, text: "经复核答复如下".into(), until: None };
        notices::answer(&db, &desk, &officer(), &notice.id, given, now).await.unwrap();
        return sim.count("objections answered");
    }
    if machine.open_request(RequestKind::Extension).is_some() && machine.due().is_some() {
        let until = machine.due().map(|due| due.date.max(today) + Days::new(7));
        let given = AnswerGiven { kind: RequestKind::Extension, granted: true, text: "同意延期".into(), until };
        notices::answer(&db, &desk, &officer(), &notice.id, given, now).await.unwrap();
        return sim.count("extensions");
    }
    match machine.state {
        NoticeState::Bounced if sim.chance.once_in(2) => {
            notices::deliver_by_hand(&db, &desk, &officer(), &notice.id, today, now).await.unwrap();
            sim.count("delivered by hand");
        }
        NoticeState::Sent if sim.chance.once_in(5) => {
            notices::acknowledge(&db, &desk, &notice.id, now).await.unwrap();
            sim.count("receipts confirmed");
        }
        NoticeState::Sent | NoticeState::Acknowledged if sim.chance.once_in(40) => {
            let kind = if sim.chance.once_in(2) { RequestKind::Objection } else { RequestKind::Extension };
            let wish = Wish { kind, text: "情况说明如下".into(), until: Some(today + Days::new(20)), file: None };
            if notices::ask(&db, &desk, &notice.id, wish, now).await.is_ok() {
                sim.count("requests");
            }
        }
        NoticeState::Sent if sim.chance.once_in(120) => {
            notices::withdraw(&db, &desk, &officer(), &notice.id, "登记信息有误", now).await.unwrap();
            sim.count("withdrawn");
        }
        _ => {}
    }
}

async fn on_case(sim: &mut Sim, case: &StoredCase) {
    let now = sim.office.clock.now();
    let today = sim.office.clock.today();
    let days = calendar::load(&mut sim.office.db().read().await.unwrap()).await.unwrap();
    match case.case.state {
        CaseState::Open if sim.chance.once_in(4) => {
            let outcomes = case.case.ground.outcomes();
            let outcome = outcomes[sim.chance.below(outcomes.len() as u64) as usize];
            let desk = sim.office.case_desk(&days);
            let opinion = ("县委网信办", today, "同意");
            cases::consult(&desk, &officer(), &case.id, opinion, now).await.unwrap();
            let effective = Effective::NextWorkingDay;
            let proposing = Proposing {
                outcome: Some(outcome),
                names: &[],
                reason: "逾期未整改",
                effective,
                despite_shared: false,
            };
            let done = cases::propose(&desk, &officer(), &case.id, &proposing, now).await;
            let may_fail = outcome == CaseOutcome::HandedOver;
            assert!(done.is_ok() || may_fail, "{outcome:?}: {:?}", done.err());
            sim.count("proposals");
        }
        CaseState::Proposed => {
            let desk = sim.office.case_desk(&days);
            // Who proposed, in the role of an approver, may not approve.
            let same = actor("chen", AccountRole::Approver, EVERYWHERE);
            let refused = cases::approve(&desk, &same, &case.id, now).await;
            assert!(matches!(refused, Err(CaseError::Refused(_))), "one person decided alone: {refused:?}");
            if sim.chance.once_in(5) {
                let desk = sim.office.case_desk(&days);
                cases::reject(&desk, &chief(), &case.id, "证据不足", now).await.unwrap();
                sim.count("rejected");
            } else {
                let desk = sim.office.case_desk(&days);
                cases::approve(&desk, &chief(), &case.id, now).await.unwrap();
                sim.count("approved");
            }
        }
        CaseState::InForce if sim.chance.once_in(30) => {
            let desk = sim.office.case_desk(&days);
            let done = cases::propose_reinstatement(&desk, &officer(), &case.id, ("复审1号", "已整改"), now).await;
            if done.is_ok() {
                sim.count("reinstatements proposed");
            }
        }
        CaseState::ReinstatementProposed => {
            let desk = sim.office.case_desk(&days);
            cases::approve_reinstatement(&desk, &chief(), &case.id, now).await.unwrap();
            sim.count("reinstated");
        }
        _ => {}
    }
}
