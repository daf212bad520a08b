//! How a case begins: by an officer's hand, by an overdue notice, by what the daemon saw.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde_json::json;

use super::{CaseError, Desk, chain, letters};
use crate::clock::day;
use crate::domain::account::{AccountRole, Actor};
use crate::domain::case::{Case, CaseRefusal, Ground, Opened};
use crate::store::audit::{self, Act};
use crate::store::cases::{self, NewCase, StoredCase};
use crate::store::sites::{self, StoredSite};
use crate::store::{StoreError, StoreResult, Tx};

const SYSTEM: &str = "system";

/// Opens a case on one of the grounds that take a person's eye.
pub async fn open_by_hand(
    desk: &Desk<'_>,
    actor: &Actor,
    site_id: &str,
    ground: Ground,
    why: &str,
    now: DateTime<Utc>,
) -> Result<StoredCase, CaseError> {
    let mut tx = desk.db.write().await?;
    let site = sites::by_id(&mut tx, site_id).await?.ok_or(CaseError::NotFound)?;
    actor.access(AccountRole::Officer, site.region.as_deref())?;
    if !ground.by_hand() {
        return Err(CaseRefusal::GroundNotByHand.into());
    }
    if why.trim().is_empty() {
        return Err(CaseRefusal::NoReason.into());
    }
    let case = Case::open(ground, Opened { by: actor.text(), at: now, why: why.to_owned() });
    let region = site.region.as_deref();
    let Some(stored) = begin(&mut tx, site_id, None, region, &case).await? else {
        let open = cases::open_of(&mut tx, site_id, ground).await?;
        return Err(open.map_or(CaseError::Changed, |open| CaseError::OpenAlready(open.id)));
    };
    tx.commit().await?;
    Ok(stored)
}

/// A notice that became overdue.
#[derive(Debug, Clone, Copy)]
pub struct Overdue<'a> {
    pub notice_id: &'a str,
    pub site_id: &'a str,
    pub region: Option<&'a str>,
    /// [`Ground::OverdueNotice`], or [`Ground::ReportOverdue`] where the report is what is missing.
    pub ground: Ground,
    /// As it stands on record: which notice, which faults, since when.
    pub why: &'a str,
}

/// Opens the case of an overdue notice in the transaction that makes it overdue, or joins the open one; its id. The same
/// notice twice changes nothing.
pub async fn open_overdue(tx: &mut Tx, overdue: &Overdue<'_>, now: DateTime<Utc>) -> StoreResult<String> {
    /// Somebody who changes the open case all the time: more often than this is none that people do.
    const TRIES: usize = 10;
    for _ in 0..TRIES {
        if let Some(open) = cases::open_of(tx, overdue.site_id, overdue.ground).await? {
            if join(tx, &open, overdue, now).await? {
                return Ok(open.id);
            }
            continue;
        }
        let mut case =
            Case::open(overdue.ground, Opened { by: SYSTEM.to_owned(), at: now, why: overdue.why.to_owned() });
        case.notices.push(overdue.notice_id.to_owned());
        if let Some(stored) = begin(tx, overdue.site_id, Some(overdue.notice_id), overdue.region, &case).await? {
            return Ok(stored.id);
        }
    }
    Err(StoreError::Corrupt(format!("the open case of site {} changes without end", overdue.site_id)))
}

/// A further notice on an open case. `false`: the case was changed meanwhile.
async fn join(tx: &mut Tx, open: &StoredCase, overdue: &Overdue<'_>, now: DateTime<Utc>) -> StoreResult<bool> {
    if open.case.notices.iter().any(|notice| notice == overdue.notice_id) {
        return Ok(true);
    }
    let mut case = open.case.clone();
    case.notices.push(overdue.notice_id.to_owned());
    if !cases::advance(tx, open, &case, now).await? {
        return Ok(false);
    }
    let state = Some(open.case.state.name());
    let detail = json!({ "notice": overdue.notice_id });
    let act = Act { actor: SYSTEM, action: "joined", from: state, to: state, why: Some(overdue.why), detail };
    audit::append(tx, &chain(&open.id), now, &act).await?;
    Ok(true)
}

/// Opens the case that a lead leads to, or puts the lead on record at the open one; its id. `None`: the open case was changed
/// meanwhile.
pub async fn open_by_lead(
    tx: &mut Tx,
    site: &StoredSite,
    ground: Ground,
    opened: Opened,
    lead_id: &str,
) -> StoreResult<Option<String>> {
    let Some(open) = cases::open_of(tx, &site.id, ground).await? else {
        let case = Case::open(ground, opened);
        return Ok(begin(tx, &site.id, None, site.region.as_deref(), &case).await?.map(|stored| stored.id));
    };
    // It holds the case's row, so that its chain has one writer.
    if !cases::advance(tx, &open, &open.case, opened.at).await? {
        return Ok(None);
    }
    let (state, why) = (Some(open.case.state.name()), Some(opened.why.as_str()));
    let detail = json!({ "lead": lead_id });
    let act = Act { actor: &opened.by, action: "joined", from: state, to: state, why, detail };
    audit::append(tx, &chain(&open.id), opened.at, &act).await?;
    Ok(Some(open.id))
}

/// What the daemon saw of a site, enough to open a case.
pub(super) struct Seen {
    pub ground: Ground,
    pub why: String,
    pub counted_days: Vec<NaiveDate>,
}

/// Opens a case by what the daemon saw, and tells the office. `false`: one is open.
pub(super) async fn open_seen(
    tx: &mut Tx,
    desk: &Desk<'_>,
    site: &StoredSite,
    seen: Seen,
    now: DateTime<Utc>,
) -> StoreResult<bool> {
    let mut case = Case::open(seen.ground, Opened { by: SYSTEM.to_owned(), at: now, why: seen.why });
    case.counted_days = seen.counted_days;
    let Some(stored) = begin(tx, &site.id, None, site.region.as_deref(), &case).await? else { return Ok(false) };
    let text = format!("已立案：{}（{}）。{}", stored.number, case.ground.label(), case.opened.why);
    let sender = letters::Sender { offices: desk.offices, stored: &stored, site, now };
    sender.note(tx, crate::domain::letter::LetterKind::OfficeTask, &text).await?;
    Ok(true)
}

async fn begin(
    tx: &mut Tx,
    site_id: &str,
    notice_id: Option<&str>,
    region: Option<&str>,
    case: &Case,
) -> StoreResult<Option<StoredCase>> {
    let opened = &case.opened;
    let new = NewCase { site_id, notice_id, region, year: day(opened.at).year(), case };
    let Some(stored) = cases::open(tx, &new).await? else { return Ok(None) };
    let (to, why) = (Some(case.state.name()), Some(opened.why.as_str()));
    let detail = json!({ "number": stored.number, "ground": case.ground, "site": site_id, "notices": case.notices,
        "counted_days": case.counted_days });
    let act = Act { actor: &opened.by, action: "opened", from: None, to, why, detail };
    audit::append(tx, &chain(&stored.id), opened.at, &act).await?;
    Ok(Some(stored))
}
