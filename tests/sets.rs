//! The closed sets that scripts, metrics and documents build on: names that stay, a line of help each, and exactly the
//! values that the contract lists.

use std::collections::HashSet;
use std::path::Path;

use badgewatch::app::Role;
use badgewatch::domain::account::{AccountRole, Body};
use badgewatch::domain::badge::{Form, State, Why};
use badgewatch::domain::calendar::{DayKind, Weight};
use badgewatch::domain::case::{
    Authority, CaseAct, CaseOutcome, CaseQueue, CaseRefusal, CaseState, Ground, InstructionAct,
};
use badgewatch::domain::circular::CircularState;
use badgewatch::domain::click::ClickVerdict;
use badgewatch::domain::confirm::FindingState;
use badgewatch::domain::crawl::{Arrival, Offered, Origin, Outcome, RobotsMode, TrapCause, UrlKind};
use badgewatch::domain::dns::{DnsOutcome, RecordType};
use badgewatch::domain::lead::{LeadKind, LeadRefusal, LeadState};
use badgewatch::domain::letter::LetterKind;
use badgewatch::domain::limits::LimitKind;
use badgewatch::domain::mass::{Dimension, HoldState};
use badgewatch::domain::notice::{EventKind, NoticeQueue, NoticeState, OfficerAct, RequestKind, TellingStatus};
use badgewatch::domain::office::Approval;
use badgewatch::domain::personal::Personal;
use badgewatch::domain::registry::{BadgeState, Column, Hosting, RefusalReason, UnitType, WarningKind};
use badgewatch::domain::seen::SeenBy;
use badgewatch::domain::tasks::Task;
use badgewatch::domain::verdict::{BrokenStep, Cause, Effect, FindingCode, PageKind, Reason, Verdict};
use badgewatch::flow::deliver::Sending;
use badgewatch::flow::watch::Kind;
use badgewatch::jobs::{Always, JobName};
use badgewatch::metrics::{
    AddressSource, AnswerClass, ChainKind, PageFate, PoolUse, ReportResult, RunResult, Surface, TxMode, VerifyForm,
};
use badgewatch::probe::http::RequestEnd;
use badgewatch::store::outbox::{Channel, Part, Stuck};
use badgewatch::store::site_rows::{Freshness, Hanging, Named, Sort};
use badgewatch::store::vitals::Pool;
use badgewatch::web::api::Code;

struct Set {
    set: &'static str,
    names: Vec<&'static str>,
    helps: Vec<&'static str>,
}

macro_rules! sets {
    ($($set:ident)+) => {
        vec![$(Set {
            set: stringify!($set),
            names: $set::ALL.iter().map(|value| value.name()).collect(),
            helps: $set::ALL.iter().map(|value| value.help()).collect(),
        }),+]
    };
}

fn sets() -> Vec<Set> {
    sets!(Verdict PageKind FindingCode Effect BrokenStep Reason Form State Why DnsOutcome RecordType Arrival Offered Origin
        Outcome RobotsMode TrapCause UrlKind BadgeState Column Hosting RefusalReason UnitType WarningKind FindingState Dimension HoldState Role Kind
        LetterKind Approval LimitKind Channel Part AccountRole EventKind NoticeState RequestKind NoticeQueue OfficerAct
        TellingStatus Stuck DayKind Weight
        Ground CaseOutcome CaseState CaseQueue CaseAct Authority InstructionAct CaseRefusal Code Task ClickVerdict
        LeadKind LeadState LeadRefusal SeenBy ReportResult
        AddressSource AnswerClass ChainKind PageFate PoolUse RunResult Surface TxMode VerifyForm Sending JobName Always
        RequestEnd Pool Body Personal Sort Named Hanging Freshness CircularState)
}

/// The values of a set, as the contract has them (in any order).
fn are<'a>(set: &str, names: impl IntoIterator<Item = &'a str>, contract: &str) {
    let names: HashSet<&str> = names.into_iter().collect();
    let contract: HashSet<&str> = contract.split('|').collect();
    assert_eq!(names, contract, "{set}");
}

#[test]
fn every_name_is_a_word_of_its_own_with_a_line_of_help() {
    for Set { set, names, helps } in sets() {
        let distinct: HashSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{set}: a name stands twice");
        for (name, help) in names.iter().zip(helps) {
            // Types of DNS records go by the names of RFC 1035.
            let name = if set == "RecordType" { &*name.to_ascii_lowercase() } else { name };
            let is_word = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            assert!(is_word && !name.is_empty(), "{set}: {name:?} is no stable name");
            assert!(!help.trim().is_empty() && !help.contains('\n'), "{set}: {name} has no line of help");
        }
    }
}

