//! The county, a watch that is moved by hand, and the web served on a port of this machine.

use std::net::SocketAddr;

use badgewatch::app;
use badgewatch::config::Config;
use badgewatch::domain::account::{AccountRole, Actor};
use badgewatch::domain::confirm::{FindingState, Rule, Track};
use badgewatch::domain::finding::Finding;
use badgewatch::domain::notice::{NoticeState, RequestKind};
use badgewatch::domain::office::{Approval, Office};
use badgewatch::domain::verdict::FindingCode;
use badgewatch::flow::notices::{self, AnswerGiven};
use badgewatch::flow::watch::Step;
use badgewatch::shared::Shared;
use badgewatch::store::findings::{self, Change};
use badgewatch::store::notices::StoredNotice;
use badgewatch::store::{evidence, notices as stored};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::console::Answer;
use crate::support::db::{TestDb, every_engine};
use crate::support::world::{World, settings};

pub const SLJ: &str = "slj.yunxi.gov.cn";
pub const JYJ: &str = "jyj.yunxi.gov.cn";

/// Everything behind the page, and a client that follows nothing.
pub struct House {
    pub world: World,
    pub app: Shared,
    pub address: SocketAddr,
    client: reqwest::Client,
    _stop: DropGuard,
}

/// A notice of a test, and what stands behind `/n/` in its link.
pub struct Letter {
    pub id: String,
    pub token: String,
    pub finding: String,
}

/// Runs a story on every engine there is.
pub async fn told(story: impl AsyncFn(House)) {
    for test in every_engine().await {
        story(House::open(test).await).await;
    }
}

fn office() -> Office {
    Office {
        name: Some("云溪县机构编制委员会办公室".into()),
        contact: Some("监督检查股".into()),
        phone: Some("0354-0000000".into()),
        email: Some("bianban@yunxi.test".into()),
        approval: Some(Approval::Automatic),
        ..Office::default()
    }
}

pub fn officer() -> Actor {
    Actor { account_id: "1".into(), name: "lin.office".into(), role: AccountRole::Officer, region: "000000".into() }
}

impl House {
    pub async fn open(test: TestDb) -> Self {
        Self::open_with(test, |_| {}).await
    }

    pub async fn open_with(test: TestDb, differ: impl FnOnce(&mut Config)) -> Self {
        let world = World::open(test).await;
        let mut config = settings(&world.county);
        config.offices.0.insert("000000".into(), office());
        differ(&mut config);
        let app = app::shared(config, world.test.db.clone(), world.clock.clone()).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        tokio::spawn(badgewatch::web::serve(app.clone(), listener, stop.clone()));
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { world, app, address, client, _stop: stop.drop_guard() }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.world.clock.now()
    }

    /// Looks at one site if it is due, and leaves all others alone.
    pub async fn look_at(&self, key: &str) {
        let id = self.world.id(key).await;
        loop {
            let claims = self.world.watch.claim(100).await.unwrap();
            if claims.is_empty() {
                return;
            }
            for claim in claims.iter().filter(|claim| claim.site_id == id) {
                self.world.watch.look(claim).await.unwrap();
            }
        }
    }

    /// What goes by itself.
    pub async fn advance(&self) {
        let now = self.now();
        while notices::advance(&self.world.test.db, &self.app.desk, now).await.unwrap() == Step::Worked {}
    }

    /// A confirmed fault of a site, without a look at it.
    pub async fn fault(&self, key: &str, code: FindingCode, pages: &[String]) -> String {
        let (site, now) = (self.world.id(key).await, self.now());
        let (finding, rule) = (Finding::fault(code), Rule::default());
        let mut tx = self.world.test.db.write().await.unwrap();
        let first = now - TimeDelta::days(2);
        findings::open(&mut tx, &site, &finding, &Track::open(first), pages).await.unwrap();
        let open = findings::open_of_site(&mut tx, &site).await.unwrap();
        let read = open.into_iter().find(|open| open.finding == finding).unwrap();
        let track = Track { state: FindingState::Confirmed, failed: 3, last_failed_at: now, ..read.track.clone() };
        let change = Change { at: now, pages, confirmed_by: Some(&rule), hold_id: None };
        assert!(findings::advance(&mut tx, &read, &track, &change).await.unwrap());
        tx.commit().await.unwrap();
        read.id
    }

