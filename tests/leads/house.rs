//! A daemon whose certificates are on the shelf, and the words the stories share.

use std::path::Path;

use badgewatch::app;
use badgewatch::clock::Clock;
use badgewatch::config::Config;
use badgewatch::domain::account::{AccountRole, Actor};
use badgewatch::domain::certificate::BadgeRef;
use badgewatch::domain::click::From;
use badgewatch::domain::lead::Terms;
use badgewatch::domain::seen::SeenBy;
use badgewatch::flow::certificates::{self, Shelved};
use badgewatch::flow::leads;
use badgewatch::flow::seen::Flushed;
use badgewatch::shared::Shared;
use badgewatch::store::Db;
use badgewatch::store::leads::{Filter, StoredLead};
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use crate::support::bureau::{HERE, registry};
use crate::support::db::{TestDb, every_engine, register};
use crate::support::standing::stand;

/// The badges of the sites of the county's registry.
pub const CODE: &str = "CA182050000410000010001";
pub const OTHER_CODE: &str = "CA182050000410000030001";

/// A Thursday noon in Beijing.
pub const START: &str = "2026-11-26T04:00:00Z";

pub struct House {
    pub app: Shared,
    pub test: TestDb,
    folder: TempDir,
}

impl House {
    pub async fn open(test: TestDb) -> Self {
        let clock = Clock::manual(START.parse().unwrap());
        register(&test.db, &registry(), clock.now()).await;
        let folder = tempfile::tempdir().unwrap();
        let app = Self::process(&test.db, &clock, folder.path()).await;
        Self { app, test, folder }
    }

    async fn process(db: &Db, clock: &Clock, folder: &Path) -> Shared {
        let mut config = Config::default();
        config.verify.folder = folder.to_owned();
        let app = app::shared(config, db.clone(), clock.clone()).await.unwrap();
        certificates::follow(&app.db, &app.shelf, "test", clock.now()).await.unwrap();
        app
    }

    /// One more process on the same database.
    pub async fn another(&self) -> Shared {
        let folder = self.folder.path().join("another");
        std::fs::create_dir(&folder).unwrap();
        Self::process(&self.test.db, &self.app.clock, &folder).await
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// So many requests for the badge from a page.
    pub fn seen(&self, code: &str, page: &str, many: usize) {
        seen_by(&self.app, code, page, SeenBy::Script, many);
    }

    pub async fn flush(&self) -> Flushed {
        let flushed = self.app.seen.flush(&self.app.db).await;
        assert!(flushed.error.is_none(), "{:?}", flushed.error);
        flushed
    }

    pub async fn raise(&self) {
        let verify = &self.app.config.verify;
        let terms = Terms { requests: verify.lead_requests.into(), days: verify.lead_days.into() };
        leads::raise(&self.app.db, terms, self.now()).await.unwrap();
    }

    /// So many requests a day on so many days, each written and looked at; the day after it begins.
    pub async fn days(&self, days: usize, code: &str, page: &str, a_day: usize) {
        for _ in 0..days {
            self.seen(code, page, a_day);
            self.flush().await;
            self.raise().await;
            self.app.clock.advance(TimeDelta::days(1));
        }
    }

    /// All leads, those that grew last first.
    pub async fn leads(&self) -> Vec<StoredLead> {
        let filter = Filter { regions: ["000000", "000000"], ..Filter::default() };
        badgewatch::store::leads::list(&mut self.app.db.read().await.unwrap(), &filter, 1_000, 0).await.unwrap()
    }

    /// The only one.
    pub async fn lead(&self) -> StoredLead {
        let mut all = self.leads().await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// A fair look at a site.
    pub async fn look(&self, key: &str, at: DateTime<Utc>) {
        stand(&self.app.db, key, "pass", "verified", at).await;
    }
}

/// The certificate of a badge code, as it stands on the shelf.
pub fn held(app: &Shared, code: &str) -> Shelved {
    app.shelf.get().unwrap().bearing(&BadgeRef::parse(code).unwrap()).unwrap().remove(0)
}

pub fn seen_by(app: &Shared, code: &str, page: &str, by: SeenBy, many: usize) {
    let (held, from) = (held(app, code), From::read(Some(page), None, |_| false));
    (0..many).for_each(|_| app.seen.note(&held, &from, by));
}

pub fn somebody(name: &str, role: AccountRole, region: &str) -> Actor {
    Actor { account_id: name.into(), name: name.into(), role, region: region.into() }
}

pub fn officer() -> Actor {
    somebody("chen", AccountRole::Officer, HERE)
}

/// Tells a story on every engine there is.
pub async fn told(story: impl AsyncFn(House)) {
    for test in every_engine().await {
        story(House::open(test).await).await;
    }
}
