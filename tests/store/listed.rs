//! The public list: who is on it, in which order, and that one leafs through it without losing anybody.

use badgewatch::domain::registry::BadgeState;
use badgewatch::store::listed::{self, Mark};
use badgewatch::store::looks;
use badgewatch::store::sites;

use super::stage::{Stage, at, told};
use crate::support::standing::standing;
use crate::{ask, tell};

async fn hang(stage: &Stage, site: usize) {
    let passed = standing(&stage.ids[site], "pass", "verified", at(0));
    tell!(stage, looks::set_standing, &passed);
}

/// The numbers of the listed sites of a region.
async fn on_list(stage: &Stage, region: &str) -> Vec<usize> {
    let listed = ask!(stage, listed::page, region, None, 100);
    listed.iter().map(|site| stage.ids.iter().position(|id| *id == site.id).unwrap()).collect()
}

#[tokio::test]
async fn a_site_comes_on_the_list_by_a_look_and_leaves_it_by_a_decision() {
    told(4, async |stage| {
        assert!(on_list(stage, "000000").await.is_empty());
        tell!(stage, looks::set_standing, &standing(&stage.ids[0], "fail", "not_hung", at(0)));
        assert!(on_list(stage, "000000").await.is_empty(), "its badge was never seen");
        for site in 0..4 {
            hang(stage, site).await;
        }
        tell!(stage, looks::set_standing, &standing(&stage.ids[0], "fail", "not_hung", at(1)));
        assert_eq!(on_list(stage, "000000").await.len(), 4, "what a later look finds is not told by leaving it out");
        tell!(stage, sites::decide_state, &stage.ids[1], Some(BadgeState::Revoked), at(2));
        tell!(stage, sites::drop_site, &stage.ids[2], at(2));
        stage.run("UPDATE sites SET badge_code = NULL, certificate_id = NULL WHERE key = 's003.yunxi.gov.test'").await;
        assert_eq!(on_list(stage, "000000").await, [0]);
        tell!(stage, sites::decide_state, &stage.ids[1], None, at(3));
        assert_eq!(on_list(stage, "000000").await.len(), 2);
        let listed = ask!(stage, listed::page, "000000", None, 1).remove(0);
        assert_eq!(listed.unit_name, ask!(stage, sites::by_id, &listed.id).unwrap().site.unit.name);
    })
    .await;
}

#[tokio::test]
async fn one_leafs_through_it_from_the_latest_to_those_without_a_day() {
    told(7, async |stage| {
        for site in 0..7 {
            hang(stage, site).await;
        }
        stage.run("UPDATE sites SET issued_on = NULL WHERE key < 's003'").await;
        stage.run("UPDATE sites SET issued_on = '2026-01-01' WHERE key = 's005.yunxi.gov.test'").await;
        let (mut seen, mut behind) = (Vec::new(), None::<Mark>);
        loop {
            let page = ask!(stage, listed::page, "000000", behind.as_ref(), 2);
            let Some(last) = page.last() else { break };
            behind = Some(last.mark());
            seen.extend(page);
        }
        let days: Vec<_> = seen.iter().map(|site| site.issued_on).collect();
        assert!(days.is_sorted_by(|before, after| before >= after), "{days:?}");
        assert_eq!((days[0], days[6]), ("2026-01-01".parse().ok(), None));
        let mut ids: Vec<_> = seen.into_iter().map(|site| site.id).collect();
        ids.sort();
        let mut all = stage.ids.clone();
        all.sort();
        assert_eq!(ids, all, "each once");
    })
    .await;
}

#[tokio::test]
async fn a_region_lists_what_lies_within_it() {
    told(3, async |stage| {
        for site in 0..3 {
            hang(stage, site).await;
        }
        stage.run("UPDATE sites SET area = '140214' WHERE key = 's000.yunxi.gov.test'").await;
        stage.run("UPDATE sites SET area = '140200' WHERE key = 's001.yunxi.gov.test'").await;
        for (region, sites) in [("140000", &[0, 1][..]), ("140200", &[0, 1]), ("140214", &[0]), ("150000", &[])] {
            let mut listed = on_list(stage, region).await;
            listed.sort_unstable();
            assert_eq!(listed, sites, "{region}");
        }
        assert_eq!(on_list(stage, "000000").await.len(), 3);
    })
    .await;
}
