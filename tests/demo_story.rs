//! The story of the sample county, as a newcomer sees it: played by the binary, looked at in what it left behind.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use badgewatch::domain::account::{AccountRole, Actor};
use badgewatch::domain::case::{CaseOutcome, CaseState, Ground};
use badgewatch::domain::lead::{LeadKind, LeadState};
use badgewatch::domain::notice::{NoticeState, Request, RequestKind};
use badgewatch::flow::{accounts, cases, leads, notices, seal};
use badgewatch::store::{Db, findings, looks, sites};
use chrono::{DateTime, Utc};

use support::badgewatch;
use support::letter::Kept;

/// Somebody who may read everything.
fn reader() -> Actor {
    Actor { account_id: String::new(), name: "reader".into(), role: AccountRole::Viewer, region: "000000".into() }
}

/// The letters of the folder, by whom they are to.
fn mailbox(folder: &Path) -> BTreeMap<String, Vec<Kept>> {
    let mut letters: BTreeMap<String, Vec<Kept>> = BTreeMap::new();
    for file in std::fs::read_dir(folder.join("letters")).unwrap() {
        let letter = Kept::read(&std::fs::read_to_string(file.unwrap().path()).unwrap());
        letters.entry(letter.header("To").unwrap()).or_default().push(letter);
    }
    letters
}

