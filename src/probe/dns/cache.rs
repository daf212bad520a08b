//! The addresses of the names just looked at, so that a crawl does not ask again for every connection.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::NotResolved;
use crate::domain::dns::{DnsOutcome, NameLook};
use crate::domain::host::Host;

/// Addresses are kept for their time to live, but not longer than this.
const LONGEST: Duration = Duration::from_secs(60);
/// … nor shorter than this; the absence of addresses is kept just so long, to spare the servers a burst.
const SHORTEST: Duration = Duration::from_secs(5);
/// Names kept at most.
const CAPACITY: usize = 10_000;

/// What a connector gets to hear of a name.
pub(super) type Addresses = Result<Arc<[IpAddr]>, NotResolved>;

#[derive(Default)]
pub(super) struct Cache {
    entries: Mutex<HashMap<Host, (Instant, Addresses)>>,
}

impl Cache {
    pub(super) fn get(&self, host: &Host) -> Option<Addresses> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(host).filter(|(until, _)| Instant::now() < *until).map(|(_, addresses)| addresses.clone())
    }

    /// Keeps what a look found.
    pub(super) fn put(&self, look: &NameLook) {
        let lifetime = match look.outcome {
            DnsOutcome::Resolves => Duration::from_secs(look.ttl.into()).clamp(SHORTEST, LONGEST),
            _ => SHORTEST,
        };
        let now = Instant::now();
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CAPACITY {
            entries.retain(|_, (until, _)| now < *until);
        }
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.insert(look.name.clone(), (now + lifetime, addresses_of(look)));
    }
}

/// What a look leaves a connector with.
pub(super) fn addresses_of(look: &NameLook) -> Addresses {
    match look.outcome {
        DnsOutcome::Resolves => Ok(look.addresses.as_slice().into()),
        outcome => Err(NotResolved { name: look.name.clone(), outcome }),
    }
}
