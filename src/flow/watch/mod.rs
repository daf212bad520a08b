//! The watch: a due site is claimed, looked at, judged, and what came of it is stored in one transaction.
//!
//! Gather (site, memory, findings) → look (no transaction is open) → check the instrument → decide → record.

mod decide;
mod gather;
mod hold;
pub mod holds;
mod instrument;
mod journal;
mod record;

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::closed_set;
use crate::domain::confirm::Rule;
use crate::domain::mass::MassRule;
use crate::domain::office::Offices;
use crate::domain::schedule::Rhythm;
use crate::domain::verdict::FindingCode;
use crate::flow::check_site::{Checker, Errand, SiteLook};
use crate::store::plan::{self, Claim, Due};
use crate::store::{Db, StoreResult};

pub use hold::decide as decide_hold;
pub use instrument::{Instrument, Wellness};

/// The version of the rules by which looks are judged; evidence and letters name it.
pub const RULES: &str = "2026.11";

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Idle,
    Worked,
}

/// How the watch goes about it.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Where it looks from; every look names it.
    pub vantage: String,
    /// How long a worker has a site before another may take it.
    pub lease: TimeDelta,
    /// Pages under suspicion that a daily look visits beside the home page.
    pub suspects: usize,
    pub home: Rhythm,
    pub pages: Rhythm,
    /// Regions with a rhythm of their own (GB/T 2260), the narrower first.
    pub offices: Vec<OfficeTerms>,
    /// How long units have to hang their badges.
    pub hanging: Offices,
    pub rule: Rule,
    pub rules: Vec<(FindingCode, Rule)>,
    pub mass: MassRule,
}

/// The rhythm of one office's sites.
#[derive(Debug, Clone)]
pub struct OfficeTerms {
    pub region: String,
    pub home: Option<Rhythm>,
    pub pages: Option<Rhythm>,
}

impl Terms {
    /// The rule by which a finding of this kind is confirmed and cleared.
    pub fn rule_of(&self, code: FindingCode) -> &Rule {
        self.rules.iter().find(|(of, _)| *of == code).map_or(&self.rule, |(_, rule)| rule)
    }

    fn home_of(&self, region: Option<&str>) -> &Rhythm {
        self.office(region, |office| office.home.as_ref()).unwrap_or(&self.home)
    }

    fn pages_of(&self, region: Option<&str>) -> &Rhythm {
        self.office(region, |office| office.pages.as_ref()).unwrap_or(&self.pages)
    }

    fn office<'a>(
        &'a self,
        region: Option<&str>,
        rhythm: impl Fn(&'a OfficeTerms) -> Option<&'a Rhythm>,
    ) -> Option<&'a Rhythm> {
        let within = |office: &&OfficeTerms| {
            region.is_some_and(|region| crate::domain::region::is_within(region, &office.region))
        };
        self.offices.iter().filter(within).find_map(rhythm)
    }
}

/// The watch over all sites. One for a process; every look is independent of the others.
pub struct Watch {
    pub db: Db,
    pub clock: Clock,
    pub checker: Checker,
    pub instrument: Instrument,
    pub terms: Terms,
    /// Hears of every finished look.
    pub heard: Arc<dyn Fn(&Heard<'_>) + Send + Sync>,
}

/// A finished look, for who counts them.
#[derive(Debug, Clone, Copy)]
pub struct Heard<'a> {
    pub kind: Kind,
    pub look: &'a SiteLook,
    pub wellness: &'a Wellness,
    pub started_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    /// What it was due as.
    pub slot_at: DateTime<Utc>,
    /// Whether it was stored: a worker whose lease ran out stores nothing.
    pub stored: bool,
}

/// What a look saw, and how well the instrument was.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub look: &'a SiteLook,
    pub wellness: &'a Wellness,
    pub started_at: DateTime<Utc>,
}

closed_set! {
    /// Why a site is looked at.
    pub enum Kind {
        Home = "home", "每日检查 · the daily look: names, home page, pages under suspicion";
        Pages = "pages", "全站检查 · the look at all pages";
        Recheck = "recheck", "复检 · somebody asked for it";
    }
}

