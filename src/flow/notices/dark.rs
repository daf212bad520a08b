//! Notices of sites whose names our own decisions stopped: they stand still (the rule: [`crate::domain::stop`]).

use chrono::{DateTime, NaiveDate, Utc};

use super::apply::apply;
use super::{ActError, Desk, Now, SYSTEM};
use crate::domain::beijing::{day, start_of};
use crate::domain::notice::{Event, Pause};
use crate::domain::stop::{dark_days, is_dark};
use crate::store::notices::{self, StoredNotice};
use crate::store::{StoreResult, Tx, instructions, sites};

/// How our own stops bear on a notice.
enum Dark {
    No,
    /// The site is dark now.
    Now,
    /// It was on these days, and they were not left out of the count yet.
    Was(NaiveDate, NaiveDate),
}

/// Is a site dark by our own decisions? None: there is no such site.
pub(crate) async fn is_site_dark(tx: &mut Tx, site_id: &str, now: DateTime<Utc>) -> StoreResult<bool> {
    let Some(site) = sites::by_id(tx, site_id).await? else { return Ok(false) };
    let names: Vec<_> = site.site.names().collect();
    Ok(is_dark(&names, &instructions::stops(tx, now).await?))
}

async fn of(tx: &mut Tx, notice: &StoredNotice) -> StoreResult<Dark> {
    let Some(site) = sites::by_id(tx, &notice.site_id).await? else { return Ok(Dark::No) };
    let (names, stops) = (site.site.names().collect::<Vec<_>>(), instructions::stops(tx, notice.drafted_at).await?);
    if is_dark(&names, &stops) {
        return Ok(Dark::Now);
    }
    let is_new = |days: &(NaiveDate, NaiveDate)| !notice.notice.pauses.contains(days);
    let was = dark_days(&names, &stops).into_iter().find(is_new);
    Ok(was.map_or(Dark::No, |(from, until)| Dark::Was(from, until)))
}

/// Does what the clock would say of a notice wait? Then it is asked again tomorrow, or counted anew.
pub(super) async fn stands_still(tx: &mut Tx, desk: &Desk, now: &Now, notice: &StoredNotice) -> Result<bool, ActError> {
    match of(tx, notice).await? {
        Dark::No => return Ok(false),
        Dark::Now => {
            let tomorrow = day(now.at).succ_opt().map(start_of);
            if !notices::advance(tx, notice, &notice.notice, None, tomorrow, &now.counted_by, now.at).await? {
                return Err(ActError::Changed);
            }
        }
        Dark::Was(from, until) => {
            let event = Event::Paused { from, until, why: Pause::Stop };
            apply(tx, desk, now, notice.clone(), &event, SYSTEM).await?;
        }
    }
    Ok(true)
}

/// Does a look at a dark site say anything?
pub(super) async fn is_dark_now(tx: &mut Tx, notice: &StoredNotice) -> StoreResult<bool> {
    Ok(matches!(of(tx, notice).await?, Dark::Now))
}
