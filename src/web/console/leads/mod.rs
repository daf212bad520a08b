//! Leads: badges on other hosts, and what the public reports. An officer looks at both ends, then puts a lead away or
//! follows it.

pub(super) mod act;
pub(super) mod list;
pub(super) mod sheet;

use crate::domain::lead::LeadKind;
use crate::web::tongue::Tongue;

use super::words::word;

fn kind(t: Tongue, kind: LeadKind) -> String {
    word(t, kind.label(), kind.name())
}

/// What was done just before.
fn told(t: Tongue, key: &str) -> Option<&'static str> {
    match key {
        "dismiss" => Some(t.say("已记录：不予跟进。", "Put away, with its reason on record.")),
        "follow" => Some(t.say("已跟进。", "Followed.")),
        _ => None,
    }
}