/// The subjects of what an address got, in the order of their letters' dates.
fn subjects(letters: &BTreeMap<String, Vec<Kept>>, to: &str) -> Vec<String> {
    let mut to: Vec<_> = letters.iter().filter(|(name, _)| name.contains(to)).flat_map(|(_, got)| got).collect();
    to.sort_by_key(|letter| DateTime::parse_from_rfc2822(&letter.header("Date").unwrap()).unwrap());
    to.iter().map(|letter| letter.subject()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_weeks_of_the_county_end_as_they_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("demo");
    let asked = ["demo", "--once", "--listen", "127.0.0.1:0", "--folder"].map(String::from);
    let run = badgewatch(asked.into_iter().chain([kept.display().to_string()]));
    assert_eq!(run.code, Some(0), "{}\n{}", run.stdout, run.stderr);
    assert_eq!(run.stdout.matches('✔').count(), 5, "{}", run.stdout);
    assert!(!run.stdout.contains("bw_"), "what is not served lets nobody in");

    let db = Db::open(&format!("sqlite:{}", kept.join("demo.db").display()), 2).await.unwrap();
    the_notices(&db).await;
    the_cases(&db).await;
    the_rest(&db).await;
    the_letters(&mailbox(&kept));
    db.close().await;
}

async fn the_notices(db: &Db) {
    let wanted = notices::read::Wanted { most: 200, ..notices::read::Wanted::default() };
    let all = notices::read::list(db, &reader(), &wanted).await.unwrap().notices;
    let of = |key: &str| &all.iter().find(|(_, site)| site.site.key == key).unwrap().0.notice;
    for (key, state) in [
        ("fgj.yunxi.gov.cn", NoticeState::Rectified),
        ("slj.yunxi.gov.cn", NoticeState::Rectified),
        ("xfj.yunxi.gov.cn", NoticeState::Rectified),
        ("hbj.yunxi.gov.cn", NoticeState::Rectified),
        ("jyj.yunxi.gov.cn", NoticeState::Acknowledged),
        ("swj.yunxi.gov.cn", NoticeState::Sent),
        ("wlj.yunxi.gov.cn", NoticeState::Closed),
        ("lyj.yunxi.gov.cn", NoticeState::Overdue),
        ("kjj.yunxi.gov.cn", NoticeState::Overdue),
        ("mzj.yunxi.gov.cn", NoticeState::Drafted),
    ] {
        assert_eq!(of(key).state, state, "{key}");
    }
    let answered = |key: &str, kind: RequestKind| {
        let request = of(key).requests.iter().find(|request| request.kind == kind).unwrap();
        request.answer.as_ref().unwrap().granted
    };
    assert!(!answered("slj.yunxi.gov.cn", RequestKind::Objection));
    assert!(answered("jyj.yunxi.gov.cn", RequestKind::Extension));
    let waits = |request: &&Request| request.kind == RequestKind::Objection && request.answer.is_none();
    assert_eq!(of("swj.yunxi.gov.cn").requests.iter().filter(waits).count(), 1, "one is left to answer");
    let told: BTreeSet<_> = all.iter().map(|(_, site)| site.site.key.as_str()).collect();
    for innocent in ["www.yunxi.gov.cn", "czj.yunxi.gov.cn", "scj.yunxi.gov.cn", "ybj.yunxi.gov.cn", "wjj.yunxi.gov.cn"]
    {
        assert!(!told.contains(innocent), "{innocent} has a notice");
    }
}

async fn the_cases(db: &Db) {
    let wanted = cases::read::Wanted { most: 200, ..cases::read::Wanted::default() };
    let all = cases::read::list(db, &reader(), &wanted).await.unwrap().cases;
    let of = |key: &str| &all.iter().find(|(_, site)| site.site.key == key).unwrap().0.case;

    let waits = of("lyj.yunxi.gov.cn");
    let decision = waits.decision.as_ref().unwrap();
    assert_eq!((waits.ground, waits.state), (Ground::OverdueNotice, CaseState::Proposed));
    assert_eq!((decision.proposal.by.as_str(), &decision.approval), ("account:chen", &None));

    let stopped = of("wlj.yunxi.gov.cn");
    let decision = stopped.decision.as_ref().unwrap();
    assert_eq!((stopped.ground, stopped.state), (Ground::BadgeMisused, CaseState::InForce));
    assert_eq!(stopped.outcome(), Some(CaseOutcome::StopResolution));
    assert_eq!(stopped.opened.by, "system", "it is what both ends showed");
    assert_eq!(decision.approval.as_ref().unwrap().by, "account:li");
    let told = &stopped.executions[0];
    assert!(told.acknowledged.is_some() && told.confirmed_at.is_some(), "{told:?}");
}

async fn the_rest(db: &Db) {
    let mut tx = db.read().await.unwrap();
    let holds = findings::holds(&mut tx, 10).await.unwrap();
    assert_eq!(holds.len(), 1, "{holds:?}");
    assert_eq!((holds[0].state.as_str(), holds[0].code.as_str(), holds[0].failing), ("open", "unreachable", 6));

    let forestry = sites::by_key(&mut tx, "lyj.yunxi.gov.cn").await.unwrap().unwrap();
    let seen = looks::of_site(&mut tx, &forestry.id, 100).await.unwrap();
    let (last, first) = (&seen[0], &seen[seen.len() - 1]);
    assert!(seen.len() >= 20 && (last.ended_at - first.ended_at).num_days() >= 20, "{} looks", seen.len());
    let now: DateTime<Utc> = badgewatch::clock::Clock::System.now();
    assert!(last.ended_at <= now && (now - last.ended_at).num_days() <= 1, "it ends today");
    drop(tx);

    let wanted = leads::read::Wanted { most: 100, ..leads::read::Wanted::default() };
    let (listed, _) = leads::read::list(db, &reader(), &wanted).await.unwrap();
    let mut told: Vec<_> =
        listed.iter().map(|sheet| (sheet.lead.kind, sheet.lead.state, sheet.lead.host.as_str())).collect();
    told.sort_by_key(|lead| lead.2);
    assert_eq!(
        told,
        [
            (LeadKind::Report, LeadState::New, "www.yunxi-gov.example"),
            (LeadKind::BadgeElsewhere, LeadState::New, "www.yunxi-zf.example"),
        ]
    );
    assert!(accounts::tokens(db, "chen").await.unwrap().is_empty(), "no credential but those that are printed");
    let verified = seal::verify(db).await.unwrap();
    assert!(verified.breaches.is_empty() && verified.roots >= 20, "{verified:?}");
}

fn the_letters(letters: &BTreeMap<String, Vec<Kept>>) {
    let ours = |to: &String| to.contains("@yunxi.test") || to.contains("@yunxi.example") || to.contains(".example");
    assert!(letters.keys().all(ours), "to people of the story alone: {:?}", letters.keys());
    insta::assert_snapshot!("rectified", without_dates(&subjects(letters, "wzgl17@")));
    insta::assert_snapshot!("overdue", without_dates(&subjects(letters, "wzgl09@")));
    assert_eq!(subjects(letters, "tingzhi@cnnic.example").len(), 1, "one instruction");
    let office = subjects(letters, "bianban@yunxi.example");
    assert!(!office.is_empty());
    for letter in letters.values().flatten() {
        assert!(!letter.text().is_empty() && !letter.html().is_empty(), "{}", letter.subject());
    }
}

/// Subjects that are the same on every day: a date by its shape.
fn without_dates(subjects: &[String]) -> String {
    let dated = |text: &String| {
        let digits: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        let mut shape = digits;
        while shape.contains("00") {
            shape = shape.replace("00", "0");
        }
        shape
    };
    subjects.iter().map(dated).collect::<Vec<_>>().join("\n")
}
