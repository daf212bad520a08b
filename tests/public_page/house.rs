//! A registry of sites in every state, the shelf filled from it, and the web served on a port of this machine.

use std::net::SocketAddr;

use badgewatch::app;
use badgewatch::clock::Clock;
use badgewatch::config::Config;
use badgewatch::domain::registry::BadgeState;
use badgewatch::flow::certificates;
use badgewatch::shared::Shared;
use badgewatch::store::{Db, sites};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use reqwest::header::HeaderMap;
use scraper::{Html, Selector};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::db::{TestDb, every_engine, register};
use crate::support::standing::stand;

/// A county bureau with both names: in force.
pub const SLJ: &str = "CA060140000000000010001";
pub const SLJ_ID: &str = "0A5537536EC43D83E053022819ACDDA1";
/// A school with a name so long that few pages were made for it.
pub const LONG: &str = "CA060140000000000020001";
/// A folder of the county's portal.
pub const FOLDER: &str = "CA060140000000000030001";
pub const SUSPENDED: &str = "CA060140000000000040001";
pub const REVOKED: &str = "CA060140000000000050001";
/// A badge of which little is on file.
pub const BARE: &str = "CA060140000000000060001";
pub const NOBODY: &str = "CA060140000000099990001";

/// What stands in the fields that are nobody's business.
pub const SECRETS: [&str; 6] =
    ["甲保密", "secret-contact@yunxi.test", "0354-7777777", "乙保密", "secret-handler@yunxi.test", "0354-8888888"];

const HEADER: &str = "unit_name,unit_type,parent_unit,address,functions,region,site_name,cn_domain,en_domain,url_prefix,ips,\
                      badge_code,certificate_id,issued_on,issuing_office,state,domain_expires_on,hosting,contact_name,contact_email,\
                      contact_phone,handler_name,handler_email,handler_phone";

/// The registry.
pub fn registry() -> String {
    let office = "云溪县机构编制委员会办公室";
    let people = SECRETS.join(",");
    let long = "云溪县第一实验中学暨青少年科学素养与传统文化教育研究实践基地（含附属幼儿园及少年宫）";
    let functions = "负责全县水资源的统一管理和监督；组织实施水利工程建设与运行管理；负责水旱灾害防御工作。";
    let rows = [
        format!(
            "云溪县水利局,organ,云溪县人民政府,云溪县政通路6号,{functions},山西省大同市云冈区,云溪县水利局网站,云溪水利.政务,www.slj.gov.test,,10.0.0.1,{SLJ},{SLJ_ID},2025-03-03,{office},valid,,own"
        ),
        format!(
            "{long},institution,,云溪县文教路 1 号,,山西省大同市云冈区,{long}官方网站,{}.公益,{}.school.test,,10.0.0.1,{LONG},,2024-11-20,{office},valid,,own",
            "云溪县第一实验中学".repeat(2),
            "a".repeat(60)
        ),
        format!(
            "云溪县档案馆,institution,云溪县人民政府,云溪县政通路8号,档案保管利用,山西省大同市,云溪县档案馆网页,,www.yunxi.gov.test,/dag/,10.0.0.1,{FOLDER},,2025-06-30,{office},valid,,own"
        ),
        format!(
            "云溪县老干部局,organ,云溪县委,云溪县政通路9号,老干部服务,山西省大同市云冈区,云溪县老干部局网站,,lgbj.gov.test,,10.0.0.1,{SUSPENDED},,2023-01-09,{office},suspended,,own"
        ),
        format!(
            "云溪县旧局,organ,云溪县人民政府,云溪县政通路10号,已撤并,山西省大同市云冈区,云溪县旧局网站,,old.gov.test,,10.0.0.1,{REVOKED},,2019-05-05,{office},valid,,own"
        ),
        format!("云溪县红十字会,,,,,河北省,云溪县红十字会网,,redcross.test,,10.0.0.1,{BARE},,,,valid,,own"),
    ];
    let rows: String = rows.iter().map(|row| format!("{row},{people}\n")).collect();
    format!("{HEADER}\n{rows}")
}

