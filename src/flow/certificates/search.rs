//! The public search: by a piece of a unit's or a site's name, or of a domain, over all that is on the shelf.

use std::fmt::{self, Display};
use std::str::FromStr;

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

/// Where a search goes on: what changed since the file was written stands before the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// In what changed, behind this site.
    Changed(String),
    /// In the file, from this line on.
    Line(u32),
}

impl Mark {
    pub fn beginning() -> Self {
        Self::Changed(String::new())
    }
}

/// `cSITE` or the line's number.
impl Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(site) => write!(f, "c{site}"),
            Self::Line(line) => line.fmt(f),
        }
    }
}

impl FromStr for Mark {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix('c') {
            Some(site) => Ok(Self::Changed(site.to_owned())),
            None => text.parse().map(Self::Line),
        }
    }
}

/// What was found.
#[derive(Debug, Default)]
pub struct Searched {
    pub found: Vec<Shelved>,
    /// Where to go on, if there may be more.
    pub next: Option<Mark>,
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
    /// Finds issued badges by a piece of text, so many at most, from a mark on. It reads the whole shelf in the worst case:
    /// not to be called where others wait.
    pub fn search(&self, wanted: &Wanted, from: &Mark, most: usize) -> std::io::Result<Searched> {
        let behind = match from {
            Mark::Line(line) => return self.in_file(wanted, *line, Vec::new(), most),
            Mark::Changed(site) => site,
        };
        let mut found = if behind.is_empty() { self.by_number(&wanted.text)? } else { Vec::new() };
        let changed = self.changes.behind(behind).filter(|(_, json)| wanted.pieces.is_match(*json));
        found.extend(changed.filter_map(|(site, json)| shelved(wanted, site, json)).take(most - found.len().min(most)));
        match found.last() {
            Some(last) if found.len() >= most => {
                let next = Some(Mark::Changed(last.site_id.clone()));
                Ok(Searched { found, next })
            }
            _ => self.in_file(wanted, 0, found, most),
        }
    }

    fn in_file(&self, wanted: &Wanted, from: u32, mut found: Vec<Shelved>, most: usize) -> std::io::Result<Searched> {
        let mut at = from;
        while found.len() < most {
            let (text, behind) = self.base.stretch(at, STRETCH)?;
            if behind == at {
                return Ok(Searched { found, next: None });
            }
            let here = self.in_stretch(wanted, at, &text, most - found.len());
            at = here.last().filter(|_| found.len() + here.len() >= most).map_or(behind, |(line, _)| line + 1);
            found.extend(here.into_iter().map(|(_, shelved)| shelved));
        }
        Ok(Searched { found, next: ((at as usize) < self.base.len()).then_some(Mark::Line(at)) })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_to_go_on_is_read_as_it_was_written() {
        for mark in [Mark::beginning(), Mark::Changed("0193a0b1".into()), Mark::Line(0), Mark::Line(40)] {
            assert_eq!(mark.to_string().parse(), Ok(mark));
        }
        assert!(["", "x", "-1", "4294967296"].iter().all(|text| text.parse::<Mark>().is_err()));
    }
}
