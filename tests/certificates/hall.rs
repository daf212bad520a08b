//! A public hall: a registry with a few invented sites, and its shelf.

use badgewatch::app;
use badgewatch::clock::Clock;
use badgewatch::config::Config;
use badgewatch::domain::certificate::BadgeRef;
use badgewatch::domain::click::{ClickVerdict, From};
use badgewatch::domain::host::Host;
use badgewatch::domain::registry::BadgeState;
use badgewatch::flow::certificates::{self, Shelf, Shelved};
use badgewatch::flow::import_registry::{self, Terms};
use badgewatch::shared::Shared;
use badgewatch::store::sites;
use badgewatch::web;
use chrono::{DateTime, Utc};
use tempfile::TempDir;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::support::db::{TestDb, every_engine, register};

/// Noon in Beijing.
pub const NOON: &str = "2026-11-26T04:00:00Z";
/// The education bureau's.
pub const EDU: &str = "CA182050000412345670001";
pub const EDU_ID: &str = "0A5537536EC43D83E053022819ACDDA0";
/// The water bureau's.
pub const WATER: &str = "CA182050000412345680001";

const HEADER: &str = "unit_name,unit_type,address,functions,region,site_name,cn_domain,en_domain,url_prefix,badge_code,\
                      certificate_id,issued_on,issuing_office,state,contact_name,contact_email,contact_phone,parent_unit,ips,domain_expires_on";

/// The registry: two bureaus, a folder on the portal's host, a site without a badge below the education bureau's name.
pub const ROWS: &[&str] = &[
    "云溪县教育局,organ,政通路1号,主管全县教育,云溪县,云溪教育网,教育.政务,edu.yunxi.gov.test,,CA182050000412345670001,\
     0A5537536EC43D83E053022819ACDDA0,2025-03-03,云溪县委编办,valid,甲某某,jia@yunxi.test,00000000001",
    "云溪县水利局,organ,政通路2号,\"防汛,\"\"抗旱\"\"\",云溪县,云溪水利网,,water.yunxi.gov.test,,CA182050000412345680001,,\
     2025-03-04,云溪县委编办,valid,乙某某,yi@yunxi.test,00000000002",
    "云溪县档案馆,institution,政通路3号,,云溪县,云溪档案,,www.yunxi.gov.test,/dangan/,CA182050000412345690001,,2025-03-05,\
     云溪县委编办,valid,丙某某,bing@yunxi.test,00000000003",
    "云溪县第一小学,institution,政通路4号,,云溪县,一小,,one.edu.yunxi.gov.test,,,,,,valid,丁某某,ding@yunxi.test,00000000004",
];

pub fn registry(rows: &[&str]) -> String {
    rows.iter().fold(HEADER.to_owned(), |all, row| all + "\n" + row + ",,,")
}

pub fn host(text: &str) -> Host {
    Host::parse(text).unwrap()
}

pub fn badge(text: &str) -> BadgeRef {
    BadgeRef::parse(text).unwrap()
}

pub struct Hall {
    pub app: Shared,
    pub clock: Clock,
    pub folder: TempDir,
    _test: TestDb,
    _stop: DropGuard,
    root: String,
    pub client: reqwest::Client,
}

/// Tells a story on every engine.
pub async fn told(story: impl AsyncFn(Hall)) {
    for test in every_engine().await {
        story(Hall::open(test, |_| ()).await).await;
    }
}

impl Hall {
    pub async fn open(test: TestDb, differ: impl FnOnce(&mut Config)) -> Self {
        let hall = Self::empty(test, differ).await;
        hall.follow().await;
        hall
    }

    /// With nothing on its shelf yet.
    pub async fn bare(test: TestDb) -> Self {
        Self::empty(test, |_| ()).await
    }

    async fn empty(test: TestDb, differ: impl FnOnce(&mut Config)) -> Self {
        let clock = Clock::manual(NOON.parse().unwrap());
        register(&test.db, &registry(ROWS), clock.now()).await;
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.verify.folder = folder.path().join("public");
        config.verify.per_minute = 100_000;
        differ(&mut config);
        let app = app::shared(config, test.db.clone(), clock.clone()).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let root = format!("http://{}", listener.local_addr().unwrap());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(web::serve(app.clone(), listener, stop.clone()));
        Self { app, clock, folder, _test: test, _stop: stop.drop_guard(), root, client }
    }

    /// The shelf takes over what the database says.
    pub async fn follow(&self) {
        self.follow_on(&self.app.shelf).await;
    }

    pub async fn follow_on(&self, shelf: &Shelf) {
        certificates::follow(&self.app.db, shelf, self.app.voice.name(), self.clock.now()).await.unwrap();
    }

    /// A shelf of the same folder, as the next process opens it.
    pub fn next_process(&self) -> Shelf {
        let shelf = Shelf::of(&self.app.config.verify.folder);
        assert!(shelf.load().unwrap(), "the last process left one");
        shelf
    }

    /// An office decides.
    pub async fn decide(&self, key: &str, state: Option<BadgeState>) {
        let mut tx = self.app.db.write().await.unwrap();
        let site = sites::by_key(&mut tx, key).await.unwrap().unwrap();
        assert!(sites::decide_state(&mut tx, &site.id, state, self.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// What a file brings.
    pub async fn import(&self, rows: &[&str]) {
        let incoming = import_registry::read("next.csv", registry(rows).as_bytes()).unwrap();
        let terms = Terms { allow_shrink: true, ..Terms::default() };
        let report = import_registry::import(&self.app.db, &incoming, &terms, self.clock.now()).await.unwrap();
        assert!(report.applied && report.refused.is_empty(), "{report:?}");
    }

    pub fn told(&self, number: &str, from: &From) -> ClickVerdict {
        verdict(&self.app.shelf, number, from)
    }

    pub fn held(&self, number: &str) -> Vec<Shelved> {
        self.app.shelf.get().unwrap().bearing(&badge(number)).unwrap()
    }

    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(self.address(path)).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &serde_json::Value) -> reqwest::Response {
        let request = self.client.post(self.address(path));
        request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap()
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

pub fn verdict(shelf: &Shelf, number: &str, from: &From) -> ClickVerdict {
    shelf.get().unwrap().told(&badge(number), from).unwrap().verdict
}
