//! Who may do what: every route, by everybody.

use badgewatch::domain::account::AccountRole;
use badgewatch::domain::lead::Written;
use badgewatch::flow::accounts::{self, OPERATOR};
use badgewatch::flow::leads;
use badgewatch::flow::people::VIEWS;
use badgewatch::store::{attachments, audit};
use badgewatch::web::api::ROUTES;
use chrono::TimeDelta;

use crate::served::{Served, told};
use crate::support::bureau::{ELSEWHERE, HERE, OTHER_SITE, SITE, person};

/// The badge of the site here.
const BADGE: &str = "CA182050000410000010001";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    Nobody,
    WrongToken,
    Expired,
    Revoked,
    Disabled,
    Viewer,
    ViewerElsewhere,
    OfficerElsewhere,
    ApproverElsewhere,
    AdminElsewhere,
    Officer,
    OfficerOfTheProvince,
    Approver,
    Admin,
}

use Who::*;

/// Everybody with what they show.
async fn everybody(served: &Served) -> Vec<(Who, String)> {
    let (db, then) = (&served.app.db, served.now());
    let officer = AccountRole::Officer;
    let expired = person(db, "expired", officer, HERE, 1, then).await;
    served.app.clock.advance(TimeDelta::days(1));
    let now = served.now();
    let revoked = person(db, "revoked", AccountRole::Admin, "000000", 90, now).await;
    let token = accounts::tokens(db, "revoked").await.unwrap().remove(0);
    accounts::revoke(db, &token.id, OPERATOR, now).await.unwrap();
    let disabled = person(db, "disabled", AccountRole::Admin, "000000", 90, now).await;
    accounts::disable(db, "disabled", OPERATOR, now).await.unwrap();
    vec![
        (Nobody, String::new()),
        (WrongToken, format!("bw_{}", "A".repeat(43))),
        (Expired, expired),
        (Revoked, revoked),
        (Disabled, disabled),
        (Viewer, served.viewer.clone()),
        (ViewerElsewhere, person(db, "reader.elsewhere", AccountRole::Viewer, ELSEWHERE, 90, now).await),
        (ApproverElsewhere, person(db, "second.elsewhere", AccountRole::Approver, ELSEWHERE, 90, now).await),
        (OfficerElsewhere, person(db, "elsewhere", officer, ELSEWHERE, 90, now).await),
        (AdminElsewhere, person(db, "boss.elsewhere", AccountRole::Admin, ELSEWHERE, 90, now).await),
        (Officer, served.officer.clone()),
        (OfficerOfTheProvince, person(db, "province", officer, "140000", 90, now).await),
        (Approver, person(db, "approver", AccountRole::Approver, HERE, 90, now).await),
        (Admin, person(db, "admin", AccountRole::Admin, "000000", 90, now).await),
    ]
}

/// What a request of a route holds that could be done if its notice were not over.
fn body(path: &str) -> &'static str {
    match path.rsplit('/').next().unwrap() {
        // Only the records open a case on this ground.
        "cases" => "{\"site\":\"www.yunxi.gov.test\",\"ground\":\"overdue_notice\",\"why\":\"逾期\"}",
        "consult" => "{\"whom\":\"网信办\",\"on\":\"2026-11-26\",\"opinion\":\"同意\"}",
        "propose" => "{\"outcome\":\"no_action\",\"reason\":\"情节轻微\",\"effective\":{\"when\":\"at_once\"}}",
        "acknowledge" => "{\"authority\":\"registry\",\"act\":\"revoke\",\"by\":\"值班\",\"reference\":\"1\"}",
        "hand-over" => "{\"to\":\"举报中心\",\"receipt\":\"1\"}",
        "propose-reinstatement" => "{\"review\":\"复核1\",\"reason\":\"已整改\"}",
        "follow" => "{\"seen\":\"页面照抄\"}",
        "withdraw" | "dismiss" | "close" | "reject" | "reject-reinstatement" => "{\"why\":\"误报\"}",
        "extend" => "{\"until\":\"2026-12-31\",\"why\":\"采购\"}",
        "answer" => "{\"kind\":\"objection\",\"granted\":false,\"text\":\"经复核属实\"}",
        "delivered" => "{\"on\":\"2026-11-26\"}",
        "maintenance" => "{\"from\":\"2026-12-01\",\"until\":\"2026-12-02\",\"reason\":\"公告\"}",
        "report" => "{\"made_on\":\"2026-11-01\"}",
        "settle" => "{\"id\":\"x\",\"why\":\"当面送达\"}",
        "good" => "{\"address\":\"gone@yunxi.gov.test\"}",
        "verify" => "{\"ids\":[\"CA182050000412345670001\"]}",
        "bounces" => "{\"message_id\":\"x\",\"reason\":\"550\",\"permanent\":true}",
        _ => "",
    }
}

