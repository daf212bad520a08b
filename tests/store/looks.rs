//! Looks as they were taken, and where each site stands by them.

use badgewatch::store::looks::{self, Standing, StoredLook};
use badgewatch::store::{Json, evidence, new_id};
use chrono::{DateTime, Utc};
use serde_json::json;

use super::stage::{at, told};
use crate::support::standing::standing;
use crate::{ask, tell};

fn look(site_id: &str, kind: &str, slot_at: DateTime<Utc>) -> StoredLook {
    StoredLook {
        id: new_id(),
        site_id: site_id.to_owned(),
        kind: kind.to_owned(),
        slot_at,
        started_at: slot_at,
        ended_at: slot_at,
        vantage: "default".to_owned(),
        rules: "1".to_owned(),
        verdict: "fail".to_owned(),
        cause: "not_hung".to_owned(),
        instrument: "well".to_owned(),
        findings: Json(json!([{"code": "not_hung"}])),
        dns: Json(json!([])),
        coverage: Json(json!({"known": 3})),
    }
}

#[tokio::test]
async fn a_slot_has_one_look() {
    told(2, async |stage| {
        let first = look(&stage.ids[0], "home", at(0));
        tell!(stage, looks::insert, &first);
        let mut tx = stage.db().write().await.unwrap();
        let twice = looks::insert(&mut tx, &look(&stage.ids[0], "home", at(0))).await;
        assert!(twice.unwrap_err().to_string().to_lowercase().contains("unique"));
        drop(tx);

        let others = [
            look(&stage.ids[0], "pages", at(0)),
            look(&stage.ids[0], "home", at(1)),
            look(&stage.ids[1], "home", at(0)),
        ];
        for other in &others {
            tell!(stage, looks::insert, other);
        }
        let all = ask!(stage, looks::of_site, &stage.ids[0], 10);
        assert_eq!(all.len(), 3);
        assert_eq!(all[0], others[1], "the latest first, and as it was stored");
        assert_eq!(ask!(stage, looks::of_site, &stage.ids[0], 1).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn old_looks_are_let_go_a_few_at_a_time_unless_evidence_stands_on_them() {
    told(1, async |stage| {
        let id = &stage.ids[0];
        let shown = look(id, "home", at(0));
        tell!(stage, looks::insert, &shown);
        tell!(stage, evidence::append, id, &shown.id, at(0), "{}");
        for minute in 1..=5 {
            tell!(stage, looks::insert, &look(id, "home", at(minute)));
        }
        assert_eq!(tell!(stage, looks::purge, at(5), 3), 3);
        assert_eq!(tell!(stage, looks::purge, at(5), 3), 1);
        assert_eq!(tell!(stage, looks::purge, at(5), 3), 0);
        let left: Vec<_> = ask!(stage, looks::of_site, id, 10).into_iter().map(|look| look.slot_at).collect();
        assert_eq!(left, [at(5), at(0)]);
        assert_eq!(tell!(stage, evidence::prune, at(5), 10), 1);
        assert_eq!(tell!(stage, looks::purge, at(5), 3), 1, "emptied evidence holds no look");
    })
    .await;
}

#[tokio::test]
async fn a_site_stands_where_it_was_last_said_to_stand() {
    told(2, async |stage| {
        let id = &stage.ids[0];
        assert_eq!(ask!(stage, looks::standing, id), None);
        let first = Standing {
            address: Some("10.0.0.1".to_owned()),
            badge_host: Some("dcs.conac.cn".to_owned()),
            ..standing(id, "pass", "verified", at(0))
        };
        tell!(stage, looks::set_standing, &first);
        assert_eq!(ask!(stage, looks::standing, id), Some(first));
        let second = Standing { checked: 3, known: 4, complete: false, ..standing(id, "fail", "not_hung", at(1)) };
        tell!(stage, looks::set_standing, &second);
        assert_eq!(ask!(stage, looks::standing, id), Some(second));
        assert_eq!(ask!(stage, looks::standing, &stage.ids[1]), None);
    })
    .await;
}

#[tokio::test]
async fn the_sites_are_counted_by_verdict_and_by_freshness() {
    told(4, async |stage| {
        let empty = ask!(stage, looks::freshness, at(0));
        assert_eq!((empty.looked, empty.fresh, empty.checked, empty.known), (0, 0, 0, 0));
        assert!(ask!(stage, looks::tally).is_empty());

        tell!(stage, looks::set_standing, &standing(&stage.ids[0], "pass", "verified", at(10)));
        tell!(stage, looks::set_standing, &standing(&stage.ids[1], "pass", "verified", at(0)));
        let unfair = Standing { known: 2, ..standing(&stage.ids[2], "undetermined", "challenge", at(20)) };
        tell!(stage, looks::set_standing, &unfair);
        let tally: Vec<_> =
            ask!(stage, looks::tally).into_iter().map(|tally| (tally.verdict, tally.cause, tally.sites)).collect();
        let told = |verdict: &str, cause: &str, sites| (verdict.to_owned(), cause.to_owned(), sites);
        assert_eq!(tally, [told("pass", "verified", 2), told("undetermined", "challenge", 1)]);
        let fresh = ask!(stage, looks::freshness, at(10));
        assert_eq!((fresh.looked, fresh.fresh, fresh.checked, fresh.known), (3, 1, 3, 4));
    })
    .await;
}

#[tokio::test]
async fn the_sites_are_counted_by_province() {
    told(3, async |stage| {
        assert!(ask!(stage, looks::by_province).is_empty());
        for (id, verdict) in stage.ids.iter().zip(["pass", "pass", "fail"]) {
            tell!(stage, looks::set_standing, &standing(id, verdict, "verified", at(0)));
        }
        stage.run("UPDATE units SET region = NULL").await;
        let told = |province: &str, verdict: &str, sites| (province.to_owned(), verdict.to_owned(), sites);
        assert_eq!(ask!(stage, looks::by_province), [told("00", "fail", 1), told("00", "pass", 2)]);
        stage.run("INSERT INTO regions (code, name) VALUES ('990102', '云溪县')").await;
        stage.run("UPDATE units SET region = '990102'").await;
        assert_eq!(ask!(stage, looks::by_province), [told("99", "fail", 1), told("99", "pass", 2)]);
    })
    .await;
}
