//! What a letter says: frozen as data in the transaction that decided it, rendered when it goes.
//!
//! Only what depends on the moment of going ([`Going`]: day, due date, link) is added then, so that a letter that waited
//! for a mail server still counts its limit from the day it goes (告知).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::Due;
use super::confirm::Rule;
use super::host::Host;
use super::registry::Site;
use super::verdict::FindingCode;
use crate::closed_set;

closed_set! {
    /// The letters there are.
    pub enum LetterKind {
        Rectification = "rectification", "责令整改通知书 · confirmed faults are told: the limit begins";
        Supplement = "supplement", "补充通知 · further faults on an open notice, with a limit of their own";
        Reminder = "reminder", "整改提醒 · the due date is near, or today";
        Rectified = "rectified", "整改完成告知 · the faults are gone: thanks, the notice is closed";
        Withdrawn = "withdrawn", "撤回通知 · the notice was wrong and is withdrawn, with the reason";
        Extended = "extended", "延期告知 · the due date was moved";
        Answered = "answered", "异议答复 · the office's answer to an objection";
        OverdueNotice = "overdue", "逾期告知 · the limit is over, the faults stand; the office looks into a decision";
        Friendly = "friendly", "友情提醒 · a registered name is about to expire, or has; no fault";
        Warning = "warning", "警告 · a written warning (art. 20)";
        Revocation = "revocation", "撤销网站标识决定 · the badge is revoked (art. 19)";
        StopResolution = "stop_resolution", "停止域名解析决定 · resolution is stopped (art. 11, 20)";
        DecisionWithdrawn = "decision_withdrawn", "撤回决定 · a decision is withdrawn before it takes effect";
        Reinstatement = "reinstatement", "恢复决定 · badge and names are back in force after a new review";
        Instruction = "instruction", "执行通知 · to the registry or CNNIC: what to do with which names, with the signed instruction";
        OfficeTask = "office_task", "待办提醒 · to the office: something waits for an officer";
    }
}

/// A letter, as it was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    pub kind: LetterKind,
    /// 文号 of the notice or case; a draft in preview has none.
    pub number: Option<String>,
    /// 主送: the unit, or the authority an instruction goes to.
    pub addressee: String,
    pub parent_unit: Option<String>,
    pub site: SiteText,
    pub office: OfficeText,
    /// What was found; empty where the letter tells none.
    pub faults: Vec<Fault>,
    /// The limit that begins when it goes; none where none begins.
    pub limit: Option<Limit>,
    /// A due date that stands already (reminders, extensions).
    pub due: Option<Due>,
    /// Free text by a person: the reason of a withdrawal, the answer to an objection, the reasons of a decision.
    pub text: Option<String>,
    /// Of a decision: which, on what ground, from when, which names.
    pub decision: Option<DecisionText>,
    /// 抄送.
    pub copies: Vec<String>,
}

/// The site a letter is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteText {
    pub name: String,
    pub address: String,
    /// A-labels.
    pub en_domain: Option<String>,
    pub cn_domain: Option<String>,
    pub badge_code: Option<String>,
    pub certificate_id: Option<String>,
}

impl SiteText {
    /// The site as letters name it.
    pub fn of(site: &Site) -> Self {
        let ascii = |host: &Option<Host>| host.as_ref().map(|host| host.ascii().to_owned());
        let folder = site.url_prefix.as_deref().unwrap_or("/");
        Self {
            name: site.name.clone(),
            address: site.names().next().map(|host| format!("http://{}{folder}", host.ascii())).unwrap_or_default(),
            en_domain: ascii(&site.en_domain),
            cn_domain: ascii(&site.cn_domain),
            badge_code: site.badge_code.as_ref().map(ToString::to_string),
            certificate_id: site.certificate_id.as_ref().map(ToString::to_string),
        }
    }
}

/// Who writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeText {
    /// Signs the letter.
    pub name: String,
    /// The supervisor of the same level (网信办), where it gets copies.
    pub supervisor: Option<String>,
    pub contact: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// One finding, as the unit must be able to check it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub code: FindingCode,
    /// Pages at fault, the first [`SHOWN_PAGES`].
    pub pages: Vec<String>,
    /// How many there are in all.
    pub pages_in_all: u64,
    pub first_seen: DateTime<Utc>,
    pub last_seen: DateTime<Utc>,
    /// Fair looks in a row that found it.
    pub looks: u32,
    /// The rule it was confirmed by.
    pub rule: Rule,
    pub vantage: String,
    pub evidence: Vec<Exhibit>,
}

/// Pages a letter lists; the rest stand behind its link and in the CSV.
pub const SHOWN_PAGES: usize = 20;
/// Exhibits a letter shows for one fault.
pub const SHOWN_EXHIBITS: usize = 3;

/// One piece of what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// The page, or the name that was asked for.
    pub address: String,
    pub at: DateTime<Utc>,
    /// What was answered: `200`, `NXDOMAIN` …
    pub answer: String,
    /// The part of the page that tells; scrubbed of nothing, shown escaped.
    pub excerpt: Option<String>,
    /// SHA-256 of the evidence it is kept as.
    pub sha256: String,
}

/// A limit in working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub days: u32,
    /// Whether the day it is told counts (by default it does not).
    pub include_start_day: bool,
}

/// A decision, as a letter tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionText {
    /// Articles of the measures it stands on.
    pub articles: Vec<u8>,
    pub effective_on: NaiveDate,
    /// A-labels of the names it touches.
    pub names: Vec<String>,
    /// Of an instruction: the signed text (JWS, RFC 7515), to be attached.
    pub jws: Option<String>,
}

/// What is known only when a letter goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// Beijing.
    pub on: NaiveDate,
    /// The due date of the limit that begins today.
    pub due: Option<Due>,
    /// Where the unit answers; copies carry none.
    pub link: Option<String>,
    /// It goes to ourselves: says so at its top, and starts nothing.
    pub trial: bool,
    /// It is a copy (抄送).
    pub copy: bool,
}
