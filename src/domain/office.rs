//! Offices and their terms: who acts for a region, by which limits, since when. What an office does not say itself it
//! inherits from the one above it.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::letter::{Limit, OfficeText};
use super::region::is_within;
use crate::closed_set;

closed_set! {
    /// Whether an officer sees a notice before it goes.
    pub enum Approval {
        Automatic = "automatic", "自动发出 · a drafted notice goes by itself";
        ApproveEach = "approve_each", "逐件审核 · an officer approves each notice";
    }
}

/// One office, as it is set. Everything it leaves out it inherits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Office {
    /// Signs the letters (落款).
    pub name: Option<String>,
    pub contact: Option<String>,
    pub phone: Option<String>,
    /// Where letters are answered to, and where tasks go.
    pub email: Option<String>,
    /// The supervisor (网信办) and its address: gets a copy of every letter.
    pub supervisor: Option<String>,
    pub supervisor_email: Option<String>,
    /// Addresses of parent units (上级主管单位) by their names: they get a copy.
    pub parents: BTreeMap<String, String>,
    pub approval: Option<Approval>,
    /// Terms and since when they hold; of those in force the latest.
    pub terms: Vec<TermsSince>,
}

/// Terms with an effective date, as far as they are set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsSince {
    pub since: NaiveDate,
    pub rectify_days: Option<u32>,
    pub hang_days: Option<u32>,
    pub include_start_day: Option<bool>,
    pub report_months: Option<u32>,
    pub closed_days: Option<u32>,
    pub confirm_stop_days: Option<u32>,
}

/// The terms in force for a region on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// Working days to mend what a notice tells (art. 18).
    pub rectify_days: u32,
    /// Working days from the notice of issue to the hanging of the badge (art. 14: five; a county may set two): those of
    /// the day of that notice.
    pub hang_days: u32,
    /// Whether the day of being told counts.
    pub include_start_day: bool,
    /// Months between two periodic reports (art. 17); 0: none is asked for.
    pub report_months: u32,
    /// Since when the office asks for reports: nobody owes one for the time before.
    pub reports_since: Option<NaiveDate>,
    /// Calendar days a site may be closed or its names dead before a case opens (art. 19(3)): more than so many.
    pub closed_days: u32,
    /// Calendar days after which names that should have stopped (or come back) are flagged.
    pub confirm_stop_days: u32,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            rectify_days: 10,
            hang_days: 5,
            include_start_day: false,
            report_months: 0,
            reports_since: None,
            closed_days: 30,
            confirm_stop_days: 7,
        }
    }
}

impl Terms {
    /// The limit that a notice begins.
    pub fn limit(&self) -> Limit {
        Limit { days: self.rectify_days, include_start_day: self.include_start_day }
    }

    /// The last day on which the next periodic report is in time (art. 17): counted from the day of the last one or of
    /// the badge's issue, or since the office asks for reports, the latest of them. `None`: none is asked for, or nothing is on file to count from.
    pub fn report_due(&self, issued_on: Option<NaiveDate>, reported_on: Option<NaiveDate>) -> Option<NaiveDate> {
        let from = issued_on.max(reported_on)?;
        let from = self.reports_since.map_or(from, |since| from.max(since));
        if self.report_months == 0 {
            return None;
        }
        from.checked_add_months(Months::new(self.report_months))
    }

    fn with(self, part: &TermsSince) -> Self {
        Self {
            rectify_days: part.rectify_days.unwrap_or(self.rectify_days),
            hang_days: part.hang_days.unwrap_or(self.hang_days),
            include_start_day: part.include_start_day.unwrap_or(self.include_start_day),
            report_months: part.report_months.unwrap_or(self.report_months),
            reports_since: part.report_months.map_or(self.reports_since, |_| Some(part.since)),
            closed_days: part.closed_days.unwrap_or(self.closed_days),
            confirm_stop_days: part.confirm_stop_days.unwrap_or(self.confirm_stop_days),
        }
    }
}

/// All offices, by region code (GB/T 2260).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Offices(pub BTreeMap<String, Office>);

