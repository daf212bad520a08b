//! How the console names things, in both languages.

use crate::domain::case::CaseState;
use crate::domain::lead::LeadState;
use crate::domain::notice::NoticeState;
use crate::flow::notices::{SYSTEM, UNIT};
use crate::web::tongue::Tongue;

/// A value of a closed set: its label, or its English name.
pub(super) fn word(t: Tongue, label: &str, name: &str) -> String {
    match t {
        Tongue::Chinese => label.to_owned(),
        Tongue::English => name.replace('_', " "),
    }
}

/// Who acted, as people are named on record.
pub(super) fn who(t: Tongue, actor: &str) -> String {
    let by_command = |name: &str| format!("{name}{}", t.say("（命令行）", " (command line)"));
    match actor.split_once(':') {
        Some(("account", name)) => name.to_owned(),
        Some((_, name)) => by_command(name),
        None => match actor {
            SYSTEM => t.say("监测系统", "monitoring").to_owned(),
            UNIT => t.say("开办单位", "the unit").to_owned(),
            "public" => t.say("公众", "the public").to_owned(),
            other => other.to_owned(),
        },
    }
}

/// Class, and shape with word, of where a notice stands.
pub(super) fn notice_chip(t: Tongue, state: NoticeState) -> (&'static str, String) {
    let (class, shape) = match state {
        NoticeState::Drafted => ("runs", "◇"),
        NoticeState::Queued => ("na", "…"),
        NoticeState::Sent | NoticeState::Acknowledged => ("runs", "◔"),
        NoticeState::AwaitingLook => ("undetermined", "？"),
        NoticeState::Bounced | NoticeState::Overdue => ("fail", "✘"),
        NoticeState::Rectified => ("pass", "✔"),
        NoticeState::Withdrawn | NoticeState::Closed => ("na", "－"),
    };
    (class, format!("{shape} {}", word(t, state.label(), state.name())))
}

/// Class, and shape with word, of where a case stands.
pub(super) fn case_chip(t: Tongue, state: CaseState) -> (&'static str, String) {
    let (class, shape) = match state {
        CaseState::Open => ("runs", "◇"),
        CaseState::Proposed | CaseState::ReinstatementProposed => ("undetermined", "…"),
        CaseState::Approved => ("runs", "◔"),
        CaseState::InForce => ("fail", "●"),
        CaseState::Reinstated => ("pass", "✔"),
        CaseState::Closed => ("na", "－"),
    };
    (class, format!("{shape} {}", word(t, state.label(), state.name())))
}

/// Class, and shape with word, of where a lead stands.
pub(super) fn lead_chip(t: Tongue, state: LeadState) -> (&'static str, String) {
    let (class, shape) = match state {
        LeadState::New => ("runs", "◇"),
        LeadState::Dismissed => ("na", "－"),
        LeadState::Followed => ("pass", "✔"),
    };
    (class, format!("{shape} {}", word(t, state.label(), state.name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_programs_are_told_apart() {
        let zh = |actor: &str| who(Tongue::Chinese, actor);
        assert_eq!(
            (zh("account:chen"), zh("system"), zh("unit")),
            ("chen".into(), "监测系统".into(), "开办单位".into())
        );
        assert_eq!(who(Tongue::English, "operator:root"), "root (command line)");
    }
}
