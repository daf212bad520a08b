//! The life of a notice through the API.

use badgewatch::domain::notice::RequestKind;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::notices::{UnitFile, Wish, ask};
use badgewatch::store::{plan, sites};
use serde_json::Value;

use crate::served::{Served, told};
use crate::support::bureau::{FOLDER, HERE, SITE};

/// The unit objects, with a file.
async fn object(served: &Served, notice: &str) {
    let file = UnitFile { name: "说明\".html".into(), media_type: "text/html".into(), content: b"<script>".to_vec() };
    let wish = Wish { kind: RequestKind::Objection, text: "已加挂".into(), until: None, file: Some(file) };
    ask(&served.app.db, &served.app.desk, notice, wish, served.now()).await.unwrap();
}

fn actions(history: &Value) -> Vec<(&str, &str)> {
    let acts = history.as_array().unwrap().iter();
    acts.map(|act| (act["actor"].as_str().unwrap(), act["action"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_is_approved_delivered_extended_objected_to_and_withdrawn() {
    told(async |served| {
        let id = served.notice(SITE).await;
        let at = |rest: &str| format!("/notices/{id}{rest}");
        let listed = served.get("/notices?state=drafted").await;
        assert_eq!(listed["notices"][0]["site"], SITE);
        assert!(listed["notices"][0]["number"].is_null() && listed["next_page"].is_null(), "{listed}");

        let (status, approved) = served.post(&at("/approve"), "").await;
        assert_eq!((status, &approved["state"]), (200, &"queued".into()), "{approved}");
        let number = approved["number"].as_str().unwrap();
        assert_eq!(number, format!("标识改〔2026〕{HERE}-1号"));
        assert_eq!(served.get(&format!("/notices/{number}")).await["id"], id.as_str(), "its number leads to it");
        let letters = served.get(&at("/letters")).await;
        assert_eq!((&letters[0]["kind"], &letters[0]["state"]), (&"rectification".into(), &"waiting".into()));
        assert_eq!(served.get("/outbox").await["counts"]["waiting"], 1);

        let (status, refused) = served.post(&at("/approve"), "").await;
        assert_eq!((status, &refused["error"]), (409, &"refused".into()), "{refused}");
        assert!(refused["message"].as_str().unwrap().contains("nothing waits for approval"), "{refused}");

        let (status, told) = served.post(&at("/delivered"), "{\"on\":\"2026-11-26\"}").await;
        assert_eq!((status, &told["state"], &told["due_on"]), (200, &"sent".into(), &"2026-12-10".into()), "{told}");
        let counted = told["due"]["counted"].as_array().unwrap();
        assert_eq!((counted.len(), &counted[0]), (10, &"2026-11-27".into()));

        let maintenance = "{\"from\":\"2026-11-30\",\"until\":\"2026-12-01\",\"reason\":\"机房搬迁公告\"}";
        let (status, paused) = served.post(&format!("/sites/{SITE}/maintenance"), maintenance).await;
        assert_eq!((status, &paused["notice"], &paused["due_on"]), (200, &id.as_str().into(), &"2026-12-14".into()));

        let more = "{\"until\":\"2026-12-18\",\"why\":\"系统改造\"}";
        let (status, extended) = served.post(&at("/extend"), more).await;
        assert_eq!((status, &extended["due_on"]), (200, &"2026-12-18".into()), "{extended}");
        let (status, refused) = served.post(&at("/extend"), more).await;
        assert_eq!((status, &refused["error"]), (409, &"refused".into()), "not twice to the same day");

        object(&served, &id).await;
        assert_eq!(served.get("/notices?objected=true").await["notices"][0]["objected"], true);
        let (status, kept) =
            served.post(&at("/answer"), "{\"kind\":\"objection\",\"granted\":false,\"text\":\"首页仍未见\"}").await;
        assert_eq!((status, &kept["requests"][0]["answer"]["granted"]), (200, &false.into()));

        let (status, withdrawn) = served.post(&at("/withdraw"), "{\"why\":\"系我方误报\"}").await;
        assert_eq!((status, &withdrawn["state"]), (200, &"withdrawn".into()));
        for (act, body) in [("close", "{\"why\":\"x\"}"), ("resend", ""), ("approve", "{}")] {
            let (status, over) = served.post(&at(&format!("/{act}")), body).await;
            assert_eq!((status, &over["error"]), (409, &"refused".into()), "{act}");
        }
        let history = served.get(&at("/history")).await;
        let (chen, unit, system) = ("account:chen", "unit", "system");
        let acts = [
            (system, "drafted"),
            (chen, "approved"),
            (chen, "delivered_by_hand"),
            (chen, "paused"),
            (chen, "extended"),
            (unit, "asked"),
            (chen, "answered"),
            (chen, "withdrawn"),
        ];
        assert_eq!(actions(&history), acts);
        assert_eq!((&history[7]["why"], &history[7]["label"]), (&"系我方误报".into(), &"撤回".into()));
        let verified = badgewatch::flow::seal::verify(&served.app.db).await.unwrap();
        assert!(verified.breaches.is_empty() && verified.acts >= 8 + 4, "{verified:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_of_a_stranger_is_saved_and_never_shown() {
    told(async |served| {
        let id = served.notice(SITE).await;
        served.post(&format!("/notices/{id}/approve"), "").await;
        served.post(&format!("/notices/{id}/delivered"), "{\"on\":\"2026-11-26\"}").await;
        object(&served, &id).await;
        let files = served.get(&format!("/notices/{id}/attachments")).await;
        assert_eq!((&files[0]["name"], &files[0]["media_type"]), (&"说明\".html".into(), &"text/html".into()));
        let path = format!("/notices/{id}/attachments/{}", files[0]["id"].as_str().unwrap());
        let answer = served.ask(&served.viewer, "get", &path, "").await;
        assert_eq!((answer.status, answer.body.as_slice()), (200, b"<script>".as_slice()));
        assert_eq!(answer.header("content-type"), "application/octet-stream");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("content-security-policy").starts_with("sandbox"));
        let disposition = answer.header("content-disposition");
        assert_eq!(disposition, "attachment; filename=\"file\"; filename*=UTF-8''%E8%AF%B4%E6%98%8E%22.html");

        // A file is found under its own notice only.
        let other = served.notice(FOLDER).await;
        let path = path.replace(&id, &other);
        assert_eq!(served.ask(&served.viewer, "get", &path, "").await.status, 404);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_in_a_folder_is_named_by_its_key() {
    told(async |served| {
        let encoded = FOLDER.replace('/', "%2F");
        let (status, asked) = served.post(&format!("/sites/{encoded}/recheck"), "").await;
        assert_eq!((status, asked), (200, serde_json::json!({ "asked": true })));
        let mut tx = served.app.db.read().await.unwrap();
        let site = sites::by_key(&mut tx, FOLDER).await.unwrap().unwrap();
        let planned = plan::of_site(&mut tx, &site.id).await.unwrap().unwrap();
        assert_eq!(planned.recheck_at, Some(served.now()));
        let acts = badgewatch::store::audit::chain(&mut tx, &format!("site:{}", site.id), 0, 9).await.unwrap();
        assert_eq!((acts[0].actor.as_str(), acts[0].action.as_str()), ("account:chen", "recheck_asked"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_goes_on_page_by_page() {
    told(async |served| {
        let mut made = vec![served.notice(SITE).await, served.notice(FOLDER).await];
        let first = served.get("/notices?per_page=1").await;
        let second = served.get(&format!("/notices?per_page=1&page={}", first["next_page"])).await;
        assert!(second["next_page"].is_null(), "{second}");
        let mut seen: Vec<_> =
            [&first, &second].map(|page| page["notices"][0]["id"].as_str().unwrap().to_owned()).into();
        made.sort();
        seen.sort();
        assert_eq!(seen, made);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_joined_after_it_was_read_does_not_go_unread() {
    told(async |served| {
        let id = served.notice(SITE).await;
        let seen = format!("{{\"version\":{}}}", served.get(&format!("/notices/{id}")).await["version"]);
        assert_eq!(served.notice_with(SITE, FindingCode::WrongLink).await, id, "a further fault joins the draft");
        let (status, changed) = served.post(&format!("/notices/{id}/approve"), &seen).await;
        assert_eq!((status, &changed["error"]), (409, &"changed".into()), "{changed}");
        let again = served.get(&format!("/notices/{id}")).await;
        assert_eq!((again["faults"].as_array().unwrap().len(), &again["state"]), (2, &"drafted".into()));
        let seen = format!("{{\"version\":{}}}", again["version"]);
        let (status, approved) = served.post(&format!("/notices/{id}/approve"), &seen).await;
        assert_eq!((status, &approved["state"]), (200, &"queued".into()), "{approved}");
    })
    .await;
}