/// A badge code.
const CODE: &str = "CA182050000412345670001";

/// Acts that take a second person.
const SECOND: [&str; 4] = [
    "/cases/{id}/approve",
    "/cases/{id}/reject",
    "/cases/{id}/approve-reinstatement",
    "/cases/{id}/reject-reinstatement",
];

/// What a route answers to somebody. Notice and case are over: whoever may act on them is told 409, and nothing changes.
fn expected(method: &str, path: &str, who: Who) -> u16 {
    let is_out = matches!(who, Nobody | WrongToken | Expired | Revoked | Disabled);
    let is_elsewhere = matches!(who, ViewerElsewhere | OfficerElsewhere | ApproverElsewhere | AdminElsewhere);
    let is_officer = matches!(who, Officer | OfficerOfTheProvince);
    let is_of_a_subject = path.contains('{') || (method, path) == ("post", "/cases");
    match (method, path) {
        ("get", "/openapi.json") => 200,
        // Everybody's; nothing is on the shelf.
        ("get", "/verify/{id}" | "/badges/{code}/snippet") | ("post", "/verify") => 503,
        // A token is no signature.
        ("post", "/mail/bounces") => 401,
        _ if is_out => 401,
        _ if is_elsewhere && is_of_a_subject => 404,
        // There is no such letter, and no such address.
        ("post", "/outbox/settle" | "/mail/good") => 404,
        ("post", _) if matches!(who, Viewer | ViewerElsewhere) => 403,
        ("post", path) if is_officer && SECOND.contains(&path) => 403,
        ("post", path) if path.starts_with("/leads/") => 409,
        ("post", path) if path.starts_with("/notices/") || path.starts_with("/cases") => 409,
        ("get" | "post", _) => 200,
        _ => unreachable!("{method} is no method of the API"),
    }
}

/// A case that two people closed.
async fn closed_case(served: &Served) -> String {
    let (at, second) = (served.now(), AccountRole::Approver);
    let second = person(&served.app.db, "second", second, HERE, 90, at).await;
    let new = format!("{{\"site\":\"{SITE}\",\"ground\":\"other\",\"why\":\"来信反映\"}}");
    let (status, opened) = served.post("/cases", &new).await;
    assert_eq!(status, 200, "{opened}");
    let id = opened["id"].as_str().unwrap().to_owned();
    let (status, proposed) = served.post(&format!("/cases/{id}/propose"), body("propose")).await;
    assert_eq!((status, &proposed["state"]), (200, &"proposed".into()), "{proposed}");
    let approved = served.ask(&second, "post", &format!("/cases/{id}/approve"), "").await.json();
    assert_eq!(approved["state"], "closed", "{approved}");
    id
}

