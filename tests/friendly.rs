//! What is no accusation: a friendly mail about a name that is about to expire, and the second channel of what is told.

mod support;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use badgewatch::config::{Secret, Webhook};
use badgewatch::domain::confirm::{FindingState, Rule, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::verdict::{Effect, FindingCode};
use badgewatch::mail::webhook::is_signed;
use badgewatch::store::findings::{self, Change};
use badgewatch::store::outbox;
use chrono::TimeDelta;
use serde_json::Value;
use support::db::every_engine;
use support::office::{EVERYWHERE, Office, key, mail};

const FRIDAY: &str = "2026-09-18T02:00:00Z";

/// A confirmed reminder of a site; its id.
async fn expiring(office: &Office, number: usize) -> String {
    let (site, now) = (office.site(&key(number)).await, office.clock.now());
    let finding = Finding::of(FindingCode::DomainExpiring, Effect::Reminder);
    let mut tx = office.db().write().await.unwrap();
    assert!(findings::open(&mut tx, &site, &finding, &Track::open(now), &[]).await.unwrap());
    let read = findings::open_of_site(&mut tx, &site).await.unwrap().remove(0);
    let to = Track { state: FindingState::Confirmed, failed: 3, ..read.track.clone() };
    let change = Change { at: now, pages: &[], confirmed_by: Some(&Rule::default()), hold_id: None };
    assert!(findings::advance(&mut tx, &read, &to, &change).await.unwrap());
    tx.commit().await.unwrap();
    read.id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_about_to_expire_is_one_friendly_mail_and_no_notice() {
    for test in every_engine().await {
        let office = Office::with_sites(test, 2, FRIDAY, |_| {}).await;
        expiring(&office, 0).await;
        office.days(3).await;
        let subjects = office.subjects(&mail(0));
        assert_eq!(subjects.len(), 1, "{subjects:?}");
        assert!(subjects[0].contains("提醒") && !subjects[0].contains("责令"), "{subjects:?}");
        assert!(office.notices(&key(0)).await.is_empty());

        // Paid for before the mail went: nothing goes.
        office.clock.advance(TimeDelta::hours(12));
        let id = expiring(&office, 1).await;
        office.work().await;
        office.mended(&id).await;
        office.days(2).await;
        assert!(office.subjects(&mail(1)).is_empty());
        let counts = outbox::counts(&mut office.db().read().await.unwrap()).await.unwrap();
        assert_eq!(counts, [("cancelled".to_owned(), 1), ("sent".to_owned(), 1)]);
    }
}

type Heard = Arc<Mutex<Vec<(String, String, String)>>>;

/// A gateway on loopback that is out of order at first.
async fn gateway() -> (String, Heard) {
    let heard = Heard::default();
    let take = async |State(heard): State<Heard>, headers: HeaderMap, body: String| {
        let header =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let mut heard = heard.lock().unwrap();
        heard.push((header("x-badgewatch-timestamp"), header("x-badgewatch-signature"), body));
        if heard.len() == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
    };
    let router = Router::new().route("/sms", post(take)).with_state(heard.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (format!("http://{address}/sms"), heard)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_hears_of_a_letter_by_a_signed_message_and_is_tried_again() {
    for test in every_engine().await {
        let (url, heard) = gateway().await;
        let office = Office::with_sites(test, 1, FRIDAY, |config| {
            let hook = Webhook { url: url.clone(), secret: Secret::new("hush"), region: EVERYWHERE.to_owned() };
            config.mail.webhooks.insert("sms".to_owned(), hook);
        })
        .await;
        office.confirm(&key(0), FindingCode::NotHung).await;
        office.work().await;
        office.clock.advance(TimeDelta::minutes(5));
        office.work().await;
        let heard = heard.lock().unwrap().clone();
        assert_eq!(heard.len(), 2, "once out of order, then taken");
        let (time, signature, body) = &heard[1];
        assert!(is_signed("hush", time, body, signature) && !is_signed("loud", time, body, signature));
        assert_eq!(time.parse::<i64>().unwrap(), office.clock.now().timestamp());
        let message: Value = serde_json::from_str(body).unwrap();
        assert_eq!(message["kind"], "rectification");
        assert_eq!((message["due_on"].as_str(), message["provisional"].as_bool()), (Some("2026-10-09"), Some(false)));
        assert_eq!(message["phones"][0], "00000000000");
        let link = message["link"].as_str().unwrap();
        assert!(link.starts_with("https://badge.yunxi.example/n/"), "{link}");
        let first: Value = serde_json::from_str(&heard[0].2).unwrap();
        assert_eq!(first["id"], message["id"], "a gateway takes each id once");
        assert_eq!(office.subjects(&mail(0)).len(), 1, "the letter itself went all the same");
    }
}
