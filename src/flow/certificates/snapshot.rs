//! One state of all certificates.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::ShelfError;
use super::base::Base;
use super::changes::Changes;
use crate::domain::certificate::{BadgeRef, Certificate};
use crate::domain::host::Host;
use crate::domain::registry::{BadgeState, names};

/// The file of all certificates, in the shelf's folder.
pub(super) fn base_file(folder: &Path) -> PathBuf {
    folder.join("certificates.tsv")
}

/// What changed since it was written.
pub(super) fn changes_file(folder: &Path) -> PathBuf {
    folder.join("changes.tsv")
}

/// Every certificate as it was when the database was last heard.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(super) base: Arc<Base>,
    pub(super) changes: Arc<Changes>,
    /// The number of the database's last change that is in.
    pub(super) number: i64,
    pub(super) as_of: DateTime<Utc>,
}

/// A certificate and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelved {
    pub site_id: String,
    pub certificate: Certificate,
    /// As it stands on the shelf: what the API hands out.
    pub json: Bytes,
}

impl AsRef<Certificate> for Shelved {
    fn as_ref(&self) -> &Certificate {
        &self.certificate
    }
}

impl Shelved {
    pub(super) fn read(site_id: &str, json: &str) -> Option<Self> {
        let (certificate, json) = (serde_json::from_str(json).ok()?, Bytes::copy_from_slice(json.as_bytes()));
        Some(Self { site_id: site_id.to_owned(), certificate, json })
    }
}

/// A line of the file: the site's id, a tab, the JSON.
pub(super) struct Line {
    pub number: u32,
    pub state: BadgeState,
    pub json: Bytes,
    site_id: Bytes,
}

impl Line {
    fn of(base: &Base, number: u32, mut text: Bytes) -> Self {
        let tab = memchr::memchr(b'\t', &text).unwrap_or(text.len());
        let site_id = text.split_to(tab);
        Self { number, state: base.state(number), json: text.slice(text.len().min(1)..), site_id }
    }

    /// Does a field hold this text? Whatever needs no escape in JSON is asked for as it is.
    fn says(&self, field: &str, text: &str) -> bool {
        let mut pieces = self.json.split(|byte| *byte == b'"');
        pieces.any(|piece| piece == field.as_bytes()) && pieces.nth(1) == Some(text.as_bytes())
    }

    fn shelved(self) -> Option<Shelved> {
        let certificate = serde_json::from_slice(&self.json).ok()?;
        let site_id = std::str::from_utf8(&self.site_id).ok()?.to_owned();
        Some(Shelved { site_id, certificate, json: self.json })
    }
}

impl Snapshot {
    pub(super) fn load(folder: &Path) -> Result<Option<Self>, ShelfError> {
        let Some(base) = Base::load(&base_file(folder))? else { return Ok(None) };
        // Changes that cannot be read may hold a revocation: without them nothing may be said.
        let changes = Changes::load(&changes_file(folder), &base)?;
        let (changes, number, as_of) = match changes {
            Some((changes, head)) => (changes, head.number, head.as_of),
            None => (Changes::default(), base.head.number, base.head.as_of),
        };
        Ok(Some(Self { base: Arc::new(base), changes: Arc::new(changes), number, as_of }))
    }

    /// Which state it is: grows with each change.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// When the database was last heard: nothing that was decided later is in.
    pub fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// How many sites are in the registry.
    pub fn len(&self) -> usize {
        usize::try_from(self.base.len() as i64 + self.changes.more()).unwrap_or_default()
    }

    /// Is the registry empty?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The certificates that bear a number: one, as a rule.
    pub fn bearing(&self, badge: &BadgeRef) -> std::io::Result<Vec<Shelved>> {
        let bears = |held: &Certificate| match badge {
            BadgeRef::Code(code) => held.badge_code.as_ref() == Some(code),
            BadgeRef::Id(id) => held.certificate_id.as_ref() == Some(id),
        };
        self.with(badge.as_str(), bears)
    }

    /// The one line of the file that bears a number, where nothing else does: the quick way to most answers.
    pub(super) fn line_bearing(&self, badge: &BadgeRef) -> std::io::Result<Option<Line>> {
        let key = badge.as_str();
        let mut lines = self.base.bearing(key);
        let (Some(number), None, None) = (lines.next(), lines.next(), self.changes.bearing(key).next()) else {
            return Ok(None);
        };
        if self.changes.covers(number) {
            return Ok(None);
        }
        let line = Line::of(&self.base, number, self.base.line(number)?);
        let field = match badge {
            BadgeRef::Code(_) => "badge_code",
            BadgeRef::Id(_) => "certificate_id",
        };
        Ok(line.says(field, key).then_some(line))
    }

    /// A line, for who goes through all of them.
    pub(super) fn passing(&self, number: u32) -> std::io::Result<Line> {
        Ok(Line::of(&self.base, number, self.base.passing(number)?))
    }

    /// The sites that a host is of, by all that is registered.
    pub fn of_host(&self, host: &Host) -> std::io::Result<Vec<Shelved>> {
        let mut trouble = None;
        let on = |name: &Host| match self.with(name.ascii(), |held| held.names().any(|known| known == name)) {
            Ok(found) => found,
            Err(error) => {
                trouble = Some(error);
                Vec::new()
            }
        };
        let found = names::holders(host, on, |shelved| shelved.certificate.url_prefix.is_some());
        trouble.map_or(Ok(found), Err)
    }

    /// The names below a site's own that are registered to other sites.
    pub fn others_below(&self, own: &Shelved) -> std::io::Result<Vec<Host>> {
        let mut others = Vec::new();
        let spellings = own.certificate.names().flat_map(|name| std::iter::once(name.clone()).chain(name.cn_twin()));
        for name in spellings {
            let is_below = |known: &&Host| **known != name && known.is_within(&name);
            let found = self.with(&format!(".{}", name.ascii()), |held| held.names().any(|known| is_below(&known)))?;
            let found = found.iter().filter(|other| other.site_id != own.site_id);
            others.extend(found.flat_map(|other| other.certificate.names().filter(is_below)).cloned());
        }
        Ok(others)
    }

    /// The certificates of a key that a second look finds right.
    fn with(&self, key: &str, bears: impl Fn(&Certificate) -> bool) -> std::io::Result<Vec<Shelved>> {
        let mut found = Vec::new();
        for line in self.base.bearing(key).filter(|line| !self.changes.covers(*line)) {
            found.extend(Line::of(&self.base, line, self.base.line(line)?).shelved());
        }
        found.extend(self.changes.bearing(key).filter_map(|(site, json)| Shelved::read(site, json)));
        found.retain(|shelved| bears(&shelved.certificate));
        Ok(found)
    }
}
