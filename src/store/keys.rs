//! Secrets of this installation: made once, kept with the data they protect.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom, SystemRandom};

use super::{StoreError, StoreResult, Tx, execute, fetch_one, fetch_optional};

/// A secret that was made.
pub struct Made(pub Vec<u8>);

/// The secret of a name; made and kept if there is none.
pub async fn get_or_make(
    tx: &mut Tx,
    name: &str,
    at: DateTime<Utc>,
    make: impl FnOnce() -> StoreResult<Made>,
) -> StoreResult<Vec<u8>> {
    if let Some((secret,)) = fetch_optional!((String,), &mut *tx, "SELECT secret FROM keys WHERE name = $1", name)? {
        return read(name, &secret);
    }
    let sql = "INSERT INTO keys (name, made_at, secret) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
    execute!(&mut *tx, sql, name, at, BASE64.encode(make()?.0))?;
    // Whoever was first: his is the one.
    let (secret,) = fetch_one!((String,), tx, "SELECT secret FROM keys WHERE name = $1", name)?;
    read(name, &secret)
}

fn read(name: &str, secret: &str) -> StoreResult<Vec<u8>> {
    BASE64.decode(secret).map_err(|_| StoreError::Corrupt(format!("key {name}")))
}

/// 32 bytes that nobody can guess.
pub fn random() -> StoreResult<[u8; 32]> {
    let mut bytes = [0; 32];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| StoreError::Corrupt("the system gives no randomness".to_owned()))?;
    Ok(bytes)
}
