//! Leads: what an officer should look into — a badge on a host that is not its site's, and what the public reports. A lead
//! is never a fault and writes no letter: it ends by an officer's hand.

mod report;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::case::Ground;
use crate::closed_set;

pub use report::{
    FieldRefusal, LONGEST_BADGE, LONGEST_CONTACT, LONGEST_HOST, LONGEST_TEXT, REPORTS_KEPT, Report, ReportField,
    Reported, Written,
};

closed_set! {
    /// Where a lead comes from.
    pub enum LeadKind {
        BadgeElsewhere = "badge_elsewhere", "标识出现在其他网站 · own badge asked for from a host that is not the site's (art. 19(4), 21)";
        Report = "report", "公众举报 · somebody reported it (art. 21)";
    }
}

closed_set! {
    /// Where a lead stands.
    pub enum LeadState {
        New = "new", "待核实 · nobody has looked into it";
        Dismissed = "dismissed", "不予跟进 · an officer looked and found nothing to follow, or the host became the site's own";
        Followed = "followed", "已跟进 · a case was opened, or it was handed over";
    }
}

closed_set! {
    /// Why an act on a lead is refused, and what to do.
    pub enum LeadRefusal {
        Over = "over", "该线索已经处理 · somebody has decided it";
        NoReason = "no_reason", "请写明理由 · the reason is missing";
        NothingSeen = "nothing_seen", "请写明在该网址实际看到的情况 · both ends are looked at first: say what you saw on that host";
        NotLooked = "not_looked", "线索产生后登记网站尚无有效检查，请先复检 · both ends are looked at first: no fair look at the registered site since; ask for a re-check";
        GroundNotAllowed = "ground_not_allowed", "线索只能以“涉嫌使用他人标识”或“疑似伪造”立案 · a lead leads to badge_misused or counterfeit alone";
        NoReceipt = "no_receipt", "没有对应的登记网站，请写明移送单位及其回执 · no registered site, so no case: say who took it over, against which receipt";
    }
}

/// How far an own badge was seen on another host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sights {
    pub first_on: NaiveDate,
    pub last_on: NaiveDate,
    /// Days with requests.
    pub days: i64,
    pub scripts: i64,
    pub images: i64,
    pub clicks: i64,
}

impl Sights {
    /// All requests.
    pub fn all(&self) -> i64 {
        self.scripts + self.images + self.clicks
    }
}

/// A registered site that the host is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Registry key.
    pub site: String,
    pub unit: String,
}

/// What an officer stated who followed a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// What was seen on the host.
    pub seen: String,
    /// The registered site's fair look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<DateTime<Utc>>,
    /// Who took it over, against which receipt (art. 21).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_over: Option<(String, String)>,
}

/// What is kept of a lead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadFile {
    /// Of `badge_elsewhere`: what was seen since `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sights: Option<Sights>,
    /// The day on which the lead before it was decided: only what was seen later counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<NaiveDate>,
    /// Whose the host is, where it is registered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Owner>,
    /// Of `report`, the first ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Report>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followed: Option<Followed>,
}

impl LeadFile {
    /// Does anybody's mail address stand in it?
    pub fn has_contacts(&self) -> bool {
        self.reports.iter().any(|report| report.contact.is_some())
    }
}

/// From when on another host is a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    pub requests: i64,
    pub days: i64,
}

/// How often beyond what was decided a host has to be seen before it is a lead again.
const GROWTH: i64 = 2;

impl Terms {
    /// Is what was seen a lead? `decided`: the requests of the last lead of the same host, if one was decided; it comes back
    /// only if twice as many were seen since then, and on enough days.
    pub fn met(&self, seen: &Sights, decided: Option<i64>) -> bool {
        let requests = self.requests.max(decided.map_or(0, |decided| decided.saturating_mul(GROWTH)));
        seen.all() >= requests && seen.days >= self.days
    }
}

impl Ground {
    /// May a lead open a case on it?
    pub const fn by_lead(self) -> bool {
        matches!(self, Self::BadgeMisused | Self::Counterfeit)
    }
}

impl LeadKind {
    /// The ground of a case, unless the officer says another.
    pub const fn ground(self) -> Ground {
        match self {
            Self::BadgeElsewhere => Ground::BadgeMisused,
            Self::Report => Ground::Counterfeit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_takes_requests_and_days_and_comes_back_only_if_it_grew() {
        let terms = Terms { requests: 20, days: 2 };
        let day = NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
        let seen =
            |requests, days| Sights { first_on: day, last_on: day, days, scripts: requests, images: 0, clicks: 0 };
        assert!(terms.met(&seen(20, 2), None));
        assert!(!terms.met(&seen(19, 2), None) && !terms.met(&seen(2_000, 1), None), "one day may be one crawler");
        assert!(!terms.met(&seen(59, 9), Some(30)) && terms.met(&seen(60, 2), Some(30)));
        assert!(!terms.met(&seen(19, 9), Some(1)), "never below what a first one takes");
    }
}
