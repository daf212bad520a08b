//! Where an import could go wrong, on both engines: refused rows, units that many sites share, imports side by side and
//! broken off, a charset of old; and the contract of the store functions it stands on.

mod support;

use std::process::Command;

use badgewatch::domain::region::Regions;
use badgewatch::domain::registry::{Column, Registry};
use badgewatch::flow::export_registry::export;
use badgewatch::flow::import_registry::{Report, Terms, import, read};
use badgewatch::store::sites::{self, SiteWrite};
use badgewatch::store::units::{self, Change, Import, UnitWrite};
use badgewatch::store::{Db, new_id, plan};
use chrono::{DateTime, TimeDelta, Utc};
use support::db::{TestDb, every_engine};

fn noon() -> DateTime<Utc> {
    "2026-11-26T04:00:00Z".parse().unwrap()
}

/// A file of rows, each given by its cells.
fn file(rows: &[Vec<(&str, String)>]) -> String {
    let header: Vec<_> = Column::ALL.iter().map(|column| column.name()).collect();
    let row = |cells: &Vec<(&str, String)>| {
        let cell = |name: &str| cells.iter().rev().find(|(column, _)| *column == name).map_or("", |(_, cell)| cell);
        Column::ALL.iter().map(|column| cell(column.name())).collect::<Vec<_>>().join(",") + "\n"
    };
    format!("{}\n{}", header.join(","), rows.iter().map(row).collect::<String>())
}

/// A site of the bureau with a number; every second one is of the same unit.
fn site(n: usize) -> Vec<(&'static str, String)> {
    vec![
        ("unit_name", format!("云冈区{}局", n / 2)),
        ("unit_type", "organ".to_owned()),
        ("address", "政通路1号".to_owned()),
        ("region", "云冈区".to_owned()),
        ("site_name", format!("第{n}网")),
        ("en_domain", format!("www.s{n}.gov.test")),
        ("contact_phone", "00000000000".to_owned()),
    ]
}

fn with(mut row: Vec<(&'static str, String)>, column: &'static str, cell: &str) -> Vec<(&'static str, String)> {
    row.push((column, cell.to_owned()));
    row
}

fn sites_of(numbers: impl Iterator<Item = usize>) -> Vec<Vec<(&'static str, String)>> {
    numbers.map(site).collect()
}

async fn take(db: &Db, file: &str, terms: Terms) -> Report {
    import(db, &read("registry.csv", file.as_bytes()).unwrap(), &terms, noon()).await.unwrap()
}

fn freely() -> Terms {
    Terms { allow_shrink: true, ..Terms::default() }
}

/// Every row that an import may write, as text: to tell that nothing, or only so much, was written.
async fn everything(db: &Db) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    let mut all = Vec::new();
    let mut ids = Vec::new();
    sites::each_on_file(&mut tx, |site| {
        ids.push(site.id.clone());
        all.push(format!("{site:?}"));
    })
    .await
    .unwrap();
    for id in ids {
        all.push(format!("{:?}", sites::by_id(&mut tx, &id).await.unwrap()));
        all.extend(units::history(&mut tx, &id).await.unwrap().iter().map(|change| format!("{change:?}")));
    }
    all.push(format!("{:?}", plan::backlog(&mut tx, noon()).await.unwrap()));
    all.sort();
    all
}

async fn count(db: &Db) -> i64 {
    sites::count(&mut db.read().await.unwrap()).await.unwrap()
}

async fn history(db: &Db, key: &str) -> Vec<(String, Option<String>)> {
    let mut tx = db.read().await.unwrap();
    let id = sites::by_key(&mut tx, key).await.unwrap().unwrap().id;
    let mut told: Vec<_> = units::history(&mut tx, &id).await.unwrap();
    told.reverse();
    told.into_iter().map(|change| (change.change, change.field)).collect()
}

async fn told(story: impl AsyncFn(TestDb)) {
    for test in every_engine().await {
        story(test).await;
    }
}

