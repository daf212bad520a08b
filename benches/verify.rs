//! What the public meets, with 1,000,000 badges on the shelf: requests a second beside two peers, in one run, by random ids.
//!
//! `cargo bench --bench verify -- [SITES]` (needs `wrk` and `taskset`). Each server has one core to itself, the client the
//! other. The peers: a bare hyper that always says the same 1 KiB of JSON (the limit), and axum with sqlx on SQLite, a row a
//! request (what one would write first). Each is asked in turn, three rounds; the middle one counts. What a server's own
//! processor time a request comes to is told beside it: that holds where others use the machine, too.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::extract::{Path as Id, State};
use axum::routing::get;
use badgewatch::clock::Clock;
use badgewatch::store::Db;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

/// Connections of the client.
const CONNECTIONS: &str = "64";
const SECONDS: &str = "5";
const ROUNDS: usize = 3;
/// Ids that are asked for, at random: as many as a busy day's visitors come to.
const ASKED: u64 = 20_000;
/// The same where nobody asks twice: far more than any process keeps ready.
const ANY: u64 = 300_000;
/// As long as an answer of ours.
const HELLO: usize = 1_024;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--hello", port] => peer(hello(port.parse().expect("a port"))),
        ["--row", port, file] => peer(row(port.parse().expect("a port"), file)),
        [] => measure(1_000_000),
        [sites] => measure(sites.parse().expect("a number of sites")),
        _ => panic!("cargo bench --bench verify -- [SITES]"),
    }
}

fn peer(serving: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(serving);
}

/// The limit: hyper, and nothing to do.
async fn hello(port: u16) {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
    let text = bytes::Bytes::from("x".repeat(HELLO));
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let text = text.clone();
        let service = service_fn(move |_| {
            let body = axum::body::Body::from(text.clone());
            async { Ok::<_, std::convert::Infallible>(hyper::Response::new(body)) }
        });
        let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move { connection.await.is_ok() });
    }
}

/// What one would write first: axum, sqlx, a row.
async fn row(port: u16, file: &str) {
    type Row = (String, String, String, Option<String>, String);
    async fn answer(State(pool): State<sqlx::SqlitePool>, Id(code): Id<String>) -> axum::Json<Option<Row>> {
        let sql = "SELECT s.badge_code, s.name, u.name, s.en_domain, s.state FROM sites s JOIN units u ON u.id = s.unit_id \
                   WHERE s.badge_code = $1";
        axum::Json(sqlx::query_as(sql).bind(code).fetch_optional(&pool).await.expect("a row"))
    }
    let options = SqliteConnectOptions::new().filename(file).pragma("mmap_size", "1073741824");
    let pool =
        SqlitePoolOptions::new().max_connections(8).min_connections(4).connect_with(options).await.expect("a pool");
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
    let app = axum::Router::new().route("/{code}", get(answer)).with_state(pool);
    axum::serve(listener, app).await.expect("it serves");
}

fn code(number: u64) -> String {
    format!("CA1820500004{:07}0001", 1_000_000 + number)
}

fn measure(sites: u64) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("bench.db");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(seed(&file, sites));
    drop(runtime);
    scripts(folder.path(), sites);
    let own = std::env::current_exe().expect("this program");
    let pinned = |program: &Path, arguments: &[&str]| {
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(program).args(arguments).current_dir(folder.path());
        Server(command.stdout(Stdio::null()).spawn().expect("taskset is installed"))
    };
    let hello = pinned(&own, &["--hello", "28301"]);
    let row = pinned(&own, &["--row", "28302", file.to_str().expect("a path")]);
    let begun = Instant::now();
    let daemon =
        pinned(Path::new(env!("CARGO_BIN_EXE_badgewatch")), &["serve", "--roles", "web", "--config", "bench.toml"]);
    let first = format!("http://127.0.0.1:28303/api/v1/verify/{}", code(0));
    until_signed(&first, begun);
    println!("peak memory of the process with {sites} badges: {} MiB (aim 400, then 200)", daemon.peak());

    let ours = "http://127.0.0.1:28303";
    let asked = [
        ("hyper hello", &hello, "http://127.0.0.1:28301", "ids.txt", "/", ""),
        ("axum + sqlx", &row, "http://127.0.0.1:28302", "ids.txt", "/", ""),
        ("JSON", &daemon, ours, "ids.txt", "/api/v1/verify/", ""),
        ("script", &daemon, ours, "paths.txt", "/js/", ".js"),
        ("certificate page", &daemon, ours, "ids.txt", "/verify/", ""),
        ("JSON, any id", &daemon, ours, "any-ids.txt", "/api/v1/verify/", ""),
        ("script, any id", &daemon, ours, "any-paths.txt", "/js/", ".js"),
        ("page, any id", &daemon, ours, "any-ids.txt", "/verify/", ""),
    ];
    let mut figures = vec![Vec::new(); asked.len()];
    for _ in 0..ROUNDS {
        for (at, (_, server, host, list, before, behind)) in asked.iter().enumerate() {
            figures[at].push(run(server, folder.path(), host, &[list, before, behind]));
        }
    }
    let names: Vec<&str> = asked.iter().map(|(name, ..)| *name).collect();
    table(&names, &figures.into_iter().map(middle).collect::<Vec<_>>());
    println!("peak memory at the end: {} MiB", daemon.peak());
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How Linux counts processor time: hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

