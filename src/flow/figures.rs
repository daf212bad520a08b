//! The figures of an area: as they stand now, and day by day.

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::clock::day;
use crate::domain::account::Actor;
use crate::domain::case::CaseQueue;
use crate::domain::figures::{Day, Figures};
use crate::domain::notice::NoticeQueue;
use crate::domain::region::{bounds, digits_of};
use crate::flow::measure::FRESH;
use crate::store::figures::{self, Platform};
use crate::store::{Db, StoreResult, desk};

/// Hosting addresses that are shown.
const PLATFORMS: i64 = 10;

/// What an officer sees in the morning.
#[derive(Debug, Clone)]
pub struct Overview {
    pub today: NaiveDate,
    pub now: Figures,
    /// The same by region, the actor's own regions only.
    pub regions: Vec<(String, Figures)>,
    /// The days kept of the last `span` days, in order.
    pub days: Vec<Day>,
    pub platforms: Vec<Platform>,
    pub waiting: Waiting,
}

/// How much waits for an actor, as the queues of the desk count it.
#[derive(Debug, Clone)]
pub struct Waiting {
    notices: Vec<(NoticeQueue, i64)>,
    cases: Vec<(CaseQueue, i64)>,
    pub holds: i64,
    pub cannot_look: i64,
}

impl Waiting {
    /// Notices in a queue.
    pub fn notices(&self, queue: NoticeQueue) -> i64 {
        self.notices.iter().filter(|(of, _)| *of == queue).map(|(_, count)| count).sum()
    }

    /// Cases in a queue of the actor's.
    pub fn cases(&self, queue: CaseQueue) -> i64 {
        self.cases.iter().filter(|(of, _)| *of == queue).map(|(_, count)| count).sum()
    }
}

impl Overview {
    /// What stood at the beginning of the span, on the first day that was kept of it, if that is not today.
    pub fn before(&self) -> Option<&Day> {
        self.days.first().filter(|first| first.day < self.today)
    }
}

/// Gathers the overview of an actor's region, with the days of a span.
pub async fn overview(db: &Db, actor: &Actor, span: u64, now: DateTime<Utc>) -> StoreResult<Overview> {
    let (area, digits, today) = (bounds(&actor.region), digits_of(&actor.region), day(now));
    // The first two read every site of the area: at once, on connections of their own, and all else beside them.
    let (regions, platforms, (days, waiting)) = tokio::try_join!(
        async { figures::now(&mut db.read().await?, &area, now - FRESH, today).await },
        async { figures::platforms(&mut db.read().await?, &area, PLATFORMS).await },
        async {
            let mut tx = db.read().await?;
            let days = figures::since(&mut tx, &area, today - Days::new(span)).await?;
            let waiting = Waiting {
                notices: desk::notice_counts(&mut tx, digits, today).await?,
                cases: desk::case_counts(&mut tx, digits, &actor.text()).await?,
                holds: desk::holds(&mut tx, digits).await?.len() as i64,
                cannot_look: figures::cannot_look(&mut tx, &area).await?,
            };
            Ok((days, waiting))
        }
    )?;
    let mut sum = Figures::default();
    regions.iter().for_each(|(_, figures)| sum.add(figures));
    Ok(Overview { today, now: sum, regions, days, platforms, waiting })
}

/// Keeps the figures of the day that has just ended: it runs shortly after midnight in Beijing, and again does no harm.
pub async fn keep(db: &Db, now: DateTime<Utc>) -> StoreResult<()> {
    let ended = day(now) - Days::new(1);
    let everywhere = bounds("000000");
    let all = figures::now(&mut db.read().await?, &everywhere, now - FRESH, day(now)).await?;
    let mut tx = db.write().await?;
    figures::keep(&mut tx, ended, &all).await?;
    tx.commit().await
}
