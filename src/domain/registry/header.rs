//! The header line: which column stands where.

use super::problem::{RegistryError, Warning, WarningKind};
use super::rows::Row;
use super::{Column, clean};

/// Where each column stands in a row.
pub(super) struct Header {
    at: [Option<usize>; Column::ALL.len()],
    width: usize,
}

impl Header {
    /// Reads the header line; a header that no column is known by is only warned of.
    pub fn read(row: &Row) -> Result<(Self, Vec<Warning>), RegistryError> {
        let cells = row.cells.as_ref().map_err(|reason| RegistryError::Header(*reason))?;
        let mut header = Self { at: [None; Column::ALL.len()], width: cells.len() };
        let mut warnings = Vec::new();
        for (position, cell) in cells.iter().enumerate() {
            let Some(column) = Column::of_header(cell) else {
                warnings.extend(clean::text(cell).map(|word| unknown(row.number, &word)));
                continue;
            };
            if header.at[column as usize].replace(position).is_some() {
                return Err(RegistryError::DuplicateColumn(column));
            }
        }
        let missing: Vec<_> =
            Column::ALL.iter().copied().filter(|c| !c.is_optional() && header.at[*c as usize].is_none()).collect();
        if missing.is_empty() { Ok((header, warnings)) } else { Err(RegistryError::MissingColumns(missing)) }
    }

    /// The cell of a column as it stands in the row. Cells missing at the row's end are empty: spreadsheets leave them out.
    pub fn cell<'r>(&self, row: &'r csv::StringRecord, column: Column) -> &'r str {
        self.at[column as usize].and_then(|position| row.get(position)).unwrap_or_default()
    }

    /// Does the row hold text beyond the last header? Then its cells are not where the header says.
    pub fn is_overrun_by(&self, row: &csv::StringRecord) -> bool {
        row.iter().skip(self.width).any(|cell| !cell.trim().is_empty())
    }
}

fn unknown(row: u64, word: &str) -> Warning {
    let word: String = word.chars().take(40).collect();
    let sentence = format!("no column is known by the name \"{word}\": its cells were not read");
    Warning { rows: vec![row], kind: WarningKind::UnknownColumn, sentence }
}
