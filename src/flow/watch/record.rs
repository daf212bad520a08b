//! One transaction for all that a look brought: the claim is given back, and look, pages, findings, evidence and
//! standing are stored, or none of it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::decide::{Decision, decide, told};
use super::gather::Case;
use super::hold::{self, Ties};
use super::instrument::Wellness;
use super::journal::Entries;
use super::{RULES, Watch};
use crate::domain::badge::BadgeHosts;
use crate::domain::confirm::{FindingState, Track};
use crate::domain::verdict::{Effect, Verdict};
use crate::flow::check_site::SiteLook;
use crate::store::findings::Change;
use crate::store::looks::{Standing, StoredLook};
use crate::store::plan::{self, Claim};
use crate::store::{Json, StoreResult, Tx, evidence, findings, looks, new_id, pages};

/// A look that was taken.
pub(super) struct Taken<'a> {
    pub claim: &'a Claim,
    pub case: &'a Case,
    pub look: &'a SiteLook,
    pub wellness: &'a Wellness,
    pub started_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
}

/// Stores a look. `false`: the claim was lost meanwhile, and nothing is stored.
pub(super) async fn record(watch: &Watch, taken: &Taken<'_>, entries: Entries) -> StoreResult<bool> {
    let (claim, well, at) = (taken.claim, taken.wellness.is_well(), taken.ended_at);
    let mut tx = watch.db.write().await?;
    if !plan::finish(&mut tx, claim, watch.due(taken.case, claim, at)).await? {
        tracing::info!(site = claim.site_id, "the lease ran out before the look was done: nothing is stored");
        return Ok(false);
    }
    let look_id = new_id();
    looks::insert(&mut tx, &stored_look(watch, taken, &look_id)).await?;
    entries.write(&mut tx, &claim.site_id, &taken.case.judged_under, well, at).await?;
    let standing = standing(watch, taken, &mut tx).await?;
    let open = findings::open_of_site(&mut tx, &claim.site_id).await?;
    let decision = decide(taken.look, &entries.fresh, well, &open, &watch.terms, at);
    // The site must stand among its group before the group is counted.
    looks::set_standing(&mut tx, &standing).await?;
    let case_since = store_findings(watch, &mut tx, taken, &decision, &standing).await?;
    if decision.found.iter().any(|found| matches!(found.finding.effect, Effect::Fault | Effect::Lead)) {
        let body = exhibit(watch, taken, &look_id, &decision, &entries.exhibits).to_string();
        evidence::append(&mut tx, &claim.site_id, &look_id, at, &body).await?;
    }
    if let Some(since) = case_since {
        // This look's own evidence is among it.
        evidence::keep_for_case(&mut tx, &claim.site_id, since).await?;
    }
    tx.commit().await?;
    Ok(true)
}

fn stored_look(watch: &Watch, taken: &Taken<'_>, id: &str) -> StoredLook {
    let look = taken.look;
    let well = taken.wellness.is_well();
    let (verdict, cause) = told(look, well);
    let findings = if well { &look.findings[..] } else { &[] };
    StoredLook {
        id: id.to_owned(),
        site_id: taken.claim.site_id.clone(),
        kind: taken.case.kind.name().to_owned(),
        slot_at: taken.case.slot_at,
        started_at: taken.started_at,
        ended_at: taken.ended_at,
        vantage: watch.terms.vantage.clone(),
        rules: RULES.to_owned(),
        verdict: verdict.name().to_owned(),
        cause: cause.name().to_owned(),
        instrument: taken.wellness.text().to_owned(),
        findings: Json(json!(findings)),
        dns: Json(json!(look.dns)),
        coverage: Json(json!(look.coverage)),
    }
}

