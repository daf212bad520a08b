//! `badgewatch case …`: what officers and approvers see and decide. Two people stay two people: each by their own token.

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Subcommand};

use super::show::{message, minute};
use super::{Person, viewed};
use crate::cli::{print, print_json};
use crate::domain::account::Actor;
use crate::domain::case::{Authority, CaseOutcome, CaseState, Effective, Ground, InstructionAct};
use crate::domain::personal::Personal;
use crate::flow::cases::{self, CaseError, Desk, Proposing, read};
use crate::store::cases::StoredCase;
use crate::store::sites::StoredSite;
use crate::web::api::cases::CaseSheet;

#[derive(Args)]
pub(in crate::cli) struct Case {
    #[command(subcommand)]
    command: CaseCommand,
}

/// Who acts, and on which case.
#[derive(Args)]
struct On {
    #[command(flatten)]
    person: Person,
    /// The case's id
    id: String,
}

/// A reason on record.
#[derive(Args)]
struct Why {
    #[command(flatten)]
    on: On,
    #[arg(long)]
    why: String,
}

#[derive(Subcommand)]
enum CaseCommand {
    /// List the cases of your region, the latest first
    List {
        #[command(flatten)]
        person: Person,
        #[arg(long, value_parser = state)]
        state: Option<CaseState>,
        #[arg(long, value_parser = ground)]
        ground: Option<Ground>,
        /// Only those that are not over
        #[arg(long)]
        open: bool,
    },
    /// Show one: its file as JSON, history, letters
    Show {
        #[command(flatten)]
        on: On,
        /// Print JSON, as the API does
        #[arg(long)]
        json: bool,
    },
    /// Open a case on a ground that takes a person's eye
    Open {
        #[command(flatten)]
        person: Person,
        /// Registry key of the site
        key: String,
        #[arg(value_parser = ground)]
        ground: Ground,
        #[arg(long)]
        why: String,
    },
    /// Put on record whom the office consulted, when, and what they said (art. 20)
    Consult {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        whom: String,
        /// The day, YYYY-MM-DD
        #[arg(long)]
        day: NaiveDate,
        #[arg(long)]
        opinion: String,
    },
    /// Propose a decision: the evidence is locked in the same moment
    Propose {
        #[command(flatten)]
        on: On,
        #[arg(value_parser = outcome)]
        outcome: CaseOutcome,
        #[arg(long)]
        reason: String,
        /// Names to be stopped; none: every registered one
        #[arg(long = "name")]
        names: Vec<String>,
        /// Other sites live on these names and go dark with them: that is meant
        #[arg(long)]
        despite_shared: bool,
        /// Takes effect with its approval (serious cases)
        #[arg(long, conflicts_with = "at")]
        at_once: bool,
        /// Takes effect then (RFC 3339); else at 09:00 of the next working day
        #[arg(long)]
        at: Option<DateTime<Utc>>,
    },
    /// Approve what another proposed
    Approve(On),
    /// Reject what was proposed
    Reject(Why),
    /// Take a proposal back or, before its effect, a decision
    Withdraw(Why),
    /// Put an authority's word on record
    Acknowledge {
        #[command(flatten)]
        on: On,
        /// registry or cnnic
        #[arg(value_parser = authority)]
        authority: Authority,
        /// revoke, stop or reinstate
        #[arg(value_parser = order)]
        act: InstructionAct,
        /// Who of the authority answered
        #[arg(long)]
        by: String,
        #[arg(long)]
        reference: String,
    },
    /// Put on record that a counterfeit was taken over (art. 21)
    HandOver {
        #[command(flatten)]
        on: On,
        #[arg(long)]
        to: String,
        #[arg(long)]
        receipt: String,
    },
    /// Propose to lift what is in force, after a new review
    ProposeReinstatement {
        #[command(flatten)]
        on: On,
        /// Reference of the review
        #[arg(long)]
        review: String,
        #[arg(long)]
        reason: String,
    },
    /// Lift what is in force, as another proposed
    ApproveReinstatement(On),
    /// Leave in force what another proposed to lift
    RejectReinstatement(Why),
    /// Put a case away
    Close(Why),
}

parsers! {
    state = CaseState;
    ground = Ground;
    outcome = CaseOutcome;
    authority = Authority;
    order = InstructionAct;
}

