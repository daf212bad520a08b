//! What people decide of one case: said, shown with what would come of it, then done.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use chrono::{DateTime, Utc};

use super::form::{Given, deed, fields, has_form};
use super::{act_name, act_of, acts};
use crate::domain::case::{CaseAct, CaseEvent, SharedSite};
use crate::flow::On;
use crate::flow::cases::{self, CaseError, Deed, Rehearsed, read};
use crate::store::cases::StoredCase;
use crate::store::sites::StoredSite;
use crate::web::console::act::{ActPage, Problem, Stage, mail_note};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::notices::{shown, unit};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page, letter};

/// An act on a case, and who is about to do it.
struct Table<'a> {
    console: &'a Console,
    officer: &'a Officer,
    act: CaseAct,
    case: StoredCase,
    site: StoredSite,
    now: DateTime<Utc>,
}

impl<'a> Table<'a> {
    async fn open(console: &'a Console, officer: &'a Officer, id: &str, act: &str) -> Result<Self, Trouble> {
        let act = act_of(act).ok_or(Trouble::Missing)?;
        let (case, site) = read::show(&console.app.db, officer.actor(), id).await?;
        let role = act.role(&case.case);
        if !officer.is(role) {
            return Err(Trouble::Role(role));
        }
        Ok(Self { console, officer, act, case, site, now: console.app.clock.now() })
    }

    fn back(&self) -> String {
        format!("/console/cases/{}", self.case.id)
    }

    fn page(&self, given: &Given, problems: Vec<Problem>, is_shared: bool) -> ActPage {
        let t = self.officer.t;
        let frame = Frame::of(self.console, self.officer, Section::Cases);
        let eyebrow = format!("{} · {}", unit(&self.site), self.case.number);
        ActPage {
            lines: [acts::line(t, self.act).to_owned()].into_iter().chain(self.proposed()).collect(),
            problems,
            fields: fields(t, self.act, &self.case.case, &self.site.site, given, is_shared),
            ..ActPage::first(frame, eyebrow, &act_name(t, self.act), self.back())
        }
    }

    /// What a second person decides on.
    fn proposed(&self) -> Option<String> {
        let t = self.officer.t;
        let is_second = matches!(self.act, CaseAct::Approve | CaseAct::Reject);
        let proposal = self.case.case.decision.as_ref().filter(|_| is_second).map(|decision| &decision.proposal)?;
        let names: Vec<_> = proposal.names.iter().map(|name| shown(name)).collect();
        let outcome = super::outcome(t, proposal.outcome);
        let (of, by) = (t.say("拟办意见：", "Proposed: "), t.say("；理由：", "; reasons: "));
        let names = if names.is_empty() { String::new() } else { format!(" · {}", names.join("、")) };
        Some(format!("{of}{outcome}{names}{by}{}", proposal.reason))
    }

    fn confirm(&self, given: &Given, seen: &Rehearsed) -> Page {
        let (app, t) = (&self.console.app, self.officer.t);
        let mut page = self.page(given, Vec::new(), !seen.shared.is_empty());
        if let Some(at) = seen.effective_at {
            let when = t.say("若现在批准，生效时间：", "Approved now, it takes effect: ");
            page.lines.push(format!("{when}{}", t.moment(at)));
        }
        page.lines.extend(dark(self.officer, &seen.shared));
        page.lines.extend(mail_note(t, &app.config.mail).filter(|_| !seen.letters.is_empty()));
        let letters = letter::of_case(app, t, &seen.letters, seen.effective_at.unwrap_or(self.now))?;
        let page = page.confirmed(letters, seen.read.version, has_form(self.act), acts::button(t, self.act));
        page.shown(given.stage())
    }

    async fn rehearsed(&self, given: &Given, deed: &Deed<'_>) -> Page {
        let desk = cases::Desk::of(&self.console.app);
        let (actor, on) = (self.officer.actor(), On::from(&self.case.id));
        match cases::rehearse(&desk, actor, on, (self.act, deed), self.now).await {
            Ok(seen) => self.confirm(given, &seen),
            Err(error) => self.refused(given, error),
        }
    }

