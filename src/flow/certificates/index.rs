//! From a key to the lines it stands in: sorted hashes, which are half the size of a map and as fast for reading.

use std::hash::{DefaultHasher, Hash, Hasher};

/// What lines are found by. A hash may meet another key's: who reads a line compares.
#[derive(Debug, Default)]
pub(super) struct Index {
    entries: Vec<(u64, u32)>,
}

/// The hash of a key.
pub(super) fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl Index {
    pub fn add(&mut self, key: &str, line: u32) {
        self.entries.push((hash(key), line));
    }

    /// To be called once all is added.
    pub fn sort(&mut self) {
        self.entries.sort_unstable();
        self.entries.dedup();
        self.entries.shrink_to_fit();
    }

    /// The lines of a key, in their order.
    pub fn find(&self, key: &str) -> impl Iterator<Item = u32> {
        let hash = hash(key);
        let first = self.entries.partition_point(|(known, _)| *known < hash);
        self.entries[first..].iter().take_while(move |(known, _)| *known == hash).map(|(_, line)| *line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_line_of_a_key_is_found_in_order(keys in prop::collection::vec("[a-d]{1,2}", 0..40)) {
            let mut index = Index::default();
            keys.iter().enumerate().for_each(|(line, key)| index.add(key, line as u32));
            index.sort();
            for key in ["a", "ab", "dd", "zz"] {
                let expected: Vec<u32> = (0..keys.len()).filter(|at| keys[*at] == key).map(|at| at as u32).collect();
                prop_assert_eq!(index.find(key).collect::<Vec<_>>(), expected);
            }
        }
    }
}
