//! `badgewatch backup` and `badgewatch restore`.

use std::path::PathBuf;

use super::print;
use super::settings::Settings;
use crate::flow::backup;

#[derive(clap::Args)]
pub(super) struct Backup {
    #[command(flatten)]
    settings: Settings,
    /// Where to write it; it appears when it is whole
    file: PathBuf,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let Self { settings, file } = self;
        settings.run(async |shared| {
            let rows = backup::backup(&shared.db, &shared.clock, &file).await?;
            print(&format!("{rows} rows in {}\n", file.display()))
        })?;
        Ok(0)
    }
}

#[derive(clap::Args)]
pub(super) struct Restore {
    #[command(flatten)]
    settings: Settings,
    /// The backup, of SQLite or PostgreSQL alike
    file: PathBuf,
    /// Drop what the database holds
    #[arg(long)]
    replace: bool,
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let Self { settings, file, replace } = self;
        settings.run(async |shared| {
            let rows = backup::restore(&shared.db, &shared.clock, &file, replace).await?;
            print(&format!("{rows} rows restored\n"))
        })?;
        Ok(0)
    }
}
