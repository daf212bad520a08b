//! One flight per key: who asks while a flight is under way waits for the same answer.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

type Flight<V> = Shared<BoxFuture<'static, Arc<V>>>;

/// The flights under way by key, each with a number of its own.
type Board<K, V> = HashMap<K, (u64, WeakShared<BoxFuture<'static, Arc<V>>>)>;

/// The flights under way. A flight is driven by whoever waits for it: it goes on while one waiter is left, and ends
/// with the last; no task of its own can be left behind.
pub(super) struct Flights<K, V> {
    open: Mutex<Board<K, V>>,
    next: AtomicU64,
}

impl<K, V> Flights<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Send + Sync + 'static,
{
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { open: Mutex::default(), next: AtomicU64::new(0) })
    }

    /// The flight for a key: the one under way, or a new one made by `start`.
    pub(super) fn join<F>(self: &Arc<Self>, key: K, start: impl FnOnce() -> F) -> Flight<V>
    where
        F: Future<Output = V> + Send + 'static,
    {
        let mut open = self.lock();
        if let Some(flight) = open.get(&key).and_then(|(_, flight)| flight.upgrade()) {
            return flight;
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let landing = Landing { flights: self.clone(), key: key.clone(), number };
        let work = start();
        let flight = async move {
            let _landing = landing;
            Arc::new(work.await)
        };
        let flight = flight.boxed().shared();
        if let Some(weak) = flight.downgrade() {
            open.insert(key, (number, weak));
        }
        flight
    }

    fn lock(&self) -> MutexGuard<'_, Board<K, V>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a flight off the board when it has landed or was given up; never a later flight of the same key.
struct Landing<K: Clone + Eq + Hash + Send + 'static, V: Send + Sync + 'static> {
    flights: Arc<Flights<K, V>>,
    key: K,
    number: u64,
}

impl<K: Clone + Eq + Hash + Send + 'static, V: Send + Sync + 'static> Drop for Landing<K, V> {
    fn drop(&mut self) {
        let mut open = self.flights.lock();
        if open.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            open.remove(&self.key);
        }
    }
}
