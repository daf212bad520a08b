//! What officers do with a lead, each act in one transaction, on record.
//!
//! A lead is followed only after both ends were looked at (art. 16, 19(4)): the registered site by a fair look of ours since
//! the lead was raised, the other host by the officer, who states what was there. The case lies at the site whose badge it
//! is. Where the host is another registered site's, that site's own looks find the foreign badge and open its case by
//! themselves. Where no registered site is known there is nobody to open a case at: what looks forged is handed over at once,
//! against a receipt (art. 21).

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::read::yours;
use super::{LeadError, chain};
use crate::domain::account::{AccountRole, Actor};
use crate::domain::case::{Ground, Opened};
use crate::domain::host::Host;
use crate::domain::lead::{Followed, LeadRefusal, LeadState};
use crate::flow::{On, cases};
use crate::store::audit::{self, Act};
use crate::store::leads::{self, StoredLead};
use crate::store::sites::{self, StoredSite};
use crate::store::{Db, Tx, looks};

type Done = Result<StoredLead, LeadError>;

/// What an officer says who follows a lead.
#[derive(Debug, Clone, Copy, Default)]
pub struct Following<'a> {
    /// What was seen on the host.
    pub seen: &'a str,
    /// None: the one of the lead's kind.
    pub ground: Option<Ground>,
    /// Who took it over, and their receipt: where there is no registered site.
    pub handed_over: Option<(&'a str, &'a str)>,
}

/// Puts a lead away.
pub async fn dismiss(db: &Db, actor: &Actor, on: impl Into<On<'_>>, why: &str, now: DateTime<Utc>) -> Done {
    let mut tx = db.write().await?;
    let read = open(&mut tx, actor, on).await?;
    let why = Some(why.trim()).filter(|why| !why.is_empty()).ok_or(LeadRefusal::NoReason)?;
    let decided =
        decide(&mut tx, actor, &read, LeadState::Dismissed, now, |to| to.reason = Some(why.to_owned())).await?;
    put_on_record(&mut tx, actor, &decided, now, json!({ "seen": read.seen })).await?;
    tx.commit().await?;
    Ok(decided)
}

/// Follows a lead: a case at the site whose badge it is, or a handing over where none is known.
pub async fn follow(
    db: &Db,
    actor: &Actor,
    on: impl Into<On<'_>>,
    following: &Following<'_>,
    now: DateTime<Utc>,
) -> Done {
    let mut tx = db.write().await?;
    let read = open(&mut tx, actor, on).await?;
    let seen = following.seen.trim();
    if seen.is_empty() {
        return Err(LeadRefusal::NothingSeen.into());
    }
    let site = match &read.site_id {
        Some(id) => sites::by_id(&mut tx, id).await?.filter(|site| site.dropped_at.is_none()),
        None => None,
    };
    let seen = seen.to_owned();
    let (case_id, followed) = match &site {
        Some(site) => {
            let looked_at = Some(looked_since(&mut tx, site, read.first_at).await?);
            let case = case(&mut tx, actor, &read, site, following, now).await?;
            (Some(case), Followed { seen, looked_at, handed_over: None })
        }
        None => (None, Followed { seen, looked_at: None, handed_over: Some(receipt(following)?) }),
    };
    let detail = json!({ "case": case_id, "followed": followed });
    let decided = decide(&mut tx, actor, &read, LeadState::Followed, now, |to| {
        (to.case_id, to.file.followed) = (case_id, Some(followed));
    });
    let decided = decided.await?;
    put_on_record(&mut tx, actor, &decided, now, detail).await?;
    tx.commit().await?;
    Ok(decided)
}

/// A lead that nobody has decided, for an officer of its region.
async fn open(tx: &mut Tx, actor: &Actor, on: impl Into<On<'_>>) -> Done {
    let read = yours(tx, actor, AccountRole::Officer, on).await?;
    if read.state == LeadState::New { Ok(read) } else { Err(LeadRefusal::Over.into()) }
}

/// The registered site's fair look since the lead was raised.
async fn looked_since(tx: &mut Tx, site: &StoredSite, since: DateTime<Utc>) -> Result<DateTime<Utc>, LeadError> {
    let standing = looks::standing(tx, &site.id).await?;
    let fair = standing.and_then(|standing| standing.fair_at).filter(|at| *at >= since);
    fair.ok_or_else(|| LeadRefusal::NotLooked.into())
}

fn receipt(following: &Following<'_>) -> Result<(String, String), LeadRefusal> {
    let given = following.handed_over.map(|(to, receipt)| (to.trim().to_owned(), receipt.trim().to_owned()));
    given.filter(|(to, receipt)| !to.is_empty() && !receipt.is_empty()).ok_or(LeadRefusal::NoReceipt)
}

/// The case that the lead leads to: a new one, or the open one of the site on this ground.
async fn case(
    tx: &mut Tx,
    actor: &Actor,
    read: &StoredLead,
    site: &StoredSite,
    following: &Following<'_>,
    now: DateTime<Utc>,
) -> Result<String, LeadError> {
    let ground = following.ground.unwrap_or(read.kind.ground());
    if !ground.by_lead() {
        return Err(LeadRefusal::GroundNotAllowed.into());
    }
    let host = Host::parse(&read.host).map_or_else(|| read.host.clone(), |host| host.unicode());
    let why =
        format!("线索：标识出现在 {host}。该网址实际情况：{}。登记网站在线索产生后已经检查。", following.seen.trim());
    let opened = Opened { by: actor.text(), at: now, why };
    cases::open_by_lead(tx, site, ground, opened, &read.id).await?.ok_or(LeadError::Changed)
}

/// Decides an open lead as it was read.
async fn decide(
    tx: &mut Tx,
    actor: &Actor,
    read: &StoredLead,
    state: LeadState,
    now: DateTime<Utc>,
    how: impl FnOnce(&mut StoredLead),
) -> Done {
    let mut to = StoredLead { state, decided_at: Some(now), decided_by: Some(actor.text()), ..read.clone() };
    how(&mut to);
    match leads::change(tx, read, &to).await? {
        true => Ok(StoredLead { version: read.version + 1, ..to }),
        false => Err(LeadError::Changed),
    }
}

async fn put_on_record(
    tx: &mut Tx,
    actor: &Actor,
    decided: &StoredLead,
    now: DateTime<Utc>,
    detail: Value,
) -> Result<(), LeadError> {
    let (by, why) = (actor.text(), decided.reason.as_deref());
    let (from, to) = (Some(LeadState::New.name()), Some(decided.state.name()));
    let act = Act { actor: &by, action: decided.state.name(), from, to, why, detail };
    Ok(audit::append(tx, &chain(&decided.id), now, &act).await?)
}
