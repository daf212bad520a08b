//! People who act for an office, and the tokens their programs show.

use chrono::{DateTime, Utc};

use super::{StoreError, StoreResult, Tx, execute, fetch_all, fetch_optional};
use crate::domain::account::{AccountRole, Actor};

/// An account on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    /// Stands on record for what it does; given once and never again.
    pub name: String,
    /// Who it is.
    pub person: String,
    pub region: String,
    pub role: AccountRole,
    pub made_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    person: String,
    region: String,
    role: String,
    made_at: DateTime<Utc>,
    disabled_at: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self) -> StoreResult<Account> {
        Ok(Account {
            role: role(&self.name, &self.role)?,
            id: self.id,
            name: self.name,
            person: self.person,
            region: self.region,
            made_at: self.made_at,
            disabled_at: self.disabled_at,
        })
    }
}

fn role(account: &str, name: &str) -> StoreResult<AccountRole> {
    AccountRole::from_name(name).ok_or_else(|| StoreError::Corrupt(format!("role of account {account}")))
}

/// Adds an account. `false`: the name was given before.
pub async fn add(tx: &mut Tx, new: &Account) -> StoreResult<bool> {
    let sql = "INSERT INTO accounts (id, name, person, region, role, made_at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT DO NOTHING";
    let role = new.role.name();
    Ok(execute!(tx, sql, &new.id, &new.name, &new.person, &new.region, role, new.made_at)? == 1)
}

/// All accounts, by name.
pub async fn list(tx: &mut Tx) -> StoreResult<Vec<Account>> {
    let sql = "SELECT id, name, person, region, role, made_at, disabled_at FROM accounts ORDER BY name";
    fetch_all!(Row, tx, sql)?.into_iter().map(Row::read).collect()
}

/// The account of a name.
pub async fn by_name(tx: &mut Tx, name: &str) -> StoreResult<Option<Account>> {
    let sql = "SELECT id, name, person, region, role, made_at, disabled_at FROM accounts WHERE name = $1";
    fetch_optional!(Row, tx, sql, name)?.map(Row::read).transpose()
}

/// Shuts an account: none of its tokens lets anybody in any more. `false`: there is none, or it is shut already.
pub async fn disable(tx: &mut Tx, id: &str, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "UPDATE accounts SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL";
    Ok(execute!(tx, sql, id, at)? == 1)
}

/// What a password is tried against.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Password {
    pub account_id: String,
    /// Argon2id, as a PHC string.
    pub phc: String,
}

/// The password of an account that is not disabled and has one.
pub async fn password_of(tx: &mut Tx, name: &str) -> StoreResult<Option<Password>> {
    let sql = "SELECT id AS account_id, password AS phc FROM accounts \
               WHERE name = $1 AND disabled_at IS NULL AND password IS NOT NULL";
    fetch_optional!(Password, tx, sql, name)
}

/// Gives an account a password. `first`: it is to be changed before anything else. `false`: there is no such account.
pub async fn set_password(tx: &mut Tx, name: &str, phc: &str, first: bool, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "UPDATE accounts SET password = $2, password_first = $3, password_at = $4 WHERE name = $1";
    Ok(execute!(tx, sql, name, phc, first, at)? == 1)
}

/// A token on file: never itself, only its hash.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize)]
pub struct Token {
    pub id: String,
    pub account_id: String,
    pub made_at: DateTime<Utc>,
    /// From then on it lets nobody in.
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Keeps a new token by its SHA-256 (hexadecimal).
pub async fn add_token(tx: &mut Tx, new: &Token, hash: &str) -> StoreResult<()> {
    let sql = "INSERT INTO tokens (id, account_id, hash, made_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    execute!(tx, sql, &new.id, &new.account_id, hash, new.made_at, new.expires_at)?;
    Ok(())
}

/// The tokens of an account, the latest first.
pub async fn tokens(tx: &mut Tx, account_id: &str) -> StoreResult<Vec<Token>> {
    let sql = "SELECT id, account_id, made_at, expires_at, revoked_at FROM tokens WHERE account_id = $1 \
               ORDER BY made_at DESC, id DESC";
    fetch_all!(Token, tx, sql, account_id)
}

/// Takes a token back; the name of its account. `None`: there is none, or it is taken back already.
pub async fn revoke(tx: &mut Tx, id: &str, at: DateTime<Utc>) -> StoreResult<Option<String>> {
    let sql = "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL \
               RETURNING (SELECT name FROM accounts WHERE accounts.id = tokens.account_id)";
    Ok(fetch_optional!((String,), tx, sql, id, at)?.map(|row| row.0))
}

/// Whom a token lets in: it is neither over nor taken back, and its account is not shut.
pub async fn actor_of(tx: &mut Tx, hash: &str, now: DateTime<Utc>) -> StoreResult<Option<Actor>> {
    let sql = "SELECT a.id, a.name, a.role, a.region FROM tokens t JOIN accounts a ON a.id = t.account_id \
               WHERE t.hash = $1 AND t.expires_at > $2 AND t.revoked_at IS NULL AND a.disabled_at IS NULL";
    let Some(row) = fetch_optional!((String, String, String, String), tx, sql, hash, now)? else { return Ok(None) };
    let (account_id, name, of, region) = row;
    Ok(Some(Actor { role: role(&name, &of)?, account_id, name, region }))
}
