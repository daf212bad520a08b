//! What an operator types about working days, and reads: the real binary, on both engines.

mod support;

use badgewatch::clock::Clock;
use badgewatch::flow::calendar::CHAIN;
use badgewatch::store::audit;
use chrono::Datelike;
use support::db::{TestDb, every_engine};
use support::{Run, badgewatch};
use tempfile::TempDir;

/// A database with the settings that lead to it.
struct Office {
    test: TestDb,
    folder: TempDir,
}

impl Office {
    async fn on_every_engine() -> Vec<Self> {
        let office = |test: TestDb| Self { test, folder: tempfile::tempdir().unwrap() };
        let offices: Vec<Self> = every_engine().await.into_iter().map(office).collect();
        for office in &offices {
            office.write("office.toml", &format!("database.url = \"{}\"\n", office.test.url));
        }
        offices
    }

    fn write(&self, name: &str, text: &str) -> String {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    }

    fn run(&self, args: &[&str]) -> Run {
        let config = self.folder.path().join("office.toml");
        badgewatch(["calendar"].iter().chain(args).chain(&["--config", config.to_str().unwrap()]))
    }

    /// How many acts are on record.
    async fn acts(&self) -> usize {
        audit::chain(&mut self.test.db.read().await.unwrap(), CHAIN, 0, 100).await.unwrap().len()
    }
}

