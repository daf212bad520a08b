//! The registry comes in: what is new, changed or gone is told apart by a fingerprint of each row, and all of it is
//! written in one transaction or nothing is.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::sheet::{self, SheetError};
use crate::domain::evidence::sha256;
use crate::domain::region::Regions;
use crate::domain::registry::{Column, Refusal, Registry, RegistryError, Site, Warning};
use crate::store::sites::{self, Entry, SiteWrite};
use crate::store::units::{self, Change, Import};
use crate::store::{Db, StoreResult, Tx, new_id, plan};

/// Why a file cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Sheet(#[from] SheetError),
}

/// A file that was read: its good rows, and what was refused.
#[derive(Debug)]
pub struct Incoming {
    pub file: String,
    pub sha256: String,
    pub registry: Registry,
}

/// Reads a registry, `.xlsx` by its name, else CSV.
pub fn read(file: &str, bytes: &[u8]) -> Result<Incoming, FileError> {
    let registry = match file.to_ascii_lowercase().ends_with(".xlsx") {
        true => Registry::read(&sheet::to_csv(bytes)?)?,
        false => Registry::read(bytes)?,
    };
    Ok(Incoming { file: file.to_owned(), sha256: sha256(bytes), registry })
}

/// What an import may do.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Say what would happen, and change nothing.
    pub dry_run: bool,
    /// Drop as many sites as the file leaves out.
    pub allow_shrink: bool,
    /// Else at most this share of those on file.
    pub max_shrink: f64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { dry_run: false, allow_shrink: false, max_shrink: 0.02 }
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// It was written. `false`: a dry run, or it waits for a confirmation.
    pub applied: bool,
    /// It would drop more sites than it may without being told to.
    pub waits: bool,
    /// Sites on file before.
    pub before: u64,
    pub added: u64,
    pub changed: u64,
    pub restored: u64,
    pub unchanged: u64,
    pub dropped: u64,
    /// Sites that the file leaves out and that are kept: one of the refused rows may be theirs.
    pub kept: u64,
    pub refused: Vec<Refusal>,
    pub warnings: Vec<Warning>,
    /// Rows whose region is on no list: their text is kept, and "nobody was issued this" is not said of them.
    pub unknown_regions: Vec<u64>,
}

/// Imports a registry: it stands for all sites, so that what it leaves out is dropped.
pub async fn import(db: &Db, incoming: &Incoming, terms: &Terms, at: DateTime<Utc>) -> StoreResult<Report> {
    let regions = Regions::builtin();
    let mut tx = db.write().await?;
    units::seed_regions(&mut tx, regions.all()).await?;
    let difference = compare(&mut tx, &incoming.registry).await?;
    let mut report = difference.report(incoming, &regions, terms);
    if report.waits || terms.dry_run {
        return Ok(report);
    }
    let import = new_id();
    units::begin_import(&mut tx, &as_row(&import, incoming, &report, at)).await?;
    let mut writing = Writing { tx: &mut tx, import: &import, at, regions: &regions };
    for new in &difference.added {
        writing.add(new).await?;
    }
    for (entry, new) in &difference.changed {
        writing.change(entry, new).await?;
    }
    for entry in &difference.dropped {
        writing.drop(entry).await?;
    }
    tx.commit().await?;
    report.applied = true;
    Ok(report)
}

fn as_row(id: &str, incoming: &Incoming, report: &Report, at: DateTime<Utc>) -> Import {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    Import {
        id: id.to_owned(),
        at,
        file: incoming.file.clone(),
        sha256: incoming.sha256.clone(),
        rows_good: count(incoming.registry.sites().len() as u64),
        refused: count(incoming.registry.refused.len() as u64),
        added: count(report.added),
        changed: count(report.changed + report.restored),
        unchanged: count(report.unchanged),
        dropped: count(report.dropped),
    }
}

/// How a file differs from what is on file.
struct Difference<'r> {
    before: u64,
    added: Vec<&'r Site>,
    /// Changed or dropped before, and what they become.
    changed: Vec<(Entry, &'r Site)>,
    unchanged: u64,
    dropped: Vec<Entry>,
    kept: u64,
}

async fn compare<'r>(tx: &mut Tx, registry: &'r Registry) -> StoreResult<Difference<'r>> {
    let entries = sites::entries(tx).await?;
    let before = entries.iter().filter(|entry| !entry.dropped).count() as u64;
    let mut known: HashMap<String, Entry> = entries.into_iter().map(|entry| (entry.key.clone(), entry)).collect();
    let mut difference =
        Difference { before, added: Vec::new(), changed: Vec::new(), unchanged: 0, dropped: Vec::new(), kept: 0 };
    for site in registry.sites() {
        match known.remove(&site.key) {
            None => difference.added.push(site),
            Some(entry) if !entry.dropped && entry.fingerprint == fingerprint(site) => difference.unchanged += 1,
            Some(entry) => difference.changed.push((entry, site)),
        }
    }
    let missing = known.into_values().filter(|entry| !entry.dropped);
    if !registry.refused.is_empty() {
        difference.kept = missing.count() as u64;
        return Ok(difference);
    }
    difference.dropped = missing.collect();
    difference.dropped.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(difference)
}

