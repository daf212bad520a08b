//! How the console names things, in both languages: how it stands, how old it is, what it is called.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::case::CaseState;
use crate::domain::host::Host;
use crate::domain::lead::LeadState;
use crate::domain::notice::NoticeState;
use crate::domain::registry::UnitType;
use crate::domain::verdict::{Cause, Verdict};
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
        CaseState::InForce => ("na", "●"),
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

/// How something stands: never by colour alone.
pub(super) struct Chip {
    pub class: &'static str,
    pub text: String,
}

/// A verdict by its name; anything else was not looked at yet.
pub(super) fn verdict(t: Tongue, name: &str) -> Chip {
    let (class, zh, en) = match Verdict::from_name(name) {
        Some(Verdict::Pass) => ("pass", "✔ 通过", "✔ pass"),
        Some(Verdict::Fail) => ("fail", "✘ 不通过", "✘ fail"),
        Some(Verdict::Undetermined) => ("undetermined", "？ 无法判定", "？ undetermined"),
        Some(Verdict::NotApplicable) => ("na", "－ 不适用", "－ not applicable"),
        None => ("na", "… 尚未检查", "… not looked at"),
    };
    Chip { class, text: t.say(zh, en).to_owned() }
}

/// Why it stands so, in a few words; empty where there is nothing to say.
pub(super) fn cause(t: Tongue, verdict: &str, cause: &str) -> String {
    let (Some(verdict), Some(cause)) = (Verdict::from_name(verdict), Cause::from_name(cause)) else {
        return String::new();
    };
    t.half(cause.under(verdict).help()).to_owned()
}

/// The kind of a unit by its name.
pub(super) fn kind(t: Tongue, name: &str) -> &'static str {
    match UnitType::from_name(name) {
        Some(UnitType::Organ) => t.say("党政机关", "organ"),
        Some(UnitType::Institution) => t.say("事业单位", "institution"),
        Some(UnitType::Society) => t.say("社会组织", "society"),
        None => "",
    }
}

/// A moment by its age, with the exact time beside.
pub(super) struct Age {
    pub text: String,
    pub exact: String,
    pub stamp: String,
}

pub(super) fn age(t: Tongue, at: DateTime<Utc>, now: DateTime<Utc>) -> Age {
    let since = (now - at).max(TimeDelta::zero());
    let text = match (since.num_minutes(), since.num_hours(), since.num_days(), t) {
        (..=0, ..) => t.say("刚刚", "just now").to_owned(),
        (minutes, 0, _, Tongue::Chinese) => format!("{minutes} 分钟前"),
        (minutes, 0, _, Tongue::English) => format!("{minutes} min ago"),
        (_, hours, 0, Tongue::Chinese) => format!("{hours} 小时前"),
        (_, hours, 0, Tongue::English) => format!("{hours} h ago"),
        (_, _, days, Tongue::Chinese) => format!("{days} 天前"),
        (_, _, 1, Tongue::English) => "1 day ago".to_owned(),
        (_, _, days, Tongue::English) => format!("{days} days ago"),
    };
    Age { text, exact: t.moment(at), stamp: at.to_rfc3339() }
}

/// A registered name as it is read, and as it is written in the DNS where that differs.
pub(super) struct Name {
    pub unicode: String,
    pub ascii: Option<String>,
}

pub(super) fn name(ascii: &str) -> Name {
    let unicode = readable(ascii);
    Name { ascii: (unicode != ascii).then(|| ascii.to_owned()), unicode }
}

/// A registered name as it is read.
pub(super) fn readable(ascii: &str) -> String {
    Host::parse(ascii).map_or_else(|| ascii.to_owned(), |host| host.unicode())
}

/// Hundredths of a percent as a rate of two decimals.
pub(super) fn percent(rate: i64) -> String {
    format!("{}.{:02}%", rate / 100, rate % 100)
}

/// A number in groups of three.
pub(super) fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
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

    #[test]
    fn numbers_rates_and_ages_are_read_at_a_glance() {
        assert_eq!((number(0), number(999), number(1_234_567)), ("0".into(), "999".into(), "1,234,567".into()));
        assert_eq!((percent(10_000), percent(6_605), percent(7)), ("100.00%".into(), "66.05%".into(), "0.07%".into()));
        let now: DateTime<Utc> = "2026-11-26T04:00:00Z".parse().unwrap();
        let text = |minutes| age(Tongue::Chinese, now - TimeDelta::minutes(minutes), now).text;
        assert_eq!(
            [text(-5), text(0), text(59), text(61), text(1_441)],
            ["刚刚", "刚刚", "59 分钟前", "1 小时前", "1 天前"]
        );
    }
}
