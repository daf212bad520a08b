//! The addresses that wait for a look, nearest to the home page first, in the order in which they were found.

use crate::closed_set;
use std::collections::{BTreeMap, VecDeque};
use url::Url;

closed_set! {
    /// Where an address was found.
    pub enum Origin {
        Start = "start", "the address that the look began with";
        Link = "link", "a link of a page";
        Frame = "frame", "a frame of a page";
        Refresh = "refresh", "a meta refresh or script redirect of a page";
        Sitemap = "sitemap", "a sitemap";
    }
}

/// One address to look at. It is handed back to [`Frontier::finish`](super::Frontier::finish), once.
#[derive(Debug)]
#[must_use = "a task that is never finished leaves the coverage incomplete"]
pub struct Task {
    /// Where to look.
    pub url: Url,
    /// Clicks from the home page (0).
    pub depth: u16,
    /// Where the address was found first.
    pub from: Origin,
}

#[derive(Debug)]
struct Waiting {
    url: Box<str>,
    from: Origin,
}

/// A queue by depth, bounded in number and bytes: when it is full, the deepest and latest goes.
#[derive(Debug)]
pub(super) struct Queue {
    levels: BTreeMap<u16, VecDeque<Waiting>>,
    len: usize,
    bytes: usize,
    max_len: usize,
    max_bytes: usize,
}

impl Queue {
    pub fn new(max_len: usize, max_bytes: usize) -> Self {
        Self { levels: BTreeMap::new(), len: 0, bytes: 0, max_len, max_bytes }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds an address and says how many fell out for it (itself among them, if it is the deepest).
    pub fn push(&mut self, url: &Url, depth: u16, from: Origin) -> u64 {
        self.bytes += url.as_str().len();
        self.len += 1;
        self.levels.entry(depth).or_default().push_back(Waiting { url: url.as_str().into(), from });
        let mut dropped = 0;
        while (self.len > self.max_len || self.bytes > self.max_bytes) && self.drop_last() {
            dropped += 1;
        }
        dropped
    }

    /// Takes the first address of the lowest depth.
    pub fn pop(&mut self) -> Option<Task> {
        let mut level = self.levels.first_entry()?;
        let depth = *level.key();
        let waiting = level.get_mut().pop_front()?;
        if level.get().is_empty() {
            level.remove();
        }
        self.forget(&waiting);
        Some(Task { url: Url::parse(&waiting.url).ok()?, depth, from: waiting.from })
    }

    fn drop_last(&mut self) -> bool {
        let Some(mut level) = self.levels.last_entry() else { return false };
        let last = level.get_mut().pop_back();
        if level.get().is_empty() {
            level.remove();
        }
        last.inspect(|waiting| self.forget(waiting)).is_some()
    }

    fn forget(&mut self, waiting: &Waiting) {
        self.len -= 1;
        self.bytes -= waiting.url.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> Url {
        Url::parse(&format!("http://www.yunxi.gov.test{path}")).unwrap()
    }

    fn order(queue: &mut Queue) -> Vec<String> {
        std::iter::from_fn(|| queue.pop()).map(|task| task.url.path().to_owned()).collect()
    }

    #[test]
    fn the_nearest_goes_first_and_equals_in_their_order() {
        let mut queue = Queue::new(10, 10_000);
        for (path, depth) in [("/c", 2), ("/a", 1), ("/home", 0), ("/b", 1)] {
            assert_eq!(queue.push(&url(path), depth, Origin::Link), 0);
        }
        assert_eq!(order(&mut queue), ["/home", "/a", "/b", "/c"]);
        assert_eq!((queue.len(), queue.bytes), (0, 0));
    }

    #[test]
    fn a_full_queue_lets_the_deepest_and_latest_go() {
        let mut queue = Queue::new(2, 10_000);
        assert_eq!(queue.push(&url("/c"), 2, Origin::Link), 0);
        assert_eq!(queue.push(&url("/d"), 2, Origin::Link), 0);
        assert_eq!(queue.push(&url("/a"), 1, Origin::Link), 1, "/d goes");
        assert_eq!(queue.push(&url("/e"), 3, Origin::Link), 1, "/e itself goes");
        assert_eq!(order(&mut queue), ["/a", "/c"]);
    }

    #[test]
    fn bytes_are_bounded_too() {
        let mut queue = Queue::new(1_000, 100);
        let dropped: u64 = (0..100).map(|n| queue.push(&url(&format!("/{n}")), 1, Origin::Link)).sum();
        assert!(queue.bytes <= 100);
        assert_eq!(dropped + queue.len() as u64, 100);
    }
}
