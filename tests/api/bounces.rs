//! What a mail server reports of letters that came back, and what officers do with those that are parked.

use badgewatch::mail::webhook::signature;
use badgewatch::store::outbox::{self, Asked, Claimed, Stuck};
use chrono::TimeDelta;

use crate::served::{Answer, SECRET, Served, told};
use crate::support::bureau::{ELSEWHERE, OTHER_SITE, SITE};
use crate::support::db::sqlite;

/// Approves the notice of a site and claims its letter.
async fn claimed(served: &Served, site: &str, token: &str) -> (String, Claimed) {
    let id = served.notice(site).await;
    let approved = served.ask(token, "post", &format!("/notices/{id}/approve"), "").await;
    assert_eq!(approved.status, 200, "{approved:?}");
    let (now, mut tx) = (served.now(), served.app.db.write().await.unwrap());
    let asked = Asked { now, until: now + TimeDelta::minutes(10), trial: false, only_urgent: false, most: 1 };
    let letter = outbox::claim(&mut tx, &asked).await.unwrap().remove(0);
    tx.commit().await.unwrap();
    (id, letter)
}

/// A report, signed by a secret so many seconds ago.
async fn report(served: &Served, message_id: &str, permanent: bool, secret: &str, ago: i64) -> Answer {
    let body =
        serde_json::json!({ "message_id": message_id, "reason": "550 5.1.1 no such user", "permanent": permanent });
    let (time, body) = ((served.now().timestamp() - ago).to_string(), body.to_string());
    let mark = signature(secret, &time, &body);
    let headers = [("x-badgewatch-timestamp", time.as_str()), ("x-badgewatch-signature", &mark)];
    served.send("post", "/mail/bounces", &headers, &body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_came_back_is_an_officers_task_and_a_replay_changes_nothing() {
    told(async |served| {
        let (notice, letter) = claimed(&served, SITE, &served.officer).await;
        let mut tx = served.app.db.write().await.unwrap();
        assert!(outbox::sent(&mut tx, &letter, served.now(), served.app.clock.today()).await.unwrap());
        tx.commit().await.unwrap();
        let message_id = format!("<{}@yunxi.example>", letter.id);
        let state = async || served.get(&format!("/notices/{notice}")).await["state"].clone();

        for (secret, ago) in [("another secret", 0), (SECRET, 301), (SECRET, -301)] {
            assert_eq!(report(&served, &message_id, true, secret, ago).await.status, 401);
        }
        let delayed = report(&served, &message_id, false, SECRET, 0).await;
        assert_eq!((delayed.status, delayed.json()["marked"].as_bool()), (200, Some(false)), "a delay is no bounce");
        assert_eq!(state().await, "queued");

        for marked in [true, false] {
            let taken = report(&served, &message_id, true, SECRET, 299).await;
            assert_eq!((taken.status, taken.json()["marked"].as_bool()), (200, Some(marked)));
        }
        assert_eq!(state().await, "bounced");
        let letters = served.get(&format!("/notices/{notice}/letters")).await;
        assert_eq!((&letters[0]["state"], &letters[0]["error"]), (&"bounced".into(), &"550 5.1.1 no such user".into()));
        let unknown = report(&served, "nothing@yunxi.example", true, SECRET, 0).await;
        assert_eq!((unknown.status, unknown.json()["marked"].as_bool()), (200, Some(false)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_refuses_mail_is_listed_until_an_officer_knows_better() {
    told(async |served| {
        let officer = badgewatch::domain::account::AccountRole::Officer;
        let elsewhere =
            crate::support::bureau::person(&served.app.db, "liu", officer, ELSEWHERE, 9, served.now()).await;
        let (notice, letter) = claimed(&served, SITE, &served.officer).await;
        let mut tx = served.app.db.write().await.unwrap();
        assert!(outbox::sent(&mut tx, &letter, served.now(), served.app.clock.today()).await.unwrap());
        tx.commit().await.unwrap();
        report(&served, &letter.id, true, SECRET, 0).await;
        let bad = served.get("/mail/bad").await;
        assert_eq!(
            (&bad[0]["address"], &bad[0]["why"], bad.as_array().unwrap().len()),
            (&letter.recipient.as_str().into(), &"550 5.1.1 no such user".into(), 1)
        );
        assert!(bad[0]["since"].is_string());
        assert_eq!(served.ask(&elsewhere, "get", "/mail/bad", "").await.json(), serde_json::json!([]));
        let state = async || served.get(&format!("/notices/{notice}")).await["state"].clone();
        served.post(&format!("/notices/{notice}/resend"), "").await;
        assert_eq!(state().await, "bounced", "there is nobody to send it to");

        let body = serde_json::json!({ "address": letter.recipient.to_uppercase() }).to_string();
        for (token, status) in [(&elsewhere, 404), (&served.viewer, 403)] {
            assert_eq!(served.ask(token, "post", "/mail/good", &body).await.status, status);
        }
        assert_eq!(served.post("/mail/good", &body).await.0, 200);
        assert_eq!(served.post("/mail/good", &body).await.0, 404, "it is good already");
        assert_eq!(served.get("/mail/bad").await, serde_json::json!([]));
        let (status, sent) = served.post(&format!("/notices/{notice}/resend"), "").await;
        assert_eq!((status, &sent["state"]), (200, &"queued".into()), "it goes again: {sent}");
        let mut tx = served.app.db.read().await.unwrap();
        let acts = badgewatch::store::audit::chain(&mut tx, "contacts", 0, 9).await.unwrap();
        let done: Vec<_> = acts.iter().map(|act| (act.actor.as_str(), act.action.as_str())).collect();
        assert_eq!(done, [("account:chen", "good")]);
        assert_eq!(acts[0].tree().unwrap()["detail"]["address"], letter.recipient.as_str());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_secret_nobody_reports() {
    let served = Served::open(sqlite().await, |config| config.mail.bounce_secret = None).await;
    assert_eq!(report(&served, "x", true, "", 0).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_parked_is_let_go_by_whose_it_is() {
    told(async |served| {
        let officer = badgewatch::domain::account::AccountRole::Officer;
        let elsewhere =
            crate::support::bureau::person(&served.app.db, "liu", officer, ELSEWHERE, 9, served.now()).await;
        for (site, token) in [(SITE, &served.officer), (OTHER_SITE, &elsewhere)] {
            let (_, letter) = claimed(&served, site, token).await;
            let mut tx = served.app.db.write().await.unwrap();
            assert!(outbox::stuck(&mut tx, &letter, Stuck::Parked, "451 later").await.unwrap());
            tx.commit().await.unwrap();
        }
        let queue = served.get("/outbox").await;
        assert_eq!(
            (&queue["counts"], queue["parked"].as_array().unwrap().len()),
            (&serde_json::json!({"parked": 1}), 1)
        );
        let of_another = served.ask(&elsewhere, "get", "/outbox", "").await.json()["parked"][0]["id"].clone();
        let (status, none) = served.post("/outbox/release", &serde_json::json!({ "id": of_another }).to_string()).await;
        assert_eq!((status, &none["released"]), (200, &0.into()), "another's is not let go");
        let settle = |id: &serde_json::Value| serde_json::json!({ "id": id, "why": "当面送达" }).to_string();
        assert_eq!(served.post("/outbox/settle", &settle(&of_another)).await.0, 404, "nor put away");
        let ours = settle(&queue["parked"][0]["id"]);
        assert_eq!(served.ask(&served.viewer, "post", "/outbox/settle", &ours).await.status, 403);
        let (status, done) = served.post("/outbox/release", "").await;
        assert_eq!((status, &done["released"]), (200, &1.into()));
        assert_eq!(served.get("/outbox").await["counts"], serde_json::json!({ "waiting": 1 }));
        let theirs = served.ask(&elsewhere, "get", "/outbox", "").await.json();
        assert_eq!(theirs["counts"], serde_json::json!({ "parked": 1 }));
        let mut tx = served.app.db.read().await.unwrap();
        let acts = badgewatch::store::audit::chain(&mut tx, "outbox", 0, 9).await.unwrap();
        let done: Vec<_> = acts.iter().map(|act| (act.actor.as_str(), act.action.as_str())).collect();
        assert_eq!(done, [("account:chen", "released")]);
        drop(tx);
        let (status, not_parked) = served.post("/outbox/settle", &ours).await;
        assert_eq!((status, &not_parked["settled"]), (200, &false.into()), "it waits to go");
        let theirs = served.ask(&elsewhere, "post", "/outbox/settle", &settle(&of_another)).await;
        assert_eq!((theirs.status, &theirs.json()["settled"]), (200, &true.into()));
        let left = served.ask(&elsewhere, "get", "/outbox", "").await.json();
        assert_eq!(left["counts"], serde_json::json!({ "cancelled": 1 }));
    })
    .await;
}
