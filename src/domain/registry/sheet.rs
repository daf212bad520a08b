//! Workbooks as offices keep them (`.xlsx`): the first visible sheet, row by row, in the cells a CSV would have.
//!
//! The sheet is read as a stream: a lone cell far below or to the right costs nothing. A number is taken as it is typed,
//! unless it is longer than a spreadsheet can hold: then its last digits are gone, and the row is refused.

use std::io::{Cursor, Read};

use calamine::{Cell, DataRef, ExcelDateTime, ExcelDateTimeType, Reader, SheetType, SheetVisible, Xlsx};
use chrono::NaiveDate;

use super::problem::{RefusalReason, RegistryError};
use super::rows::{Row, fault_of_cells};

/// Columns that are read: many times what the registry has.
const MOST_COLUMNS: u32 = 1_024;
/// Bytes that a workbook unpacks to, and how many times its own size beside: text packs twenty to one. What is no sheet is held
/// in memory whole, and packs worse.
const MOST_OF_SHEETS: (u64, u64) = (256 << 20, 40);
const MOST_OF_THE_REST: (u64, u64) = (64 << 20, 8);
/// A spreadsheet keeps fifteen digits of a number.
const EXACT: f64 = 1e15;

/// The day that a workbook counts its days from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Epoch {
    is_1904: bool,
}

impl Epoch {
    /// The day of a bare number in a column of days, where somebody took the format off. Only days of this century are
    /// meant: anything else is another number.
    pub fn day(self, text: &str) -> Option<NaiveDate> {
        let serial = Some(text).filter(|text| text.len() == 5).and_then(|text| text.parse::<u32>().ok())?;
        let day = date(ExcelDateTime::new(f64::from(serial), ExcelDateTimeType::DateTime, self.is_1904))?;
        let century = NaiveDate::from_ymd_opt(2000, 1, 1)?..NaiveDate::from_ymd_opt(2100, 1, 1)?;
        century.contains(&day).then_some(day)
    }
}

/// A ZIP, which an `.xlsx` is; no CSV begins like this.
pub(super) fn is_workbook(file: &[u8]) -> bool {
    file.starts_with(b"PK\x03\x04")
}

/// The container of the old `.xls`.
pub(super) fn is_old(file: &[u8]) -> bool {
    file.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// Hands over the rows that are not blank, the header first.
pub(super) fn read(
    file: &[u8],
    mut take: impl FnMut(Row, Epoch) -> Result<(), RegistryError>,
) -> Result<(), RegistryError> {
    is_as_large_as_it_looks(file)?;
    let broken = |error: calamine::XlsxError| RegistryError::Workbook(error.to_string());
    let mut workbook = Xlsx::new(Cursor::new(file)).map_err(broken)?;
    let epoch = Epoch { is_1904: workbook.has_1904_epoch() };
    let sheets = workbook.sheets_metadata().iter();
    let mut sheets = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let Some(name) = sheets.next().map(|sheet| sheet.name.clone()) else { return Err(RegistryError::Empty) };
    let mut cells = workbook.worksheet_cells_reader(&name).map_err(broken)?;
    let mut line = Line::default();
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        if cell.get_position().0 != line.at {
            line.end().map_or(Ok(()), |row| take(row, epoch))?;
            line = Line { at: cell.get_position().0, ..Line::default() };
        }
        line.add(&cell);
    }
    line.end().map_or(Ok(()), |row| take(row, epoch))
}

/// Refuses what unpacks to more than a registry is, before anything of it is kept: what an archive says of its own size is
/// not believed.
fn is_as_large_as_it_looks(file: &[u8]) -> Result<(), RegistryError> {
    let broken = |error: &dyn std::fmt::Display| RegistryError::Workbook(error.to_string());
    let most = |(most, times): (u64, u64)| most + times * file.len() as u64;
    let (mut sheets, mut rest) = (most(MOST_OF_SHEETS), most(MOST_OF_THE_REST));
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).map_err(|error| broken(&error))?;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| broken(&error))?;
        let is_sheet = part.name().is_ok_and(|name| name.starts_with("xl/worksheets/"));
        let left = if is_sheet { &mut sheets } else { &mut rest };
        let unpacked =
            std::io::copy(&mut part.take(*left + 1), &mut std::io::sink()).map_err(|error| broken(&error))?;
        *left = left.checked_sub(unpacked).ok_or_else(|| broken(&"it unpacks to more than a registry is"))?;
    }
    Ok(())
}

/// A row in the course of being read.
#[derive(Default)]
struct Line {
    at: u32,
    cells: csv::StringRecord,
    fault: Option<RefusalReason>,
}

impl Line {
    fn add(&mut self, cell: &Cell<DataRef<'_>>) {
        let text = text(cell.get_value()).unwrap_or_else(|reason| {
            self.fault = self.fault.or(Some(reason));
            "?".to_owned()
        });
        let (_, column) = cell.get_position();
        if text.is_empty() {
            return;
        }
        if column >= MOST_COLUMNS {
            self.fault = self.fault.or(Some(RefusalReason::Cells));
            return;
        }
        while self.cells.len() < column as usize {
            self.cells.push_field("");
        }
        self.cells.push_field(&text);
    }

    fn end(&mut self) -> Option<Row> {
        let cells = std::mem::take(&mut self.cells);
        let fault = self.fault.or_else(|| fault_of_cells(&cells));
        let is_blank = fault.is_none() && cells.iter().all(|cell| cell.trim().is_empty());
        (!is_blank).then(|| Row { number: u64::from(self.at) + 1, cells: fault.map_or(Ok(cells), Err) })
    }
}

/// The text of a cell.
fn text(value: &DataRef<'_>) -> Result<String, RefusalReason> {
    Ok(match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::Int(number) if number.unsigned_abs() < EXACT as u64 => number.to_string(),
        DataRef::Float(number) if number.abs() < EXACT => number.to_string(),
        DataRef::DateTime(time) => date(*time).map_or_else(|| time.as_f64().to_string(), |day| day.to_string()),
        DataRef::Int(_) | DataRef::Float(_) | DataRef::Error(_) => return Err(RefusalReason::Spreadsheet),
    })
}

fn date(time: ExcelDateTime) -> Option<NaiveDate> {
    let (year, month, day, ..) = time.to_ymd_hms_milli();
    if time.is_duration() { None } else { NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()) }
}
