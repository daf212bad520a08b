//! The demo, as it is, scraped by a real Prometheus with the files as they are: every expression has something to show.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use url::Url;

use super::files::{alarm_expressions, dashboards, expressions, folder, metrics_in, promtool, text};

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What must have been counted by then.
const COUNTED: &[&str] = &[
    "up{job=\"badgewatch\"} == 1",
    "sum(badgewatch_sites) > 20",
    "sum(badgewatch_province_sites) > 0",
    "badgewatch_dns_looks_total{outcome=\"resolves\"} > 0",
    "badgewatch_dns_addresses_total{source=\"cache\"} > 0",
    "badgewatch_crawl_requests_total{end=\"success\"} > 0",
    "badgewatch_crawl_bytes_total > 0",
    "badgewatch_look_pages_total{fate=\"checked\"} > 0",
    "badgewatch_verify_answers_total{form=\"page\", verdict=\"malformed\"} == 1",
    "badgewatch_verify_answers_total{form=\"json\", verdict=\"malformed\"} == 1",
    "badgewatch_web_answers_total{surface=\"search\", class=\"given\"} == 1",
    "badgewatch_web_seconds_count{surface=\"certificate\"} == 1",
    "badgewatch_shelf_certificates > 20",
    "badgewatch_shelf_age_seconds >= 0",
    "badgewatch_db_bytes > 0",
    "badgewatch_db_connections_max{pool=\"readers\"} > 0",
];

/// A program that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Asked politely, the demo removes its folder.
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let asked = Instant::now();
        while asked.elapsed() < Duration::from_secs(10) {
            if !matches!(self.0.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The demo, where it listens, and what lets an officer in. What it complains of goes to a file.
fn demo(complaints: &Path) -> (Running, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_badgewatch"));
    command
        .args(["demo", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(complaints).unwrap());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let running = Running(child);
    let mut address = None;
    for line in lines {
        let metrics = line.split_once("http://").and_then(|(_, rest)| rest.split_once("/metrics"));
        address = address.or(metrics.map(|(address, _)| address.to_owned()));
        if let Some((_, token)) = line.split_once("token ") {
            return (running, address.expect("the demo says where it listens"), token.trim().to_owned());
        }
    }
    panic!("the demo says what lets its officers in");
}

/// An officer asks for looks: else the demo's daemon has none to do before the morning.
async fn ask_for_looks(address: &str, token: &str) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for site in ["www.yunxi.gov.cn", "hbj.yunxi.gov.cn", "zjj.yunxi.gov.cn"] {
        let ask = client.post(format!("http://{address}/api/v1/sites/{site}/recheck")).bearer_auth(token);
        let _ = ask.send().await;
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Prometheus with the files as they are, but for whom it asks and how often.
fn prometheus(place: &Path, target: &str) -> Option<(Running, String)> {
    let settings = text("prometheus/prometheus.yml").replace("127.0.0.1:8080", target).replace("15s", "1s");
    std::fs::write(place.join("prometheus.yml"), settings).unwrap();
    std::fs::copy(folder().join("prometheus/alerts.yml"), place.join("alerts.yml")).unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let mut command = Command::new("prometheus");
    command.current_dir(place).args([
        "--config.file=prometheus.yml".to_owned(),
        "--storage.tsdb.path=data".to_owned(),
        format!("--web.listen-address={address}"),
    ]);
    match command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
        Ok(child) => Some((Running(child), address)),
        Err(_) => {
            println!("SKIPPED: prometheus is not installed");
            None
        }
    }
}

async fn get(url: &str) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    match client.get(url).send().await {
        Ok(answer) => answer.text().await.unwrap_or_default(),
        Err(_) => String::new(),
    }
}

async fn json(url: &str) -> Value {
    serde_json::from_str(&get(url).await).unwrap_or_default()
}

/// What an expression comes to now.
async fn result(prometheus: &str, expression: &str) -> Value {
    let expression = expression.replace("$__rate_interval", "20s");
    let url = Url::parse_with_params(&format!("http://{prometheus}/api/v1/query"), [("query", &expression)]).unwrap();
    json(url.as_str()).await
}

async fn empty(prometheus: &str, asked: &[String]) -> Vec<String> {
    let mut empty = Vec::new();
    for expression in asked {
        let answer = result(prometheus, expression).await;
        if answer["status"] != "success" || answer["data"]["result"].as_array().is_none_or(Vec::is_empty) {
            empty.push(format!("{expression}: {}", answer["error"]));
        }
    }
    empty
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_expression_shows_something_of_the_demo_and_every_rule_is_understood() {
    // An error only says that there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let place = tempfile::tempdir().unwrap();
    let complaints = place.path().join("complaints");
    let (_demo, address, token) = demo(&complaints);
    let Some((_prometheus, prometheus)) = prometheus(place.path(), &address) else { return };
    for path in ["/verify/CA000000000000000000000", "/api/v1/verify/nothing", "/list"] {
        get(&format!("http://{address}{path}")).await;
    }
    let shown = dashboards().into_iter().flat_map(|(_, dashboard)| expressions(&dashboard)).map(|(_, expr)| expr);
    let alarmed = alarm_expressions().into_iter().flat_map(|expr| metrics_in(&expr));
    let of_alarms = alarmed.map(|name| format!("{{__name__=~\"{name}(_bucket)?\"}}"));
    let asked: Vec<String> = COUNTED.iter().map(|expr| (*expr).to_owned()).chain(shown).chain(of_alarms).collect();
    let begun = Instant::now();
    // Counts of the database come every half minute.
    let still = loop {
        ask_for_looks(&address, &token).await;
        let still = empty(&prometheus, &asked).await;
        if still.is_empty() || begun.elapsed() > PATIENCE {
            break still;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    let said = std::fs::read_to_string(&complaints).unwrap();
    assert!(still.is_empty(), "nothing to show:\n{}\n{said}", still.join("\n"));

    let rules = json(&format!("http://{prometheus}/api/v1/rules")).await;
    let groups = rules["data"]["groups"].as_array().unwrap();
    let all: Vec<&Value> = groups.iter().flat_map(|group| group["rules"].as_array().unwrap()).collect();
    assert_eq!(all.len(), alarm_expressions().len());
    assert!(all.iter().all(|rule| rule["health"] == "ok"), "{rules}");
    let text = get(&format!("http://{address}/metrics")).await;
    assert!(
        !text.contains("gov.cn") && !text.contains("yunxi") && !text.contains("xn--"),
        "no series of a site: {text}"
    );
    if let Some((is_well, said)) = promtool(&["check", "metrics"], &text) {
        assert!(is_well, "{said}");
    }
}
