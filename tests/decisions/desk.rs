//! A desk with two counties, the people who work at it, and what they find on it.

use badgewatch::clock::Clock;
use badgewatch::domain::account::{AccountRole, Actor};
use badgewatch::domain::calendar::Calendar;
use badgewatch::domain::case::{CaseOutcome, Effective, Ground};
use badgewatch::domain::office::{Office, Offices};
use badgewatch::flow::cases::{self, CaseError, Desk, Overdue, Proposing};
use badgewatch::flow::watch::Step;
use badgewatch::store::cases::StoredCase;
use badgewatch::store::{Db, audit, sites};
use chrono::{DateTime, TimeDelta, Utc};

use crate::support::db::{TestDb, every_engine, register};

pub const COUNTY: &str = "140214";
pub const OTHER: &str = "140212";

const HEADER: &str = "unit_name,unit_type,parent_unit,address,functions,region,site_name,cn_domain,en_domain,ips,\
                      badge_code,certificate_id,issued_on,issuing_office,state,domain_expires_on,contact_name,contact_email,\
                      contact_phone";

/// Two sites of the county, one of its neighbour.
fn registry() -> String {
    let row = |unit: &str, region: &str, cn: &str, en: &str, code: u8, email: &str| {
        format!(
            "{unit},organ,云溪县人民政府,政通路1号,,{region},{unit}网站,{cn},{en},10.0.0.1,CA1820500004100000{code}0001,,\
             2025-03-03,编办,valid,2027-12-01,甲某某,{email},00000000000"
        )
    };
    let rows = [
        row("云溪县教育局", COUNTY, "云溪教育.政务", "edu.yunxi.gov.cn", 1, "edu@yunxi.example"),
        row("云溪县水务局", COUNTY, "", "water.yunxi.gov.cn", 2, ""),
        row("青岭县水务局", OTHER, "", "water.qingling.gov.cn", 3, ""),
    ];
    format!("{HEADER}\n{}", rows.join("\n"))
}

/// The desk of a story.
pub struct Room {
    pub test: TestDb,
    pub clock: Clock,
    pub calendar: Calendar,
    pub offices: Offices,
    pub cnnic: Option<String>,
}

/// A Thursday noon in Beijing.
pub fn start() -> DateTime<Utc> {
    "2026-11-26T04:00:00Z".parse().unwrap()
}

pub fn offices() -> Offices {
    let office = Office {
        name: Some("云溪县委编办".into()),
        email: Some("bianban@yunxi.example".into()),
        supervisor: Some("云溪县委网信办".into()),
        supervisor_email: Some("wangxin@yunxi.example".into()),
        parents: [("云溪县人民政府".to_owned(), "zf@yunxi.example".to_owned())].into(),
        ..Office::default()
    };
    Offices([("000000".to_owned(), office)].into())
}

/// Tells a story in a fresh room on every engine there is.
pub async fn told(story: impl AsyncFn(&Room)) {
    for test in every_engine().await {
        register(&test.db, &registry(), start()).await;
        let cnnic = Some("stop@cnnic.example".to_owned());
        story(&Room { test, clock: Clock::manual(start()), calendar: Calendar::builtin(), offices: offices(), cnnic })
            .await;
    }
}

pub fn person(name: &str, role: AccountRole, region: &str) -> Actor {
    Actor { account_id: name.to_owned(), name: name.to_owned(), role, region: region.to_owned() }
}

/// An officer of the county.
pub fn chen() -> Actor {
    person("chen", AccountRole::Officer, COUNTY)
}

/// An approver of the county.
pub fn li() -> Actor {
    person("li", AccountRole::Approver, COUNTY)
}

impl Room {
    pub fn desk(&self) -> Desk<'_> {
        Desk {
            db: self.db(),
            calendar: self.calendar.clone().into(),
            offices: &self.offices,
            registry: None,
            cnnic: self.cnnic.as_deref(),
        }
    }

    pub fn db(&self) -> &Db {
        &self.test.db
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub async fn site(&self, key: &str) -> sites::StoredSite {
        sites::by_key(&mut self.db().read().await.unwrap(), key).await.unwrap().unwrap()
    }

    /// Lets days pass, and the clock do what is due; how many steps it took.
    pub async fn days(&self, days: i64) -> usize {
        self.clock.advance(TimeDelta::days(days));
        self.work().await
    }

    pub async fn work(&self) -> usize {
        work(&self.desk(), self.now()).await
    }

    pub async fn case(&self, id: &str) -> StoredCase {
        case(self.db(), id).await
    }

    /// The case of a notice that became overdue.
    pub async fn overdue(&self, key: &str) -> StoredCase {
        let site = self.site(key).await;
        overdue(self.db(), &site, "n1", self.now()).await
    }

    /// Consulted, proposed by chen, and approved by li.
    pub async fn decide(&self, id: &str, outcome: CaseOutcome, effective: Effective) -> StoredCase {
        let (desk, now) = (self.desk(), self.now());
        let asked = ("云溪县委网信办", self.clock.today(), "同意");
        cases::consult(&desk, &chen(), id, asked, now).await.unwrap();
        let (outcome, reason) = (Some(outcome), "限期内未整改");
        let proposing = Proposing { outcome, reason, effective, ..Proposing::default() };
        cases::propose(&desk, &chen(), id, &proposing, now).await.unwrap();
        cases::approve(&desk, &li(), id, now).await.unwrap()
    }

    /// What lies in the outbox: kind, for whom, and where it goes.
    pub async fn outbox(&self) -> Vec<String> {
        outbox(self.db()).await
    }
}

