//! The figures of a day, what waits for an office, and the filters people keep.

use badgewatch::domain::account::{AccountRole, Body};
use badgewatch::domain::figures::{Day, Figures};
use badgewatch::domain::region::bounds;
use badgewatch::flow::accounts::{self, NewAccount, OPERATOR};
use badgewatch::store::figures::{self, Platform};
use badgewatch::store::filters::{self, Saved};
use badgewatch::store::looks::{self, Standing};
use chrono::Days;

use super::stage::{Stage, at, told};
use crate::support::standing::standing;
use crate::{ask, tell};

async fn stand(stage: &Stage) {
    let stands = |n: usize, verdict: &str, cause: &str| Standing {
        address: Some("10.0.0.9".into()),
        ..standing(&stage.ids[n], verdict, cause, at(0))
    };
    tell!(stage, looks::set_standing, &stands(0, "pass", "verified"));
    tell!(stage, looks::set_standing, &stands(1, "fail", "not_hung"));
    // It passed before: what cannot be told now changes nothing.
    tell!(stage, looks::set_standing, &stands(2, "pass", "verified"));
    tell!(stage, looks::set_standing, &stands(2, "undetermined", "challenge"));
}

#[tokio::test]
async fn what_stands_now_is_counted_kept_by_day_and_summed_for_an_area() {
    told(4, async |stage| {
        stand(stage).await;
        let (today, everywhere) = (at(0).date_naive(), bounds("000000"));
        let now = ask!(stage, figures::now, &everywhere, at(-60), today);
        let expected = Figures {
            sites: 4,
            issued: 4,
            hung: 2,
            named: 2,
            passed: 1,
            failed: 1,
            undetermined: 1,
            not_applicable: 0,
            fresh: 2,
        };
        assert_eq!(now, [(String::new(), expected.clone())]);
        assert_eq!((expected.hung_rate(), expected.unlooked()), (Some(5_000), 1));
        let expired = "2027-06-01".parse().unwrap();
        assert_eq!(ask!(stage, figures::now, &everywhere, at(-60), expired)[0].1.named, 0);

        let of = |area: &str| (area.to_owned(), expected.clone());
        tell!(stage, figures::keep, today, &[of("140214"), of("140300")]);
        tell!(stage, figures::keep, today, &[of("140214"), of("140215"), of("140300")]);
        let mut city = expected.clone();
        city.add(&expected);
        let kept = ask!(stage, figures::since, &bounds("140200"), today);
        assert_eq!(kept, [Day { day: today, figures: city }], "kept anew, and summed below the city");
        assert!(ask!(stage, figures::since, &everywhere, today + Days::new(1)).is_empty());
        assert_eq!(tell!(stage, figures::purge, today, 10), 0);
        assert_eq!(tell!(stage, figures::purge, today + Days::new(1), 2), 2, "a few at a time");
        assert_eq!(tell!(stage, figures::purge, today + Days::new(1), 2), 1);
    })
    .await;
}

#[tokio::test]
async fn hosting_addresses_and_what_cannot_be_looked_at_are_counted_for_an_area() {
    told(4, async |stage| {
        stand(stage).await;
        let everywhere = bounds("000000");
        let platform = Platform { address: "10.0.0.9".into(), sites: 3, failed: 1, undetermined: 1 };
        assert_eq!(ask!(stage, figures::platforms, &everywhere, 5), [platform]);
        assert!(ask!(stage, figures::platforms, &bounds("140200"), 5).is_empty());
        assert_eq!(ask!(stage, figures::cannot_look, &everywhere), 0);
        stage
            .run(
                "INSERT INTO findings (id, site_id, code, effect, state, version, failed, first_failed_at, last_failed_at, clean, \
                 opened_at, pages) SELECT 'f' || s.id, s.id, 'cannot_look', 'queue', 'suspected', 1, 1, s.changed_at, \
                 s.changed_at, 0, s.changed_at, '[]' FROM sites s",
            )
            .await;
        assert_eq!(ask!(stage, figures::cannot_look, &everywhere), 4);
        assert_eq!(ask!(stage, figures::cannot_look, &bounds("650000")), 0);
    })
    .await;
}

#[tokio::test]
async fn a_filter_is_its_owners_and_one_of_a_name_gives_way_to_the_next() {
    told(1, async |stage| {
        let account = NewAccount {
            name: "chen".into(),
            person: "陈某".into(),
            region: "140214".into(),
            role: AccountRole::Viewer,
            body: Body::Office,
        };
        accounts::add_account(stage.db(), &account, OPERATOR, at(0)).await.unwrap();
        let id = badgewatch::store::accounts::by_name(&mut stage.db().read().await.unwrap(), "chen")
            .await
            .unwrap()
            .unwrap()
            .id;
        let saved = |name: &str, query: &str| Saved { name: name.into(), query: query.into() };
        tell!(stage, filters::keep, &id, &saved("乙", "verdict=fail"), at(0));
        tell!(stage, filters::keep, &id, &saved("甲", "cn=none"), at(0));
        tell!(stage, filters::keep, &id, &saved("甲", "cn=expired"), at(1));
        let mut all = ask!(stage, filters::of_account, &id);
        all.sort_by(|one, other| one.query.cmp(&other.query));
        assert_eq!(all, [saved("甲", "cn=expired"), saved("乙", "verdict=fail")]);
        assert_eq!(ask!(stage, filters::count_others, &id, "甲"), 1);
        assert!(ask!(stage, filters::of_account, "somebody else").is_empty());
        assert!(tell!(stage, filters::drop_filter, &id, "甲") && !tell!(stage, filters::drop_filter, &id, "甲"));
    })
    .await;
}
