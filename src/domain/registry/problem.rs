//! What can be wrong with a registry file: the whole file, a row, or nothing that matters yet.

use super::Column;
use crate::closed_set;

closed_set! {
    /// Why a row was refused.
    pub enum RefusalReason {
        TooLong = "too_long", "the row is longer than any row of a registry can be";
        Quotes = "quotes", "a quotation mark inside the row is opened or closed in the wrong place (RFC 4180, 2.5 to 2.7)";
        Cells = "cells", "the row has more cells than the header";
        Encoding = "encoding", "characters of the row were lost: broken bytes, or saved in another charset";
        Value = "value", "the cell holds none of the values the column knows";
        Domain = "domain", "the cell is not one domain name";
        SharedSuffix = "shared_suffix", "a name under which anybody may register belongs to no site";
        NoDomain = "no_domain", "a site has a Chinese domain, an English domain or both";
        Address = "address", "the cell is not a list of IPv4 or IPv6 addresses separated by ;";
        Prefix = "prefix", "the cell is no folder such as /bureau/ on a domain of the row";
        Code = "badge_code", "the cell is not a badge code";
        Certificate = "certificate_id", "a certificate id has exactly 32 hexadecimal digits";
        Date = "date", "the cell is no day of the calendar, written like 2026-03-01";
        Spreadsheet = "spreadsheet", "a cell holds an error, or a number so long that the spreadsheet has lost its last digits: format the column as text";
        Duplicate = "duplicate", "the site stands in the file already";
        Outside = "outside", "the unit's region lies outside the region of who brings the file, or cannot be told";
        Elsewhere = "elsewhere", "the site is on file in a region outside the one of who brings the file";
    }
}

/// A row that was left out, and why. The cell itself is not repeated: a shifted row may hold personal data in any column.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Refusal {
    /// Number of the row as a spreadsheet shows it: 1 is the first row of the file, the header as a rule.
    pub row: u64,
    /// The column at fault; none where the row as a whole is.
    pub column: Option<Column>,
    pub reason: RefusalReason,
    /// One sentence for the person who keeps the file.
    pub sentence: String,
    /// The key of the site the row stands for, where its names could be read: that site is not missing from the file.
    #[serde(skip)]
    pub key: Option<String>,
}

closed_set! {
    /// What the keeper of the file should look at, although every site of it is used.
    pub enum WarningKind {
        UnknownColumn = "unknown_column", "a header that no column is known by; its cells were not read";
        UnknownRegion = "unknown_region", "no region of GB/T 2260 is known by this code or full name, or more than one is: the text is kept";
        UnitDiffers = "unit_differs", "a unit is described differently in several rows: of each column the first value counts for all its sites";
        SharedName = "shared_name", "a host and folder registered for several sites: the first one counts";
        SharedCode = "shared_code", "a badge code given to several sites: all their hosts count as legitimate";
        SharedCertificate = "shared_certificate", "a certificate id given to several sites: all their hosts count as legitimate";
    }
}

impl Refusal {
    /// A row that is good in itself and is not for whoever brings it.
    pub fn not_theirs(row: u64, reason: RefusalReason, key: &str) -> Self {
        let column = Some(Column::Region).filter(|_| reason == RefusalReason::Outside);
        Self { row, column, reason, sentence: format!("{key}: {}", reason.help()), key: Some(key.to_owned()) }
    }
}

/// Something doubtful that costs no row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Warning {
    /// The rows concerned, as a spreadsheet numbers them; at most the first ten.
    pub rows: Vec<u64>,
    pub kind: WarningKind,
    /// One sentence for the person who keeps the file.
    pub sentence: String,
}

impl Warning {
    pub(super) fn shared(kind: WarningKind, what: &str, rows: impl Iterator<Item = u64>) -> Self {
        Self { rows: rows.take(10).collect(), kind, sentence: format!("{what}: {}", kind.help()) }
    }
}

/// Why a whole file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    #[error("the file is larger than {} MiB", super::MAX_BYTES >> 20)]
    TooLarge,
    #[error("the file has more than {} rows", super::MAX_ROWS)]
    TooManyRows,
    #[error("the workbook cannot be read: {0}")]
    Workbook(String),
    #[error("this is a workbook of the old kind (.xls): save it as .xlsx or as CSV")]
    OldWorkbook,
    #[error("the file is empty: it has no header line")]
    Empty,
    #[error("the header line cannot be read: {}", .0.help())]
    Header(RefusalReason),
    #[error("from row {0} on the quotation marks do not pair: it cannot be told where rows begin")]
    Quotes(u64),
    #[error("missing column: {}", named(.0))]
    MissingColumns(Vec<Column>),
    #[error("column given twice: {}", named(&[*.0]))]
    DuplicateColumn(Column),
}

fn named(columns: &[Column]) -> String {
    let names: Vec<_> = columns.iter().map(|column| format!("{column} ({})", column.chinese()[0])).collect();
    names.join(", ")
}
