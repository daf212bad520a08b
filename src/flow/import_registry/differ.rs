//! What differs between the file and what is on file.

use std::collections::{HashMap, HashSet};

use super::Incoming;
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
    sites::each_on_file(tx, |OnFile { key, id, fingerprint, dropped_at }| {
        found.before += usize::from(dropped_at.is_none());
        match (new.remove(key.as_str()), dropped_at) {
            (Some(at), Some(_)) => found.restored.push((at, id)),
            (Some(at), None) if rows[at].fingerprint == fingerprint => found.unchanged += 1,
            (Some(at), None) => found.changed.push((at, id)),
            (None, Some(_)) => {}
            (None, None) if keeps(&key) => found.kept += 1,
            (None, None) => found.dropped.push(id),
        }
    })
    .await?;
    difference.added = new.into_values().collect();
    difference.added.sort_unstable();
    Ok(difference)
}
