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
use crate::store::cases::StoredCase;
use crate::store::findings::{self, Hold};

/// More of anything than the county has.
const ALL: u32 = 200;
/// Of many of a kind so many are named.
const NAMED: usize = 3;

/// What came of the story.
pub(super) struct Ending {
    mailbox: PathBuf,
    letters: usize,
    waiting: Vec<Named>,
    stopped: Vec<Named>,
    rectified: Vec<Named>,
    held: Vec<Hold>,
    /// The notice of a unit that has time left.
    running: Option<Named>,
    /// The number of a badge that is in order, and where its site is.
    badge: Option<String>,
    site: Option<String>,
}

/// A case or notice.
struct Named {
    id: String,
    /// Its number, and the site.
    text: String,
}

impl Ending {
    /// Reads it as the people of the story do.
    pub async fn of(stage: &Stage<'_>, folder: &Path) -> anyhow::Result<Self> {
        let holds = findings::holds(&mut stage.app.db.read().await?, i64::from(ALL)).await?;
        let mut ending = Self {
            mailbox: mailbox(folder),
            letters: letters(&mailbox(folder)),
            waiting: Vec::new(),
            stopped: Vec::new(),
            rectified: Vec::new(),
            held: holds.into_iter().filter(|hold| hold.state == HoldState::Open.name()).collect(),
            running: None,
            badge: None,
            site: None,
        };
        if let Some(portal) = stage.county.sites().first() {
            ending.badge = Some(stage.badge(&portal.address()).await?);
            ending.site = Some(stage.county.browser_address(portal));
        }
        ending.read_cases(stage).await?;
        ending.read_notices(stage).await?;
        Ok(ending)
    }

    async fn read_cases(&mut self, stage: &Stage<'_>) -> anyhow::Result<()> {
        let wanted = cases::read::Wanted { most: ALL, ..cases::read::Wanted::default() };
        for (case, site) in cases::read::list(&stage.app.db, &stage.people.li, &wanted).await?.cases {
            let kind = match case.case.state {
                CaseState::Proposed if case.case.ground == Ground::OverdueNotice => &mut self.waiting,
                CaseState::InForce if is_confirmed_stop(&case) => &mut self.stopped,
                _ => continue,
            };
            kind.push(Named { id: case.id, text: format!("{} {}", case.number, site.site.key) });
        }
        Ok(())
    }

    async fn read_notices(&mut self, stage: &Stage<'_>) -> anyhow::Result<()> {
        let wanted = notices::read::Wanted { most: ALL, ..notices::read::Wanted::default() };
        for (notice, site) in notices::read::list(&stage.app.db, &stage.people.chen, &wanted).await?.notices {
            let named = Named { id: notice.id, text: site.site.key };
            match notice.notice.state {
                NoticeState::Rectified => self.rectified.push(named),
                NoticeState::Acknowledged => self.running = Some(named),
                _ => {}
            }
        }
        Ok(())
    }

    /// Are all five there?
    pub fn is_as_told(&self) -> bool {
        self.lines().iter().all(|(_, found)| !found.is_empty())
    }

    /// The five, and what is there of each.
    fn lines(&self) -> [(&'static str, Vec<String>); 5] {
        let texts = |named: &[Named]| named.iter().map(|named| named.text.clone()).collect();
        let letters = (self.letters > 0).then(|| format!("{} in {}", self.letters, self.mailbox.display()));
        [
            ("letters", letters.into_iter().collect()),
            ("overdue, waits for the second person", texts(&self.waiting)),
            ("stopped, confirmed by our own looks", texts(&self.stopped)),
            ("rectified", texts(&self.rectified)),
            ("a mass change, held for an operator", self.held.iter().map(held).collect()),
        ]
    }

    /// Where to go from here, and what lets in.
    pub fn way(&self, app: &Shared, credentials: &[Credential]) -> String {
        let url = app.config.web.public_url.as_deref().unwrap_or_default();
        let mut out = String::from("\nThe real daemon watches on. Open:\n");
        for (what, address) in self.places(app, url) {
            out += &format!("  {what:<16}{address}\n");
        }
        out += "\nWho works here, and what lets them in (made now, shown once):\n";
        for made in credentials {
            let Credential { name, person, password, token } = made;
            out += &format!("  {name:<5} {person}  password {password}  token {token}\n");
        }
        if let (Some(case), Some(li)) = (self.waiting.first(), credentials.last()) {
            let (text, who, id) = (&case.text, li.name, &case.id);
            let asks = format!("curl -H 'Authorization: Bearer {}'", li.token);
            out += &format!("\nThe second person's word on {text} is yours to give, as {who}; by the API:\n");
            out += &format!("  {asks} {url}/api/v1/cases/{id}\n  {asks} -X POST {url}/api/v1/cases/{id}/approve\n");
        }
        out + "\nCtrl-C stops.\n"
    }

    fn places(&self, app: &Shared, url: &str) -> Vec<(&'static str, String)> {
        let mut places = vec![("console", format!("{url}/console")), ("public", format!("{url}/"))];
        places.extend(self.badge.as_ref().map(|badge| ("a certificate", format!("{url}/verify/{badge}"))));
        let notice = self.running.as_ref().map(|notice| app.links.of(&notice.id));
        places.extend(notice.map(|link| ("a unit's page", format!("{url}/n/{link}"))));
        places.extend(self.site.clone().map(|site| ("a watched site", site)));
        places.extend([
            ("API", format!("{url}/api/v1/openapi.json")),
            ("metrics", format!("{url}/metrics")),
            ("letters", self.mailbox.display().to_string()),
        ]);
        places
    }
}

fn letters(mailbox: &Path) -> usize {
    let files = std::fs::read_dir(mailbox).into_iter().flatten().flatten();
    files.filter(|file| file.path().extension().is_some_and(|end| end == "eml")).count()
}

/// Is a stop carried out by everybody who was told, by their word and by our looks?
fn is_confirmed_stop(case: &StoredCase) -> bool {
    let told = &case.case.executions;
    let is_stop = case.case.outcome() == Some(CaseOutcome::StopResolution);
    is_stop && !told.is_empty() && told.iter().all(|one| one.acknowledged.is_some() && one.confirmed_at.is_some())
}

fn held(hold: &Hold) -> String {
    format!("{} at {} of {} sites sharing {} {}", hold.code, hold.failing, hold.watched, hold.dimension, hold.member)
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("How it ended:\n")?;
        for (what, found) in self.lines() {
            let mark = if found.is_empty() { '✘' } else { '✔' };
            let named = found.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
            let more = found.len().saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            writeln!(f, "  {mark} {what:<36}  {named}{more}")?;
        }
        Ok(())
    }
}
