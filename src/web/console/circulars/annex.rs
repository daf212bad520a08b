//! The annex for a spreadsheet: texts alone, so that it runs nothing and keeps every zero.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use rust_xlsxwriter::{Workbook, XlsxError};

use super::document::{self, AnnexRow};
use crate::flow::circulars;
use crate::store::circulars::StoredCircular;
use crate::web::console::enter::Officer;
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};

const HEAD: [&str; 9] =
    ["序号", "开办主体", "网站名称", "网址", "问题", "整改通知书文号", "告知日期", "整改期限", "整改情况"];
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(in crate::web::console) async fn xlsx(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
) -> Page {
    let circular = circulars::read(&console.app.db, officer.actor(), &id).await?;
    let name = format!("circular-{}-{}.xlsx", circular.area, circular.until_on);
    let book = tokio::task::spawn_blocking(move || book(&circular)).await.map_err(|_| Trouble::Ours)?;
    let book = book.map_err(|error| {
        tracing::error!(%error, "an annex cannot be written");
        Trouble::Ours
    })?;
    let headers = [(CONTENT_TYPE, XLSX.to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    Ok((headers, book).into_response())
}

fn book(circular: &StoredCircular) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory()?;
    for (column, head) in (0..).zip(HEAD) {
        sheet.write_string(0, column, head)?;
    }
    for (row, line) in (1..).zip(document::annex(circular)) {
        for (column, cell) in (0..).zip(cells(line)) {
            sheet.write_string(row, column, cell)?;
        }
    }
    book.save_to_buffer()
}

fn cells(row: AnnexRow) -> [String; 9] {
    let AnnexRow { number, unit, site, key, faults, notice, told_on, due_on, stand } = row;
    [number.to_string(), unit, site, key, faults, notice, told_on, due_on, stand.to_owned()]
}
