//! Leads: both ends looked at, contacts for officers alone, a case or a receipt.

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::lead::{LeadState, Reported};
use badgewatch::flow::leads;
use badgewatch::store::leads::{Filter, StoredLead, list};
use chrono::TimeDelta;

use crate::house::{acts, told};
use crate::support::bureau::{ELSEWHERE, HERE, SITE};
use crate::support::console::House;
use crate::support::standing::stand;

const LIST: &str = "/console/leads";
const CODE: &str = "CA182050000410000010001";

async fn lead(house: &House) -> StoredLead {
    let filter = Filter { regions: ["000000", "000000"], ..Filter::default() };
    list(&mut house.test.db.read().await.unwrap(), &filter, 10, 0).await.unwrap().remove(0)
}

async fn report(house: &House, badge: Option<&str>) -> StoredLead {
    let reported = Reported {
        host: "copy.example".into(),
        badge: badge.map(str::to_owned),
        text: "与政府网站<script>alert(1)</script>一模一样".into(),
        contact: Some("zhang@mail.example".into()),
    };
    leads::report(&house.test.db, &reported, house.clock.now()).await.unwrap();
    lead(house).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_followed_into_a_case_once_both_ends_were_looked_at() {
    told(async |house| {
        let raised = report(&house, Some(CODE)).await;
        let at = format!("{LIST}/{}", raised.id);
        let chen = house.person("chen", AccountRole::Officer, HERE).await;
        let viewer = house.person("zhang", AccountRole::Viewer, HERE).await;
        let stranger = house.person("liu", AccountRole::Admin, ELSEWHERE).await;
        assert_eq!(chen.get(LIST).await.texts(".desk .name"), ["copy.example"]);
        assert_eq!(stranger.get(LIST).await.texts(".desk .name").len(), 0);
        assert_eq!(stranger.get(&at).await.status, 404);
        assert_eq!(stranger.get(&format!("{at}/follow")).await.status, 404);
        let sheet = chen.get(&at).await;
        assert!(sheet.body.contains("zhang@mail.example"), "an officer may write to who reported it");
        let views = acts(&house, "views").await;
        assert_eq!(views, [("account:chen".into(), "viewed".into())], "and that they saw it is on record");
        assert!(!sheet.body.contains("<script>alert"), "what the public writes is shown, never run");
        assert!(sheet.attr("a[href*='copy.example']", "href").is_none(), "a harmful host is no link");
        assert!(!viewer.get(&at).await.body.contains("zhang@mail.example"));
        assert_eq!(viewer.get(&format!("{at}/dismiss")).await.status, 403);

        let path = format!("{at}/follow");
        assert_eq!(chen.submit(&path, &path, &[("seen", "")]).await.status, 422);
        let fields = [("seen", "页面底部有本县标识，网站并非我县所办。"), ("ground", "counterfeit")];
        let shown = chen.submit(&path, &path, &fields).await;
        let soon = chen.mean(&shown, &path).await;
        assert!(soon.status == 422 && soon.text(".wrong").contains("尚无有效检查"), "{}", soon.body);
        house.clock.advance(TimeDelta::minutes(5));
        stand(&house.test.db, SITE, "pass", "verified", house.clock.now()).await;
        let shown = chen.submit(&path, &path, &fields).await;
        let done = chen.mean(&shown, &path).await;
        assert_eq!(done.location(), format!("{at}?told=follow"), "{}", done.body);
        assert_eq!(chen.mean(&shown, &path).await.status, 409, "sent twice, followed once");
        let sheet = chen.get(&at).await;
        let case = sheet.attr(".top a[href^='/console/cases/']", "href").unwrap();
        assert!(chen.get(&case).await.body.contains("疑似伪造网站标识"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_s_badge_is_goes_to_the_police_or_is_put_away() {
    told(async |house| {
        let raised = report(&house, None).await;
        let at = format!("{LIST}/{}", raised.id);
        let county = house.person("chen", AccountRole::Officer, HERE).await;
        let all = house.person("wei", AccountRole::Officer, "000000").await;
        assert_eq!(county.get(&at).await.status, 404, "what lies in no region is the country's");
        let path = format!("{at}/follow");
        let bad = all.submit(&path, &path, &[("seen", "仿冒页面")]).await;
        assert_eq!((bad.status, bad.texts(".wrong li").len()), (422, 2), "to whom, against which receipt");
        report(&house, None).await;
        let dismiss = format!("{at}/dismiss");
        let late = all.submit(&dismiss, &dismiss, &[("why", "并无标识"), ("confirm", "1")]).await;
        assert_eq!(late.status, 409, "one more voice came in since");
        let shown = all.submit(&dismiss, &dismiss, &[("why", "并无标识")]).await;
        assert_eq!(all.mean(&shown, &dismiss).await.status, 303);
        let decided = lead(&house).await;
        assert_eq!((decided.state, decided.reason.as_deref()), (LeadState::Dismissed, Some("并无标识")));
        assert_eq!(all.get(&path).await.status, 409, "it is decided");
    })
    .await;
}
