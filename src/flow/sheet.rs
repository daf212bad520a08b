//! A registry in a spreadsheet: its first sheet as the CSV it would be.

use std::io::Cursor;

use calamine::{Data, ExcelDateTime, Reader, Xlsx};

/// Why a spreadsheet cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    #[error("the file is no .xlsx spreadsheet: {0}")]
    Xlsx(#[from] calamine::XlsxError),
    #[error("the spreadsheet has no sheet")]
    Empty,
}

/// The first sheet as CSV, cell by cell as it is shown: days as days, long numbers digit by digit.
pub fn to_csv(file: &[u8]) -> Result<Vec<u8>, SheetError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file))?;
    let sheet = book.worksheet_range_at(0).ok_or(SheetError::Empty)??;
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Rows above the first cell count: a refusal names the row as the spreadsheet shows it.
    let above = sheet.start().map_or(0, |(row, _)| row);
    let left = sheet.start().map_or(0, |(_, column)| column);
    for _ in 0..above {
        let _ = writer.write_record([""; 2]);
    }
    for row in sheet.rows() {
        let blank = std::iter::repeat_n(String::new(), left as usize);
        // Writing to memory cannot fail.
        let _ = writer.write_record(blank.chain(row.iter().map(cell)));
    }
    Ok(writer.into_inner().unwrap_or_default())
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::DateTime(at) => day(at).unwrap_or_else(|| at.to_string()),
        // A number typed into a cell for text: without the point that a spreadsheet would not show either.
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 9.0e15 => format!("{number:.0}"),
        Data::DateTimeIso(text) => text.split('T').next().unwrap_or(text).to_owned(),
        Data::Bool(true) => "是".to_owned(),
        Data::Bool(false) => "否".to_owned(),
        // `#REF!` and the like must not be taken for an empty cell.
        Data::Error(error) => format!("{error}"),
        other => other.to_string(),
    }
}

fn day(at: &ExcelDateTime) -> Option<String> {
    let (year, month, day, ..) = at.to_ymd_hms_milli();
    at.is_datetime().then(|| format!("{year:04}-{month:02}-{day:02}"))
}
