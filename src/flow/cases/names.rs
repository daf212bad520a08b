//! What our own looks say of the names an authority was told to stop or to restore.

use chrono::{DateTime, Utc};

use crate::domain::case::{InstructionAct, Order};
use crate::domain::dns::DnsOutcome;
use crate::domain::host::Host;
use crate::domain::verdict::Reason;
use crate::store::looks::StoredLook;

/// The looks that say the order was carried out for every one of its names: of each name the latest since a moment that
/// asked for it. `None`: they do not say so. `looks`: the latest first. A name that was not asked for says nothing.
pub(super) fn carried_out<'a>(order: &Order, looks: &'a [StoredLook], since: DateTime<Utc>) -> Option<Vec<&'a str>> {
    if order.act == InstructionAct::Revoke || order.names.is_empty() {
        return None;
    }
    let fair = |look: &&StoredLook| look.started_at >= since && look.cause != Reason::CanaryFailed.name();
    let mut proof: Vec<&str> = Vec::new();
    for name in &order.names {
        let told = |look: &'a StoredLook| (look, outcomes(look, name));
        let (look, outcomes) = looks.iter().filter(fair).map(told).find(|(_, outcomes)| !outcomes.is_empty())?;
        if !says(order.act, &outcomes) {
            return None;
        }
        if !proof.contains(&look.id.as_str()) {
            proof.push(&look.id);
        }
    }
    Some(proof)
}

/// Stopped: the name, and its `www.` twin where it was asked for, does not exist. Restored: one of them leads somewhere.
fn says(act: InstructionAct, outcomes: &[DnsOutcome]) -> bool {
    match act {
        InstructionAct::Stop => outcomes.iter().all(|outcome| *outcome == DnsOutcome::Nxdomain),
        InstructionAct::Reinstate => outcomes.contains(&DnsOutcome::Resolves),
        InstructionAct::Revoke => false,
    }
}

fn outcomes(look: &StoredLook, name: &str) -> Vec<DnsOutcome> {
    let twin = Host::parse(name).and_then(|host| host.www_twin());
    let of = |entry: &serde_json::Value| {
        let asked = entry.get("name")?.as_str()?;
        let is = asked == name || twin.as_ref().is_some_and(|twin| twin.ascii() == asked);
        DnsOutcome::from_name(entry.get("outcome")?.as_str()?).filter(|_| is)
    };
    look.dns.as_array().map(|entries| entries.iter().filter_map(of).collect()).unwrap_or_default()
}