/// An invented plan of a year: three weeks off, from 1 May and from 1 October on.
fn plan(year: i32) -> String {
    let off = |month: u32, days: u32| (1..=days).map(move |day| format!("{year}-{month:02}-{day:02},holiday,\n"));
    off(1, 1).chain(off(5, 7)).chain(off(10, 14)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_looked_over_before_it_comes_in() {
    let office = Office::on_every_engine().await.remove(0);
    let good = office.write("good.csv", &format!("date,kind,name\n{}", plan(2031)));
    let run = office.run(&["check", &good]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let said = "remark: 2031: 6 of its days off are Saturdays and Sundays, off anyway\n\
                22 days can be imported; whole years: 2031\n";
    assert_eq!(run.stdout, said);

    let partial = office.write("partial.csv", "date,kind,name\n2026-09-03,holiday,\n2026-05-01,workday,\n");
    let run = office.run(&["check", &partial]);
    let said = "error: line 3: 2026-05-01: a day off by statute cannot be worked\n\
                error: 2026: no 1 October: list the whole year, not only what was amended\n\
                it cannot be imported\n";
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), said), "{}", run.stderr);

    let few = office.write("few.csv", "date,kind,name\n2026-10-01,holiday,\n");
    let run = office.run(&["check", &few]);
    let said = "warning: 2026: days off: 1, where a plan lists 10 to 40\n\
                1 days can be imported; whole years: 2026\n\
                look at the warnings; if it is meant, import it with --despite-warnings\n";
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), said));
    let import = ["import", &few, "--by", "值班员"];
    assert_eq!((office.run(&import).code, office.acts().await), (Some(66), 0));
    let meant = office.run(&[&import[..], &["--despite-warnings"]].concat());
    assert_eq!((meant.code, office.acts().await), (Some(0), 1), "{}", meant.stderr);

    let broken = office.write("broken.csv", "date,kind,name\n2026-10-01,off,\n");
    let run = office.run(&["check", &broken]);
    let said = "error: line 2: the kind is neither `holiday` nor `workday`\n";
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), said));
    assert_eq!(office.run(&["check", "/no/such/file.csv"]).code, Some(66));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn known_years_are_listed_by_where_they_are_from() {
    for office in Office::on_every_engine().await {
        let this = Clock::System.today().year();
        let shipped: Vec<String> = (2014..=2026).map(|year| year.to_string()).collect();
        let run = office.run(&["check"]);
        // Whether this year and the next are shipped depends on the day.
        let (lists, missing) = (format!("shipped:  {}\nimported: none\n", shipped.join(", ")), |year: i32| year > 2026);
        assert!(run.stdout.starts_with(&lists), "{}", run.stdout);
        assert_eq!(run.code, Some(i32::from(missing(this))), "{}", run.stdout);
        assert_eq!(run.stdout.contains(&format!("warning: {} is missing", this + 1)), missing(this + 1));

        let both = office.write("both.csv", &format!("date,kind,name\n{}{}", plan(this), plan(this + 1)));
        assert_eq!(office.run(&["import", &both, "--by", "值班员"]).code, Some(0));
        let run = office.run(&["check"]);
        assert_eq!(run.code, Some(0));
        assert!(run.stdout.ends_with(&format!("imported: {this}, {}\n", this + 1)), "{}", run.stdout);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_imported_once_and_by_somebody() {
    for office in Office::on_every_engine().await {
        let file = office.write("2031.csv", &format!("date,kind,name\n{}2031-05-10,workday,劳动节\n", plan(2031)));
        let run = office.run(&["import", &file]);
        assert!(run.code == Some(64) && run.stderr.contains("--by"), "{}", run.stderr);
        assert!(office.run(&["import", &file, "--by", ""]).code.is_some_and(|code| code != 0));
        assert!(office.run(&["import", &file, "--by", " "]).code.is_some_and(|code| code != 0));
        assert_eq!(office.acts().await, 0);

        let run = office.run(&["import", &file, "--by", "值班员"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stdout.contains("2031-05-10  - -> workday\n"), "{}", run.stdout);
        let sum = "whole years: 2031; 23 days added, 0 turned, 0 removed, 0 unchanged\n";
        assert!(run.stdout.contains(sum), "{}", run.stdout);
        assert_eq!(office.acts().await, 1);

        let again = office.run(&["import", &file, "--by", "值班员"]);
        assert!(again.code == Some(0) && again.stdout.contains("nothing is changed"), "{}", again.stdout);
        let partial = office.write("partial.csv", "date,kind,name\n2031-09-03,holiday,\n");
        let refused = office.run(&["import", &partial, "--by", "值班员"]);
        assert!(refused.code == Some(66) && refused.stderr.contains("2031: no 1 October"), "{}", refused.stderr);
        assert_eq!(office.acts().await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_a_limit_is_told_with_its_days() {
    for office in Office::on_every_engine().await {
        let run = office.run(&["due", "2026-09-18", "10"]);
        let said = "due 2026-10-09 Fri, 24:00 in Beijing\n\
                    10 working days are counted:\n\
                    \x20 2026-09-20 Sun  2026-09-21 Mon  2026-09-22 Tue  2026-09-23 Wed  2026-09-24 Thu\n\
                    \x20 2026-09-28 Mon  2026-09-29 Tue  2026-09-30 Wed  2026-10-08 Thu  2026-10-09 Fri\n";
        assert_eq!((run.code, run.stdout.as_str()), (Some(0), said), "{}", run.stderr);
        let run = office.run(&["due", "2026-09-18", "10", "--include-start-day"]);
        assert!(run.stdout.starts_with("due 2026-10-08 Thu"), "{}", run.stdout);

        // 2031 is far enough not to be shipped for a while.
        let run = office.run(&["due", "2031-09-26", "5"]);
        assert!(run.stdout.starts_with("due 2031-10-03 Fri, 24:00 in Beijing  provisional (暂定)\n"), "{}", run.stdout);
        assert!(run.stdout.contains("no official calendar is known of: 2031\n"), "{}", run.stdout);
        let file = office.write("2031.csv", &format!("date,kind,name\n{}", plan(2031)));
        assert_eq!(office.run(&["import", &file, "--by", "值班员"]).code, Some(0));
        let run = office.run(&["due", "2031-09-26", "5"]);
        assert!(run.stdout.starts_with("due 2031-10-17 Fri, 24:00 in Beijing\n5 working"), "{}", run.stdout);
        assert_eq!(office.run(&["due", "26.09.2031", "5"]).code, Some(64));
    }
}
