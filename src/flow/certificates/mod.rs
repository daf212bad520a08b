//! What a click is answered from: every certificate on a shelf of this process, which answers while the database does not.
//!
//! The [`Shelf`] holds a [`Snapshot`]: a file of all certificates with its index in memory, and what changed since. The daemon
//! follows the database by the numbers of its changes ([`crate::store::certificates`]); whoever reads has one snapshot from
//! beginning to end. Both the file and the changes are on disk, so that a process that starts without a database knows what
//! is revoked.

mod answer;
mod base;
mod changes;
mod click;
mod counts;
mod folder;
mod follow;
mod index;
mod lines;
mod search;
mod snapshot;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, Utc};

pub use answer::{Answer, Said, TYPE, Voice};
pub use click::Told;
pub use counts::ShelfCounts;
pub use folder::Seal;
pub use follow::follow;
pub use search::{LONGEST, Mark, SHORTEST, Searched, Wanted};
pub use snapshot::{Shelved, Snapshot};

/// Why the shelf cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
    #[error("{0} is not whole, or not of this version: {1}")]
    Broken(PathBuf, &'static str),
    /// A folder that was lost, a file that was restored elsewhere: nobody is told "not issued" for that.
    #[error("the database is another one than the certificates on file are of, and it is empty: they stay as they are")]
    Emptied,
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

impl ShelfError {
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io(path, error)
    }
}

/// What is on the disk.
#[derive(Debug, Clone, Copy)]
struct Saved {
    /// The numbers of the file and of the last change.
    state: (i64, i64),
    at: DateTime<Utc>,
}

/// The certificates that this process hands out. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: Arc<PathBuf>,
    current: Arc<RwLock<Option<Arc<Snapshot>>>>,
    /// What is on the disk.
    saved: Arc<Mutex<Option<Saved>>>,
    /// The lock on the folder.
    claimed: Arc<Mutex<Option<std::fs::File>>>,
}

impl Shelf {
    /// A shelf that keeps its files in this folder; nothing is on it yet.
    pub fn of(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: Arc::new(folder.into()),
            current: Arc::default(),
            saved: Arc::default(),
            claimed: Arc::default(),
        }
    }

    /// What is on it; `None`: nothing was ever read, and nobody may be told anything.
    pub fn get(&self) -> Option<Arc<Snapshot>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts what the last process left in the folder on the shelf. `false`: there is nothing.
    pub fn load(&self) -> Result<bool, ShelfError> {
        let Some(snapshot) = Snapshot::load(&self.folder)? else { return Ok(false) };
        self.put(snapshot);
        Ok(true)
    }

    /// How old its word is; `None`: nothing is on it.
    pub fn age(&self, now: DateTime<Utc>) -> Option<chrono::TimeDelta> {
        self.get().map(|snapshot| now - snapshot.as_of())
    }

    fn put(&self, snapshot: Snapshot) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(snapshot));
    }

    fn folder(&self) -> &Path {
        &self.folder
    }
}
