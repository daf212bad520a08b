//! The console over real HTTP: an office's people with their browsers' cookies, before a database of either engine.

use std::net::SocketAddr;
use std::sync::Mutex;

use badgewatch::app;
use badgewatch::clock::Clock;
use badgewatch::config::{Config, SecondDevice};
use badgewatch::domain::account::{AccountRole, Body};
use badgewatch::flow::accounts::{self, NewAccount, OPERATOR};
use badgewatch::flow::people;
use badgewatch::shared::Shared;
use reqwest::header::{ACCEPT_LANGUAGE, COOKIE, LOCATION, SET_COOKIE};
use scraper::{ElementRef, Html, Selector};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::db::{TestDb, every_engine};
use super::world::start;

pub const PASSWORD: &str = "long enough, and invented";

/// A console that is served on a port of this machine.
pub struct House {
    pub test: TestDb,
    pub clock: Clock,
    pub app: Shared,
    pub address: SocketAddr,
    _stop: DropGuard,
}

/// Runs a story on every engine there is.
pub async fn told(story: impl AsyncFn(House)) {
    for test in every_engine().await {
        let clock = Clock::manual(start());
        story(House::open(test, clock, ordinary()).await).await;
    }
}

/// As everything is set unless it is said, but that nobody needs a second device.
pub fn ordinary() -> Config {
    let mut config = Config::default();
    config.people.second_device = SecondDevice::Offered;
    config
}

impl House {
    pub async fn open(test: TestDb, clock: Clock, config: Config) -> Self {
        let app = app::shared(config, test.db.clone(), clock.clone()).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        tokio::spawn(badgewatch::web::serve(app.clone(), listener, stop.clone()));
        Self { test, clock, app, address, _stop: stop.drop_guard() }
    }

    /// An account with a password of its own.
    pub async fn account(&self, name: &str, role: AccountRole, region: &str) {
        let new = NewAccount {
            name: name.into(),
            person: format!("{name}（某）"),
            body: Body::Office,
            region: region.into(),
            role,
        };
        accounts::add_account(&self.test.db, &new, OPERATOR, self.clock.now()).await.unwrap();
        people::set_password(&self.test.db, name, PASSWORD, false, OPERATOR, self.clock.now()).await.unwrap();
    }

    /// Somebody with an empty browser.
    pub fn stranger(&self) -> Person {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Person { address: self.address, client, cookies: Mutex::default() }
    }

    /// Somebody who has an account and has logged in.
    pub async fn person(&self, name: &str, role: AccountRole, region: &str) -> Person {
        self.account(name, role, region).await;
        let person = self.stranger();
        let answer = person.log_in(name, PASSWORD).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        person
    }
}

/// Somebody with a browser: it keeps cookies and runs no scripts.
pub struct Person {
    address: SocketAddr,
    client: reqwest::Client,
    cookies: Mutex<Vec<(String, String)>>,
}

/// What was answered.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// The texts of what a selector finds, blanks squeezed.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let html = self.html();
        let squeeze = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        html.select(&Selector::parse(selector).unwrap()).map(|found| squeeze(found.text().collect())).collect()
    }

    /// The text of the only one.
    pub fn text(&self, selector: &str) -> String {
        let mut all = self.texts(selector);
        assert_eq!(all.len(), 1, "{selector}: {all:?} in {}", self.body);
        all.remove(0)
    }

    /// All that a reader sees.
    pub fn all(&self) -> String {
        self.text("body")
    }

    /// An attribute of the first that a selector finds.
    pub fn attr(&self, selector: &str, name: &str) -> Option<String> {
        let html = self.html();
        html.select(&Selector::parse(selector).unwrap()).next()?.attr(name).map(str::to_owned)
    }

    /// Where the links lead that a selector finds.
    pub fn hrefs(&self, selector: &str) -> Vec<String> {
        let (html, selector) = (self.html(), Selector::parse(selector).unwrap());
        html.select(&selector).filter_map(|found| found.attr("href")).map(str::to_owned).collect()
    }

    /// What hidden field the page's forms carry.
    pub fn form_token(&self) -> String {
        self.attr("input[name=form_token]", "value").unwrap_or_default()
    }

    /// Names and values of what a selector finds.
    fn fields(&self, selector: &str) -> Vec<(String, String)> {
        let html = self.html();
        let pair = |field: ElementRef<'_>| {
            Some((field.attr("name")?.to_owned(), field.attr("value").unwrap_or_default().to_owned()))
        };
        html.select(&Selector::parse(selector).unwrap()).filter_map(pair).collect()
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Person {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub async fn log_in(&self, name: &str, password: &str) -> Answer {
        self.send_form("/console/log-in", &[("name", name), ("password", password)]).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(self.url(path)).header(ACCEPT_LANGUAGE, "zh-CN")).await
    }

    pub async fn get_in_english(&self, path: &str) -> Answer {
        self.send(self.client.get(self.url(path)).header(ACCEPT_LANGUAGE, "en")).await
    }

    /// Sends a form as it stands, without the token of the session.
    pub async fn send_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(self.url(path)).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.header(ACCEPT_LANGUAGE, "zh-CN").body(encoded)).await
    }

    /// Opens the page `on`, and sends a form of it with its token to `path`.
    pub async fn submit(&self, on: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(on).await.form_token();
        let fields: Vec<_> = fields.iter().copied().chain([("form_token", token.as_str())]).collect();
        self.send_form(path, &fields).await
    }

    /// Sends the second page of an act as it was shown.
    pub async fn mean(&self, shown: &Answer, path: &str) -> Answer {
        self.press(shown, "confirm", path).await
    }

    /// Presses a button of the second page of an act.
    pub async fn press(&self, shown: &Answer, button: &str, path: &str) -> Answer {
        let fields: Vec<_> = shown.fields(&format!(".deed input, .deed button[name={button}]"));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.send_form(path, &fields).await
    }

    /// What the browser shows of cookies.
    pub fn cookie(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Sends any request with the cookies, and keeps those that come back.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let cookie = self.cookie();
        let request = if cookie.is_empty() { request } else { request.header(COOKIE, cookie) };
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for set in headers.get_all(SET_COOKIE) {
            self.keep(set.to_str().unwrap());
        }
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    fn keep(&self, set: &str) {
        let (name, value) = set.split(';').next().unwrap().split_once('=').unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        cookies.retain(|(kept, _)| kept != name);
        if !value.is_empty() {
            cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }
}
