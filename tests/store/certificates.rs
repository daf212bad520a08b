//! The feed of changed certificates.

use badgewatch::domain::registry::BadgeState;
use badgewatch::store::certificates::{self, Published};
use badgewatch::store::sites;

use super::stage::{Stage, at, told};
use crate::{ask, tell};

fn ids(published: &[Published]) -> Vec<&str> {
    published.iter().map(|one| one.site_id.as_str()).collect()
}

async fn number_all(stage: &Stage) -> i64 {
    while ask!(stage, certificates::is_unnumbered) {
        tell!(stage, certificates::number);
    }
    ask!(stage, certificates::latest)
}

#[tokio::test]
async fn what_is_written_is_numbered_once_and_read_above_the_number_one_knows() {
    told(3, async |stage| {
        assert_eq!(ask!(stage, certificates::latest), 0);
        assert!(ask!(stage, certificates::is_unnumbered));
        let first = number_all(stage).await;
        assert!(first > 0 && !ask!(stage, certificates::is_unnumbered));
        assert_eq!(ids(&ask!(stage, certificates::above, 0, "", 10)), stage.ids);
        assert_eq!(ids(&ask!(stage, certificates::above, 0, &stage.ids[0], 1)), stage.ids[1..2]);
        assert!(ask!(stage, certificates::above, first, "", 10).is_empty());

        assert!(tell!(stage, sites::decide_state, &stage.ids[1], Some(BadgeState::Revoked), at(5)));
        let second = number_all(stage).await;
        assert!(second > first);
        let changed = ask!(stage, certificates::above, first, "", 10);
        assert_eq!(ids(&changed), stage.ids[1..2]);
        let certificate = changed[0].certificate.as_ref().unwrap();
        assert_eq!((certificate.state, certificate.since), (BadgeState::Revoked, Some("2026-11-26".parse().unwrap())));
        assert_eq!(ids(&ask!(stage, certificates::all, "", 10)), stage.ids, "everything, changed or not");
    })
    .await;
}

#[tokio::test]
async fn numbers_go_on_from_one_that_was_never_given_after_it_was_put_back() {
    told(2, async |stage| {
        let before = number_all(stage).await;
        assert_eq!(ask!(stage, certificates::first), 0);
        for (minute, state) in [(5, BadgeState::Revoked), (6, BadgeState::Suspended)] {
            tell!(stage, certificates::restored, at(minute));
            let first = ask!(stage, certificates::first);
            assert!(first > before && first == ask!(stage, certificates::latest));
            assert!(tell!(stage, sites::decide_state, &stage.ids[1], Some(state), at(minute)));
            number_all(stage).await;
            assert_eq!(ids(&ask!(stage, certificates::above, first, "", 10)), stage.ids[1..2]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_site_that_left_the_registry_has_no_certificate() {
    told(2, async |stage| {
        let first = number_all(stage).await;
        assert!(tell!(stage, sites::drop_site, &stage.ids[0], at(5)));
        number_all(stage).await;
        let changed = ask!(stage, certificates::above, first, "", 10);
        assert_eq!((ids(&changed), &changed[0].certificate), (vec![stage.ids[0].as_str()], &None));
    })
    .await;
}
