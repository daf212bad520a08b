//! Years of an office in minutes: virtual time with outages of ours and theirs, flapping sites, a mail server that does
//! what mail servers do, bounces, amended calendars, two workers, and kills between any two steps. Whatever happens: no
//! notice without a confirmed fault, none lost, none doubled, every deadline right by an independent count, nothing told
//! of what an outage of ours or theirs looked like, no sanction without two people.
//!
//! `SIM_SITES`, `SIM_DAYS`, `SIM_SEED` (and `SIM_ENGINE=sqlite`) set its size and its chances; what it did is printed with `--nocapture`.

mod support;

#[path = "simulation/chance.rs"]
mod chance;
#[path = "simulation/laws.rs"]
mod laws;
#[path = "simulation/mortal.rs"]
mod mortal;
#[path = "simulation/people.rs"]
mod people;
#[path = "simulation/truth.rs"]
mod truth;

use std::collections::BTreeMap;

use badgewatch::app;
use badgewatch::config::Config;
use badgewatch::domain::mass::HoldState;
use badgewatch::domain::verdict::Verdict;
use badgewatch::flow::calendar::{self, CalendarFile};
use badgewatch::flow::cases;
use badgewatch::flow::deliver::{Postman, bounced};
use badgewatch::flow::notices;
use badgewatch::flow::watch::{Seen, Step, Watch, Wellness, decide_hold};
use badgewatch::store::{StoreResult, findings, looks, plan, sites};
use chrono::TimeDelta;

use chance::Chance;
use mortal::mortal;
use support::db::{TestDb, every_engine};
use support::office::{Office, key};
use support::smtp::Fate;
use truth::{State, Truth};

/// Thursday 2 January 2025, ten o'clock in Beijing.
const BEGIN: &str = "2025-01-02T02:00:00Z";

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

pub struct Sim {
    pub office: Office,
    pub chance: Chance,
    pub truths: Vec<Truth>,
    /// The sites' ids, in the order of the truths.
    ids: Vec<String>,
    pub day: u64,
    watch: Watch,
    /// The second worker.
    other: Postman,
    /// Days of which nothing that was seen is true of a site: our link, their badge host.
    pub outages: Vec<(u64, bool)>,
    pub done: BTreeMap<&'static str, u64>,
    /// Letters that were looked at already for whether they come back.
    heard: usize,
    /// The working days as they were told, kept apart: date → worked.
    pub amended: BTreeMap<chrono::NaiveDate, bool>,
}

impl Sim {
    async fn open(test: TestDb, sites: u64, seed: u64) -> Self {
        let office = Office::with_sites(test, sites as usize, BEGIN, |config| {
            config.mail.tries = 4;
            config.mail.at_once = 8;
        })
        .await;
        let mut config: Config = office.config.clone();
        config.dns.canaries = vec!["canary.example".to_owned()];
        config.http.canaries = vec!["http://canary.example/".to_owned()];
        let shared = app::shared(config, office.db().clone(), office.clock.clone()).await.unwrap();
        let watch = app::watch(&shared).unwrap();
        let other = Office::postman(office.db(), &office.clock, &office.config).await;
        mail_server(&office, seed);
        let listed = sites::after_key(&mut office.db().read().await.unwrap(), "", 1_000_000).await.unwrap();
        Self {
            chance: Chance::new(seed),
            truths: (0..sites).map(|number| Truth::new(key(number as usize))).collect(),
            ids: listed.into_iter().map(|site| site.id).collect(),
            day: 0,
            watch,
            other,
            outages: Vec::new(),
            done: BTreeMap::new(),
            heard: 0,
            amended: BTreeMap::new(),
            office,
        }
    }

    pub fn count(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }

    /// Runs work that may be killed anywhere in it.
    async fn risk<T>(&mut self, work: impl Future<Output = StoreResult<T>>) -> Option<T> {
        let polls = if self.chance.once_in(12) { 1 + self.chance.below(40) } else { u64::MAX };
        let done = mortal(work, polls).await;
        if done.is_none() {
            self.count("kills");
        }
        done.map(|done| done.unwrap())
    }

