//! `badgewatch notice …`: what officers see and do.

use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::{Person, show, viewed};
use crate::cli::{print, print_json};
use crate::domain::account::Actor;
use crate::domain::notice::{NoticeState, RequestKind};
use crate::domain::personal::Personal;
use crate::flow::notices::{self, ActError, AnswerGiven, read};
use crate::shared::Shared;
use crate::store::notices::StoredNotice;
use crate::web::api::views::NoticeSheet;

#[derive(Args)]
pub(in crate::cli) struct Notice {
    #[command(subcommand)]
    command: NoticeCommand,
}

/// Who acts, and on which notice.
#[derive(Args)]
struct On {
    #[command(flatten)]
    person: Person,
    /// The notice's id or number (文号)
    #[arg(value_name = "ID|NUMBER")]
    id: String,
}

#[derive(Subcommand)]
enum NoticeCommand {
    /// List the notices of your region, the most urgent first
    List {
        #[command(flatten)]
        person: Person,
        /// Only those in this state
        #[arg(long, value_parser = state)]
        state: Option<NoticeState>,
        /// Only those of this region (GB/T 2260) and below
        #[arg(long, value_name = "CODE")]
        region: Option<String>,
    },
    /// Show one: facts, dates with the counted days, history, letters
    Show {
        #[command(flatten)]
        on: On,
        /// Print JSON, as the API does
        #[arg(long)]
        json: bool,
    },
    /// Let what is drafted go
    Approve {
        #[command(flatten)]
        on: On,
        /// The version you saw, as `show` says it: if faults joined since, nothing goes
        #[arg(long, value_name = "N")]
        seen: Option<i64>,
    },
    /// Take it back: it was wrong
    Withdraw {
        #[command(flatten)]
        on: On,
        /// The reason; the unit reads it
        #[arg(long)]
        why: String,
    },
    /// Give more time
    Extend {
        #[command(flatten)]
        on: On,
        /// The new due day, YYYY-MM-DD
        until: NaiveDate,
        /// The reason; the unit reads it
        #[arg(long)]
        why: String,
    },
    /// Answer an objection or a request for time
    Answer {
        #[command(flatten)]
        on: On,
        /// objection or extension
        #[arg(value_parser = kind)]
        kind: RequestKind,
        #[command(flatten)]
        verdict: Verdict,
        /// The answer; the unit reads it
        #[arg(long)]
        text: String,
        /// Of an extension: until when, where not as asked
        #[arg(long)]
        until: Option<NaiveDate>,
    },
    /// Send what did not arrive again
    Resend(On),
    /// Note that it was delivered by hand
    Delivered {
        #[command(flatten)]
        on: On,
        /// The day of delivery (Beijing), YYYY-MM-DD
        day: NaiveDate,
    },
    /// End it for another reason
    Close {
        #[command(flatten)]
        on: On,
        /// The reason, for the record
        #[arg(long)]
        why: String,
    },
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Verdict {
    /// Grant it; an objection that is granted withdraws the notice
    #[arg(long)]
    grant: bool,
    /// Refuse it
    #[arg(long)]
    refuse: bool,
}

fn state(text: &str) -> Result<NoticeState, String> {
    NoticeState::from_name(text).ok_or_else(|| format!("one of {}", names(NoticeState::ALL.iter().map(|s| s.name()))))
}

fn kind(text: &str) -> Result<RequestKind, String> {
    RequestKind::from_name(text).ok_or_else(|| format!("one of {}", names(RequestKind::ALL.iter().map(|k| k.name()))))
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

impl On {
    /// Does one act and says how the notice then stands.
    fn act(self, act: impl AsyncFnOnce(&Shared, &Actor, &str) -> Result<StoredNotice, ActError>) -> anyhow::Result<u8> {
        let Self { person, id } = self;
        person.act(async |shared, actor| {
            let done = act(&shared, &actor, &id).await?;
            let (number, state) = (done.number.as_deref().unwrap_or(&done.id), done.notice.state);
            let due = done.notice.due().map(|due| format!("  期限 {}", due.date)).unwrap_or_default();
            print(&format!("{number}  {} ({state}){due}\n", state.label()))
        })
    }
}

impl Notice {
    pub(in crate::cli) fn run(self) -> anyhow::Result<u8> {
        match self.command {
            NoticeCommand::List { person, state, region } => list(&person, state, region),
            NoticeCommand::Show { on, json } => on.person.act(async |shared, actor| {
                let sheet = read::show(&shared.db, &actor, &on.id).await?;
                viewed(&shared, &actor, Personal::Notice, &sheet.notice.id).await?;
                if json {
                    return print_json(&NoticeSheet::of(&sheet));
                }
                let history = read::history(&shared.db, &actor, &on.id).await?;
                let letters = read::letters(&shared.db, &actor, &on.id).await?;
                print(&show::notice(&sheet, &history, &letters))
            }),
            NoticeCommand::Approve { on, seen } => on.act(async |shared, actor, id| {
                let (db, desk, now) = (&shared.db, &shared.desk, shared.clock.now());
                notices::approve(db, desk, actor, crate::flow::On { seen, ..id.into() }, now).await
            }),
            NoticeCommand::Withdraw { on, why } => on.act(async |shared, actor, id| {
                notices::withdraw(&shared.db, &shared.desk, actor, id, &why, shared.clock.now()).await
            }),
            NoticeCommand::Extend { on, until, why } => on.act(async |shared, actor, id| {
                notices::extend(&shared.db, &shared.desk, actor, id, until, &why, shared.clock.now()).await
            }),
            NoticeCommand::Answer { on, kind, verdict, text, until } => on.act(async |shared, actor, id| {
                let given = AnswerGiven { kind, granted: verdict.grant, text, until };
                notices::answer(&shared.db, &shared.desk, actor, id, given, shared.clock.now()).await
            }),
            NoticeCommand::Resend(on) => on.act(async |shared, actor, id| {
                notices::resend(&shared.db, &shared.desk, actor, id, shared.clock.now()).await
            }),
            NoticeCommand::Delivered { on, day } => on.act(async |shared, actor, id| {
                notices::deliver_by_hand(&shared.db, &shared.desk, actor, id, day, shared.clock.now()).await
            }),
            NoticeCommand::Close { on, why } => on.act(async |shared, actor, id| {
                notices::close(&shared.db, &shared.desk, actor, id, &why, shared.clock.now()).await
            }),
        }
    }
}

/// All pages of the list, one after the other.
fn list(person: &Person, state: Option<NoticeState>, region: Option<String>) -> anyhow::Result<u8> {
    person.act(async |shared, actor| {
        for page in 0.. {
            let wanted = read::Wanted { state, region: region.clone(), objected: false, page, most: read::MOST };
            let found = read::list(&shared.db, &actor, &wanted).await?;
            print(&found.notices.iter().map(|(notice, site)| show::line(notice, site)).collect::<String>())?;
            if !found.more {
                break;
            }
        }
        Ok(())
    })
}
