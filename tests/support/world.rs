//! The sample county under a watch that is moved by hand, on a database of either engine.

use std::collections::BTreeMap;

use badgewatch::app;
use badgewatch::clock::Clock;
use badgewatch::config::Config;
use badgewatch::demo::County;
use badgewatch::domain::confirm::FindingState;
use badgewatch::flow::watch::{Step, Watch};
use badgewatch::store::findings::{self, StoredFinding};
use badgewatch::store::{Db, sites};
use chrono::{DateTime, TimeDelta, Utc};

use super::db::{TestDb, every_engine, register};

/// The portal of the county: in order.
pub const PORTAL: &str = "www.yunxi.gov.cn";

/// The county, a database, and a watch that is moved by hand.
pub struct World {
    pub county: County,
    pub clock: Clock,
    pub test: TestDb,
    pub watch: Watch,
}

/// A Thursday noon in Beijing.
pub fn start() -> DateTime<Utc> {
    "2026-11-26T04:00:00Z".parse().unwrap()
}

/// The settings that lead a watch to the county.
pub fn settings(county: &County) -> Config {
    let mut config = Config::default();
    config.registry.complete = vec!["000000".to_owned()];
    config.dns.resolvers = vec![county.resolver];
    config.dns.canaries = vec![county.canary_name().to_owned()];
    config.http.canaries = vec![format!("http://{}/", county.canary_name())];
    config.http.http_port = Some(county.http_port);
    config.http.allow_net = vec!["127.0.0.0/8".parse().unwrap()];
    config.watch.home.spread_minutes = 60;
    config.watch.pages.spread_minutes = 60;
    // One address serves the whole county, and many of its sites are at fault from the beginning.
    config.mass.share = 0.5;
    config
}

impl World {
    pub async fn open(test: TestDb) -> Self {
        Self::open_with(test, |_| {}).await
    }

    /// A world whose settings differ.
    pub async fn open_with(test: TestDb, differ: impl FnOnce(&mut Config)) -> Self {
        Self::open_at(test, start(), differ).await
    }

    /// A world that begins at another time.
    pub async fn open_at(test: TestDb, start: DateTime<Utc>, differ: impl FnOnce(&mut Config)) -> Self {
        let (county, clock) = (County::start().await.unwrap(), Clock::manual(start));
        register(&test.db, &county.registry_csv(clock.today()), clock.now()).await;
        let mut config = settings(&county);
        differ(&mut config);
        let watch = Self::watch_by(config, &clock, &test.db).await;
        Self { county, clock, test, watch }
    }

    /// A further worker on the same database.
    pub async fn watch(county: &County, clock: &Clock, db: &Db) -> Watch {
        Self::watch_by(settings(county), clock, db).await
    }

    pub async fn watch_by(config: Config, clock: &Clock, db: &Db) -> Watch {
        let shared = app::shared(config, db.clone(), clock.clone()).await.unwrap();
        app::watch(&shared).unwrap()
    }

    /// Looks at everything that is due; how many steps it took.
    pub async fn look(&self) {
        while self.watch.step(64).await.unwrap() == Step::Worked {}
    }

    /// Lets days pass, each with its daily looks.
    pub async fn days(&self, days: u32) {
        for _ in 0..days {
            self.clock.advance(TimeDelta::days(1));
            self.look().await;
        }
    }

    pub async fn id(&self, key: &str) -> String {
        sites::by_key(&mut self.test.db.read().await.unwrap(), key).await.unwrap().unwrap().id
    }

    pub async fn findings(&self, key: &str) -> Vec<StoredFinding> {
        let id = self.id(key).await;
        findings::of_site(&mut self.test.db.read().await.unwrap(), &id).await.unwrap()
    }

    /// State by code, of one site.
    pub async fn states(&self, key: &str) -> BTreeMap<&'static str, FindingState> {
        let found = self.findings(key).await;
        found.iter().rev().map(|found| (found.finding.code.name(), found.track.state)).collect()
    }

    pub async fn confirmed(&self) -> Vec<String> {
        let mut tx = self.test.db.read().await.unwrap();
        let found = findings::in_state(&mut tx, FindingState::Confirmed, 1_000).await.unwrap();
        let faults = found.into_iter().filter(|found| found.finding.is_fault());
        faults.map(|found| found.finding.code.name().to_owned()).collect()
    }
}

/// Runs a story on every engine there is.
pub async fn told(story: impl AsyncFn(World)) {
    for test in every_engine().await {
        story(World::open(test).await).await;
    }
}
