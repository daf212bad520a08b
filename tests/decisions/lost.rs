//! Letters of decisions and instructions that do not arrive: a real mail server, and an officer who hears of each.

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::case::{CaseOutcome, CaseState, Effective, Ground};
use badgewatch::flow::cases::{self, Proposing};
use badgewatch::flow::deliver::bounced;
use badgewatch::flow::{calendar, contacts, outbox, tasks};
use badgewatch::store::outbox::Listed;
use chrono::TimeDelta;

use super::desk::person;
use crate::support::db::every_engine;
use crate::support::office::{EVERYWHERE, OFFICE_MAIL, Office, REGISTRY_MAIL, key, mail, officer};
use crate::support::smtp::Fate;

/// A Friday at ten in Beijing.
const FRIDAY: &str = "2026-09-18T02:00:00Z";

pub async fn told(story: impl AsyncFn(Office)) {
    for test in every_engine().await {
        story(Office::with_sites(test, 2, FRIDAY, |_| {}).await).await;
    }
}

/// A stop of a site's names that takes effect at once; the case's id.
pub async fn stop(office: &Office, site: &str) -> String {
    let calendar = calendar::load(&mut office.db().read().await.unwrap()).await.unwrap();
    let (desk, now, site) = (office.case_desk(&calendar), office.clock.now(), office.site(site).await);
    let case = cases::open_by_hand(&desk, &officer(), &site, Ground::Other, "来函", now).await.unwrap();
    cases::consult(&desk, &officer(), &case.id, ("网信办", office.clock.today(), "同意"), now).await.unwrap();
    let (outcome, effective) = (Some(CaseOutcome::StopResolution), Effective::AtOnce);
    let proposing = Proposing { outcome, reason: "情节严重", effective, ..Proposing::default() };
    cases::propose(&desk, &officer(), &case.id, &proposing, now).await.unwrap();
    let li = person("li", AccountRole::Approver, EVERYWHERE);
    let decided = cases::approve(&desk, &li, &case.id, now).await.unwrap();
    assert_eq!(decided.case.state, CaseState::InForce);
    case.id
}

/// The letter of a case to an address.
async fn letter(office: &Office, case: &str, to: &str) -> Listed {
    let letters = cases::read::letters(office.db(), &officer(), case).await.unwrap();
    letters.into_iter().find(|letter| letter.recipient == to).unwrap_or_else(|| panic!("nothing to {to}"))
}

/// What the office was told of letters that did not arrive.
fn told_of(office: &Office, to: &str) -> usize {
    let kept = office.server.kept_for(OFFICE_MAIL);
    let tells = |text: String| text.contains(&format!("未能送达 {to}（")) && text.contains("550");
    kept.iter().filter(|letter| tells(letter.text())).count()
}

/// The daily mail of the next working day, if anything waits.
async fn tomorrow(office: &Office) -> Option<String> {
    office.days(3).await;
    let calendar = calendar::load(&mut office.db().read().await.unwrap()).await.unwrap();
    let now = office.clock.now();
    let written = tasks::write(office.db(), &office.config.offices, &calendar, now).await.unwrap();
    office.work().await;
    (written == 1).then(|| office.server.kept_for(OFFICE_MAIL).last().unwrap().text())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instruction_that_comes_back_is_a_task_until_it_is_let_go_or_settled() {
    told(async |office| {
        let db = office.db();
        let case = stop(&office, &key(0)).await;
        office.work().await;
        let sent = letter(&office, &case, REGISTRY_MAIL).await;
        assert_eq!((sent.kind.as_str(), sent.state.as_str()), ("instruction", "sent"));
        let message_id = office.server.kept_for(REGISTRY_MAIL)[0].message_id();
        office.clock.advance(TimeDelta::hours(1));
        let now = office.clock.now();
        assert!(bounced(db, &office.desk, &message_id, "550 no such user", now).await.unwrap());
        assert!(!bounced(db, &office.desk, &message_id, "550 no such user", now).await.unwrap(), "it is known already");
        office.work().await;
        assert_eq!(told_of(&office, REGISTRY_MAIL), 1, "at once, and once");
        let back = letter(&office, &case, REGISTRY_MAIL).await;
        assert_eq!((back.state.as_str(), back.error.as_deref()), ("parked", Some("550 no such user")));
        let listed = tomorrow(&office).await.unwrap();
        assert!(listed.contains("已搁置或退回的信件：1 件"), "{listed}");

        // Their mailbox works again: it goes again, under the same Message-ID.
        let now = office.clock.now();
        contacts::mark_good(db, &officer(), REGISTRY_MAIL, now).await.unwrap();
        assert_eq!(outbox::release(db, &officer(), Some(&back.id), now).await.unwrap(), 1);
        office.work().await;
        assert_eq!(letter(&office, &case, REGISTRY_MAIL).await.state, "sent");
        let ids: Vec<_> = office.server.kept_for(REGISTRY_MAIL).iter().map(|kept| kept.message_id()).collect();
        assert_eq!(ids, [message_id.as_str(), &message_id]);

        // It comes back once more, and an officer carries it.
        let now = office.clock.now();
        assert!(bounced(db, &office.desk, &message_id, "550 no such user", now).await.unwrap());
        let no_reason = outbox::settle(db, &officer(), &back.id, " ", now).await;
        assert!(no_reason.is_err());
        assert!(outbox::settle(db, &officer(), &back.id, "当面送达，回执 3 号", now).await.unwrap());
        assert!(!outbox::settle(db, &officer(), &back.id, "再次", now).await.unwrap(), "it is not parked any more");
        assert_eq!(tomorrow(&office).await, None, "nothing waits");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_that_is_refused_is_told_and_its_address_is_not_written_to_again() {
    told(async |office| {
        office.server.judge(|to| if to.starts_with("ok000") { Fate::Refuse } else { Fate::Accept });
        let case = stop(&office, &key(0)).await;
        office.work().await;
        assert_eq!(letter(&office, &case, &mail(0)).await.state, "parked");
        assert_eq!(told_of(&office, &mail(0)), 1);

        // What lifts it finds no address that takes mail: an officer carries that letter from the beginning.
        let calendar = calendar::load(&mut office.db().read().await.unwrap()).await.unwrap();
        let (desk, now) = (office.case_desk(&calendar), office.clock.now());
        cases::propose_reinstatement(&desk, &officer(), &case, ("云审〔2026〕7号", "已整改"), now).await.unwrap();
        let li = person("li", AccountRole::Approver, EVERYWHERE);
        cases::approve_reinstatement(&desk, &li, &case, now).await.unwrap();
        office.work().await;
        let letters = cases::read::letters(office.db(), &officer(), &case).await.unwrap();
        let to_unit = letters.iter().filter(|letter| letter.part == "unit").count();
        assert_eq!(to_unit, 1, "{letters:?}");
        let told = office.server.kept_for(OFFICE_MAIL);
        assert!(told.iter().any(|letter| letter.text().contains("单位没有可用的邮箱")), "an officer hears of it");

        // Another unit's letter arrives.
        let other = stop(&office, &key(1)).await;
        office.work().await;
        assert_eq!(letter(&office, &other, &mail(1)).await.state, "sent");
    })
    .await;
}
