//! Secrets of this installation, each made once.

use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom, SystemRandom};

use super::{StoreError, StoreResult, Tx, execute, fetch_one, fetch_optional};

/// The secret of a name, if it was made.
pub async fn get(tx: &mut Tx, name: &str) -> StoreResult<Option<String>> {
    let sql = "SELECT secret FROM keys WHERE name = $1";
    Ok(fetch_optional!((String,), tx, sql, name)?.map(|row| row.0))
}

/// The secret of a name; `fresh` becomes it where none was made yet. Of two that bring one at once, one wins, and both
/// read it.
pub async fn get_or_make(tx: &mut Tx, name: &str, fresh: &str, at: DateTime<Utc>) -> StoreResult<String> {
    let sql = "INSERT INTO keys (name, made_at, secret) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
    execute!(&mut *tx, sql, name, at, fresh)?;
    Ok(fetch_one!((String,), tx, "SELECT secret FROM keys WHERE name = $1", name)?.0)
}

/// 32 bytes that nobody can guess.
pub fn random() -> StoreResult<[u8; 32]> {
    let mut bytes = [0; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| StoreError::Corrupt("the system gives no randomness".to_owned()))?;
    Ok(bytes)
}