impl Server {
    /// Its processor time so far (proc(5): `utime`, `stime`, the 12th and 13th word behind its name).
    fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap_or_default();
        let behind = stat.rsplit(')').next().unwrap_or_default();
        TICK * behind.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u32>().ok()).sum::<u32>()
    }

    /// MiB; `taskset` becomes the program it starts.
    fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default() / 1024
    }
}

/// The shelf is filled, and what is on it is signed ahead.
fn until_signed(first: &str, begun: Instant) {
    let asked = || Command::new("curl").args(["-s", "--noproxy", "*", first]).output().map(|output| output.stdout);
    let (mut last, mut is_told) = (Vec::new(), false);
    loop {
        std::thread::sleep(Duration::from_secs(2));
        assert!(begun.elapsed() < Duration::from_secs(600), "the shelf is not filled within ten minutes");
        let now = asked().unwrap_or_default();
        if now.starts_with(b"{\"verdict\":\"valid\"") {
            if !is_told {
                println!(
                    "first answer after {:.0} s: read from the database, written, read back",
                    begun.elapsed().as_secs_f64()
                );
                is_told = true;
            }
            // Signed as it is asked for, two answers differ in their moments.
            if now == last {
                return println!("all signed ahead after {:.0} s", begun.elapsed().as_secs_f64());
            }
        }
        last = now;
    }
}

/// What one server did in one round.
#[derive(Clone, Copy)]
struct Figure {
    /// Requests a second.
    rate: f64,
    /// µs.
    p99: u64,
    wrong: u64,
    /// The server's own µs a request.
    cpu: f64,
}

/// The first line is the limit, the second the row: what the others are told by.
fn table(names: &[&str], figures: &[Figure]) {
    let [hello, row, ..] = figures else { return };
    println!("                  requests/s  ÷ hello  ÷ row   p99 µs  ÷ hello   CPU µs  ÷ hello  ÷ row  not as asked");
    for (name, one) in names.iter().zip(figures) {
        println!(
            "{name:<17} {:>10.0} {:>8.2} {:>6.1} {:>8} {:>8.1} {:>8.1} {:>8.2} {:>6.1} {:>13}",
            one.rate,
            one.rate / hello.rate,
            one.rate / row.rate,
            one.p99,
            one.p99 as f64 / hello.p99 as f64,
            one.cpu,
            hello.cpu / one.cpu,
            row.cpu / one.cpu,
            one.wrong
        );
    }
}

fn middle(mut figures: Vec<Figure>) -> Figure {
    figures.sort_by(|one, other| one.rate.total_cmp(&other.rate));
    figures[figures.len() / 2]
}

fn run(server: &Server, folder: &Path, host: &str, script: &[&str]) -> Figure {
    let mut command = Command::new("taskset");
    command.args(["-c", "1", "wrk", "-t1", "-c", CONNECTIONS, "-d", SECONDS, "-s", "asked.lua", host, "--"]);
    let before = server.cpu();
    let output = command.args(script).current_dir(folder).output().expect("wrk is installed");
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().find(|line| line.starts_with("RESULT")).unwrap_or_else(|| panic!("{said}"));
    let numbers: Vec<f64> = line.split_whitespace().skip(1).map(|number| number.parse().expect("a number")).collect();
    let cpu = (server.cpu() - before).as_micros() as f64 / numbers[3].max(1.0);
    Figure { rate: numbers[0], p99: numbers[1] as u64, wrong: numbers[2] as u64, cpu }
}