    async fn one_day(&mut self) {
        self.day += 1;
        self.office.clock.advance(TimeDelta::days(1));
        let day = self.day;
        for at in 0..self.truths.len() {
            self.truths[at].live(day, &mut self.chance);
        }
        let (ours, theirs) = (self.chance.once_in(40), self.chance.once_in(60));
        if ours || theirs {
            self.outages.push((day, ours));
            self.count(if ours { "outages of ours" } else { "outages of theirs" });
        }
        self.look(ours, theirs).await;
        self.amend().await;
        people::act(self).await;
        self.settle().await;
        self.bounce().await;
    }

    /// Looks at every site in trouble, under suspicion, or hit by an outage; a clean look at a site without a finding
    /// changes nothing here.
    async fn look(&mut self, ours: bool, theirs: bool) {
        let asked = self.ask(ours || theirs).await;
        for claim in self.watch.claim(asked).await.unwrap() {
            let at = self.ids.iter().position(|id| *id == claim.site_id).unwrap();
            let now = self.office.clock.now();
            let before = self.truths[at].seen_failing.len();
            let (look, fresh) = self.truths[at].look(self.day, theirs, &mut self.chance);
            let wellness = match (ours, look.verdict) {
                (true, _) => Wellness::Unwell("the canary page cannot be had".to_owned()),
                (false, Verdict::Fail) => Wellness::Well,
                _ => Wellness::NotNeeded,
            };
            if ours {
                self.truths[at].seen_failing.truncate(before);
            }
            let polls = if self.chance.once_in(30) { 1 + self.chance.below(30) } else { u64::MAX };
            let seen = Seen { look: &look, wellness: &wellness, started_at: now };
            match mortal(self.watch.take(&claim, &seen, fresh), polls).await {
                Some(done) => done.unwrap(),
                None => {
                    self.count("kills");
                    // What was not stored was not seen. Whoever was killed at the very end may be stored yet: who stands by
                    // the site comes after that.
                    let mut tx = self.office.db().write().await.unwrap();
                    plan::stand_by(&mut tx, &claim.site_id).await.unwrap();
                    let last = looks::of_site(&mut tx, &claim.site_id, 1).await.unwrap();
                    drop(tx);
                    if last.first().is_none_or(|last| last.ended_at != now) {
                        self.truths[at].looks -= 1;
                        self.truths[at].seen_failing.truncate(before);
                    }
                }
            }
            self.count("looks");
        }
    }

    /// Asks for looks; how many.
    async fn ask(&mut self, everywhere: bool) -> usize {
        let now = self.office.clock.now();
        let mut tx = self.office.db().write().await.unwrap();
        let mut asked = 0;
        for at in 0..self.truths.len() {
            let is_calm = self.truths[at].state == State::InOrder;
            let is_open = !findings::open_of_site(&mut tx, &self.ids[at]).await.unwrap().is_empty();
            if !is_calm || is_open || everywhere || self.chance.once_in(30) {
                plan::ask(&mut tx, &self.ids[at], now).await.unwrap();
                asked += 1;
            }
        }
        tx.commit().await.unwrap();
        asked
    }