    /// Evidence of a page at fault, as a look leaves it.
    pub async fn exhibit(&self, key: &str, code: FindingCode, url: &str, excerpt: &str) {
        let site = self.world.id(key).await;
        let body = serde_json::json!({
            "schema": "badgewatch.evidence/1",
            "findings": [{ "code": code.name(), "effect": "fault", "pages": [url] }],
            "pages": [{ "url": url, "status": 200, "excerpt": excerpt, "body_sha256": "ab".repeat(32) }],
        });
        let mut tx = self.world.test.db.write().await.unwrap();
        evidence::append(&mut tx, &site, "look", self.now(), &body.to_string()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A notice whose letter is on its way.
    pub async fn queued(&self, key: &str, code: FindingCode, pages: &[String]) -> Letter {
        let finding = self.fault(key, code, pages).await;
        self.advance().await;
        let notice = self.open_notice(key).await.expect("a notice");
        Letter { token: self.app.links.of(&notice.id), id: notice.id, finding }
    }

    /// A notice that was told today.
    pub async fn letter(&self, key: &str, code: FindingCode, pages: &[String]) -> Letter {
        let letter = self.queued(key, code, pages).await;
        self.deliver(&letter.id).await;
        letter
    }

    pub async fn deliver(&self, id: &str) {
        let (db, desk, today) = (&self.world.test.db, &self.app.desk, self.world.clock.today());
        notices::deliver_by_hand(db, desk, &officer(), id, today, self.now()).await.unwrap();
    }

    /// Lets days pass without looks, a step a day.
    pub async fn days(&self, days: i64) {
        for _ in 0..days {
            self.world.clock.advance(TimeDelta::days(1));
            self.advance().await;
        }
    }

    pub async fn open_notice(&self, key: &str) -> Option<StoredNotice> {
        let site = self.world.id(key).await;
        stored::open_of_site(&mut self.world.test.db.read().await.unwrap(), &site).await.unwrap()
    }

    pub async fn notice(&self, id: &str) -> StoredNotice {
        stored::by_id(&mut self.world.test.db.read().await.unwrap(), id).await.unwrap().unwrap()
    }

    pub async fn state(&self, id: &str) -> NoticeState {
        self.notice(id).await.notice.state
    }

    pub async fn answer(&self, id: &str, kind: RequestKind, granted: bool, text: &str) {
        let given = AnswerGiven { kind, granted, text: text.into(), until: None };
        notices::answer(&self.world.test.db, &self.app.desk, &officer(), id, given, self.now()).await.unwrap();
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_in(path, "zh-CN").await
    }

    pub async fn get_in(&self, path: &str, language: &str) -> Answer {
        self.send(self.client.get(self.url(path)).header(ACCEPT_LANGUAGE, language)).await
    }

    /// The page of a letter.
    pub async fn page(&self, letter: &Letter) -> Answer {
        let page = self.get(&format!("/n/{}", letter.token)).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page
    }

    /// Presses a button.
    pub async fn press(&self, letter: &Letter, act: &str) -> Answer {
        self.post(&format!("/n/{}/{act}", letter.token), "application/x-www-form-urlencoded", Vec::new()).await
    }

    pub async fn post(&self, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        self.send(self.client.post(self.url(path)).header(CONTENT_TYPE, kind).body(body)).await
    }

    /// Sends the form by which time is asked for.
    pub async fn extend(&self, letter: &Letter, until: &str, text: &str) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let body = form.append_pair("until", until).append_pair("text", text).finish();
        let path = format!("/n/{}/extend", letter.token);
        self.post(&path, "application/x-www-form-urlencoded", body.into_bytes()).await
    }

    /// Sends the objection's form as a browser does.
    pub async fn object(&self, letter: &Letter, text: &str, file: Option<(&str, &[u8])>) -> Answer {
        self.post(&format!("/n/{}/object", letter.token), FORM, form(text, file)).await
    }

    pub fn day(&self, days: i64) -> NaiveDate {
        self.world.clock.today() + TimeDelta::days(days)
    }
}

pub const FORM: &str = "multipart/form-data; boundary=----yunxi";

/// A form with a text and a file, as a browser writes it.
pub fn form(text: &str, file: Option<(&str, &[u8])>) -> Vec<u8> {
    let (name, content) = file.unwrap_or(("", b""));
    let mut body = format!(
        "------yunxi\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{}\r\n------yunxi\r\nContent-Disposition: \
         form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n",
        text.replace('\n', "\r\n")
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n------yunxi--\r\n");
    body
}

pub fn pages(key: &str, count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("http://{key}/gzdt/{n}.html")).collect()
}
