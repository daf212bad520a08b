//! An office with notices: registered sites of two counties, confirmed faults, people with tokens.

use badgewatch::domain::account::{AccountRole, Body};
use badgewatch::domain::confirm::{FindingState, Rule, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::accounts::{self, NewAccount, OPERATOR};
use badgewatch::flow::notices::{self, Desk};
use badgewatch::flow::watch::Step;
use badgewatch::store::findings::{self, Change};
use badgewatch::store::{Db, sites};
use chrono::{DateTime, TimeDelta, Utc};

/// The county of the stories, and another one.
pub const HERE: &str = "140214";
pub const ELSEWHERE: &str = "140311";

/// A site of the county, one of its sites in a folder, and one of the other county.
pub const SITE: &str = "www.yunxi.gov.test";
pub const FOLDER: &str = "www.yunxi.gov.test/jyj/";
pub const OTHER_SITE: &str = "www.lanshan.gov.test";

const HEADER: &str = "unit_name,unit_type,parent_unit,address,functions,region,site_name,cn_domain,en_domain,ips,\
                          badge_code,certificate_id,issued_on,issuing_office,state,domain_expires_on,contact_name,\
                          contact_email,contact_phone,url_prefix";

/// A row of the registry.
pub fn row(unit: &str, region: &str, host: &str, prefix: &str, number: u32) -> String {
    format!(
        "{unit},organ,,政通路{number}号,,{region},{unit}网站,,{host},,CA18205000041{number:06}0001,{number:032X},\
         2025-03-03,编办,valid,2030-01-01,甲某某,office{number}@{host},00000000000,{prefix}"
    )
}

/// The registry of these sites.
pub fn registry() -> String {
    [
        HEADER.to_owned(),
        row("云溪县人民政府办公室", HERE, SITE, "", 1),
        row("云溪县教育局", HERE, SITE, "/jyj/", 2),
        row("岚山县人民政府办公室", ELSEWHERE, OTHER_SITE, "", 3),
    ]
    .join("\n")
}

/// Confirms a fault of a site, as many looks would.
pub async fn confirm(db: &Db, key: &str, code: FindingCode, at: DateTime<Utc>) {
    let mut tx = db.write().await.unwrap();
    let site = sites::by_key(&mut tx, key).await.unwrap().unwrap_or_else(|| panic!("{key} is on file"));
    let (finding, first) = (Finding::fault(code), Track::open(at - TimeDelta::hours(26)));
    let pages = [format!("http://{key}")];
    assert!(findings::open(&mut tx, &site.id, &finding, &first, &pages).await.unwrap());
    let open = findings::open_of_site(&mut tx, &site.id).await.unwrap();
    let read = open.into_iter().find(|open| open.finding == finding).unwrap();
    let to = Track { state: FindingState::Confirmed, failed: 3, last_failed_at: at, ..read.track.clone() };
    let rule = Rule::default();
    let change = Change { at, pages: &pages, confirmed_by: Some(&rule), hold_id: None };
    assert!(findings::advance(&mut tx, &read, &to, &change).await.unwrap());
    tx.commit().await.unwrap();
}

/// Everything that goes by itself.
pub async fn settle(db: &Db, desk: &Desk, at: DateTime<Utc>) {
    while notices::advance(db, desk, at).await.unwrap() == Step::Worked {}
}

/// A token of a new account.
pub async fn person(db: &Db, name: &str, role: AccountRole, region: &str, days: u32, at: DateTime<Utc>) -> String {
    let new =
        NewAccount { name: name.into(), person: "陈某某".into(), body: Body::Office, region: region.into(), role };
    accounts::add_account(db, &new, OPERATOR, at).await.unwrap();
    accounts::issue_token(db, name, days, OPERATOR, at).await.unwrap().text
}
