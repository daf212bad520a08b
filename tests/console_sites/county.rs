//! Two counties of a city and one elsewhere, with sites that stand this way and that.

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::confirm::Track;
use badgewatch::domain::finding::Finding;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::looks::Standing;
use badgewatch::store::{findings, sites};

use crate::support::console::{House, Person, told as each_engine};
use crate::support::db::register;
use crate::support::standing::{stand_so, standing};

pub const FAILS: &str = "s0.yunxi.gov.test";
pub const DOUBT: &str = "s1.yunxi.gov.test";
pub const PASSES: &str = "s2.yunxi.gov.test";
/// In the other county.
pub const OTHER: &str = "s3.yunxi.gov.test";
/// In another province.
pub const FAR: &str = "s4.yunxi.gov.test";
/// A name that would be a script, were it not for its being written as a text.
pub const HOSTILE: &str = "<script>alert(1)</script>局网站";

const HEADER: &str = "unit_name,unit_type,parent_unit,address,functions,region,site_name,cn_domain,en_domain,ips,\
                      badge_code,certificate_id,issued_on,issuing_office,state,domain_expires_on,contact_name,contact_email,\
                      contact_phone";

/// A row of the registry.
fn row((n, region, name, cn, expires): (usize, &str, &str, &str, &str)) -> String {
    format!(
        "云溪县第{n}局,organ,云溪县人民政府,政通路{n}号,,{region},{name},{cn},s{n}.yunxi.gov.test,10.0.0.1,\
         CA18205000041{n:06}0001,{:032X},2025-03-03,编办,valid,{expires},甲某某,jia@yunxi.example,",
        n + 1
    )
}

/// Sites of the first county under these names; the first ones with a Chinese domain.
pub async fn settle_named(house: &House, names: &[String]) {
    let row =
        |(n, name): (usize, &String)| row((n, "140214", name, if n < 9 { "云溪.政务" } else { "" }, "2026-01-01"));
    let rows: Vec<_> = std::iter::once(HEADER.to_owned()).chain(names.iter().enumerate().map(row)).collect();
    register(&house.test.db, &rows.join("\n"), house.clock.now()).await;
}

pub fn csv() -> String {
    [
        (0, "140214", HOSTILE, "云溪.政务", "2026-01-01"),
        (1, "140214", "第1局网站", "", "2027-01-01"),
        (2, "140214", "=第2局网站", "云溪二.政务", "2027-01-01"),
        (3, "140215", "第3局网站", "", ""),
        (4, "310101", "第4局网站", "", ""),
    ]
    .map(row)
    .iter()
    .fold(HEADER.to_owned(), |all, row| all + "\n" + row)
}

/// Runs a story before the counties, on every engine.
pub async fn told(story: impl AsyncFn(House)) {
    each_engine(async |house| {
        settle(&house).await;
        story(house).await;
    })
    .await;
}

pub async fn settle(house: &House) {
    register(&house.test.db, &csv(), house.clock.now()).await;
    for (key, verdict, cause) in [
        (FAILS, "fail", "not_hung"),
        (DOUBT, "undetermined", "challenge"),
        (PASSES, "pass", "verified"),
        (OTHER, "fail", "misplaced"),
    ] {
        stand(house, key, verdict, cause).await;
    }
    let mut tx = house.test.db.write().await.unwrap();
    let id = sites::by_key(&mut tx, FAILS).await.unwrap().unwrap().id;
    let track = Track::open(house.clock.now());
    let page = format!("http://{FAILS}/a.html");
    assert!(findings::open(&mut tx, &id, &Finding::fault(FindingCode::NotHung), &track, &[page]).await.unwrap());
    tx.commit().await.unwrap();
}

pub async fn stand(house: &House, key: &str, verdict: &str, cause: &str) {
    let now = house.clock.now();
    stand_so(&house.test.db, key, |site_id| Standing {
        address: Some("10.0.0.1".into()),
        checked: 3,
        known: 4,
        complete: false,
        ..standing(site_id, verdict, cause, now)
    })
    .await;
}

/// An officer of the first county.
pub async fn chen(house: &House) -> Person {
    house.person("chen", AccountRole::Officer, "140214").await
}
