//! From text to rows: numbers as a spreadsheet shows them, and a stray quotation mark that costs one row, not all that follow.

use super::decode::LOST;
use super::problem::{RefusalReason, RegistryError};

/// The longest row that is read, in bytes; the law allows 500 characters for the longest cell.
pub(super) const MAX_ROW: usize = 64 * 1024;

/// One row: its number in the file, and either its cells or why they cannot be told.
pub(super) struct Row {
    pub number: u64,
    pub cells: Result<csv::StringRecord, RefusalReason>,
}

/// Walks through the rows that are not blank.
pub(super) struct Rows<'t> {
    text: &'t str,
    reader: csv::Reader<&'t [u8]>,
    /// Where in `text` the reader began.
    base: usize,
    /// Number of the last row.
    number: u64,
    /// Bytes that may still be read a second time: no file costs more than a few readings.
    rereading: usize,
}

impl<'t> Rows<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, reader: reader(text), base: 0, number: 0, rereading: text.len().saturating_mul(2) }
    }

    fn offset(&self) -> usize {
        usize::try_from(self.reader.position().byte()).map_or(self.text.len(), |at| self.text.len().min(self.base + at))
    }

    /// A quotation mark without its partner swallows the rows after it: read on from the line after the one it stands in.
    /// A file in which that never comes to an end is refused as a whole, so that no row is lost in silence.
    fn resume_after_line(&mut self, start: usize, swallowed: &str) -> Result<(), RegistryError> {
        let Some(line) = swallowed.find(['\r', '\n']) else { return Ok(()) };
        let left = self.rereading.checked_sub(swallowed.len());
        self.rereading = left.ok_or(RegistryError::Quotes(self.number))?;
        self.base = start + line + 1;
        self.reader = reader(&self.text[self.base..]);
        Ok(())
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, RegistryError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let before = self.offset();
            let mut cells = csv::StringRecord::new();
            if !self.reader.read_record(&mut cells).unwrap_or(false) {
                return None;
            }
            let (blank_lines, start) = skip_blank_lines(self.text, before);
            self.number += blank_lines + 1;
            let raw = self.text.get(start..self.offset()).unwrap_or_default().trim_end_matches(['\r', '\n']);
            if raw.chars().all(|c| c == ',' || c == '"' || c.is_whitespace()) {
                continue;
            }
            let fault = fault_of(raw);
            let resumed = match fault {
                Some(RefusalReason::Quotes) => self.resume_after_line(start, raw),
                _ => Ok(()),
            };
            return Some(resumed.map(|()| Row { number: self.number, cells: fault.map_or(Ok(cells), Err) }));
        }
    }
}

fn reader(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// How many blank lines begin at `from`, and where the row after them starts. The reader leaves the second half of the
/// row end before (`\r` | `\n`) to be read with the next row.
fn skip_blank_lines(text: &str, from: usize) -> (u64, usize) {
    let from = if text[..from].ends_with('\r') && text[from..].starts_with('\n') { from + 1 } else { from };
    let row = text[from..].trim_start_matches(['\r', '\n']);
    let start = text.len() - row.len();
    let ends = &text[from..start];
    ((ends.len() - ends.matches("\r\n").count()) as u64, start)
}

/// The fault of a row whose cells are told apart already.
pub(super) fn fault_of_cells(cells: &csv::StringRecord) -> Option<RefusalReason> {
    if cells.as_slice().len() > MAX_ROW {
        return Some(RefusalReason::TooLong);
    }
    cells.as_slice().contains(LOST).then_some(RefusalReason::Encoding)
}

fn fault_of(raw: &str) -> Option<RefusalReason> {
    if !is_well_quoted(raw.as_bytes()) {
        return Some(RefusalReason::Quotes);
    }
    if raw.len() > MAX_ROW {
        return Some(RefusalReason::TooLong);
    }
    raw.contains(LOST).then_some(RefusalReason::Encoding)
}

/// Is every cell either wholly quoted or free of unpaired marks? (RFC 4180, 2.5 to 2.7, and the `="0123"` of spreadsheets.)
///
/// The reader takes whatever comes, and would join two rows to one that looks right: a unit with another unit's domain.
fn is_well_quoted(mut row: &[u8]) -> bool {
    while memchr::memchr(b'"', row).is_some() {
        let end = match row.strip_prefix(b"\"") {
            Some(inside) => match closing_mark(inside) {
                Some(end) => end + 2,
                None => return false,
            },
            None => {
                let end = memchr::memchr(b',', row).unwrap_or(row.len());
                if memchr::memchr_iter(b'"', &row[..end]).count() % 2 == 1 {
                    return false;
                }
                end
            }
        };
        match row.get(end) {
            Some(b',') => row = &row[end + 1..],
            Some(_) => return false,
            None => return true,
        }
    }
    true
}

/// Where the mark stands that ends a quoted cell; a doubled mark is one of the text.
fn closing_mark(inside: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let mark = from + memchr::memchr(b'"', &inside[from..])?;
        if inside.get(mark + 1) != Some(&b'"') {
            return Some(mark);
        }
        from = mark + 2;
    }
}