impl Watch {
    /// Claims up to `most` due sites.
    pub async fn claim(&self, most: usize) -> StoreResult<Vec<Claim>> {
        let mut tx = self.db.write().await?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let claims = plan::claim(&mut tx, self.clock.now(), self.terms.lease, most).await?;
        tx.commit().await?;
        Ok(claims)
    }

    /// Claims and looks at up to `most` due sites, side by side.
    pub async fn step(&self, most: usize) -> StoreResult<Step> {
        let claims = self.claim(most).await?;
        let step = if claims.is_empty() { Step::Idle } else { Step::Worked };
        for done in futures_util::future::join_all(claims.iter().map(|claim| self.look(claim))).await {
            done?;
        }
        Ok(step)
    }

    /// Looks at a claimed site and stores what came of it.
    pub async fn look(&self, claim: &Claim) -> StoreResult<()> {
        let started_at = self.clock.now();
        let Some(case) = gather::gather(self, claim, started_at).await? else {
            return self.give_up(claim).await;
        };
        let journal = journal::Journal::new(self, claim, &case);
        let errand = Errand {
            target: &case.target,
            site_id: Some(&claim.site_id),
            reach: case.reach.clone(),
            memory: &case.memory,
            hanging: case.hanging,
            observer: &journal,
        };
        let look = journal.saving(self.checker.look(&errand)).await?;
        let wellness = match decide::may_accuse(&look) {
            true => self.instrument.examine(&self.checker).await,
            false => Wellness::NotNeeded,
        };
        self.keep(claim, &case, &Seen { look: &look, wellness: &wellness, started_at }, journal.finish()).await
    }

    /// Stores what was seen from elsewhere of a claimed site, as if this process had looked: `fresh` are the pages that were
    /// looked at now.
    pub async fn take(&self, claim: &Claim, seen: &Seen<'_>, fresh: HashSet<String>) -> StoreResult<()> {
        let Some(case) = gather::gather(self, claim, seen.started_at).await? else {
            return self.give_up(claim).await;
        };
        self.keep(claim, &case, seen, journal::Entries::of(fresh)).await
    }

    async fn keep(
        &self,
        claim: &Claim,
        case: &gather::Case,
        seen: &Seen<'_>,
        entries: journal::Entries,
    ) -> StoreResult<()> {
        let Seen { look, wellness, started_at } = *seen;
        let ended_at = self.clock.now();
        let taken = record::Taken { claim, case, look, wellness, started_at, ended_at };
        let stored = record::record(self, &taken, entries).await?;
        let (kind, slot_at) = (case.kind, case.slot_at);
        (self.heard)(&Heard { kind, look, wellness, started_at, ended_at, slot_at, stored });
        Ok(())
    }

    /// A site that cannot be looked at at all (its row is unreadable) is tried again later, ever more seldom.
    async fn give_up(&self, claim: &Claim) -> StoreResult<()> {
        let wait = TimeDelta::hours(claim.attempts.clamp(1, 24));
        let mut tx = self.db.write().await?;
        plan::release(&mut tx, claim, self.clock.now() + wait).await?;
        tx.commit().await
    }

    /// When a site is due after a look.
    fn due(&self, case: &gather::Case, claim: &Claim, now: DateTime<Utc>) -> Due {
        let (id, region) = (&claim.site_id, case.region.as_deref());
        let home = || self.terms.home_of(region).next(id, now);
        let pages = || self.terms.pages_of(region).next(id, now);
        let later = |planned: DateTime<Utc>, next: &dyn Fn() -> DateTime<Utc>| {
            if planned > now { planned } else { next() }
        };
        match case.kind {
            Kind::Pages => Due { home_at: home(), pages_at: pages() },
            Kind::Home => Due { home_at: home(), pages_at: later(claim.pages_at, &|| now) },
            Kind::Recheck => Due { home_at: later(claim.home_at, &|| now), pages_at: later(claim.pages_at, &|| now) },
        }
    }
}
