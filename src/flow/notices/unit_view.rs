//! What the unit's page shows: everything that concerns one notice, and nothing of anybody else.

mod history;
mod progress;

use chrono::{DateTime, NaiveDate, Utc};

use super::letters::{self, addressee};
use super::{Desk, Now};
use crate::domain::calendar::{Calendar, Due};
use crate::domain::confirm::{FindingState, Rule, Track};
use crate::domain::kin::is_kin;
use crate::domain::letter::{Fault, OfficeText, SiteText};
use crate::domain::notice::{Item, Notice, NoticeState, RecheckRefusal, RequestKind};
use crate::domain::verdict::FindingCode;
use crate::store::attachments::{self, Listed};
use crate::store::findings::{self, StoredFinding};
use crate::store::notices::StoredNotice;
use crate::store::{StoreError, StoreResult, Tx, evidence, pages, plan, sites};

pub use history::{Entry, What, Who};
pub use progress::{Left, Recheck, Result};

/// The page of one notice.
#[derive(Debug, Clone)]
pub struct UnitView {
    pub now: DateTime<Utc>,
    pub today: NaiveDate,
    pub number: Option<String>,
    pub unit: String,
    pub site: SiteText,
    pub office: OfficeText,
    /// The whole machine: its items are those that the unit may see.
    pub notice: Notice,
    pub standing: Standing,
    /// The limit that ends first, if one runs.
    pub due: Option<Due>,
    pub faults: Vec<Told>,
    pub files: Vec<Listed>,
    pub history: Vec<Entry>,
    /// The last re-check, or the one under way.
    pub recheck: Option<Recheck>,
    /// Why none can be asked for now.
    pub recheck_refused: Option<RecheckRefusal>,
    /// When the site is looked at next by the clock.
    pub next_look: Option<DateTime<Utc>>,
    /// Our own decisions keep every name of the site stopped: the notice stands still.
    pub is_dark: bool,
}

/// A fault as the unit sees it.
#[derive(Debug, Clone)]
pub struct Told {
    pub finding_id: String,
    /// As letters tell it, evidence with it.
    pub fault: Fault,
    /// Its own limit.
    pub due: Option<Due>,
    /// Told by a supplement, not by the letter itself.
    pub supplement: bool,
    pub cleared_at: Option<DateTime<Utc>>,
    pub state: FindingState,
    /// Clean looks in a row, of the [`Rule::clean`] that it takes.
    pub clean: u32,
    /// Every page at fault, the first ones are in [`Fault::pages`].
    pub pages: Vec<String>,
}

/// What is said first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// On its way, or it came back: no limit runs yet.
    NotTold {
        bounced: bool,
    },
    /// The limit runs: working days after today.
    Runs {
        due: Due,
        left: usize,
    },
    /// Every fault was found gone; the notice is about to be closed.
    Mended,
    /// The limit is over and no fair look since tells.
    AwaitingLook {
        due: NaiveDate,
        objected: bool,
    },
    Overdue {
        due: NaiveDate,
    },
    Rectified,
    Withdrawn {
        why: Option<String>,
    },
    Closed {
        why: Option<String>,
    },
}

/// Gathers the page. `None`: there is nothing in the notice that the unit may see.
pub async fn gather(
    tx: &mut Tx,
    desk: &Desk,
    stored: StoredNotice,
    at: DateTime<Utc>,
) -> StoreResult<Option<UnitView>> {
    if !stored.notice.is_shown() {
        return Ok(None);
    }
    let now = Now::read(tx, at).await?;
    let site = sites::by_id(tx, &stored.site_id).await?;
    let site = site.ok_or_else(|| StoreError::Corrupt(format!("site {} of a notice", stored.site_id)))?;
    let found = findings::of_site(tx, &stored.site_id).await?;
    let faults = faults(tx, desk, &stored, &found).await?;
    let due = stored.notice.due().filter(|_| !stored.notice.state.is_over());
    let standing = standing(&stored.notice, &faults, due.clone(), &now);
    let recheck = progress::last(tx, &stored, &found, at).await?;
    let plan = plan::of_site(tx, &stored.site_id).await?;
    Ok(Some(UnitView {
        now: at,
        today: now.today,
        number: stored.number.clone(),
        unit: addressee(&site.site),
        site: SiteText::of(&site.site),
        office: desk.offices.text(stored.region.as_deref()),
        files: attachments::of_notice(tx, &stored.id).await?,
        history: history::read(tx, &stored).await?,
        recheck_refused: super::recheck::refused(tx, &stored, at).await?,
        next_look: plan.map(|plan| plan.home_at.min(plan.pages_at)).filter(|next| *next > at),
        is_dark: super::dark::is_site_dark(tx, &stored.site_id, at).await?,
        notice: seen_by_unit(stored.notice),
        standing,
        due,
        faults,
        recheck,
    }))
}

fn seen_by_unit(notice: Notice) -> Notice {
    let items = notice.shown().cloned().collect();
    Notice { items, ..notice }
}

async fn faults(tx: &mut Tx, desk: &Desk, stored: &StoredNotice, found: &[StoredFinding]) -> StoreResult<Vec<Told>> {
    told(tx, desk, stored, found, reaching(stored, found)).await
}

