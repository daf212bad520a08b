//! The registry: which sites are registered, to whom, under which names, with which badge. A pure value, read once.
//!
//! Good rows are kept when others are bad; every refused row says where and why. Personal contact data stays out of `Debug`,
//! refusals and warnings.

mod cells;
mod clean;
mod column;
mod decode;
mod header;
mod index;
mod lookup;
mod prefix;
mod problem;
mod read;
mod rows;
mod site;

use std::collections::HashMap;

pub use column::Column;
pub use problem::{Refusal, RefusalReason, RegistryError, Warning, WarningKind};
pub use site::{BadgeState, Contact, Hosting, Site, Unit, UnitType};

use cells::{Cells, Fault};
use header::Header;
use lookup::Indexes;
use rows::Rows;

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
    /// Reads a registry CSV: UTF-8 (with or without a byte order mark) or GBK/GB18030, an English or Chinese header
    /// ([`Column`]), cells by `,` (RFC 4180). An error means that nothing of the file can be used.
    pub fn read(file: &[u8]) -> Result<Self, RegistryError> {
        if file.len() > MAX_BYTES {
            return Err(RegistryError::TooLarge);
        }
        let text = decode::decode(file);
        let mut rows = Rows::new(&text);
        let (header, warnings) = Header::read(&rows.next().ok_or(RegistryError::Empty)??)?;
        let mut registry = Self { warnings, complete: true, ..Self::default() };
        registry.read_rows(&header, rows)?;
        registry.indexes = Indexes::of(&registry.sites);
        registry.warnings.extend(registry.indexes.warnings(&registry.sites));
        Ok(registry)
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

    fn read_rows(&mut self, header: &Header, rows: Rows) -> Result<(), RegistryError> {
        let mut seen = HashMap::new();
        for (count, row) in rows.enumerate() {
            if count == MAX_ROWS {
                return Err(RegistryError::TooManyRows);
            }
            let row = row?;
            let cells = row.cells.map_err(Fault::of_row);
            let site = cells.and_then(|cells| read::site(&Cells { header, row: &cells }, row.number));
            match site.and_then(|site| not_seen(&mut seen, site)) {
                Ok(site) => self.sites.push(site),
                Err(Fault { column, reason, sentence }) => {
                    self.refused.push(Refusal { row: row.number, column, reason, sentence });
                }
            }
        }
        Ok(())
    }
}

/// A key stands for one site: its second row is refused.
fn not_seen(seen: &mut HashMap<String, u64>, site: Site) -> Result<Site, Fault> {
    if let Some(row) = seen.get(&site.key) {
        let sentence = format!("{}: the site stands in row {row} already", site.key);
        return Err(Fault { column: None, reason: RefusalReason::Duplicate, sentence });
    }
    seen.insert(site.key.clone(), site.row);
    Ok(site)
}
