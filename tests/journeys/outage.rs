//! Our own outage during the whole limit: what could not be looked at fairly is overdue for nobody.

use badgewatch::demo::names::Answer;
use badgewatch::domain::notice::NoticeState;
use badgewatch::store::cases::{self, Filter};
use badgewatch::store::looks;

use crate::house::{House, UNIT, link, told};
use crate::support::world::PORTAL;

/// Every notice of the county, by state.
async fn states(house: &House) -> Vec<NoticeState> {
    let mut states = Vec::new();
    for site in house.county.sites().iter().filter(|site| site.folder.is_none() && site.host.is_ascii()) {
        states.extend(house.office.notices(site.host).await.into_iter().map(|notice| notice.notice.state));
    }
    states
}

/// Cases that stand on an overdue notice.
async fn cases_of_notices(house: &House) -> usize {
    let filter = Filter { region: "000000", ..Filter::default() };
    let cases = cases::list(&mut house.office.db().read().await.unwrap(), &filter, 100, 0).await.unwrap();
    cases.into_iter().filter(|stored| !stored.case.notices.is_empty()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_overdue_by_an_outage_of_ours_and_a_failing_look_after_it_says_so() {
    told(async |house| {
        house.accused().await;
        let told_before = states(&house).await.len();
        assert!(told_before > 3, "the county has faults enough");
        house.county.names().set(house.county.canary_name(), Answer::NxDomain);
        house.until("2026-10-20").await;

        let site = house.office.site(PORTAL).await;
        let last = looks::of_site(&mut house.office.db().read().await.unwrap(), &site, 1).await.unwrap().remove(0);
        assert_eq!((last.verdict.as_str(), last.cause.as_str()), ("undetermined", "canary_failed"));
        assert_eq!(house.state(PORTAL).await, NoticeState::AwaitingLook, "the limit is over, and nobody saw anything");
        let during = states(&house).await;
        assert!(!during.contains(&NoticeState::Overdue), "{during:?}");
        assert_eq!((during.len(), cases_of_notices(&house).await), (told_before, 0), "no new notice, no case");
        assert_eq!(house.letters(UNIT).len(), 3, "the letter and two reminders: {:?}", house.subjects(UNIT));
        let page = house.get(&link(&house.letters(UNIT)[0])).await;
        assert!(!page.contains("逾期未"), "the unit is not called overdue: {page}");

        house.county.names().set(house.county.canary_name(), std::net::Ipv4Addr::LOCALHOST);
        house.until("2026-10-21").await;
        assert_eq!(house.verdict(PORTAL).await, "fail not_hung");
        assert_eq!(house.state(PORTAL).await, NoticeState::Overdue);
        assert!(house.subjects(UNIT)[3].starts_with("【逾期告知】"), "{:?}", house.subjects(UNIT));
        assert!(cases_of_notices(&house).await >= 1);
    })
    .await;
}
