//! The file of all certificates and its index in memory. The lines stay in the file; those that were asked for lately are
//! kept.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::Deserialize;

use super::ShelfError;
use super::index::Index;
use super::lines::{self, Head};
use crate::domain::host::is_shared_suffix;
use crate::domain::registry::BadgeState;

/// Bytes of the lines that are kept: visitors come in crowds, and most of them to few sites.
const KEPT: u64 = 32 * 1024 * 1024;
/// About how long a line is.
const LINE: u64 = 640;

/// A file of certificates.
#[derive(Debug)]
pub(super) struct Base {
    file: File,
    kept: Cache<u32, Bytes, ByLength>,
    pub head: Head,
    /// Where each line begins, how long it is, and the state it tells.
    places: Vec<(u64, u32, BadgeState)>,
    sites: Index,
    /// By badge code, certificate id, registered name, and names above it.
    keys: Index,
}

/// What keeping a line costs.
#[derive(Debug, Clone)]
struct ByLength;

impl Weighter<u32, Bytes> for ByLength {
    fn weight(&self, _: &u32, line: &Bytes) -> u64 {
        line.len() as u64
    }
}

/// What of a certificate it is found by.
#[derive(Deserialize)]
pub(super) struct Keys<'a> {
    #[serde(borrow)]
    badge_code: Option<&'a str>,
    #[serde(borrow)]
    certificate_id: Option<&'a str>,
    #[serde(borrow)]
    cn_domain: Option<&'a str>,
    #[serde(borrow)]
    en_domain: Option<&'a str>,
    state: BadgeState,
}

impl<'a> Keys<'a> {
    pub fn of(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// A code, an id, a name and `.NAME`, which stands for a name above it, never look alike.
    pub fn all(&self) -> impl Iterator<Item = &'a str> {
        let names = [self.cn_domain, self.en_domain].into_iter().flatten();
        let numbers = [self.badge_code, self.certificate_id].into_iter().flatten();
        numbers.chain(names.flat_map(|name| std::iter::once(name).chain(above(name))))
    }
}

/// The names above one that may be registered to somebody else, each with its leading dot. Most names have none: what is
/// above the apex is nobody's, and an apex is the same site as its `www.`.
fn above(name: &str) -> impl Iterator<Item = &str> {
    let bare = name.strip_prefix("www.").unwrap_or(name);
    let dots = bare.match_indices('.').map(|(at, _)| &bare[at..]);
    dots.take_while(|above| !is_shared_suffix(&above[1..]))
}

impl Base {
    /// Reads a whole file and proves that it is whole. `None`: there is none.
    pub fn load(place: &Path) -> Result<Option<Self>, ShelfError> {
        let (mut places, mut sites, mut keys) = (Vec::new(), Index::default(), Index::default());
        let take = |at: u64, id: &str, json: &str| {
            let line = u32::try_from(places.len()).map_err(|_| "too many lines")?;
            let read = Keys::of(json).ok_or("a line")?;
            places.push((at, u32::try_from(id.len() + 1 + json.len()).map_err(|_| "a line too long")?, read.state));
            sites.add(id, line);
            read.all().for_each(|key| keys.add(key, line));
            Ok(())
        };
        let Some((file, head)) = lines::read(place, take)? else { return Ok(None) };
        let kept = Cache::with_weighter((KEPT / LINE) as usize, KEPT, ByLength);
        places.shrink_to_fit();
        sites.sort();
        keys.sort();
        Ok(Some(Self { file, kept, head, places, sites, keys }))
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Where the last line ends.
    pub fn bytes(&self) -> u64 {
        self.places.last().map_or(0, |(at, length, _)| at + u64::from(*length))
    }

    /// A line that is asked for: the site's id, a tab, the JSON. The whole file was text when it was read.
    pub fn line(&self, line: u32) -> std::io::Result<Bytes> {
        if let Some(kept) = self.kept.get(&line) {
            return Ok(kept);
        }
        let text = self.passing(line)?;
        self.kept.insert(line, text.clone());
        Ok(text)
    }

    /// The same, for who goes through all of them.
    pub fn passing(&self, line: u32) -> std::io::Result<Bytes> {
        let (at, length, _) = *self.places.get(line as usize).ok_or(std::io::ErrorKind::NotFound)?;
        self.read(at, length as usize).map(Bytes::from)
    }

    /// The state that a line tells.
    pub fn state(&self, line: u32) -> BadgeState {
        self.places.get(line as usize).map_or(BadgeState::Revoked, |(.., state)| *state)
    }

    fn read(&self, at: u64, length: usize) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, at)?;
        Ok(bytes)
    }

    /// The lines that may bear a key.
    pub fn bearing(&self, key: &str) -> impl Iterator<Item = u32> {
        self.keys.find(key)
    }

    /// The lines that may be a site's.
    pub fn of_site(&self, id: &str) -> impl Iterator<Item = u32> {
        self.sites.find(id)
    }

    /// About so many bytes of lines from one on, for who searches them; and the line behind.
    pub fn stretch(&self, from: u32, bytes: u64) -> std::io::Result<(String, u32)> {
        let Some((first, ..)) = self.places.get(from as usize) else { return Ok((String::new(), from)) };
        let behind = self.places.partition_point(|(at, ..)| *at < first + bytes);
        let (at, length, _) = self.places[behind - 1];
        Ok((text(self.read(*first, (at - first) as usize + length as usize)?)?, behind as u32))
    }
}

fn text(bytes: Vec<u8>) -> std::io::Result<String> {
    String::from_utf8(bytes).map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error))
}
