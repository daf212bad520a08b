//! A backup: one file for either engine, taken from one state of a running database, proven whole before it is used.
//!
//! Compressed JSON lines: a header, for each table its name and its rows, and a seal over all lines before it.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::store::dump::{self, TABLES, Table};
use crate::store::{Db, StoreError, Tx, certificates};

const SCHEMA: &str = "badgewatch.backup/1";

/// Why a backup was not made or not used.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the file: {0}")]
    File(#[from] io::Error),
    #[error("the file is no backup of this program, or of another version of its schema: {0}")]
    Format(String),
    #[error("the file is not whole: its seal does not fit. Take another one")]
    Broken,
    #[error("the database is not empty: --replace drops what is in it")]
    NotEmpty,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Line {
    Header { schema: String, version: String, made_at: String },
    Table { name: String, columns: Vec<String> },
    Row(Vec<Value>),
    Seal { rows: u64, sha256: String },
}

/// Writes a backup; how many rows it holds. The file appears when it is whole.
pub async fn backup(db: &Db, clock: &Clock, file: &Path) -> Result<u64, BackupError> {
    let unfinished = file.with_extension("part");
    let mut writer = Writer::new(BufWriter::new(File::create(&unfinished)?));
    let made_at = clock.now().to_rfc3339();
    writer.line(&Line::Header { schema: SCHEMA.into(), version: env!("CARGO_PKG_VERSION").into(), made_at })?;
    let mut tx = db.read().await?;
    for table in TABLES {
        let columns = table.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        writer.line(&Line::Table { name: table.name.to_owned(), columns })?;
        dump::read(&mut tx, table, |row| writer.line(&Line::Row(row))).await?;
    }
    let rows = writer.finish()?;
    std::fs::rename(unfinished, file)?;
    Ok(rows)
}

struct Writer {
    out: GzEncoder<BufWriter<File>>,
    hash: Sha256,
    rows: u64,
}

impl Writer {
    fn new(out: BufWriter<File>) -> Self {
        Self { out: GzEncoder::new(out, Compression::fast()), hash: Sha256::new(), rows: 0 }
    }

    fn line(&mut self, line: &Line) -> Result<(), BackupError> {
        let mut text = serde_json::to_vec(line).map_err(io::Error::from)?;
        text.push(b'\n');
        self.hash.update(&text);
        self.rows += u64::from(matches!(line, Line::Row(_)));
        Ok(self.out.write_all(&text)?)
    }

    fn finish(mut self) -> Result<u64, BackupError> {
        let sha256 = format!("{:x}", self.hash.finalize());
        serde_json::to_writer(&mut self.out, &Line::Seal { rows: self.rows, sha256 }).map_err(io::Error::from)?;
        let out = self.out.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        out.sync_all()?;
        Ok(self.rows)
    }
}

/// Puts a backup in the place of what a database holds: all of it or nothing. How many rows it held.
///
/// Workers of a running daemon find their leases gone and store nothing of what they are at. Whoever answers the public reads
/// every certificate anew.
pub async fn restore(db: &Db, clock: &Clock, file: &Path, replace: bool) -> Result<u64, BackupError> {
    prove(file)?;
    let mut tx = db.write().await?;
    if !replace && !dump::is_empty(&mut tx).await? {
        return Err(BackupError::NotEmpty);
    }
    dump::empty(&mut tx).await?;
    let rows = fill(&mut tx, file).await?;
    certificates::restored(&mut tx, clock.now()).await?;
    tx.commit().await?;
    Ok(rows)
}

async fn fill(tx: &mut Tx, file: &Path) -> Result<u64, BackupError> {
    let (mut table, mut rows): (Option<&Table>, u64) = (None, 0);
    for line in lines(file)? {
        match read_line(&line?)? {
            Line::Header { .. } | Line::Seal { .. } => {}
            Line::Table { name, columns } => table = Some(known(&name, &columns)?),
            Line::Row(values) => {
                let table = table.ok_or_else(|| BackupError::Format("a row without a table".to_owned()))?;
                dump::write(tx, table, &values).await?;
                rows += 1;
            }
        }
    }
    Ok(rows)
}

fn known(name: &str, columns: &[String]) -> Result<&'static Table, BackupError> {
    let fits = |table: &&Table| {
        table.name == name && table.columns.iter().map(|(column, _)| *column).eq(columns.iter().map(String::as_str))
    };
    TABLES.iter().find(fits).ok_or_else(|| BackupError::Format(format!("table {name} has other columns")))
}

/// Reads the whole file once: header and seal must fit.
fn prove(file: &Path) -> Result<(), BackupError> {
    let (mut hash, mut rows, mut first, mut sealed) = (Sha256::new(), 0, true, false);
    for line in lines(file)? {
        // A cut archive ends in an error of the decoder.
        let line = line.map_err(|_| BackupError::Broken)?;
        match read_line(&line)? {
            Line::Header { schema, .. } if first && schema == SCHEMA => {}
            Line::Header { schema, .. } => return Err(BackupError::Format(schema)),
            _ if first => return Err(BackupError::Format("no header".to_owned())),
            Line::Seal { rows: told, sha256 } => {
                sealed = told == rows && sha256 == format!("{:x}", hash.clone().finalize());
                continue;
            }
            Line::Row(_) => rows += 1,
            Line::Table { .. } => {}
        }
        (first, sealed) = (false, false);
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    if sealed { Ok(()) } else { Err(BackupError::Broken) }
}

fn lines(file: &Path) -> Result<impl Iterator<Item = io::Result<String>>, BackupError> {
    Ok(BufReader::new(GzDecoder::new(BufReader::new(File::open(file)?))).lines())
}

fn read_line(line: &str) -> Result<Line, BackupError> {
    serde_json::from_str(line).map_err(|error| BackupError::Format(error.to_string()))
}
