//! How the database itself does.

use badgewatch::store::vitals::{self, Pool};

use super::stage::told;
use crate::ask;

#[tokio::test]
async fn its_size_and_its_connections_are_known() {
    told(1, async |stage| {
        assert!(ask!(stage, vitals::bytes) > 100_000, "an empty schema is larger");
        let pools = |pool: Pool| vitals::connections(stage.db()).into_iter().find(|one| one.pool == pool);
        let mine = pools(Pool::Shared).or(pools(Pool::Readers)).unwrap();
        assert!(mine.most > 0 && mine.open >= mine.idle);
        let _held = stage.db().read().await.unwrap();
        let mine = pools(Pool::Shared).or(pools(Pool::Readers)).unwrap();
        assert!(mine.open > mine.idle, "{mine:?}");
    })
    .await;
}
