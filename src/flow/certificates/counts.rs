//! What can be counted of the shelf.

use chrono::{DateTime, Utc};

use super::{Shelf, Voice};

/// The shelf in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShelfCounts {
    /// Until when the database was heard.
    pub as_of: DateTime<Utc>,
    pub certificates: usize,
    /// Changed since the file was written.
    pub changes: usize,
    /// Size of the file.
    pub bytes: u64,
    /// Not signed ahead.
    pub unsigned: usize,
}

impl Shelf {
    /// Counts; `None`: nothing is on it.
    pub fn counts(&self, voice: &Voice, now: DateTime<Utc>) -> Option<ShelfCounts> {
        let snapshot = self.get()?;
        let of_file = if voice.is_ahead(&snapshot, now) { 0 } else { snapshot.base.len() };
        Some(ShelfCounts {
            as_of: snapshot.as_of,
            certificates: snapshot.len(),
            changes: snapshot.changes.len(),
            bytes: snapshot.base.bytes(),
            unsigned: of_file + snapshot.changes.len(),
        })
    }
}
