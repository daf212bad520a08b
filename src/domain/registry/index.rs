//! Which sites hold a name, a code or an id.

use std::cmp::Ordering;

/// A sorted list of keys and the sites that hold them: a million entries cost little more than their keys, one key may have
/// several holders, and the beginning of a compound key can be looked up too.
#[derive(Debug, Clone)]
pub(super) struct Index<K>(Vec<(K, u32)>);

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord> Index<K> {
    pub fn new(entries: impl Iterator<Item = (K, usize)>) -> Self {
        let mut list: Vec<_> = entries.filter_map(|(key, site)| Some((key, u32::try_from(site).ok()?))).collect();
        list.sort_unstable();
        list.dedup();
        Self(list)
    }

    /// The holders of the keys for which `order` (of a key, towards what is sought) says equal. Those of one key come in the
    /// order of the file.
    pub fn find(&self, order: impl Fn(&K) -> Ordering) -> impl Iterator<Item = usize> {
        let from = self.0.partition_point(|(key, _)| order(key).is_lt());
        let found = self.0[from..].partition_point(|(key, _)| order(key).is_eq());
        holders(&self.0[from..from + found])
    }

    /// The keys with more than one holder, and these.
    pub fn shared(&self) -> impl Iterator<Item = (&K, impl Iterator<Item = usize>)> {
        let groups = self.0.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
        groups.map(|group| (&group[0].0, holders(group)))
    }
}

fn holders<K>(entries: &[(K, u32)]) -> impl Iterator<Item = usize> {
    entries.iter().map(|(_, site)| *site as usize)
}