/// A lead that an officer put away.
async fn dismissed_lead(served: &Served) -> String {
    let written =
        Written { host: "copy.example".into(), badge: BADGE.into(), text: "像仿冒的".into(), ..Written::default() };
    leads::report(&served.app.db, &written.read().unwrap(), served.now()).await.unwrap();
    let listed = served.get("/leads?state=new&kind=report").await;
    let id = listed["leads"][0]["id"].as_str().unwrap().to_owned();
    let (status, said) = served.post(&format!("/leads/{id}/dismiss"), "{\"why\":\"镜像网站\"}").await;
    assert_eq!((status, &said["state"], &said["site"]), (200, &"dismissed".into(), &SITE.into()), "{said}");
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leads_are_listed_within_ones_own_region() {
    told(async |served| {
        dismissed_lead(&served).await;
        for (host, badge) in [("forged.example", "没有编号"), ("second.example", BADGE)] {
            let written = Written { host: host.into(), badge: badge.into(), text: "x".into(), ..Written::default() };
            leads::report(&served.app.db, &written.read().unwrap(), served.now()).await.unwrap();
        }
        let admin = person(&served.app.db, "admin", AccountRole::Admin, "000000", 90, served.now()).await;
        let hosts = async |token: &str, query: &str| -> Vec<String> {
            let page = served.ask(token, "get", &format!("/leads{query}"), "").await.json();
            page["leads"].as_array().unwrap().iter().map(|lead| lead["host"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(hosts(&served.officer, "").await, ["second.example", "copy.example"]);
        assert_eq!(hosts(&served.officer, "?region=140000").await.len(), 2, "a wider region shows one's own");
        assert!(hosts(&served.officer, &format!("?region={ELSEWHERE}")).await.is_empty());
        assert!(hosts(&served.officer, "?region=%25").await.is_empty());
        assert_eq!(hosts(&served.officer, "?state=dismissed").await, ["copy.example"]);
        assert!(hosts(&served.officer, "?kind=badge_elsewhere").await.is_empty());
        assert_eq!(hosts(&admin, "").await.len(), 3);
        assert_eq!(hosts(&admin, &format!("?region={HERE}")).await.len(), 2);
        assert_eq!(served.ask(&admin, "get", "/leads?per_page=0", "").await.status, 422);
        assert_eq!(served.get("/leads?per_page=1").await["next_page"], 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_shown_personal_data_is_on_record_and_who_is_not_is_not() {
    told(async |served| {
        let notice = served.notice(SITE).await;
        let mut tx = served.app.db.write().await.unwrap();
        attachments::insert(&mut tx, &notice, "说明.pdf", "text/html", b"%PDF", served.now()).await.unwrap();
        let file = attachments::of_notice(&mut tx, &notice).await.unwrap().remove(0).id;
        tx.commit().await.unwrap();
        let written = Written {
            host: "copy.example".into(),
            badge: BADGE.into(),
            text: "像仿冒的".into(),
            contact: "zhang@mail.example".into(),
        };
        leads::report(&served.app.db, &written.read().unwrap(), served.now()).await.unwrap();
        let listed = served.get("/leads").await;
        assert!(!listed.to_string().contains("zhang@"), "no list shows who reported");
        let lead = format!("/leads/{}", listed["leads"][0]["id"].as_str().unwrap());
        let elsewhere = person(&served.app.db, "elsewhere", AccountRole::Officer, ELSEWHERE, 90, served.now()).await;
        for path in [format!("/notices/{notice}"), lead.clone(), format!("/notices/{notice}/attachments/{file}")] {
            assert_eq!(served.ask(&elsewhere, "get", &path, "").await.status, 404);
            assert_eq!(served.ask(&served.officer, "get", &path, "").await.status, 200);
        }
        let shown = served.ask(&served.viewer, "get", &lead, "").await.json();
        assert!(!shown.to_string().contains("zhang@"), "a viewer is not shown it");
        let looks = audit::chain(&mut served.app.db.read().await.unwrap(), VIEWS, 0, 99).await.unwrap();
        let looks: Vec<_> = looks
            .iter()
            .map(|look| format!("{} {}", look.actor, look.tree().unwrap()["detail"]["what"].as_str().unwrap()))
            .collect();
        assert_eq!(looks, ["account:chen notice", "account:chen report", "account:chen attachment"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_is_open_to_whom_it_should_be_and_to_nobody_else() {
    told(async |served| {
        let notice = served.notice(SITE).await;
        let mut tx = served.app.db.write().await.unwrap();
        attachments::insert(&mut tx, &notice, "说明.pdf", "text/html", b"%PDF", served.now()).await.unwrap();
        let file = attachments::of_notice(&mut tx, &notice).await.unwrap().remove(0).id;
        tx.commit().await.unwrap();
        let (status, _) = served.post(&format!("/notices/{notice}/withdraw"), "{\"why\":\"误报\"}").await;
        assert_eq!(status, 200);
        let case = closed_case(&served).await;
        let lead = dismissed_lead(&served).await;
        let everybody = everybody(&served).await;
        let mut wrong = Vec::new();
        for (method, path) in ROUTES {
            let subject = match path.split('/').nth(1) {
                Some("cases") => &case,
                Some("leads") => &lead,
                _ => &notice,
            };
            let at =
                path.replace("{id}", subject).replace("{file}", &file).replace("{key}", SITE).replace("{code}", CODE);
            for (who, token) in &everybody {
                let answer = match who {
                    Nobody => served.send(method, &at, &[], body(path)).await,
                    _ => served.ask(token, method, &at, body(path)).await,
                };
                let should = expected(method, path, *who);
                if answer.status != should {
                    wrong.push(format!("{method} {path} {who:?}: {} and not {should}", answer.status));
                }
                if answer.status == 401 {
                    assert_eq!(answer.header("www-authenticate"), "Bearer", "and not a word more");
                }
                assert_eq!(answer.header("x-content-type-options"), "nosniff", "{method} {path}");
                assert_eq!(answer.header("cache-control"), "no-store", "{method} {path}");
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let unchanged = served.get(&format!("/notices/{notice}")).await;
        assert_eq!(unchanged["version"], 2, "nothing was done to it: {unchanged}");
        assert_eq!(served.get(&format!("/leads/{lead}")).await["version"], 2);
        assert_eq!(served.get("/cases").await["cases"].as_array().unwrap().len(), 1, "and no case was opened");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lies_elsewhere_cannot_be_told_from_what_is_not() {
    told(async |served| {
        let theirs = served.notice(OTHER_SITE).await;
        let ours = served.notice(SITE).await;
        for rest in ["", "/history", "/letters", "/attachments", "/attachments/1"] {
            let hidden = served.ask(&served.officer, "get", &format!("/notices/{theirs}{rest}"), "").await;
            let missing = served.ask(&served.officer, "get", &format!("/notices/nothing{rest}"), "").await;
            assert_eq!((hidden.status, hidden.body), (missing.status, missing.body), "{rest}");
            assert_eq!(missing.status, 404);
        }
        for act in ["approve", "resend"] {
            let (hidden, missing) = (format!("/notices/{theirs}/{act}"), format!("/notices/nothing/{act}"));
            assert_eq!(served.post(&hidden, "").await, served.post(&missing, "").await);
        }
        let (hidden, missing) = (format!("/sites/{OTHER_SITE}/recheck"), "/sites/www.nobody.gov.test/recheck");
        assert_eq!(served.post(&hidden, "").await, served.post(missing, "").await);

        let ids = async |path: &str| -> Vec<String> {
            let page = served.get(path).await;
            page["notices"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ids("/notices").await, std::slice::from_ref(&ours));
        assert_eq!(ids("/notices?region=140000").await, std::slice::from_ref(&ours), "a wider region shows one's own");
        assert!(ids(&format!("/notices?region={ELSEWHERE}")).await.is_empty());
        assert!(ids("/notices?region=%25").await.is_empty());

        let admin = person(&served.app.db, "admin", AccountRole::Admin, "000000", 90, served.now()).await;
        let all = served.ask(&admin, "get", "/notices", "").await.json();
        assert_eq!(all["notices"].as_array().unwrap().len(), 2);
        let one = served.ask(&admin, "get", &format!("/notices?region={ELSEWHERE}"), "").await.json();
        assert_eq!(one["notices"][0]["id"].as_str(), Some(theirs.as_str()));
    })
    .await;
}
