//! A million registered sites: how soon the first look is stored, how much memory it takes, how fast sites are claimed.
//!
//! `cargo bench --bench watch -- [SITES] [postgres://…/EMPTY_DATABASE]` · one run a database; without an address SQLite
//! in a temporary file. The peer of a claim is the cheapest statement that could do its work: a guarded update of one
//! row by its key, on the same database in the same run.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use badgewatch::clock::Clock;
use badgewatch::demo::County;
use badgewatch::store::{Db, plan};
use chrono::{DateTime, TimeDelta, Utc};

/// Sites in one claim, as the daemon asks for them.
const BATCH: i64 = 64;
const MEASURED: Duration = Duration::from_secs(5);
const CLAIMERS: usize = 4;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let sites: i64 = arguments.next().map_or(1_000_000, |sites| sites.parse().expect("a number of sites"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = arguments.next().unwrap_or_else(|| format!("sqlite:{}", folder.path().join("bench.db").display()));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(measure(sites, &url));
}

async fn measure(sites: i64, url: &str) {
    let db = Db::open(url, 8).await.expect("the database opens");
    db.migrate().await.expect("the schema is made");
    let now = Clock::System.now();
    let seeded = Instant::now();
    seed(&db, sites, now - TimeDelta::hours(1)).await;
    println!("{sites} sites registered in {:.1} s, all of them due", seeded.elapsed().as_secs_f64());

    let county = County::start().await.expect("the county opens");
    let (first, peak) = first_look(&db, &county, url).await;
    println!("first look stored after {first:.2} s from the start of the process (aim 2)");
    println!("peak memory of the process after ten seconds of looks: {peak} MiB (aim 200)");

    let updates = rate(&db, Peer::Update).await;
    let claims = rate(&db, Peer::Claim).await;
    println!("claims: {claims:.0} sites/s; single guarded updates: {updates:.0}/s; ratio {:.1}", claims / updates);
}

/// Invented sites in sets, each engine by its own quickest way.
async fn seed(db: &Db, sites: i64, at: DateTime<Utc>) {
    macro_rules! seed {
        ($pool:expr, $numbers:literal, $pad:literal) => {{
            let import = "INSERT INTO imports (id, at, file, sha256, rows_good, refused, added, changed, unchanged, dropped) \
                          VALUES ('i', $1, 'bench', '', 0, 0, 0, 0, 0, 0)";
            sqlx::query(import).bind(at).execute($pool).await.expect("import");
            for sql in [
                concat!("INSERT INTO units (id, name_key, name) SELECT ", $pad, ", ", $pad, ", 'unit' FROM ", $numbers),
                concat!(
                    "INSERT INTO sites (id, key, unit_id, name, en_domain, ips, badge_code, state, hosting, fingerprint, \
                     imported_by, changed_at) SELECT ", $pad, ", 'www.s' || n || '.gov.cn', ", $pad, ", 'site', \
                     'www.s' || n || '.gov.cn', '', 'CA1820500004123' || ", $pad, ", 'valid', 'own', '', 'i', $2 FROM ",
                    $numbers
                ),
                concat!("INSERT INTO site_names (host, site_id) SELECT 'www.s' || n || '.gov.cn', ", $pad, " FROM ", $numbers),
                concat!(
                    "INSERT INTO plan (site_id, rank, next_at, home_at, pages_at, attempts) SELECT ", $pad,
                    ", 1, $2, $2, $2, 0 FROM ", $numbers
                ),
            ] {
                sqlx::query(sql).bind(sites).bind(at).execute($pool).await.expect("seed");
            }
        }};
    }
    match db {
        Db::Sqlite { writer, .. } => seed!(
            writer,
            "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < $1) SELECT n FROM c) WHERE $2 <> ''",
            "printf('%08d', n)"
        ),
        Db::Postgres(pool) => seed!(
            pool,
            "generate_series(1, $1::bigint) AS n WHERE $2::timestamptz IS NOT NULL",
            "lpad(n::text, 8, '0')"
        ),
    }
}

struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Seconds until a look is stored, and the peak memory in MiB.
async fn first_look(db: &Db, county: &County, url: &str) -> (f64, u64) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let canary = county.canary_name();
    let config = format!(
        "[database]\nurl = {url:?}\n[dns]\nresolvers = [\"{}\"]\ncanaries = [\"{canary}\"]\n[http]\n\
         canaries = [\"http://{canary}/\"]\nhttp_port = {}\nallow_net = [\"127.0.0.0/8\"]\n[web]\nlisten = \"127.0.0.1:0\"\n\
         [log]\nfilter = \"error\"\n",
        county.resolver, county.http_port
    );
    std::fs::write(folder.path().join("bench.toml"), config).expect("the settings are written");
    let begun = Instant::now();
    let process = Command::new(env!("CARGO_BIN_EXE_badgewatch"))
        .args(["serve", "--config", "bench.toml"])
        .current_dir(folder.path())
        .spawn()
        .expect("the daemon starts");
    let daemon = Daemon(process);
    while looks(db).await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(120), "no look within two minutes");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let first = begun.elapsed().as_secs_f64();
    tokio::time::sleep(Duration::from_secs(10)).await;
    println!("{} looks stored in {:.1} s", looks(db).await, begun.elapsed().as_secs_f64());
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.0.id())).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
    (first, kib.unwrap_or_default() / 1024)
}

async fn looks(db: &Db) -> i64 {
    let sql = "SELECT COUNT(*) FROM looks";
    match db {
        Db::Sqlite { readers, .. } => sqlx::query_scalar(sql).fetch_one(readers).await.expect("count"),
        Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.expect("count"),
    }
}

#[derive(Clone, Copy)]
enum Peer {
    Claim,
    Update,
}

/// Sites a second by several at once.
async fn rate(db: &Db, peer: Peer) -> f64 {
    let begun = Instant::now();
    let tasks = (0..CLAIMERS).map(|claimer| {
        let db = db.clone();
        tokio::spawn(async move {
            let mut sites = 0;
            while begun.elapsed() < MEASURED {
                sites += match peer {
                    Peer::Claim => claim(&db).await,
                    Peer::Update => update(&db, claimer * 200_000 + sites).await,
                };
            }
            sites
        })
    });
    let done = futures_util::future::join_all(tasks).await;
    let sites: usize = done.into_iter().map(|sites| sites.expect("a claimer ends")).sum();
    sites as f64 / begun.elapsed().as_secs_f64()
}

async fn claim(db: &Db) -> usize {
    let mut tx = db.write().await.expect("a transaction");
    let claims = plan::claim(&mut tx, Clock::System.now(), TimeDelta::hours(1), BATCH).await.expect("claims");
    tx.commit().await.expect("a commit");
    claims.len()
}

async fn update(db: &Db, number: usize) -> usize {
    let mut tx = db.write().await.expect("a transaction");
    let id = format!("{:08}", number + 1);
    let at = Clock::System.now();
    plan::ask(&mut tx, &id, at).await.expect("an update");
    tx.commit().await.expect("a commit");
    1
}