    /// What stands against it comes back at its field, or in a sentence where there is none.
    fn refused(&self, given: &Given, error: CaseError) -> Page {
        let t = self.officer.t;
        match error {
            CaseError::Refused(refusal) if has_form(self.act) => {
                let message = t.half(refusal.help()).to_owned();
                let problem = Problem { field: acts::field(refusal), message };
                Ok(self.page(given, vec![problem], false).answer())
            }
            CaseError::Shared(shared) if has_form(self.act) => {
                let message = dark(self.officer, &shared).unwrap_or_default();
                Ok(self.page(given, vec![Problem { field: "despite", message }], true).answer())
            }
            error => Err(Trouble::from(error).at(&self.back())),
        }
    }

    async fn done(&self, given: &Given, deed: Deed<'_>, version: i64) -> Page {
        match self.carry_out(deed, On::seen(&self.case.id, version)).await {
            Ok(_) => Ok(Redirect::to(&format!("{}?told={}", self.back(), self.act)).into_response()),
            Err(error) => self.refused(given, error),
        }
    }

    async fn carry_out(&self, deed: Deed<'_>, on: On<'_>) -> Result<StoredCase, CaseError> {
        let (desk, actor, now) = (&cases::Desk::of(&self.console.app), self.officer.actor(), self.now);
        let event = match deed {
            Deed::Propose(proposing) => return cases::propose(desk, actor, on, &proposing, now).await,
            Deed::Does(event) => event,
        };
        match event {
            CaseEvent::Consulted(one) => cases::consult(desk, actor, on, (&one.whom, one.on, &one.opinion), now).await,
            CaseEvent::Approved { .. } => cases::approve(desk, actor, on, now).await,
            CaseEvent::Rejected { why, .. } => cases::reject(desk, actor, on, &why, now).await,
            CaseEvent::Withdrawn { why, .. } => cases::withdraw(desk, actor, on, &why, now).await,
            CaseEvent::HandedOver(over) => cases::hand_over(desk, actor, on, (&over.to, &over.receipt), now).await,
            CaseEvent::Acknowledged { authority, act, by, reference } => {
                cases::acknowledge_instruction(desk, actor, on, (authority, act), (&by, &reference), now).await
            }
            CaseEvent::ReinstatementProposed { review, reason, .. } => {
                cases::propose_reinstatement(desk, actor, on, (&review, &reason), now).await
            }
            CaseEvent::ReinstatementApproved { .. } => cases::approve_reinstatement(desk, actor, on, now).await,
            CaseEvent::ReinstatementRejected { why, .. } => {
                cases::reject_reinstatement(desk, actor, on, &why, now).await
            }
            CaseEvent::Closed { why, .. } => cases::close(desk, actor, on, &why, now).await,
            // What the clock and the records do is no deed of a person.
            _ => Err(CaseError::NotYours),
        }
    }
}

/// Which other sites go dark.
fn dark(officer: &Officer, shared: &[SharedSite]) -> Option<String> {
    let says = officer
        .t
        .say("下列网站使用这些域名，将同时无法访问：", "These sites live on the names and go dark with them: ");
    (!shared.is_empty()).then(|| format!("{says}{}", SharedSite::listed(shared)))
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path((id, act)): Path<(String, String)>,
) -> Page {
    let table = Table::open(&console, &officer, &id, &act).await?;
    let (given, by) = (Given::default(), officer.actor().text());
    if let Err(refusal) = table.case.case.may(table.act, &by, table.now) {
        return Err(Trouble::Refused(refusal.help().to_owned()));
    }
    match deed(officer.t, table.act, &given, &by) {
        Ok(deed) if !has_form(table.act) => table.rehearsed(&given, &deed).await,
        _ => Ok(table.page(&given, Vec::new(), false).answer()),
    }
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    Path((id, act)): Path<(String, String)>,
    Signed(given): Signed<Given>,
) -> Page {
    let table = Table::open(&console, &officer, &id, &act).await?;
    let by = officer.actor().text();
    let deed = match deed(officer.t, table.act, &given, &by) {
        _ if given.stage() == Stage::Again => {
            return Ok(table.page(&given, Vec::new(), !given.despite.is_empty()).answer());
        }
        Ok(deed) => deed,
        Err(problems) => return Ok(table.page(&given, problems, !given.despite.is_empty()).answer()),
    };
    match given.stage() {
        Stage::Meant(version) => table.done(&given, deed, version).await,
        _ => table.rehearsed(&given, &deed).await,
    }
}
