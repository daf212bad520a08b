//! Where people are logged in.

use chrono::{DateTime, Utc};

use super::{StoreError, StoreResult, Tx, execute, fetch_optional};
use crate::domain::account::{AccountRole, Actor};

/// A session on file: never what the browser shows, only its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub account_id: String,
    /// Stands in every form of this session: who sends a form has read it here.
    pub form_token: String,
    /// The second device's code was given, or the account has none.
    pub is_full: bool,
    pub made_at: DateTime<Utc>,
    /// The last request, to the minute or so.
    pub seen_at: DateTime<Utc>,
    /// From then on it lets nobody in, however busy it is.
    pub expires_at: DateTime<Utc>,
}

/// Keeps a new session by the SHA-256 (hexadecimal) of what the browser shows.
pub async fn begin(tx: &mut Tx, new: &Session, hash: &str) -> StoreResult<()> {
    let sql = "INSERT INTO sessions (id, account_id, hash, form_token, stage, made_at, seen_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let stage = if new.is_full { "full" } else { "password" };
    let (token, made, seen, expires) = (&new.form_token, new.made_at, new.seen_at, new.expires_at);
    execute!(tx, sql, &new.id, &new.account_id, hash, token, stage, made, seen, expires)?;
    Ok(())
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
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    account_id: String,
    form_token: String,
    stage: String,
    made_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    name: String,
    person: String,
    role: String,
    region: String,
    password_first: bool,
}

impl Row {
    fn read(self) -> StoreResult<Entered> {
        let role = AccountRole::from_name(&self.role);
        let role = role.ok_or_else(|| StoreError::Corrupt(format!("role of account {}", self.name)))?;
        Ok(Entered {
            session: Session {
                id: self.id,
                account_id: self.account_id.clone(),
                form_token: self.form_token,
                is_full: self.stage == "full",
                made_at: self.made_at,
                seen_at: self.seen_at,
                expires_at: self.expires_at,
            },
            actor: Actor { account_id: self.account_id, name: self.name, role, region: self.region },
            person: self.person,
            must_change: self.password_first,
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
    let sql = "SELECT s.id, s.account_id, s.form_token, s.stage, s.made_at, s.seen_at, s.expires_at, \
               a.name, a.person, a.role, a.region, a.password_first \
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
