//! From hosts to leads: on the right day, never for a site's own host, once, and again only if it grew.

use badgewatch::domain::lead::{LeadKind, LeadState, Owner};
use badgewatch::flow::leads;
use badgewatch::store::audit;

use crate::house::{CODE, OTHER_CODE, officer, told};
use crate::support::bureau::{HERE, OTHER_SITE, SITE, registry};
use crate::support::db::register;

const COPY: &str = "http://www.copy.example/";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copied_badge_is_a_lead_on_the_second_day_and_grows() {
    told(async |house| {
        house.days(1, CODE, COPY, 500).await;
        assert!(house.leads().await.is_empty(), "one day may be one crawler");
        house.days(1, CODE, COPY, 1).await;
        let lead = house.lead().await;
        assert_eq!(
            (lead.kind, lead.state, lead.host.as_str()),
            (LeadKind::BadgeElsewhere, LeadState::New, "www.copy.example")
        );
        assert_eq!((lead.seen, lead.days, lead.region.as_deref()), (501, 2, Some(HERE)));
        assert!(lead.file.owners.is_empty());
        let sights = lead.file.sights.unwrap();
        assert_eq!(
            (sights.first_on.to_string().as_str(), sights.last_on.to_string().as_str()),
            ("2026-11-26", "2026-11-27")
        );

        house.days(3, CODE, COPY, 10).await;
        let grown = house.lead().await;
        assert_eq!((grown.id, grown.seen, grown.days), (lead.id.clone(), 531, 5));
        house.raise().await;
        assert_eq!(house.lead().await.version, grown.version, "nothing new is no change");
        let mut tx = house.app.db.read().await.unwrap();
        let acts = audit::chain(&mut tx, &leads::chain(&lead.id), 0, 10).await.unwrap();
        assert_eq!(acts.iter().map(|act| act.action.as_str()).collect::<Vec<_>>(), ["raised"]);
        let nothing_else = badgewatch::store::outbox::of_subject(&mut tx, &lead.id).await.unwrap();
        assert!(nothing_else.is_empty(), "a lead writes no letter");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_on_many_days_must_be_enough_in_all() {
    told(async |house| {
        house.days(3, CODE, COPY, 6).await;
        assert!(house.leads().await.is_empty(), "18 requests are too few");
        house.days(1, CODE, COPY, 6).await;
        assert_eq!(house.lead().await.seen, 24);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sites_own_hosts_and_what_tells_nothing_are_never_a_lead() {
    told(async |house| {
        for page in [
            "http://www.yunxi.gov.test/",
            "https://yunxi.gov.test/x",
            "http://m.www.yunxi.gov.test/",
            "http://www-yunxi-gov-test.translate.goog/",
            "https://www.baidu.com/s?wd=x",
            "http://192.168.1.1/",
            "http://localhost:8080/",
            "file:///C:/x.html",
            "",
        ] {
            house.days(3, CODE, page, 50).await;
        }
        assert!(house.leads().await.is_empty(), "{:?}", house.leads().await);
        house.days(2, CODE, "http://news.yunxi.gov.test/", 50).await;
        assert_eq!(house.lead().await.host, "news.yunxi.gov.test", "beside the registered name, not below it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_registered_site_is_elsewhere_and_is_named() {
    told(async |house| {
        house.days(2, CODE, &format!("http://{OTHER_SITE}/"), 20).await;
        let lead = house.lead().await;
        let owner = Owner { site: OTHER_SITE.into(), unit: "岚山县人民政府办公室".into() };
        assert_eq!((lead.host.as_str(), lead.file.owners.as_slice()), (OTHER_SITE, &[owner][..]));
        assert_eq!(lead.region.as_deref(), Some(HERE), "it is about the badge");
        house.days(2, OTHER_CODE, &format!("http://{OTHER_SITE}/"), 20).await;
        assert_eq!(house.leads().await.len(), 1, "its own badge is at home there");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_dismissed_comes_back_only_if_it_grows_well_beyond() {
    told(async |house| {
        house.days(2, CODE, COPY, 30).await;
        let lead = house.lead().await;
        leads::dismiss(&house.app.db, &officer(), &lead.id, "本地新闻网站的转载页面", house.now()).await.unwrap();
        house.app.clock.advance(chrono::TimeDelta::days(1));
        house.days(3, CODE, COPY, 39).await;
        assert_eq!(house.lead().await.state, LeadState::Dismissed, "117 since are less than twice 60");
        house.days(1, CODE, COPY, 3).await;
        let all = house.leads().await;
        assert_eq!(all.len(), 2);
        let back = all.iter().find(|lead| lead.state == LeadState::New).unwrap();
        assert_eq!((back.seen, back.days), (120, 4), "only what was seen since");
        assert_eq!(back.file.after.unwrap().to_string(), "2026-11-28");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lead_ends_when_the_host_becomes_the_sites_own() {
    told(async |house| {
        house.days(2, CODE, "http://new.yunxi.test/", 20).await;
        assert_eq!(house.lead().await.state, LeadState::New);
        let own = format!(",,{SITE},,{CODE}");
        let changed = registry().replacen(&own, &format!(",new.yunxi.test,{SITE},,{CODE}"), 1);
        assert_ne!(changed, registry());
        register(&house.app.db, &changed, house.now()).await;
        house.raise().await;
        let lead = house.lead().await;
        assert_eq!((lead.state, lead.decided_by.as_deref()), (LeadState::Dismissed, Some("system")));
        house.days(3, CODE, "http://new.yunxi.test/", 500).await;
        assert_eq!(house.leads().await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_raise_at_once_raise_one() {
    told(async |house| {
        for _ in 0..2 {
            house.seen(CODE, COPY, 20);
            house.flush().await;
            house.app.clock.advance(chrono::TimeDelta::days(1));
        }
        tokio::join!(house.raise(), house.raise(), house.raise());
        assert_eq!(house.lead().await.seen, 40);
    })
    .await;
}
