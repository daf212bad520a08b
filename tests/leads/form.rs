//! The public form over real HTTP, and in a real browser that runs no scripts.

use std::net::SocketAddr;

use badgewatch::domain::seen::Counts;
use badgewatch::store::seen_on::{self, Pair};
use badgewatch::web;
use reqwest::StatusCode;
use scraper::{Html, Selector};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::house::{CODE, House, told};
use crate::support::browser::Browser;
use crate::support::db::sqlite;

/// The form where it is served.
struct Served {
    house: House,
    address: SocketAddr,
    client: reqwest::Client,
    _stop: DropGuard,
}

struct Answer {
    status: StatusCode,
    location: String,
    headers: reqwest::header::HeaderMap,
    body: String,
}

impl Answer {
    fn text(&self, selector: &str) -> String {
        text(&self.body, selector)
    }
}

fn text(html: &str, selector: &str) -> String {
    let html = Html::parse_document(html);
    html.select(&Selector::parse(selector).unwrap()).flat_map(|found| found.text()).collect()
}

impl Served {
    async fn open(house: House) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        tokio::spawn(web::serve(house.app.clone(), listener, stop.clone()));
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { house, address, client, _stop: stop.drop_guard() }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let location = headers.get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        Answer { status, location, headers, body: answer.text().await.unwrap() }
    }

    async fn get(&self, path: &str, language: &str) -> Answer {
        self.send(self.client.get(format!("http://{}{path}", self.address)).header("accept-language", language)).await
    }

    fn form(&self, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let post = self.client.post(format!("http://{}/report", self.address));
        post.header("content-type", "application/x-www-form-urlencoded").header("accept-language", "zh-CN").body(body)
    }

    async fn post(&self, fields: &[(&str, &str)]) -> Answer {
        self.send(self.form(fields)).await
    }

    /// What the metrics say of reports that came to this.
    async fn counted(&self, result: &str) -> String {
        let text = self.get("/metrics", "").await.body;
        let name = format!("badgewatch_reports_total{{result=\"{result}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&name)).unwrap_or("no series").to_owned()
    }
}

