//! The registry comes in and goes out: told as an office would, on both engines.

mod support;

use std::process::Command;

use badgewatch::clock::Clock;
use badgewatch::demo::County;
use badgewatch::flow::export_registry::export;
use badgewatch::flow::import_registry::{Report, Terms, import, read};
use badgewatch::store::units::{history, imports};
use badgewatch::store::{Db, plan, sites};
use chrono::{DateTime, Utc};
use support::db::{TestDb, every_engine, sqlite};
use support::xlsx::{Cell, xlsx};

fn noon() -> DateTime<Utc> {
    "2026-11-26T04:00:00Z".parse().unwrap()
}

async fn county() -> String {
    County::start().await.unwrap().registry_csv(noon().date_naive())
}

async fn take(db: &Db, csv: &str, terms: &Terms) -> Report {
    import(db, &read("yunxi.csv", csv.as_bytes()).unwrap(), terms, noon()).await.unwrap()
}

async fn told(story: impl AsyncFn(TestDb, String)) {
    for test in every_engine().await {
        story(test, county().await).await;
    }
}

async fn changes(db: &Db, key: &str) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let id = sites::by_key(&mut tx, key).await.unwrap().unwrap().id;
    let told = history(&mut tx, &id).await.unwrap();
    let words = told.into_iter().map(|change| {
        let value = |value: Option<String>| value.unwrap_or_default();
        match change.field {
            None => change.change,
            Some(field) => format!("{field}: {} -> {}", value(change.old_value), value(change.new_value)),
        }
    });
    words.collect()
}

/// Leaves out the lines that hold a word.
fn without(csv: &str, word: &str) -> String {
    csv.split_inclusive('\n').filter(|line| !line.contains(word)).collect()
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    told(async |test, csv| {
        let first = take(&test.db, &csv, &Terms::default()).await;
        assert!(first.applied && first.added == 28 && first.refused.is_empty(), "{first:?}");
        let second = take(&test.db, &csv, &Terms::default()).await;
        assert_eq!((second.added, second.changed, second.dropped, second.unchanged), (0, 0, 0, 28));
        assert_eq!(changes(&test.db, "czj.yunxi.gov.cn").await, ["added"]);
        let mut tx = test.db.read().await.unwrap();
        assert_eq!(imports(&mut tx, 10).await.unwrap().len(), 2, "every import is remembered");
        assert_eq!(plan::backlog(&mut tx, noon()).await.unwrap().due, 28, "new sites are due at once");
    })
    .await;
}

#[tokio::test]
async fn every_change_is_remembered_and_personal_values_are_not() {
    told(async |test, csv| {
        take(&test.db, &csv, &Terms::default()).await;
        let changed =
            csv.replace("云溪县财政局网站,", "云溪县财政局门户,").replace("wzgl02@yunxi.test", "new02@yunxi.test");
        let report = take(&test.db, &changed, &Terms::default()).await;
        assert_eq!((report.changed, report.unchanged), (1, 27), "{report:?}");
        let mut told = changes(&test.db, "czj.yunxi.gov.cn").await;
        told.sort();
        assert_eq!(told, ["added", "contact_email:  -> ", "site_name: 云溪县财政局网站 -> 云溪县财政局门户"]);
    })
    .await;
}

#[tokio::test]
async fn an_import_that_would_drop_too_many_waits_and_a_confirmed_one_keeps_their_history() {
    told(async |test, csv| {
        take(&test.db, &csv, &Terms::default()).await;
        let shorter = without(&csv, "czj.yunxi.gov.cn");
        let waits = take(&test.db, &shorter, &Terms::default()).await;
        assert!(waits.waits && !waits.applied && waits.dropped == 1, "one of 28 is more than 2 %: {waits:?}");
        assert_eq!(changes(&test.db, "czj.yunxi.gov.cn").await, ["added"]);

        let confirmed = Terms { allow_shrink: true, ..Terms::default() };
        assert!(take(&test.db, &shorter, &confirmed).await.applied);
        let mut tx = test.db.read().await.unwrap();
        assert_eq!(sites::count(&mut tx).await.unwrap(), 27);
        assert_eq!(plan::backlog(&mut tx, noon()).await.unwrap().sites, 27, "it is not watched any more");
        drop(tx);

        let back = take(&test.db, &csv, &Terms::default()).await;
        assert_eq!((back.restored, back.added), (1, 0));
        assert_eq!(changes(&test.db, "czj.yunxi.gov.cn").await, ["restored", "dropped", "added"]);
    })
    .await;
}

