//! Politeness: how often a site, and the machine behind it, is asked.
//!
//! Hundreds of sites may share one hosting address; what is gentle to each may be rude to all. So a turn is taken at
//! both keys.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Below this many keys nobody looks for unused ones.
const FEW: usize = 1024;

/// Hands out turns, in the order in which they were asked for.
pub struct Politeness {
    sites: Keys<String>,
    addresses: Keys<IpAddr>,
    delay: Duration,
}

/// A turn, over when dropped.
#[must_use]
pub struct Permit {
    _site: Option<OwnedSemaphorePermit>,
    _address: Option<OwnedSemaphorePermit>,
}

impl Politeness {
    /// At most so many exchanges at once (at least one) per site and per address, and `delay` between their starts.
    pub fn new(per_site: usize, per_address: usize, delay: Duration) -> Self {
        Self { sites: Keys::new(per_site), addresses: Keys::new(per_address), delay }
    }

    /// Waits for a turn at a site and at the address that serves it.
    pub async fn acquire(&self, site: &str, address: IpAddr) -> Permit {
        let (site, address) = (self.sites.slot(site), self.addresses.slot(&address));
        // Always in this order: who holds an address waits for nobody.
        let permit = Permit { _site: site.enter().await, _address: address.enter().await };
        if !self.delay.is_zero() {
            sleep_until(self.start(&site, &address)).await;
        }
        permit
    }

    /// Keeps the next moment that is free at both keys.
    fn start(&self, site: &Slot, address: &Slot) -> Instant {
        let (mut site, mut address) = (lock(&site.next_start), lock(&address.next_start));
        let start = Instant::now().max(*site).max(*address);
        *site = start + self.delay;
        *address = start + self.delay;
        start
    }

    /// How many sites and addresses are remembered.
    pub fn remembered(&self) -> usize {
        lock(&self.sites.slots).by_key.len() + lock(&self.addresses.slots).by_key.len()
    }
}

/// The slots of one kind of key.
struct Keys<K> {
    slots: Mutex<Slots<K>>,
    at_once: usize,
}

struct Slots<K> {
    by_key: HashMap<K, Arc<Slot>>,
    /// When this many keys are known, the unused ones are forgotten.
    sweep_at: usize,
}

struct Slot {
    turns: Arc<Semaphore>,
    next_start: Mutex<Instant>,
}

impl<K: Hash + Eq> Keys<K> {
    fn new(at_once: usize) -> Self {
        let slots = Slots { by_key: HashMap::new(), sweep_at: FEW };
        Self { slots: Mutex::new(slots), at_once: at_once.clamp(1, Semaphore::MAX_PERMITS) }
    }

    fn slot<Q>(&self, key: &Q) -> Arc<Slot>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        let mut slots = lock(&self.slots);
        if let Some(slot) = slots.by_key.get(key) {
            return slot.clone();
        }
        if slots.by_key.len() >= slots.sweep_at {
            let now = Instant::now();
            slots.by_key.retain(|_, slot| slot.in_use(self.at_once, now));
            slots.sweep_at = FEW.max(2 * slots.by_key.len());
        }
        let slot = Slot { turns: Arc::new(Semaphore::new(self.at_once)), next_start: Mutex::new(Instant::now()) };
        let slot = Arc::new(slot);
        slots.by_key.insert(key.to_owned(), slot.clone());
        slot
    }
}

impl Slot {
    /// Never `None`: the semaphore is never closed.
    async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        self.turns.clone().acquire_owned().await.ok()
    }

    /// Somebody waits here, has a turn here, or had one so lately that the next must wait.
    fn in_use(self: &Arc<Self>, at_once: usize, now: Instant) -> bool {
        Arc::strong_count(self) > 1 || self.turns.available_permits() < at_once || *lock(&self.next_start) > now
    }
}

/// Nothing here can be left half done by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const SECOND: Duration = Duration::from_secs(1);

    fn address(number: u32) -> IpAddr {
        IpAddr::from(number.to_be_bytes())
    }

    /// When each of the exchanges (of `length`) started, in seconds.
    async fn starts(polite: &Politeness, turns: &[(&str, IpAddr)], length: Duration) -> Vec<u64> {
        let begin = Instant::now();
        let turn = async |site: &str, ip| {
            let _permit = polite.acquire(site, ip).await;
            let start = begin.elapsed().as_secs();
            tokio::time::sleep(length).await;
            start
        };
        futures_util::future::join_all(turns.iter().map(|(site, ip)| turn(site, *ip))).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_site_is_asked_one_at_a_time_in_order_and_others_need_not_wait() {
        let polite = Politeness::new(1, 9, Duration::ZERO);
        let turns = [("a", address(1)), ("a", address(2)), ("b", address(1)), ("a", address(3))];
        assert_eq!(starts(&polite, &turns, 3 * SECOND).await, [0, 3, 0, 6]);
    }

    #[tokio::test(start_paused = true)]
    async fn sites_of_one_machine_share_its_turns() {
        let polite = Politeness::new(9, 2, Duration::ZERO);
        let turns = [("a", HERE), ("b", HERE), ("c", HERE), ("d", address(1))];
        assert_eq!(starts(&polite, &turns, 3 * SECOND).await, [0, 0, 3, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn starts_are_a_delay_apart_at_both_keys() {
        let polite = Politeness::new(9, 9, 2 * SECOND);
        let turns = [("a", HERE), ("a", address(1)), ("b", HERE), ("b", address(1)), ("c", address(2))];
        assert_eq!(starts(&polite, &turns, SECOND).await, [0, 2, 2, 4, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_leaves_the_turn_to_the_next() {
        let polite = Politeness::new(1, 1, Duration::ZERO);
        let held = polite.acquire("a", HERE).await;
        assert!(tokio::time::timeout(SECOND, polite.acquire("a", HERE)).await.is_err());
        drop(held);
        let _next = polite.acquire("a", HERE).await;
    }

    #[tokio::test(start_paused = true)]
    async fn keys_out_of_use_are_forgotten() {
        let polite = Politeness::new(1, 1, SECOND);
        let _held = polite.acquire("held", address(u32::MAX)).await;
        for number in 0..10_000 {
            drop(polite.acquire(&number.to_string(), address(number)).await);
            tokio::time::advance(SECOND).await;
        }
        assert!(polite.remembered() <= 2 * FEW, "{}", polite.remembered());
        let again = polite.acquire("held", address(0));
        assert!(tokio::time::timeout(SECOND, again).await.is_err(), "the key in use is still known");
    }
}
