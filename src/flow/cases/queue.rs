//! Cases as they wait for somebody, and all that one sees of one case.

use super::read::{self, site, yours};
use super::{CaseError, chain};
use crate::domain::account::{AccountRole, Actor};
use crate::domain::case::CaseQueue;
use crate::domain::region::digits_of;
use crate::store::audit::{self, Recorded};
use crate::store::cases::{self, StoredCase};
use crate::store::desk::{self, CasesAsked};
use crate::store::instructions::{self, StoredInstruction};
use crate::store::outbox::{self, Listed};
use crate::store::sites::StoredSite;
use crate::store::{Db, StoreResult, notices};

/// One page of a queue, and how many wait in each.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    pub cases: Vec<(StoredCase, StoredSite)>,
    /// Is there another page?
    pub more: bool,
    pub counts: Vec<(CaseQueue, i64)>,
}

/// A page (from 0) of a queue of an actor's region.
pub async fn queue(db: &Db, actor: &Actor, queue: CaseQueue, page: u32, most: u32) -> StoreResult<Queue> {
    let most = i64::from(most.clamp(1, read::MOST));
    let (area, by) = (digits_of(&actor.region).to_owned(), actor.text());
    let asked = CasesAsked { area, queue, by, skip: i64::from(page) * most, most: most + 1 };
    let mut tx = db.read().await?;
    let mut ids = desk::cases(&mut tx, &asked).await?;
    let more = ids.len() as i64 > most;
    ids.truncate(most as usize);
    let mut found = Vec::new();
    for id in ids {
        let Some(case) = cases::by_id(&mut tx, &id).await? else { continue };
        let site = site(&mut tx, &case).await?;
        found.push((case, site));
    }
    Ok(Queue { cases: found, more, counts: desk::case_counts(&mut tx, &asked.area, &asked.by).await? })
}

/// All that somebody sees of a case.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub case: StoredCase,
    pub site: StoredSite,
    /// The notices it stands on, by id and number.
    pub notices: Vec<(String, Option<String>)>,
    pub orders: Vec<StoredInstruction>,
    pub letters: Vec<Listed>,
    pub acts: Vec<Recorded>,
}

/// A case with all that belongs to it.
pub async fn sheet(db: &Db, actor: &Actor, id: &str) -> Result<Sheet, CaseError> {
    let mut tx = db.read().await?;
    let case = yours(&mut tx, actor, AccountRole::Viewer, id).await?;
    let mut told = Vec::new();
    for id in &case.case.notices {
        let number = notices::by_id(&mut tx, id).await?.and_then(|notice| notice.number);
        told.push((id.clone(), number));
    }
    Ok(Sheet {
        site: site(&mut tx, &case).await?,
        notices: told,
        orders: instructions::of_case(&mut tx, &case.id).await?,
        letters: outbox::of_subject(&mut tx, &case.id).await?,
        acts: audit::chain(&mut tx, &chain(&case.id), 0, read::ACTS).await?,
        case,
    })
}

/// The locked evidence that the case's decision stands on, as it is on record.
pub async fn bundle(db: &Db, actor: &Actor, id: &str) -> Result<String, CaseError> {
    let mut tx = db.read().await?;
    let case = yours(&mut tx, actor, AccountRole::Viewer, id).await?;
    let hash = case.case.decision.as_ref().map(|decision| decision.proposal.bundle_hash.clone());
    let hash = hash.ok_or(CaseError::NotFound)?;
    super::bundle_of(&mut tx, &case.id, &hash).await?.ok_or(CaseError::NotFound)
}
