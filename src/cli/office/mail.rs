//! `badgewatch maintenance …`, `badgewatch report …` and `badgewatch mail …`: what officers note, and the letters that wait for them.

use anyhow::bail;
use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::{Person, show, viewed};
use crate::cli::print;
use crate::domain::personal::Personal;
use crate::flow::notices::{self, Maintenance as Announced};
use crate::flow::{contacts, outbox, reports};
use crate::store::contacts::BadContact;

#[derive(Args)]
pub(in crate::cli) struct Maintenance {
    #[command(subcommand)]
    command: MaintenanceCommand,
}

#[derive(Subcommand)]
enum MaintenanceCommand {
    /// Put announced maintenance on file: the limit of an open notice stands still meanwhile
    Announce {
        #[command(flatten)]
        person: Person,
        /// Registry key of the site: English name, else Chinese name, and the folder
        key: String,
        /// The first day, YYYY-MM-DD
        from: NaiveDate,
        /// The last day
        until: NaiveDate,
        /// Who announced it, and where
        #[arg(long)]
        reason: String,
    },
}

impl Maintenance {
    pub(in crate::cli) fn run(self) -> anyhow::Result<u8> {
        let MaintenanceCommand::Announce { person, key, from, until, reason } = self.command;
        person.act(async |shared, actor| {
            let of = Announced { site: key.clone(), from, until, reason };
            let now = shared.clock.now();
            let moved = notices::announce_maintenance(&shared.db, &shared.desk, &actor, &of, now).await?;
            let due = moved.as_ref().and_then(|moved| moved.notice.due());
            let due = due.map(|due| format!("; its notice is due on {}", due.date)).unwrap_or_default();
            print(&format!("{key}: maintenance from {from} to {until} on file{due}\n"))
        })
    }
}

#[derive(Args)]
pub(in crate::cli) struct Report {
    #[command(subcommand)]
    command: ReportCommand,
}

#[derive(Subcommand)]
enum ReportCommand {
    /// Put a periodic report (art. 17) on file: it is not missed any more
    Note {
        #[command(flatten)]
        person: Person,
        /// Registry key of the site: English name, else Chinese name, and the folder
        key: String,
        /// The day on which it was made, YYYY-MM-DD
        made_on: NaiveDate,
    },
}

impl Report {
    pub(in crate::cli) fn run(self) -> anyhow::Result<u8> {
        let ReportCommand::Note { person, key, made_on } = self.command;
        person.act(async |shared, actor| {
            let (offices, now) = (&shared.config.offices, shared.clock.now());
            let noted = reports::note(&shared.db, offices, &actor, &key, made_on, now).await?;
            let next = noted.next_due.map(|due| format!("; the next is due by {due}")).unwrap_or_default();
            let cleared = if noted.cleared { "; it was missed, and is not any more" } else { "" };
            print(&format!("{key}: report of {made_on} on file{next}{cleared}\n"))
        })
    }
}

#[derive(Args)]
pub(in crate::cli) struct Mail {
    #[command(subcommand)]
    command: MailCommand,
}

#[derive(Subcommand)]
enum MailCommand {
    /// Show a letter made of invented data; nothing is sent
    Preview(crate::cli::mail::Preview),
    /// Count the letters of your region by state, and list those that are parked
    Queue {
        #[command(flatten)]
        person: Person,
    },
    /// Let parked letters go again
    Release {
        #[command(flatten)]
        person: Person,
        /// Of a message, a notice or a case; without it all of your region
        id: Option<String>,
    },
    /// Put a parked letter away: it was delivered another way, or need not go
    Settle {
        #[command(flatten)]
        person: Person,
        /// Its id in the outbox
        id: String,
        /// How it was delivered, or why it need not go
        #[arg(long)]
        why: String,
    },
    /// List the addresses of your region that refuse mail, since when and why
    Bad {
        #[command(flatten)]
        person: Person,
    },
    /// Note that an address takes mail again
    Good {
        #[command(flatten)]
        person: Person,
        address: String,
    },
    /// Note that a letter came back
    Bounced {
        #[command(flatten)]
        person: Person,
        /// Its Message-ID, or its id in the outbox
        message_id: String,
        /// What the report says
        #[arg(long)]
        why: String,
    },
}

impl Mail {
    pub(in crate::cli) fn run(self) -> anyhow::Result<u8> {
        match self.command {
            MailCommand::Preview(preview) => preview.run(),
            MailCommand::Queue { person } => person.act(async |shared, actor| {
                let waiting = outbox::waiting(&shared.db, &actor).await?;
                if !waiting.parked.is_empty() {
                    viewed(&shared, &actor, Personal::Recipients, &actor.region).await?;
                }
                let mut out: String =
                    waiting.counts.iter().map(|(state, many)| format!("{state:<10} {many}\n")).collect();
                waiting.parked.iter().for_each(|letter| out += &format!("{}\n", show::message(letter)));
                print(if out.is_empty() { "the outbox is empty\n" } else { &out })
            }),
            MailCommand::Release { person, id } => person.act(async |shared, actor| {
                let released = outbox::release(&shared.db, &actor, id.as_deref(), shared.clock.now()).await?;
                print(&format!("{released} let go\n"))
            }),
            MailCommand::Settle { person, id, why } => person.act(async |shared, actor| {
                if !outbox::settle(&shared.db, &actor, &id, &why, shared.clock.now()).await? {
                    bail!("{id}: it is not parked");
                }
                print(&format!("{id}: put away\n"))
            }),
            MailCommand::Bad { person } => person.act(async |shared, actor| {
                let bad = contacts::bad(&shared.db, &actor).await?;
                viewed(&shared, &actor, Personal::Recipients, &actor.region).await?;
                let line = |bad: &BadContact| {
                    format!("{}  since {}  {}\n", bad.address, show::minute(bad.since), bad.why.escape_debug())
                };
                print(&bad.iter().map(line).collect::<String>())
            }),
            MailCommand::Good { person, address } => person.act(async |shared, actor| {
                contacts::mark_good(&shared.db, &actor, &address, shared.clock.now()).await?;
                print(&format!("{address}: gets mail again; what it refused goes by `notice resend` or `mail release`\n"))
            }),
            MailCommand::Bounced { person, message_id, why } => person.act(async |shared, actor| {
                let now = shared.clock.now();
                if !outbox::came_back(&shared.db, &shared.desk, &actor, &message_id, &why, now).await? {
                    bail!("{message_id}: it was not sent, or is known to have come back");
                }
                print(&format!(
                    "{message_id}: it came back; its address gets no further mail until the registry names another, or `mail good`\n"
                ))
            }),
        }
    }
}
