//! The contract of every function of the store, on both engines.

mod support;

use badgewatch::store::{Engine, sites};
use support::db::{TestDb, for_each_engine};

#[tokio::test]
async fn a_fresh_database_knows_no_site() {
    for_each_engine(async |db, _clock| {
        let mut tx = db.read().await.unwrap();
        assert_eq!(sites::count(&mut tx).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn each_test_has_a_database_of_its_own_of_each_engine_that_is_there() {
    let (first, second) = (TestDb::all().await, TestDb::all().await);

    assert_eq!(first[0].engine, Engine::Sqlite);
    assert_eq!(first.len(), second.len());
    for (one, other) in first.iter().zip(&second) {
        assert_ne!(one.url, other.url);
    }
}
