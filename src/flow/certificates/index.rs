//! From a key to the lines it stands in: sorted hashes, which are half the size of a map and as fast for reading, by a
//! directory of where the hashes of each beginning are.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Entries that share a beginning, about: as many as are read from memory at once.
const TOGETHER: usize = 4;

/// What lines are found by. A hash may meet another key's: who reads a line compares.
#[derive(Debug, Default)]
pub(super) struct Index {
    entries: Vec<(u64, u32)>,
    /// Bits of a hash behind its beginning.
    behind: u32,
    /// How many entries stand before each beginning, and before the end.
    starts: Vec<u32>,
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
        let bits = (self.entries.len() / TOGETHER).max(2).ilog2();
        self.behind = u64::BITS - bits;
        self.starts = vec![0; (1 << bits) + 1];
        for (hash, _) in &self.entries {
            self.starts[(hash >> self.behind) as usize + 1] += 1;
        }
        for at in 1..self.starts.len() {
            self.starts[at] += self.starts[at - 1];
        }
    }

    /// The lines of a key, in their order.
    pub fn find(&self, key: &str) -> impl Iterator<Item = u32> {
        let hash = hash(key);
        let place = hash.checked_shr(self.behind).unwrap_or_default() as usize;
        let bounds = self.starts.get(place).zip(self.starts.get(place + 1));
        let near = bounds.map_or(&[][..], |(from, to)| &self.entries[*from as usize..*to as usize]);
        near.iter()
            .skip_while(move |(known, _)| *known < hash)
            .take_while(move |(known, _)| *known == hash)
            .map(|(_, line)| *line)
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
