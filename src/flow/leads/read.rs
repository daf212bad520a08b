//! What people see of leads: of their own region, and nothing beyond it.

use chrono::{DateTime, NaiveDate, Utc};

use super::{LeadError, chain};
use crate::domain::account::{AccountRole, Actor};
use crate::domain::lead::{LeadKind, LeadState};
use crate::domain::seen::Counts;
use crate::flow::On;
use crate::store::audit::{self, Recorded};
use crate::store::leads::{self, Filter, StoredLead};
use crate::store::seen_on::{self, Pair};
use crate::store::sites::{self, StoredSite};
use crate::store::{Db, StoreResult, Tx, looks};

/// Leads on one page at most.
pub const MOST: u32 = 200;
/// Days behind a lead that are shown.
const DAYS: i64 = 200;
/// Acts of a lead that are shown.
const ACTS: i64 = 10_000;

/// A lead as somebody may see it.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub lead: StoredLead,
    /// Whose badge it is, where that is known.
    pub site: Option<StoredSite>,
}

/// The lead of an id, for who may act on it in a role, if it is still what they saw.
pub(super) async fn yours(
    tx: &mut Tx,
    actor: &Actor,
    role: AccountRole,
    on: impl Into<On<'_>>,
) -> Result<StoredLead, LeadError> {
    let on = on.into();
    let read = leads::by_id(tx, on.id).await?.ok_or(LeadError::NotFound)?;
    actor.access(role, read.region.as_deref())?;
    if on.is_as_seen(read.version) { Ok(read) } else { Err(LeadError::Changed) }
}

/// What is asked of the list.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub kind: Option<LeadKind>,
    pub state: Option<LeadState>,
    /// GB/T 2260; none: one's own.
    pub region: Option<String>,
    /// From 0.
    pub page: u32,
    /// Leads a page, [`MOST`] at most.
    pub most: u32,
}

/// The leads of an actor's region, those that grew last first; and whether there are more.
pub async fn list(db: &Db, actor: &Actor, wanted: &Wanted) -> StoreResult<(Vec<Sheet>, bool)> {
    let most = i64::from(wanted.most.clamp(1, MOST));
    let region = wanted.region.as_deref().unwrap_or(&actor.region);
    let filter = Filter { regions: [&actor.region, region], kind: wanted.kind, state: wanted.state };
    let mut tx = db.read().await?;
    let mut found = leads::list(&mut tx, &filter, most + 1, i64::from(wanted.page) * most).await?;
    let more = found.len() as i64 > most;
    found.truncate(most as usize);
    let mut sheets = Vec::new();
    for mut lead in found {
        // Who reported it is shown with the lead alone, where it is on record who saw it.
        without_contacts(&mut lead);
        sheets.push(sheet(&mut tx, actor, lead).await?);
    }
    Ok((sheets, more))
}

fn without_contacts(lead: &mut StoredLead) {
    lead.file.reports.iter_mut().for_each(|report| report.contact = None);
}

async fn sheet(tx: &mut Tx, actor: &Actor, mut lead: StoredLead) -> StoreResult<Sheet> {
    // Who reported it is for those who may act on it.
    if !actor.may(AccountRole::Officer, lead.region.as_deref()) {
        without_contacts(&mut lead);
    }
    let site = match &lead.site_id {
        Some(id) => sites::by_id(tx, id).await?,
        None => None,
    };
    Ok(Sheet { lead, site })
}

/// A lead and the days behind it, the latest first.
pub async fn show(db: &Db, actor: &Actor, id: &str) -> Result<(Sheet, Vec<(NaiveDate, Counts)>), LeadError> {
    let mut tx = db.read().await?;
    let lead = yours(&mut tx, actor, AccountRole::Viewer, id).await?;
    let pair = lead.site_id.clone().map(|site_id| Pair { site_id, host: lead.host.clone() });
    let days = match pair {
        Some(pair) => seen_on::days(&mut tx, &pair, DAYS).await?,
        None => Vec::new(),
    };
    Ok((sheet(&mut tx, actor, lead).await?, days))
}

/// The ends of a lead as an officer looks at them: when the registered site was last looked at fairly.
pub async fn looked_at(db: &Db, sheet: &Sheet) -> StoreResult<Option<DateTime<Utc>>> {
    let Some(site) = &sheet.site else { return Ok(None) };
    Ok(looks::standing(&mut db.read().await?, &site.id).await?.and_then(|standing| standing.fair_at))
}

/// What was done to a lead, in order.
pub async fn history(db: &Db, actor: &Actor, id: &str) -> Result<Vec<Recorded>, LeadError> {
    let mut tx = db.read().await?;
    let lead = yours(&mut tx, actor, AccountRole::Viewer, id).await?;
    Ok(audit::chain(&mut tx, &chain(&lead.id), 0, ACTS).await?)
}
