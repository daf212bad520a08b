//! What all commands of the daemon share: the configuration, and a runtime with an open database.

use std::path::PathBuf;

use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::shared::Shared;

#[derive(clap::Args, Clone)]
pub(super) struct Settings {
    /// The configuration file (TOML); without it the defaults hold
    #[arg(long, value_name = "FILE", env = "BADGEWATCH_CONFIG")]
    pub config: Option<PathBuf>,
}

impl Settings {
    pub(super) fn read(&self) -> anyhow::Result<Config> {
        Ok(Config::read(self.config.as_deref())?)
    }

    /// Reads the settings, opens the database and runs.
    pub(super) fn run<T>(&self, work: impl AsyncFnOnce(Shared) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let config = self.read()?;
        runtime()?.block_on(async {
            let shared = app::open(config, Clock::System).await?;
            let db = shared.db.clone();
            let done = work(shared).await;
            db.close().await;
            done
        })
    }
}

pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