/// Stores what became of the findings; since when evidence is that of a case, where one of them is confirmed.
async fn store_findings(
    watch: &Watch,
    tx: &mut Tx,
    taken: &Taken<'_>,
    decision: &Decision<'_>,
    standing: &Standing,
) -> StoreResult<Option<DateTime<Utc>>> {
    let (site_id, at) = (&taken.claim.site_id, taken.ended_at);
    for opened in &decision.opened {
        findings::open(tx, site_id, &opened.finding, &Track::open(at), &opened.pages).await?;
    }
    let ties = Ties {
        address: standing.address.clone(),
        badge_host: standing.badge_host.clone(),
        region: taken.case.region.clone(),
        vantage: watch.terms.vantage.clone(),
    };
    let mut case_since: Option<DateTime<Utc>> = None;
    for step in &decision.moves {
        let (state, hold_id) = match step.confirms() {
            true => hold::judge(tx, step, &ties, &watch.terms, at).await?,
            false => (step.to.state, None),
        };
        let confirmed = state == FindingState::Confirmed && step.confirms();
        let change = Change {
            at,
            pages: &step.pages,
            confirmed_by: confirmed.then(|| watch.terms.rule_of(step.read.finding.code)),
            hold_id: hold_id.as_deref(),
        };
        findings::advance(tx, step.read, &Track { state, ..step.to.clone() }, &change).await?;
        if state == FindingState::Confirmed {
            let first = step.to.first_failed_at;
            case_since = Some(case_since.map_or(first, |since| since.min(first)));
        }
    }
    Ok(case_since)
}

/// Where the site stands after the look. An unwell instrument changes nothing but the time of the try.
async fn standing(watch: &Watch, taken: &Taken<'_>, tx: &mut Tx) -> StoreResult<Standing> {
    let (look, at) = (taken.look, taken.ended_at);
    let before = looks::standing(tx, &taken.claim.site_id).await?;
    let well = taken.wellness.is_well();
    if let (false, Some(before)) = (well, &before) {
        return Ok(Standing { looked_at: at, ..before.clone() });
    }
    let (verdict, cause) = told(look, well);
    let fair = verdict != Verdict::Undetermined;
    let counts = pages::counts(tx, &taken.claim.site_id).await?;
    let last = |is: bool, old: Option<DateTime<Utc>>| if is { Some(at) } else { old };
    let address = look.dns.iter().flat_map(|name| &name.addresses).next().map(ToString::to_string);
    Ok(Standing {
        site_id: taken.claim.site_id.clone(),
        verdict: verdict.name().to_owned(),
        cause: cause.name().to_owned(),
        looked_at: at,
        fair_at: last(fair, before.as_ref().and_then(|before| before.fair_at)),
        passed_at: last(verdict == Verdict::Pass, before.as_ref().and_then(|before| before.passed_at)),
        address: address.or_else(|| before.as_ref().and_then(|before| before.address.clone())),
        badge_host: badge_host(look, &watch.checker.hosts).or_else(|| before.and_then(|before| before.badge_host)),
        checked: counts.checked,
        known: counts.known,
        complete: look.coverage.complete && counts.checked == counts.known,
    })
}

/// The badge host that the site's pages name.
fn badge_host(look: &SiteLook, hosts: &BadgeHosts) -> Option<String> {
    let readings = || look.pages.iter().flat_map(|page| &page.readings).filter(|reading| reading.is_hung());
    let named = |host: &&crate::domain::host::Host| readings().any(|reading| reading.excerpt.contains(host.ascii()));
    hosts.all().find(named).map(|host| host.ascii().to_owned())
}

/// The evidence of a look, as it is hashed.
fn exhibit(watch: &Watch, taken: &Taken<'_>, look_id: &str, decision: &Decision<'_>, pages: &[Value]) -> Value {
    json!({
        "schema": "badgewatch.evidence/1",
        "look": look_id,
        "site": taken.case.site.key,
        "unit": taken.case.site.unit.name,
        "kind": taken.case.kind,
        "started_at": taken.started_at,
        "ended_at": taken.ended_at,
        "vantage": watch.terms.vantage,
        "resolvers": watch.checker.resolver.servers().map(|server| server.to_string()).collect::<Vec<_>>(),
        "instrument": taken.wellness.text(),
        "rules": RULES,
        "verdict": taken.look.verdict,
        "cause": taken.look.cause,
        "findings": decision.found,
        "trouble": taken.look.detail,
        "dns": taken.look.dns,
        "coverage": taken.look.coverage,
        "pages": pages,
    })
}
