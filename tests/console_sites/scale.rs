//! The bench of the lists at a small size, or at that of `BENCH_SITES`: what it asks is answered, on both engines.

use crate::support::db::every_engine;
use crate::support::scale;
use crate::support::world::start;

#[tokio::test]
async fn every_question_of_the_bench_is_answered() {
    let sites = std::env::var("BENCH_SITES").map_or(120, |text| text.parse().unwrap());
    for test in every_engine().await {
        scale::seed(&test.db, sites, start()).await;
        let lines = scale::measure(&test.db, if sites > 120 { 20 } else { 1 }, start()).await;
        assert!(lines.len() > 50, "{}", lines.len());
        lines.iter().for_each(|line| println!("{line}"));
    }
}
