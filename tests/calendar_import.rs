//! A new plan comes in: what it changes, what is put on record of it, and who hears of it without a restart.

mod support;

use badgewatch::app;
use badgewatch::config::Config;
use badgewatch::domain::calendar::{Calendar, CalendarError, DayChange, DayKind, Weight};
use badgewatch::flow::calendar::{CHAIN, CalendarFile, ImportError, ImportReport, import, known_years, load};
use badgewatch::flow::seal;
use badgewatch::store::audit::{self, Recorded};
use badgewatch::store::calendar as days;
use badgewatch::{clock::Clock, jobs};
use chrono::{DateTime, NaiveDate, Utc};
use support::db::{TestDb, every_engine};
use tokio_util::sync::CancellationToken;

fn now() -> DateTime<Utc> {
    "2026-11-26T04:00:00Z".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An invented plan of 2027: 31 days off, a worked Saturday, and a worked Sunday of 2026.
fn plan() -> String {
    let row = |(month, from, until): (u32, u32, u32)| -> String {
        (from..=until).map(|day| format!("2027-{month:02}-{day:02},holiday,\n")).collect()
    };
    let off = [(1, 1, 3), (2, 5, 12), (4, 3, 5), (5, 1, 5), (6, 8, 9), (9, 14, 16), (10, 1, 7)].map(row).concat();
    format!("date,kind,name\n2026-12-27,workday,元旦\n{off}2027-02-13,workday,春节\n")
}

fn file(csv: &str) -> CalendarFile<'_> {
    CalendarFile { name: "plan.csv", csv: csv.as_bytes(), despite_warnings: false }
}

async fn take(test: &TestDb, csv: &str) -> Result<ImportReport, ImportError> {
    import(&test.db, &file(csv), "operator:值班员", now()).await
}

async fn acts(test: &TestDb) -> Vec<Recorded> {
    audit::chain(&mut test.db.read().await.unwrap(), CHAIN, 0, 100).await.unwrap()
}

