//! Evidence that can be checked years later: a chain of hashes for each site, a daily root over all chains.
//!
//! Each link hashes the one before it, so nothing can be taken out, put in or changed in silence; the root of a day,
//! once printed or sent elsewhere, fixes all chains of that day.

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};

/// What the first link of a chain, and the first root, follow on.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// SHA-256 in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// One link, without its own hash.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    pub site_id: &'a str,
    /// 1 for the first of a site.
    pub seq: i64,
    pub taken_at: DateTime<Utc>,
    /// [`sha256`] of the evidence itself: the chain holds even after the evidence's time of keeping is over.
    pub body_hash: &'a str,
    pub prev_hash: &'a str,
}

impl Link<'_> {
    /// The link's hash.
    pub fn hash(&self) -> String {
        let taken = self.taken_at.timestamp_micros();
        let text = format!("{}\n{}\n{taken}\n{}\n{}\n", self.site_id, self.seq, self.body_hash, self.prev_hash);
        sha256(text.as_bytes())
    }
}

/// Hashes the heads of all chains, to be given in the order of the sites' ids.
#[derive(Debug, Clone, Default)]
pub struct Heads {
    hash: Sha256,
    count: i64,
}

impl Heads {
    /// Adds a chain's head.
    pub fn add(&mut self, site_id: &str, seq: i64, hash: &str) {
        self.hash.update(format!("{site_id}\n{seq}\n{hash}\n").as_bytes());
        self.count += 1;
    }

    /// How many chains, and their hash.
    pub fn finish(self) -> (i64, String) {
        (self.count, hex(&self.hash.finalize()))
    }
}

/// The root of a day.
pub fn root(day: NaiveDate, chains: i64, heads: &str, prev_root: &str) -> String {
    sha256(format!("{day}\n{chains}\n{heads}\n{prev_root}\n").as_bytes())
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Are they the same? Every byte is compared: the time it takes tells nothing of where they differ.
pub fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.iter().zip(other).fold(one.len() ^ other.len(), |differ, (a, b)| differ | usize::from(a ^ b)) == 0
}

/// Characters of an excerpt.
const LONGEST_EXCERPT: usize = 1_600;

/// The words by which a closing block is found again in a page's source.
const CLOSING_WORDS: [&str; 6] = ["标识码", "备案", "ICP", "版权", "主办", "Copyright"];

/// The part of a page's source around its closing block; without one, the end of the page.
pub fn excerpt(source: &str) -> &str {
    let end = source.rfind("</body").or_else(|| source.rfind("</BODY")).unwrap_or(source.len());
    let word = CLOSING_WORDS.iter().filter_map(|word| source[..end].rfind(word)).max();
    let (middle, half) = (word.unwrap_or(end), LONGEST_EXCERPT / 2);
    let from = source[..middle].char_indices().rev().nth(half).map_or(0, |(at, _)| at);
    let to = source[from..].char_indices().nth(LONGEST_EXCERPT).map_or(source.len(), |(at, _)| from + at);
    &source[from..to]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_differs_in_a_byte_or_in_length_is_not_the_same() {
        assert!(is_same(b"", b"") && is_same(b"abc", b"abc"));
        assert!(!is_same(b"abc", b"abd") && !is_same(b"abc", b"ab") && !is_same(b"", b"a"));
    }

    #[test]
    fn every_part_of_a_link_is_in_its_hash() {
        let taken_at = DateTime::from_timestamp(1_790_000_000, 1_000).unwrap();
        let link = Link { site_id: "s", seq: 1, taken_at, body_hash: "b", prev_hash: START };
        let others = [
            Link { site_id: "t", ..link },
            Link { seq: 2, ..link },
            Link { taken_at: taken_at + chrono::TimeDelta::microseconds(1), ..link },
            Link { body_hash: "c", ..link },
            Link { prev_hash: "p", ..link },
        ];
        assert!(others.iter().all(|other| other.hash() != link.hash()));
        assert_eq!(link.hash(), link.hash());
    }

    #[test]
    fn a_known_text_has_its_known_hash() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn the_excerpt_shows_the_closing_block() {
        let page =
            format!("<body>{}<div>主办单位：云溪县 版权所有</div>{}</body>", "正文".repeat(5_000), " ".repeat(300));
        assert!(excerpt(&page).contains("主办单位"));
        assert_eq!(excerpt("短"), "短");
    }

    proptest! {
        #[test]
        fn no_page_is_cut_inside_a_character(page in "(\\PC|</body>|版权){0,400}") {
            prop_assert!(page.contains(excerpt(&page)));
            prop_assert!(excerpt(&page).chars().count() <= LONGEST_EXCERPT);
        }
    }
}
