//! "Seen on" at work: the handlers note, a job writes. No page waits for it, and nothing but a host and a count is kept.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::certificates::{Shelf, Shelved};
use crate::clock::Clock;
use crate::domain::certificate::BadgeRef;
use crate::domain::click::From;
use crate::domain::host::Host;
use crate::domain::seen::{self, Bounds, Harmless, SeenBy, Sighting, Tally};
use crate::store::{Db, StoreError, StoreResult, seen_on};

/// What this process has counted and not written yet. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Seen {
    shelf: Shelf,
    clock: Clock,
    harmless: Arc<Harmless>,
    bounds: Bounds,
    tally: Arc<Mutex<Tally>>,
}

/// What came of writing.
#[derive(Debug, Default)]
pub struct Flushed {
    /// Requests that found no place.
    pub overflow: i64,
    /// Requests that were counted and could not be written in time.
    pub lost: i64,
    /// Nothing was written; it is tried again.
    pub error: Option<StoreError>,
}

impl Seen {
    /// Nothing is counted yet. `shelf` knows which hosts are a site's own.
    pub fn new(bounds: Bounds, harmless: Harmless, shelf: Shelf, clock: Clock) -> Self {
        let tally = Arc::new(Mutex::new(Tally::new(bounds)));
        Self { shelf, clock, harmless: Arc::new(harmless), bounds, tally }
    }

    /// Notes that something of a badge was asked for from a place. It neither waits nor fails: the site's own hosts, and
    /// what tells nothing, are passed over; what has no room is counted as that.
    pub fn note(&self, held: &Shelved, from: &From, by: SeenBy) {
        let own = |host: &Host| held.certificate.hosts().contains(host);
        if matches!(from, From::Host(host) if own(host)) {
            return;
        }
        let Some(place) = seen::place(from, &self.harmless) else { return };
        // Whose a host is that has a place was looked up when it got it.
        let is_known = self.tally().knows(&held.site_id, &place);
        if !is_known && matches!(from, From::Host(host) if self.is_own(&held.site_id, host)) {
            return;
        }
        let day = self.clock.today();
        self.tally().note(&held.site_id, &place, by, day);
    }

    /// The same of a number: of several certificates that bear it none is counted whose site the host is.
    pub fn note_badge(&self, badge: &BadgeRef, from: &From, by: SeenBy) {
        // Nothing is read for what tells nothing.
        if *from == From::Unknown {
            return;
        }
        let Some(Ok(held)) = self.shelf.get().map(|snapshot| snapshot.bearing(badge)) else { return };
        let own = |held: &Shelved| matches!(from, From::Host(host) if self.is_own(&held.site_id, host));
        if let Some(first) = held.first().filter(|_| held.len() == 1 || !held.iter().any(own)) {
            self.note(first, from, by);
        }
    }

    /// Is the host the site's, by all that is registered? Where that cannot be read it is not counted against anybody.
    fn is_own(&self, site_id: &str, host: &Host) -> bool {
        let Some(snapshot) = self.shelf.get() else { return false };
        snapshot.of_host(host).map_or(true, |found| found.iter().any(|shelved| shelved.site_id == site_id))
    }

    /// Writes what was counted since the last time.
    pub async fn flush(&self, db: &Db) -> Flushed {
        let taken = self.tally().take();
        let mut flushed = Flushed { overflow: taken.overflow, lost: taken.lost, error: None };
        if !taken.sightings.is_empty() {
            match self.write(db, &taken.sightings).await {
                Ok(trimmed) => flushed.overflow += trimmed,
                Err(error) => {
                    self.tally().put_back(taken.sightings);
                    flushed.error = Some(error);
                }
            }
        }
        flushed
    }

    async fn write(&self, db: &Db, sightings: &[Sighting]) -> StoreResult<i64> {
        let mut tx = db.write().await?;
        seen_on::add(&mut tx, sightings).await?;
        let mut days: Vec<_> = sightings.iter().map(|sighting| sighting.day).collect();
        days.sort_unstable();
        days.dedup();
        let mut trimmed = 0;
        for day in days {
            trimmed += seen_on::trim(&mut tx, day, self.bounds).await?;
        }
        tx.commit().await?;
        Ok(trimmed)
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
