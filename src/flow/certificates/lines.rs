//! The files of the shelf: a head, one line a certificate, and a foot that proves that nothing is missing.
//!
//! A line is the site's id, a tab, and the certificate as JSON, just as the API hands it out; nothing behind the tab: the site
//! has left the registry. Files are written beside their place, flushed to the disk, and moved there.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::ShelfError;
use crate::domain::evidence::hex;

/// What the files are.
const FORMAT: &str = "badgewatch.certificates/1";

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    format: String,
    /// Whose certificates: of another database, a file says nothing.
    pub of: String,
    /// The number up to which the database's changes are in.
    pub number: i64,
    /// Of changes: the number of the file they are to be laid upon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upon: Option<i64>,
    /// When the database was last heard.
    pub as_of: DateTime<Utc>,
}

impl Head {
    pub fn new(of: &str, number: i64, upon: Option<i64>, as_of: DateTime<Utc>) -> Self {
        Self { format: FORMAT.to_owned(), of: of.to_owned(), number, upon, as_of }
    }
}

#[derive(Serialize, Deserialize)]
struct Foot {
    lines: u64,
    sha256: String,
}

/// A file that is being written.
pub(super) struct Writer {
    place: PathBuf,
    beside: tempfile::NamedTempFile,
    out: BufWriter<File>,
    digest: Context,
    lines: u64,
}

impl Writer {
    pub fn begin(place: PathBuf, head: &Head) -> Result<Self, ShelfError> {
        let io = |error| ShelfError::Io(place.clone(), error);
        let folder = place.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(io)?;
        let beside = tempfile::NamedTempFile::new_in(folder).map_err(io)?;
        let out = BufWriter::with_capacity(1 << 20, beside.reopen().map_err(io)?);
        let mut writer = Self { place: place.clone(), beside, out, digest: Context::new(&SHA256), lines: 0 };
        let head = serde_json::to_string(head).map_err(|error| ShelfError::Io(place.clone(), error.into()))?;
        writer.put(&head)?;
        Ok(writer)
    }

    pub fn line(&mut self, site_id: &str, json: &str) -> Result<(), ShelfError> {
        self.lines += 1;
        self.put(&format!("{site_id}\t{json}"))
    }

    fn put(&mut self, line: &str) -> Result<(), ShelfError> {
        self.digest.update(line.as_bytes());
        self.digest.update(b"\n");
        let written = self.out.write_all(line.as_bytes()).and_then(|()| self.out.write_all(b"\n"));
        written.map_err(ShelfError::io(&self.place))
    }

    /// Everything is on the disk, and in its place.
    pub fn end(mut self) -> Result<(), ShelfError> {
        let foot = Foot { lines: self.lines, sha256: hex(self.digest.finish().as_ref()) };
        let foot = serde_json::to_string(&foot).map_err(|error| ShelfError::Io(self.place.clone(), error.into()))?;
        let done =
            writeln!(self.out, "{foot}").and_then(|()| self.out.flush()).and_then(|()| self.out.get_ref().sync_all());
        done.map_err(ShelfError::io(&self.place))?;
        self.beside.persist(&self.place).map_err(|error| ShelfError::Io(self.place.clone(), error.error))?;
        Ok(())
    }
}

/// Reads a whole file and hands over each line: where it begins, the site's id, and the JSON. Nothing of a file that is
/// not whole may be used, so an error undoes what was taken. `None`: there is no such file.
pub(super) fn read(
    place: &Path,
    mut take: impl FnMut(u64, &str, &str) -> Result<(), &'static str>,
) -> Result<Option<(File, Head)>, ShelfError> {
    let broken = |why| ShelfError::Broken(place.to_owned(), why);
    let file = match File::open(place) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(ShelfError::io(place))?,
    };
    let mut lines = Lines { place, input: BufReader::with_capacity(1 << 20, &file), at: 0, line: String::new() };
    let (mut digest, mut count) = (Context::new(&SHA256), 0);
    let first = lines.next()?.ok_or(broken("it is empty"))?;
    let head: Head = serde_json::from_str(first.1).map_err(|_| broken("its head"))?;
    if head.format != FORMAT {
        return Err(broken("another format"));
    }
    digest.update(format!("{}\n", first.1).as_bytes());
    while let Some((at, line)) = lines.next()? {
        let Some((id, json)) = line.split_once('\t') else {
            let foot: Foot = serde_json::from_str(line).map_err(|_| broken("its foot"))?;
            let is_whole = foot.lines == count && foot.sha256 == hex(digest.finish().as_ref());
            return if is_whole { Ok(Some((file, head))) } else { Err(broken("its lines are not those of its foot")) };
        };
        digest.update(line.as_bytes());
        digest.update(b"\n");
        count += 1;
        take(at, id, json).map_err(broken)?;
    }
    Err(broken("it has no foot"))
}

struct Lines<'f> {
    place: &'f Path,
    input: BufReader<&'f File>,
    /// Where the next line begins.
    at: u64,
    line: String,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<Option<(u64, &str)>, ShelfError> {
        self.line.clear();
        let read = self.input.read_line(&mut self.line).map_err(ShelfError::io(self.place))?;
        let began = self.at;
        self.at += read as u64;
        Ok((read > 0).then(|| (began, self.line.trim_end_matches('\n'))))
    }
}
