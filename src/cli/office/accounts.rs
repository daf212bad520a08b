//! `badgewatch user …` and `badgewatch token …`: first-time setup. Whoever can open the database is the operator, so these
//! need no token.

use chrono::{DateTime, Utc};
use clap::Subcommand;

use super::show::minute;
use crate::cli::print;
use crate::cli::settings::Settings;
use crate::domain::account::{AccountRole, Body};
use crate::flow::accounts::{self, DAYS, NewAccount, OPERATOR};
use crate::flow::people;
use crate::shared::Shared;
use crate::store;

#[derive(clap::Args)]
pub(in crate::cli) struct User {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Add a person who acts for an office
    Add {
        #[command(flatten)]
        settings: Settings,
        /// The account's name, as it stands on record: a-z 0-9 . _ -
        name: String,
        /// Who it is
        #[arg(long)]
        person: String,
        /// The region (GB/T 2260) the person acts for, with everything below it; 000000: the whole country
        #[arg(long, value_name = "CODE")]
        region: String,
        /// viewer, officer, approver or admin; each may do what those before it may
        #[arg(long, value_parser = role)]
        role: AccountRole,
        /// For whom: office (编办) or supervisor (网信办)
        #[arg(long, value_parser = body, default_value = "office")]
        body: Body,
        /// For a program, which shows a token: make no first password
        #[arg(long)]
        no_password: bool,
    },
    /// Make a new first password: it is shown once, and changed at the next log-in
    Password {
        #[command(flatten)]
        settings: Settings,
        name: String,
    },
    /// Take a lost second device away: the next log-in asks for no code
    ResetDevice {
        #[command(flatten)]
        settings: Settings,
        name: String,
    },
    /// List the accounts
    List {
        #[command(flatten)]
        settings: Settings,
    },
    /// Disable an account: neither its password nor any of its tokens lets anybody in any more
    Disable {
        #[command(flatten)]
        settings: Settings,
        name: String,
    },
}

fn role(text: &str) -> Result<AccountRole, String> {
    AccountRole::from_name(text).ok_or_else(|| "viewer, officer, approver or admin".to_owned())
}

fn body(text: &str) -> Result<Body, String> {
    Body::from_name(text).ok_or_else(|| "office or supervisor".to_owned())
}

/// Gives an account a first password: it alone goes to standard output, for whoever passes it on.
async fn first_password(shared: &Shared, name: &str) -> anyhow::Result<()> {
    let password = people::first_password()?;
    people::set_password(&shared.db, name, &password, true, OPERATOR, shared.clock.now()).await?;
    eprintln!("first password of {name}, to be changed at the first log-in; it is not shown again:");
    print(&format!("{password}\n"))
}

impl User {
    pub(in crate::cli) fn run(self) -> anyhow::Result<u8> {
        match self.command {
            UserCommand::Add { settings, name, person, region, role, body, no_password } => {
                settings.run(async |shared| {
                    let new = NewAccount { name, person, body, region, role };
                    let account = accounts::add_account(&shared.db, &new, OPERATOR, shared.clock.now()).await?;
                    eprintln!("{} added: {} of {}", account.name, account.role, account.region);
                    if no_password { Ok(()) } else { first_password(&shared, &account.name).await }
                })?;
            }
            UserCommand::Password { settings, name } => {
                settings.run(async |shared| first_password(&shared, &name).await)?;
            }
            UserCommand::ResetDevice { settings, name } => settings.run(async |shared| {
                people::reset_device(&shared.db, &name, OPERATOR, shared.clock.now()).await?;
                print(&format!("{name} has no second device any more\n"))
            })?,
            UserCommand::List { settings } => settings.run(async |shared| {
                let all = store::accounts::list(&mut shared.db.read().await?).await?;
                let lines = all.iter().map(|account| {
                    let disabled =
                        account.disabled_at.map(|at| format!("  disabled {}", minute(at))).unwrap_or_default();
                    let (name, role, person) = (&account.name, account.role, &account.person);
                    format!("{name:<20} {role:<8} {}  {person}（{}）{disabled}\n", account.region, account.body.label())
                });
                print(&lines.collect::<String>())
            })?,
            UserCommand::Disable { settings, name } => settings.run(async |shared| {
                accounts::disable(&shared.db, &name, OPERATOR, shared.clock.now()).await?;
                print(&format!("{name} disabled\n"))
            })?,
        }
        Ok(0)
    }
}

#[derive(clap::Args)]
pub(in crate::cli) struct Token {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Issue a token: it is shown once
    Issue {
        #[command(flatten)]
        settings: Settings,
        /// The account's name
        name: String,
        /// Days it is good for
        #[arg(long, default_value_t = DAYS)]
        days: u32,
    },
    /// Revoke a token
    Revoke {
        #[command(flatten)]
        settings: Settings,
        /// The token's id, as `token list` shows it
        id: String,
    },
    /// List an account's tokens, without what lets in
    List {
        #[command(flatten)]
        settings: Settings,
        /// The account's name
        name: String,
    },
}

impl Token {
    pub(in crate::cli) fn run(self) -> anyhow::Result<u8> {
        match self.command {
            TokenCommand::Issue { settings, name, days } => settings.run(async |shared| {
                let issued = accounts::issue_token(&shared.db, &name, days, OPERATOR, shared.clock.now()).await?;
                // The token alone on standard output, for whoever passes it on.
                let until = minute(issued.token.expires_at);
                eprintln!("token {} of {name}, good until {until}; it is not shown again:", issued.token.id);
                print(&format!("{}\n", issued.text))
            })?,
            TokenCommand::Revoke { settings, id } => settings.run(async |shared| {
                let name = accounts::revoke(&shared.db, &id, OPERATOR, shared.clock.now()).await?;
                print(&format!("token {id} of {name} revoked\n"))
            })?,
            TokenCommand::List { settings, name } => settings.run(async |shared| {
                let tokens = accounts::tokens(&shared.db, &name).await?;
                let now = shared.clock.now();
                print(&tokens.iter().map(|token| line(token, now)).collect::<String>())
            })?,
        }
        Ok(0)
    }
}

fn line(token: &store::accounts::Token, now: DateTime<Utc>) -> String {
    let state = match token.revoked_at {
        Some(at) => format!("revoked {}", minute(at)),
        None if token.expires_at <= now => "over".to_owned(),
        None => "good".to_owned(),
    };
    format!("{}  {} to {}  {state}\n", token.id, minute(token.made_at), minute(token.expires_at))
}
