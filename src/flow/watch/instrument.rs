//! Is the instrument well? Asked before anything is held against a site.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use crate::clock::Clock;
use crate::domain::host::Host;
use crate::flow::check_site::Checker;
use crate::probe::http::Request;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wellness {
    Well,
    /// Nothing was held against anybody.
    NotNeeded,
    /// What was wrong, in a few words.
    Unwell(String),
}

impl Wellness {
    /// May a failure be believed?
    pub fn is_well(&self) -> bool {
        !matches!(self, Self::Unwell(_))
    }

    /// As a look is stored with it.
    pub fn text(&self) -> &str {
        match self {
            Self::Well => "well",
            Self::NotNeeded => "not_needed",
            Self::Unwell(what) => what,
        }
    }
}

/// A pause that takes so much longer than asked for tells that we are overloaded.
const LONGEST_LAG: Duration = Duration::from_millis(1_000);
/// The wall clock and the steady one may drift apart by so much between two examinations.
const MOST_DRIFT: TimeDelta = TimeDelta::seconds(30);
/// One good answer in so many tries is enough of a canary: the question is whether *we* are cut off.
const TRIES: usize = 2;

/// The canaries, and the last examination: looks that end at the same time share one.
#[derive(Debug)]
pub struct Instrument {
    /// Names that always resolve.
    pub names: Vec<Host>,
    /// Pages that always answer 200.
    pub pages: Vec<Url>,
    clock: Clock,
    last: Mutex<Option<Examination>>,
    born: (Instant, DateTime<Utc>),
}

#[derive(Debug, Clone)]
struct Examination {
    begun: Instant,
    wellness: Wellness,
}

impl Instrument {
    /// An instrument with its canaries.
    pub fn new(names: Vec<Host>, pages: Vec<Url>, clock: Clock) -> Self {
        let born = (Instant::now(), clock.now());
        Self { names, pages, clock, last: Mutex::new(None), born }
    }

    /// Examines the instrument, now: an examination that began before this call says nothing of what was seen since.
    pub async fn examine(&self, checker: &Checker) -> Wellness {
        let asked = Instant::now();
        let mut last = self.last.lock().await;
        if let Some(examination) = last.as_ref().filter(|examination| examination.begun >= asked) {
            return examination.wellness.clone();
        }
        let begun = Instant::now();
        let wellness = match self.ailment(checker).await {
            None => Wellness::Well,
            Some(what) => {
                tracing::warn!(ailment = %what, "the instrument is not well: what it holds against sites is not stored");
                Wellness::Unwell(what)
            }
        };
        *last = Some(Examination { begun, wellness: wellness.clone() });
        wellness
    }

    async fn ailment(&self, checker: &Checker) -> Option<String> {
        if let Some(what) = self.clock_ailment().or(overload().await) {
            return Some(what);
        }
        for name in &self.names {
            let look = checker.resolver.look(name).await;
            if look.addresses.is_empty() {
                return Some(format!("the canary name {} does not resolve: {}", name.ascii(), look.outcome));
            }
        }
        for page in &self.pages {
            if let Some(what) = canary_ailment(checker, page).await {
                return Some(what);
            }
        }
        None
    }

    /// A wall clock that was set while we looked makes every age and every deadline wrong.
    fn clock_ailment(&self) -> Option<String> {
        if matches!(self.clock, Clock::Manual(_)) {
            return None;
        }
        let steady = TimeDelta::from_std(self.born.0.elapsed()).unwrap_or(TimeDelta::MAX);
        let drift = (self.clock.now() - self.born.1) - steady;
        (drift.abs() > MOST_DRIFT).then(|| format!("the clock was moved by {} s", drift.num_seconds()))
    }
}

async fn overload() -> Option<String> {
    let asked = Duration::from_millis(10);
    let begun = Instant::now();
    tokio::time::sleep(asked).await;
    let lag = begun.elapsed().saturating_sub(asked);
    (lag > LONGEST_LAG).then(|| format!("overloaded: {} ms late", lag.as_millis()))
}

async fn canary_ailment(checker: &Checker, page: &Url) -> Option<String> {
    let mut why = String::new();
    for _ in 0..TRIES {
        match checker.fetcher.get(page, &Request::default()).await.outcome {
            Ok(answer) if answer.status == 200 => return None,
            Ok(answer) => why = format!("status {}", answer.status),
            Err(trouble) => why = trouble.detail,
        }
    }
    Some(format!("the canary page {page} cannot be had: {why}"))
}
