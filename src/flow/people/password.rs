//! Passwords: kept as Argon2id (RFC 9106), with the parameters the crate recommends.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use chrono::{DateTime, Utc};
use serde_json::json;

use crate::flow::accounts::{AccountError, CHAIN};
use crate::store::audit::{self, Act};
use crate::store::{Db, StoreError, StoreResult, accounts};

/// Characters at least: length is what counts (NIST SP 800-63B §3.1.1).
pub const SHORTEST_PASSWORD: usize = 12;
/// Bytes at most: hashing must not be made expensive.
pub const LONGEST_PASSWORD: usize = 256;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    #[error("密码至少 {SHORTEST_PASSWORD} 个字符 · {SHORTEST_PASSWORD} characters at least")]
    TooShort,
    #[error("密码过长 · too long")]
    TooLong,
}

/// Who is asked for in vain takes as long as one who is there.
static NOBODY: LazyLock<String> = LazyLock::new(|| hashed("nobody's password").unwrap_or_default());

fn hashed(password: &str) -> StoreResult<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| StoreError::Corrupt(format!("a password cannot be hashed: {error}")))?.to_string())
}

fn check(password: &str) -> Result<(), PasswordRefusal> {
    if password.len() > LONGEST_PASSWORD {
        return Err(PasswordRefusal::TooLong);
    }
    if password.chars().count() < SHORTEST_PASSWORD { Err(PasswordRefusal::TooShort) } else { Ok(()) }
}

/// Is it the password? Off the workers: it takes tens of milliseconds on purpose.
pub(super) async fn verify(phc: Option<String>, password: String) -> StoreResult<bool> {
    let work = move || {
        let is_somebody = phc.is_some();
        let phc = phc.unwrap_or_else(|| NOBODY.clone());
        let fits = password.len() <= LONGEST_PASSWORD
            && PasswordHash::new(&phc)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        is_somebody && fits
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Corrupt(error.to_string()))
}

/// Gives an account a password. `first`: it was made for somebody and is to be changed before anything else.
pub async fn set_password(
    db: &Db,
    name: &str,
    password: &str,
    first: bool,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    check(password).map_err(AccountError::Password)?;
    let text = password.to_owned();
    let phc = tokio::task::spawn_blocking(move || hashed(&text)).await;
    let phc = phc.map_err(|error| StoreError::Corrupt(error.to_string()))??;
    let mut tx = db.write().await?;
    if !accounts::set_password(&mut tx, name, &phc, first, now).await? {
        return Err(AccountError::Unknown(name.to_owned()));
    }
    let detail = json!({ "account": name, "first": first });
    let act = Act { actor: by, action: "password_set", from: None, to: None, why: None, detail };
    audit::append_in_turn(&mut tx, CHAIN, now, &act).await?;
    tx.commit().await?;
    Ok(())
}
