//! TEMPORARY until the cases branch lands.
use crate::flow::notices::Desk;
use crate::store::notices::StoredNotice;
use crate::store::{StoreResult, Tx};
pub async fn open_overdue(_: &mut Tx, _: &Desk, _: chrono::DateTime<chrono::Utc>, _: &StoredNotice) -> StoreResult<()> {
    Ok(())
}
