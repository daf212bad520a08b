//! The limits one by one: what each is on a day, since when, by whose setting, on which article, and what it will be.

use chrono::NaiveDate;

use super::basis::cite;
use super::office::{Offices, Terms, TermsSince};
use crate::closed_set;

closed_set! {
    /// What an office may set with an effective date; named as in the configuration.
    pub enum LimitKind {
        Rectify = "rectify_days", "整改期限 · to mend what a notice tells";
        Hang = "hang_days", "挂标期限 · to hang the badge that was issued";
        StartDay = "include_start_day", "告知当日 · the day of being told";
        Report = "report_months", "定期报告 · between two periodic reports";
        Closed = "closed_days", "网站关闭立案 · closed before a case opens";
        ConfirmStop = "confirm_stop_days", "停止解析核对 · for a stop to be seen";
    }
}

/// A limit as it holds on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    pub kind: LimitKind,
    /// Days or months; whether the day of being told counts: 0 or 1.
    pub value: u32,
    /// Since when, and the region whose office set it. `None`: nobody did.
    pub set: Option<(NaiveDate, String)>,
    /// When it changes next, and to what.
    pub next: Option<(NaiveDate, u32)>,
}

impl LimitKind {
    /// What it stands on; articles are those of the measures.
    pub fn basis(self) -> String {
        cite(match self {
            // The measures do not say from which day one counts.
            Self::StartDay => return "《民法典》第二百零一条（参照）".to_owned(),
            Self::Rectify => &[18],
            Self::Hang => &[14],
            Self::Report => &[17],
            Self::Closed => &[19],
            Self::ConfirmStop => &[20],
        })
    }

    /// Its value among the terms of a day.
    pub fn of(self, terms: &Terms) -> u32 {
        match self {
            Self::Rectify => terms.rectify_days,
            Self::Hang => terms.hang_days,
            Self::StartDay => u32::from(terms.include_start_day),
            Self::Report => terms.report_months,
            Self::Closed => terms.closed_days,
            Self::ConfirmStop => terms.confirm_stop_days,
        }
    }

    /// Its value in a setting.
    pub fn set(self, terms: &TermsSince) -> Option<u32> {
        match self {
            Self::Rectify => terms.rectify_days,
            Self::Hang => terms.hang_days,
            Self::StartDay => terms.include_start_day.map(u32::from),
            Self::Report => terms.report_months,
            Self::Closed => terms.closed_days,
            Self::ConfirmStop => terms.confirm_stop_days,
        }
    }
}

impl Offices {
    /// A limit of a region on a day.
    pub fn in_force(&self, kind: LimitKind, region: Option<&str>, on: NaiveDate) -> InForce {
        let value = kind.of(&self.terms(region, on));
        let own = |(area, office): (&String, &super::office::Office)| {
            let said = office.terms.iter().filter(|set| set.since <= on && kind.set(set).is_some());
            Some((said.map(|set| set.since).max()?, area.clone()))
        };
        let mut days: Vec<_> = self.line(region).flat_map(|(_, office)| office.terms.iter()).collect();
        days.retain(|set| set.since > on);
        days.sort_by_key(|set| set.since);
        let then = |set: &TermsSince| (set.since, kind.of(&self.terms(region, set.since)));
        let next = days.into_iter().map(then).find(|(_, then)| *then != value);
        InForce { kind, value, set: self.line(region).rev().find_map(own), next }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::office::Office;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn since(on: &str, rectify_days: Option<u32>, report_months: Option<u32>) -> TermsSince {
        TermsSince { since: day(on), rectify_days, report_months, ..TermsSince::default() }
    }

    #[test]
    fn a_limit_tells_since_when_and_by_whom_it_is_set_and_what_it_will_be() {
        let terms = vec![
            since("2027-01-01", Some(6), None),
            since("2026-01-01", Some(8), Some(12)),
            since("2026-05-01", None, Some(12)),
        ];
        let province = Office { terms, ..Office::default() };
        let county = Office { terms: vec![since("2027-03-01", Some(5), None)], ..Office::default() };
        let offices = Offices(BTreeMap::from([("140000".into(), province), ("140214".into(), county)]));
        let of = |kind, region, on| offices.in_force(kind, Some(region), day(on));
        let now = of(LimitKind::Rectify, "140214", "2026-11-26");
        assert_eq!((now.value, now.set), (8, Some((day("2026-01-01"), "140000".into()))));
        assert_eq!(now.next, Some((day("2027-01-01"), 6)), "the province's comes before the county's own");
        let then = of(LimitKind::Rectify, "140214", "2027-03-01");
        assert_eq!((then.value, then.set, then.next), (5, Some((day("2027-03-01"), "140214".into())), None));
        let report = of(LimitKind::Report, "140214", "2026-11-26");
        assert_eq!((report.value, report.set), (12, Some((day("2026-05-01"), "140000".into()))));
        let hang = of(LimitKind::Hang, "140214", "2026-11-26");
        assert_eq!((hang.value, hang.set, hang.next), (5, None, None), "nobody set it");
        assert_eq!(of(LimitKind::Rectify, "110000", "2026-11-26").value, 10);
    }

    #[test]
    fn each_limit_names_what_it_stands_on() {
        let all: Vec<_> = LimitKind::ALL.iter().map(|kind| kind.basis()).collect();
        assert_eq!(all, ["第十八条", "第十四条", "《民法典》第二百零一条（参照）", "第十七条", "第十九条", "第二十条"]);
    }
}
