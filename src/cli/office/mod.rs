//! What an office does by hand. Except for the first steps ([`accounts`]) everybody acts as themselves, by their token, and
//! may do what they may do through the API.

/// Declares how values of closed sets are read from the command line.
macro_rules! parsers {
    ($($name:ident = $set:ident;)+) => {
        $(fn $name(text: &str) -> Result<$set, String> {
            let names = || $set::ALL.iter().map(|value| value.name()).collect::<Vec<_>>().join(", ");
            $set::from_name(text).ok_or_else(|| format!("one of {}", names()))
        })+
    };
}

pub(super) mod accounts;
pub(super) mod cases;
pub(super) mod leads;
pub(super) mod mail;
pub(super) mod notice;
mod show;

use anyhow::bail;

use super::settings::Settings;
use crate::domain::account::Actor;
use crate::domain::personal::Personal;
use crate::flow::accounts::authenticate;
use crate::flow::people;
use crate::shared::Shared;

/// Who acts, on which database.
#[derive(clap::Args, Clone)]
pub(super) struct Person {
    #[command(flatten)]
    pub settings: Settings,
    /// Your token; better given by the environment, where no list of processes shows it
    #[arg(long, value_name = "TOKEN", env = "BADGEWATCH_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

/// Puts on record that somebody is shown personal data, before it is.
async fn viewed(shared: &Shared, actor: &Actor, what: Personal, id: &str) -> anyhow::Result<()> {
    Ok(people::viewed(&shared.db, actor, what, id, shared.clock.now()).await?)
}

impl Person {
    /// Lets the person in and does their work.
    pub(super) fn act(&self, work: impl AsyncFnOnce(Shared, Actor) -> anyhow::Result<()>) -> anyhow::Result<u8> {
        let Some(token) = self.token.as_deref() else {
            bail!("who are you? set BADGEWATCH_TOKEN to the token you were given (`badgewatch token issue NAME`)")
        };
        self.settings.run(async |shared| {
            let now = shared.clock.now();
            match authenticate(&shared.db, token.trim(), now).await? {
                Some(actor) => work(shared, actor).await,
                None => bail!("this token lets nobody in: it is unknown, over, or revoked, or its account is disabled"),
            }
        })?;
        Ok(0)
    }
}
