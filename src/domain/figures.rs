//! The figures that offices report: 挂标率 and 域名注册率, and what stands beside them.

use chrono::NaiveDate;

use super::verdict::{Cause, FindingCode, Verdict};

/// Did a badge of the site's own hang where visitors see it, by a look? `None`: the look cannot tell, and what was known
/// before holds.
///
/// A badge that is missing on some pages, or stands in the wrong place, hangs; one that is broken, dead, another's or no
/// longer in force does not.
pub fn hangs(verdict: Verdict, cause: Cause) -> Option<bool> {
    use FindingCode as F;
    match (verdict, cause.under(verdict)) {
        (Verdict::Undetermined, _) => None,
        (Verdict::Pass, _) => Some(true),
        (Verdict::NotApplicable, _) => Some(false),
        (Verdict::Fail, Cause::Finding(F::PartlyHung | F::Misplaced | F::ReportOverdue)) => Some(true),
        (Verdict::Fail, _) => Some(false),
    }
}

/// What stands in an area at the end of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    pub sites: i64,
    /// With a badge in force.
    pub issued: i64,
    /// Of these, whose badge hung at the last fair look.
    pub hung: i64,
    /// With a Chinese domain that has not expired.
    pub named: i64,
    pub passed: i64,
    pub failed: i64,
    pub undetermined: i64,
    pub not_applicable: i64,
    /// Fairly looked at within 48 hours.
    pub fresh: i64,
}

impl Figures {
    /// 挂标率: hung of issued, in hundredths of a percent. `None`: nothing was issued.
    pub fn hung_rate(&self) -> Option<i64> {
        rate(self.hung, self.issued)
    }

    /// 域名注册率: sites with a Chinese domain in force, of all, in hundredths of a percent.
    pub fn named_rate(&self) -> Option<i64> {
        rate(self.named, self.sites)
    }

    pub fn undetermined_rate(&self) -> Option<i64> {
        rate(self.undetermined, self.sites)
    }

    pub fn fresh_rate(&self) -> Option<i64> {
        rate(self.fresh, self.sites)
    }

    /// Sites nobody has looked at yet.
    pub fn unlooked(&self) -> i64 {
        self.sites - self.passed - self.failed - self.undetermined - self.not_applicable
    }

    /// Adds what stands in another area.
    pub fn add(&mut self, other: &Self) {
        self.sites += other.sites;
        self.issued += other.issued;
        self.hung += other.hung;
        self.named += other.named;
        self.passed += other.passed;
        self.failed += other.failed;
        self.undetermined += other.undetermined;
        self.not_applicable += other.not_applicable;
        self.fresh += other.fresh;
    }
}

/// Hundredths of a percent, rounded half up; but a rate of 100.00 % is whole, and one of 0.00 % is nothing.
pub fn rate(part: i64, whole: i64) -> Option<i64> {
    let least = i64::from(part > 0);
    let most = 10_000 - i64::from(part < whole);
    (whole > 0).then(|| ((part * 20_000 + whole) / (2 * whole)).clamp(least, most.max(least)))
}

/// A day's figures of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    pub day: NaiveDate,
    pub figures: Figures,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::verdict::Reason;

    #[test]
    fn what_cannot_be_told_changes_nothing_and_a_misplaced_badge_hangs() {
        let fails = |code: FindingCode| hangs(Verdict::Fail, code.into());
        assert_eq!(hangs(Verdict::Undetermined, Reason::Blocked.into()), None);
        assert_eq!(hangs(Verdict::Pass, Reason::Verified.into()), Some(true));
        assert_eq!((fails(FindingCode::PartlyHung), fails(FindingCode::Misplaced)), (Some(true), Some(true)));
        for code in [FindingCode::NotHung, FindingCode::Blocked, FindingCode::DomainDead, FindingCode::ForeignBadge] {
            assert_eq!(fails(code), Some(false), "{code}");
        }
    }

    #[test]
    fn a_rate_has_two_decimals_and_none_without_a_whole() {
        let figures = Figures { sites: 3, issued: 3, hung: 2, named: 3, ..Figures::default() };
        assert_eq!((figures.hung_rate(), figures.named_rate()), (Some(6_667), Some(10_000)));
        assert_eq!((rate(499_999, 500_000), rate(1, 500_000), rate(0, 3)), (Some(9_999), Some(1), Some(0)));
        assert_eq!((Figures::default().hung_rate(), figures.unlooked()), (None, 3));
    }
}