#[tokio::test]
async fn the_good_rows_of_a_bad_file_are_not_lost_and_a_refused_row_drops_nobody() {
    told(async |test, csv| {
        take(&test.db, &csv, &Terms::default()).await;
        let bad = csv.replace("gxj.yunxi.gov.cn", "gxj yunxi gov cn").replace("云溪县财政局网站,", "云溪县财政局门户,");
        let report = take(&test.db, &bad, &Terms::default()).await;
        assert!(report.applied && report.changed == 1 && report.dropped == 0 && report.kept == 1, "{report:?}");
        let refusal = &report.refused[0];
        assert_eq!((refusal.row, refusal.column.map(|column| column.name())), (4, Some("en_domain")));
        assert_eq!(refusal.reason.name(), "domain");
        let mut tx = test.db.read().await.unwrap();
        assert!(sites::by_key(&mut tx, "gxj.yunxi.gov.cn").await.unwrap().is_some(), "the site is still on file");
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_writes_nothing() {
    told(async |test, csv| {
        let dry = take(&test.db, &csv, &Terms { dry_run: true, ..Terms::default() }).await;
        assert!(!dry.applied && dry.added == 28);
        let mut tx = test.db.read().await.unwrap();
        assert_eq!(sites::count(&mut tx).await.unwrap(), 0);
        assert!(imports(&mut tx, 1).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_exported_is_imported_without_a_change() {
    told(async |test, csv| {
        take(&test.db, &csv, &Terms::default()).await;
        let mut out = Vec::new();
        assert_eq!(export(&test.db, &mut out).await.unwrap(), 28);
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with('\u{feff}') && text.contains("云溪县司法局.政务"), "{text}");
        let again = take(&test.db, &text, &Terms::default()).await;
        assert_eq!((again.unchanged, again.changed, again.added), (28, 0, 0), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn two_imports_at_once_leave_the_registry_of_one_of_them() {
    told(async |test, csv| {
        let other = csv.replace("云溪县财政局网站,", "云溪县财政局门户,");
        let (terms, one) = (Terms::default(), read("a.csv", csv.as_bytes()).unwrap());
        let two = read("b.csv", other.as_bytes()).unwrap();
        let (one, two) = tokio::join!(import(&test.db, &one, &terms, noon()), import(&test.db, &two, &terms, noon()));
        // One may be refused by the database; what is there is whole.
        assert!(one.is_ok() || two.is_ok());
        let mut tx = test.db.read().await.unwrap();
        assert_eq!(sites::count(&mut tx).await.unwrap(), 28);
        assert_eq!(plan::backlog(&mut tx, noon()).await.unwrap().sites, 28);
    })
    .await;
}

#[tokio::test]
async fn a_region_is_told_by_code_or_name_and_an_unknown_one_is_said() {
    told(async |test, csv| {
        let csv = csv.replacen("云溪县,云溪县人民政府网站", "140214,云溪县人民政府网站", 1);
        let report = take(&test.db, &csv, &Terms::default()).await;
        assert_eq!(report.unknown_regions.len(), 27, "the sample county is on no list: {report:?}");
        let mut tx = test.db.read().await.unwrap();
        let portal = sites::by_key(&mut tx, "www.yunxi.gov.cn").await.unwrap().unwrap();
        assert_eq!(portal.region.as_deref(), Some("140214"));
    })
    .await;
}

#[tokio::test]
async fn a_spreadsheet_says_what_its_csv_says() {
    let csv = county().await;
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for record in csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes()).records() {
        rows.push(record.unwrap().iter().map(Cell::from).collect());
    }
    let issued = rows[0].iter().position(|cell| matches!(cell, Cell::Text(text) if text == "issued_on")).unwrap();
    rows[2][issued] = Cell::Day(45_719); // 2025-03-03
    let phone = rows[0].iter().position(|cell| matches!(cell, Cell::Text(text) if text == "contact_phone")).unwrap();
    rows[2][phone] = Cell::Number(3_510_000_000.0);

    let test = sqlite().await;
    take(&test.db, &csv, &Terms::default()).await;
    let incoming = read("登记表.XLSX", &xlsx(&rows)).unwrap();
    let report = import(&test.db, &incoming, &Terms::default(), noon()).await.unwrap();
    assert_eq!((report.unchanged, report.changed, report.refused.len()), (27, 1, 0), "{report:?}");
    let site = sites::by_key(&mut test.db.read().await.unwrap(), "czj.yunxi.gov.cn").await.unwrap().unwrap().site;
    assert_eq!(site.contact.phone.as_deref(), Some("3510000000"));
    assert_eq!(site.issued_on.unwrap().to_string(), "2025-03-03");
    assert!(read("x.xlsx", b"PK no spreadsheet").is_err() && read("x.csv", b"").is_err());
}

#[tokio::test]
async fn an_import_that_is_killed_leaves_the_old_registry() {
    let test = sqlite().await;
    let csv = county().await;
    take(&test.db, &csv, &Terms::default()).await;
    // A file large enough to be killed in the midst of it.
    let folder = tempfile::tempdir().unwrap();
    let row = csv.lines().find(|line| line.contains("czj.yunxi.gov.cn")).unwrap();
    let many: String = (0..40_000).map(|n| format!("{}\n", row.replace("czj.", &format!("s{n}.")))).collect();
    std::fs::write(folder.path().join("many.csv"), format!("{csv}{many}")).unwrap();
    let before = Clock::System.now();
    for wait in [150, 400, 900] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_badgewatch"))
            .args(["import", "many.csv"])
            .env("BADGEWATCH_DATABASE__URL", &test.url)
            .current_dir(folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut tx = test.db.read().await.unwrap();
        assert_eq!(sites::count(&mut tx).await.unwrap(), 28, "killed after {wait} ms");
        assert_eq!(plan::backlog(&mut tx, before).await.unwrap().sites, 28);
    }
}

#[tokio::test]
async fn the_command_says_what_it_did_and_how_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let csv = county().await;
    let run = |file: &str, text: &str, more: &[&str]| {
        std::fs::write(folder.path().join(file), text).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_badgewatch"))
            .args(["import", file])
            .args(more)
            .env("BADGEWATCH_DATABASE__URL", "sqlite:registry.db")
            .current_dir(folder.path())
            .output()
            .unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, out) = run("a.csv", &csv, &[]);
    assert!(code == 0 && out.contains("28 added") && out.ends_with("written\n"), "{out}");
    let (code, out) = run("b.csv", &without(&csv, "czj."), &[]);
    assert!(code == 1 && out.contains("NOT written") && out.contains("--allow-shrink"), "{out}");
    let (code, out) = run("c.csv", &csv.replace("czj.yunxi.gov.cn", "czj yunxi"), &[]);
    assert!(
        code == 1 && out.contains("refused  row      3  en_domain") && out.contains("1 sites are not in the file"),
        "{out}"
    );
    let (code, out) = run("a.csv", &csv, &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(code == 0 && json["unchanged"] == 28 && json["applied"] == true, "{out}");
}
