//! An office whose API is served on loopback.

use badgewatch::app;
use badgewatch::clock::Clock;
use badgewatch::config::{Config, Secret};
use badgewatch::domain::account::AccountRole;
use badgewatch::domain::verdict::FindingCode;
use badgewatch::shared::Shared;
use badgewatch::store::notices;
use badgewatch::web;
use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::bureau::{HERE, confirm, person, registry, settle};
use crate::support::db::{TestDb, every_engine, register};

pub const SECRET: &str = "bounces of the story";

/// The office, its people, and where it is served.
pub struct Served {
    pub app: Shared,
    pub viewer: String,
    pub officer: String,
    _test: TestDb,
    _stop: DropGuard,
    root: String,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// A Thursday noon in Beijing.
pub fn start() -> DateTime<Utc> {
    "2026-11-26T04:00:00Z".parse().unwrap()
}

impl Served {
    pub async fn open(test: TestDb, differ: impl FnOnce(&mut Config)) -> Self {
        let clock = Clock::manual(start());
        register(&test.db, &registry(), clock.now()).await;
        let mut config = Config::default();
        (config.web.api_per_minute, config.web.api_failures_per_minute) = (100_000, 100_000);
        config.mail.bounce_secret = Some(Secret::new(SECRET));
        differ(&mut config);
        let app = app::shared(config, test.db.clone(), clock.clone()).await.unwrap();
        let viewer = person(&app.db, "bai", AccountRole::Viewer, HERE, 90, clock.now()).await;
        let officer = person(&app.db, "chen", AccountRole::Officer, HERE, 90, clock.now()).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}{}", listener.local_addr().unwrap(), web::api::ROOT);
        let stop = CancellationToken::new();
        tokio::spawn(web::serve(app.clone(), listener, stop.clone()));
        Self { app, viewer, officer, _test: test, _stop: stop.drop_guard(), root }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// A drafted notice of a site with a confirmed fault; its id.
    pub async fn notice(&self, site: &str) -> String {
        self.notice_with(site, FindingCode::NotHung).await
    }

    /// The open notice of a site with one more confirmed fault; its id.
    pub async fn notice_with(&self, site: &str, code: FindingCode) -> String {
        confirm(&self.app.db, site, code, self.now()).await;
        self.settle().await;
        let mut tx = self.app.db.read().await.unwrap();
        let site = badgewatch::store::sites::by_key(&mut tx, site).await.unwrap().unwrap();
        notices::open_of_site(&mut tx, &site.id).await.unwrap().expect("a notice was drafted").id
    }

    /// Everything that goes by itself.
    pub async fn settle(&self) {
        settle(&self.app.db, &self.app.desk, self.now()).await;
    }

    /// One request; `headers` as they stand.
    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let method = reqwest::Method::from_bytes(method.to_ascii_uppercase().as_bytes()).unwrap();
        let request = client.request(method, format!("{}{path}", self.root)).body(body.to_owned());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Answer { status, headers, body: answer.bytes().await.unwrap().to_vec() }
    }

    /// One request with a token.
    pub async fn ask(&self, token: &str, method: &str, path: &str, body: &str) -> Answer {
        self.send(method, path, &[("authorization", &format!("Bearer {token}"))], body).await
    }

    /// A question of the officer's that is answered.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.ask(&self.officer, "get", path, "").await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.json()
    }

    /// An act of the officer's; the status and what is said.
    pub async fn post(&self, path: &str, body: &str) -> (u16, Value) {
        let answer = self.ask(&self.officer, "post", path, body).await;
        (answer.status, answer.json())
    }
}

/// Tells a story on every engine there is.
pub async fn told(story: impl AsyncFn(Served)) {
    for test in every_engine().await {
        story(Served::open(test, |_| {}).await).await;
    }
}
