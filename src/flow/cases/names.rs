//! What our own looks say of the names an authority was told to stop or to restore.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::domain::case::{InstructionAct, Order, Said, is_stopped};
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
        let told = |look: &'a StoredLook| (look, asked(look, name));
        let (look, asked) = looks.iter().filter(fair).map(told).find(|(_, asked)| !asked.is_empty())?;
        if !says(order.act, &asked) {
            return None;
        }
        if !proof.contains(&look.id.as_str()) {
            proof.push(&look.id);
        }
    }
    Some(proof)
}

/// A name that was asked for, what all that was said comes to, and the evidence.
struct Asked<'a> {
    name: Host,
    outcome: DnsOutcome,
    said: Vec<Said<'a>>,
}

/// Stopped: the name, and its `www.` twin where it was asked for, does not exist, by a word from above. Restored: one of
/// them leads somewhere.
fn says(act: InstructionAct, asked: &[Asked<'_>]) -> bool {
    match act {
        InstructionAct::Stop => {
            asked.iter().all(|asked| asked.outcome == DnsOutcome::Nxdomain && is_stopped(&asked.name, &asked.said))
        }
        InstructionAct::Reinstate => asked.iter().any(|asked| asked.outcome == DnsOutcome::Resolves),
        InstructionAct::Revoke => false,
    }
}

/// What a look says of a name and its twin.
fn asked<'a>(look: &'a StoredLook, name: &str) -> Vec<Asked<'a>> {
    let twin = Host::parse(name).and_then(|host| host.www_twin());
    let of = |entry: &'a Value| {
        let asked = entry.get("name")?.as_str()?;
        let is = asked == name || twin.as_ref().is_some_and(|twin| twin.ascii() == asked);
        let outcome = DnsOutcome::from_name(entry.get("outcome")?.as_str()?).filter(|_| is)?;
        let answers = entry.get("answers").and_then(Value::as_array);
        let said = answers.into_iter().flatten().filter_map(said).collect();
        Some(Asked { name: Host::parse(asked)?, outcome, said })
    };
    look.dns.as_array().map(|entries| entries.iter().filter_map(of).collect()).unwrap_or_default()
}

fn said(answer: &Value) -> Option<Said<'_>> {
    let chain = answer.get("chain").and_then(Value::as_array);
    Some(Said {
        outcome: DnsOutcome::from_name(answer.get("outcome")?.as_str()?)?,
        zone: answer.get("soa_owner").and_then(Value::as_str),
        is_alias: chain.is_some_and(|chain| !chain.is_empty()),
    })
}
