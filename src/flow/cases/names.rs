//! What our own looks say of the names an authority was told to stop or to restore.

use chrono::{DateTime, Utc};

use crate::domain::case::{InstructionAct, Order};
use crate::domain::dns::DnsOutcome;
use crate::domain::host::Host;
use crate::domain::verdict::Reason;
use crate::store::looks::StoredLook;

/// Do the latest looks since a moment say that the order was carried out, for every one of its names? `looks`: the latest
/// first. A name that was not asked for since then says nothing.
pub(super) fn carried_out(order: &Order, looks: &[StoredLook], since: DateTime<Utc>) -> bool {
    if order.act == InstructionAct::Revoke || order.names.is_empty() {
        return false;
    }
    let fair = |look: &&StoredLook| look.started_at >= since && look.cause != Reason::CanaryFailed.name();
    let looks: Vec<&StoredLook> = looks.iter().filter(fair).collect();
    order.names.iter().all(|name| {
        let outcomes = looks.iter().map(|look| outcomes(look, name)).find(|outcomes| !outcomes.is_empty());
        outcomes.is_some_and(|outcomes| says(order.act, &outcomes))
    })
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
