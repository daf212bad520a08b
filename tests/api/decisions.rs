//! A case through the API and on the command line: no decision without two people.

use badgewatch::domain::account::AccountRole;
use serde_json::{Value, json};

use crate::command_line::House;
use crate::served::{Served, told};
use crate::support::bureau::{ELSEWHERE, FOLDER, HERE, OTHER_SITE, SITE, person};
use crate::support::db::every_engine;

async fn act(served: &Served, token: &str, path: &str, body: Value) -> (u16, Value) {
    let answer = served.ask(token, "post", path, &body.to_string()).await;
    (answer.status, answer.json())
}

fn proposal() -> Value {
    json!({ "outcome": "revocation", "reason": "单位已注销网站名称" })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_proposes_cannot_approve_and_another_can() {
    told(async |served| {
        let (db, at, role) = (&served.app.db, served.now(), AccountRole::Approver);
        let (first, second) = (person(db, "li", role, HERE, 9, at).await, person(db, "wu", role, HERE, 9, at).await);
        let elsewhere = person(db, "liu", role, ELSEWHERE, 9, at).await;
        let new = json!({ "site": SITE, "ground": "name_changed", "why": "来函" });
        let (status, opened) = act(&served, &first, "/cases", new.clone()).await;
        assert_eq!((status, &opened["state"]), (200, &"open".into()), "{opened}");
        let id = opened["id"].as_str().unwrap();
        let (status, twice) = act(&served, &second, "/cases", new).await;
        assert!(status == 409 && twice["message"].as_str().unwrap().contains(id), "{twice}");
        let their = json!({ "site": OTHER_SITE, "ground": "other", "why": "x" });
        assert_eq!(act(&served, &first, "/cases", their).await.0, 404, "a site of another county");

        let at = |rest: &str| format!("/cases/{id}/{rest}");
        let (status, proposed) = act(&served, &first, &at("propose"), proposal()).await;
        assert_eq!((status, &proposed["state"]), (200, &"proposed".into()), "{proposed}");
        assert_eq!(proposed["file"]["decision"]["proposal"]["bundle_hash"].as_str().unwrap().len(), 64);
        let (status, same) = act(&served, &first, &at("approve"), json!({})).await;
        assert_eq!((status, &same["error"]), (409, &"refused".into()), "{same}");
        assert!(same["message"].as_str().unwrap().contains("another person must"), "{same}");
        assert_eq!(act(&served, &served.officer, &at("approve"), json!({})).await.0, 403);
        assert_eq!(act(&served, &elsewhere, &at("approve"), json!({})).await.0, 404);
        let (status, approved) = act(&served, &second, &at("approve"), json!({})).await;
        assert_eq!((status, &approved["state"]), (200, &"approved".into()), "{approved}");

        let history = served.get(&format!("/cases/{id}/history")).await;
        let acts: Vec<_> = history.as_array().unwrap().iter().map(|act| (&act["actor"], &act["action"])).collect();
        let (li, wu) = (json!("account:li"), json!("account:wu"));
        assert_eq!(acts, [(&li, &json!("opened")), (&li, &json!("proposed")), (&wu, &json!("approved"))]);
        assert_eq!(served.get("/cases?state=approved&open=true").await["cases"][0]["id"], id);
        assert_eq!(served.get("/cases?ground=other").await["cases"], json!([]));
        assert_eq!(served.ask(&elsewhere, "get", "/cases", "").await.json()["cases"], json!([]));
        let odd = json!({ "outcome": "fine", "reason": "x" });
        let (status, said) = act(&served, &first, &at("propose"), odd).await;
        assert_eq!((status, &said["field"]), (422, &"outcome".into()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_that_takes_others_down_names_them_and_is_refused_until_it_is_meant() {
    told(async |served| {
        let new = json!({ "site": SITE, "ground": "review_failed", "why": "复核未通过" });
        let (_, opened) = act(&served, &served.officer, "/cases", new).await;
        let at = format!("/cases/{}/propose", opened["id"].as_str().unwrap());
        let mut stop = json!({ "outcome": "stop_resolution", "reason": "复核未通过" });
        let (status, said) = act(&served, &served.officer, &at, stop.clone()).await;
        assert_eq!((status, &said["error"], &said["field"]), (409, &"refused".into(), &"despite_shared".into()));
        assert_eq!(said["sites"], json!([FOLDER]));
        assert!(said["message"].as_str().unwrap().contains(FOLDER), "{said}");
        stop["despite_shared"] = true.into();
        let (status, proposed) = act(&served, &served.officer, &at, stop).await;
        let proposal = &proposed["file"]["decision"]["proposal"];
        assert_eq!((status, &proposal["despite_shared"]), (200, &true.into()), "{proposed}");
        assert_eq!(proposal["shared"], json!([{ "site": FOLDER, "unit": "云溪县教育局" }]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_stay_two_people_on_the_command_line() {
    for test in every_engine().await {
        let house = House::build(test).await;
        let (li, wu) = (house.person("li", "approver", HERE), house.person("wu", "approver", HERE));
        let opened = house.done(&["case", "open", SITE, "name_changed", "--why", "来函", "--token", &li]);
        assert!(opened.contains("办理中 (open)"), "{opened}");
        let id = opened.split_whitespace().next().unwrap();
        let propose = ["case", "propose", id, "revocation", "--reason", "单位已注销网站名称", "--token", &li];
        assert!(house.done(&propose).contains("(proposed)"));
        let same = house.refused(&["case", "approve", id, "--token", &li]);
        assert!(same.contains("another person must"), "{same}");
        assert!(house.done(&["case", "approve", id, "--token", &wu]).contains("(approved)"));
        let shown = house.done(&["case", "show", id, "--token", &wu]);
        assert!(shown.contains("account:li  proposed") && shown.contains("account:wu  approved"), "{shown}");
        let listed = house.done(&["case", "list", "--open", "--token", &wu]);
        assert!(listed.starts_with(id) && listed.contains(SITE), "{listed}");
        let withdrawn = house.done(&["case", "withdraw", id, "--why", "有新情况", "--token", &wu]);
        assert!(withdrawn.contains("(open)"), "{withdrawn}");

        let opened = house.done(&["case", "open", SITE, "review_failed", "--why", "复核未通过", "--token", &li]);
        let id = opened.split_whitespace().next().unwrap();
        let stop = ["case", "propose", id, "stop_resolution", "--reason", "复核未通过", "--token", &li];
        let shared = house.refused(&stop);
        assert!(shared.contains(&format!("{FOLDER}（云溪县教育局）")), "{shared}");
        assert!(house.done(&[&stop[..], &["--despite-shared"]].concat()).contains("(proposed)"));
        assert!(house.done(&["audit", "verify"]).ends_with("everything holds\n"));
    }
}
