//! The public search: by a piece of a unit's or a site's name, or of a domain, over all that is on the shelf.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::snapshot::{Shelved, Snapshot};
use crate::domain::certificate::{BadgeRef, Certificate};

/// Bytes of lines that are searched at a time.
const STRETCH: u64 = 4 << 20;
/// The shortest piece that is searched for, in characters: one finds half the country.
pub const SHORTEST: usize = 2;
/// The longest.
pub const LONGEST: usize = 100;

/// A piece to search for, made ready.
pub struct Wanted {
    text: String,
    /// The piece as it stands in the lines.
    pieces: AhoCorasick,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Searched {
    pub found: Vec<Shelved>,
    /// Where to go on, if there may be more.
    pub next: Option<u32>,
}

impl Wanted {
    /// `None`: too short or too long.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if !(SHORTEST..=LONGEST).contains(&text.chars().count()) {
            return None;
        }
        let quoted = serde_json::to_string(&text).ok()?;
        let piece = quoted.trim_matches('"').to_owned();
        let pieces = AhoCorasickBuilder::new().ascii_case_insensitive(true).build([piece]).ok()?;
        Some(Self { text, pieces })
    }

    fn is_in(&self, held: &Certificate) -> bool {
        let holds = |text: &str| text.to_ascii_lowercase().contains(&self.text);
        let names = [Some(held.site_name.as_str()), Some(held.unit_name.as_str()), held.cn_name.as_deref()];
        names.into_iter().flatten().any(holds) || held.names().any(|name| holds(name.ascii()))
    }
}

impl Snapshot {
    /// Finds issued badges by a piece of text, so many at most, from a line on. It reads the whole shelf in the worst case:
    /// not to be called where others wait.
    pub fn search(&self, wanted: &Wanted, from: u32, most: usize) -> std::io::Result<Searched> {
        let mut searched = Searched::default();
        if from == 0 {
            searched.found = self.by_number(&wanted.text)?;
            let changed = self.changes.all().filter(|(_, json)| wanted.pieces.is_match(*json));
            searched.found.extend(changed.filter_map(|(site, json)| shelved(wanted, site, json)));
        }
        let mut at = from;
        while searched.found.len() < most {
            let (text, behind) = self.base.stretch(at, STRETCH)?;
            if behind == at {
                return Ok(searched);
            }
            let found = self.in_stretch(wanted, at, &text, most - searched.found.len());
            at = found
                .last()
                .filter(|_| searched.found.len() + found.len() >= most)
                .map_or(behind, |(line, _)| line + 1);
            searched.found.extend(found.into_iter().map(|(_, shelved)| shelved));
        }
        searched.next = ((at as usize) < self.base.len()).then_some(at);
        Ok(searched)
    }

    /// Who brings a whole number means that badge.
    fn by_number(&self, text: &str) -> std::io::Result<Vec<Shelved>> {
        BadgeRef::parse(text).map_or(Ok(Vec::new()), |badge| self.bearing(&badge))
    }

    fn in_stretch(&self, wanted: &Wanted, first: u32, text: &str, most: usize) -> Vec<(u32, Shelved)> {
        let lines = (first..).zip(text.lines()).filter(|(line, _)| !self.changes.covers(*line));
        let hit = |(line, text): (u32, &str)| {
            let (site, json) = text.split_once('\t')?;
            wanted.pieces.is_match(json).then(|| shelved(wanted, site, json)).flatten().map(|found| (line, found))
        };
        lines.filter_map(hit).take(most).collect()
    }
}

fn shelved(wanted: &Wanted, site: &str, json: &str) -> Option<Shelved> {
    Shelved::read(site, json).filter(|found| found.certificate.is_issued() && wanted.is_in(&found.certificate))
}
