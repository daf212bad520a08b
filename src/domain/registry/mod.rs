//! The registry: which sites are registered, to whom, under which names, with which badge. A pure value, read once.
//!
//! Good rows are kept when others are bad; every refused row says where and why. Personal contact data stays out of `Debug`,
//! refusals and warnings.

mod cells;
mod clean;
mod column;
mod decode;
mod entry;
mod export;
mod header;
mod index;
mod lookup;
pub mod names;
mod prefix;
mod problem;
mod read;
mod rows;
mod sheet;
mod site;
mod write;

use std::collections::HashMap;

pub use column::Column;
pub(in crate::domain) use decode::decode;
pub use entry::{Entries, Entry, FieldChange, changes};
pub use problem::{Refusal, RefusalReason, RegistryError, Warning, WarningKind};
pub use site::{BadgeState, Contact, Hosting, Site, Unit, UnitType};

use cells::{Cells, Fault};
use header::Header;
use lookup::Indexes;
use rows::{Row, Rows};
use sheet::Epoch;

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 512 << 20;
/// The most rows that are read, good or bad: twice what the whole country is planned for.
pub const MAX_ROWS: usize = 2_000_000;

/// All registered sites.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    sites: Vec<Site>,
    /// The rows that were left out.
    pub refused: Vec<Refusal>,
    /// Doubtful things that cost no row.
    pub warnings: Vec<Warning>,
    /// Whether "nobody was issued this badge" may be said by it.
    pub complete: bool,
    indexes: Indexes,
}

impl Registry {
    /// Reads a registry file: CSV in UTF-8 (with or without a byte order mark) or GBK/GB18030, cells by `,` (RFC 4180), or
    /// the first visible sheet of an `.xlsx` workbook; with an English or Chinese header ([`Column`]). An error means that
    /// nothing of the file can be used.
    pub fn read(file: &[u8]) -> Result<Self, RegistryError> {
        if file.len() > MAX_BYTES {
            return Err(RegistryError::TooLarge);
        }
        let mut reading = Reading::default();
        if sheet::is_old(file) {
            return Err(RegistryError::OldWorkbook);
        } else if sheet::is_workbook(file) {
            sheet::read(file, |row, epoch| {
                reading.epoch = Some(epoch);
                reading.take(row)
            })?;
        } else {
            Rows::new(&decode::decode(file)).try_for_each(|row| reading.take(row?))?;
        }
        reading.end()
    }

    /// A registry of sites that are on file elsewhere. `complete`: whoever is not among those asked for was issued
    /// nothing.
    pub fn of(sites: Vec<Site>, complete: bool) -> Self {
        Self { indexes: Indexes::of(&sites), sites, complete, ..Self::default() }
    }

    /// The sites, in the order of the file.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The sites, the refused rows and the warnings, taken apart.
    pub fn into_parts(self) -> (Vec<Site>, Vec<Refusal>, Vec<Warning>) {
        (self.sites, self.refused, self.warnings)
    }
}

/// A file in the course of being read.
#[derive(Default)]
struct Reading {
    header: Option<Header>,
    epoch: Option<Epoch>,
    rows: usize,
    /// Keys and the rows they stand in: a key stands for one site.
    seen: HashMap<String, u64>,
    registry: Registry,
}

impl Reading {
    fn take(&mut self, row: Row) -> Result<(), RegistryError> {
        let Some(header) = &self.header else {
            let (header, warnings) = Header::read(&row)?;
            self.header = Some(header);
            self.registry.warnings = warnings;
            return Ok(());
        };
        if self.rows == MAX_ROWS {
            return Err(RegistryError::TooManyRows);
        }
        self.rows += 1;
        let number = row.number;
        let read = row.cells.map_err(|reason| (Fault::of_row(reason), None)).and_then(|row| {
            let cells = Cells { header, row: &row, epoch: self.epoch };
            read::site(&cells, number).map_err(|fault| (fault, read::key(&cells)))
        });
        match read.and_then(|site| not_seen(&self.seen, site)) {
            Ok(site) => {
                self.seen.insert(site.key.clone(), site.row);
                self.registry.sites.push(site);
            }
            Err((Fault { column, reason, sentence }, key)) => {
                self.registry.refused.push(Refusal { row: number, column, reason, sentence, key });
            }
        }
        Ok(())
    }

    fn end(self) -> Result<Registry, RegistryError> {
        self.header.ok_or(RegistryError::Empty)?;
        let mut registry = Registry { complete: true, ..self.registry };
        registry.indexes = Indexes::of(&registry.sites);
        registry.warnings.extend(registry.indexes.warnings(&registry.sites));
        Ok(registry)
    }
}

/// A key stands for one site: its second row is refused.
fn not_seen(seen: &HashMap<String, u64>, site: Site) -> Result<Site, (Fault, Option<String>)> {
    let Some(row) = seen.get(&site.key) else { return Ok(site) };
    let sentence = format!("{}: the site stands in row {row} already", site.key);
    Err((Fault { column: None, reason: RefusalReason::Duplicate, sentence }, Some(site.key)))
}