#[tokio::test]
async fn a_file_that_says_the_same_writes_nothing_but_the_record() {
    told(async |test| {
        let rows = file(&sites_of(0..40));
        take(&test.db, &rows, Terms::default()).await;
        let before = everything(&test.db).await;
        assert_eq!(take(&test.db, &rows, Terms::default()).await.unchanged, 40);
        assert_eq!(everything(&test.db).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_tells_what_the_import_then_does() {
    told(async |test| {
        take(&test.db, &file(&sites_of(0..100)), Terms::default()).await;
        let mut rows = sites_of(1..103);
        rows[3] = with(rows[3].clone(), "site_name", "新网");
        rows[4] = with(rows[4].clone(), "issued_on", "soon");
        let (before, new) = (everything(&test.db).await, file(&rows));
        let dry = take(&test.db, &new, Terms { dry_run: true, ..Terms::default() }).await;
        assert_eq!(everything(&test.db).await, before);
        assert_eq!((dry.added, dry.changed, dry.dropped, dry.kept, dry.refused.len()), (3, 1, 1, 1, 1), "{dry:?}");
        let done = take(&test.db, &new, Terms::default()).await;
        assert_eq!(Report { applied: false, ..done }, dry);
    })
    .await;
}

#[tokio::test]
async fn two_percent_may_be_dropped_and_not_one_site_more() {
    told(async |test| {
        take(&test.db, &file(&sites_of(0..100)), Terms::default()).await;
        let waits = take(&test.db, &file(&sites_of(3..110)), Terms::default()).await;
        assert_eq!((waits.waits, waits.applied, waits.dropped, waits.added), (true, false, 3, 10));
        assert_eq!(count(&test.db).await, 100, "what is new waits with the rest");
        let done = take(&test.db, &file(&sites_of(2..110)), Terms::default()).await;
        assert_eq!((done.waits, done.applied, done.dropped, done.added), (false, true, 2, 10));
        assert_eq!(count(&test.db).await, 108);
        let nothing = take(&test.db, &file(&[]), Terms::default()).await;
        assert_eq!((nothing.waits, nothing.dropped), (true, 108));
        assert!(take(&test.db, &file(&[]), freely()).await.applied);
        assert_eq!(count(&test.db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_cannot_be_read_keeps_its_site_and_one_without_a_name_keeps_all() {
    told(async |test| {
        take(&test.db, &file(&sites_of(0..100)), Terms::default()).await;
        // Its row tells whose it is: that site is kept, another that is missing is dropped.
        let mut rows = sites_of(1..100);
        rows[0] = with(rows[0].clone(), "issued_on", "soon");
        let report = take(&test.db, &file(&rows), Terms::default()).await;
        assert_eq!((report.dropped, report.kept, report.refused.len()), (1, 1, 1));
        // Nobody can tell whose row it is: nothing is dropped, unless somebody says so.
        let mut rows = sites_of(2..100);
        rows[0] = with(rows[0].clone(), "en_domain", "no name");
        let report = take(&test.db, &file(&rows), Terms::default()).await;
        assert_eq!((report.dropped, report.kept), (0, 2));
        let report = take(&test.db, &file(&rows), freely()).await;
        assert_eq!((report.dropped, report.kept, count(&test.db).await), (2, 0, 97));
    })
    .await;
}

#[tokio::test]
async fn a_change_of_a_unit_is_told_of_each_of_its_sites() {
    told(async |test| {
        take(&test.db, &file(&sites_of(0..4)), Terms::default()).await;
        let moved: Vec<_> = sites_of(0..4).into_iter().map(|row| with(row, "address", "政通路2号")).collect();
        assert_eq!(take(&test.db, &file(&moved), Terms::default()).await.changed, 4);
        for n in 0..4 {
            let told = history(&test.db, &format!("www.s{n}.gov.test")).await;
            assert_eq!(told[1..], [("changed".to_owned(), Some("address".to_owned()))], "site {n}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_site_goes_to_another_unit_without_taking_the_old_one_along() {
    told(async |test| {
        take(&test.db, &file(&sites_of(0..2)), Terms::default()).await;
        let rows = [site(0), with(with(site(1), "unit_name", "云冈区新局"), "address", "新路1号")];
        assert_eq!(take(&test.db, &file(&rows), Terms::default()).await.changed, 1);
        let mut tx = test.db.read().await.unwrap();
        let unit = sites::by_key(&mut tx, "www.s0.gov.test").await.unwrap().unwrap().site.unit;
        assert_eq!((unit.name.as_str(), unit.address.as_deref()), ("云冈区0局", Some("政通路1号")));
    })
    .await;
}

#[tokio::test]
async fn a_dropped_site_comes_back_with_its_history_and_what_changed_meanwhile() {
    told(async |test| {
        take(&test.db, &file(&sites_of(0..2)), Terms::default()).await;
        take(&test.db, &file(&sites_of(0..1)), freely()).await;
        let mut tx = test.db.read().await.unwrap();
        assert_eq!(plan::backlog(&mut tx, noon()).await.unwrap().sites, 1);
        let host = badgewatch::domain::host::Host::parse("www.s1.gov.test").unwrap();
        assert_eq!(sites::on_host(&mut tx, &host).await.unwrap(), [], "whose host it was counts no more");
        drop(tx);
        let back = take(&test.db, &file(&[site(0), with(site(1), "site_name", "新网")]), Terms::default()).await;
        assert_eq!((back.restored, back.changed, back.added), (1, 0, 0));
        let told: Vec<_> = history(&test.db, "www.s1.gov.test").await.into_iter().map(|(change, _)| change).collect();
        assert_eq!(told, ["added", "dropped", "restored", "changed"]);
        assert_eq!(plan::backlog(&mut test.db.read().await.unwrap(), noon()).await.unwrap().sites, 2);
    })
    .await;
}

#[tokio::test]
async fn what_contradicts_itself_or_frightens_a_spreadsheet_is_exported_and_imported_without_a_change() {
    told(async |test| {
        let mut rows = sites_of(0..1_200);
        rows[1] = with(rows[1].clone(), "address", "另一处");
        rows[2] = with(with(rows[2].clone(), "site_name", "=1+1"), "contact_phone", "+86 10 0000");
        rows[3] = with(with(rows[3].clone(), "site_name", "\"甲,乙\""), "cn_domain", "云溪三.政务");
        rows[4] = with(with(rows[4].clone(), "ips", "192.0.2.1;2001:db8::1"), "url_prefix", "/x/");
        assert_eq!(take(&test.db, &file(&rows), Terms::default()).await.added, 1_200);
        let mut out = Vec::new();
        assert_eq!(export(&test.db, &mut out).await.unwrap(), 1_200);
        let again = take(&test.db, &String::from_utf8(out).unwrap(), Terms::default()).await;
        assert_eq!((again.unchanged, again.changed, again.added, again.dropped), (1_200, 0, 0, 0));
        assert!(again.refused.is_empty(), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn a_zero_byte_in_any_cell_is_taken_out_or_refuses_its_row_alike_on_both_engines() {
    let mut reports = Vec::new();
    for test in every_engine().await {
        let row = |(n, column): (usize, &Column)| {
            let row = site(n);
            let cell = row.iter().find(|(name, _)| *name == column.name()).map_or("", |(_, cell)| cell).to_owned();
            with(row, column.name(), &format!("{cell}\u{0}x"))
        };
        let rows: Vec<_> = Column::ALL.iter().enumerate().map(row).chain([site(99)]).collect();
        let report = take(&test.db, &file(&rows), Terms::default()).await;
        assert!(report.added >= 10 && !report.refused.is_empty(), "{report:?}");
        assert!(everything(&test.db).await.iter().all(|row| !row.contains('\0') && !row.contains("\\0")));
        reports.push((report.added, report.refused.len()));
    }
    assert!(reports.iter().all(|report| *report == reports[0]), "{reports:?}");
}

#[tokio::test]
async fn a_file_of_an_older_office_says_the_same() {
    told(async |test| {
        let rows = file(&sites_of(0..3));
        take(&test.db, &rows, Terms::default()).await;
        let (gbk, _, lost) = encoding_rs::GBK.encode(&rows);
        assert!(!lost);
        let incoming = read("gbk.csv", &gbk).unwrap();
        let report = import(&test.db, &incoming, &Terms::default(), noon()).await.unwrap();
        assert_eq!((report.unchanged, report.refused.len()), (3, 0));
    })
    .await;
}

#[tokio::test]
async fn imports_side_by_side_wait_for_each_other_and_all_succeed() {
    told(async |test| {
        let files: Vec<_> = (0..4).map(|n| read("x.csv", file(&sites_of(n * 10..300)).as_bytes()).unwrap()).collect();
        let terms = freely();
        let all = files.iter().map(|file| import(&test.db, file, &terms, noon()));
        for report in futures_util::future::join_all(all).await {
            assert!(report.unwrap().applied);
        }
        let mut tx = test.db.read().await.unwrap();
        let last = &units::imports(&mut tx, 10).await.unwrap();
        assert_eq!(last.len(), 4);
        assert_eq!(plan::backlog(&mut tx, noon()).await.unwrap().sites, sites::count(&mut tx).await.unwrap());
        let left = sites::count(&mut tx).await.unwrap();
        assert!([300, 290, 280, 270].contains(&left), "{left}");
    })
    .await;
}

#[tokio::test]
async fn an_import_that_is_killed_leaves_what_was_on_either_engine() {
    told(async |test| {
        take(&test.db, &file(&sites_of(0..10)), Terms::default()).await;
        let before = everything(&test.db).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("many.csv"), file(&sites_of(5..30_000))).unwrap();
        for wait in [700, 2_000, 3_500] {
            let mut child = Command::new(env!("CARGO_BIN_EXE_badgewatch"))
                .args(["import", "many.csv", "--allow-shrink", "--database", &test.url])
                .current_dir(folder.path())
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
            // Where it was done already, there is nothing to be learnt.
            if child.try_wait().unwrap().is_some() {
                break;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            assert_eq!(everything(&test.db).await, before, "killed after {wait} ms");
        }
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_on_nothing_makes_no_database_and_an_export_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), file(&[site(0), with(site(1), "issued_on", "soon")])).unwrap();
    let run = |args: &[&str]| {
        let command = Command::new(env!("CARGO_BIN_EXE_badgewatch")).args(args).current_dir(folder.path()).output();
        let output = command.unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let database = ["--database", "sqlite:new.db"];
    let (code, out) = run(&[&["import", "a.csv", "--dry-run"], &database[..]].concat());
    assert!(code == 1 && out.contains("1 added") && out.ends_with("dry run: nothing is written\n"), "{out}");
    assert!(!folder.path().join("new.db").exists());

    let (code, out) = run(&[&["import", "a.csv", "--json"], &database[..]].concat());
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &json["schema"], &json["added"]), (1, &"badgewatch.import/1".into(), &1.into()));
    assert_eq!(json["refused"][0]["row"], 3);
    assert_eq!((&json["refused"][0]["column"], &json["refused"][0]["reason"]), (&"issued_on".into(), &"date".into()));

    let (code, _) = run(&[&["export", "-o", "out.csv"], &database[..]].concat());
    assert_eq!(code, 0);
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(folder.path().join("out.csv")).unwrap());
    assert_eq!(mode & 0o777, 0o600);
    let (code, out) = run(&[&["import", "out.csv"], &database[..]].concat());
    assert!(code == 0 && out.contains("1 unchanged"), "{out}");
    assert!(run(&["import", "none.csv"]).0 >= 64 && run(&["import"]).0 >= 64);
}

#[tokio::test]
async fn the_store_keeps_regions_units_imports_and_changes_as_they_were_given() {
    told(async |test| {
        let mut tx = test.db.write().await.unwrap();
        units::seed_regions(&mut tx, Regions::builtin().all()).await.unwrap();
        // A name that was given to it since is brought in, and nothing else is touched.
        let renamed = Regions::read("code,name\n140000,山西省\n140200,大同市\n140214,云岗区\n").unwrap();
        units::seed_regions(&mut tx, renamed.all()).await.unwrap();

        let registry = Registry::read(file(&[site(0), site(1)]).as_bytes()).unwrap();
        let [one, two] = registry.sites() else { panic!() };
        let write = UnitWrite { key: "甲", unit: &one.unit, region: Some("140214") };
        let id = units::save(&mut tx, &[write]).await.unwrap().remove("甲").unwrap();
        let again = units::save(&mut tx, &[UnitWrite { region: None, ..write }]).await.unwrap();
        assert_eq!(again["甲"], id, "a key stands for one unit");
        assert!(units::save(&mut tx, &[]).await.unwrap().is_empty());

        units::lock_imports(&mut tx).await.unwrap();
        let record = Import {
            id: new_id(),
            at: noon(),
            file: "a.csv".to_owned(),
            sha256: "00".to_owned(),
            rows_good: 1,
            refused: 2,
            added: 3,
            changed: 4,
            unchanged: 5,
            dropped: 6,
            made_by: "operator".into(),
            area: "000000".into(),
        };
        units::begin_import(&mut tx, &record).await.unwrap();
        let newer = Import { id: new_id(), at: noon() + TimeDelta::microseconds(1), ..record.clone() };
        units::begin_import(&mut tx, &newer).await.unwrap();
        assert_eq!(units::imports(&mut tx, 10).await.unwrap(), [newer, record.clone()]);

        let (first, second) = (new_id(), new_id());
        let write = |id, site| SiteWrite {
            id,
            unit_id: &again["甲"],
            site,
            region: None,
            fingerprint: "f",
            import_id: &record.id,
            at: noon(),
        };
        sites::insert_all(&mut tx, &[write(&first, one), write(&second, two)]).await.unwrap();
        let mut keys = Vec::new();
        sites::each_on_file(&mut tx, |site| keys.push((site.key, site.fingerprint, site.dropped_at))).await.unwrap();
        keys.sort();
        let key = |n| (format!("www.s{n}.gov.test"), "f".to_owned(), None);
        assert_eq!(keys, [key(0), key(1)]);
        assert_eq!(sites::by_id(&mut tx, &second).await.unwrap().unwrap().site.name, "第1网");

        let change = |site_id: &str, field: Option<&str>| Change {
            at: noon(),
            import_id: record.id.clone(),
            site_id: site_id.to_owned(),
            change: "changed".to_owned(),
            field: field.map(str::to_owned),
            old_value: field.map(str::to_owned),
            new_value: None,
        };
        let many: Vec<_> = (0..450).map(|n| change(&first, Some(&format!("f{n}")))).collect();
        units::remember(&mut tx, &many).await.unwrap();
        units::remember(&mut tx, &[change(&second, None)]).await.unwrap();
        let mut told = units::history(&mut tx, &first).await.unwrap();
        told.reverse();
        assert_eq!(told, many, "more than one statement takes, in their order");
        assert_eq!(units::history(&mut tx, &second).await.unwrap(), [change(&second, None)]);
        tx.commit().await.unwrap();
    })
    .await;
}
