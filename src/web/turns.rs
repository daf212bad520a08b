//! How often somebody may ask: counted by a key, in the memory of this process.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Turns at once, and how long until one more.
pub(super) type Bursts = (NonZeroU32, Duration);

/// Every so many turns it is looked how many keys there are: counting them takes longer than most answers.
const COUNTED_EVERY: u32 = 1_024;

/// Who asked how often.
pub(super) struct Turns<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    /// Keys at most before those are forgotten that may ask freely again.
    remembered: usize,
    taken: AtomicU32,
}

impl<K: Hash + Eq + Clone> Turns<K> {
    pub fn bursts(bursts: Bursts, remembered: usize) -> Self {
        Self::of(quota(bursts), remembered)
    }

    pub fn a_minute(turns: u32, remembered: usize) -> Self {
        Self::of(Quota::per_minute(NonZeroU32::new(turns).unwrap_or(NonZeroU32::MIN)), remembered)
    }

    fn of(quota: Quota, remembered: usize) -> Self {
        Self { limiter: RateLimiter::keyed(quota), remembered, taken: AtomicU32::new(0) }
    }

    /// Takes a turn. How long to wait; none: go on.
    pub fn wait(&self, key: &K) -> Option<Duration> {
        let is_counted = self.taken.fetch_add(1, Ordering::Relaxed).is_multiple_of(COUNTED_EVERY);
        if is_counted && self.limiter.len() + COUNTED_EVERY as usize > self.remembered {
            self.limiter.retain_recent();
        }
        let until = self.limiter.check_key(key).err()?;
        Some(until.wait_time_from(DefaultClock::default().now()))
    }
}

/// What a number of turns at once, and one more after a time, come to.
pub(super) fn quota((burst, every): Bursts) -> Quota {
    Quota::with_period(every).unwrap_or(Quota::per_second(burst)).allow_burst(burst)
}

/// Whole seconds after which it is surely one's turn.
pub(super) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_ask_freely_again_is_forgotten() {
        let turns = Turns::bursts((NonZeroU32::MIN, Duration::from_nanos(1)), 10_000);
        assert!((0..100_000_u32).all(|key| turns.wait(&key).is_none()));
        assert!(turns.limiter.len() <= 10_000, "{}", turns.limiter.len());
    }
}
