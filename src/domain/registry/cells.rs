//! The values of one row, each read by the rule of its column.

use std::net::IpAddr;

use chrono::NaiveDate;

use super::header::Header;
use super::problem::RefusalReason;
use super::sheet::Epoch;
use super::{Column, clean};
use crate::domain::host::Host;
use crate::domain::ids::{BadgeCode, CertificateId};

/// The longest domain cell worth reading: 253 octets of A-labels never need more characters.
const MAX_DOMAIN: usize = 1_024;

/// Why a cell, or the row as a whole, cannot be used.
#[derive(Debug)]
pub(super) struct Fault {
    pub column: Option<Column>,
    pub reason: RefusalReason,
    pub sentence: String,
}

impl Fault {
    pub fn at(column: Column, reason: RefusalReason) -> Self {
        Self { column: Some(column), reason, sentence: format!("{column}: {}", reason.help()) }
    }

    pub fn of_row(reason: RefusalReason) -> Self {
        Self { column: None, reason, sentence: reason.help().to_owned() }
    }
}

/// One row under its header.
pub(super) struct Cells<'r> {
    pub header: &'r Header,
    pub row: &'r csv::StringRecord,
    /// In a workbook: the day that bare numbers in a column of days are counted from.
    pub epoch: Option<Epoch>,
}

impl Cells<'_> {
    pub fn text(&self, column: Column) -> Option<String> {
        clean::text(self.header.cell(self.row, column))
    }

    /// A value of a closed list by its English name or a Chinese word; the sentence names the English ones.
    pub fn value<T: Copy>(&self, column: Column, words: &[(T, &[&str])]) -> Result<Option<T>, Fault> {
        let Some(word) = self.text(column).map(|text| clean::word(&text)) else { return Ok(None) };
        let found = words.iter().find(|(_, names)| names.contains(&word.as_str()));
        found.map(|(value, _)| Some(*value)).ok_or_else(|| {
            let names: Vec<_> = words.iter().map(|(_, names)| names[..names.len().min(2)].join(" / ")).collect();
            let sentence = format!("{column}: the cell is none of {}", names.join(", "));
            Fault { column: Some(column), reason: RefusalReason::Value, sentence }
        })
    }

    pub fn domain(&self, column: Column) -> Result<Option<Host>, Fault> {
        let Some(text) = self.text(column) else { return Ok(None) };
        let host = Some(&text).filter(|text| text.len() <= MAX_DOMAIN).and_then(|text| Host::parse(text));
        let host = host.ok_or_else(|| Fault::at(column, RefusalReason::Domain))?;
        if host.is_shared_suffix() { Err(Fault::at(column, RefusalReason::SharedSuffix)) } else { Ok(Some(host)) }
    }

    pub fn code(&self, column: Column) -> Result<Option<BadgeCode>, Fault> {
        let Some(text) = self.text(column) else { return Ok(None) };
        BadgeCode::parse(&clean::half_width(&text)).map(Some).map_err(|error| Fault {
            column: Some(column),
            reason: RefusalReason::Code,
            sentence: format!("{column}: {error}"),
        })
    }

    pub fn certificate(&self, column: Column) -> Result<Option<CertificateId>, Fault> {
        self.read(column, RefusalReason::Certificate, CertificateId::parse)
    }

    pub fn day(&self, column: Column) -> Result<Option<NaiveDate>, Fault> {
        self.read(column, RefusalReason::Date, |text| day(text).or_else(|| self.epoch?.day(text)))
    }

    pub fn addresses(&self, column: Column) -> Result<Vec<IpAddr>, Fault> {
        Ok(self.read(column, RefusalReason::Address, addresses)?.unwrap_or_default())
    }

    fn read<T>(
        &self,
        column: Column,
        reason: RefusalReason,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.text(column) else { return Ok(None) };
        read(&clean::half_width(&text)).map(Some).ok_or_else(|| Fault::at(column, reason))
    }
}

/// `2026-03-01`, `2026/3/1`, `2026.3.1`, `2026年3月1日` or `20260301`; a time of day behind it, as databases export it, is dropped.
fn day(text: &str) -> Option<NaiveDate> {
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    if !time.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'Z' | b'+')) {
        return None;
    }
    let is_compact = day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = if is_compact {
        vec![&day[..4], &day[4..6], &day[6..]]
    } else {
        day.strip_suffix('日').unwrap_or(day).split(['-', '/', '.', '年', '月']).collect()
    };
    let [year, month, day] = parts[..] else { return None };
    NaiveDate::from_ymd_opt(i32::try_from(number(year, 4, 4)?).ok()?, number(month, 1, 2)?, number(day, 1, 2)?)
}

fn number(digits: &str, least: usize, most: usize) -> Option<u32> {
    let fits = (least..=most).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if fits { digits.parse().ok() } else { None }
}

/// A list by `;`; other separators cannot be part of an address and are taken as well.
fn addresses(text: &str) -> Option<Vec<IpAddr>> {
    let parts = text.split([';', ',', '、', ' ']).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().ok()).collect()
}
