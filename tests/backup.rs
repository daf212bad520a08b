//! Backups: one file for both engines, whole or refused, taken while the daemon works.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use badgewatch::flow::backup::{BackupError, backup, restore};
use badgewatch::flow::seal;
use badgewatch::store::Db;
use badgewatch::store::dump::{self, TABLES};
use badgewatch::store::looks;
use serde_json::Value;
use support::db::{every_engine, postgres, sqlite};
use support::world::{PORTAL, World, told};

async fn content(db: &Db) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut tx = db.read().await.unwrap();
    let mut all = BTreeMap::new();
    for table in TABLES {
        let mut rows = BTreeSet::new();
        dump::read::<badgewatch::store::StoreError>(&mut tx, table, |row| {
            // How certificates are numbered is all that a backup does not bring along.
            let numbered = ["restored", "certificates"].map(|name| Some(Value::from(name)));
            if !numbered.contains(&row.first().cloned()) {
                rows.insert(Value::from(row).to_string());
            }
            Ok(())
        })
        .await
        .unwrap();
        all.insert(table.name, rows);
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_kept_in_one_engine_goes_on_in_the_other() {
    let world = World::open(sqlite().await).await;
    world.look().await;
    let folder = tempfile::tempdir().unwrap();
    let (there, back) = (folder.path().join("there.gz"), folder.path().join("back.gz"));
    let before = content(&world.test.db).await;
    assert!(before["evidence"].len() > 5 && before["pages"].len() > 50, "there is something to keep");
    let rows = backup(&world.test.db, &world.clock, &there).await.unwrap();

    let Some(shared) = postgres().await else { return };
    assert_eq!(restore(&shared.db, &world.clock, &there, false).await.unwrap(), rows);
    assert_eq!(content(&shared.db).await, before);
    assert!(seal::verify(&shared.db).await.unwrap().breaches.is_empty());

    // The watch goes on there as if nothing had happened, and back again.
    let watch = World::watch(&world.county, &world.clock, &shared.db).await;
    world.clock.advance(chrono::TimeDelta::days(1));
    while watch.step(64).await.unwrap() == badgewatch::flow::watch::Step::Worked {}
    backup(&shared.db, &world.clock, &back).await.unwrap();
    assert!(matches!(restore(&world.test.db, &world.clock, &back, false).await, Err(BackupError::NotEmpty)));
    restore(&world.test.db, &world.clock, &back, true).await.unwrap();
    assert_eq!(content(&world.test.db).await, content(&shared.db).await);
    let id = world.id(PORTAL).await;
    assert_eq!(looks::of_site(&mut world.test.db.read().await.unwrap(), &id, 10).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_whole_changes_nothing() {
    let world = World::open(sqlite().await).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("whole.gz");
    backup(&world.test.db, &world.clock, &file).await.unwrap();
    let before = content(&world.test.db).await;
    let whole = fs::read(&file).unwrap();
    let broken = folder.path().join("broken.gz");
    for cut in [0, 10, whole.len() / 2, whole.len() - 9] {
        fs::write(&broken, &whole[..cut]).unwrap();
        assert!(restore(&world.test.db, &world.clock, &broken, true).await.is_err(), "cut at {cut}");
    }
    let forged = unpacked(&file).replace(PORTAL, "www.forged.gov.cn");
    packed(&broken, &forged);
    assert!(matches!(restore(&world.test.db, &world.clock, &broken, true).await, Err(BackupError::Broken)));
    packed(&broken, &unpacked(&file).replace("badgewatch.backup/1", "badgewatch.backup/9"));
    assert!(matches!(restore(&world.test.db, &world.clock, &broken, true).await, Err(BackupError::Format(_))));
    assert_eq!(content(&world.test.db).await, before);
}

fn unpacked(file: &Path) -> String {
    std::io::read_to_string(flate2::read::GzDecoder::new(fs::File::open(file).unwrap())).unwrap()
}

fn packed(file: &Path, text: &str) {
    let mut out = flate2::write::GzEncoder::new(fs::File::create(file).unwrap(), flate2::Compression::fast());
    std::io::Write::write_all(&mut out, text.as_bytes()).unwrap();
    out.finish().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_working_daemon_is_one_moment() {
    told(async |world| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("moment.gz");
        let (db, clock) = (world.test.db.clone(), world.clock.clone());
        let (taken, ()) = tokio::join!(backup(&db, &clock, &file), world.look());
        taken.unwrap();
        let copy = sqlite().await;
        restore(&copy.db, &clock, &file, false).await.unwrap();
        // Whatever the moment was: every look has its standing, and every chain holds.
        let copied = content(&copy.db).await;
        assert_eq!(copied["looks"].len(), copied["standings"].len());
        assert!(seal::verify(&copy.db).await.unwrap().breaches.is_empty());
    })
    .await;
}

#[tokio::test]
async fn every_table_and_column_of_the_schema_is_kept() {
    for test in every_engine().await {
        let listed: BTreeSet<(String, String)> = TABLES
            .iter()
            .flat_map(|table| table.columns.iter().map(|(column, _)| (table.name.to_owned(), (*column).to_owned())))
            .collect();
        let sql = match &test.db {
            Db::Sqlite { .. } => {
                "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' \
                 AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'"
            }
            Db::Postgres(_) => {
                "SELECT table_name::text, column_name::text FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'"
            }
        };
        let there: Vec<(String, String)> = match &test.db {
            Db::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_all(readers).await.unwrap(),
            Db::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
        };
        assert_eq!(there.into_iter().collect::<BTreeSet<_>>(), listed);
    }
}
