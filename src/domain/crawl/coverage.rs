//! How much of a site was seen, said honestly.

use super::trap::TrapCause;
use serde::Serialize;
use serde::ser::SerializeMap;
use std::collections::BTreeMap;

/// The numbers behind "480 of at least 1,930 known pages".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Pages that were looked at.
    pub checked: u64,
    /// Pages known to be there; a lower bound unless `complete`. What turned out to be no page does not count.
    pub known: u64,
    /// Every known page was looked at and nothing was left out: no page failed, was forbidden, dropped or still waits.
    pub complete: bool,
    /// Known pages that could not be looked at (timeout, refusal …).
    pub unseen: u64,
    /// Known pages that robots.txt asks us not to look at.
    pub disallowed: u64,
    /// Known pages for which the page budget or the queue had no room.
    pub out_of_budget: u64,
    /// Links met after the known pages had filled their memory. One page may count more than once; none is in `known`.
    pub beyond_memory: u64,
    /// Addresses dropped as traps, by cause; none is in `known`.
    #[serde(serialize_with = "by_name")]
    pub dropped_by_trap: BTreeMap<TrapCause, u64>,
}

impl Coverage {
    /// All addresses dropped as traps.
    pub fn trapped(&self) -> u64 {
        self.dropped_by_trap.values().sum()
    }
}

fn by_name<S: serde::Serializer>(dropped: &BTreeMap<TrapCause, u64>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(dropped.len()))?;
    for (cause, count) in dropped {
        map.serialize_entry(cause.name(), count)?;
    }
    map.end()
}
