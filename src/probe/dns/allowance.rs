//! What one look may spend: queries and time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The limits of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest wait for the answer to one query.
    pub query: Duration,
    /// The longest time for everything that is asked about one name.
    pub look: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { query: Duration::from_secs(2), look: Duration::from_secs(10) }
    }
}

/// Queries per look at most, whatever the name and its servers do.
pub const MAX_QUERIES: u32 = 12;

/// What is left of a look's queries and time.
pub(super) struct Allowance {
    queries: AtomicU32,
    until: Instant,
    each: Duration,
}

impl Allowance {
    pub(super) fn new(limits: Limits) -> Self {
        Self { queries: AtomicU32::new(MAX_QUERIES), until: Instant::now() + limits.look, each: limits.query }
    }

    /// Takes one query; gives the instant by which it has to be answered, or `None` when nothing is left.
    pub(super) fn take(&self) -> Option<Instant> {
        let now = Instant::now();
        if now >= self.until {
            return None;
        }
        let taken = self.queries.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        taken.ok().map(|_| self.until.min(now + self.each))
    }
}
