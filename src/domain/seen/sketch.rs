//! How often something was seen, about, in a memory that never grows: a count-min sketch (Cormode, Muthukrishnan 2005).

use std::hash::{BuildHasher, RandomState};

/// Counters in a row: a power of two.
const WIDTH: usize = 1 << 16;
const ROWS: usize = 4;
/// Additions after which all counts are halved: what was much seen long ago gives way.
const HALVED_AFTER: u64 = 10 * WIDTH as u64;

/// 512 KiB of counters. Its key is of this process alone, so that nobody can choose names that meet in it.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    key: RandomState,
    counters: Vec<u16>,
    additions: u64,
}

impl Default for Sketch {
    fn default() -> Self {
        Self { key: RandomState::new(), counters: vec![0; WIDTH * ROWS], additions: 0 }
    }
}

impl Sketch {
    /// Counts one more; how often it was seen by now: never too low, and rarely too high.
    pub fn add(&mut self, what: (&str, &str)) -> u32 {
        let places = self.places(what);
        let least = places.iter().map(|place| self.counters[*place]).min().unwrap_or_default();
        let now = least.saturating_add(1);
        for place in places {
            // Only what is lower is raised: the others were raised by somebody else.
            self.counters[place] = self.counters[place].max(now);
        }
        self.additions += 1;
        u32::from(now)
    }

    /// Halves all counts if it is time. `true`: it did.
    pub fn age(&mut self) -> bool {
        let is_time = self.additions >= HALVED_AFTER;
        if is_time {
            self.additions /= 2;
            self.counters.iter_mut().for_each(|count| *count /= 2);
        }
        is_time
    }

    fn places(&self, what: (&str, &str)) -> [usize; ROWS] {
        let hash = self.key.hash_one(what);
        let (first, step) = (hash as usize, (hash >> 32) as usize | 1);
        std::array::from_fn(|row| row * WIDTH + (first.wrapping_add(step.wrapping_mul(row)) & (WIDTH - 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_often_is_never_taken_for_less_and_ages() {
        let mut sketch = Sketch::default();
        (0..20_000).for_each(|n| {
            sketch.add(("site", &format!("h{n}.example")));
        });
        let often = (0..30).map(|_| sketch.add(("site", "copy.example"))).last().unwrap();
        assert!((30..40).contains(&often), "{often}");
        assert!(!sketch.age());
        sketch.additions = HALVED_AFTER;
        assert!(sketch.age());
        assert!((15..=21).contains(&sketch.add(("site", "copy.example"))));
    }
}
