//! Locked evidence: what a proposal stands on, as one text, its SHA-256, and the site's evidence kept as that of a case.
//!
//! The text is kept on record with the proposal, so that the chain of acts holds it, too.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::chain;
use crate::domain::evidence::sha256;
use crate::store::cases::{self, StoredCase};
use crate::store::sites::StoredSite;
use crate::store::{StoreError, StoreResult, Tx, audit, evidence, findings, looks, storable};

/// Looks that a bundle lists.
const LOOKS: i64 = 100;
/// Acts of a chain that are read at a time.
const PAGE: i64 = 500;

/// What a bundle is: its text, and the hash that decision and instruction name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bundle {
    pub text: String,
    pub hash: String,
}

/// Locks the evidence of a case.
pub(super) async fn lock(
    tx: &mut Tx,
    stored: &StoredCase,
    site: &StoredSite,
    now: DateTime<Utc>,
) -> StoreResult<Bundle> {
    evidence::keep_for_case(tx, &stored.site_id, DateTime::UNIX_EPOCH).await?;
    let head = evidence::head(tx, &stored.site_id).await?;
    let registered = &site.site;
    let tree = json!({
        "schema": "badgewatch.bundle/1",
        "case": stored.number,
        "locked_at": now,
        "ground": stored.case.ground,
        "opened": stored.case.opened,
        "counted_days": stored.case.counted_days,
        "consultations": stored.case.consultations,
        "site": {
            "key": registered.key,
            "name": registered.name,
            "unit": registered.unit.name,
            "names": registered.names().map(|host| host.ascii()).collect::<Vec<_>>(),
            "badge_code": registered.badge_code.as_ref().map(|code| code.as_str()),
            "certificate_id": registered.certificate_id.as_ref().map(|id| id.as_str()),
            "state": registered.state,
        },
        "evidence_head": head.map(|head| json!({ "seq": head.seq, "hash": head.hash })),
        "findings": found(tx, &stored.site_id).await?,
        "looks": looked(tx, &stored.site_id).await?,
        "notices": notices(tx, stored).await?,
    });
    // As the database keeps it, so that the text on record has the hash that is named.
    let text = storable(&tree)?.0.to_string();
    Ok(Bundle { hash: sha256(text.as_bytes()), text })
}

async fn found(tx: &mut Tx, site_id: &str) -> StoreResult<Vec<Value>> {
    let open = findings::open_of_site(tx, site_id).await?;
    let told = |found: crate::store::findings::StoredFinding| {
        json!({
            "code": found.finding.code,
            "state": found.track.state,
            "looks": found.track.failed,
            "first_failed_at": found.track.first_failed_at,
            "last_failed_at": found.track.last_failed_at,
            "confirmed_at": found.confirmed_at,
            "pages": found.pages,
        })
    };
    Ok(open.into_iter().map(told).collect())
}

async fn looked(tx: &mut Tx, site_id: &str) -> StoreResult<Vec<Value>> {
    let latest = looks::of_site(tx, site_id, LOOKS).await?;
    let told = |look: looks::StoredLook| {
        json!({
            "id": look.id,
            "started_at": look.started_at,
            "vantage": look.vantage,
            "rules": look.rules,
            "verdict": look.verdict,
            "cause": look.cause,
            "instrument": look.instrument,
            "findings": look.findings.0,
        })
    };
    Ok(latest.into_iter().map(told).collect())
}

/// The notices of the case with all that was done about them.
async fn notices(tx: &mut Tx, stored: &StoredCase) -> StoreResult<Vec<Value>> {
    let mut told = Vec::new();
    for id in &stored.case.notices {
        let Some(notice) = cases::notice(tx, id).await? else { continue };
        let acts: Vec<Value> = acts(tx, &format!("notice:{id}")).await?.iter().map(act).collect();
        told.push(json!({ "number": notice.number, "state": notice.state, "notice": notice.body.0, "acts": acts }));
    }
    Ok(told)
}

fn act(act: &audit::Recorded) -> Value {
    json!({ "seq": act.seq, "at": act.at, "actor": act.actor, "action": act.action, "hash": act.hash })
}

async fn acts(tx: &mut Tx, of: &str) -> StoreResult<Vec<audit::Recorded>> {
    let mut all: Vec<audit::Recorded> = Vec::new();
    loop {
        let page = audit::chain(tx, of, all.last().map_or(0, |act| act.seq), PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// The locked evidence that a hash names, as it stands on the record of a case.
pub async fn of_case(tx: &mut Tx, case_id: &str, hash: &str) -> StoreResult<Option<String>> {
    for act in acts(tx, &chain(case_id)).await?.iter().rev().filter(|act| act.action == "proposed") {
        let tree = act.tree()?;
        let text = tree.pointer("/detail/with/bundle").and_then(Value::as_str);
        if let Some(text) = text.filter(|_| tree.pointer("/detail/event/bundle_hash").is_some_and(|is| is == hash)) {
            let is_whole = sha256(text.as_bytes()) == hash;
            let text = is_whole.then(|| text.to_owned());
            return text.map(Some).ok_or_else(|| StoreError::Corrupt(format!("bundle of case {case_id}")));
        }
    }
    Ok(None)
}
