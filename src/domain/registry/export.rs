//! A site as a spreadsheet may open it.

use super::{Column, Site};

impl Site {
    /// The cells of all columns, which read back give the same site. What a spreadsheet would take for a formula, or for a
    /// number whose zeros or last digits it would drop, is written as `="text"`.
    pub fn export(&self) -> impl Iterator<Item = String> {
        Column::ALL.iter().map(|column| guarded(self.cell(*column).unwrap_or_default()))
    }
}

/// A spreadsheet must neither run a cell nor round it.
fn guarded(cell: String) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@']);
    if is_formula || is_spoilt_as_number(&cell) { format!("=\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

/// Digits with a zero before them, more than a spreadsheet shows, or with the one letter that makes a power of ten.
fn is_spoilt_as_number(cell: &str) -> bool {
    let only = |more: &[char]| cell.chars().all(|c| c.is_ascii_digit() || more.contains(&c));
    let is_long = cell.len() > 11 || cell.len() > 1 && cell.starts_with('0');
    !cell.is_empty() && (only(&[]) && is_long || only(&['E', 'e', '.', '+', '-']) && cell.contains(['E', 'e']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_run_or_rounded_by_a_spreadsheet() {
        for cell in ["=1+1", "+86 10", "-x", "@x", "00000000000", "123456789012", "1234E5678"] {
            assert!(guarded(cell.to_owned()).starts_with("=\""), "{cell}");
        }
        for cell in ["云溪市", "10000000000", "", "2026-03-01", "0A5537536EC43D83E053022819ACDDA0", "/bureau/"] {
            assert_eq!(guarded(cell.to_owned()), cell);
        }
    }
}