/// A registry of many sites: unit, site, name, badge code and day of issue of each.
pub fn many(rows: impl Iterator<Item = [String; 5]>) -> String {
    let row = |[unit, site, name, code, day]: [String; 5]| {
        format!("{unit},organ,,,,,{site},,{name},,,{code},,{day},,valid,,own,,,,,,\n")
    };
    let rows: String = rows.map(row).collect();
    format!("{HEADER}\n{rows}")
}

/// Everything behind the pages, and a client that follows nothing.
pub struct House {
    pub app: Shared,
    pub test: TestDb,
    pub address: SocketAddr,
    pub client: reqwest::Client,
    _shelf: TempDir,
    _stop: DropGuard,
}

/// What was answered.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// The texts of what a selector finds, blanks squeezed.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        let squeeze = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        html.select(&Selector::parse(selector).unwrap()).map(|found| squeeze(found.text().collect())).collect()
    }

    /// The text of the only one.
    pub fn text(&self, selector: &str) -> String {
        let mut all = self.texts(selector);
        assert_eq!(all.len(), 1, "{selector}: {all:?}\n{}", self.body);
        all.remove(0)
    }

    /// Where the links of a selector lead.
    pub fn links(&self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        html.select(&selector).filter_map(|link| link.attr("href").or(link.attr("src")).map(str::to_owned)).collect()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// Runs a story on every engine there is.
pub async fn told(story: impl AsyncFn(House)) {
    for test in every_engine().await {
        story(House::open(test, |_| {}).await).await;
    }
}

pub fn noon() -> DateTime<Utc> {
    "2026-11-26T04:00:00Z".parse().unwrap()
}

impl House {
    /// The registry on file, one badge revoked by its office, and the shelf filled.
    pub async fn open(test: TestDb, differ: impl FnOnce(&mut Config)) -> Self {
        register(&test.db, &registry(), noon()).await;
        let house = Self::empty(test, differ).await;
        let id = house.id("old.gov.test").await;
        let mut tx = house.test.db.write().await.unwrap();
        let decided = "2026-03-02T01:00:00Z".parse().unwrap();
        assert!(sites::decide_state(&mut tx, &id, Some(BadgeState::Revoked), decided).await.unwrap());
        tx.commit().await.unwrap();
        house.follow().await;
        house
    }

    /// Nothing on the shelf.
    pub async fn empty(test: TestDb, differ: impl FnOnce(&mut Config)) -> Self {
        let shelf = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.web.public_url = Some("https://badge.yunxi.example".into());
        config.verify.folder = shelf.path().to_owned();
        config.verify.per_minute = 100_000;
        differ(&mut config);
        let app = app::shared(config, test.db.clone(), Clock::manual(noon())).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        tokio::spawn(badgewatch::web::serve(app.clone(), listener, stop.clone()));
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { app, test, address, client, _shelf: shelf, _stop: stop.drop_guard() }
    }

    /// Takes over what the database says.
    pub async fn follow(&self) {
        certificates::follow(&self.test.db, &self.app.shelf, "test", self.app.clock.now()).await.unwrap();
    }

    pub async fn id(&self, key: &str) -> String {
        sites::by_key(&mut self.test.db.read().await.unwrap(), key).await.unwrap().unwrap().id
    }

    /// A look found a site's badge.
    pub async fn hang(&self, key: &str) {
        stand(&self.test.db, key, "pass", "verified", self.app.clock.now()).await;
    }

    /// Time passes, and the database is not heard.
    pub fn wait(&self, time: TimeDelta) {
        self.app.clock.advance(time);
    }

    /// The database is gone.
    pub async fn lose_database(&self) {
        let db: &Db = &self.test.db;
        db.close().await;
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Asks as a browser that came from somewhere does.
    pub async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers).await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.request(method, self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(path, &[]).await
    }

    /// A badge clicked on a page.
    pub async fn click(&self, badge: &str, referer: &str) -> Answer {
        self.ask(&format!("/verify/{badge}"), &[("referer", referer)]).await
    }
}