/// Items of a notice as faults with their evidence.
pub(super) async fn told<'a>(
    tx: &mut Tx,
    desk: &Desk,
    stored: &StoredNotice,
    found: &[StoredFinding],
    items: impl Iterator<Item = &'a Item>,
) -> StoreResult<Vec<Told>> {
    let kept = evidence::latest(tx, &stored.site_id, letters::SEARCHED).await?;
    let mut told = Vec::new();
    for item in items {
        let Some(this) = found.iter().find(|found| found.id == item.finding_id) else { continue };
        let track = track(item, this, found);
        told.push(Told {
            finding_id: this.id.clone(),
            fault: letters::fault(this, &desk.vantage, &kept),
            due: stored.notice.due_of(item.step),
            supplement: item.step > 0,
            cleared_at: item.cleared_at,
            state: track.state,
            clean: track.clean,
            pages: this.pages.clone(),
        });
    }
    Ok(told)
}

/// The items that the unit may see, each fault to the extent found last.
fn reaching<'a>(stored: &'a StoredNotice, found: &'a [StoredFinding]) -> impl Iterator<Item = &'a Item> {
    stored.notice.shown().filter(|item| !stored.notice.gives_way(item, findings::last_found(found)))
}

/// How far it is mended: a fault is gone when no finding of it is open, to whatever extent.
fn track<'a>(item: &Item, this: &'a StoredFinding, found: &'a [StoredFinding]) -> &'a Track {
    let is_over = item.cleared_at.is_none() && this.track.state.is_over();
    let is_left = |other: &&StoredFinding| is_kin(other.finding.code, item.code) && !other.track.state.is_over();
    found.iter().find(is_left).filter(|_| is_over).map_or(&this.track, |left| &left.track)
}

fn standing(notice: &Notice, faults: &[Told], due: Option<Due>, now: &Now) -> Standing {
    let is_mended = |told: &Told| told.cleared_at.is_some() || told.state.is_over();
    let why = || notice.words.clone();
    match (notice.state, due) {
        (NoticeState::Rectified, _) => Standing::Rectified,
        (NoticeState::Withdrawn, _) => Standing::Withdrawn { why: why() },
        (NoticeState::Closed, _) => Standing::Closed { why: why() },
        _ if !faults.is_empty() && faults.iter().all(is_mended) => Standing::Mended,
        (_, None) => Standing::NotTold { bounced: notice.state == NoticeState::Bounced },
        (NoticeState::Overdue, Some(due)) => Standing::Overdue { due: due.date },
        (_, Some(due)) if due.date < now.today => {
            let objected = notice.open_request(RequestKind::Objection).is_some();
            Standing::AwaitingLook { due: due.date, objected }
        }
        (_, Some(due)) => {
            let left = working_days_left(&now.calendar, now.today, due.date, &notice.pauses);
            Standing::Runs { due, left }
        }
    }
}

/// Working days after today up to a day, that one included; those of announced maintenance are not counted.
pub(super) fn working_days_left(
    calendar: &Calendar,
    today: NaiveDate,
    due: NaiveDate,
    pauses: &[(NaiveDate, NaiveDate)],
) -> usize {
    let days = u32::try_from((due - today).num_days()).unwrap_or_default();
    let ahead = calendar.due(today, days, false).counted;
    let is_paused = |day: &NaiveDate| pauses.iter().any(|(from, until)| from <= day && day <= until);
    ahead.iter().filter(|day| **day <= due && !is_paused(day)).count()
}

impl Told {
    /// The rule it was confirmed by, and by which it is cleared.
    pub fn rule(&self) -> &Rule {
        &self.fault.rule
    }
}

impl UnitView {
    /// The faults that are not gone.
    pub fn live(&self) -> impl Iterator<Item = &Told> {
        self.faults.iter().filter(|told| told.cleared_at.is_none())
    }
}

/// One page at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAtFault {
    pub url: String,
    pub code: FindingCode,
    pub first_seen: DateTime<Utc>,
    pub last_seen: DateTime<Utc>,
    pub is_gone: bool,
}

/// Every page at fault of a notice, fault by fault.
pub async fn all_pages(tx: &mut Tx, stored: &StoredNotice) -> StoreResult<Vec<PageAtFault>> {
    let found = findings::of_site(tx, &stored.site_id).await?;
    let seen: std::collections::HashMap<_, _> = pages::fair_times(tx, &stored.site_id).await?.into_iter().collect();
    let mut all = Vec::new();
    for item in reaching(stored, &found) {
        let Some(found) = found.iter().find(|found| found.id == item.finding_id) else { continue };
        let Track { first_failed_at: first_seen, last_failed_at, .. } = found.track;
        all.extend(found.pages.iter().map(|url| {
            // A page is visited less often than its site; what it is at fault for was seen on its own last visit.
            let visited = seen.get(url).copied().flatten().unwrap_or(last_failed_at);
            let last_seen = visited.clamp(first_seen.min(last_failed_at), last_failed_at);
            PageAtFault { url: url.clone(), code: item.code, first_seen, last_seen, is_gone: item.cleared_at.is_some() }
        }));
    }
    Ok(all)
}
