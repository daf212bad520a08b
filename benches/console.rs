//! The console's lists at size: 200,000 sites with 2,000,000 pages on PostgreSQL, 50,000 on SQLite, each list and filter over
//! real HTTP as somebody who is logged in.
//!
//! `cargo bench --bench console` (needs PostgreSQL's programs); `BENCH_SITES=N` makes both smaller or larger.

#[path = "../tests/support/db.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod db;
#[path = "../tests/support/scale.rs"]
mod scale;

/// Requests of each question.
const TIMES: usize = 20;

#[tokio::main]
async fn main() {
    let asked = std::env::var("BENCH_SITES").ok().map(|text| text.parse::<i64>().expect("BENCH_SITES is a number"));
    if let Some(test) = db::postgres().await {
        run("PostgreSQL", &test, asked.unwrap_or(200_000)).await;
    }
    run("SQLite", &db::sqlite().await, asked.unwrap_or(50_000)).await;
}

async fn run(engine: &str, test: &db::TestDb, sites: i64) {
    let now = "2026-11-26T04:00:00Z".parse().expect("a moment");
    scale::seed(&test.db, sites, now).await;
    println!("{engine}, {sites} sites, {} pages: aim p95 300 ms", sites * 10);
    let lines = scale::measure(&test.db, TIMES, now).await;
    lines.iter().for_each(|line| println!("  {line}"));
    let well = lines.iter().filter(|line| line.is_well()).count();
    println!("{engine}: {well} of {} within the aim", lines.len());
}
