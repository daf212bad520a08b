//! What cannot be read is refused with its field, and who asks too often waits.

use badgewatch::web::api::ROUTES;

use crate::served::{Served, told};
use crate::support::bureau::SITE;
use crate::support::db::sqlite;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_is_named_by_its_field() {
    told(async |served| {
        let id = served.notice(SITE).await;
        for (path, body, field) in [
            ("extend", "{\"until\":\"soon\",\"why\":\"x\"}", "until"),
            ("extend", "{\"until\":\"2026-12-31\"}", "why"),
            ("extend", "{\"until\":\"2026-12-31\",\"why\":\"x\",\"by\":\"y\"}", "by"),
            ("answer", "{\"kind\":\"wish\",\"granted\":true,\"text\":\"x\"}", "kind"),
            ("answer", "{\"kind\":\"objection\",\"granted\":\"yes\",\"text\":\"x\"}", "granted"),
            ("delivered", "{}", "on"),
            ("approve", "{\"why\":\"x\"}", "why"),
            ("withdraw", "", "why"),
        ] {
            let (status, said) = served.post(&format!("/notices/{id}/{path}"), body).await;
            assert_eq!(
                (status, &said["error"], &said["field"]),
                (422, &"invalid".into(), &field.into()),
                "{path} {body}"
            );
            let message = said["message"].as_str().unwrap();
            assert!(message.starts_with("请求内容有误 · "), "{message}");
        }
        for (query, field) in [
            ("state=sleeping", "state"),
            ("page=-1", "page"),
            ("per_page=0", "per_page"),
            ("per_page=201", "per_page"),
            ("area=14", "area"),
        ] {
            let answer = served.ask(&served.viewer, "get", &format!("/notices?{query}"), "").await;
            assert_eq!((answer.status, &answer.json()["field"]), (422, &field.into()), "{query}");
        }
        let (status, said) = served.post(&format!("/notices/{id}/withdraw"), "{\"why\":\" \"}").await;
        assert_eq!((status, &said["error"]), (409, &"refused".into()), "an empty reason is none");
        assert_eq!(served.get(&format!("/notices/{id}")).await["version"], 1, "nothing of this was done");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zero_byte_is_refused_wherever_it_stands() {
    told(async |served| {
        let id = served.notice(SITE).await;
        for (method, path) in ROUTES.iter().filter(|(_, path)| path.contains('{')) {
            let at = path.replace("{id}", "a%00b").replace("{file}", "%00").replace("{key}", "%00");
            let body = if *method == "post" { "{\"why\":\"x\"}" } else { "" };
            let answer = served.ask(&served.officer, method, &at, body).await;
            assert_eq!((answer.status, &answer.json()["error"]), (404, &"not_found".into()), "{method} {at}");
        }
        for query in ["region=%00", "region=14%00", "page=%00"] {
            let answer = served.ask(&served.officer, "get", &format!("/notices?{query}"), "").await;
            assert_eq!((answer.status, &answer.json()["error"]), (422, &"invalid".into()), "{query}");
        }
        let zero = "a\\u0000b";
        for (path, body, field) in [
            (format!("/notices/{id}/withdraw"), format!("{{\"why\":\"{zero}\"}}"), "why"),
            (
                format!("/sites/{SITE}/maintenance"),
                format!("{{\"from\":\"2026-12-01\",\"until\":\"2026-12-02\",\"reason\":\"{zero}\"}}"),
                "reason",
            ),
            ("/cases".into(), format!("{{\"site\":\"{zero}\",\"ground\":\"other\",\"why\":\"x\"}}"), "site"),
            ("/outbox/release".into(), format!("{{\"id\":\"{zero}\"}}"), "id"),
            ("/mail/good".into(), format!("{{\"address\":\"{zero}\"}}"), "address"),
        ] {
            let (status, said) = served.post(&path, &body).await;
            assert_eq!((status, &said["field"]), (422, &field.into()), "{path} {said}");
        }
        assert_eq!(served.get(&format!("/notices/{id}")).await["version"], 1, "nothing of this was done");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_or_nowhere_is_refused_in_json() {
    let served = Served::open(sqlite().await, |_| {}).await;
    let long = format!("{{\"why\":\"{}\"}}", "长".repeat(22_000));
    let (status, said) = served.post("/notices/x/withdraw", &long).await;
    assert_eq!((status, &said["error"]), (413, &"too_large".into()));
    for (method, path, status, error) in [
        ("get", "/nowhere", 404, "not_found"),
        ("delete", "/notices", 405, "no_method"),
        ("get", "/notices/x/approve", 405, "no_method"),
        ("get", "/notices/%FF", 404, "not_found"),
        ("post", "/sites/www.yunxi.gov.test/jyj/recheck", 404, "not_found"),
    ] {
        let answer = served.ask(&served.officer, method, path, "").await;
        assert_eq!((answer.status, &answer.json()["error"]), (status, &error.into()), "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_asks_too_often_waits_and_no_other() {
    let served = Served::open(sqlite().await, |config| config.web.api_per_minute = 5).await;
    for _ in 0..5 {
        assert_eq!(served.ask(&served.officer, "get", "/me", "").await.status, 200);
    }
    let turned_away = served.ask(&served.officer, "get", "/me", "").await;
    assert_eq!((turned_away.status, &turned_away.json()["error"]), (429, &"too_many".into()));
    assert!((1..=60).contains(&turned_away.header("retry-after").parse::<u32>().unwrap()));
    assert_eq!(served.ask(&served.viewer, "get", "/me", "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_tries_tokens_is_turned_away_and_who_has_one_is_not() {
    let served = Served::open(sqlite().await, |config| config.web.api_failures_per_minute = 3).await;
    let tried = format!("bw_{}", "B".repeat(43));
    for _ in 0..3 {
        assert_eq!(served.ask(&tried, "get", "/me", "").await.status, 401);
    }
    assert_eq!(served.ask(&tried, "get", "/me", "").await.status, 429);
    assert_eq!(served.send("get", "/me", &[], "").await.status, 429, "whatever is shown");
    assert_eq!(served.ask(&served.officer, "get", "/me", "").await.status, 200, "from the same address");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_is_told_who_one_is() {
    let served = Served::open(sqlite().await, |_| {}).await;
    let me = served.get("/me").await;
    assert_eq!(me, serde_json::json!({ "name": "chen", "role": "officer", "region": "140214" }));
}
