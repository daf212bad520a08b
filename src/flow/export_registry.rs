//! The registry goes out: a CSV that a spreadsheet opens as it is and an import reads back without a change.

use std::io::Write;

use crate::domain::registry::Column;
use crate::store::{Db, StoreError, sites};

/// Sites read at a time.
const PAGE: i64 = 1_000;

/// Why an export broke off.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the export cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// Writes every site in force, in the order of keys; how many.
pub async fn export(db: &Db, mut out: impl Write) -> Result<u64, ExportError> {
    // Without the mark, spreadsheets take UTF-8 for the local charset.
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(out);
    let csv = |error: csv::Error| ExportError::Write(error.into());
    writer.write_record(Column::ALL.iter().map(|column| column.name())).map_err(csv)?;
    let (mut tx, mut after, mut count) = (db.read().await?, String::new(), 0);
    loop {
        let page = sites::after_key(&mut tx, &after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.site.key.clone();
        for stored in &page {
            writer.write_record(stored.site.export()).map_err(csv)?;
            count += 1;
        }
    }
    writer.flush()?;
    Ok(count)
}
