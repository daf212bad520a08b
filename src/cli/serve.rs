//! `badgewatch serve` and `badgewatch migrate`.

use tokio_util::sync::CancellationToken;

use super::settings::{Settings, runtime};
use crate::app::{self, Role};
use crate::clock::Clock;
use crate::telemetry;

#[derive(clap::Args)]
pub(super) struct Serve {
    #[command(flatten)]
    settings: Settings,
    /// What this process does: look, jobs, web; separated by commas
    #[arg(long, value_name = "ROLES", value_delimiter = ',', default_value = "look,jobs,web", value_parser = role)]
    roles: Vec<Role>,
}

fn role(text: &str) -> Result<Role, String> {
    let names = || Role::ALL.iter().map(|role| role.name()).collect::<Vec<_>>().join(", ");
    Role::from_name(text.trim()).ok_or_else(|| format!("one of {}", names()))
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let config = self.settings.read()?;
        telemetry::start(&config.log).map_err(anyhow::Error::msg)?;
        runtime()?.block_on(async {
            let stop = CancellationToken::new();
            let asked = tokio::spawn(stop_when_asked(stop.clone()));
            if let Some(opened) = app::open_patiently(config, Clock::System, &self.roles, &stop).await? {
                let running = app::start_on(opened, &self.roles).await?;
                stop.cancelled().await;
                running.stop().await;
            }
            asked.await??;
            Ok(0)
        })
    }
}

async fn stop_when_asked(stop: CancellationToken) -> anyhow::Result<()> {
    let _stops = stop.drop_guard();
    stopped().await
}

/// Waits for Ctrl-C or, where there is such a thing, a polite `kill`.
pub(super) async fn stopped() -> anyhow::Result<()> {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            done = interrupt => done?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    interrupt.await?;
    Ok(())
}

#[derive(clap::Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    settings: Settings,
}

impl Migrate {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        // Opening is migrating.
        self.settings.run(async |_| super::print("the schema is up to date\n"))?;
        Ok(0)
    }
}