const ASKED_LUA: &str = r#"
local requests, at = {}, 0
function init(arguments)
  for line in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("GET", arguments[2] .. line .. (arguments[3] or ""))
  end
end
function request() at = at % #requests + 1; return requests[at] end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %.0f %d %d %d\n", summary.requests / (summary.duration / 1e6), latency:percentile(99),
    e.status + e.connect + e.read + e.write + e.timeout, summary.requests))
end
"#;

/// What the client reads, and the daemon's settings.
fn scripts(folder: &Path, sites: u64) {
    let ((ids, paths), (any_ids, any_paths)) = (lists(sites, ASKED), lists(sites, ANY));
    let settings = "database.url = \"sqlite:bench.db\"\nweb.listen = \"127.0.0.1:28303\"\nlog.filter = \"error\"\n\
                    web.public_url = \"https://badge.example\"\nverify = { folder = \"public\", per_minute = 4000000000, \
                    badges_per_second = 1000000 }\n";
    let files = [
        ("ids.txt", ids.as_str()),
        ("paths.txt", &paths),
        ("any-ids.txt", &any_ids),
        ("any-paths.txt", &any_paths),
        ("asked.lua", ASKED_LUA),
        ("bench.toml", settings),
    ];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("a file");
    }
}

/// So many ids, and the paths of their scripts.
fn lists(sites: u64, many: u64) -> (String, String) {
    let (mut ids, mut paths) = (String::new(), String::new());
    // A full period of a linear congruence: no id twice, in no order.
    for number in (0..many.min(sites)).map(|at| (at * 7_919_777 + 13) % sites) {
        let code = code(number);
        let digits = &code[2..];
        let _ = writeln!(ids, "{code}");
        let folders = [&digits[..2], &digits[2..5], &digits[5..9], &digits[9..17]].join("/");
        let _ = writeln!(paths, "{folders}/{code}");
    }
    (ids, paths)
}

/// Invented sites, with as much on their certificates as real ones have.
async fn seed(file: &Path, sites: u64) {
    let db = Db::open(&format!("sqlite:{}", file.display()), 4).await.expect("the database opens");
    db.migrate().await.expect("the schema is made");
    let Db::Sqlite { writer, .. } = &db else { unreachable!("it is SQLite") };
    let numbers = "WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n + 1 < $1)";
    let (at, import) = (
        Clock::System.now(),
        "INSERT INTO imports (id, at, file, sha256, rows_good, refused, added, changed, unchanged, dropped) \
         VALUES ('i', $2, 'bench', '', $1, 0, 0, 0, 0, 0)",
    );
    let units = "INSERT INTO units (id, name_key, name, kind, address, functions, region_text) SELECT printf('u%08d', n), n, \
                 '云溪县第' || n || '号公共服务管理局', 'organ', '云山省云溪市云溪县政通路' || n || '号', \
                 '负责全县公共服务事项的登记、受理、审核与监督管理，承办上级交办的其他事项。', '云溪县' FROM c";
    let sites_sql = "INSERT INTO sites (id, key, unit_id, name, en_domain, ips, badge_code, certificate_id, issued_on, \
                     issuing_office, state, hosting, fingerprint, imported_by, changed_at) \
                     SELECT printf('s%08d', n), 'www.s' || n || '.gov.test', printf('u%08d', n), '云溪县第' || n || '号局网站', \
                     'www.s' || n || '.gov.test', '', 'CA1820500004' || (1000000 + n) || '0001', printf('%032X', n), \
                     '2020-01-01', '云溪县委机构编制委员会办公室', 'valid', 'own', '', 'i', $2 FROM c";
    sqlx::query(import).bind(sites as i64).bind(at).execute(writer).await.expect("an import");
    for sql in [format!("{numbers} {units}"), sites_sql.replacen("INSERT", &format!("{numbers} INSERT"), 1)] {
        let sql = sqlx::AssertSqlSafe(sql);
        sqlx::query(sql).bind(sites as i64).bind(at).execute(writer).await.expect("sites");
    }
    db.close().await;
}
