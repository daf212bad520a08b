//! What an officer does to one notice: said, shown with the very letter, then done.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};

use super::form::{Given, event, fields, has_form, title};
use super::{act_name, act_of, acts, path_of, unit};
use crate::domain::notice::{Event, OfficerAct};
use crate::flow::On;
use crate::flow::notices::{self, ActError, Prepared, read};
use crate::store::notices::StoredNotice;
use crate::web::console::act::{ActPage, Problem, Stage, mail_note};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::frame::{Frame, Section};
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page, letter};

/// An act on a notice, and who is about to do it.
struct Desk<'a> {
    console: &'a Console,
    officer: &'a Officer,
    act: OfficerAct,
    sheet: read::Sheet,
}

impl<'a> Desk<'a> {
    async fn open(console: &'a Console, officer: &'a Officer, id: &str, act: &str) -> Result<Self, Trouble> {
        let act = act_of(act).ok_or(Trouble::Missing)?;
        let sheet = read::show(&console.app.db, officer.actor(), id).await?;
        Ok(Self { console, officer, act, sheet })
    }

    fn back(&self) -> String {
        format!("/console/notices/{}", self.sheet.notice.id)
    }

    /// The first page, as far as it is filled in.
    fn page(&self, given: &Given, problems: Vec<Problem>) -> ActPage {
        let (t, notice) = (self.officer.t, &self.sheet.notice);
        let number = notice.number.as_deref().map(|number| format!(" · {number}")).unwrap_or_default();
        let frame = Frame::of(self.console, self.officer, Section::Notices);
        let eyebrow = format!("{} · {}{number}", unit(&self.sheet.site), self.sheet.site.site.name);
        ActPage {
            lines: acts::lines(t, self.act, &notice.notice),
            problems,
            fields: fields(t, self.act, &notice.notice, given),
            ..ActPage::first(frame, eyebrow, title(t, self.act), self.back())
        }
    }

    /// The second page: what would be done, and the letters that would go.
    fn confirm(&self, given: &Given, read: &StoredNotice, prepared: &[Prepared]) -> Page {
        let (app, t) = (&self.console.app, self.officer.t);
        let mut page = self.page(given, Vec::new());
        page.lines.extend(mail_note(t, &app.config.mail).filter(|_| !prepared.is_empty()));
        let letters = letter::of_notice(app, t, prepared, app.clock.now())?;
        let button = acts::button(t, self.act, prepared.is_empty());
        let mut page = page.confirmed(letters, read.version, has_form(self.act), button);
        if let Some(confirm) = &mut page.confirm {
            confirm.hidden.push(("letters", notices::fingerprint(prepared)));
        }
        page.shown(given.stage())
    }

    /// What would follow; what stands against it comes back as the first page, or in a sentence where there is none.
    async fn rehearsed(&self, given: &Given, event: &Event) -> Page {
        let app = &self.console.app;
        let (actor, on) = (self.officer.actor(), On::from(&self.sheet.notice.id));
        match notices::rehearse(&app.db, &app.desk, actor, on, event, app.clock.now()).await {
            Ok((read, prepared)) => self.confirm(given, &read, &prepared),
            Err(error) => self.refused(given, error),
        }
    }

    fn refused(&self, given: &Given, error: ActError) -> Page {
        match error {
            ActError::Refused(refusal) if has_form(self.act) => {
                let field = acts::field(refusal);
                let message = self.officer.t.half(&refusal.to_string()).to_owned();
                Ok(self.page(given, vec![Problem { field, message }]).answer())
            }
            error => Err(Trouble::from(error).at(&self.back())),
        }
    }

    async fn done(&self, given: &Given, event: Event, version: i64) -> Page {
        let app = &self.console.app;
        let on = On::read(&self.sheet.notice.id, version, &given.letters);
        match notices::act(&app.db, &app.desk, self.officer.actor(), on, event, app.clock.now()).await {
            Ok(_) => Ok(Redirect::to(&format!("{}?told={}", self.back(), self.act)).into_response()),
            Err(error) => self.refused(given, error),
        }
    }
}

pub(in crate::web::console) async fn show(
    State(console): State<Console>,
    officer: Officer,
    Path((id, act)): Path<(String, String)>,
) -> Page {
    let desk = Desk::open(&console, &officer, &id, &act).await?;
    let given = Given::default();
    if let Err(refusal) = desk.sheet.notice.notice.may(desk.act) {
        return Err(Trouble::Refused(refusal.to_string()));
    }
    match event(officer.t, desk.act, &given) {
        Ok(event) if !has_form(desk.act) => desk.rehearsed(&given, &event).await,
        _ => Ok(desk.page(&given, Vec::new()).answer()),
    }
}

pub(in crate::web::console) async fn submit(
    State(console): State<Console>,
    officer: Officer,
    Path((id, act)): Path<(String, String)>,
    Signed(given): Signed<Given>,
) -> Page {
    let desk = Desk::open(&console, &officer, &id, &act).await?;
    let event = match event(officer.t, desk.act, &given) {
        _ if given.stage() == Stage::Again => return Ok(desk.page(&given, Vec::new()).answer()),
        Ok(event) => event,
        Err(problems) => return Ok(desk.page(&given, problems).answer()),
    };
    match given.stage() {
        Stage::Meant(version) => desk.done(&given, event, version).await,
        _ => desk.rehearsed(&given, &event).await,
    }
}

/// The acts that are open now, as buttons: name, address, and whether it is what waits.
pub(super) fn buttons(officer: &Officer, notice: &StoredNotice) -> Vec<(&'static str, String, bool)> {
    let open = OfficerAct::ALL.iter().copied().filter(|act| notice.notice.may(*act).is_ok());
    let waits = |act: OfficerAct| {
        use OfficerAct as A;
        matches!(act, A::Approve | A::AnswerObjection | A::AnswerExtension | A::Resend)
    };
    open.map(|act| (act_name(officer.t, act), path_of(&notice.id, act), waits(act))).collect()
}
