//! The annex for a spreadsheet.

use std::fs::File;

use axum::extract::{Path, State};

use super::document::{self, AnnexRow};
use crate::flow::circulars;
use crate::store::circulars::StoredCircular;
use crate::web::console::enter::Officer;
use crate::web::console::sheet::{Form, Sheet, SheetError, send};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page};

const HEAD: [&str; 9] =
    ["序号", "开办主体", "网站名称", "网址", "问题", "整改通知书文号", "告知日期", "整改期限", "整改情况"];

pub(in crate::web::console) async fn xlsx(
    State(console): State<Console>,
    officer: Officer,
    Path(id): Path<String>,
) -> Page {
    let circular = circulars::read(&console.app.db, officer.actor(), &id).await?;
    let name = format!("circular-{}-{}", circular.area, circular.until_on);
    let book = tokio::task::spawn_blocking(move || book(&circular)).await.map_err(|_| Trouble::Ours)?;
    let book = book.map_err(|error| {
        tracing::error!(%error, "an annex cannot be written");
        Trouble::Ours
    })?;
    Ok(send(book, Form::Xlsx, &name))
}

fn book(circular: &StoredCircular) -> Result<File, SheetError> {
    let mut sheet = Sheet::begin(Form::Xlsx, HEAD.map(str::to_owned).into())?;
    for row in document::annex(circular) {
        sheet.row(&cells(row))?;
    }
    sheet.finish()
}

fn cells(row: AnnexRow) -> [String; 9] {
    let AnnexRow { number, unit, site, key, faults, notice, told_on, due_on, stand } = row;
    [number.to_string(), unit, site, key, faults, notice, told_on, due_on, stand.to_owned()]
}
