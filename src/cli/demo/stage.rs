//! The stage on which the story is played: the county, and the parts of the real daemon on a clock that is moved by hand
//! from one thing that is due to the next.

use std::sync::Arc;

use anyhow::Context;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::people::{self, People};
use super::print;
use super::settings::REGION;
use crate::app;
use crate::clock::{Clock, day};
use crate::config::Config;
use crate::demo::County;
use crate::demo::story::{Act, SCENES, Scene, first_day};
use crate::domain::beijing::start_of;
use crate::domain::calendar::Calendar;
use crate::flow::deliver::Postman;
use crate::flow::import_registry::{self, Terms};
use crate::flow::watch::{Step, Watch};
use crate::flow::{cases, certificates, notices};
use crate::jobs;
use crate::shared::Shared;

/// The hours of a day of the story, Beijing time: what goes by the clock at night, the day's looks, the people.
const NIGHT: NaiveTime = NaiveTime::from_hms_opt(0, 15, 0).expect("a time of day");
const MORNING: NaiveTime = NaiveTime::from_hms_opt(8, 30, 0).expect("a time of day");
const OFFICE_HOURS: NaiveTime = NaiveTime::from_hms_opt(10, 0, 0).expect("a time of day");
/// Sites looked at at once.
const AT_ONCE: usize = 64;

/// The county under watch.
pub(super) struct Stage<'a> {
    pub county: &'a County,
    pub app: Shared,
    pub people: People,
    watch: Arc<Watch>,
    postman: Postman,
    first: NaiveDate,
    today: NaiveDate,
}

impl<'a> Stage<'a> {
    /// Opens a new database and imports the county's registry, on the morning of the first day.
    pub async fn open(county: &'a County, config: Config) -> anyhow::Result<Self> {
        let today = day(Clock::System.now());
        let days = config.offices.terms(Some(REGION), today).rectify_days;
        let first = first_day(today, &Calendar::builtin(), days);
        let app = app::open(config, Clock::manual(at(first, NIGHT))).await?;
        let registry = import_registry::read("yunxi.csv", county.registry_csv(first).as_bytes())?;
        import_registry::import(&app.db, &registry, &Terms::default(), app.clock.now()).await?;
        let (watch, postman) = (Arc::new(app::watch(&app)?), app::postman(&app)?);
        let people = people::people(&app).await?;
        Ok(Self { county, app, people, watch, postman, first, today })
    }

    /// Plays every day of the story, the last of them as far as it has come.
    pub async fn play(&self) -> anyhow::Result<()> {
        for today in self.first.iter_days().take_while(|day| *day <= self.today) {
            let scenes: Vec<_> =
                SCENES.iter().filter(|scene| scene.day.date(self.first, self.today) == today).collect();
            self.play_day(today, &scenes).await?;
        }
        self.until(Clock::System.now()).await
    }

    async fn play_day(&self, today: NaiveDate, scenes: &[&Scene]) -> anyhow::Result<()> {
        let acts = || scenes.iter().flat_map(|scene| scene.acts.iter().map(move |act| (act, scene.tells)));
        self.until(at(today, NIGHT)).await?;
        certificates::follow(&self.app.db, &self.app.shelf, self.app.voice.name(), self.app.clock.now()).await?;
        for (act, _) in acts() {
            if let Act::Become(sites, behaviour) = act {
                for site in *sites {
                    anyhow::ensure!(self.county.set(site, *behaviour), "{site}: no site of the county");
                }
            }
        }
        self.until(at(today, MORNING)).await?;
        for scene in scenes {
            print(&format!("{}  {}\n", today.format("%a %d %b"), scene.tells))?;
        }
        self.until(at(today, OFFICE_HOURS)).await?;
        for (act, tells) in acts() {
            self.act(act).await.with_context(|| format!("{today}: {tells}"))?;
        }
        self.catch_up().await
    }

    /// Moves the clock, never beyond now, and does all that is due then.
    async fn until(&self, then: DateTime<Utc>) -> anyhow::Result<()> {
        let (now, then) = (self.app.clock.now(), then.min(Clock::System.now()));
        if then > now {
            self.app.clock.advance(then - now);
        }
        self.catch_up().await
    }

    /// What the daemon does by itself: it looks, runs its jobs, moves notices and cases on, and sends letters.
    async fn catch_up(&self) -> anyhow::Result<()> {
        self.look().await?;
        self.work().await?;
        jobs::tick(&self.app, &CancellationToken::new()).await;
        self.work().await
    }

    async fn look(&self) -> anyhow::Result<()> {
        loop {
            let claims = self.watch.claim(AT_ONCE).await?;
            if claims.is_empty() {
                return Ok(());
            }
            let mut looks = JoinSet::new();
            for claim in claims {
                let watch = self.watch.clone();
                looks.spawn(async move { watch.look(&claim).await });
            }
            while let Some(done) = looks.join_next().await {
                done??;
            }
        }
    }

    async fn work(&self) -> anyhow::Result<()> {
        let app = &self.app;
        loop {
            let steps = [
                notices::advance(&app.db, &app.desk, app.clock.now()).await?,
                cases::advance(&cases::Desk::of(app), app.clock.now()).await?,
                self.postman.step().await?,
            ];
            if !steps.contains(&Step::Worked) {
                return Ok(());
            }
        }
    }

    /// Ends the story; its database is free for the daemon.
    pub async fn close(self) {
        self.app.db.close().await;
    }
}

/// A time of day in Beijing.
fn at(day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    start_of(day) + (time - NaiveTime::MIN)
}
