//! One fact under several names: that a badge is missing.
//!
//! Whether no page carries it, some pages lack it, or the hanging limit is over beside it: to the unit it is one matter,
//! mended by one act (art. 14 and 15). So it is told once, under one limit. A finding that says how far it reaches takes
//! the place of the one before it; `hang_overdue` stands on a duty of its own (art. 14) and stays beside `not_hung`.

use chrono::{DateTime, Utc};

use super::verdict::FindingCode;

/// The findings that tell of a missing badge.
pub const MISSING: [FindingCode; 3] = [FindingCode::NotHung, FindingCode::PartlyHung, FindingCode::HangOverdue];

/// The same trouble under another name: a site on which fewer pages lack the badge has not mended it.
pub fn is_kin(one: FindingCode, other: FindingCode) -> bool {
    one == other || MISSING.contains(&one) && MISSING.contains(&other)
}

/// A confirmed finding, and when it was found last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    pub code: FindingCode,
    pub last_failed_at: DateTime<Utc>,
}

impl Extent {
    /// Does another finding of the same fact say how far it reaches now? The one found last does; of two found by one
    /// look, *no page* says more than *some pages*.
    pub fn gives_way_to(&self, other: &Self) -> bool {
        let is_less = self.code == FindingCode::PartlyHung && other.code == FindingCode::NotHung;
        let is_older = self.last_failed_at < other.last_failed_at;
        is_kin(self.code, other.code) && (is_older || is_less && self.last_failed_at == other.last_failed_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FindingCode as F;

    fn extent(code: FindingCode, hour: i64) -> Extent {
        Extent { code, last_failed_at: DateTime::from_timestamp(1_790_000_000 + hour * 3_600, 0).unwrap() }
    }

    #[test]
    fn the_last_found_says_how_far_it_reaches() {
        let gives_way = |one, other| {
            let (one, other): ((F, i64), (F, i64)) = (one, other);
            extent(one.0, one.1).gives_way_to(&extent(other.0, other.1))
        };
        assert!(gives_way((F::NotHung, 0), (F::PartlyHung, 24)), "a page carries it now");
        assert!(gives_way((F::PartlyHung, 24), (F::NotHung, 24)), "no page does: that says it all");
        assert!(!gives_way((F::NotHung, 24), (F::PartlyHung, 24)));
        assert!(gives_way((F::HangOverdue, 0), (F::PartlyHung, 24)), "it hangs, if late");
        for (one, other) in [(F::HangOverdue, F::NotHung), (F::NotHung, F::HangOverdue)] {
            assert!(!gives_way((one, 24), (other, 24)), "each duty has an article of its own");
        }
        assert!(!gives_way((F::NotHung, 0), (F::Malformed, 24)), "another matter");
    }
}
