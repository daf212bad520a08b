//! A fresh database for a test, on either engine.
//!
//! SQLite is a file in a folder of its own. PostgreSQL is one throw-away cluster for the whole test process: a shell that
//! waits for the process to end, however it ends, stops and removes it. Where PostgreSQL is not installed its half is
//! skipped with a word on standard error; under `CI` it must be there.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

use badgewatch::clock::Clock;
use badgewatch::store::{Db, Engine, new_id};

/// Connections a test may have at once; the cluster has room for a good many tests beside each other.
const CONNECTIONS: u32 = 8;

/// Makes the cluster in `$1` with the programs in `$2` at port `$3`, says `ready`, waits for the end of its input.
const CLUSTER: &str = r#"
trap '' INT HUP TERM
as() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
away() { cd /; rm -rf "$1"; }
cd "$1" || exit 1
[ "$(id -u)" != 0 ] || chown postgres "$1"
as "$2/initdb" -D "$1/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$1/log" 2>&1 &&
as "$2/pg_ctl" -D "$1/data" -w -l "$1/server.log" -o "-p $3 -k $1 -c listen_addresses=127.0.0.1 -c fsync=off \
  -c synchronous_commit=off -c full_page_writes=off -c max_connections=300" start >>"$1/log" 2>&1 || {
    cat "$1/log" "$1/server.log" 2>/dev/null; away "$1"; exit 1; }
echo ready
read -r _
as "$2/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1
away "$1"
"#;

/// A database of a test's own, with the schema up to date.
pub struct TestDb {
    pub db: Db,
    /// As an operator would write it, to run the binary on it.
    pub url: String,
    pub engine: Engine,
    _folder: Option<TempDir>,
}

impl TestDb {
    /// A fresh SQLite file.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self::open(url, Engine::Sqlite, Some(folder)).await
    }

    /// A fresh database of the cluster; `None` where PostgreSQL is not installed.
    pub async fn postgres() -> Option<Self> {
        let port = cluster()?;
        let name = format!("t_{}", new_id());
        let mut admin = PgConnection::connect(&format!("postgres://postgres@127.0.0.1:{port}/postgres")).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
        admin.close().await.unwrap();
        Some(Self::open(format!("postgres://postgres@127.0.0.1:{port}/{name}"), Engine::Postgres, None).await)
    }

    /// One of each engine that is there.
    pub async fn all() -> Vec<Self> {
        std::iter::once(Self::sqlite().await).chain(Self::postgres().await).collect()
    }

    async fn open(url: String, engine: Engine, folder: Option<TempDir>) -> Self {
        let db = Db::open(&url, CONNECTIONS).await.unwrap();
        db.migrate().await.unwrap();
        Self { db, url, engine, _folder: folder }
    }
}

/// Monday morning in Beijing, on a clock that a test moves by hand.
pub fn clock() -> Clock {
    let start: DateTime<Utc> = "2026-03-02T01:00:00Z".parse().unwrap();
    Clock::manual(start)
}

/// Tells one story on every engine, each time on a fresh database and a fresh clock.
///
/// `for_each_engine(async |db, clock| { … }).await`
pub async fn for_each_engine(story: impl AsyncFn(Db, Clock)) {
    for test in TestDb::all().await {
        eprintln!("on {:?}", test.engine);
        story(test.db.clone(), clock()).await;
        test.db.close().await;
    }
}

/// The port of this process's cluster, started when it is first asked for.
fn cluster() -> Option<u16> {
    static CLUSTER: OnceLock<Option<(Child, u16)>> = OnceLock::new();
    let running = CLUSTER.get_or_init(|| {
        let Some(programs) = programs() else {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL is not installed, and under CI it must be");
            eprintln!("PostgreSQL is not installed: its half of the test is skipped");
            return None;
        };
        let mut said = String::new();
        // A port that was free may be taken by the time the server binds it.
        for _ in 0..5 {
            match start(&programs) {
                Ok(running) => return Some(running),
                Err(log) => said = log,
            }
        }
        panic!("PostgreSQL does not start: {said}")
    });
    running.as_ref().map(|(_, port)| *port)
}

fn start(programs: &Path) -> Result<(Child, u16), String> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap().keep();
    let mut shell = Command::new("sh")
        .args(["-c", CLUSTER, "cluster"])
        .args([&folder, programs, Path::new(&port.to_string())])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    let mut said = BufReader::new(shell.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    if line.trim() == "ready" {
        return Ok((shell, port));
    }
    said.read_to_string(&mut line).unwrap();
    shell.wait().unwrap();
    Err(line)
}

/// The folder of the newest `initdb` and `pg_ctl`.
fn programs() -> Option<PathBuf> {
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path());
    let newest = versions.max_by_key(|path| version(path)).map(|path| path.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = newest.into_iter().chain(std::env::split_paths(&path));
    folders.find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}
