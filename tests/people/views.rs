//! Who looked at personal data is on record.

use badgewatch::domain::account::{AccountRole, Actor};
use badgewatch::domain::personal::Personal;
use badgewatch::flow::people::{VIEWS, on_record, viewed};
use badgewatch::store::{accounts, audit};
use chrono::TimeDelta;

use crate::support::console::{House, told};

async fn actor(house: &House, name: &str) -> Actor {
    house.account(name, AccountRole::Viewer, "140214").await;
    let found = accounts::by_name(&mut house.test.db.read().await.unwrap(), name).await.unwrap().unwrap();
    Actor { account_id: found.id, name: found.name, role: found.role, region: found.region }
}

async fn looks(house: &House) -> Vec<String> {
    let acts = audit::chain(&mut house.test.db.read().await.unwrap(), VIEWS, 0, 1_000).await.unwrap();
    let line = |act: &audit::Recorded| {
        let detail = act.tree().unwrap()["detail"].clone();
        format!("{} {} {}", act.actor, detail["what"].as_str().unwrap(), detail["id"].as_str().unwrap())
    };
    acts.iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_is_on_record_once_an_hour_for_each_person_and_thing() {
    told(async |house| {
        let (chen, bai) = (actor(&house, "chen").await, actor(&house, "bai").await);
        let look = async |who: &Actor, what, id: &str| {
            viewed(&house.test.db, who, what, id, house.clock.now()).await.unwrap();
        };
        for _ in 0..5 {
            look(&chen, Personal::Notice, "n1").await;
        }
        look(&chen, Personal::Notice, "n2").await;
        look(&chen, Personal::Case, "n1").await;
        look(&bai, Personal::Notice, "n1").await;
        house.clock.advance(TimeDelta::minutes(59));
        look(&chen, Personal::Notice, "n1").await;
        assert_eq!(
            looks(&house).await,
            ["account:chen notice n1", "account:chen notice n2", "account:chen case n1", "account:bai notice n1"]
        );
        house.clock.advance(TimeDelta::minutes(1));
        look(&chen, Personal::Notice, "n1").await;
        assert_eq!(looks(&house).await.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn beside_a_name_on_record_stands_who_it_is_and_for_whom_they_act() {
    told(async |house| {
        let chen = actor(&house, "chen").await;
        let named = on_record(&house.test.db).await.unwrap();
        assert_eq!(named[&chen.text()], "chen（某）（编办）");
        assert_eq!(named.get("system"), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_looks_at_once_one_is_on_record() {
    told(async |house| {
        let chen = actor(&house, "chen").await;
        let now = house.clock.now();
        let looking = (0..8).map(|_| viewed(&house.test.db, &chen, Personal::Unit, "s1", now));
        for done in futures_util::future::join_all(looking).await {
            done.unwrap();
        }
        assert_eq!(looks(&house).await, ["account:chen unit s1"]);
    })
    .await;
}
