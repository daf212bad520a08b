//! How many sites of a group turned bad together.

use badgewatch::domain::confirm::{FindingState, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::mass::Dimension;
use badgewatch::domain::verdict::{Effect, FindingCode};
use badgewatch::store::findings::{self, Change, Counting};
use badgewatch::store::looks::{self, Standing};
use badgewatch::store::sites;

use super::stage::{Stage, at, told};
use crate::support::standing::standing;
use crate::{ask, tell};

/// Ten sites looked at in minute 100: the first six on one address, the first four with one badge host, the first three
/// of one region. All but the sixth had passed before.
async fn looked_at(stage: &Stage) {
    for (place, id) in stage.ids.iter().enumerate() {
        let there = Standing {
            passed_at: (place != 5).then(|| at(0)),
            address: Some(if place < 6 { "10.0.0.1" } else { "10.0.0.2" }.to_owned()),
            badge_host: (place < 4).then(|| "dcs.conac.cn".to_owned()),
            ..standing(id, "fail", "not_hung", at(100))
        };
        tell!(stage, looks::set_standing, &there);
    }
    stage.run("INSERT INTO regions (code, name) VALUES ('530001', '云溪县')").await;
    stage.run("UPDATE units SET region = '530001' WHERE id IN (SELECT unit_id FROM sites WHERE key < 's003')").await;
}

async fn fails(stage: &Stage, place: usize, finding: Finding, minute: i64) {
    assert!(tell!(stage, findings::open, &stage.ids[place], &finding, &Track::open(at(minute)), &[]));
}

/// Failing and watched of a group, between minutes 50 and 150.
async fn group(stage: &Stage, dimension: Dimension, member: &str, any: bool) -> (i64, i64) {
    let code = FindingCode::NotHung;
    let by = Counting { code, since: at(50), until: at(150), any, least: 0 };
    let group = ask!(stage, findings::group, dimension, member, &by);
    (group.failing, group.watched)
}

#[tokio::test]
async fn a_mass_change_is_seen_in_all_four_dimensions() {
    told(10, async |stage| {
        looked_at(stage).await;
        for place in [0, 1, 2, 3, 5] {
            fails(stage, place, Finding::fault(FindingCode::NotHung), 100).await;
        }
        assert_eq!(group(stage, Dimension::Address, "10.0.0.1", false).await, (4, 6), "the sixth never passed");
        assert_eq!(group(stage, Dimension::Address, "10.0.0.1", true).await, (5, 6));
        assert_eq!(group(stage, Dimension::Address, "10.0.0.2", true).await, (0, 4));
        assert_eq!(group(stage, Dimension::BadgeHost, "dcs.conac.cn", false).await, (4, 4));
        assert_eq!(group(stage, Dimension::Region, "530001", false).await, (3, 3));
        assert_eq!(group(stage, Dimension::Vantage, "default", false).await, (4, 10));
        assert_eq!(group(stage, Dimension::Address, "10.9.9.9", true).await, (0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_is_over_or_older_or_of_another_kind_is_no_part_of_it() {
    told(10, async |stage| {
        looked_at(stage).await;
        let fault = Finding::fault(FindingCode::NotHung);
        fails(stage, 0, fault, 49).await;
        fails(stage, 1, fault, 151).await;
        fails(stage, 2, Finding::of(FindingCode::NotHung, Effect::Remark), 100).await;
        fails(stage, 3, Finding::fault(FindingCode::Blocked), 100).await;
        fails(stage, 4, fault, 100).await;
        assert_eq!(group(stage, Dimension::Address, "10.0.0.1", true).await, (1, 6));

        let read = ask!(stage, findings::open_of_site, &stage.ids[4]).remove(0);
        let cleared = Track { state: FindingState::Cleared, ..read.track.clone() };
        tell!(stage, findings::advance, &read, &cleared, &Change { at: at(101), ..Change::default() });
        assert_eq!(group(stage, Dimension::Address, "10.0.0.1", true).await, (0, 6));

        // Two findings of one site are one site that fails; the queue counts as a fault does.
        fails(stage, 5, fault, 50).await;
        fails(stage, 5, Finding::of(FindingCode::NotHung, Effect::Queue), 150).await;
        assert_eq!(group(stage, Dimension::Address, "10.0.0.1", true).await, (1, 6));
    })
    .await;
}

#[tokio::test]
async fn only_sites_on_file_that_were_looked_at_are_watched() {
    told(10, async |stage| {
        looked_at(stage).await;
        fails(stage, 0, Finding::fault(FindingCode::NotHung), 100).await;
        tell!(stage, sites::drop_site, &stage.ids[0], at(101));
        tell!(stage, looks::set_standing, &standing(&stage.ids[1], "pass", "verified", at(49)));
        assert_eq!(group(stage, Dimension::Vantage, "default", true).await, (0, 8));
    })
    .await;
}
