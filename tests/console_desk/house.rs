//! The console of a county with faults that were confirmed: drafts wait for an officer.

use badgewatch::clock::Clock;
use badgewatch::config::{Config, MailMode, SecondDevice};
use badgewatch::domain::office::{Approval, Office};
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::notices::StoredNotice;
use badgewatch::store::{audit, evidence, notices, outbox, sites};
use serde_json::json;

use crate::support::bureau::{HERE, confirm, registry, settle};
use crate::support::console::House;
use crate::support::db::{TestDb, every_engine, register};
use crate::support::world::start;

/// The settings of an office that lets each letter go by hand.
pub fn config() -> Config {
    let mut config = Config::default();
    config.mail.mode = MailMode::Live;
    config.people.second_device = SecondDevice::Offered;
    config.mail.from = Some("云溪县委编办 <badge@yunxi.example>".to_owned());
    config.mail.smtp_host = Some("localhost".to_owned());
    config.web.public_url = Some("https://badge.yunxi.example".to_owned());
    let office = Office {
        name: Some("云溪县机构编制委员会办公室".to_owned()),
        contact: Some("监督检查股".to_owned()),
        phone: Some("0000-1234567".to_owned()),
        email: Some("office@yunxi.example".to_owned()),
        supervisor: Some("云溪县委网信办".to_owned()),
        supervisor_email: Some("wangxin@yunxi.example".to_owned()),
        approval: Some(Approval::ApproveEach),
        ..Office::default()
    };
    config.offices.0.insert(HERE.to_owned(), office);
    config
}

/// The county's console; its sites are on file.
pub async fn open(test: TestDb) -> House {
    register(&test.db, &registry(), start()).await;
    House::open(test, Clock::manual(start()), config()).await
}

pub async fn told(story: impl AsyncFn(House)) {
    for test in every_engine().await {
        story(open(test).await).await;
    }
}

/// A draft about a fault of a site.
pub async fn draft(house: &House, key: &str, code: FindingCode) -> StoredNotice {
    exhibit(house, key, code, "<div class=\"footer\">主办：云溪县人民政府办公室</div></body>").await;
    confirm(&house.test.db, key, code, house.clock.now()).await;
    settle(&house.test.db, &house.app.desk, house.clock.now()).await;
    notice_of(house, key).await
}

/// A piece of evidence in which a page of the site shows the finding.
pub async fn exhibit(house: &House, key: &str, code: FindingCode, excerpt: &str) {
    let mut tx = house.test.db.write().await.unwrap();
    let site = sites::by_key(&mut tx, key).await.unwrap().unwrap();
    let page =
        json!({ "url": format!("http://{key}"), "status": 200, "excerpt": excerpt, "body_sha256": "ab".repeat(32) });
    let body = json!({ "findings": [{ "code": code.name(), "effect": "fault" }], "pages": [page] });
    evidence::append(&mut tx, &site.id, "look", house.clock.now(), &body.to_string()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The latest notice of a site.
pub async fn notice_of(house: &House, key: &str) -> StoredNotice {
    let mut tx = house.test.db.read().await.unwrap();
    let site = sites::by_key(&mut tx, key).await.unwrap().unwrap();
    notices::of_site(&mut tx, &site.id).await.unwrap().remove(0)
}

/// Kinds and recipients of what was written about a notice or a case.
pub async fn letters(house: &House, id: &str) -> Vec<(String, String)> {
    let mut tx = house.test.db.read().await.unwrap();
    let all = outbox::of_subject(&mut tx, id).await.unwrap();
    all.into_iter().map(|letter| (letter.kind, letter.recipient)).collect()
}

/// Who did what on a chain.
pub async fn acts(house: &House, chain: &str) -> Vec<(String, String)> {
    let mut tx = house.test.db.read().await.unwrap();
    let all = audit::chain(&mut tx, chain, 0, 1_000).await.unwrap();
    all.into_iter().map(|act| (act.actor, act.action)).collect()
}
