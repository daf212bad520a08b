//! What somebody of the public reports: a lead of its own, or one more voice in an open one. Nothing of it is published.

use chrono::{DateTime, Datelike, Utc};
use serde_json::json;

use super::{TRIES, chain, whose};
use crate::clock::day;
use crate::domain::certificate::BadgeRef;
use crate::domain::lead::{LeadFile, LeadKind, LeadState, REPORTS_KEPT, Report, Reported};
use crate::store::audit::{self, Act};
use crate::store::leads::{self, NewLead, StoredLead};
use crate::store::sites::{self, StoredSite};
use crate::store::{Db, StoreError, StoreResult, Tx, counters};

/// Takes a report; the reference its writer is given.
pub async fn report(db: &Db, reported: &Reported, now: DateTime<Utc>) -> StoreResult<String> {
    let mut tx = db.write().await?;
    let site = issued_to(&mut tx, reported.badge.as_deref()).await?;
    let year = day(now).year();
    let number = counters::next(&mut tx, &format!("report:{year}")).await?;
    let kept = Report {
        number: format!("{year}-{number:06}"),
        at: now,
        badge: reported.badge.clone(),
        text: reported.text.clone(),
        contact: reported.contact.clone(),
    };
    for _ in 0..TRIES {
        if let Some(id) = put(&mut tx, site.as_ref(), &reported.host, &kept, now).await? {
            // Neither words nor address: what is on record stays for ever.
            let detail = json!({ "number": kept.number, "host": reported.host });
            let to = Some(LeadState::New.name());
            let act = Act { actor: "public", action: "reported", from: None, to, why: None, detail };
            audit::append(&mut tx, &chain(&id), now, &act).await?;
            tx.commit().await?;
            return Ok(kept.number);
        }
    }
    Err(StoreError::Corrupt(format!("the lead about {} changes without end", reported.host)))
}

/// The site of the number on the badge. Of several the one of the lowest id: an officer sees the number itself.
async fn issued_to(tx: &mut Tx, badge: Option<&str>) -> StoreResult<Option<StoredSite>> {
    let found = match badge.and_then(BadgeRef::parse) {
        Some(BadgeRef::Code(code)) => sites::of_code(tx, &code).await?,
        Some(BadgeRef::Id(id)) => sites::of_certificate(tx, &id).await?,
        None => Vec::new(),
    };
    Ok(found.into_iter().next())
}

/// The id of the lead it is in now. `None`: somebody else changed it meanwhile.
async fn put(
    tx: &mut Tx,
    site: Option<&StoredSite>,
    host: &str,
    report: &Report,
    now: DateTime<Utc>,
) -> StoreResult<Option<String>> {
    let site_id = site.map(|site| site.id.as_str());
    let latest = leads::latest(tx, LeadKind::Report, site_id, host).await?;
    if let Some(open) = latest.filter(|lead| lead.state == LeadState::New) {
        let mut to = StoredLead { last_at: now, seen: open.seen + 1, ..open.clone() };
        if to.file.reports.len() < REPORTS_KEPT {
            to.file.reports.push(report.clone());
        }
        return Ok(leads::change(tx, &open, &to).await?.then_some(open.id));
    }
    let owners = whose::owners(&whose::holders(tx, host).await?);
    let file = LeadFile { owners, reports: vec![report.clone()], ..LeadFile::default() };
    let region = site.and_then(|site| site.region.as_deref());
    let new = NewLead { kind: LeadKind::Report, site_id, region, host, seen: 1, days: 0, file: &file };
    leads::raise(tx, &new, now).await
}
