//! What differs between the file and what is on file.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::Incoming;
use crate::domain::evidence::hex;
use crate::domain::region::is_within;
use crate::domain::registry::{Refusal, RefusalReason};
use crate::store::sites::{self, OnFile};
use crate::store::{StoreResult, Tx};

/// Rows of the file by their place, sites on file by their id.
#[derive(Debug, Default)]
pub(super) struct Difference {
    /// Sites in force before.
    pub before: usize,
    pub added: Vec<usize>,
    pub changed: Vec<(usize, String)>,
    /// Dropped sites that are back.
    pub restored: Vec<(usize, String)>,
    pub unchanged: usize,
    pub dropped: Vec<String>,
    pub kept: usize,
    /// Rows whose sites are on file outside the area of who brings the file: they are refused.
    pub taken: Vec<usize>,
    /// Of every site that would be touched, and as it stands now; in no order.
    marks: [u8; 32],
}

impl Difference {
    fn mark(&mut self, what: &str, site: &OnFile) {
        let at = site.changed_at.timestamp_micros();
        let mark = Sha256::digest(format!("{what} {} {} {at}", site.id, site.fingerprint));
        self.marks.iter_mut().zip(mark).for_each(|(all, one)| *all ^= one);
    }

    /// Tells what would be done with the file from anything else that could be done: equal where it is the same.
    pub fn plan(&self, incoming: &Incoming) -> String {
        let (added, taken) = (self.added.len(), self.taken.len());
        let text = format!("{} {added} {taken} {} {}", incoming.sha256, self.kept, hex(&self.marks));
        hex(&Sha256::digest(text))
    }

    pub fn refused(&self, incoming: &Incoming) -> Vec<Refusal> {
        let taken = self.taken.iter().map(|at| &incoming.rows.entries[*at].site);
        let taken = taken.map(|site| Refusal::not_theirs(site.row, RefusalReason::Elsewhere, &site.key));
        let mut refused: Vec<_> = incoming.refused.iter().cloned().chain(taken).collect();
        refused.sort_by_key(|refusal| refusal.row);
        refused
    }
}

/// Holds the rows against the sites on file. A site whose row was refused is not missing; where rows were refused of which
/// nobody can tell whose they are, no site is known to be missing, unless sites may be dropped freely.
pub(super) async fn compare(tx: &mut Tx, incoming: &Incoming, allow_shrink: bool) -> StoreResult<Difference> {
    let (rows, refused) = (&incoming.rows.entries, &incoming.refused);
    let refused_keys: HashSet<&str> = refused.iter().filter_map(|refusal| refusal.key.as_deref()).collect();
    let nameless = refused.iter().any(|refusal| refusal.key.is_none());
    let keeps = |key: &str| refused_keys.contains(key) || nameless && !allow_shrink;
    let mut new: HashMap<&str, usize> = rows.iter().enumerate().map(|(at, e)| (e.site.key.as_str(), at)).collect();
    let mut difference = Difference::default();
    let found = &mut difference;
    sites::each_on_file(tx, |site| {
        if !is_within(site.area.as_deref().unwrap_or("000000"), &incoming.area) {
            found.taken.extend(new.remove(site.key.as_str()));
            return;
        }
        found.before += usize::from(site.dropped_at.is_none());
        match (new.remove(site.key.as_str()), site.dropped_at) {
            (Some(at), Some(_)) => {
                found.mark("restored", &site);
                found.restored.push((at, site.id));
            }
            (Some(at), None) if rows[at].fingerprint == site.fingerprint => found.unchanged += 1,
            (Some(at), None) => {
                found.mark("changed", &site);
                found.changed.push((at, site.id));
            }
            (None, Some(_)) => {}
            (None, None) if keeps(&site.key) => found.kept += 1,
            (None, None) => {
                found.mark("dropped", &site);
                found.dropped.push(site.id);
            }
        }
    })
    .await?;
    difference.added = new.into_values().collect();
    difference.added.sort_unstable();
    Ok(difference)
}
