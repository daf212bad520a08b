//! The rows behind the lists: they follow the registry and the looks, and are found by whatever is asked.

use badgewatch::domain::confirm::Track;
use badgewatch::domain::finding::Finding;
use badgewatch::domain::region::bounds;
use badgewatch::domain::registry::BadgeState;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::store::looks::{self, Standing};
use badgewatch::store::maintenance::{self, Announcement};
use badgewatch::store::site_rows::{self, Filter, Freshness, Hanging, Named, SiteRow, Sort};
use badgewatch::store::{StoreError, exemptions, findings, new_id, notices, plan, sites};

use super::stage::{Stage, at, told};
use crate::support::standing::standing;
use crate::{ask, tell};

fn everything() -> Filter {
    Filter {
        area: bounds("000000"),
        kind: String::new(),
        verdict: String::new(),
        cause: String::new(),
        finding: String::new(),
        code: String::new(),
        domain: String::new(),
        text: String::new(),
        address: String::new(),
        named: None,
        hanging: None,
        freshness: None,
        fresh_since: at(2),
        today: at(0).date_naive(),
    }
}

async fn found(stage: &Stage, filter: &Filter, sort: Sort) -> Vec<usize> {
    let rows: Vec<SiteRow> = ask!(stage, site_rows::page, filter, sort, 100, 0);
    assert_eq!(ask!(stage, site_rows::count, filter, 100), rows.len() as i64);
    let place = |row: &SiteRow| stage.ids.iter().position(|id| *id == row.site_id).unwrap();
    rows.iter().map(place).collect()
}

async fn asked(stage: &Stage, differ: impl FnOnce(&mut Filter)) -> Vec<usize> {
    let mut filter = everything();
    differ(&mut filter);
    found(stage, &filter, Sort::Domain).await
}

/// Five sites: at fault, in doubt, in order, not looked at, in order.
async fn stand(stage: &Stage) {
    let stands = |n: usize, verdict: &str, cause: &str| standing(&stage.ids[n], verdict, cause, at(n as i64));
    tell!(stage, looks::set_standing, &Standing { address: Some("10.0.0.9".into()), ..stands(0, "fail", "not_hung") });
    tell!(stage, looks::set_standing, &stands(1, "undetermined", "challenge"));
    tell!(stage, looks::set_standing, &stands(2, "pass", "verified"));
    tell!(stage, looks::set_standing, &stands(4, "fail", "misplaced"));
}

#[tokio::test]
async fn what_needs_a_hand_stands_first() {
    told(5, async |stage| {
        assert_eq!(found(stage, &everything(), Sort::Need).await, [0, 1, 2, 3, 4], "none was looked at");
        stand(stage).await;
        assert_eq!(found(stage, &everything(), Sort::Need).await, [4, 0, 1, 3, 2]);
        assert_eq!(found(stage, &everything(), Sort::Oldest).await, [3, 0, 1, 2, 4]);
        for sort in [Sort::Name, Sort::Unit, Sort::Domain, Sort::Expires] {
            assert_eq!(found(stage, &everything(), sort).await, [0, 1, 2, 3, 4], "{sort}");
        }
        let second = ask!(stage, site_rows::page, &everything(), Sort::Need, 2, 2);
        assert_eq!(second.iter().map(|row| row.site_id.as_str()).collect::<Vec<_>>(), [&stage.ids[1], &stage.ids[3]]);
        assert_eq!(ask!(stage, site_rows::count, &everything(), 3), 3, "counted up to what is asked");
    })
    .await;
}

#[tokio::test]
async fn each_filter_finds_its_sites_and_nothing_else() {
    told(5, async |stage| {
        stand(stage).await;
        let finding = Finding::fault(FindingCode::NotHung);
        assert!(tell!(stage, findings::open, &stage.ids[3], &finding, &Track::open(at(0)), &[]));
        assert_eq!(asked(stage, |f| f.verdict = "fail".into()).await, [0, 4]);
        assert_eq!(asked(stage, |f| f.verdict = "none".into()).await, [3]);
        assert_eq!(asked(stage, |f| f.cause = "challenge".into()).await, [1]);
        assert_eq!(asked(stage, |f| f.finding = "not_hung".into()).await, [3]);
        assert_eq!(asked(stage, |f| f.kind = "organ".into()).await.len(), 5);
        assert!(asked(stage, |f| f.kind = "society".into()).await.is_empty());
        assert_eq!(asked(stage, |f| f.code = "ca18205000041000002".into()).await, [2], "whatever the case");
        assert!(asked(stage, |f| f.code = "%".into()).await.is_empty(), "no sign of a pattern");
        assert_eq!(asked(stage, |f| f.domain = "s003.".into()).await, [3]);
        assert_eq!(asked(stage, |f| f.text = "第4局网站".into()).await, [4]);
        assert_eq!(asked(stage, |f| f.text = "云溪2.政务".into()).await, [2]);
        assert!(asked(stage, |f| f.text = "_003".into()).await.is_empty(), "a sign stands for itself");
        assert_eq!(asked(stage, |f| f.address = "10.0.0.9".into()).await, [0]);
        assert_eq!(asked(stage, |f| f.freshness = Some(Freshness::Stale)).await, [0, 1, 3]);
        assert_eq!(asked(stage, |f| f.freshness = Some(Freshness::Fresh)).await, [2, 4]);
        assert_eq!(asked(stage, |f| f.named = Some(Named::Without)).await, [1, 3]);
        assert_eq!(asked(stage, |f| f.named = Some(Named::Held)).await, [0, 2, 4]);
        let later = "2027-01-02".parse().unwrap();
        assert_eq!(asked(stage, |f| (f.named, f.today) = (Some(Named::Expired), later)).await, [0, 2, 4]);
        assert_eq!(asked(stage, |f| f.hanging = Some(Hanging::Issued)).await.len(), 5);
        assert_eq!(asked(stage, |f| f.hanging = Some(Hanging::Hung)).await, [2, 4], "a misplaced badge hangs");
        assert_eq!(asked(stage, |f| f.hanging = Some(Hanging::Unhung)).await, [0, 1, 3]);
        assert!(asked(stage, |f| f.area = bounds("140214")).await.is_empty(), "none of them lies in a known region");
    })
    .await;
}

