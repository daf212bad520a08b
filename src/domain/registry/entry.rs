//! A file's rows made ready for the store: each unit described once, each region told, each row with its fingerprint.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::{Column, Site, Unit, Warning, WarningKind, clean};
use crate::domain::evidence::hex;
use crate::domain::region::Regions;

/// Rows named in a warning at most.
const MOST_ROWS: usize = 10;

/// A site as the store takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub site: Site,
    /// What the unit is told from others by: its name and its region, as two counties each have a bureau of one name; a
    /// unit without a name is the unit of its site alone.
    pub unit_key: String,
    /// GB/T 2260 code of the unit's region, where it can be told.
    pub region: Option<String>,
    /// Of all that the row says: two rows of one fingerprint say the same.
    pub fingerprint: String,
}

/// All rows of a file, and what is doubtful about them.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    pub entries: Vec<Entry>,
    pub warnings: Vec<Warning>,
}

impl Entries {
    /// Makes the rows ready. Of a unit that several rows describe differently, the first value of each column counts.
    pub fn of(sites: Vec<Site>, regions: &Regions) -> Self {
        let mut told = Told::default();
        let keys: Vec<_> = sites.iter().map(|site| told.keys(site, regions)).collect();
        let mut units: HashMap<&str, Merged> = HashMap::new();
        for (site, (unit_key, _)) in sites.iter().zip(&keys) {
            units.entry(unit_key).or_insert_with(|| Merged::of(site)).add(site);
        }
        let units: HashMap<String, Merged> = units.into_iter().map(|(key, unit)| (key.to_owned(), unit)).collect();
        let ready = sites.into_iter().zip(keys).map(|(mut site, (unit_key, region))| {
            if let Some(merged) = units.get(&unit_key).filter(|merged| merged.unit != site.unit) {
                site.unit = merged.unit.clone();
            }
            let fingerprint = fingerprint(&site, &unit_key, region.as_deref());
            Entry { site, unit_key, region, fingerprint }
        });
        Self { entries: ready.collect(), warnings: told.warnings().chain(differing(&units)).collect() }
    }

    /// The rows that name a region which no list has.
    pub fn unknown_regions(&self) -> impl Iterator<Item = u64> {
        let unknown = self.entries.iter().filter(|entry| entry.region.is_none() && entry.site.unit.region.is_some());
        unknown.map(|entry| entry.site.row)
    }
}

/// What the texts of the region column were found to mean.
#[derive(Default)]
struct Told {
    codes: HashMap<String, Option<String>>,
    unknown: BTreeMap<String, Vec<u64>>,
}

impl Told {
    /// The key of a site's unit and the code of its region.
    fn keys(&mut self, site: &Site, regions: &Regions) -> (String, Option<String>) {
        let region = site.unit.region.as_ref().and_then(|text| self.code(text, site.row, regions));
        let place = region.clone().or_else(|| site.unit.region.as_deref().map(clean::name_key));
        let key = match (site.unit.key(), place) {
            (None, _) => format!("site:{}", site.key),
            (Some(name), Some(place)) => format!("{name}@{place}"),
            (Some(name), None) => name,
        };
        (key, region)
    }

    fn code(&mut self, text: &str, row: u64, regions: &Regions) -> Option<String> {
        if !self.codes.contains_key(text) {
            self.codes.insert(text.to_owned(), regions.find(text).map(str::to_owned));
        }
        let code = self.codes.get(text).cloned().flatten();
        if code.is_none() {
            let rows = self.unknown.entry(text.to_owned()).or_default();
            rows.extend((rows.len() < MOST_ROWS).then_some(row));
        }
        code
    }

    fn warnings(self) -> impl Iterator<Item = Warning> {
        let kind = WarningKind::UnknownRegion;
        self.unknown.into_iter().map(move |(text, rows)| Warning::shared(kind, &text, rows.into_iter()))
    }
}

/// A unit as all its rows describe it together.
struct Merged {
    unit: Unit,
    row: u64,
    /// Rows that say something else.
    differing: Vec<u64>,
}

impl Merged {
    fn of(site: &Site) -> Self {
        Self { unit: site.unit.clone(), row: site.row, differing: Vec::new() }
    }

    fn add(&mut self, site: &Site) {
        let (kept, new) = (&mut self.unit, &site.unit);
        let mut differs = settle(&mut kept.kind, new.kind.as_ref());
        for (kept, new) in
            [(&mut kept.parent, &new.parent), (&mut kept.address, &new.address), (&mut kept.functions, &new.functions)]
        {
            differs |= settle(kept, new.as_ref());
        }
        differs |= settle(&mut kept.administrative_functions, new.administrative_functions.as_ref());
        self.differing.extend((differs && self.differing.len() < MOST_ROWS).then_some(site.row));
    }
}

/// Fills in what was not known; does the new value contradict the one that counts?
fn settle<T: Clone + PartialEq>(kept: &mut Option<T>, new: Option<&T>) -> bool {
    match (&*kept, new) {
        (Some(kept), Some(new)) => kept != new,
        (None, Some(new)) => {
            *kept = Some(new.clone());
            false
        }
        (_, None) => false,
    }
}

fn differing(units: &HashMap<String, Merged>) -> Vec<Warning> {
    let mut differing: Vec<&Merged> = units.values().filter(|unit| !unit.differing.is_empty()).collect();
    differing.sort_by_key(|unit| unit.row);
    let warning = |unit: &&Merged| {
        let rows = std::iter::once(unit.row).chain(unit.differing.iter().copied());
        Warning::shared(WarningKind::UnitDiffers, &unit.unit.name, rows)
    };
    differing.iter().map(warning).collect()
}

fn fingerprint(site: &Site, unit_key: &str, region: Option<&str>) -> String {
    let mut hash = Sha256::new();
    let cells = Column::ALL.iter().map(|column| site.cell(*column).unwrap_or_default());
    for text in cells.chain([unit_key.to_owned(), region.unwrap_or_default().to_owned()]) {
        hash.update(text.as_bytes());
        // No cell holds a control character.
        hash.update([0]);
    }
    hex(&hash.finalize()[..16])
}

/// One registered value that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    pub column: Column,
    /// Before and after. Of personal values both are left out: only that they changed is told.
    pub old: Option<String>,
    pub new: Option<String>,
}

/// What differs between a site as it was and as it is.
pub fn changes(old: &Site, new: &Site) -> Vec<FieldChange> {
    let changed = Column::ALL.iter().filter(|column| old.cell(**column) != new.cell(**column));
    let told = |site: &Site, column: Column| if column.is_personal() { None } else { site.cell(column) };
    changed.map(|&column| FieldChange { column, old: told(old, column), new: told(new, column) }).collect()
}
