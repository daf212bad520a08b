//! How often somebody may try to log in.
//!
//! Counted by account and network together, so that strangers who try a name lock nobody out but themselves; by account in
//! all, slowly, against many networks at once, which stops no network that somebody has logged in from; and by network.

use std::collections::{HashSet, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::Duration;

use crate::domain::account::is_name;
use crate::web::turns::{Bursts, Turns, seconds};
use crate::web::visitor::network;

/// Tries at once for an account from one network, and how long until one more.
const OF_PAIR: Bursts = (NonZeroU32::new(10).expect("not zero"), Duration::from_secs(60));
/// For an account from all networks that it was never logged in from.
const OF_ACCOUNT: Bursts = (NonZeroU32::new(50).expect("not zero"), Duration::from_secs(60));
/// From one network, for all accounts: an office may well stand behind one address.
const OF_NETWORK: Bursts = (NonZeroU32::new(100).expect("not zero"), Duration::from_secs(5));
/// Codes or present passwords of one who has shown a password.
const OF_PROOF: Bursts = (NonZeroU32::new(10).expect("not zero"), Duration::from_secs(180));
/// Keys that are remembered before those that may try freely again are forgotten.
const MOST_KEYS: usize = 10_000;

type Pair = (String, IpAddr);

/// Who tried how often.
pub(super) struct Limits {
    pairs: Turns<Pair>,
    accounts: Turns<String>,
    networks: Turns<IpAddr>,
    proofs: Turns<String>,
    known: Mutex<Known>,
}

/// Where accounts were logged in from, the latest last.
#[derive(Default)]
struct Known {
    all: HashSet<Pair>,
    order: VecDeque<Pair>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pairs: Turns::bursts(OF_PAIR, MOST_KEYS),
            accounts: Turns::bursts(OF_ACCOUNT, MOST_KEYS),
            networks: Turns::bursts(OF_NETWORK, MOST_KEYS),
            proofs: Turns::bursts(OF_PROOF, MOST_KEYS),
            known: Mutex::default(),
        }
    }
}

fn pair(name: &str, from: Option<IpAddr>) -> Pair {
    // What is no name is nobody's, however long it is.
    let name = if is_name(name) { name.to_owned() } else { String::new() };
    (name, network(from.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
}

impl Limits {
    /// Takes a turn of a log-in. Seconds to wait; none: go on.
    pub fn log_in(&self, name: &str, from: Option<IpAddr>) -> Option<u64> {
        let pair = pair(name, from);
        let is_known = self.known.lock().is_ok_and(|known| known.all.contains(&pair));
        let wait = self.networks.wait(&pair.1).or_else(|| self.pairs.wait(&pair));
        wait.or_else(|| if is_known { None } else { self.accounts.wait(&pair.0) }).map(seconds)
    }

    /// Somebody was let in from there.
    pub fn let_in(&self, name: &str, from: Option<IpAddr>) {
        let Ok(mut known) = self.known.lock() else { return };
        let pair = pair(name, from);
        if known.all.insert(pair.clone()) {
            known.order.push_back(pair);
        }
        if known.order.len() > MOST_KEYS
            && let Some(oldest) = known.order.pop_front()
        {
            known.all.remove(&oldest);
        }
    }

    /// Takes a turn of proving who one is, with a session. Seconds to wait; none: go on.
    pub fn proof(&self, account_id: &str) -> Option<u64> {
        self.proofs.wait(&account_id.to_owned()).map(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(last: u32) -> Option<IpAddr> {
        Some(IpAddr::V4(Ipv4Addr::from_bits(0xc000_0200 + last)))
    }

    #[test]
    fn who_tries_too_often_waits_and_the_owner_elsewhere_does_not() {
        let limits = Limits::default();
        assert!((0..10).all(|_| limits.log_in("chen", at(1)).is_none()));
        let wait = limits.log_in("chen", at(1)).unwrap();
        assert!((1..=61).contains(&wait), "{wait}");
        assert!(limits.log_in("chen", at(2)).is_none() && limits.log_in("bai", at(1)).is_none());
    }

    #[test]
    fn many_networks_that_try_one_account_stop_each_other_and_nobody_who_was_let_in() {
        let limits = Limits::default();
        limits.let_in("chen", at(1));
        let stopped = (2..102).filter(|last| limits.log_in("chen", at(*last)).is_some()).count();
        assert_eq!(stopped, 50);
        assert!(limits.log_in("chen", at(1)).is_none(), "the office it was logged in from");
    }

    #[test]
    fn what_is_no_name_is_counted_as_one() {
        let limits = Limits::default();
        let stopped = (0..20).filter(|n| limits.log_in(&"x".repeat(100 + n), at(1)).is_some()).count();
        assert_eq!(stopped, 10);
    }

    #[test]
    fn what_is_known_is_bounded() {
        let limits = Limits::default();
        (0..10_100).for_each(|last| limits.let_in("chen", at(last)));
        assert_eq!(limits.known.lock().unwrap().all.len(), MOST_KEYS);
    }
}
