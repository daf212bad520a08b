//! What the records open: overdue notices, and sites that are closed for more than thirty days.

use badgewatch::domain::case::{CaseOutcome, CaseState, Effective, Ground};
use badgewatch::domain::confirm::{FindingState, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::registry::BadgeState;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::cases::{self, Overdue};
use badgewatch::store::cases::{Filter, StoredCase};
use badgewatch::store::looks::{self, StoredLook};
use badgewatch::store::{Json, audit, findings, new_id};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::desk::{Room, acts, letters, overdue, told};

const EDU: &str = "edu.yunxi.gov.cn";

/// A look as the daemon stores it.
pub fn look(
    site_id: &str,
    at: DateTime<Utc>,
    (verdict, cause, instrument): (&str, &str, &str),
    dns: Value,
) -> StoredLook {
    let findings = if verdict == "fail" { json!([{ "code": cause, "effect": "fault" }]) } else { json!([]) };
    StoredLook {
        id: new_id(),
        site_id: site_id.to_owned(),
        kind: "home".into(),
        slot_at: at,
        started_at: at,
        ended_at: at,
        vantage: "default".into(),
        rules: "2026.11".into(),
        verdict: verdict.into(),
        cause: cause.into(),
        instrument: instrument.into(),
        findings: Json(findings),
        dns: Json(dns),
        coverage: Json(json!({})),
    }
}

pub async fn see(room: &Room, look: &StoredLook) {
    let mut tx = room.db().write().await.unwrap();
    looks::insert(&mut tx, look).await.unwrap();
    tx.commit().await.unwrap();
}

const DEAD: (&str, &str, &str) = ("fail", "domain_dead", "well");
const REFUSED: (&str, &str, &str) = ("undetermined", "connect_refused", "well");
pub const CHALLENGE: (&str, &str, &str) = ("undetermined", "challenge", "not_needed");
const UNWELL: (&str, &str, &str) = ("undetermined", "canary_failed", "the canary does not resolve");
const ALIVE: (&str, &str, &str) = ("fail", "not_hung", "well");

/// One look a day, each as it is told; the finding is confirmed since the first of them.
async fn lived(room: &Room, days: &[(&str, &str, &str)]) {
    let site = room.site(EDU).await;
    let first = room.now() + TimeDelta::days(1);
    let track = Track { state: FindingState::Confirmed, failed: 3, ..Track::open(first) };
    let mut tx = room.db().write().await.unwrap();
    findings::open(&mut tx, &site.id, &Finding::fault(FindingCode::DomainDead), &track, &[]).await.unwrap();
    tx.commit().await.unwrap();
    for day in days {
        room.days(1).await;
        see(room, &look(&site.id, room.now(), *day, json!([]))).await;
    }
    room.work().await;
}

async fn all(room: &Room) -> Vec<StoredCase> {
    let filter = Filter { region: "000000", ..Filter::default() };
    badgewatch::store::cases::list(&mut room.db().read().await.unwrap(), &filter, 100, 0).await.unwrap()
}

/// So many dead days with days between them that tell nothing.
fn dead_with_gaps(dead: usize) -> Vec<(&'static str, &'static str, &'static str)> {
    let gap = |day: usize| [CHALLENGE, UNWELL][day % 2];
    let kind = |day: usize| if day.is_multiple_of(3) { REFUSED } else { DEAD };
    (0..dead).flat_map(|day| if day % 5 == 4 { vec![kind(day), gap(day)] } else { vec![kind(day)] }).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_one_dead_days_open_one_case_with_the_days_listed() {
    told(async |room| {
        lived(room, &dead_with_gaps(31)).await;
        room.days(3).await;
        let cases = all(room).await;
        assert_eq!(cases.len(), 1);
        let case = &cases[0].case;
        assert_eq!((case.ground, case.state, case.counted_days.len()), (Ground::SiteClosed, CaseState::Open, 31));
        assert!(case.opened.why.contains("共 31 天：2026年11月27日、2026年11月28日"), "{}", case.opened.why);
        assert_eq!(room.outbox().await, ["office_task office bianban@yunxi.example"]);

        room.decide(&cases[0].id, CaseOutcome::Revocation, Effective::NextWorkingDay).await;
        room.days(5).await;
        assert_eq!(room.site(EDU).await.site.state, BadgeState::Revoked);
        let letter = &letters(room.db(), "revocation").await[0];
        assert!(letter.text.as_ref().unwrap().contains("共 31 天"), "the letter lists the days: {letter:?}");
        assert_eq!(letter.decision.as_ref().unwrap().articles, [19]);
        room.days(40).await;
        assert_eq!(all(room).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_dead_days_open_none() {
    told(async |room| {
        lived(room, &dead_with_gaps(30)).await;
        assert_eq!(room.days(60).await, 0, "days without a look count for nothing");
        assert!(all(room).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_living_day_ends_the_count() {
    told(async |room| {
        let mut days = vec![DEAD; 20];
        days.push(ALIVE);
        days.extend(vec![DEAD; 20]);
        lived(room, &days).await;
        assert!(all(room).await.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_decided_not_to_be_pursued_does_not_come_back() {
    told(async |room| {
        lived(room, &vec![DEAD; 31]).await;
        let id = all(room).await[0].id.clone();
        room.decide(&id, CaseOutcome::NoAction, Effective::AtOnce).await;
        let site = room.site(EDU).await;
        see(room, &look(&site.id, room.now() + TimeDelta::hours(1), DEAD, json!([]))).await;
        assert_eq!(room.days(10).await, 0);
        assert_eq!(all(room).await.len(), 1);
        assert_eq!(room.site(EDU).await.site.state, BadgeState::Valid);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_further_overdue_notice_joins_the_open_case() {
    told(async |room| {
        let site = room.site(EDU).await;
        let first = overdue(room.db(), &site, "n1", room.now()).await;
        let again = overdue(room.db(), &site, "n1", room.now()).await;
        assert_eq!(again, first, "the same notice twice changes nothing");
        let joined = overdue(room.db(), &site, "n2", room.now()).await;
        assert_eq!((&joined.id, &joined.case.notices[..]), (&first.id, &["n1".to_owned(), "n2".to_owned()][..]));
        assert_eq!(acts(room.db(), &first.id).await, ["system opened", "system joined"]);

        let (region, ground) = (site.region.as_deref(), Ground::ReportOverdue);
        let report = Overdue { notice_id: "n1", site_id: &site.id, region, ground, why: "未定期报告" };
        let mut tx = room.db().write().await.unwrap();
        let id = cases::open_overdue(&mut tx, &report, room.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_ne!(id, first.id, "another ground is another case");
        assert_eq!(room.case(&id).await.number, "案〔2026〕140214-2号");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_undone_with_its_notice_leaves_nothing() {
    told(async |room| {
        let site = room.site(EDU).await;
        overdue(room.db(), &room.site("water.yunxi.gov.cn").await, "n0", room.now()).await;
        let ground = Ground::OverdueNotice;
        let report = Overdue { notice_id: "n0", site_id: &site.id, region: None, ground, why: "逾期" };
        let mut tx = room.db().write().await.unwrap();
        cases::open_overdue(&mut tx, &report, room.now()).await.unwrap();
        drop(tx);
        assert_eq!(all(room).await.len(), 1);
        assert_eq!(room.overdue(EDU).await.number, "案〔2026〕140214-2号", "its number was given back");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_that_become_overdue_at_once_open_one_case_with_all_of_them() {
    told(async |room| {
        let (site, now) = (room.site(EDU).await, room.now());
        let ids: Vec<String> = (0..8).map(|number| format!("n{number}")).collect();
        let opened = ids.iter().map(|id| overdue(room.db(), &site, id, now));
        futures_util::future::join_all(opened).await;
        let cases = all(room).await;
        assert_eq!(cases.len(), 1);
        let mut joined = cases[0].case.notices.clone();
        joined.sort();
        assert_eq!(joined, ids);
        assert_eq!(acts(room.db(), &cases[0].id).await.len(), 8);
    })
    .await;
}

/// What every resolver said of a name, by the word of a zone.
pub fn dns(name: &str, outcome: &str, zone: Option<&str>) -> Value {
    let answer = json!({ "outcome": outcome, "soa_owner": zone, "chain": [] });
    json!([{ "name": name, "outcome": outcome, "answers": [answer, answer] }])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_still_resolve_after_seven_days_are_flagged_once() {
    told(async |room| {
        let opened = room.overdue("water.yunxi.gov.cn").await;
        room.decide(&opened.id, CaseOutcome::StopResolution, Effective::AtOnce).await;
        let site = room.site("water.yunxi.gov.cn").await;
        let tasks = async || room.outbox().await.iter().filter(|row| row.starts_with("office_task")).count();
        let before = tasks().await;
        // A look of before the effect, and one whose canaries failed, say nothing.
        let early = room.now() - TimeDelta::hours(1);
        see(room, &look(&site.id, early, DEAD, dns("water.yunxi.gov.cn", "nxdomain", Some("gov.cn")))).await;
        assert_eq!(room.days(1).await, 0);
        see(room, &look(&site.id, room.now(), UNWELL, dns("water.yunxi.gov.cn", "nxdomain", Some("gov.cn")))).await;
        assert_eq!(room.days(5).await, 0);
        see(room, &look(&site.id, room.now(), ALIVE, dns("water.yunxi.gov.cn", "resolves", None))).await;
        assert_eq!(room.work().await, 0);
        assert_eq!(room.days(1).await, 1, "seven days");
        assert_eq!(room.days(3).await, 0, "flagged once");
        assert_eq!(tasks().await, before + 1);
        let flagged = room.case(&opened.id).await;
        assert!(flagged.case.executions[0].flagged_at.is_some() && flagged.case.executions[0].confirmed_at.is_none());

        // SERVFAIL is no proof, nor is what the unit's own zone says; NXDOMAIN from above is, late as it comes.
        see(room, &look(&site.id, room.now(), CHALLENGE, dns("water.yunxi.gov.cn", "servfail", None))).await;
        assert_eq!(room.days(1).await, 0);
        let own = dns("water.yunxi.gov.cn", "nxdomain", Some("water.yunxi.gov.cn"));
        see(room, &look(&site.id, room.now(), CHALLENGE, own)).await;
        assert_eq!(room.days(1).await, 0);
        let proof = look(&site.id, room.now(), CHALLENGE, dns("water.yunxi.gov.cn", "nxdomain", Some("gov.cn")));
        see(room, &proof).await;
        assert_eq!(room.work().await, 1);
        assert_eq!(room.case(&opened.id).await.case.executions[0].confirmed_at, Some(room.now()));
        assert_eq!(room.days(10).await, 0);
        let chain = audit::chain(&mut room.db().read().await.unwrap(), &cases::chain(&opened.id), 0, 99).await.unwrap();
        let told = chain.last().unwrap().tree().unwrap();
        assert_eq!(told["detail"]["with"]["looks"], json!([proof.id]), "by which look, stands on record");
        let kinds = acts(room.db(), &opened.id).await;
        assert_eq!(kinds[kinds.len() - 2..], ["system names_not_confirmed", "system names_confirmed"]);
    })
    .await;
}
