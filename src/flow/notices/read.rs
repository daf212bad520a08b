//! What people see of notices: of their own region, and nothing beyond it.

use super::apply::chain;
use super::{ActError, notice_of};
use crate::domain::account::{AccountRole, Actor};
use crate::domain::notice::NoticeState;
use crate::domain::region::{digits_of, is_within};
use crate::store::audit::{self, Recorded};
use crate::store::findings::{self, StoredFinding};
use crate::store::notices::{self, Asked, StoredNotice};
use crate::store::outbox::{self, Listed};
use crate::store::sites::{self, StoredSite};
use crate::store::{Db, StoreError, StoreResult, Tx, attachments};

/// Notices on one page at most.
pub const MOST: u32 = 200;
/// Acts of a notice that are shown; none ever comes near it.
pub(super) const ACTS: i64 = 10_000;

/// What is asked of the list.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub state: Option<NoticeState>,
    /// Only those with an objection that waits.
    pub objected: bool,
    /// Only those of this region (GB/T 2260) and below.
    pub region: Option<String>,
    /// From 0.
    pub page: u32,
    /// Notices a page, [`MOST`] at most.
    pub most: u32,
}

/// One page of the list.
#[derive(Debug, Clone)]
pub struct Page {
    pub notices: Vec<(StoredNotice, StoredSite)>,
    /// Is there another one?
    pub more: bool,
}

/// The notices of an actor's region, the most urgent first.
pub async fn list(db: &Db, actor: &Actor, wanted: &Wanted) -> StoreResult<Page> {
    let Some(area) = area(actor, wanted.region.as_deref()) else {
        return Ok(Page { notices: Vec::new(), more: false });
    };
    let most = i64::from(wanted.most.clamp(1, MOST));
    let mut tx = db.read().await?;
    let asked = Asked {
        area: area.to_owned(),
        state: wanted.state,
        objected: wanted.objected,
        skip: i64::from(wanted.page) * most,
        most: most + 1,
    };
    let mut found = notices::list(&mut tx, &asked).await?;
    let more = found.len() as i64 > most;
    found.truncate(most as usize);
    let mut listed = Vec::new();
    for notice in found {
        let site = site(&mut tx, &notice).await?;
        listed.push((notice, site));
    }
    Ok(Page { notices: listed, more })
}

/// The digits of where two regions meet: the narrower of the two, if it lies in the other.
pub(super) fn area<'a>(actor: &'a Actor, asked: Option<&'a str>) -> Option<&'a str> {
    match asked {
        None => Some(digits_of(&actor.region)),
        Some(asked) if is_within(asked, &actor.region) => Some(digits_of(asked)),
        Some(asked) if is_within(&actor.region, asked) => Some(digits_of(&actor.region)),
        Some(_) => None,
    }
}

pub(super) async fn site(tx: &mut Tx, notice: &StoredNotice) -> StoreResult<StoredSite> {
    let site = sites::by_id(tx, &notice.site_id).await?;
    site.ok_or_else(|| StoreError::Corrupt(format!("site {} of a notice", notice.site_id)))
}

/// A notice with what belongs to it.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub notice: StoredNotice,
    pub site: StoredSite,
    /// Every finding of the site; the notice's items are among them.
    pub findings: Vec<StoredFinding>,
}

/// A notice by its id or number.
pub async fn show(db: &Db, actor: &Actor, id: &str) -> Result<Sheet, ActError> {
    let mut tx = db.read().await?;
    let notice = notice_of(&mut tx, actor, AccountRole::Viewer, id).await?;
    let site = site(&mut tx, &notice).await?;
    let findings = findings::of_site(&mut tx, &notice.site_id).await?;
    Ok(Sheet { notice, site, findings })
}

/// What was done to a notice, in order.
pub async fn history(db: &Db, actor: &Actor, id: &str) -> Result<Vec<Recorded>, ActError> {
    let mut tx = db.read().await?;
    let notice = notice_of(&mut tx, actor, AccountRole::Viewer, id).await?;
    Ok(audit::chain(&mut tx, &chain(&notice.id), 0, ACTS).await?)
}

/// The letters of a notice, the first first.
pub async fn letters(db: &Db, actor: &Actor, id: &str) -> Result<Vec<Listed>, ActError> {
    let mut tx = db.read().await?;
    let notice = notice_of(&mut tx, actor, AccountRole::Viewer, id).await?;
    Ok(outbox::of_subject(&mut tx, &notice.id).await?)
}

/// The files that came with objections, the first first.
pub async fn files(db: &Db, actor: &Actor, id: &str) -> Result<Vec<attachments::Listed>, ActError> {
    let mut tx = db.read().await?;
    let notice = notice_of(&mut tx, actor, AccountRole::Viewer, id).await?;
    Ok(attachments::of_notice(&mut tx, &notice.id).await?)
}

/// One of them: its name and content.
pub async fn file(db: &Db, actor: &Actor, id: &str, file: &str) -> Result<(String, Vec<u8>), ActError> {
    let mut tx = db.read().await?;
    let notice = notice_of(&mut tx, actor, AccountRole::Viewer, id).await?;
    let all = attachments::of_notice(&mut tx, &notice.id).await?;
    let listed = all.into_iter().find(|listed| listed.id == file).ok_or(ActError::NotFound)?;
    let content = attachments::content(&mut tx, &notice.id, file).await?.ok_or(ActError::NotFound)?;
    Ok((listed.name, content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_another_region_gets_nothing_and_for_a_wider_one_their_own() {
        let of = |region: &str| Actor {
            account_id: "1".into(),
            name: "chen".into(),
            role: AccountRole::Viewer,
            region: region.into(),
        };
        let city = of("140200");
        assert_eq!(area(&city, None), Some("1402"));
        assert_eq!(area(&city, Some("140214")), Some("140214"));
        assert_eq!((area(&city, Some("140000")), area(&city, Some("000000"))), (Some("1402"), Some("1402")));
        assert_eq!((area(&city, Some("140300")), area(&city, Some("")), area(&city, Some("%"))), (None, None, None));
        assert_eq!((area(&of("000000"), None), area(&of("000000"), Some("140000"))), (Some(""), Some("14")));
    }
}
