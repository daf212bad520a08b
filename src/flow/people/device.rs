//! A second device: one-time codes of an authenticator (RFC 6238: HMAC-SHA-1, six digits, 30 seconds, one step of skew).

use chrono::{DateTime, Utc};
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use super::session::{self, Opened, record};
use crate::flow::accounts::{self, AccountError};
use crate::store::sessions::{self, Entered};
use crate::store::{Db, StoreError, StoreResult, credentials, keys};

/// Stands beside the account's name in the authenticator.
const ISSUER: &str = "badgewatch";
/// Bytes of a secret (RFC 4226 §4 R6).
const SECRET: usize = 20;

/// Why a code was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    #[error("not the code of this moment")]
    Wrong,
    /// It was used: the next one comes within 30 seconds (RFC 6238 §5.2).
    #[error("the code was used already")]
    Used,
    /// There is a device already, or none, or the session is over.
    #[error("things have changed in the meantime")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A secret that an authenticator is to take over.
pub struct Draft {
    /// Base32, for who types it.
    pub secret: String,
    /// `otpauth://totp/…`, for a picture.
    pub url: String,
}

/// A secret for an account: a fresh one, or the one of a form that comes back.
pub fn draft(name: &str, given: Option<&str>) -> StoreResult<Draft> {
    let totp = match given.and_then(|secret| read(name, secret)) {
        Some(totp) => totp,
        None => build(name, Secret::from(keys::random()?[..SECRET].to_vec()))?,
    };
    let url = totp.to_url().map_err(corrupt)?;
    Ok(Draft { secret: totp.secret().to_base32(), url })
}

fn build(name: &str, secret: Secret) -> StoreResult<Totp> {
    Builder::new().with_secret(secret).with_account_name(name).with_issuer(Some(ISSUER)).build().map_err(corrupt)
}

fn corrupt(error: totp_rs::TotpError) -> StoreError {
    StoreError::Corrupt(format!("a second device: {error}"))
}

/// None: no secret of ours.
fn read(name: &str, secret: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok().filter(|secret| secret.as_bytes().len() == SECRET)?;
    build(name, secret).ok()
}

/// The step whose code it is. Blanks do not count: authenticators show them.
fn step(totp: &Totp, code: &str, now: DateTime<Utc>) -> Result<i64, DeviceError> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.timestamp()).map_err(|_| DeviceError::Wrong)?;
    let step = totp.check(&code, seconds).ok_or(DeviceError::Wrong)?;
    i64::try_from(step).map_err(|_| DeviceError::Wrong)
}

/// Takes over a second device that has shown its first code. Sessions that were opened without one are over; this one goes on
/// under another secret.
pub async fn enrol(
    db: &Db,
    entered: &Entered,
    (secret, code): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Opened, DeviceError> {
    let (actor, session) = (&entered.actor, &entered.session);
    let totp = read(&actor.name, secret).ok_or(DeviceError::Wrong)?;
    let step = step(&totp, code, now)?;
    let mut tx = db.write().await?;
    let secret = totp.secret().to_base32();
    if !credentials::set_device(&mut tx, &actor.account_id, &secret, step, now).await? {
        return Err(DeviceError::Changed);
    }
    let ended = sessions::end_all(&mut tx, &actor.account_id, Some(&session.id), now).await?;
    let opened = session::rotate(&mut tx, session, true).await?.ok_or(DeviceError::Changed)?;
    let detail = json!({ "account": actor.name, "sessions": ended });
    record(&mut tx, actor, "device_enrolled", detail, now).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Completes a log-in by a code: each lets in once.
pub async fn prove(db: &Db, entered: &Entered, code: &str, now: DateTime<Utc>) -> Result<Opened, DeviceError> {
    let (actor, session) = (&entered.actor, &entered.session);
    let secret = credentials::device(&mut db.read().await?, &actor.account_id).await?.ok_or(DeviceError::Changed)?;
    let corrupt = || StoreError::Corrupt(format!("the second device of {}", actor.name));
    let totp = read(&actor.name, &secret).ok_or_else(corrupt)?;
    let step = step(&totp, code, now)?;
    let mut tx = db.write().await?;
    if !credentials::use_step(&mut tx, &actor.account_id, step).await? {
        return Err(DeviceError::Used);
    }
    let opened = session::rotate(&mut tx, session, true).await?.ok_or(DeviceError::Changed)?;
    let detail = json!({ "account": actor.name, "session": session.id });
    record(&mut tx, actor, "code_given", detail, now).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Takes a lost device away: the next log-in asks for no code, and its sessions are over.
pub async fn reset_device(db: &Db, name: &str, by: &str, now: DateTime<Utc>) -> Result<(), AccountError> {
    let mut tx = db.write().await?;
    let Some(id) = credentials::reset_device(&mut tx, name).await? else {
        return Err(AccountError::Device(name.to_owned()));
    };
    let ended = sessions::end_all(&mut tx, &id, None, now).await?;
    accounts::record(&mut tx, by, "device_reset", json!({ "account": name, "sessions": ended }), now).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the last six of the eight digits.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let totp = build("chen", Secret::from(b"12345678901234567890".to_vec())).unwrap();
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            assert_eq!(step(&totp, code, at).unwrap(), seconds / 30);
            assert_eq!(step(&totp, &format!("{} {}", &code[..3], &code[3..]), at).unwrap(), seconds / 30);
        }
        let far = DateTime::from_timestamp(59 + 90, 0).unwrap();
        assert!(matches!(step(&totp, "287082", far), Err(DeviceError::Wrong)));
    }

    #[test]
    fn a_draft_comes_back_as_it_was_and_what_is_none_is_made_anew() {
        let draft = |given: Option<&str>| super::draft("chen", given).unwrap();
        let first = draft(None);
        assert_eq!(draft(Some(&first.secret)).secret, first.secret);
        assert!(first.url.starts_with("otpauth://totp/badgewatch:chen?secret="), "{}", first.url);
        for odd in ["", "AAAA", "not base32!", "A".repeat(500).as_str()] {
            assert_eq!(draft(Some(odd)).secret.len(), 32, "{odd}");
        }
    }
}
