//! What an operator does by hand: ask for a re-check, decide a mass change, verify the evidence.

use anyhow::bail;
use clap::Subcommand;

use super::settings::Settings;
use super::{print, print_json};
use crate::app;
use crate::clock::beijing;
use crate::domain::mass::HoldState;
use crate::flow::{seal, watch};
use crate::store::{findings, plan, sites};

#[derive(clap::Args)]
pub(super) struct Recheck {
    #[command(flatten)]
    settings: Settings,
    /// Sites by their registry keys: English name, else Chinese name, and the folder
    #[arg(required = true, value_name = "KEY")]
    sites: Vec<String>,
}

impl Recheck {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let Self { settings, sites } = self;
        settings.run(async |shared| {
            let mut tx = shared.db.write().await?;
            for key in &sites {
                let Some(site) = sites::by_key(&mut tx, key).await? else {
                    bail!("{key}: no such site in the registry")
                };
                if !plan::ask(&mut tx, &site.id, shared.clock.now()).await? {
                    bail!("{key}: the site is no longer in the registry, and not watched");
                }
            }
            tx.commit().await?;
            print(&format!("{} asked for: looked at before everything that is due by schedule\n", sites.len()))
        })?;
        Ok(0)
    }
}

#[derive(clap::Args)]
pub(super) struct Holds {
    #[command(flatten)]
    settings: Settings,
}

impl Holds {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        self.settings.run(async |shared| {
            let holds = findings::holds(&mut shared.db.read().await?, 100).await?;
            if holds.is_empty() {
                return print("no mass change was ever held\n");
            }
            let mut out = String::new();
            for hold in holds {
                let at = beijing(hold.opened_at).format("%Y-%m-%d %H:%M");
                let decided = hold.decided_by.map(|by| format!(" by {by}")).unwrap_or_default();
                out += &format!(
                    "{}  {:<5}{decided}  {at}  {} at {} of {} sites sharing {} {}\n",
                    hold.id, hold.state, hold.code, hold.failing, hold.watched, hold.dimension, hold.member
                );
            }
            print(&out)
        })?;
        Ok(0)
    }
}

#[derive(clap::Args)]
pub(super) struct Hold {
    #[command(flatten)]
    settings: Settings,
    /// The hold, as `holds` lists it
    id: String,
    /// real: the findings are confirmed; ours: they are dismissed
    #[arg(value_parser = verdict)]
    verdict: HoldState,
    /// Who decides
    #[arg(long)]
    by: String,
    /// Why, for those who ask later
    #[arg(long)]
    reason: String,
}

fn verdict(text: &str) -> Result<HoldState, String> {
    HoldState::from_name(text).filter(|state| *state != HoldState::Open).ok_or_else(|| "real or ours".to_owned())
}

impl Hold {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let Self { settings, id, verdict, by, reason } = self;
        settings.run(async |shared| {
            let terms = app::terms(&shared.config)?;
            let now = shared.clock.now();
            let moved = watch::decide_hold(&shared.db, &id, verdict, &by, &reason, &terms, now).await?;
            match moved {
                Some(moved) => print(&format!(
                    "decided: {} findings are {}\n",
                    moved,
                    match verdict {
                        HoldState::Real => "confirmed",
                        _ => "dismissed",
                    }
                )),
                None => bail!("{id}: no open hold of this id"),
            }
        })?;
        Ok(0)
    }
}

#[derive(clap::Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Walk through every chain of evidence and every daily root
    Verify {
        #[command(flatten)]
        settings: Settings,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Audit {
    /// Exit code 0: everything holds; 1: something does not.
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let AuditCommand::Verify { settings, json } = self.command;
        let verified = settings.run(async |shared| Ok(seal::verify(&shared.db).await?))?;
        if json {
            print_json(&verified)?;
        } else {
            let mut out = format!(
                "{} chains with {} pieces of evidence ({} emptied after their time of keeping) and {} acts, {} daily roots\n",
                verified.chains, verified.pieces, verified.emptied, verified.acts, verified.roots
            );
            for breach in &verified.breaches {
                out += &format!("BREACH {breach}\n");
            }
            out += if verified.breaches.is_empty() { "everything holds\n" } else { "" };
            print(&out)?;
        }
        Ok(u8::from(!verified.breaches.is_empty()))
    }
}
