//! The bench of the lists at a small size: what it asks is answered, on both engines.

use crate::support::db::every_engine;
use crate::support::scale;
use crate::support::world::start;

#[tokio::test]
async fn every_question_of_the_bench_is_answered() {
    for test in every_engine().await {
        scale::seed(&test.db, 120, start()).await;
        let lines = scale::measure(&test.db, 1, start()).await;
        assert!(lines.len() > 50, "{}", lines.len());
    }
}