const ODD: (&str, &str) = ("text", "点击标识后弹出广告");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_becomes_a_lead_and_its_writer_gets_a_reference() {
    told(async |house| {
        let served = Served::open(house).await;
        assert_eq!(served.counted("taken").await, "0", "an alarm needs its series");
        let form = served.get(&format!("/report?badge={CODE}&host=copy.example&text=x&contact=y"), "zh-CN").await;
        assert_eq!(form.status, 200);
        let html = Html::parse_document(&form.body);
        let value = |id: &str| {
            let field = html.select(&Selector::parse(&format!("#{id}")).unwrap()).next().unwrap();
            field.attr("value").unwrap_or_default().to_owned()
        };
        assert_eq!(
            (value("badge").as_str(), value("host").as_str(), value("contact").as_str()),
            (CODE, "copy.example", "")
        );
        assert!(form.headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        assert_eq!(form.headers["referrer-policy"], "same-origin", "else the form's origin would be null");

        let done = served
            .post(&[("host", "https://copy.example/a?b"), ("badge", CODE), ODD, ("contact", "z@mail.example")])
            .await;
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/report/2026-000001"));
        let thanks = served.get(&done.location, "en").await;
        assert!(thanks.text("h1").contains("Thank you") && thanks.text(".told").contains("2026-000001"));
        let lead = served.house.lead().await;
        assert_eq!((lead.host.as_str(), lead.file.reports[0].text.as_str()), ("copy.example", ODD.1));
        assert_eq!(served.counted("taken").await, "1");
        assert_eq!(served.get("/report/%3Cscript%3E", "zh-CN").await.status, 404);
        let english = served.get("/report", "en").await;
        assert!(english.text("h1").contains("Report a suspicious website badge"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_taken_comes_back_filled_in_and_says_why() {
    let served = Served::open(House::open(sqlite().await).await).await;
    let evil = "\"><script>alert(1)</script>";
    let again = served.post(&[("host", evil), ("badge", evil), ("text", ""), ("contact", "nobody")]).await;
    assert_eq!(again.status, 422);
    let wrong = again.text(".wrong li");
    for said in ["网址不正确", "请写明哪里可疑", "邮箱格式不正确"] {
        assert!(wrong.contains(said), "{wrong}");
    }
    assert!(
        again.body.contains("&#34;&gt;&#60;script") || !again.body.contains("<script"),
        "what was typed stays text"
    );
    assert!(again.text("title").starts_with("有误"));
    for (fields, status) in [
        (vec![("host", "copy.example"), ("text", "a\0b")], 422),
        (vec![("host", "copy.example\0"), ODD], 422),
        (vec![("host", "copy.example"), ODD, ("website", "http://spam.example")], 422),
    ] {
        assert_eq!(served.post(&fields).await.status, status, "{fields:?}");
    }
    let long = "长".repeat(1_001);
    assert!(
        served.post(&[("host", "copy.example"), ("text", &long)]).await.text(".wrong").contains("至多 1000 个字符")
    );
    let huge = "长".repeat(20_000);
    assert_eq!(served.post(&[("host", "copy.example"), ("text", &huge)]).await.status, 413);
    assert!(served.house.leads().await.is_empty());
    assert_eq!(served.counted("invalid").await, "6");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_sites_form_and_a_flood_are_turned_away() {
    let served = Served::open(House::open(sqlite().await).await).await;
    let good = [("host", "copy.example"), ODD];
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")] {
        let refused = served.send(served.form(&good).header(name, value)).await;
        assert_eq!(refused.status, 403, "{name}: {value}");
    }
    assert!(served.house.leads().await.is_empty());
    let origin = format!("http://{}", served.address);
    assert_eq!(served.send(served.form(&good).header("origin", origin)).await.status, 303);
    let mut last = served.post(&good).await;
    for _ in 0..12 {
        last = served.post(&good).await;
    }
    assert_eq!(last.status, 429);
    assert!(last.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() <= 21);
    assert!(last.text("h1").contains("过于频繁") && served.get("/report", "zh-CN").await.status == 200);
    assert_ne!(served.counted("limited").await, "0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_away_the_writer_is_told_and_loses_nothing() {
    told(async |house| {
        let served = Served::open(house).await;
        served.house.app.db.close().await;
        assert_eq!(served.get("/report", "zh-CN").await.status, 200, "the form needs no database");
        let again = served.post(&[("host", "copy.example"), ODD]).await;
        assert_eq!(again.status, 503);
        assert!(again.text(".wrong").contains("没有提交") && again.text("textarea").contains(ODD.1), "{}", again.body);
        assert_eq!(served.counted("unavailable").await, "1");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_script_and_a_click_on_another_host_are_counted_and_the_sites_own_are_not() {
    told(async |house| {
        let served = Served::open(house).await;
        let script = "/js/18/205/0000/41000001/CA182050000410000010001.js";
        for (path, referer) in [
            (script, "http://copy.example/"),
            (script, "http://www.yunxi.gov.test/"),
            (script, "http://m.www.yunxi.gov.test/x"),
            (&*format!("/verify/{CODE}"), "http://copy.example/"),
            (&*format!("/verify/{CODE}"), "http://yunxi.gov.test/"),
            ("/verify/CA182050000410000099991", "http://copy.example/"),
        ] {
            let asked = served.client.get(format!("http://{}{path}", served.address)).header("referer", referer);
            let answer = served.send(asked).await;
            assert!(answer.status.is_success() || path.contains("9999"), "{path}: {}", answer.status);
        }
        served.house.flush().await;
        let mut tx = served.house.app.db.read().await.unwrap();
        let day = served.house.app.clock.today();
        let pairs = seen_on::often(&mut tx, day, &Pair::default(), (1, 1), 9).await.unwrap();
        assert_eq!(pairs.iter().map(|pair| pair.host.as_str()).collect::<Vec<_>>(), ["copy.example"]);
        let days = seen_on::days(&mut tx, &pairs[0], 9).await.unwrap();
        assert_eq!(days, [(day, Counts { scripts: 1, images: 0, clicks: 1 })]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_is_written_in_a_browser_on_a_telephone() {
    let served = Served::open(House::open(sqlite().await).await).await;
    let address = format!("http://{}/report?badge={CODE}", served.address);
    let browsed = tokio::task::spawn_blocking(move || {
        let mut browser = Browser::open()?;
        for width in [1280, 320, 360] {
            browser.size(width, 800);
            browser.go(&address);
            assert!(browser.extent().0 <= f64::from(width), "wider than {width}");
        }
        browser.write("#text", ODD.1);
        browser.press("form button");
        let again = browser.html();
        assert!(text(&again, ".wrong").contains("请填写您看到标识的网址"), "{again}");
        browser.write("#host", "copy.example/index.html");
        browser.press("form button");
        Some(text(&browser.html(), ".told"))
    });
    if let Some(told) = browsed.await.unwrap() {
        assert!(told.contains("2026-000001"), "{told}");
        assert_eq!(served.house.lead().await.file.reports[0].text, ODD.1);
    }
}
