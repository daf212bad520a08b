//! Tables for a spreadsheet, CSV or XLSX, of any length: a row at a time into a file without a name, which goes out only when
//! it is whole. Cells are texts; no spreadsheet runs any of them.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use rust_xlsxwriter::{Workbook, XlsxError};
use tokio::sync::mpsc;

use crate::store::StoreError;

/// Rows of one XLSX sheet at most, the head included; what is more goes on the next one.
const ROWS: u32 = 1_048_576;
/// Bytes that go out at a time.
const PIECE: usize = 64 * 1024;

/// The form of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Csv,
    Xlsx,
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
pub(super) enum SheetError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the table cannot be written: {0}")]
    Write(#[from] std::io::Error),
    #[error("the table cannot be written: {0}")]
    Xlsx(#[from] XlsxError),
    #[error("the table cannot be written: {0}")]
    Csv(#[from] csv::Error),
}

/// A table that is being written.
pub(super) struct Sheet {
    head: Vec<String>,
    kind: Kind,
}

enum Kind {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    /// The book, the sheet, its next row.
    Xlsx(Box<Workbook>, usize, u32),
}

impl Sheet {
    pub fn begin(form: Form, head: Vec<String>) -> Result<Self, SheetError> {
        let kind = match form {
            Form::Csv => {
                let mut file = BufWriter::new(tempfile::tempfile()?);
                // A spreadsheet knows UTF-8 by the mark before it.
                file.write_all("\u{feff}".as_bytes())?;
                Kind::Csv(Box::new(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(file)))
            }
            Form::Xlsx => {
                let mut book = Box::new(Workbook::new());
                book.add_worksheet_with_constant_memory()?;
                Kind::Xlsx(book, 0, 0)
            }
        };
        let mut sheet = Self { head: head.clone(), kind };
        sheet.row(&head)?;
        Ok(sheet)
    }

    pub fn row(&mut self, cells: &[String]) -> Result<(), SheetError> {
        match &mut self.kind {
            Kind::Csv(writer) => Ok(writer.write_record(cells.iter().map(|cell| quiet(cell)))?),
            Kind::Xlsx(book, sheet, row) => {
                if *row == ROWS {
                    book.add_worksheet_with_constant_memory()?;
                    (*sheet, *row) = (*sheet + 1, 0);
                    write(book, *sheet, 0, &self.head)?;
                    *row = 1;
                }
                write(book, *sheet, *row, cells)?;
                *row += 1;
                Ok(())
            }
        }
    }

    /// The file, whole, at its beginning.
    pub fn finish(self) -> Result<File, SheetError> {
        let mut file = match self.kind {
            Kind::Csv(writer) => {
                let buffer = writer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?;
                buffer.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?
            }
            Kind::Xlsx(mut book, ..) => {
                let mut file = tempfile::tempfile()?;
                book.save_to_writer(&mut file)?;
                file
            }
        };
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// Cells are written as texts: an XLSX runs none, and a code of digits keeps its zeros.
fn write(book: &mut Workbook, sheet: usize, row: u32, cells: &[String]) -> Result<(), XlsxError> {
    let sheet = book.worksheet_from_index(sheet)?;
    for (column, cell) in (0..).zip(cells) {
        sheet.write_string(row, column, cell)?;
    }
    Ok(())
}

/// What a spreadsheet would run begins with a quotation mark instead; so does what it would do after blanks, and the
/// full-width forms of its signs.
fn quiet(cell: &str) -> String {
    const RUNS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    let begins = cell.trim_start_matches([' ', '\u{a0}', '\u{3000}']).starts_with(RUNS);
    if begins { format!("'{cell}") } else { cell.to_owned() }
}

/// Sends a table that is whole, a piece at a time.
pub(super) fn send(mut file: File, form: Form, name: &str) -> Response {
    let (sender, receiver) = mpsc::channel::<std::io::Result<Bytes>>(4);
    tokio::task::spawn_blocking(move || {
        loop {
            let mut piece = vec![0; PIECE];
            let read = file.read(&mut piece).map(|length| {
                piece.truncate(length);
                Bytes::from(piece)
            });
            if read.as_ref().is_ok_and(Bytes::is_empty) {
                return;
            }
            let is_broken = read.is_err();
            // Whoever asked for it may be gone.
            if sender.blocking_send(read).is_err() || is_broken {
                return;
            }
        }
    });
    let pieces = stream::unfold(receiver, async |mut receiver| Some((receiver.recv().await?, receiver)));
    let (kind, end) = match form {
        Form::Csv => ("text/csv; charset=utf-8", "csv"),
        Form::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    };
    let mut response = ([(CONTENT_TYPE, kind)], Body::from_stream(pieces)).into_response();
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{end}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, name);
    }
    response
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    fn written(form: Form) -> Vec<u8> {
        let mut sheet = Sheet::begin(form, vec!["网站".into(), "代码".into()]).unwrap();
        sheet.row(&["=cmd|' /C calc'!A0".into(), "007".into()]).unwrap();
        sheet.row(&[" ＠SUM(1,2)".into(), "-1".into()]).unwrap();
        let mut bytes = Vec::new();
        sheet.finish().unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_csv_opens_as_utf_8_and_runs_nothing() {
        let text = String::from_utf8(written(Form::Csv)).unwrap();
        assert_eq!(text, "\u{feff}网站,代码\r\n'=cmd|' /C calc'!A0,007\r\n\"' ＠SUM(1,2)\",'-1\r\n");
    }

    #[test]
    fn an_xlsx_holds_texts_alone() {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(written(Form::Xlsx))).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        let cells: Vec<_> = sheet.cells().map(|(_, _, cell)| cell.clone()).collect();
        let texts = ["网站", "代码", "=cmd|' /C calc'!A0", "007", " ＠SUM(1,2)", "-1"];
        assert_eq!(cells, texts.map(|text| Data::String(text.into())));
        assert!(book.worksheet_formula("Sheet1").unwrap().is_empty());
    }
}
