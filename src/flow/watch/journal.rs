//! What a look tells while it goes on: pages are saved as they come, so that a crash loses only the last of them.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::gather::Case;
use super::{Kind, Watch};
use crate::domain::crawl::{Coverage, Origin};
use crate::domain::verdict::Verdict;
use crate::flow::check_site::{Observer, PageNote};
use crate::store::pages::{self, PageWrite};
use crate::store::plan::{self, Claim};
use crate::store::{StoreResult, Tx};

/// How often the progress of a look at all pages is saved.
const SAVED_EVERY: Duration = Duration::from_secs(2);
/// Pages whose request and answer are kept in one piece of evidence; the finding lists all.
const MOST_EXHIBITS: usize = 20;

/// The journal of one look.
pub(super) struct Journal<'a> {
    watch: &'a Watch,
    claim: &'a Claim,
    judged_under: &'a str,
    saves: bool,
    entries: Mutex<Entries>,
}

/// What was told and is not saved yet, and what the end of the look needs to know.
#[derive(Default)]
pub(super) struct Entries {
    events: Vec<Event>,
    /// Pages that were decided now, or found to be gone.
    pub fresh: HashSet<String>,
    /// Request and answer of pages at fault.
    pub exhibits: Vec<Value>,
}

enum Event {
    Page(Box<PageNote>),
    Found(String, u16, Origin),
    Gone(String),
}

impl<'a> Journal<'a> {
    pub fn new(watch: &'a Watch, claim: &'a Claim, case: &'a Case) -> Self {
        let saves = case.kind == Kind::Pages;
        Self { watch, claim, judged_under: &case.judged_under, saves, entries: Mutex::default() }
    }

    /// Runs a look and saves its progress meanwhile.
    pub async fn saving<T>(&self, look: impl Future<Output = StoreResult<T>>) -> StoreResult<T> {
        tokio::pin!(look);
        let mut every = tokio::time::interval(SAVED_EVERY);
        every.tick().await;
        loop {
            tokio::select! {
                done = &mut look => return done,
                _ = every.tick(), if self.saves => self.save().await?,
            }
        }
    }

    /// Saves what is not at fault: before a fault is stored, the instrument is checked.
    async fn save(&self) -> StoreResult<()> {
        let events = {
            let mut entries = self.lock();
            let (kept, saved) = entries.events.drain(..).partition(is_at_fault);
            entries.events = kept;
            Vec::from_iter::<Vec<Event>>(saved)
        };
        let now = self.watch.clock.now();
        let mut tx = self.watch.db.write().await?;
        // Whoever lost the site saves nothing more; the end of the look finds out by itself.
        if plan::extend(&mut tx, self.claim, now + self.watch.terms.lease).await? {
            for event in &events {
                write_one(&mut tx, &self.claim.site_id, self.judged_under, event, now).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// The end of the look.
    pub fn finish(&self) -> Entries {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_at_fault(event: &Event) -> bool {
    matches!(event, Event::Page(note) if note.look.verdict == Verdict::Fail)
}

impl Entries {
    /// Of a look that was taken elsewhere: which pages it saw, and nothing to save of them.
    pub fn of(fresh: HashSet<String>) -> Self {
        Self { fresh, ..Self::default() }
    }

    /// Saves the rest. Where the instrument was not well, what it held for a fault is not.
    pub async fn write(
        &self,
        tx: &mut Tx,
        site_id: &str,
        judged_under: &str,
        well: bool,
        at: chrono::DateTime<chrono::Utc>,
    ) -> StoreResult<()> {
        for event in self.events.iter().filter(|event| well || !is_at_fault(event)) {
            write_one(tx, site_id, judged_under, event, at).await?;
        }
        Ok(())
    }
}

async fn write_one(
    tx: &mut Tx,
    site_id: &str,
    judged_under: &str,
    event: &Event,
    at: chrono::DateTime<chrono::Utc>,
) -> StoreResult<()> {
    match event {
        Event::Gone(url) => pages::forget(tx, site_id, url).await,
        Event::Found(url, depth, from) => pages::know(tx, site_id, url, i64::from(*depth), from.name(), at).await,
        Event::Page(note) if note.gone => pages::forget(tx, site_id, &note.url).await,
        Event::Page(note) => {
            let page = PageWrite {
                site_id,
                url: &note.url,
                depth: i64::from(note.depth),
                origin: note.from.name(),
                at,
                look: &note.look,
                fair: note.fair,
                etag: note.etag.as_deref(),
                last_modified: note.last_modified.as_deref(),
                body_sha256: note.body_sha256.as_deref(),
                judged_under,
            };
            pages::see(tx, &page).await
        }
    }
}

impl Observer for Journal<'_> {
    fn page(&self, note: PageNote) {
        let mut entries = self.lock();
        if note.gone || matches!(note.look.verdict, Verdict::Pass | Verdict::Fail | Verdict::NotApplicable) {
            entries.fresh.insert(note.url.clone());
        }
        if entries.exhibits.len() < MOST_EXHIBITS {
            entries.exhibits.extend(note.evidence.clone());
        }
        entries.events.push(Event::Page(Box::new(note)));
    }

    fn found(&self, url: &Url, depth: u16, from: Origin) {
        self.lock().events.push(Event::Found(url.to_string(), depth, from));
    }

    fn gone(&self, url: &Url) {
        let mut entries = self.lock();
        entries.fresh.insert(url.to_string());
        entries.events.push(Event::Gone(url.to_string()));
    }

    fn progress(&self, _: &Coverage) {}
}
