//! What must hold for every day, limit and pause.

use badgewatch::domain::calendar::{Calendar, LONGEST_LIMIT, Span};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use proptest::prelude::*;

use super::day;

#[test]
fn the_days_of_announced_maintenance_are_not_counted() {
    let calendar = Calendar::builtin();
    let due = |pauses: &[(&str, &str)]| {
        let pauses: Vec<_> = pauses.iter().map(|(from, until)| (day(from), day(until))).collect();
        calendar.due_skipping(day("2026-06-01"), 5, false, &pauses)
    };
    assert_eq!(due(&[]).date, day("2026-06-08"));
    let paused = due(&[("2026-06-03", "2026-06-04")]);
    assert_eq!((paused.date, paused.provisional), (day("2026-06-10"), false), "both ends belong to it");
    assert!(!paused.counted.contains(&day("2026-06-03")) && !paused.counted.contains(&day("2026-06-04")));
    assert_eq!(due(&[("2026-06-06", "2026-06-07")]).date, day("2026-06-08"), "a week-end was not counted anyway");
    assert_eq!(due(&[("2026-06-03", "2026-06-04"), ("2026-06-04", "2026-06-05")]).date, day("2026-06-11"), "once");
    assert_eq!(due(&[("2026-06-08", "2026-06-08")]).date, day("2026-06-09"), "the last day, too");
    assert_eq!(due(&[("2026-06-04", "2026-06-03")]).date, day("2026-06-08"), "one that ends before it begins is none");

    let across = due(&[("2026-06-03", "2028-01-02")]);
    assert!(across.provisional && across.date > day("2028-01-02"), "{across:?}");
    let endless = calendar.due_skipping(day("2026-06-01"), 5, false, &[(day("2026-06-03"), NaiveDate::MAX)]);
    assert_eq!((endless.date, endless.counted.len(), endless.provisional), (day("2026-06-02"), 1, true));
}

#[test]
fn reminders_go_out_so_many_working_days_before() {
    let calendar = Calendar::builtin();
    for (due, before, found, why) in [
        ("2026-06-08", 3, "2026-06-03", "a week-end lies between"),
        ("2024-09-30", 2, "2024-09-27", "the worked Sunday counts, the Saturday before it does not"),
        ("2026-10-09", 3, "2026-09-29", "the National Day holiday lies between"),
        ("2026-10-05", 1, "2026-09-30", "from a day off"),
        ("2026-06-08", 0, "2026-06-08", "none"),
        ("2027-01-04", 1, "2026-12-31", "1 January is off in every year"),
    ] {
        assert_eq!(calendar.back(day(due), before), day(found), "{due} - {before}: {why}");
    }
    assert_eq!(calendar.back(NaiveDate::MIN, 9), NaiveDate::MIN);
}

#[test]
fn working_days_between_are_counted_like_limits() {
    let calendar = Calendar::builtin();
    let between = |from, to| calendar.working_days_between(day(from), day(to));
    assert_eq!(between("2026-09-18", "2026-10-09"), Span { days: 10, provisional: false });
    assert_eq!(between("2026-06-01", "2026-06-01"), Span { days: 0, provisional: false });
    assert_eq!(between("2026-06-02", "2026-06-01"), Span { days: 0, provisional: false });
    assert_eq!(between("2026-12-18", "2027-01-04"), Span { days: 10, provisional: true });
    let endless = calendar.working_days_between(day("2014-01-02"), NaiveDate::MAX);
    assert_eq!(endless, Span { days: LONGEST_LIMIT, provisional: true });
}

/// Any day from 2013 to 2028: one unknown year or two on either side of the known ones.
fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0u64..5_844).prop_map(|offset| day("2013-01-01") + Days::new(offset))
}

