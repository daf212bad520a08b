//! What officers do with leads: both ends are looked at before anything follows.

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::case::Ground;
use badgewatch::domain::lead::{LeadRefusal, LeadState, Written};
use badgewatch::flow::leads::{self, Following, LeadError, read};
use badgewatch::flow::retention::{self, Keep};
use badgewatch::store::{audit, cases};
use chrono::TimeDelta;

use crate::house::{CODE, House, officer, somebody, told};
use crate::support::bureau::{ELSEWHERE, HERE, SITE};

const COPY: &str = "http://copy.example/";
const SEEN: Following<'static> =
    Following {
        seen: "页面照抄云溪县政府网站，标识点击后弹出广告", ground: None, handed_over: None
    };

fn refusal<T: std::fmt::Debug>(done: Result<T, LeadError>) -> LeadRefusal {
    match done {
        Err(LeadError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn report(house: &House, host: &str, badge: &str, contact: &str) -> String {
    let written =
        Written { host: host.into(), badge: badge.into(), text: "像仿冒的网站".into(), contact: contact.into() };
    leads::report(&house.app.db, &written.read().unwrap(), house.now()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_follows_only_after_both_ends_were_looked_at() {
    told(async |house| {
        let (db, before) = (&house.app.db, house.now());
        house.days(2, CODE, COPY, 20).await;
        let id = house.lead().await.id;
        let follow =
            async |following: Following<'static>| leads::follow(db, &officer(), &id, &following, house.now()).await;
        assert_eq!(refusal(follow(Following { seen: " ", ..SEEN }).await), LeadRefusal::NothingSeen);
        assert_eq!(refusal(follow(SEEN).await), LeadRefusal::NotLooked, "never looked at");
        house.look(SITE, before).await;
        assert_eq!(refusal(follow(SEEN).await), LeadRefusal::NotLooked, "not since it was raised");
        house.look(SITE, house.now()).await;
        let wrong = Following { ground: Some(Ground::UnitGone), ..SEEN };
        assert_eq!(refusal(follow(wrong).await), LeadRefusal::GroundNotAllowed);
        assert_eq!(house.lead().await.version, 1, "nothing of this was done");

        let done = follow(SEEN).await.unwrap();
        let case_id = done.case_id.clone().unwrap();
        let case = cases::by_id(&mut db.read().await.unwrap(), &case_id).await.unwrap().unwrap();
        assert_eq!((case.case.ground, case.region.as_deref()), (Ground::BadgeMisused, Some(HERE)));
        assert_eq!((case.site_id, case.case.opened.by.as_str()), (done.site_id.clone().unwrap(), "account:chen"));
        assert!(case.case.opened.why.contains("copy.example") && case.case.opened.why.contains("弹出广告"));
        assert_eq!(done.file.followed.as_ref().unwrap().looked_at, Some(house.now()));
        assert_eq!(refusal(follow(SEEN).await), LeadRefusal::Over);
        assert_eq!(done, house.lead().await, "what was answered is what is kept");
        let acts = audit::chain(&mut db.read().await.unwrap(), &leads::chain(&id), 0, 10).await.unwrap();
        assert_eq!(acts.iter().map(|act| act.action.as_str()).collect::<Vec<_>>(), ["raised", "followed"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_host_joins_the_open_case() {
    told(async |house| {
        for page in [COPY, "http://second.example/"] {
            house.days(2, CODE, page, 20).await;
        }
        house.look(SITE, house.now()).await;
        let mut ids = Vec::new();
        for lead in house.leads().await {
            let done = leads::follow(&house.app.db, &officer(), &lead.id, &SEEN, house.now()).await.unwrap();
            ids.push(done.case_id.unwrap());
        }
        assert!(ids.len() == 2 && ids[0] == ids[1]);
        let mut tx = house.app.db.read().await.unwrap();
        let acts = audit::chain(&mut tx, &badgewatch::flow::cases::chain(&ids[0]), 0, 10).await.unwrap();
        assert_eq!(acts.iter().map(|act| act.action.as_str()).collect::<Vec<_>>(), ["opened", "joined"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_nobodys_badge_is_handed_over_against_a_receipt() {
    told(async |house| {
        report(&house, "forged.example", "没有编号", "").await;
        let lead = house.lead().await;
        assert_eq!((lead.site_id.as_deref(), lead.region.as_deref()), (None, None));
        let country = somebody("guo", AccountRole::Officer, "000000");
        let follow = async |following| leads::follow(&house.app.db, &country, &lead.id, &following, house.now()).await;
        assert_eq!(refusal(follow(SEEN).await), LeadRefusal::NoReceipt);
        let blank = Following { handed_over: Some(("举报中心", " ")), ..SEEN };
        assert_eq!(refusal(follow(blank).await), LeadRefusal::NoReceipt);
        let done = follow(Following { handed_over: Some(("举报中心", "2026-118")), ..SEEN }).await.unwrap();
        assert_eq!((done.state, done.case_id), (LeadState::Followed, None));
        let handed_over = done.file.followed.unwrap().handed_over;
        assert_eq!(handed_over, Some(("举报中心".to_owned(), "2026-118".to_owned())));
        let theirs = leads::dismiss(&house.app.db, &officer(), &lead.id, "x", house.now()).await;
        assert!(matches!(theirs, Err(LeadError::NotFound)), "the county does not see it");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_of_one_thing_are_one_lead_and_who_wrote_is_for_officers_alone() {
    told(async |house| {
        let numbers = [
            report(&house, "copy.example", CODE, "zhang@mail.example").await,
            report(&house, "http://COPY.example/x", &CODE.to_lowercase(), "").await,
        ];
        assert_eq!(numbers, ["2026-000001", "2026-000002"]);
        let lead = house.lead().await;
        assert_eq!((lead.seen, lead.region.as_deref(), lead.file.reports.len()), (2, Some(HERE), 2));

        let shown = async |role, region: &str| read::show(&house.app.db, &somebody("x", role, region), &lead.id).await;
        let contact = |sheet: &read::Sheet| sheet.lead.file.reports[0].contact.clone();
        assert_eq!(contact(&shown(AccountRole::Officer, HERE).await.unwrap().0).as_deref(), Some("zhang@mail.example"));
        assert_eq!(contact(&shown(AccountRole::Viewer, HERE).await.unwrap().0), None);
        assert!(shown(AccountRole::Admin, ELSEWHERE).await.is_err());

        let long = TimeDelta::days(400);
        let keep = Keep { looks: long, suspicion: long, seen: long, figures: long, contacts: TimeDelta::days(90) };
        house.app.clock.advance(TimeDelta::days(100));
        retention::step(&house.app.db, &keep, house.now()).await.unwrap();
        assert!(house.lead().await.file.has_contacts(), "as long as nobody has decided it");
        leads::dismiss(&house.app.db, &officer(), &lead.id, "经核实为本单位的镜像网站", house.now()).await.unwrap();
        house.app.clock.advance(TimeDelta::days(89));
        retention::step(&house.app.db, &keep, house.now()).await.unwrap();
        assert!(house.lead().await.file.has_contacts());
        house.app.clock.advance(TimeDelta::days(2));
        retention::step(&house.app.db, &keep, house.now()).await.unwrap();
        let forgotten = house.lead().await;
        assert!(!forgotten.file.has_contacts() && forgotten.file.reports.len() == 2, "the words stay");
        let acts = audit::chain(&mut house.app.db.read().await.unwrap(), &leads::chain(&lead.id), 0, 10).await.unwrap();
        assert!(
            acts.iter().all(|act| !act.body.contains("zhang") && !act.body.contains("仿冒")),
            "what stays for ever"
        );

        report(&house, "copy.example", CODE, "").await;
        assert_eq!(house.leads().await.len(), 2, "a report after the decision is a lead of its own");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_officers_who_decide_at_once_one_does() {
    told(async |house| {
        report(&house, "copy.example", CODE, "").await;
        let lead = house.lead().await;
        assert_eq!(
            refusal(leads::dismiss(&house.app.db, &officer(), &lead.id, " ", house.now()).await),
            LeadRefusal::NoReason
        );
        let who = officer();
        let dismiss = || leads::dismiss(&house.app.db, &who, &lead.id, "误报", house.now());
        let (one, two) = tokio::join!(dismiss(), dismiss());
        assert_eq!([one, two].iter().filter(|done| done.is_ok()).count(), 1);
        let acts = audit::chain(&mut house.app.db.read().await.unwrap(), &leads::chain(&lead.id), 0, 10).await.unwrap();
        assert_eq!(acts.len(), 2, "one report, one decision");
    })
    .await;
}