impl Offices {
    /// The office that acts for a region and those above it, the highest first. A site whose region is not known is the
    /// country's (`000000`).
    pub(super) fn line<'a>(
        &'a self,
        region: Option<&'a str>,
    ) -> impl DoubleEndedIterator<Item = (&'a String, &'a Office)> {
        let region = region.unwrap_or("000000");
        let mut line: Vec<_> = self.0.iter().filter(|(area, _)| is_within(region, area)).collect();
        line.sort_by_key(|(area, _)| area.trim_end_matches('0').len());
        line.into_iter()
    }

    fn own<T>(&self, region: Option<&str>, value: impl Fn(&Office) -> Option<T>) -> Option<T> {
        self.line(region).rev().find_map(|(_, office)| value(office))
    }

    /// The terms in force on a day: each from the narrowest office that sets it.
    pub fn terms(&self, region: Option<&str>, on: NaiveDate) -> Terms {
        self.line(region).fold(Terms::default(), |terms, (_, office)| {
            let mut since: Vec<_> = office.terms.iter().filter(|set| set.since <= on).collect();
            since.sort_by_key(|set| set.since);
            since.iter().fold(terms, |terms, set| terms.with(set))
        })
    }

    /// Whether notices of a region wait for an officer. Nobody said anything: they do.
    pub fn approval(&self, region: Option<&str>) -> Approval {
        self.own(region, |office| office.approval).unwrap_or(Approval::ApproveEach)
    }

    /// Who signs the letters of a region.
    pub fn text(&self, region: Option<&str>) -> OfficeText {
        let own = |value: fn(&Office) -> &Option<String>| self.own(region, |office| value(office).clone());
        OfficeText {
            name: own(|office| &office.name).unwrap_or_else(|| "机构编制委员会办公室".to_owned()),
            supervisor: own(|office| &office.supervisor),
            contact: own(|office| &office.contact),
            phone: own(|office| &office.phone),
            email: own(|office| &office.email),
        }
    }

    /// Who gets copies of a region's letters: name and address of the supervisor and of the parent unit.
    pub fn copies(&self, region: Option<&str>, parent: Option<&str>) -> Vec<(String, String)> {
        let supervisor = self.own(region, |office| office.supervisor.clone().zip(office.supervisor_email.clone()));
        let of_parent = |name: &str| self.own(region, |office| office.parents.get(name).cloned());
        let parent = parent.and_then(|name| Some((name.to_owned(), of_parent(name)?)));
        parent.into_iter().chain(supervisor).collect()
    }

    /// Where an office's tasks go.
    pub fn email(&self, region: Option<&str>) -> Option<String> {
        self.own(region, |office| office.email.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn since(day_text: &str, rectify_days: Option<u32>, report_months: Option<u32>) -> TermsSince {
        TermsSince { since: day(day_text), rectify_days, report_months, ..TermsSince::default() }
    }

    fn offices() -> Offices {
        let province = Office {
            name: Some("云山省委编办".into()),
            approval: Some(Approval::Automatic),
            terms: vec![since("2026-01-01", Some(10), Some(12)), since("2027-01-01", Some(7), None)],
            ..Office::default()
        };
        let county = Office { terms: vec![since("2026-06-01", Some(5), None)], ..Office::default() };
        Offices(BTreeMap::from([("140000".into(), province), ("140214".into(), county)]))
    }

    #[test]
    fn the_narrowest_office_that_says_something_is_heard() {
        let offices = offices();
        let days = |region, on| offices.terms(Some(region), day(on)).rectify_days;
        assert_eq!((days("140214", "2026-05-31"), days("140214", "2026-06-01")), (10, 5));
        assert_eq!((days("140200", "2026-12-31"), days("140200", "2027-01-01")), (10, 7));
        assert_eq!(days("140214", "2027-01-01"), 5, "the county keeps its own");
        assert_eq!(offices.terms(Some("140214"), day("2027-01-01")).report_months, 12, "and inherits the rest");
        assert_eq!(offices.terms(Some("110000"), day("2026-06-01")), Terms::default());
        assert_eq!(offices.text(Some("140214")).name, "云山省委编办");
    }

    #[test]
    fn a_county_may_ask_for_the_badge_sooner_than_its_province() {
        let hang = |day_text: &str, days| TermsSince { hang_days: Some(days), ..since(day_text, None, None) };
        let mut offices = offices();
        offices.0.get_mut("140214").unwrap().terms.push(hang("2026-07-01", 2));
        let days = |region, on| offices.terms(Some(region), day(on)).hang_days;
        assert_eq!((days("140214", "2026-06-30"), days("140214", "2026-07-01")), (5, 2), "as it was on that day");
        assert_eq!((days("140200", "2026-07-01"), Terms::default().hang_days), (5, 5));
    }

    #[test]
    fn a_report_is_due_so_many_months_after_the_last_one() {
        let yearly = Terms { report_months: 12, ..Terms::default() };
        let due = |terms: &Terms, issued: Option<&str>, reported: Option<&str>| {
            terms.report_due(issued.map(day), reported.map(day)).map(|due| due.to_string())
        };
        assert_eq!(due(&yearly, Some("2025-03-03"), None).as_deref(), Some("2026-03-03"));
        assert_eq!(due(&yearly, Some("2025-03-03"), Some("2026-02-20")).as_deref(), Some("2027-02-20"));
        assert_eq!(due(&yearly, Some("2026-05-01"), Some("2026-02-20")).as_deref(), Some("2027-05-01"), "issued anew");
        let monthly = Terms { report_months: 1, ..Terms::default() };
        assert_eq!(due(&monthly, Some("2026-01-31"), None).as_deref(), Some("2026-02-28"));
        let new = Terms { reports_since: Some(day("2026-06-01")), ..yearly };
        assert_eq!(due(&new, Some("2020-03-03"), None).as_deref(), Some("2027-06-01"), "not for the time before");
        assert_eq!(due(&yearly, None, None), None, "nothing to count from accuses nobody");
        assert_eq!(due(&Terms::default(), Some("2025-03-03"), None), None);
    }

    #[test]
    fn nothing_goes_by_itself_unless_an_office_says_so() {
        assert_eq!(offices().approval(Some("140214")), Approval::Automatic);
        assert_eq!(offices().approval(None), Approval::ApproveEach);
    }
}
