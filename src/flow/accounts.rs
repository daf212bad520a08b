//! Accounts and tokens: who may act for an office. Each change is on record (chain `accounts`); a token is shown once and
//! kept as a hash only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::domain::account::{AccountRole, Actor, Body, TOKEN_PREFIX, is_name, is_token};
use crate::domain::evidence::sha256;
use crate::domain::region::Regions;
use crate::flow::people::PasswordRefusal;
use crate::store::accounts::{self, Account, Token};
use crate::store::audit::{self, Act};
use crate::store::{Db, StoreError, StoreResult, Tx, keys, new_id, sessions};

/// The chain that all of this stands on.
pub const CHAIN: &str = "accounts";
/// Who is on record where somebody did it who can open the database.
pub const OPERATOR: &str = "operator";
/// Days a token is good for, unless said otherwise, and at most.
pub const DAYS: u32 = 90;
/// The most.
pub const MOST_DAYS: u32 = 366;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("{0}: a name is 1 to 32 of a-z 0-9 . _ -, and begins with a letter")]
    Name(String),
    #[error("{0}: the name was given before, and what stands on record under it must stay its own")]
    Taken(String),
    #[error("say who it is: the person's name is empty")]
    Person,
    #[error("{0}: no region: write six digits of GB/T 2260 such as 140214, or 000000 for the whole country")]
    Region(String),
    #[error("{0}: no such account")]
    Unknown(String),
    #[error("{0}: the account is disabled")]
    Disabled(String),
    #[error("a token is good for 1 to {MOST_DAYS} days")]
    Days,
    #[error("{0}: the account has no second device")]
    Device(String),
    #[error("{0}: the account was changed in the meantime: look again")]
    Changed(String),
    #[error("the region lies beyond your own")]
    Beyond,
    #[error("your own account: another administrator does this")]
    Oneself,
    #[error("{0}: no token of this id, or it is revoked already")]
    Token(String),
    #[error("{0}")]
    Password(PasswordRefusal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A new account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub name: String,
    pub person: String,
    pub body: Body,
    pub region: String,
    pub role: AccountRole,
}

impl NewAccount {
    fn check(&self) -> Result<(), AccountError> {
        if !is_name(&self.name) {
            return Err(AccountError::Name(self.name.clone()));
        }
        if self.person.trim().is_empty() {
            return Err(AccountError::Person);
        }
        check_region(&self.region)
    }
}

pub(super) fn check_region(code: &str) -> Result<(), AccountError> {
    let is_region = code == "000000" || Regions::builtin().of_code(code).is_some();
    if is_region { Ok(()) } else { Err(AccountError::Region(code.to_owned())) }
}

/// Adds an account. `by`: who is on record for it.
pub async fn add_account(db: &Db, new: &NewAccount, by: &str, now: DateTime<Utc>) -> Result<Account, AccountError> {
    new.check()?;
    let account = Account {
        id: new_id(),
        name: new.name.clone(),
        person: new.person.trim().to_owned(),
        body: new.body,
        region: new.region.clone(),
        role: new.role,
        made_at: now,
        disabled_at: None,
        password_at: None,
        password_first: false,
        device_at: None,
    };
    let mut tx = db.write().await?;
    if !accounts::add(&mut tx, &account).await? {
        return Err(AccountError::Taken(new.name.clone()));
    }
    let detail =
        json!({ "account": account.name, "body": account.body, "region": account.region, "role": account.role });
    record(&mut tx, by, "account_added", detail, now).await?;
    tx.commit().await?;
    Ok(account)
}

/// Disables an account: from now on neither its password nor any of its tokens lets anybody in, and its sessions are over.
pub async fn disable(db: &Db, name: &str, by: &str, now: DateTime<Utc>) -> Result<(), AccountError> {
    let mut tx = db.write().await?;
    let account = known(&mut tx, name).await?;
    if !accounts::disable(&mut tx, &account.id, now).await? {
        return Err(AccountError::Disabled(name.to_owned()));
    }
    let sessions = sessions::end_all(&mut tx, &account.id, None, now).await?;
    record(&mut tx, by, "account_disabled", json!({ "account": name, "sessions": sessions }), now).await?;
    tx.commit().await?;
    Ok(())
}

/// A token as it is shown, once.
pub struct Issued {
    pub token: Token,
    /// What lets in. It is kept nowhere.
    pub text: String,
}

/// Issues a token for some days.
pub async fn issue_token(db: &Db, name: &str, days: u32, by: &str, now: DateTime<Utc>) -> Result<Issued, AccountError> {
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(AccountError::Days);
    }
    let mut tx = db.write().await?;
    let account = known(&mut tx, name).await?;
    if account.disabled_at.is_some() {
        return Err(AccountError::Disabled(name.to_owned()));
    }
    let text = format!("{TOKEN_PREFIX}{}", BASE64.encode(keys::random()?));
    let expires_at = now + TimeDelta::days(i64::from(days));
    let token = Token {
        id: new_id(),
        account_id: account.id,
        made_at: now,
        expires_at,
        revoked_at: None,
        made_by: Some(by.to_owned()),
    };
    accounts::add_token(&mut tx, &token, &hash(&text)).await?;
    let detail = json!({ "account": name, "token": token.id, "expires_at": expires_at });
    record(&mut tx, by, "token_issued", detail, now).await?;
    tx.commit().await?;
    Ok(Issued { token, text })
}

/// Takes a token back; the name of its account.
pub async fn revoke(db: &Db, id: &str, by: &str, now: DateTime<Utc>) -> Result<String, AccountError> {
    let mut tx = db.write().await?;
    let Some(name) = accounts::revoke(&mut tx, id, now).await? else {
        return Err(AccountError::Token(id.to_owned()));
    };
    record(&mut tx, by, "token_revoked", json!({ "account": name, "token": id }), now).await?;
    tx.commit().await?;
    Ok(name)
}

/// An account and its tokens, the latest first.
pub async fn tokens(db: &Db, name: &str) -> Result<Vec<Token>, AccountError> {
    let mut tx = db.read().await?;
    let account = known(&mut tx, name).await?;
    Ok(accounts::tokens(&mut tx, &account.id).await?)
}

/// Who shows this token, if it lets anybody in.
pub async fn authenticate(db: &Db, token: &str, now: DateTime<Utc>) -> StoreResult<Option<Actor>> {
    if !is_token(token) {
        return Ok(None);
    }
    accounts::actor_of(&mut db.read().await?, &hash(token), now).await
}

/// As a token is kept: 256 random bits need no salt.
pub fn hash(token: &str) -> String {
    sha256(token.as_bytes())
}

async fn known(tx: &mut Tx, name: &str) -> Result<Account, AccountError> {
    accounts::by_name(tx, name).await?.ok_or_else(|| AccountError::Unknown(name.to_owned()))
}

pub(super) async fn record(
    tx: &mut Tx,
    actor: &str,
    action: &str,
    detail: Value,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let act = Act { actor, action, from: None, to: None, why: None, detail };
    audit::append_in_turn(tx, CHAIN, now, &act).await
}
