//! An office at work: a database, a clock that is moved by hand, a real mail server, and everything that goes by itself.

use std::sync::Arc;

use badgewatch::app;
use badgewatch::clock::Clock;
use badgewatch::config::{Config, MailMode, MailSecurity};
use badgewatch::domain::account::{AccountRole, Actor};
use badgewatch::domain::calendar::Calendar;
use badgewatch::domain::confirm::{FindingState, Rule, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::office::{Approval, Office as Terms};
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::deliver::Postman;
use badgewatch::flow::notices::{self, Desk};
use badgewatch::flow::watch::Step;
use badgewatch::flow::{calendar, cases};
use badgewatch::store::audit::{self, Recorded};
use badgewatch::store::findings::{self, Change, StoredFinding};
use badgewatch::store::notices::StoredNotice;
use badgewatch::store::{Db, sites};
use chrono::{DateTime, TimeDelta, Utc};

use super::db::{TestDb, register};
use super::letter::Kept;
use super::smtp::MailServer;

/// The whole country: units of the tests lie in no region that anybody knows.
pub const EVERYWHERE: &str = "000000";
pub const REGISTRY_MAIL: &str = "ok-registry@zhuce.example";
pub const CNNIC_MAIL: &str = "ok-cnnic@mingcheng.example";
pub const OFFICE_MAIL: &str = "office@yunxi.example";

pub struct Office {
    pub test: TestDb,
    pub clock: Clock,
    pub desk: Arc<Desk>,
    pub server: MailServer,
    pub postman: Postman,
    pub config: Config,
}

/// Settings by which letters really go, to a server on loopback.
pub fn settings(config: &mut Config, port: u16) {
    config.mail.mode = MailMode::Live;
    config.mail.from = Some("云溪县委编办 <badge@yunxi.example>".to_owned());
    config.mail.smtp_host = Some("localhost".to_owned());
    config.mail.smtp_port = port;
    config.mail.security = MailSecurity::None;
    config.web.public_url = Some("https://badge.yunxi.example".to_owned());
    let office = Terms {
        name: Some("云溪县机构编制委员会办公室".to_owned()),
        phone: Some("0000-1234567".to_owned()),
        email: Some(OFFICE_MAIL.to_owned()),
        approval: Some(Approval::Automatic),
        ..Terms::default()
    };
    config.offices.0.insert(EVERYWHERE.to_owned(), office);
}

impl Office {
    /// Opens an office on a database that has sites already.
    pub async fn open(test: TestDb, clock: Clock, mut config: Config, differ: impl FnOnce(&mut Config)) -> Self {
        let server = MailServer::start().await;
        settings(&mut config, server.port());
        differ(&mut config);
        let postman = Self::postman(&test.db, &clock, &config).await;
        Self { test, clock, desk: postman.desk.clone(), server, postman, config }
    }

    /// With so many sites of its own, `s000.yunxi.gov.test` and so on, whose units have an address each.
    pub async fn with_sites(test: TestDb, many: usize, at: &str, differ: impl FnOnce(&mut Config)) -> Self {
        let clock = Clock::manual(at.parse::<DateTime<Utc>>().unwrap());
        register(&test.db, &csv(many), clock.now()).await;
        Self::open(test, clock, Config::default(), differ).await
    }

    pub async fn postman(db: &Db, clock: &Clock, config: &Config) -> Postman {
        let shared = app::shared(config.clone(), db.clone(), clock.clone()).await.unwrap();
        app::postman(&shared).unwrap()
    }

    pub fn db(&self) -> &Db {
        &self.test.db
    }

    /// Does everything that goes by itself, until nothing is left to do now.
    pub async fn work(&self) {
        loop {
            let mut worked = notices::advance(self.db(), &self.desk, self.clock.now()).await.unwrap() == Step::Worked;
            worked |= self.cases().await == Step::Worked;
            worked |= self.postman.step().await.unwrap() == Step::Worked;
            if !worked {
                return;
            }
        }
    }

    async fn cases(&self) -> Step {
        let calendar = calendar::load(&mut self.db().read().await.unwrap()).await.unwrap();
        let (desk, now) = (self.case_desk(&calendar), self.clock.now());
        match cases::advance(&desk, now).await.unwrap() {
            Step::Worked => Step::Worked,
            Step::Idle => cases::catch_up(&desk, now).await.unwrap(),
        }
    }

    pub fn case_desk(&self, calendar: &Calendar) -> cases::Desk<'_> {
        cases::Desk {
            db: self.db(),
            calendar: Arc::new(calendar.clone()),
            offices: &self.config.offices,
            registry: Some(REGISTRY_MAIL),
            cnnic: Some(CNNIC_MAIL),
        }
    }

    /// Lets days pass, each worked through.
    pub async fn days(&self, days: u32) {
        for _ in 0..days {
            self.clock.advance(TimeDelta::days(1));
            self.work().await;
        }
    }

    pub async fn site(&self, key: &str) -> String {
        sites::by_key(&mut self.db().read().await.unwrap(), key).await.unwrap().unwrap().id
    }

    /// A fault of a site, as three looks over a day confirm it; its id.
    pub async fn confirm(&self, key: &str, code: FindingCode) -> String {
        let id = self.suspect(key, code).await;
        let (open, now) = (self.finding(&id).await, self.clock.now());
        let to = Track { state: FindingState::Confirmed, failed: 3, last_failed_at: now, ..open.track.clone() };
        let change = Change { at: now, pages: &open.pages, confirmed_by: Some(&Rule::default()), hold_id: None };
        let mut tx = self.db().write().await.unwrap();
        assert!(findings::advance(&mut tx, &open, &to, &change).await.unwrap());
        tx.commit().await.unwrap();
        id
    }

    /// A fault that one look found, a day ago; its id.
    pub async fn suspect(&self, key: &str, code: FindingCode) -> String {
        let (site, first) = (self.site(key).await, self.clock.now() - TimeDelta::hours(24));
        let pages = [format!("http://{key}/"), format!("http://{key}/list.html")];
        let mut tx = self.db().write().await.unwrap();
        let finding = Finding::fault(code);
        assert!(findings::open(&mut tx, &site, &finding, &Track::open(first), &pages).await.unwrap());
        let open = findings::open_of_site(&mut tx, &site).await.unwrap();
        tx.commit().await.unwrap();
        open.into_iter().find(|open| open.finding == finding).unwrap().id
    }

    async fn finding(&self, id: &str) -> StoredFinding {
        let mut tx = self.db().read().await.unwrap();
        for site in sites::after_key(&mut tx, "", 10_000).await.unwrap() {
            if let Some(found) = findings::of_site(&mut tx, &site.id).await.unwrap().into_iter().find(|f| f.id == id) {
                return found;
            }
        }
        panic!("no finding {id}");
    }

    async fn moved(&self, id: &str, to: impl FnOnce(Track) -> Track) {
        let read = self.finding(id).await;
        let to = to(read.track.clone());
        let mut tx = self.db().write().await.unwrap();
        let change = Change { at: self.clock.now(), pages: &read.pages, ..Change::default() };
        assert!(findings::advance(&mut tx, &read, &to, &change).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// A fair look finds the fault again.
    pub async fn found_again(&self, id: &str) {
        let now = self.clock.now();
        self.moved(id, |track| Track { failed: track.failed + 1, last_failed_at: now, ..track }).await;
    }

    /// Two clean looks clear it.
    pub async fn mended(&self, id: &str) {
        self.moved(id, |track| Track { state: FindingState::Cleared, clean: 2, ..track }).await;
    }

    /// A site's notices, the latest first.
    pub async fn notices(&self, key: &str) -> Vec<StoredNotice> {
        let id = self.site(key).await;
        badgewatch::store::notices::of_site(&mut self.db().read().await.unwrap(), &id).await.unwrap()
    }

    /// A site's latest notice.
    pub async fn notice(&self, key: &str) -> StoredNotice {
        self.notices(key).await.into_iter().next().expect("a notice")
    }

    pub async fn acts(&self, notice: &StoredNotice) -> Vec<Recorded> {
        let chain = format!("notice:{}", notice.id);
        audit::chain(&mut self.db().read().await.unwrap(), &chain, 0, 1_000).await.unwrap()
    }

    /// The subjects of the letters that an address got.
    pub fn subjects(&self, recipient: &str) -> Vec<String> {
        self.server.kept_for(recipient).iter().map(Kept::subject).collect()
    }
}

/// Somebody of an office.
pub fn actor(name: &str, role: AccountRole, region: &str) -> Actor {
    Actor { account_id: format!("id-{name}"), name: name.to_owned(), role, region: region.to_owned() }
}

pub fn officer() -> Actor {
    actor("chen", AccountRole::Officer, EVERYWHERE)
}

/// The address of a site's unit.
pub fn mail(number: usize) -> String {
    format!("ok{number:03}@yunxi.test")
}

pub fn key(number: usize) -> String {
    format!("s{number:03}.yunxi.gov.test")
}

pub fn csv(many: usize) -> String {
    let row = |number: usize| {
        format!(
            "云溪县第{number}局,organ,云溪县人民政府,政通路{number}号,,云溪县,第{number}局网站,,{},,CA18205000041{number:06}0001,,\
             2025-03-03,编办,valid,2027-01-01,甲某某,{},00000000000",
            key(number),
            mail(number)
        )
    };
    let header = "unit_name,unit_type,parent_unit,address,functions,region,site_name,cn_domain,en_domain,ips,badge_code,\
                  certificate_id,issued_on,issuing_office,state,domain_expires_on,contact_name,contact_email,contact_phone";
    (0..many).map(row).fold(header.to_owned(), |all, row| all + "\n" + &row)
}
