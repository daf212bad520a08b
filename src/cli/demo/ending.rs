//! How the story ends, for who sees it for the first time: the five things that came of it, and the way to each.

use std::fmt;
use std::path::{Path, PathBuf};

use super::people::Credential;
use super::settings::mailbox;
use super::stage::Stage;
use crate::domain::case::{CaseOutcome, CaseState, Ground};
use crate::domain::mass::HoldState;
use crate::domain::notice::NoticeState;
use crate::flow::{cases, notices};
use crate::shared::Shared;
use crate::store::findings::{self, Hold};
use crate::store::sites::StoredSite;

/// A site in order: its certificate is the one to open.
const PORTAL: &str = "www.yunxi.gov.cn";
/// More of anything than the county has.
const ALL: u32 = 200;

/// What came of the story.
pub(super) struct Ending {
    mailbox: PathBuf,
    letters: usize,
    /// Number and site of each.
    waiting: Vec<Found>,
    stopped: Vec<Found>,
    rectified: Vec<Found>,
    held: Vec<Hold>,
    /// The badge number of a site in order, and the notice of a unit that has time left.
    badge: Option<String>,
    running: Option<Found>,
}

struct Found {
    id: String,
    number: String,
    site: StoredSite,
}

impl Ending {
    /// Reads it, as an office's program would.
    pub async fn of(stage: &Stage<'_>, folder: &Path) -> anyhow::Result<Self> {
        let mut ending = Self {
            mailbox: mailbox(folder),
            letters: 0,
            waiting: Vec::new(),
            stopped: Vec::new(),
            rectified: Vec::new(),
            held: Vec::new(),
            badge: Some(stage.badge(PORTAL).await?),
            running: None,
        };
        ending.read_cases(stage).await?;
        ending.read_notices(stage).await?;
        let holds = findings::holds(&mut stage.app.db.read().await?, i64::from(ALL)).await?;
        ending.held = holds.into_iter().filter(|hold| hold.state == HoldState::Open.name()).collect();
        let is_letter = |path: &Path| path.extension().is_some_and(|end| end == "eml");
        let files = std::fs::read_dir(&ending.mailbox).into_iter().flatten().flatten();
        ending.letters = files.filter(|file| is_letter(&file.path())).count();
        Ok(ending)
    }

    async fn read_cases(&mut self, stage: &Stage<'_>) -> anyhow::Result<()> {
        let wanted = cases::read::Wanted { most: ALL, ..cases::read::Wanted::default() };
        for (stored, site) in cases::read::list(&stage.app.db, &stage.people.li, &wanted).await?.cases {
            let case = &stored.case;
            let told = !case.executions.is_empty();
            let confirmed =
                case.executions.iter().all(|told| told.acknowledged.is_some() && told.confirmed_at.is_some());
            let stop = case.outcome() == Some(CaseOutcome::StopResolution);
            let found = Found { id: stored.id, number: stored.number, site };
            match case.state {
                CaseState::Proposed if case.ground == Ground::OverdueNotice => self.waiting.push(found),
                CaseState::InForce if stop && told && confirmed => self.stopped.push(found),
                _ => {}
            }
        }
        Ok(())
    }

    async fn read_notices(&mut self, stage: &Stage<'_>) -> anyhow::Result<()> {
        let wanted = notices::read::Wanted { most: ALL, ..notices::read::Wanted::default() };
        for (stored, site) in notices::read::list(&stage.app.db, &stage.people.chen, &wanted).await?.notices {
            let state = stored.notice.state;
            let found = Found { id: stored.id, number: stored.number.unwrap_or_default(), site };
            match state {
                NoticeState::Rectified => self.rectified.push(found),
                NoticeState::Acknowledged => self.running = Some(found),
                _ => {}
            }
        }
        Ok(())
    }

    /// Are all five there?
    pub fn is_as_told(&self) -> bool {
        let counts = [self.letters, self.waiting.len(), self.stopped.len(), self.rectified.len(), self.held.len()];
        counts.iter().all(|count| *count > 0)
    }

    /// Where to go from here, and what lets in.
    pub fn way(&self, app: &Shared, credentials: &[Credential]) -> String {
        let url = app.config.web.public_url.as_deref().unwrap_or_default();
        let mut out = format!("\nThe real daemon watches on. Open:\n  overview       {url}/\n");
        if let Some(badge) = &self.badge {
            out += &format!("  a certificate  {url}/verify/{badge}\n");
        }
        if let Some(notice) = &self.running {
            out += &format!("  a unit's page  {url}/n/{}\n", app.links.of(&notice.id));
        }
        out += &format!("  metrics        {url}/metrics\n  letters        {}\n", self.mailbox.display());
        out += "\nWho works here, and what lets them in (made for this demo, shown once):\n";
        for made in credentials {
            out += &format!("  {:<5} {}  {}\n", made.name, made.person, made.token);
        }
        if let (Some(case), Some(li)) = (self.waiting.first(), credentials.last()) {
            let id = &case.id;
            out += &format!(
                "\nThe second person's word on {} is yours to give, as {}:\n  \
                 curl -H 'Authorization: Bearer {}' {url}/api/v1/cases/{id}\n  \
                 curl -X POST -H 'Authorization: Bearer {}' {url}/api/v1/cases/{id}/approve\n",
                case.number, li.name, li.token, li.token
            );
        }
        out + "\nCtrl-C stops.\n"
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = |found: &[Found]| {
            let each = found.iter().map(|found| format!("{} {}", found.number, found.site.site.key));
            each.collect::<Vec<_>>().join(", ")
        };
        let line = |is: bool, what: &str, detail: String| {
            let (mark, detail) = if is { ('✔', detail) } else { ('✘', "none".to_owned()) };
            format!("  {mark} {what:<37}{detail}\n")
        };
        let held = |hold: &Hold| {
            format!(
                "{} at {} of {} sites sharing {} {}",
                hold.code, hold.failing, hold.watched, hold.dimension, hold.member
            )
        };
        let held: Vec<_> = self.held.iter().map(held).collect();
        let letters = format!("{} in {}", self.letters, self.mailbox.display());
        f.write_str("How it ended:\n")?;
        f.write_str(&line(self.letters > 0, "letters in the mailbox", letters))?;
        let waits = !self.waiting.is_empty();
        f.write_str(&line(waits, "overdue, waits for the second person", listed(&self.waiting)))?;
        f.write_str(&line(!self.stopped.is_empty(), "stopped, confirmed by our own looks", listed(&self.stopped)))?;
        f.write_str(&line(!self.rectified.is_empty(), "rectified", listed(&self.rectified)))?;
        f.write_str(&line(!held.is_empty(), "a mass change, held for an operator", held.join(", ")))
    }
}
