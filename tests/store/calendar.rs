//! Days of imported calendars: years are replaced as a whole, single days one by one.

use badgewatch::domain::calendar::{CalendarDay, DayKind};
use badgewatch::store::{StoreError, calendar};

use super::stage::told;
use crate::{ask, tell};

fn day(date: &str, kind: DayKind, name: &str) -> CalendarDay {
    CalendarDay { date: date.parse().unwrap(), kind, name: name.to_owned() }
}

fn off(date: &str) -> CalendarDay {
    day(date, DayKind::Holiday, "国庆节")
}

#[tokio::test]
async fn a_year_is_replaced_as_a_whole_and_its_neighbours_stand() {
    told(0, async |stage| {
        assert_eq!(ask!(stage, calendar::imported), []);
        let first = [off("2026-12-31"), off("2027-01-01"), off("2027-12-31"), off("2028-01-01")];
        tell!(stage, calendar::replace, [2026, 2027, 2028], &first);
        assert_eq!(ask!(stage, calendar::imported), first);

        let amended = [off("2027-01-02"), day("2027-02-06", DayKind::Workday, "春节")];
        tell!(stage, calendar::replace, [2027], &amended);
        let [one, two] = amended;
        assert_eq!(ask!(stage, calendar::imported), [off("2026-12-31"), one, two, off("2028-01-01")]);
    })
    .await;
}

#[tokio::test]
async fn a_day_of_another_year_replaces_what_stood_on_it() {
    told(0, async |stage| {
        tell!(stage, calendar::replace, [2026], &[off("2026-12-26"), off("2026-12-27")]);
        tell!(stage, calendar::replace, [2027], &[day("2026-12-27", DayKind::Workday, "元旦"), off("2027-10-01")]);
        let now = [off("2026-12-26"), day("2026-12-27", DayKind::Workday, "元旦"), off("2027-10-01")];
        assert_eq!(ask!(stage, calendar::imported), now);
        tell!(stage, calendar::replace, [2026, 2027], &[]);
        assert_eq!(ask!(stage, calendar::imported), []);
    })
    .await;
}

#[tokio::test]
async fn more_days_than_one_statement_takes_are_kept() {
    told(0, async |stage| {
        let first = off("2027-01-01").date;
        let days: Vec<_> = first.iter_days().take(365).map(|date| CalendarDay { date, ..off("2027-01-01") }).collect();
        tell!(stage, calendar::replace, [2027], &days);
        assert_eq!(ask!(stage, calendar::imported), days);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_import_waits_for_another() {
    told(0, async |stage| {
        let mut first = stage.db().write().await.unwrap();
        calendar::lock(&mut first).await.unwrap();
        let db = stage.db().clone();
        let second = tokio::spawn(async move {
            let mut tx = db.write().await?;
            calendar::lock(&mut tx).await?;
            let seen = calendar::imported(&mut tx).await?;
            Ok::<_, StoreError>(seen)
        });
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert!(!second.is_finished());
        calendar::replace(&mut first, [2027], &[off("2027-10-01")]).await.unwrap();
        first.commit().await.unwrap();
        assert_eq!(second.await.unwrap().unwrap(), [off("2027-10-01")], "and sees what it left");
    })
    .await;
}