#[tokio::test]
async fn rows_follow_the_registry_and_what_an_office_decides() {
    told(2, async |stage| {
        stand_one(stage).await;
        tell!(stage, sites::decide_state, &stage.ids[0], Some(BadgeState::Suspended), at(1));
        assert_eq!(asked(stage, |f| f.hanging = Some(Hanging::Issued)).await, [1]);
        assert!(tell!(stage, sites::drop_site, &stage.ids[0], at(2)));
        assert_eq!(asked(stage, |_| ()).await, [1], "what left is on no list");
        let mut edited = ask!(stage, sites::by_id, &stage.ids[1]).unwrap().site;
        edited.domain_expires_on = "2025-01-01".parse().ok();
        edited.contact.email = Some("new@yunxi.example".into());
        tell!(stage, sites::edit, &stage.ids[1], &edited, at(3));
        assert_eq!(ask!(stage, sites::by_id, &stage.ids[1]).unwrap().site, edited);
        let rows = ask!(stage, site_rows::page, &everything(), Sort::Need, 10, 0);
        assert_eq!(rows[0].domain_expires_on, edited.domain_expires_on);
    })
    .await;
}

async fn stand_one(stage: &Stage) {
    tell!(stage, looks::set_standing, &standing(&stage.ids[0], "pass", "verified", at(0)));
}

#[tokio::test]
async fn every_site_is_handed_over_in_the_order_of_the_list() {
    told(5, async |stage| {
        stand(stage).await;
        let mut keys = Vec::new();
        let (mut tx, filter) = (stage.db().read().await.unwrap(), everything());
        let taken = site_rows::each(&mut tx, &filter, Sort::Need, |row| {
            keys.push(row.key[..4].to_owned());
            Ok::<_, StoreError>(())
        });
        taken.await.unwrap();
        assert_eq!(keys, ["s004", "s000", "s001", "s003", "s002"]);
    })
    .await;
}

#[tokio::test]
async fn an_exempt_site_is_told_nothing_until_its_day_is_over_or_it_is_lifted() {
    told(1, async |stage| {
        let (id, today) = (&stage.ids[0], at(0).date_naive());
        let finding = Finding::fault(FindingCode::NotHung);
        tell!(stage, findings::open, id, &finding, &Track::open(at(0)), &[]);
        stage.run("UPDATE findings SET state = 'confirmed'").await;
        assert_eq!(ask!(stage, notices::untold, today, 10).len(), 1);
        let exemption = exemptions::Exemption {
            id: new_id(),
            until_on: today,
            noted_at: at(0),
            noted_by: "account:chen".into(),
            reason: "搬迁".into(),
            ended_at: None,
            ended_by: None,
        };
        tell!(stage, exemptions::grant, id, &exemption);
        assert!(ask!(stage, notices::untold, today, 10).is_empty());
        assert_eq!(ask!(stage, notices::untold, today.succ_opt().unwrap(), 10).len(), 1, "its day is over");
        assert!(tell!(stage, exemptions::lift, id, today, "account:li", at(1)));
        assert!(!tell!(stage, exemptions::lift, id, today, "account:li", at(1)), "nothing holds any more");
        assert_eq!(ask!(stage, notices::untold, today, 10).len(), 1);
        let lifted = exemptions::Exemption { ended_at: Some(at(1)), ended_by: Some("account:li".into()), ..exemption };
        assert_eq!(ask!(stage, exemptions::of_site, id), [lifted]);
    })
    .await;
}

#[tokio::test]
async fn announced_maintenance_is_listed_and_can_be_taken_back_at_its_own_site_alone() {
    told(2, async |stage| {
        let (id, today) = (&stage.ids[0], at(0).date_naive());
        let new =
            Announcement { site_id: id, from_on: today, until_on: today, by: "account:chen", reason: "机房搬迁" };
        tell!(stage, maintenance::announce, &new, at(0));
        let windows = ask!(stage, maintenance::windows, id, today);
        assert_eq!((windows.len(), windows[0].reason.as_str()), (1, "机房搬迁"));
        assert!(ask!(stage, maintenance::windows, id, today.succ_opt().unwrap()).is_empty(), "it is over");
        assert!(!tell!(stage, maintenance::withdraw, &stage.ids[1], &windows[0].id));
        assert!(tell!(stage, maintenance::withdraw, id, &windows[0].id));
        assert!(ask!(stage, maintenance::windows, id, today).is_empty());
        assert!(tell!(stage, plan::stand_by, id) && !tell!(stage, plan::stand_by, "nobody"));
    })
    .await;
}