async fn as_it_stands(test: &TestDb) -> Calendar {
    load(&mut test.db.read().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_published_year_is_taken_over_and_deadlines_into_it_are_firm() {
    for test in every_engine().await {
        assert_eq!(as_it_stands(&test).await, Calendar::builtin());
        let due = as_it_stands(&test).await.due(day("2026-12-18"), 10, false);
        assert_eq!((due.date, due.provisional), (day("2027-01-04"), true));

        let report = take(&test, &plan()).await.unwrap();

        assert_eq!((report.years.as_slice(), report.added, report.turned, report.removed), (&[2027][..], 33, 0, 0));
        assert_eq!((report.unchanged, report.changes.len()), (0, 33));
        assert!(report.problems.iter().all(|problem| problem.weight == Weight::Remark), "{:?}", report.problems);
        let calendar = as_it_stands(&test).await;
        assert_eq!(report.version, calendar.version());
        let due = calendar.due(day("2026-12-18"), 10, false);
        assert_eq!((due.date, due.provisional), (day("2026-12-31"), false), "27 December, a Sunday, is worked");
        assert_eq!(calendar.is_working_day(day("2026-10-01")), Some(false), "2026 is amended, not wiped out");
        let known = known_years(&mut test.db.read().await.unwrap()).await.unwrap();
        assert_eq!(known.len(), 14);
        assert!(known.iter().all(|known| known.imported == (known.year == 2027)), "{known:?}");
    }
}

#[tokio::test]
async fn an_import_is_put_on_record_with_every_day_it_changed() {
    for test in every_engine().await {
        take(&test, &plan()).await.unwrap();
        let before = as_it_stands(&test).await;
        // The State Council prolongs the Spring Festival, takes its worked Saturday back and has another day worked.
        let amended = plan().replace("2027-02-13,workday,春节\n", "2027-02-15,holiday,春节\n2027-02-20,workday,春节\n");
        let report = take(&test, &amended).await.unwrap();

        assert_eq!((report.added, report.turned, report.removed, report.unchanged), (2, 0, 1, 32));
        let change = |date, before, after| DayChange { date: day(date), before, after };
        let (off, worked) = (Some(DayKind::Holiday), Some(DayKind::Workday));
        let changes = vec![
            change("2027-02-13", worked, None),
            change("2027-02-15", None, off),
            change("2027-02-20", None, worked),
        ];
        assert_eq!(report.changes, changes);
        let acts = acts(&test).await;
        assert_eq!(acts.len(), 2);
        let act = acts[1].tree().unwrap();
        assert_eq!(
            (acts[1].actor.as_str(), acts[1].action.as_str(), acts[1].at),
            ("operator:值班员", "imported", now())
        );
        assert_eq!((&act["from"], &act["to"]), (&before.version().into(), &report.version.clone().into()));
        let detail = &act["detail"];
        assert_eq!((&detail["file"], &detail["years"]), (&"plan.csv".into(), &serde_json::json!([2027])));
        assert_eq!(detail["sha256"], badgewatch::domain::evidence::sha256(amended.as_bytes()));
        assert_eq!(serde_json::from_value::<Vec<DayChange>>(detail["changes"].clone()).unwrap(), changes);
        let verified = seal::verify(&test.db).await.unwrap();
        assert!(verified.breaches.is_empty() && verified.acts == 2, "{verified:?}");
    }
}

#[tokio::test]
async fn a_file_that_changes_nothing_leaves_no_record() {
    for test in every_engine().await {
        take(&test, &plan()).await.unwrap();
        let again = take(&test, &plan()).await.unwrap();
        assert_eq!((again.changes.len(), again.unchanged), (0, 33));
        assert_eq!(acts(&test).await.len(), 1);

        // What ships with the program is known without being imported.
        let shipped = include_str!("../config/calendar/china-workdays-2014-2026.csv");
        let report =
            take(&test, &shipped.replace("2026-10-10,workday,国庆节", "2026-10-10,workday,国庆")).await.unwrap();
        assert_eq!((report.added, report.turned), (0, 0), "the names of days are no days");
        assert_eq!(report.removed, 1, "but the imported day of 2026 is not in the file");
        let report = take(&test, shipped).await.unwrap();
        assert_eq!((report.changes.len(), report.unchanged), (0, 440));
    }
}

#[tokio::test]
async fn a_refused_file_changes_nothing_and_says_why() {
    for test in every_engine().await {
        let broken = take(&test, &plan().replace("2027-02-06", "6 Feb")).await.unwrap_err();
        assert!(matches!(broken, ImportError::File(CalendarError::Date(7))), "{broken}");
        let partial = take(&test, "date,kind,name\n2026-09-03,holiday,\n").await.unwrap_err();
        assert_eq!(
            partial.to_string(),
            "the calendar is not taken over:\n  error: 2026: no 1 October: list the whole year, not only what was amended"
        );
        let nobody = import(&test.db, &file(&plan()), " ", now()).await.unwrap_err();
        assert!(matches!(nobody, ImportError::Nobody));
        assert_eq!(as_it_stands(&test).await, Calendar::builtin());
        assert!(acts(&test).await.is_empty());
        assert!(days::imported(&mut test.db.read().await.unwrap()).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_plan_that_looks_incomplete_waits_for_somebody_who_means_it() {
    for test in every_engine().await {
        // Taken over in silence, it would make work days of all holidays, and letters overdue that are not.
        let few = "date,kind,name\n2026-10-01,holiday,国庆节\n";
        let waits = take(&test, few).await.unwrap_err().to_string();
        assert!(waits.ends_with("\n  warning: 2026: days off: 1, where a plan lists 10 to 40"), "{waits}");
        assert!(acts(&test).await.is_empty());

        let meant = CalendarFile { despite_warnings: true, ..file(few) };
        let report = import(&test.db, &meant, "operator:值班员", now()).await.unwrap();
        assert_eq!((report.removed, report.unchanged), (38, 1));
        assert_eq!(as_it_stands(&test).await.is_working_day(day("2026-02-17")), Some(true));
        let partial = CalendarFile { despite_warnings: true, ..file("date,kind,name\n2026-09-03,holiday,\n") };
        let refused = import(&test.db, &partial, "operator:值班员", now()).await;
        assert!(matches!(refused, Err(ImportError::Refused(_))), "an error is no warning");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_imports_at_once_one_is_put_on_record() {
    for test in every_engine().await {
        let imports = (0..6).map(|_| {
            let db = test.db.clone();
            tokio::spawn(async move { import(&db, &file(&plan()), "operator:值班员", now()).await })
        });
        let reports = futures_util::future::join_all(imports).await;
        let changed =
            reports.into_iter().filter(|report| !report.as_ref().unwrap().as_ref().unwrap().changes.is_empty());
        assert_eq!(changed.count(), 1);
        assert_eq!(acts(&test).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_process_follows_an_import_of_another() {
    for test in every_engine().await {
        let app = app::shared(Config::default(), test.db.clone(), Clock::manual(now())).await.unwrap();
        let held_by_a_checker = app.calendar.clone();
        assert!(!app.calendar.refresh(&test.db).await.unwrap(), "as before");
        take(&test, &plan()).await.unwrap();
        assert!(!held_by_a_checker.get().knows(2027));

        let stop = CancellationToken::new();
        let measuring = tokio::spawn(jobs::measure(app.clone(), stop.clone()));
        let begun = std::time::Instant::now();
        while !held_by_a_checker.get().knows(2027) {
            assert!(begun.elapsed().as_secs() < 60, "it does not follow");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        stop.cancel();
        measuring.await.unwrap();
    }
}
