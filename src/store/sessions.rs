//! Where people are logged in.

use chrono::{DateTime, Utc};

use super::accounts::{body, role};
use super::{StoreResult, Tx, execute, fetch_all, fetch_optional};
use crate::domain::account::{Actor, Body};

/// A session on file: never what the browser shows, only its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub account_id: String,
    /// Stands in every form of this session: who sends a form has read it here.
    pub form_token: String,
    /// The second device's code was given, or the account has none.
    pub is_full: bool,
    /// Where it was opened from, as far as it is known.
    pub address: Option<String>,
    pub made_at: DateTime<Utc>,
    /// The last request, to the minute or so.
    pub seen_at: DateTime<Utc>,
    /// From then on it lets nobody in, however busy it is.
    pub expires_at: DateTime<Utc>,
}

/// Keeps a new session by the SHA-256 (hexadecimal) of what the browser shows.
pub async fn begin(tx: &mut Tx, new: &Session, hash: &str) -> StoreResult<()> {
    let sql = "INSERT INTO sessions (id, account_id, hash, form_token, stage, address, made_at, seen_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let (token, from) = (&new.form_token, &new.address);
    let (made, seen, expires) = (new.made_at, new.seen_at, new.expires_at);
    execute!(tx, sql, &new.id, &new.account_id, hash, token, stage(new.is_full), from, made, seen, expires)?;
    Ok(())
}

fn stage(is_full: bool) -> &'static str {
    if is_full { "full" } else { "password" }
}

/// Gives a session that is not over another secret and form token, and its stage. `false`: it is over, or has another
/// secret already.
pub async fn rotate(tx: &mut Tx, before: &Session, hash: &str, form_token: &str, is_full: bool) -> StoreResult<bool> {
    let sql = "UPDATE sessions SET hash = $2, form_token = $3, stage = $4 \
               WHERE id = $1 AND form_token = $5 AND ended_at IS NULL";
    Ok(execute!(tx, sql, &before.id, hash, form_token, stage(is_full), &before.form_token)? == 1)
}

/// Somebody who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    pub session: Session,
    pub actor: Actor,
    /// Who it is.
    pub person: String,
    /// The password was printed for somebody and is to be changed before anything else.
    pub must_change: bool,
    pub body: Body,
    pub has_device: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    account_id: String,
    form_token: String,
    stage: String,
    address: Option<String>,
    made_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    name: String,
    person: String,
    role: String,
    region: String,
    body: String,
    password_first: bool,
    has_device: bool,
}

impl Row {
    fn read(self) -> StoreResult<Entered> {
        let (role, body) = (role(&self.name, &self.role)?, body(&self.name, &self.body)?);
        Ok(Entered {
            session: Session {
                id: self.id,
                account_id: self.account_id.clone(),
                form_token: self.form_token,
                is_full: self.stage == "full",
                address: self.address,
                made_at: self.made_at,
                seen_at: self.seen_at,
                expires_at: self.expires_at,
            },
            actor: Actor { account_id: self.account_id, name: self.name, role, region: self.region },
            person: self.person,
            must_change: self.password_first,
            body,
            has_device: self.has_device,
        })
    }
}

/// Whom a session lets in: it is neither over nor ended, was used after `idle_since`, and its account is not disabled.
pub async fn entered(
    tx: &mut Tx,
    hash: &str,
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> StoreResult<Option<Entered>> {
    let sql = "SELECT s.id, s.account_id, s.form_token, s.stage, s.address, s.made_at, s.seen_at, \
               s.expires_at, a.name, a.person, a.role, a.region, a.body, a.password_first, a.totp IS NOT NULL AS has_device \
               FROM sessions s JOIN accounts a ON a.id = s.account_id \
               WHERE s.hash = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND s.ended_at IS NULL \
               AND a.disabled_at IS NULL AND a.password IS NOT NULL";
    fetch_optional!(Row, tx, sql, hash, now, idle_since)?.map(Row::read).transpose()
}

/// Notes that a session was used.
pub async fn touch(tx: &mut Tx, id: &str, now: DateTime<Utc>) -> StoreResult<()> {
    execute!(tx, "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2", id, now)?;
    Ok(())
}

/// Ends a session. `false`: it is over already.
pub async fn end(tx: &mut Tx, id: &str, now: DateTime<Utc>) -> StoreResult<bool> {
    Ok(execute!(tx, "UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", id, now)? == 1)
}

/// Ends every session of an account but one, where one is to stay; how many.
pub async fn end_all(tx: &mut Tx, account_id: &str, but: Option<&str>, now: DateTime<Utc>) -> StoreResult<u64> {
    let sql = "UPDATE sessions SET ended_at = $3 WHERE account_id = $1 AND id <> $2 AND ended_at IS NULL";
    execute!(tx, sql, account_id, but.unwrap_or_default(), now)
}

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    pub id: String,
    pub address: Option<String>,
    pub made_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
}

/// The sessions of an account that let in, the one that was used last first.
pub async fn open(
    tx: &mut Tx,
    account_id: &str,
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> StoreResult<Vec<Listed>> {
    let sql = "SELECT id, address, made_at, seen_at FROM sessions \
               WHERE account_id = $1 AND expires_at > $2 AND seen_at > $3 AND ended_at IS NULL ORDER BY seen_at DESC, id";
    fetch_all!(Listed, tx, sql, account_id, now, idle_since)
}

/// Deletes the sessions that were over before a moment; how many.
pub async fn purge(tx: &mut Tx, before: DateTime<Utc>) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM sessions WHERE expires_at < $1", before)
}
