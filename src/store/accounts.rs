//! People who act for an office, and the tokens their programs show.

use chrono::{DateTime, Utc};

use super::{StoreError, StoreResult, Tx, execute, fetch_all, fetch_optional};
use crate::domain::account::{AccountRole, Actor, Body};

/// An account on file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    /// Stands on record for what it does; given once and never again.
    pub name: String,
    /// Who it is.
    pub person: String,
    pub body: Body,
    pub region: String,
    pub role: AccountRole,
    pub made_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
    /// Since when it has its password; none: it is for tokens alone.
    pub password_at: Option<DateTime<Utc>>,
    /// The password was made for somebody, who has not changed it yet.
    pub password_first: bool,
    /// Since when it has a second device.
    pub device_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    person: String,
    body: String,
    region: String,
    role: String,
    made_at: DateTime<Utc>,
    disabled_at: Option<DateTime<Utc>>,
    password_at: Option<DateTime<Utc>>,
    password_first: bool,
    totp_at: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self) -> StoreResult<Account> {
        Ok(Account {
            role: role(&self.name, &self.role)?,
            body: body(&self.name, &self.body)?,
            id: self.id,
            name: self.name,
            person: self.person,
            region: self.region,
            made_at: self.made_at,
            disabled_at: self.disabled_at,
            password_at: self.password_at,
            password_first: self.password_first,
            device_at: self.totp_at,
        })
    }
}

pub(super) fn role(account: &str, name: &str) -> StoreResult<AccountRole> {
    AccountRole::from_name(name).ok_or_else(|| StoreError::Corrupt(format!("role of account {account}")))
}

pub(super) fn body(account: &str, name: &str) -> StoreResult<Body> {
    Body::from_name(name).ok_or_else(|| StoreError::Corrupt(format!("body of account {account}")))
}

/// Adds an account, without a password. `false`: the name was given before.
pub async fn add(tx: &mut Tx, new: &Account) -> StoreResult<bool> {
    let sql = "INSERT INTO accounts (id, name, person, body, region, role, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT DO NOTHING";
    let (body, role) = (new.body.name(), new.role.name());
    Ok(execute!(tx, sql, &new.id, &new.name, &new.person, body, &new.region, role, new.made_at)? == 1)
}

macro_rules! accounts {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, person, body, region, role, made_at, disabled_at, password_at, password_first, totp_at \
             FROM accounts ",
            $rest
        )
    };
}

/// All accounts, by name.
pub async fn list(tx: &mut Tx) -> StoreResult<Vec<Account>> {
    list_within(tx, "").await
}

/// The accounts of an area, by name. `area`: the digits that all regions of it begin with; empty: everywhere.
pub async fn list_within(tx: &mut Tx, area: &str) -> StoreResult<Vec<Account>> {
    let sql = accounts!("WHERE region LIKE $1 || '%' ORDER BY name");
    fetch_all!(Row, tx, sql, area)?.into_iter().map(Row::read).collect()
}

/// The account of a name.
pub async fn by_name(tx: &mut Tx, name: &str) -> StoreResult<Option<Account>> {
    fetch_optional!(Row, tx, accounts!("WHERE name = $1"), name)?.map(Row::read).transpose()
}

/// The account of a name, if it is of an area.
pub async fn by_name_within(tx: &mut Tx, area: &str, name: &str) -> StoreResult<Option<Account>> {
    let sql = accounts!("WHERE region LIKE $1 || '%' AND name = $2");
    fetch_optional!(Row, tx, sql, area, name)?.map(Row::read).transpose()
}

/// Changes what an account is for. `before`: as it was read. `false`: it was changed in the meantime, or is disabled.
pub async fn change(tx: &mut Tx, before: &Account, to: (AccountRole, &str, Body)) -> StoreResult<bool> {
    let sql = "UPDATE accounts SET role = $2, region = $3, body = $4 \
               WHERE id = $1 AND role = $5 AND region = $6 AND body = $7 AND disabled_at IS NULL";
    let (role, region, body) = (to.0.name(), to.1, to.2.name());
    let (was, at, of) = (before.role.name(), &before.region, before.body.name());
    Ok(execute!(tx, sql, &before.id, role, region, body, was, at, of)? == 1)
}

/// Disables an account: neither its password nor any of its tokens lets anybody in any more. `false`: there is none, or it
/// is disabled already.
pub async fn disable(tx: &mut Tx, id: &str, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "UPDATE accounts SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL";
    Ok(execute!(tx, sql, id, at)? == 1)
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
    /// Who issued it, as it stands on record.
    pub made_by: Option<String>,
}

/// Keeps a new token by its SHA-256 (hexadecimal).
pub async fn add_token(tx: &mut Tx, new: &Token, hash: &str) -> StoreResult<()> {
    let sql = "INSERT INTO tokens (id, account_id, hash, made_at, expires_at, made_by) VALUES ($1, $2, $3, $4, $5, $6)";
    execute!(tx, sql, &new.id, &new.account_id, hash, new.made_at, new.expires_at, &new.made_by)?;
    Ok(())
}

/// The tokens of an account, the latest first.
pub async fn tokens(tx: &mut Tx, account_id: &str) -> StoreResult<Vec<Token>> {
    let sql = "SELECT id, account_id, made_at, expires_at, revoked_at, made_by FROM tokens WHERE account_id = $1 \
               ORDER BY made_at DESC, id DESC";
    fetch_all!(Token, tx, sql, account_id)
}

/// The tokens of an area's accounts that are neither over nor taken back, each with its account's name, by name.
pub async fn tokens_within(tx: &mut Tx, area: &str, now: DateTime<Utc>) -> StoreResult<Vec<(String, Token)>> {
    let sql = "SELECT a.name, t.id, t.account_id, t.made_at, t.expires_at, t.revoked_at, t.made_by \
               FROM tokens t JOIN accounts a ON a.id = t.account_id WHERE a.region LIKE $1 || '%' AND t.expires_at > $2 \
               AND t.revoked_at IS NULL AND a.disabled_at IS NULL ORDER BY a.name, t.made_at, t.id";
    let rows = fetch_all!(Named, tx, sql, area, now)?;
    Ok(rows.into_iter().map(|row| (row.name, row.token)).collect())
}

#[derive(sqlx::FromRow)]
struct Named {
    name: String,
    #[sqlx(flatten)]
    token: Token,
}

/// Whose a token is, if the account is of an area and the token is not taken back.
pub async fn holder_within(tx: &mut Tx, area: &str, token_id: &str) -> StoreResult<Option<String>> {
    let sql = "SELECT a.name FROM tokens t JOIN accounts a ON a.id = t.account_id \
               WHERE a.region LIKE $1 || '%' AND t.id = $2 AND t.revoked_at IS NULL";
    Ok(fetch_optional!((String,), tx, sql, area, token_id)?.map(|row| row.0))
}

/// Who handed out what lets an account in: its password, and tokens that are good. As they stand on record.
pub async fn hands_of(tx: &mut Tx, name: &str, now: DateTime<Utc>) -> StoreResult<Vec<String>> {
    let sql = "SELECT password_by FROM accounts WHERE name = $1 AND password_by IS NOT NULL \
               UNION SELECT t.made_by FROM tokens t JOIN accounts a ON a.id = t.account_id \
               WHERE a.name = $1 AND t.made_by IS NOT NULL AND t.revoked_at IS NULL AND t.expires_at > $2 ORDER BY 1";
    Ok(fetch_all!((String,), tx, sql, name, now)?.into_iter().map(|row| row.0).collect())
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
