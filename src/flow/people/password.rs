//! Passwords: kept as Argon2id (RFC 9106), with the parameters the crate recommends.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::sync::Semaphore;

use super::common::is_common;
use super::session::{self, Opened};
use crate::flow::accounts::{AccountError, record};
use crate::store::sessions::{self, Entered};
use crate::store::{Db, StoreError, StoreResult, accounts, credentials, keys};

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
    #[error("这个密码太常见，很容易被猜到，请换一个 · everybody tries this one first: take another")]
    Common,
    #[error("新密码与原密码相同 · the new password is the old one")]
    Same,
}

/// Hashed at once: each takes 19 MiB, and whoever asks for more waits.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Who is asked for in vain takes as long as one who is there.
static NOBODY: LazyLock<String> = LazyLock::new(|| hashed("nobody's password").unwrap_or_default());

fn hashed(password: &str) -> StoreResult<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| StoreError::Corrupt(format!("a password cannot be hashed: {error}")))?.to_string())
}

fn check(password: &str, name: &str, person: &str) -> Result<(), PasswordRefusal> {
    if password.len() > LONGEST_PASSWORD {
        return Err(PasswordRefusal::TooLong);
    }
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(PasswordRefusal::TooShort);
    }
    if is_common(password, name, person) { Err(PasswordRefusal::Common) } else { Ok(()) }
}

/// Off the workers: it takes tens of milliseconds on purpose.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> StoreResult<T> {
    let failed = |error: &dyn std::fmt::Display| StoreError::Corrupt(error.to_string());
    let _turn = AT_ONCE.acquire().await.map_err(|error| failed(&error))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| failed(&error))
}

/// Is it the password?
pub(super) async fn verify(phc: Option<String>, password: String) -> StoreResult<bool> {
    let work = move || {
        let is_somebody = phc.is_some();
        let phc = phc.unwrap_or_else(|| NOBODY.clone());
        let fits = password.len() <= LONGEST_PASSWORD
            && PasswordHash::new(&phc)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        is_somebody && fits
    };
    apart(work).await
}

/// The letters of a first password: none that is mistaken for another.
const LETTERS: &[u8; 22] = b"abcdefghjkmnpqrstuwxyz";

/// A password that nobody can guess and everybody can read out: four times four letters, 71 bits.
pub fn first_password() -> StoreResult<String> {
    let mut text = String::new();
    while text.len() < 19 {
        // Eleven times 22 values are even; the rest would make some letters more likely.
        for byte in keys::random()?.into_iter().filter(|byte| *byte < 242) {
            if text.len() == 19 {
                break;
            }
            if text.len() % 5 == 4 {
                text.push('-');
            }
            text.push(char::from(LETTERS[usize::from(byte % 22)]));
        }
    }
    Ok(text)
}

/// Gives an account a password, and ends its sessions. `first`: it was made for somebody and is to be changed before
/// anything else.
pub async fn set_password(
    db: &Db,
    name: &str,
    password: &str,
    first: bool,
    by: &str,
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let account = accounts::by_name(&mut db.read().await?, name).await?;
    let account = account.ok_or_else(|| AccountError::Unknown(name.to_owned()))?;
    check(password, name, &account.person).map_err(AccountError::Password)?;
    let text = password.to_owned();
    let phc = apart(move || hashed(&text)).await??;
    let mut tx = db.write().await?;
    let Some(id) = credentials::set_password(&mut tx, name, &phc, first, now, Some(by)).await? else {
        return Err(AccountError::Disabled(name.to_owned()));
    };
    let sessions = sessions::end_all(&mut tx, &id, None, now).await?;
    record(&mut tx, by, "password_set", json!({ "account": name, "first": first, "sessions": sessions }), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Why somebody's own password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The present one was not given.
    #[error("not the present password")]
    Wrong,
    #[error("{0}")]
    Refused(PasswordRefusal),
    /// The session is over.
    #[error("no longer logged in")]
    Over,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Changes one's own password: every other session is over, this one goes on under another secret.
pub async fn change_password(
    db: &Db,
    entered: &Entered,
    (present, new): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Opened, ChangeError> {
    let (actor, session) = (&entered.actor, &entered.session);
    let kept = credentials::password_of(&mut db.read().await?, &actor.name).await?.ok_or(ChangeError::Over)?;
    if !verify(Some(kept.phc), present.to_owned()).await? {
        return Err(ChangeError::Wrong);
    }
    check(new, &actor.name, &entered.person).map_err(ChangeError::Refused)?;
    if new == present {
        return Err(ChangeError::Refused(PasswordRefusal::Same));
    }
    let text = new.to_owned();
    let phc = apart(move || hashed(&text)).await??;
    let mut tx = db.write().await?;
    let Some(opened) = session::rotate(&mut tx, session, session.is_full).await? else { return Err(ChangeError::Over) };
    credentials::set_password(&mut tx, &actor.name, &phc, false, now, None).await?.ok_or(ChangeError::Over)?;
    let ended = sessions::end_all(&mut tx, &actor.account_id, Some(&session.id), now).await?;
    let detail = json!({ "account": actor.name, "sessions": ended });
    record(&mut tx, &actor.text(), "password_changed", detail, now).await?;
    tx.commit().await?;
    Ok(opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_password_is_read_out_easily_and_is_never_the_same() {
        let all: Vec<String> = (0..50).map(|_| first_password().unwrap()).collect();
        for one in &all {
            let parts: Vec<&str> = one.split('-').collect();
            assert!(parts.len() == 4 && parts.iter().all(|part| part.len() == 4), "{one}");
            assert!(one.bytes().all(|b| b == b'-' || LETTERS.contains(&b)), "{one}");
            assert_eq!(check(one, "chen", "陈某"), Ok(()));
        }
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