impl Person {
    /// Does one act of a case and says how it then stands.
    fn on_case(
        &self,
        act: impl AsyncFnOnce(&Desk<'_>, &Actor, DateTime<Utc>) -> Result<StoredCase, CaseError>,
    ) -> anyhow::Result<u8> {
        self.act(async |shared, actor| {
            let done = act(&Desk::of(&shared), &actor, shared.clock.now()).await?;
            print(&format!("{}  {}  {} ({})\n", done.id, done.number, done.case.state.label(), done.case.state))
        })
    }
}

impl Case {
    pub(in crate::cli) fn run(self) -> anyhow::Result<u8> {
        match self.command {
            CaseCommand::List { person, state, ground, open } => {
                list(&person, read::Wanted { state, ground, open, page: 0, most: read::MOST })
            }
            CaseCommand::Show { on, json } => show(&on, json),
            CaseCommand::Open { person, key, ground, why } => {
                person.on_case(async |desk, actor, now| read::open_at(desk, actor, &key, ground, &why, now).await)
            }
            CaseCommand::Consult { on: On { person, id }, whom, day, opinion } => {
                let said = (whom.as_str(), day, opinion.as_str());
                person.on_case(async |desk, actor, now| cases::consult(desk, actor, &id, said, now).await)
            }
            CaseCommand::Propose { on: On { person, id }, outcome, reason, names, despite_shared, at_once, at } => {
                let effective = match at {
                    Some(at) => Effective::At { at },
                    None if at_once => Effective::AtOnce,
                    None => Effective::NextWorkingDay,
                };
                let (outcome, reason) = (Some(outcome), reason.as_str());
                let proposing = Proposing { outcome, names: &names, reason, effective, despite_shared };
                person.on_case(async |desk, actor, now| cases::propose(desk, actor, &id, &proposing, now).await)
            }
            CaseCommand::Approve(On { person, id }) => {
                person.on_case(async |desk, actor, now| cases::approve(desk, actor, &id, now).await)
            }
            CaseCommand::Reject(Why { on: On { person, id }, why }) => {
                person.on_case(async |desk, actor, now| cases::reject(desk, actor, &id, &why, now).await)
            }
            CaseCommand::Withdraw(Why { on: On { person, id }, why }) => {
                person.on_case(async |desk, actor, now| cases::withdraw(desk, actor, &id, &why, now).await)
            }
            CaseCommand::Close(Why { on: On { person, id }, why }) => {
                person.on_case(async |desk, actor, now| cases::close(desk, actor, &id, &why, now).await)
            }
            CaseCommand::Acknowledge { on: On { person, id }, authority, act, by, reference } => {
                let (order, word) = ((authority, act), (by.as_str(), reference.as_str()));
                person.on_case(async |desk, actor, now| {
                    cases::acknowledge_instruction(desk, actor, &id, order, word, now).await
                })
            }
            CaseCommand::HandOver { on: On { person, id }, to, receipt } => {
                let whom = (to.as_str(), receipt.as_str());
                person.on_case(async |desk, actor, now| cases::hand_over(desk, actor, &id, whom, now).await)
            }
            CaseCommand::ProposeReinstatement { on: On { person, id }, review, reason } => {
                let why = (review.as_str(), reason.as_str());
                person.on_case(async |desk, actor, now| cases::propose_reinstatement(desk, actor, &id, why, now).await)
            }
            CaseCommand::ApproveReinstatement(On { person, id }) => {
                person.on_case(async |desk, actor, now| cases::approve_reinstatement(desk, actor, &id, now).await)
            }
            CaseCommand::RejectReinstatement(Why { on: On { person, id }, why }) => {
                person.on_case(async |desk, actor, now| cases::reject_reinstatement(desk, actor, &id, &why, now).await)
            }
        }
    }
}

fn list(person: &Person, wanted: read::Wanted) -> anyhow::Result<u8> {
    person.act(async |shared, actor| {
        for page in 0.. {
            let found = read::list(&shared.db, &actor, &read::Wanted { page, ..wanted }).await?;
            print(&found.cases.iter().map(|(case, site)| line(case, site)).collect::<String>())?;
            if !found.more {
                break;
            }
        }
        Ok(())
    })
}

fn line(stored: &StoredCase, site: &StoredSite) -> String {
    let (state, ground) = (stored.case.state.label(), stored.case.ground.label());
    format!("{}  {}  {state}  {ground}  {}  {}\n", stored.id, stored.number, site.site.unit.name, site.site.key)
}

fn show(on: &On, json: bool) -> anyhow::Result<u8> {
    on.person.act(async |shared, actor| {
        let (case, site) = read::show(&shared.db, &actor, &on.id).await?;
        if json {
            return print_json(&CaseSheet::of(case, &site));
        }
        viewed(&shared, &actor, Personal::Case, &case.id).await?;
        let mut out = line(&case, &site);
        out += &format!("\n{}\n\n经过\n", serde_json::to_string_pretty(&case.case)?);
        for act in read::history(&shared.db, &actor, &on.id).await? {
            let why = act.tree()?["why"].as_str().map(|why| format!("  {}", why.escape_debug())).unwrap_or_default();
            out += &format!("  {}  {}  {}{why}\n", minute(act.at), act.actor, act.action);
        }
        out += "\n信函\n";
        for letter in read::letters(&shared.db, &actor, &on.id).await? {
            out += &format!("  {}\n", message(&letter));
        }
        print(&out)
    })
}
