//! `badgewatch lead …`: badges on other hosts and reports of the public, as officers see and decide them.

use clap::{Args, Subcommand};

use super::show::{minute, plain};
use super::{Person, viewed};
use crate::cli::{print, print_json};
use crate::domain::case::Ground;
use crate::domain::lead::{LeadKind, LeadState};
use crate::domain::personal::Personal;
use crate::flow::leads::read::{self, Sheet};
use crate::flow::leads::{self, Following};
use crate::web::api::leads::LeadSheet;

#[derive(Args)]
pub(in crate::cli) struct Lead {
    #[command(subcommand)]
    command: LeadCommand,
}

/// Who acts, and on which lead.
#[derive(Args)]
struct On {
    #[command(flatten)]
    person: Person,
    /// The lead's id
    id: String,
}

#[derive(Subcommand)]
enum LeadCommand {
    /// List the leads of your region, those that grew last first
    List {
        #[command(flatten)]
        person: Person,
        #[arg(long, value_parser = state)]
        state: Option<LeadState>,
        #[arg(long, value_parser = kind)]
        kind: Option<LeadKind>,
        /// GB/T 2260: there and below, within your own
        #[arg(long)]
        region: Option<String>,
    },
    /// Show one with the days behind it, its reports and history
    Show {
        #[command(flatten)]
        on: On,
        /// Print JSON, as the API does
        #[arg(long)]
        json: bool,
    },
    /// Put a lead away: nothing is to be followed
    Dismiss {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        why: String,
    },
    /// Follow a lead after both ends were looked at: a case, or a handing over where no registered site is known
    Follow {
        #[command(flatten)]
        on: On,
        /// What you saw on the host
        #[arg(long)]
        seen: String,
        /// badge_misused or counterfeit; unless said, by the kind of the lead
        #[arg(long, value_parser = ground)]
        ground: Option<Ground>,
        /// Where no registered site is known: who took it over (art. 21)
        #[arg(long, requires = "receipt")]
        to: Option<String>,
        /// Their receipt
        #[arg(long, requires = "to")]
        receipt: Option<String>,
    },
}

parsers! {
    state = LeadState;
    kind = LeadKind;
    ground = Ground;
}

impl Lead {
    pub(in crate::cli) fn run(self) -> anyhow::Result<u8> {
        match self.command {
            LeadCommand::List { person, state, kind, region } => {
                list(&person, read::Wanted { kind, state, region, page: 0, most: read::MOST })
            }
            LeadCommand::Show { on, json } => show(&on, json),
            LeadCommand::Dismiss { on: On { person, id }, why } => person.act(async |shared, actor| {
                let done = leads::dismiss(&shared.db, &actor, &id, &why, shared.clock.now()).await?;
                print(&format!("{}  {} ({})\n", done.id, done.state.label(), done.state))
            }),
            LeadCommand::Follow { on: On { person, id }, seen, ground, to, receipt } => {
                person.act(async |shared, actor| {
                    let following =
                        Following { seen: &seen, ground, handed_over: to.as_deref().zip(receipt.as_deref()) };
                    let done = leads::follow(&shared.db, &actor, &id, &following, shared.clock.now()).await?;
                    let case = done.case_id.map(|case| format!("  case {case}")).unwrap_or_default();
                    print(&format!("{}  {} ({}){case}\n", done.id, done.state.label(), done.state))
                })
            }
        }
    }
}

fn list(person: &Person, wanted: read::Wanted) -> anyhow::Result<u8> {
    person.act(async |shared, actor| {
        for page in 0.. {
            let (found, more) = read::list(&shared.db, &actor, &read::Wanted { page, ..wanted.clone() }).await?;
            print(&found.iter().map(line).collect::<String>())?;
            if !more {
                break;
            }
        }
        Ok(())
    })
}

fn line(Sheet { lead, site }: &Sheet) -> String {
    let whose = site.as_ref().map_or("（无对应的登记网站）", |site| site.site.key.as_str());
    let (kind, state, last) = (lead.kind.label(), lead.state.label(), minute(lead.last_at));
    format!("{}  {kind}  {state}  {}  {} 次  最近 {last}  {whose}\n", lead.id, lead.host, lead.seen)
}

fn show(on: &On, json: bool) -> anyhow::Result<u8> {
    on.person.act(async |shared, actor| {
        let (sheet, days) = read::show(&shared.db, &actor, &on.id).await?;
        if sheet.lead.file.has_contacts() {
            viewed(&shared, &actor, Personal::Report, &sheet.lead.id).await?;
        }
        if json {
            return print_json(&LeadSheet::of(sheet, &days));
        }
        let mut out = line(&sheet);
        let file = &sheet.lead.file;
        for owner in &file.owners {
            out += &format!("  该网址登记于 {}（{}）\n", owner.unit, owner.site);
        }
        for (day, counts) in &days {
            out += &format!("  {day}  脚本 {}  图片 {}  点击 {}\n", counts.scripts, counts.images, counts.clicks);
        }
        for report in &file.reports {
            let badge = report.badge.as_deref().map(|badge| format!("  标识 {}", plain(badge))).unwrap_or_default();
            let contact = report.contact.as_deref().map(|mail| format!("  联系 {}", plain(mail))).unwrap_or_default();
            out +=
                &format!("  {}  {}{badge}{contact}\n    {}\n", report.number, minute(report.at), plain(&report.text));
        }
        out += "\n经过\n";
        for act in read::history(&shared.db, &actor, &on.id).await? {
            let why = act.tree()?["why"].as_str().map(|why| format!("  {}", plain(why))).unwrap_or_default();
            out += &format!("  {}  {}  {}{why}\n", minute(act.at), act.actor, act.action);
        }
        print(&out)
    })
}
