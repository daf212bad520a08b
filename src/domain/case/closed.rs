//! Ground 19(3): closed, or names invalid, for more than 30 days. Only days with fair evidence count, and they are listed
//! one by one; days that tell nothing pause the count, and a living one ends it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

/// What a look says of whether the site lives. In the order of weight within a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// It could not tell, or the instrument was not well.
    Unsure,
    /// A registered name does not resolve, or nothing answers, seen by a well instrument.
    Dead,
    /// It answered a fair look.
    Alive,
}

/// The days that count towards art. 19(3), of looks in any order: those with fair evidence since it was last seen alive.
pub fn counted_days(looks: impl IntoIterator<Item = (NaiveDate, Sight)>) -> Vec<NaiveDate> {
    let mut days: BTreeMap<NaiveDate, Sight> = BTreeMap::new();
    for (day, sight) in looks {
        let told = days.entry(day).or_insert(sight);
        *told = sight.max(*told);
    }
    let mut counted = Vec::new();
    for (day, sight) in days {
        match sight {
            Sight::Dead => counted.push(day),
            Sight::Alive => counted.clear(),
            Sight::Unsure => {}
        }
    }
    counted
}

/// Has it lasted for more than so many days?
pub fn is_closed(counted: &[NaiveDate], limit: u32) -> bool {
    counted.len() > limit as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(number: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 9, 1).unwrap() + chrono::Days::new(number)
    }

    #[test]
    fn thirty_days_are_not_more_than_thirty() {
        let dead = |many: u64| (0..many).map(|number| (day(number), Sight::Dead));
        assert!(!is_closed(&counted_days(dead(30)), 30));
        assert!(is_closed(&counted_days(dead(31)), 30));
    }

    #[test]
    fn an_undetermined_day_pauses_and_a_living_one_ends_the_count() {
        let looks = [(0, Sight::Dead), (1, Sight::Unsure), (2, Sight::Dead), (2, Sight::Unsure)];
        let days = |looks: &[(u64, Sight)]| counted_days(looks.iter().map(|(number, sight)| (day(*number), *sight)));
        assert_eq!(days(&looks), [day(0), day(2)]);
        assert_eq!(days(&[(0, Sight::Dead), (1, Sight::Dead), (1, Sight::Alive), (3, Sight::Dead)]), [day(3)]);
        assert_eq!(days(&[(1, Sight::Alive), (0, Sight::Dead)]), [], "told in any order");
    }

    proptest! {
        #[test]
        fn a_counted_day_is_dead_and_nothing_alive_stands_after_it(looks in prop::collection::vec((0u64..60, 0u8..3), 0..80)) {
            let sight = |code: &u8| [Sight::Unsure, Sight::Dead, Sight::Alive][usize::from(*code)];
            let looks: Vec<_> = looks.iter().map(|(number, code)| (day(*number), sight(code))).collect();
            let counted = counted_days(looks.iter().copied());
            prop_assert!(counted.is_sorted_by(|one, next| one < next), "each once, in order");
            for day in &counted {
                prop_assert!(looks.contains(&(*day, Sight::Dead)));
                prop_assert!(!looks.iter().any(|(at, sight)| at >= day && *sight == Sight::Alive));
            }
        }
    }
}
