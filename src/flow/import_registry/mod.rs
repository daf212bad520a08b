//! The registry comes in: gather what is on file, decide what differs, write all of it in one transaction or nothing.
//!
//! A file stands for the whole registry: what it leaves out is dropped. Two things are never done in silence: dropping more
//! than a small share of the sites (somebody has exported one county too few), and dropping a site because its row could
//! not be read.

mod differ;
mod preview;
mod write;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::domain::account::{AccountRole, Actor};
use crate::domain::evidence::sha256;
use crate::domain::region::Regions;
use crate::domain::registry::{Entries, Entry, Refusal, RefusalReason, Registry, RegistryError, Warning};
use crate::flow::accounts::OPERATOR;
use crate::store::{Db, StoreResult, Tx, units};

use differ::{Difference, compare};
pub use preview::{Changed, LARGEST, Named, Preview, PreviewError, commit, discard, keep, look};

/// The chain of records that imports stand on.
pub const CHAIN: &str = "registry";

/// A file that was read: its good rows made ready, and what was refused.
#[derive(Debug)]
pub struct Incoming {
    pub file: String,
    pub sha256: String,
    pub rows: Entries,
    pub refused: Vec<Refusal>,
    pub warnings: Vec<Warning>,
    /// Who brings it, as it stands on record.
    pub by: String,
    /// GB/T 2260: the file stands for what is registered there; whatever else is on file is left alone.
    pub area: String,
}

impl Incoming {
    /// As somebody brings it who acts for a region: what lies outside is refused, row by row.
    pub fn of(mut self, actor: &Actor) -> Self {
        let is_theirs = |region: Option<&str>| actor.may(AccountRole::Viewer, region);
        let (rows, outside) = self.rows.entries.into_iter().partition(|row| is_theirs(row.region.as_deref()));
        let outside: Vec<Entry> = outside;
        let refusal = |row: &Entry| Refusal::not_theirs(row.site.row, RefusalReason::Outside, &row.site.key);
        self.rows.entries = rows;
        self.refused.extend(outside.iter().map(refusal));
        self.refused.sort_by_key(|refusal| refusal.row);
        Self { by: actor.text(), area: actor.region.clone(), ..self }
    }
}

/// Reads a registry file: CSV or `.xlsx`, told apart by what is in it. `file`: its name, as the record of imports shows it.
pub fn read(file: &str, bytes: &[u8]) -> Result<Incoming, RegistryError> {
    let (sites, refused, mut warnings) = Registry::read(bytes)?.into_parts();
    let mut rows = Entries::of(sites, &Regions::builtin());
    warnings.append(&mut rows.warnings);
    let (by, area) = (OPERATOR.to_owned(), "000000".to_owned());
    Ok(Incoming { file: file.to_owned(), sha256: sha256(bytes), rows, refused, warnings, by, area })
}

/// What an import may do.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// Say what would happen, and change nothing.
    pub dry_run: bool,
    /// Drop as many sites as the file leaves out.
    pub allow_shrink: bool,
    /// Else at most this share of those on file (`registry.max_shrink`).
    pub max_shrink: f64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { dry_run: false, allow_shrink: false, max_shrink: 0.02 }
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// It was written. `false`: a dry run, or it waits for a confirmation.
    pub applied: bool,
    /// It would drop more sites than it may without being told to.
    pub waits: bool,
    /// Sites on file before.
    pub before: u64,
    pub added: u64,
    pub changed: u64,
    pub restored: u64,
    pub unchanged: u64,
    pub dropped: u64,
    /// Sites that are missing among the good rows and that are kept: one of the refused rows is theirs, or may be.
    pub kept: u64,
    pub refused: Vec<Refusal>,
    pub warnings: Vec<Warning>,
    /// Rows whose region is on no list: their text is kept, and "nobody was issued this" is not said of them.
    pub unknown_regions: Vec<u64>,
    /// Equal where the same would be done with the same file to the same registry.
    #[serde(skip)]
    pub plan: String,
}

/// Imports a registry: it stands for all sites, so that what it leaves out is dropped.
///
/// Whoever reads meanwhile, and whatever is killed, the registry is as before or as the file says. The same file a second
/// time changes nothing but the record of imports. A second import waits for the first one.
pub async fn import(db: &Db, incoming: &Incoming, terms: &Terms, at: DateTime<Utc>) -> StoreResult<Report> {
    let mut tx = if terms.dry_run { db.read().await? } else { db.write().await? };
    if !terms.dry_run {
        units::lock_imports(&mut tx).await?;
    }
    let mut report = carry_out(&mut tx, incoming, terms, None, at).await?;
    if report.waits || terms.dry_run {
        return Ok(report);
    }
    tx.commit().await?;
    report.applied = true;
    Ok(report)
}

/// Writes what differs, unless it is not to be written; or not what was `planned`: the report says another plan then.
async fn carry_out(
    tx: &mut Tx,
    incoming: &Incoming,
    terms: &Terms,
    planned: Option<&str>,
    at: DateTime<Utc>,
) -> StoreResult<Report> {
    let difference = compare(tx, incoming, terms.allow_shrink).await?;
    let report = difference.report(incoming, terms);
    if !(report.waits || terms.dry_run || planned.is_some_and(|planned| planned != report.plan)) {
        write::apply(tx, incoming, &difference, &report, at).await?;
    }
    Ok(report)
}

impl Difference {
    fn report(&self, incoming: &Incoming, terms: &Terms) -> Report {
        let count = |number: usize| number as u64;
        let too_many = self.dropped.len() as f64 > terms.max_shrink * self.before as f64;
        Report {
            applied: false,
            waits: too_many && !self.dropped.is_empty() && !terms.allow_shrink,
            before: count(self.before),
            added: count(self.added.len()),
            changed: count(self.changed.len()),
            restored: count(self.restored.len()),
            unchanged: count(self.unchanged),
            dropped: count(self.dropped.len()),
            kept: count(self.kept),
            refused: self.refused(incoming),
            warnings: incoming.warnings.clone(),
            unknown_regions: incoming.rows.unknown_regions().collect(),
            plan: self.plan(incoming),
        }
    }
}