proptest! {
    #[test]
    fn a_longer_limit_never_ends_earlier(notice in any_day(), limit in 0u32..60, include in any::<bool>()) {
        let calendar = Calendar::builtin();
        prop_assert!(calendar.due(notice, limit, include).date <= calendar.due(notice, limit + 1, include).date);
    }

    #[test]
    fn a_later_notice_never_ends_earlier(notice in any_day(), limit in 0u32..60, include in any::<bool>()) {
        let calendar = Calendar::builtin();
        let next = notice + Days::new(1);
        prop_assert!(calendar.due(notice, limit, include).date <= calendar.due(next, limit, include).date);
    }

    #[test]
    fn exactly_the_limit_is_counted_and_it_ends_on_a_working_day(notice in any_day(), limit in 1u32..60, include in any::<bool>()) {
        let calendar = Calendar::builtin();
        let due = calendar.due(notice, limit, include);
        prop_assert_eq!(due.counted.len(), limit as usize);
        prop_assert_eq!(due.counted.last(), Some(&due.date));
        prop_assert!(due.counted.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(due.counted.iter().all(|day| calendar.is_working_day(*day) != Some(false)));
        let reaches_unknown = !calendar.knows(notice.year()) || !calendar.knows(due.date.year());
        prop_assert_eq!(due.provisional, reaches_unknown);
    }

    #[test]
    fn it_agrees_with_counting_on_the_raw_rows(notice in any_day(), limit in 1u32..30) {
        let rows = include_str!("../../config/calendar/china-workdays-2014-2026.csv");
        let worked = |day: NaiveDate| {
            let row = |kind: &str| rows.contains(&format!("\n{day},{kind},"));
            let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
            !row("holiday") && (row("workday") || !weekend && (day.month(), day.day()) != (1, 1))
        };
        let naive = notice.iter_days().skip(1).filter(|day| worked(*day)).nth(limit as usize - 1).unwrap();
        prop_assert_eq!(Calendar::builtin().due(notice, limit, false).date, naive);
    }

    #[test]
    fn the_days_of_a_limit_are_those_between_its_ends(notice in any_day(), limit in 1u32..60) {
        let calendar = Calendar::builtin();
        let due = calendar.due(notice, limit, false);
        let span = calendar.working_days_between(notice, due.date);
        prop_assert_eq!(span, Span { days: limit, provisional: due.provisional });
    }

    #[test]
    fn back_undoes_a_limit(due in any_day(), limit in 1u32..60) {
        let calendar = Calendar::builtin();
        let start = calendar.back(due, limit);
        prop_assert!(calendar.is_working_day(start) != Some(false));
        let again = calendar.due(start, limit, false);
        // From a day off, the last of the days is the working day after it.
        prop_assert!(again.date >= due);
        prop_assert_eq!(again.date == due, calendar.due(due, 1, true).date == due);
        prop_assert_eq!(calendar.due(due, 1, true).date, again.date);
    }

    #[test]
    fn back_goes_further_the_more_days_are_asked(day in any_day(), days in 0u32..60) {
        let calendar = Calendar::builtin();
        prop_assert!(calendar.back(day, days + 1) < calendar.back(day, days));
        prop_assert!(calendar.back(day, days) <= calendar.back(day + Days::new(1), days));
    }

    #[test]
    fn more_days_lie_between_the_further_the_end(from in any_day(), length in 0u64..400) {
        let calendar = Calendar::builtin();
        let days = |length| calendar.working_days_between(from, from + Days::new(length)).days;
        prop_assert!((0..=1).contains(&(days(length + 1) - days(length))));
    }

    #[test]
    fn a_pause_never_shortens_a_limit_and_none_of_its_days_is_counted(
        notice in any_day(),
        limit in 1u32..30,
        pauses in proptest::collection::vec((any_day(), 0u64..60), 0..4),
        near in (0u64..60, 0u64..60),
        include in any::<bool>(),
    ) {
        let calendar = Calendar::builtin();
        let mut pauses: Vec<_> = pauses.into_iter().map(|(from, days)| (from, from + Days::new(days))).collect();
        pauses.push((notice + Days::new(near.0), notice + Days::new(near.0 + near.1)));
        let due = calendar.due_skipping(notice, limit, include, &pauses);
        let paused = |day: &NaiveDate| pauses.iter().any(|(from, until)| from <= day && day <= until);
        prop_assert!(due.date >= calendar.due(notice, limit, include).date);
        prop_assert_eq!(due.counted.len(), limit as usize);
        prop_assert_eq!(due.counted.last(), Some(&due.date));
        prop_assert!(due.counted.iter().all(|day| !paused(day) && calendar.is_working_day(*day) != Some(false)));
        // Counted by hand: what is neither paused nor off, up to the end.
        let by_hand = notice.iter_days().skip(usize::from(!include)).take_while(|day| *day <= due.date);
        let by_hand = by_hand.filter(|day| !paused(day) && calendar.due(*day, 1, true).date == *day).count();
        prop_assert_eq!(by_hand, limit as usize);
    }
}