pub async fn work(desk: &Desk<'_>, now: DateTime<Utc>) -> usize {
    let mut steps = 0;
    while cases::advance(desk, now).await.unwrap() == Step::Worked
        || cases::catch_up(desk, now).await.unwrap() == Step::Worked
    {
        steps += 1;
        assert!(steps < 1_000, "the steps have no end");
    }
    steps
}

pub async fn case(db: &Db, id: &str) -> StoredCase {
    badgewatch::store::cases::by_id(&mut db.read().await.unwrap(), id).await.unwrap().unwrap()
}

/// A notice of this id that became overdue, and the case it opens.
pub async fn overdue(db: &Db, site: &sites::StoredSite, notice_id: &str, now: DateTime<Utc>) -> StoredCase {
    note_notice(db, notice_id, &site.id, now).await;
    let region = site.region.as_deref();
    let ground = Ground::OverdueNotice;
    let overdue = Overdue { notice_id, site_id: &site.id, region, ground, why: "责令整改通知书 1 号逾期" };
    let mut tx = db.write().await.unwrap();
    let id = cases::open_overdue(&mut tx, &overdue, now).await.unwrap();
    tx.commit().await.unwrap();
    case(db, &id).await
}

/// A notice as it stands on file; ended, so that a story may have several of one site.
async fn note_notice(db: &Db, id: &str, site_id: &str, now: DateTime<Utc>) {
    let sql = "INSERT INTO notices (id, number, site_id, state, version, drafted_at, ended_at, objected, provisional, \
               body) \
               VALUES ($1, $1, $2, 'overdue', 1, $3, $3, FALSE, FALSE, '{\"why\":\"未挂标\"}') ON CONFLICT (id) DO NOTHING";
    match db {
        Db::Sqlite { writer, .. } => {
            sqlx::query(sql).bind(id).bind(site_id).bind(now).execute(writer).await.unwrap();
        }
        Db::Postgres(pool) => {
            sqlx::query(sql).bind(id).bind(site_id).bind(now).execute(pool).await.unwrap();
        }
    }
}

pub async fn outbox(db: &Db) -> Vec<String> {
    let sql = "SELECT kind, part, recipient FROM outbox ORDER BY made_at, kind, part, recipient";
    let rows: Vec<(String, String, String)> = match db {
        Db::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_all(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
    };
    rows.into_iter().map(|(kind, part, to)| format!("{kind} {part} {to}")).collect()
}

/// The letters of a kind, as they were frozen.
pub async fn letters(db: &Db, kind: &'static str) -> Vec<badgewatch::domain::letter::Letter> {
    let sql = "SELECT body FROM outbox WHERE kind = $1 ORDER BY made_at, id";
    let rows: Vec<(badgewatch::store::Json<serde_json::Value>,)> = match db {
        Db::Sqlite { readers, .. } => sqlx::query_as(sql).bind(kind).fetch_all(readers).await.unwrap(),
        Db::Postgres(pool) => sqlx::query_as(sql).bind(kind).fetch_all(pool).await.unwrap(),
    };
    rows.into_iter().map(|(body,)| serde_json::from_value(body.0).unwrap()).collect()
}

/// What was done, by whom.
pub async fn acts(db: &Db, id: &str) -> Vec<String> {
    let chain = audit::chain(&mut db.read().await.unwrap(), &cases::chain(id), 0, 100).await.unwrap();
    chain.into_iter().map(|act| format!("{} {}", act.actor, act.action)).collect()
}

/// The name of the refusal.
pub fn refused(done: Result<StoredCase, CaseError>) -> &'static str {
    match done {
        Ok(_) => "done",
        Err(CaseError::Refused(refusal)) => refusal.name(),
        Err(CaseError::NotYours) => "not_yours",
        Err(CaseError::NotFound) => "not_found",
        Err(CaseError::Changed) => "changed",
        Err(CaseError::OpenAlready(_)) => "open_already",
        Err(CaseError::Shared(_)) => "shared_names",
        Err(CaseError::Store(error)) => panic!("{error}"),
    }
}