#[test]
fn no_closed_set_is_left_out_here() {
    fn count(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .map(|path| {
                if path.is_dir() {
                    count(&path)
                } else if path.extension().is_some_and(|end| end == "rs") {
                    std::fs::read_to_string(path).unwrap().matches("\nclosed_set! {").count()
                } else {
                    0
                }
            })
            .sum()
    }
    assert_eq!(count(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")), sets().len());
}

#[test]
fn the_sets_of_the_json_contract_are_those_it_lists() {
    let names = |set: &str| sets().into_iter().find(|known| known.set == set).unwrap().names;
    for (set, contract) in [
        ("Verdict", "pass|fail|undetermined|not_applicable"),
        ("BrokenStep", "grammar|path|issued|in_force|unit|site|host|pair|link"),
        ("DnsOutcome", "resolves|nxdomain|nodata|servfail|refused|timeout|lame|bogus"),
        ("PageKind", "page|error_page|soft_404|challenge|blocked|login|empty|not_html|frame"),
        ("Effect", "fault|lead|queue|reminder|remark"),
        (
            "FindingCode",
            "not_hung|partly_hung|misplaced|blocked|malformed|wrong_link|error_state|unknown_badge|foreign_badge|\
             revoked_badge|domain_dead|unreachable|cannot_look|hang_overdue|report_overdue|badge_elsewhere|name_mismatch|\
             info_mismatch|address_mismatch|suffix_wrong|domain_expiring",
        ),
    ] {
        are(set, names(set), contract);
    }
}

#[test]
fn the_identity_chain_is_taken_in_its_order() {
    let order: Vec<&str> = BrokenStep::ALL.iter().map(|step| step.name()).collect();
    assert_eq!(order, ["grammar", "path", "issued", "in_force", "unit", "site", "host", "pair", "link"]);
}

/// The label by which an office knows a finding (domain rules, table of problem categories).
#[test]
fn every_finding_has_its_official_label() {
    for (code, label) in [
        (FindingCode::NotHung, "未挂标"),
        (FindingCode::PartlyHung, "未在所有页面加挂"),
        (FindingCode::Misplaced, "未挂于底部中间显著位置"),
        (FindingCode::Blocked, "标识无法显示"),
        (FindingCode::Malformed, "标识代码错误"),
        (FindingCode::WrongLink, "标识链接错误"),
        (FindingCode::ErrorState, "标识异常"),
        (FindingCode::UnknownBadge, "标识未登记"),
        (FindingCode::ForeignBadge, "使用他人标识"),
        (FindingCode::RevokedBadge, "已撤销或停用的标识仍在使用"),
        (FindingCode::DomainDead, "域名不能解析"),
        (FindingCode::Unreachable, "网站打不开"),
        (FindingCode::CannotLook, "无法检查"),
        (FindingCode::BadgeElsewhere, "标识出现在未登记网站"),
        (FindingCode::NameMismatch, "网站名称不一致"),
        (FindingCode::AddressMismatch, "解析地址与登记不符"),
        (FindingCode::SuffixWrong, "域名后缀待核"),
    ] {
        assert_eq!(code.label(), label);
    }
}

#[test]
fn a_name_leads_back_to_its_value_and_a_cause_keeps_the_name() {
    for code in FindingCode::ALL {
        assert_eq!(FindingCode::from_name(code.name()), Some(*code));
        assert_eq!(Cause::from(*code).name(), code.name());
    }
    for reason in Reason::ALL {
        assert_eq!(serde_json::to_value(Cause::from(*reason)).unwrap(), reason.name());
    }
    assert_eq!(Verdict::from_name("fine"), None);
    let both: Vec<_> = Reason::ALL.iter().filter(|reason| FindingCode::from_name(reason.name()).is_some()).collect();
    assert_eq!(both, [&Reason::Blocked]);
    let blocked = Cause::from_name("blocked").unwrap();
    assert_eq!(blocked.under(Verdict::Fail), FindingCode::Blocked.into());
    assert_eq!(blocked.under(Verdict::Undetermined), Reason::Blocked.into());
}
