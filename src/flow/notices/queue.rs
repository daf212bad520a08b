//! What waits for the officers of a region, the most urgent first, and all that one of them sees of one notice.

use chrono::{DateTime, NaiveDate, Utc};

use super::read::area;
use super::unit_view::{Told, told, working_days_left};
use super::{ActError, Desk, Now, notice_of, read};
use crate::domain::account::{AccountRole, Actor};
use crate::domain::calendar::Calendar;
use crate::domain::letter::OfficeText;
use crate::domain::notice::{Notice, NoticeQueue, NoticeState};
use crate::store::audit::Recorded;
use crate::store::desk::{self, NoticesAsked};
use crate::store::notices::{self, StoredNotice};
use crate::store::outbox::{self, Listed};
use crate::store::sites::StoredSite;
use crate::store::{Db, StoreResult, attachments, audit, findings};

/// What is asked of the queues.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub queue: NoticeQueue,
    /// A part of a number or name; empty: any.
    pub text: String,
    /// GB/T 2260; none: one's own.
    pub region: Option<String>,
    /// From 0.
    pub page: u32,
    pub most: u32,
}

/// A notice in a queue.
#[derive(Debug, Clone)]
pub struct Line {
    pub notice: StoredNotice,
    pub site: StoredSite,
    /// Working days after today up to the due day, while the limit runs.
    pub left: Option<usize>,
}

/// One page of a queue, and how many wait in each.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    pub lines: Vec<Line>,
    /// Is there another page?
    pub more: bool,
    pub counts: Vec<(NoticeQueue, i64)>,
}

/// The queue of an actor's region.
pub async fn queue(
    db: &Db,
    calendar: &Calendar,
    actor: &Actor,
    wanted: &Wanted,
    today: NaiveDate,
) -> StoreResult<Queue> {
    let Some(area) = area(actor, wanted.region.as_deref()) else { return Ok(Queue::default()) };
    let most = i64::from(wanted.most.clamp(1, read::MOST));
    let asked = NoticesAsked {
        area: area.to_owned(),
        queue: wanted.queue,
        text: wanted.text.trim().to_owned(),
        today,
        skip: i64::from(wanted.page) * most,
        most: most + 1,
    };
    let mut tx = db.read().await?;
    let mut ids = desk::notices(&mut tx, &asked).await?;
    let more = ids.len() as i64 > most;
    ids.truncate(most as usize);
    let mut lines = Vec::new();
    for id in ids {
        let Some(notice) = notices::by_id(&mut tx, &id).await? else { continue };
        let site = read::site(&mut tx, &notice).await?;
        lines.push(Line { left: left(calendar, &notice.notice, today), notice, site });
    }
    Ok(Queue { lines, more, counts: desk::notice_counts(&mut tx, area, today).await? })
}

/// Working days left of the limit that ends first, while it runs.
fn left(calendar: &Calendar, notice: &Notice, today: NaiveDate) -> Option<usize> {
    let runs = matches!(notice.state, NoticeState::Sent | NoticeState::Acknowledged);
    let due = notice.due().filter(|due| runs && due.date >= today)?;
    Some(working_days_left(calendar, today, due.date, &notice.pauses))
}

/// All that an officer sees of a notice.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub notice: StoredNotice,
    pub site: StoredSite,
    pub office: OfficeText,
    pub left: Option<usize>,
    /// Every fault of it, what nobody let go yet included.
    pub faults: Vec<Told>,
    pub letters: Vec<Listed>,
    pub files: Vec<attachments::Listed>,
    pub acts: Vec<Recorded>,
    pub today: NaiveDate,
    /// Our own decisions keep every name of the site stopped: the notice stands still.
    pub is_dark: bool,
}

/// A notice by its id or number, with all that belongs to it.
pub async fn sheet(db: &Db, of: &Desk, actor: &Actor, id: &str, at: DateTime<Utc>) -> Result<Sheet, ActError> {
    let mut tx = db.read().await?;
    let notice = notice_of(&mut tx, actor, AccountRole::Viewer, id).await?;
    let now = Now::read(&mut tx, at).await?;
    let found = findings::of_site(&mut tx, &notice.site_id).await?;
    let is_told = |item: &&_| !notice.notice.gives_way(item, findings::last_found(&found));
    let faults = told(&mut tx, of, &notice, &found, notice.notice.items.iter().filter(is_told)).await?;
    Ok(Sheet {
        site: read::site(&mut tx, &notice).await?,
        office: of.offices.text(notice.region.as_deref()),
        left: left(&now.calendar, &notice.notice, now.today),
        letters: outbox::of_subject(&mut tx, &notice.id).await?,
        files: attachments::of_notice(&mut tx, &notice.id).await?,
        is_dark: super::dark::is_site_dark(&mut tx, &notice.site_id, at).await?,
        acts: audit::chain(&mut tx, &super::apply::chain(&notice.id), 0, read::ACTS).await?,
        today: now.today,
        faults,
        notice,
    })
}
