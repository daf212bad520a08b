//! What people log in with: a password, a second device, and how often it was tried in vain.

use chrono::{DateTime, Utc};

use super::{StoreResult, Tx, execute, fetch_optional};

/// What a log-in is tried against.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Password {
    pub account_id: String,
    /// Argon2id, as a PHC string.
    pub phc: String,
    /// It was made for somebody, who has not changed it yet.
    pub is_first: bool,
    pub made_at: Option<DateTime<Utc>>,
    /// It takes a code of a second device, too.
    pub has_device: bool,
}

/// The password of an account that is not disabled and has one.
pub async fn password_of(tx: &mut Tx, name: &str) -> StoreResult<Option<Password>> {
    let sql = "SELECT id AS account_id, password AS phc, password_first AS is_first, password_at AS made_at, \
               totp IS NOT NULL AS has_device FROM accounts \
               WHERE name = $1 AND disabled_at IS NULL AND password IS NOT NULL";
    fetch_optional!(Password, tx, sql, name)
}

/// Gives an account a password; its id. `first`: it is to be changed before anything else; `by`: who made it for the
/// account, where its owner did not. None: there is no such account, or it is disabled.
pub async fn set_password(
    tx: &mut Tx,
    name: &str,
    phc: &str,
    first: bool,
    at: DateTime<Utc>,
    by: Option<&str>,
) -> StoreResult<Option<String>> {
    let sql = "UPDATE accounts SET password = $2, password_first = $3, password_at = $4, \
               password_by = COALESCE($5, password_by) WHERE name = $1 AND disabled_at IS NULL RETURNING id";
    Ok(fetch_optional!((String,), tx, sql, name, phc, first, at, by)?.map(|row| row.0))
}

/// Counts a log-in in vain; how many there were since the last that was not.
pub async fn failed(tx: &mut Tx, account_id: &str) -> StoreResult<i64> {
    let sql = "UPDATE accounts SET failures = failures + 1 WHERE id = $1 RETURNING failures";
    Ok(fetch_optional!((i64,), tx, sql, account_id)?.map_or(0, |row| row.0))
}

/// Forgets the log-ins in vain. `false`: it was tried against what does not hold any more.
pub async fn succeeded(tx: &mut Tx, tried: &Password) -> StoreResult<bool> {
    let sql = "UPDATE accounts SET failures = 0 WHERE id = $1 AND password = $2 AND (totp IS NOT NULL) = $3 \
               AND disabled_at IS NULL";
    Ok(execute!(tx, sql, &tried.account_id, &tried.phc, tried.has_device)? == 1)
}

/// The secret of an account's second device (base32).
pub async fn device(tx: &mut Tx, account_id: &str) -> StoreResult<Option<String>> {
    let sql = "SELECT totp FROM accounts WHERE id = $1 AND totp IS NOT NULL";
    Ok(fetch_optional!((String,), tx, sql, account_id)?.map(|row| row.0))
}

/// Gives an account its second device; `step` is used up by that. `false`: it has one already.
pub async fn set_device(
    tx: &mut Tx,
    account_id: &str,
    secret: &str,
    step: i64,
    at: DateTime<Utc>,
) -> StoreResult<bool> {
    let sql = "UPDATE accounts SET totp = $2, totp_step = $3, totp_at = $4 WHERE id = $1 AND totp IS NULL";
    Ok(execute!(tx, sql, account_id, secret, step, at)? == 1)
}

/// Uses a time step up, with all before it. `false`: it is used up already.
pub async fn use_step(tx: &mut Tx, account_id: &str, step: i64) -> StoreResult<bool> {
    let sql = "UPDATE accounts SET totp_step = $2 WHERE id = $1 AND totp IS NOT NULL AND totp_step < $2";
    Ok(execute!(tx, sql, account_id, step)? == 1)
}

/// Takes an account's second device away; the account's id. None: it has none.
pub async fn reset_device(tx: &mut Tx, name: &str) -> StoreResult<Option<String>> {
    let sql = "UPDATE accounts SET totp = NULL, totp_step = NULL, totp_at = NULL \
               WHERE name = $1 AND totp IS NOT NULL RETURNING id";
    Ok(fetch_optional!((String,), tx, sql, name)?.map(|row| row.0))
}
