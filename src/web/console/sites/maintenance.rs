//! Announced maintenance of a site: announced, and taken back; shown first with what the unit is told.

use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{back, first, link, site};
use crate::flow::notices::{self, ActError, Maintenance, Prepared, announce_maintenance};
use crate::flow::sites::{self, withdraw_maintenance};
use crate::store::sites::StoredSite;
use crate::web::console::act::{ActPage, Field, Problem, Stage, day, mail_note, said};
use crate::web::console::enter::Officer;
use crate::web::console::form::Signed;
use crate::web::console::trouble::Trouble;
use crate::web::console::{Console, Page, letter};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::web::console) struct Given {
    from: String,
    until: String,
    reason: String,
    confirm: String,
    again: String,
    look: String,
}

#[derive(Deserialize)]
pub(in crate::web::console) struct Which {
    id: String,
    #[serde(default)]
    confirm: String,
}

/// An announcement, and who is about to make it.
struct Table<'a> {
    console: &'a Console,
    officer: &'a Officer,
    site: StoredSite,
    given: Given,
    now: DateTime<Utc>,
}

impl Table<'_> {
    fn page(&self, problems: Vec<Problem>) -> ActPage {
        let (t, given) = (self.officer.t, &self.given);
        let line = t.say(
            "公告期内的日数不计入整改期限。撤回公告不缩短已经顺延的期限。",
            "Its days are not counted in a limit. Taking it back shortens no limit that was given.",
        );
        let reason = t.say("记入办理记录。", "Goes on record.");
        ActPage {
            lines: vec![line.to_owned()],
            problems,
            fields: vec![
                Field::day("from", t.say("第一天", "First day"), "", &given.from),
                Field::day("until", t.say("最后一天", "Last day"), "", &given.until),
                Field::line("reason", t.say("事由", "Reason"), reason, &given.reason),
            ],
            ..first(self.console, self.officer, &self.site, t.say("登记维护公告", "Announce maintenance"))
        }
    }

    /// What was said, or what stands against it.
    fn read(&self) -> Result<Maintenance, Vec<Problem>> {
        let (t, given) = (self.officer.t, &self.given);
        let days = (day(t, "from", &given.from), day(t, "until", &given.until));
        match (days, said(t, "reason", &given.reason)) {
            ((Ok(from), Ok(until)), Ok(reason)) => {
                Ok(Maintenance { site: self.site.site.key.clone(), from, until, reason })
            }
            ((from, until), reason) => Err([from.err(), until.err(), reason.err()].into_iter().flatten().collect()),
        }
    }

    /// The version of the notice that would be moved (0: there is none), and the letters that would tell it.
    async fn rehearsed(&self, of: &Maintenance) -> Result<(i64, Vec<Prepared>), ActError> {
        let app = &self.console.app;
        let seen = notices::rehearse_maintenance(&app.db, &app.desk, self.officer.actor(), of, self.now).await?;
        Ok((seen.0.map_or(0, |notice| notice.version), seen.1))
    }

    fn confirm(&self, version: i64, prepared: &[Prepared]) -> Page {
        let (app, t) = (&self.console.app, self.officer.t);
        let mut page = self.page(Vec::new());
        page.lines.push(
            match version {
                0 => t.say("该网站没有未办结的通知。", "No notice of the site is open."),
                _ => t.say(
                    "该网站有未办结的通知，期限相应顺延。",
                    "A notice of the site is open: its limit stands still meanwhile.",
                ),
            }
            .to_owned(),
        );
        page.lines.extend(mail_note(t, &app.config.mail).filter(|_| !prepared.is_empty()));
        let letters = letter::of_notice(app, t, prepared, self.now)?;
        page.confirmed(letters, version, true, t.say("登记公告", "Announce it")).shown(self.stage())
    }

    fn stage(&self) -> Stage {
        Stage::of(&self.given.confirm, &self.given.again).or_look(&self.given.look)
    }

    /// What stands against the days comes back at them.
    fn refused(&self, error: ActError) -> Page {
        match error {
            ActError::Refused(refusal) => {
                let message = self.officer.t.half(&refusal.to_string()).to_owned();
                Ok(self.page(vec![Problem { field: "until", message }]).answer())
            }
            error => Err(Trouble::from(error).at(&link(&self.site.site.key))),
        }
    }

    async fn done(&self, of: &Maintenance) -> Page {
        let app = &self.console.app;
        match announce_maintenance(&app.db, &app.desk, self.officer.actor(), of, self.now).await {
            Ok(_) => Ok(back(&of.site, "maintenance")),
            Err(error) => self.refused(error),
        }
    }
}

pub(in crate::web::console) async fn announce(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
    Signed(given): Signed<Given>,
) -> Page {
    let site = site(&console, &officer, &key).await?;
    let table = Table { now: console.app.clock.now(), console: &console, officer: &officer, site, given };
    let stage = table.stage();
    let of = match table.read() {
        _ if stage == Stage::Again => return Ok(table.page(Vec::new()).answer()),
        Ok(of) => of,
        Err(problems) => return Ok(table.page(problems).answer()),
    };
    match (table.rehearsed(&of).await, stage) {
        (Err(error), _) => table.refused(error),
        // The notice is no longer what the letter was shown of.
        (Ok((version, _)), Stage::Meant(seen)) if seen != version => table.refused(ActError::Changed),
        (Ok(_), Stage::Meant(_)) => table.done(&of).await,
        (Ok((version, prepared)), _) => table.confirm(version, &prepared),
    }
}

/// It is taken back: asked first, then done.
pub(in crate::web::console) async fn withdraw(
    State(console): State<Console>,
    officer: Officer,
    Path(key): Path<String>,
    Signed(which): Signed<Which>,
) -> Page {
    let (app, t, now) = (&console.app, officer.t, console.app.clock.now());
    if let Stage::Meant(_) = Stage::of(&which.confirm, "") {
        withdraw_maintenance(&app.db, officer.actor(), &key, &which.id, now)
            .await
            .map_err(|error| Trouble::from(error).at(&link(&key)))?;
        return Ok(back(&key, "withdrawn"));
    }
    let site = site(&console, &officer, &key).await?;
    let windows = sites::sheet(&app.db, &app.desk, officer.actor(), &key, now).await?.maintenance;
    let window = windows.into_iter().find(|window| window.id == which.id);
    let window = window.ok_or_else(|| Trouble::Changed(link(&key)))?;
    let title = t.say("撤回维护公告", "Take the announcement back");
    let line = t.say(
        "此后的日数照常检查、照常计算。已经因公告顺延的期限不缩短，也不另行告知单位。",
        "Looks and limits go on as usual. A limit that was given more time for it keeps it, and the unit is not written to.",
    );
    let page = ActPage { lines: vec![line.to_owned()], ..first(&console, &officer, &site, title) };
    let mut page = page.confirmed(Vec::new(), 0, false, title).reading([
        (t.say("公告期", "Days"), format!("{} – {}", t.plain(window.from_on), t.plain(window.until_on))),
        (t.say("事由", "Reason"), window.reason),
    ]);
    page.confirm.iter_mut().for_each(|confirm| confirm.hidden.push(("id", window.id.clone())));
    Ok(page.answer())
}
