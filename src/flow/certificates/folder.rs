//! The shelf's folder: one process has it, and what that process needs to speak without a database lies in it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Shelf, ShelfError, Voice};
use crate::flow::sign::Signer;

/// What signs, in a file that nobody else may read.
#[derive(Serialize, Deserialize)]
pub struct Seal {
    /// Of the certificates' signer: PKCS#8 in base64.
    pub secret: String,
    /// The public key of instructions, as a JWK.
    pub instructions: serde_json::Value,
}

fn seal_file(folder: &Path) -> PathBuf {
    folder.join("seal.json")
}

impl Shelf {
    /// Takes the folder for this process until it ends. `false`: another process has it.
    pub fn claim(&self) -> Result<bool, ShelfError> {
        let folder = self.folder();
        std::fs::create_dir_all(folder).map_err(ShelfError::io(folder))?;
        let place = folder.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&place);
        let file: File = file.map_err(ShelfError::io(&place))?;
        match file.try_lock() {
            Ok(()) => {
                *self.claimed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(file);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(ShelfError::Io(place, error)),
        }
    }

    /// Gives the folder back.
    pub fn release(&self) {
        self.claimed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    }

    /// Leaves what signs in the folder, for the next process that finds no database.
    pub fn keep_seal(&self, seal: &Seal) -> Result<(), ShelfError> {
        let place = seal_file(self.folder());
        let text = serde_json::to_string(seal).map_err(|error| ShelfError::Io(place.clone(), error.into()))?;
        let beside = place.with_extension("new");
        let _ = std::fs::remove_file(&beside);
        let written = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&beside, &place)
        });
        written.map_err(ShelfError::io(&place))
    }

    /// Who speaks by what the last process left, and the key of instructions. `None`: nothing was left.
    pub fn voice(&self, hours: u32) -> Result<Option<(Voice, serde_json::Value)>, ShelfError> {
        let place = seal_file(self.folder());
        let text = match std::fs::read_to_string(&place) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(ShelfError::io(&place))?,
        };
        let broken = || ShelfError::Broken(place.clone(), "no seal of ours");
        let seal: Seal = serde_json::from_str(&text).map_err(|_| broken())?;
        let signer = Signer::of_secret(&seal.secret).ok_or_else(broken)?;
        Ok(Some((Voice::new(signer, hours), seal.instructions)))
    }
}