impl Difference<'_> {
    fn report(&self, incoming: &Incoming, regions: &Regions, terms: &Terms) -> Report {
        let restored = self.changed.iter().filter(|(entry, _)| entry.dropped).count() as u64;
        let dropped = self.dropped.len() as u64;
        let too_many = dropped as f64 > terms.max_shrink * self.before as f64;
        let unknown = |site: &&Site| site.unit.region.as_deref().is_some_and(|text| regions.find(text).is_none());
        Report {
            applied: false,
            waits: too_many && dropped > 0 && !terms.allow_shrink,
            before: self.before,
            added: self.added.len() as u64,
            changed: self.changed.len() as u64 - restored,
            restored,
            unchanged: self.unchanged,
            dropped,
            kept: self.kept,
            refused: incoming.registry.refused.clone(),
            warnings: incoming.registry.warnings.clone(),
            unknown_regions: incoming.registry.sites().iter().filter(unknown).map(|site| site.row).collect(),
        }
    }
}

/// An import at work.
struct Writing<'a> {
    tx: &'a mut Tx,
    import: &'a str,
    at: DateTime<Utc>,
    regions: &'a Regions,
}

impl Writing<'_> {
    async fn add(&mut self, site: &Site) -> StoreResult<()> {
        let (id, unit_id) = (new_id(), self.unit(site).await?);
        let fingerprint = fingerprint(site);
        let (import_id, at) = (self.import, self.at);
        let write = SiteWrite { id: &id, unit_id: &unit_id, site, fingerprint: &fingerprint, import_id, at };
        sites::insert(self.tx, &write).await?;
        plan::enter(self.tx, &id, self.at).await?;
        self.remember(&id, "added", None).await
    }

    async fn change(&mut self, entry: &Entry, site: &Site) -> StoreResult<()> {
        let before = sites::by_id(self.tx, &entry.id).await?;
        let unit_id = self.unit(site).await?;
        let fingerprint = fingerprint(site);
        let (id, import_id, at) = (&entry.id, self.import, self.at);
        let write = SiteWrite { id, unit_id: &unit_id, site, fingerprint: &fingerprint, import_id, at };
        sites::update(self.tx, &write).await?;
        if entry.dropped {
            plan::enter(self.tx, &entry.id, self.at).await?;
            self.remember(&entry.id, "restored", None).await?;
        }
        for (column, old, new) in before.iter().flat_map(|before| changes(&before.site, site)) {
            self.remember(&entry.id, "changed", Some((column, old, new))).await?;
        }
        Ok(())
    }

    async fn drop(&mut self, entry: &Entry) -> StoreResult<()> {
        sites::drop_site(self.tx, &entry.id, self.at).await?;
        plan::leave(self.tx, &entry.id).await?;
        self.remember(&entry.id, "dropped", None).await
    }

    /// A unit without a name is the unit of its site alone.
    async fn unit(&mut self, site: &Site) -> StoreResult<String> {
        let key = site.unit.key().unwrap_or_else(|| format!("site:{}", site.key));
        let region = site.unit.region.as_deref().and_then(|text| self.regions.find(text));
        units::upsert(self.tx, &key, &site.unit, region).await
    }

    async fn remember(&mut self, site_id: &str, change: &str, field: Option<Changed>) -> StoreResult<()> {
        let (field, old_value, new_value) = match field {
            None => (None, None, None),
            Some((column, old, new)) => (Some(column.name().to_owned()), old, new),
        };
        let change = Change {
            at: self.at,
            import_id: self.import.to_owned(),
            site_id: site_id.to_owned(),
            change: change.to_owned(),
            field,
            old_value,
            new_value,
        };
        units::remember(self.tx, &change).await
    }
}

/// A column, what stood there, and what stands there now.
type Changed = (Column, Option<String>, Option<String>);

/// Which columns of a row changed. Of personal ones only that they did.
fn changes(old: &Site, new: &Site) -> Vec<Changed> {
    let differs = |column: &&Column| old.cell(**column) != new.cell(**column);
    let told = |column: Column| match column.is_personal() {
        true => (column, None, None),
        false => (column, old.cell(column), new.cell(column)),
    };
    Column::ALL.iter().filter(differs).map(|column| told(*column)).collect()
}

/// A hash over all that a row says.
fn fingerprint(site: &Site) -> String {
    let mut text = String::new();
    for column in Column::ALL {
        text.push_str(&site.cell(*column).unwrap_or_default());
        text.push('\u{1f}');
    }
    sha256(text.as_bytes())[..32].to_owned()
}
