//! Databases of a test: a fresh SQLite file, and a fresh database in a PostgreSQL cluster of this process.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use badgewatch::flow::import_registry::{self, Terms};
use badgewatch::store::Db;
use chrono::{DateTime, Utc};
use tempfile::TempDir;

/// A database with the schema in it, and the address by which another process opens it.
pub struct TestDb {
    pub db: Db,
    pub url: String,
    _folder: TempDir,
}

/// A fresh database of every engine there is: SQLite always, PostgreSQL where it is installed. Without it the test says
/// so and goes on with SQLite; in CI it fails.
pub async fn every_engine() -> Vec<TestDb> {
    let mut all = vec![sqlite().await];
    all.extend(postgres().await);
    all
}

/// A fresh SQLite database.
pub async fn sqlite() -> TestDb {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    open(url, folder).await
}

/// A fresh PostgreSQL database, if there is a server to be had.
pub async fn postgres() -> Option<TestDb> {
    let server = server()?;
    let name = format!("t_{}", badgewatch::store::new_id());
    let done = Command::new(server.bin.join("psql"))
        .args([&format!("{}/postgres", server.address), "-qc", &format!("CREATE DATABASE {name}")])
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(open(format!("{}/{name}", server.address), tempfile::tempdir().unwrap()).await)
}

async fn open(url: String, folder: TempDir) -> TestDb {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let db = Db::open(&url, 4).await.unwrap();
    db.migrate().await.unwrap();
    TestDb { db, url, _folder: folder }
}

struct Server {
    bin: PathBuf,
    address: String,
}

/// The cluster of this process: started once; a shell that reads from us stops it when we are gone, however we go.
fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(|| Some(start(&programs()?)));
    if server.is_none() {
        assert!(std::env::var_os("CI").is_none(), "PostgreSQL is not installed");
        println!("SKIPPED: PostgreSQL is not installed");
    }
    server.as_ref()
}

/// The newest installed server's programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let bins = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    bins.filter(|bin| bin.join("initdb").exists()).max()
}

const START: &str = r#"
set -e
bin=$1 folder=$2 port=$3
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres "$folder"
as "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-p $port -k $folder -c listen_addresses=127.0.0.1 \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300" start >/dev/null 2>&1 </dev/null
echo ready
read -r _ || true
as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 </dev/null
rm -rf "$folder"
"#;

fn start(bin: &Path) -> Server {
    let folder = TempDir::new().unwrap().keep();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut shell = Command::new("bash")
        .args(["-c", START, "start"])
        .args([bin.as_os_str(), folder.as_os_str(), port.to_string().as_ref()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .current_dir("/")
        .spawn()
        .unwrap();
    let mut said = [0; 6];
    shell.stdout.as_mut().unwrap().read_exact(&mut said).expect("PostgreSQL did not start");
    assert_eq!(&said, b"ready\n");
    // The pipe stays open as long as this process lives.
    std::mem::forget(shell);
    Server { bin: bin.to_owned(), address: format!("postgres://postgres@127.0.0.1:{port}") }
}

/// Registers the sites of a CSV, each due at `at`.
pub async fn register(db: &Db, csv: &str, at: DateTime<Utc>) {
    let incoming = import_registry::read("test.csv", csv.as_bytes()).unwrap();
    let report = import_registry::import(db, &incoming, &Terms::default(), at).await.unwrap();
    assert!(report.applied && report.refused.is_empty(), "{report:?}");
}

/// Runs one statement of a story's own.
pub async fn run(db: &Db, sql: &'static str) {
    match db {
        Db::Sqlite { writer, .. } => {
            sqlx::query(sql).execute(writer).await.unwrap();
        }
        Db::Postgres(pool) => {
            sqlx::query(sql).execute(pool).await.unwrap();
        }
    }
}