    /// Two workers do what goes by itself, side by side, and are killed now and then.
    async fn settle(&mut self) {
        let polls = |chance: &mut Chance| if chance.once_in(12) { 1 + chance.below(60) } else { u64::MAX };
        let mut idle = 0;
        for _ in 0..100_000 {
            let (one, two) = (polls(&mut self.chance), polls(&mut self.chance));
            let (office, other) = (&self.office, &self.other);
            let now = office.clock.now();
            let days = calendar::load(&mut office.db().read().await.unwrap()).await.unwrap();
            let desk = office.case_desk(&days);
            let first = mortal(
                async {
                    let worked = notices::advance(office.db(), &office.desk, now).await? == Step::Worked;
                    let worked = cases::advance(&desk, now).await? == Step::Worked || worked;
                    let worked = cases::catch_up(&desk, now).await? == Step::Worked || worked;
                    Ok::<bool, badgewatch::store::StoreError>(office.postman.step().await? == Step::Worked || worked)
                },
                one,
            );
            let second = mortal(
                async {
                    let worked = notices::advance(office.db(), &office.desk, now).await? == Step::Worked;
                    Ok::<bool, badgewatch::store::StoreError>(other.step().await? == Step::Worked || worked)
                },
                two,
            );
            let (first, second) = tokio::join!(first, second);
            let killed = u64::from(first.is_none()) + u64::from(second.is_none());
            let worked = [first, second].into_iter().flatten().any(|done| done.unwrap());
            *self.done.entry("kills").or_default() += killed;
            idle = if worked || killed > 0 { 0 } else { idle + 1 };
            if idle == 2 {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    /// The State Council amends the running year: one weekday more is a day off.
    async fn amend(&mut self) {
        if !self.chance.once_in(120) {
            return;
        }
        let today = self.office.clock.today();
        let day = today + chrono::Days::new(1 + self.chance.below(25));
        let days = calendar::load(&mut self.office.db().read().await.unwrap()).await.unwrap();
        if days.is_working_day(day) != Some(true) || !laws::is_weekday(day) {
            return;
        }
        self.amended.insert(day, false);
        let csv = laws::year_csv(day, &self.amended);
        let file = CalendarFile { name: "amended.csv", csv: csv.as_bytes(), despite_warnings: true };
        let now = self.office.clock.now();
        calendar::import(self.office.db(), &file, "operator:sim", now).await.unwrap();
        self.count("calendar amendments");
    }

    /// Some letters that were taken come back.
    async fn bounce(&mut self) {
        let ids = self.office.server.message_ids_after(self.heard);
        self.heard += ids.len();
        for id in ids {
            if self.chance.once_in(25) {
                let now = self.office.clock.now();
                let (db, desk) = (self.office.db().clone(), self.office.desk.clone());
                if self.risk(bounced(&db, &desk, &id, "550 no such user", now)).await == Some(true) {
                    self.count("bounces");
                }
            }
        }
        self.holds().await;
    }

    /// An operator finds every mass change ours: nothing that all sites have at once is a site's fault here.
    async fn holds(&mut self) {
        let holds = findings::holds(&mut self.office.db().read().await.unwrap(), 100).await.unwrap();
        for hold in holds.iter().filter(|hold| hold.state == "open") {
            let (db, now) = (self.office.db(), self.office.clock.now());
            decide_hold(db, &hold.id, HoldState::Ours, "值班员", "标识服务器故障", &self.watch.terms, now)
                .await
                .unwrap();
            self.count("mass changes held");
        }
    }
}

/// Greylists, breaks lines, keeps a letter and breaks the line, refuses some addresses for good.
fn mail_server(office: &Office, seed: u64) {
    let chance = std::sync::Mutex::new(Chance::new(seed ^ 0x6d61_696c));
    office.server.judge(move |to| {
        if to.bytes().map(u64::from).sum::<u64>() % 17 == 0 {
            return Fate::Refuse;
        }
        match chance.lock().unwrap().below(40) {
            0 | 1 => Fate::Greylist,
            2 => Fate::DropInContent,
            3 => Fate::KeepAndDrop,
            _ => Fate::Accept,
        }
    });
}

async fn story(test: TestDb) {
    let (sites, days, seed) = (number("SIM_SITES", 30), number("SIM_DAYS", 120), number("SIM_SEED", 20_261_126));
    println!("SIM_SITES={sites} SIM_DAYS={days} SIM_SEED={seed}");
    let mut sim = Sim::open(test, sites, seed).await;
    for _ in 0..days {
        sim.one_day().await;
    }
    // Everything that was left in dead hands is free again, and done.
    for _ in 0..3 {
        sim.office.clock.advance(TimeDelta::days(1));
        sim.day += 1;
        sim.settle().await;
    }
    laws::hold(&mut sim).await;
    println!("{:?}", sim.done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_nobody_is_accused_wrongly_forgotten_or_told_twice() {
    // `SIM_ENGINE=sqlite` leaves PostgreSQL out.
    let most = if std::env::var("SIM_ENGINE").is_ok_and(|engine| engine == "sqlite") { 1 } else { usize::MAX };
    for test in every_engine().await.into_iter().take(most) {
        story(test).await;
    }
}
