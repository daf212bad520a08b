//! `badgewatch badge …`: what a unit needs to hang its badge.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::print;
use super::settings::Settings;
use crate::domain::badge::snippet::Snippets;
use crate::domain::ids::BadgeCode;
use crate::domain::registry::BadgeState;
use crate::store::sites;

#[derive(Args)]
pub(super) struct Badge {
    #[command(subcommand)]
    command: BadgeCommand,
}

#[derive(Subcommand)]
enum BadgeCommand {
    /// Print the embed codes of a badge
    Snippet {
        #[command(flatten)]
        settings: Settings,
        /// The badge code, CA and 21 digits
        code: String,
    },
}

impl Badge {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let BadgeCommand::Snippet { settings, code } = self.command;
        let code = BadgeCode::parse(&code).with_context(|| format!("{code:?} is no badge code"))?;
        let Some(url) = settings.read()?.web.public_url else {
            bail!(
                "web.public_url is not set: say at which address badges are served, such as https://badge.yunxi.example"
            );
        };
        settings.run(async |shared| {
            let held = sites::of_code(&mut shared.db.read().await?, &code).await?;
            let Some(held) = held.first() else { bail!("{code} is on file for nobody") };
            let (kind, state) = (held.site.unit.kind, held.site.state);
            let snippets = Snippets::of(&url, &code, kind, state)
                .with_context(|| format!("web.public_url: {url} names no host"))?;
            print(&format!(
                "script:\n{}\n\nscript, for pages served by http and https:\n{}\n\nwithout a script:\n{}\n",
                snippets.script, snippets.relative, snippets.fixed
            ))?;
            if state != BadgeState::Valid {
                eprintln!("badgewatch: {code} is {state}: pages that carry it show the badge's error picture");
            }
            Ok(0)
        })
    }
}
