//! The way out: a mail server, or a folder.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::Envelope;
use super::compose::compose;
use super::smtp::Smtp;
use crate::config::Mail;

/// Where letters go.
pub enum Transport {
    Smtp(Box<Smtp>),
    /// Letters are written as `MESSAGE_ID.eml`: for trials and the demo.
    Directory(PathBuf),
}

/// A setting that letters cannot go by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct MailSetup {
    pub key: &'static str,
    pub problem: String,
}

impl MailSetup {
    pub(super) fn new(key: &'static str, problem: impl Into<String>) -> Self {
        Self { key, problem: problem.into() }
    }
}

/// Why a letter did not go.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The recipient is refused for good, or is none: the contact is bad.
    #[error("refused: {0}")]
    Refused(String),
    /// Greylisting, a server that is down, a line that broke: the same again later. The letter may have been taken all
    /// the same when the line broke after its text; its Message-ID tells.
    #[error("later: {0}")]
    Later(String),
    /// Our password, sender, TLS or other setting: no fault of the recipient, and nothing goes until it is mended.
    #[error("ours: {0}")]
    Ours(String),
}

impl Transport {
    /// The way the settings name; a folder goes before a mail server.
    pub fn of(mail: &Mail) -> Result<Self, MailSetup> {
        match (&mail.directory, &mail.smtp_host) {
            (Some(folder), _) => Ok(Self::Directory(folder.clone())),
            (None, Some(host)) => Ok(Self::Smtp(Box::new(Smtp::of(mail, host)?))),
            (None, None) => Err(MailSetup::new("mail.smtp_host", "name a mail server, or a mail.directory")),
        }
    }

    /// Hands over one letter. The same Message-ID in a folder is the same file.
    pub async fn send(&self, envelope: &Envelope<'_>) -> Result<(), SendError> {
        let message = compose(envelope)?;
        match self {
            Self::Smtp(server) => server.send(&message).await,
            Self::Directory(folder) => {
                let (folder, name) = (folder.clone(), format!("{}.eml", message.id));
                let written = tokio::task::spawn_blocking(move || write(&folder, &name, &message.bytes)).await;
                let written = written.map_err(std::io::Error::other).and_then(|written| written);
                written.map_err(|error| SendError::Ours(format!("mail.directory: {error}")))
            }
        }
    }
}

/// A reader of the folder finds a whole letter or none, also after a crash.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let draft = folder.join(format!(".{name}.{}", std::process::id()));
    let mut file = std::fs::File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, folder.join(name))?;
    std::fs::File::open(folder)?.sync_all()
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Smtp(_) => "Smtp",
            Self::Directory(_) => "Directory",
        })
    }
}
