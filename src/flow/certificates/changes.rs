//! What changed since the file of all certificates was written.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;
use std::path::PathBuf;

use super::ShelfError;
use super::base::{Base, Keys};
use super::lines::{self, Head, Writer};

/// Changed certificates, laid upon a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes {
    /// By site: the JSON, or that the site left the registry.
    lines: BTreeMap<String, Option<String>>,
    /// The sites that a key is borne by.
    keys: HashMap<String, Vec<String>>,
    /// Lines of the file that hold no more.
    covered: HashSet<u32>,
}

impl Changes {
    /// Lays a certificate upon the file.
    pub fn lay(&mut self, base: &Base, site_id: &str, json: Option<String>) -> std::io::Result<()> {
        for line in base.of_site(site_id) {
            if base.passing(line)?.split(|byte| *byte == b'\t').next() == Some(site_id.as_bytes()) {
                self.covered.insert(line);
            }
        }
        if let Some(Some(old)) = self.lines.get(site_id) {
            for key in Keys::of(old).iter().flat_map(Keys::all) {
                if let Some(sites) = self.keys.get_mut(key) {
                    sites.retain(|site| site != site_id);
                }
            }
        }
        for key in json.iter().filter_map(|json| Keys::of(json)).flat_map(|keys| keys.all().collect::<Vec<_>>()) {
            self.keys.entry(key.to_owned()).or_default().push(site_id.to_owned());
        }
        self.lines.insert(site_id.to_owned(), json);
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// How many sites there are more (or, below zero, fewer) than in the file.
    pub fn more(&self) -> i64 {
        self.lines.values().flatten().count() as i64 - self.covered.len() as i64
    }

    /// Does a line of the file hold no more?
    pub fn covers(&self, line: u32) -> bool {
        self.covered.contains(&line)
    }

    /// The changed certificates that bear a key.
    pub fn bearing<'c>(&'c self, key: &str) -> impl Iterator<Item = (&'c str, &'c str)> {
        let sites = self.keys.get(key).into_iter().flatten();
        sites.filter_map(|site| Some((site.as_str(), self.lines.get(site)?.as_deref()?)))
    }

    /// The changed certificates behind a site, by the sites' ids; behind none: all.
    pub fn behind<'c>(&'c self, site: &str) -> impl Iterator<Item = (&'c str, &'c str)> {
        let behind = self.lines.range::<str, _>((Bound::Excluded(site), Bound::Unbounded));
        behind.filter_map(|(site, json)| Some((site.as_str(), json.as_deref()?)))
    }

    pub fn save(&self, place: PathBuf, head: &Head) -> Result<(), ShelfError> {
        let mut writer = Writer::begin(place, head)?;
        for (site_id, json) in &self.lines {
            writer.line(site_id, json.as_deref().unwrap_or_default())?;
        }
        writer.end()
    }

    /// Reads what was saved, if it belongs to this file.
    pub fn load(place: &std::path::Path, base: &Base) -> Result<Option<(Self, Head)>, ShelfError> {
        let mut changes = Self::default();
        let mut trouble = None;
        let read = lines::read(place, |_, site_id, json| {
            let json = (!json.is_empty()).then(|| json.to_owned());
            if let Err(error) = changes.lay(base, site_id, json) {
                trouble.get_or_insert(error);
            }
            Ok(())
        })?;
        if let Some(error) = trouble {
            return Err(ShelfError::Io(place.to_owned(), error));
        }
        let belongs = |head: &Head| head.upon == Some(base.head.number) && head.of == base.head.of;
        Ok(read.map(|(_, head)| head).filter(belongs).map(|head| (changes, head)))
    }
}
