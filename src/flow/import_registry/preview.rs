//! A registry file that somebody of an office sends is looked at first: what it would change and which rows are refused.
//! What is taken then is what was looked at, or nothing.

use chrono::{DateTime, TimeDelta, Utc};

use super::differ::{Difference, compare};
use super::{Incoming, Report, Terms, carry_out, read};
use crate::domain::account::Actor;
use crate::domain::registry::{FieldChange, RegistryError, Site, changes};
use crate::store::previews::{self, Kept};
use crate::store::{Db, StoreError, StoreResult, Tx, new_id, sites, units};

/// The largest file that is taken over the web, in bytes: what is larger is imported at the machine itself.
pub const LARGEST: usize = 32 << 20;
/// A file that is not taken is let go after so long.
const LIVES: TimeDelta = TimeDelta::hours(2);
/// Sites of each kind that are told one by one.
const MOST: usize = 100;
/// Characters of a file's name that are kept.
const NAME: usize = 120;

/// Why a file was not looked at, or not taken.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    #[error(transparent)]
    File(#[from] RegistryError),
    #[error("no such file of this account waits to be taken")]
    NotFound,
    #[error("the time of the file is over")]
    Gone,
    #[error("the registry has changed since the file was looked at")]
    Changed,
    #[error("more sites would be dropped than registry.max_shrink allows")]
    Waits,
    #[error("the file could not be read through")]
    Broken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A site by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub key: String,
    pub name: String,
    pub unit: String,
}

impl Named {
    fn of(site: &Site) -> Self {
        Self { key: site.key.clone(), name: site.name.clone(), unit: site.unit.name.clone() }
    }
}

/// A site on file, and what the file says otherwise. Of personal values only that they change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub site: Named,
    pub fields: Vec<FieldChange>,
}

/// What a file would do. Of each kind the first hundred sites; the report has the numbers.
#[derive(Debug)]
pub struct Preview {
    pub id: String,
    pub file: String,
    pub expires_at: DateTime<Utc>,
    pub report: Report,
    pub added: Vec<Named>,
    pub changed: Vec<Changed>,
    pub restored: Vec<Changed>,
    pub dropped: Vec<Named>,
}

/// Keeps a file to be looked at, in place of the one that the account had sent before; its id. What cannot be used at all is
/// not kept.
pub async fn keep(
    db: &Db,
    actor: &Actor,
    file: &str,
    content: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<String, PreviewError> {
    let file: String = file.chars().filter(|c| !c.is_control()).take(NAME).collect();
    let (content, _) = read_through(file.clone(), content).await?;
    let kept = Kept {
        id: new_id(),
        account_id: actor.account_id.clone(),
        made_at: now,
        expires_at: now + LIVES,
        file,
        content,
    };
    let mut tx = db.write().await?;
    previews::purge(&mut tx, now).await?;
    previews::keep(&mut tx, &kept).await?;
    tx.commit().await?;
    Ok(kept.id)
}

/// What a kept file would do now.
pub async fn look(
    db: &Db,
    actor: &Actor,
    id: &str,
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<Preview, PreviewError> {
    let (kept, incoming) = open(db, actor, id, now).await?;
    let mut tx = db.read().await?;
    let difference = compare(&mut tx, &incoming, terms.allow_shrink).await?;
    let report = difference.report(&incoming, terms);
    let Difference { added, changed, restored, dropped, .. } = &difference;
    let rows = &incoming.rows.entries;
    Ok(Preview {
        id: kept.id,
        file: kept.file,
        expires_at: kept.expires_at,
        report,
        added: added.iter().take(MOST).map(|at| Named::of(&rows[*at].site)).collect(),
        changed: told(&mut tx, &incoming, changed).await?,
        restored: told(&mut tx, &incoming, restored).await?,
        dropped: named(&mut tx, dropped).await?,
    })
}

/// Takes a kept file, if it does what was looked at (`plan` of the report); nothing else is done.
pub async fn commit(
    db: &Db,
    actor: &Actor,
    id: &str,
    plan: &str,
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<Report, PreviewError> {
    let (_, incoming) = open(db, actor, id, now).await?;
    let mut tx = db.write().await?;
    units::lock_imports(&mut tx).await?;
    if !previews::discard(&mut tx, &actor.account_id, id).await? {
        return Err(PreviewError::NotFound);
    }
    let mut report = carry_out(&mut tx, &incoming, terms, Some(plan), now).await?;
    if report.plan != plan {
        return Err(PreviewError::Changed);
    } else if report.waits {
        return Err(PreviewError::Waits);
    }
    tx.commit().await?;
    report.applied = true;
    Ok(report)
}

/// Lets a kept file go.
pub async fn discard(db: &Db, actor: &Actor, id: &str) -> Result<(), PreviewError> {
    let mut tx = db.write().await?;
    if !previews::discard(&mut tx, &actor.account_id, id).await? {
        return Err(PreviewError::NotFound);
    }
    Ok(tx.commit().await?)
}

async fn open(db: &Db, actor: &Actor, id: &str, now: DateTime<Utc>) -> Result<(Kept, Incoming), PreviewError> {
    let kept = previews::of(&mut db.read().await?, &actor.account_id, id).await?.ok_or(PreviewError::NotFound)?;
    if kept.expires_at <= now {
        return Err(PreviewError::Gone);
    }
    let (content, incoming) = read_through(kept.file.clone(), kept.content).await?;
    Ok((Kept { content, ..kept }, incoming.of(actor)))
}

/// Reads a file beside the tasks that answer others; the bytes come back.
async fn read_through(file: String, content: Vec<u8>) -> Result<(Vec<u8>, Incoming), PreviewError> {
    let reading = tokio::task::spawn_blocking(move || {
        let incoming = read(&file, &content)?;
        Ok((content, incoming))
    });
    reading.await.map_err(|_| PreviewError::Broken)?
}

async fn told(tx: &mut Tx, incoming: &Incoming, known: &[(usize, String)]) -> StoreResult<Vec<Changed>> {
    let mut told = Vec::new();
    for (at, id) in known.iter().take(MOST) {
        let new = &incoming.rows.entries[*at].site;
        let old = sites::by_id(tx, id).await?;
        let fields = old.map(|old| changes(&old.site, new)).unwrap_or_default();
        told.push(Changed { site: Named::of(new), fields });
    }
    Ok(told)
}

async fn named(tx: &mut Tx, ids: &[String]) -> StoreResult<Vec<Named>> {
    let mut named = Vec::new();
    for id in ids.iter().take(MOST) {
        named.extend(sites::by_id(tx, id).await?.map(|stored| Named::of(&stored.site)));
    }
    Ok(named)
}
