//! What an administrator does with the accounts of their own region: whatever lies beyond it is not there for them, and nobody
//! is raised above it. Each act is on record under the administrator's name.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{first_password, reset_device, set_password};
use crate::domain::account::{AccountRole, Actor, Body};
use crate::domain::region::{digits_of, is_within};
use crate::flow::accounts::{self as accounts_flow, AccountError, Issued, NewAccount, check_region, record};
use crate::store::accounts::{self, Account, Token};
use crate::store::{Db, StoreResult};

/// The accounts of an actor's region, by name.
pub async fn list(db: &Db, admin: &Actor) -> StoreResult<Vec<Account>> {
    accounts::list_within(&mut db.read().await?, digits_of(&admin.region)).await
}

/// One of them.
pub async fn show(db: &Db, admin: &Actor, name: &str) -> Result<Account, AccountError> {
    let found = accounts::by_name_within(&mut db.read().await?, digits_of(&admin.region), name).await?;
    found.ok_or_else(|| AccountError::Unknown(name.to_owned()))
}

/// One of them that is not one's own: nobody shuts themselves out, or raises themselves.
async fn another(db: &Db, admin: &Actor, name: &str) -> Result<Account, AccountError> {
    let account = show(db, admin, name).await?;
    if account.id == admin.account_id { Err(AccountError::Oneself) } else { Ok(account) }
}

fn within(admin: &Actor, region: &str) -> Result<(), AccountError> {
    check_region(region)?;
    if is_within(region, &admin.region) { Ok(()) } else { Err(AccountError::Beyond) }
}

/// Adds an account with a first password, which is shown once.
pub async fn add(db: &Db, admin: &Actor, new: &NewAccount, now: DateTime<Utc>) -> Result<String, AccountError> {
    within(admin, &new.region)?;
    accounts_flow::add_account(db, new, &admin.text(), now).await?;
    password(db, admin, &new.name, now).await
}

/// Gives an account a first password, which is shown once; its sessions are over.
pub async fn password(db: &Db, admin: &Actor, name: &str, now: DateTime<Utc>) -> Result<String, AccountError> {
    another(db, admin, name).await?;
    let password = first_password()?;
    set_password(db, name, &password, true, &admin.text(), now).await?;
    Ok(password)
}

/// Changes what an account is for: from its next request on.
pub async fn change(
    db: &Db,
    admin: &Actor,
    name: &str,
    (role, region, body): (AccountRole, &str, Body),
    now: DateTime<Utc>,
) -> Result<(), AccountError> {
    let before = another(db, admin, name).await?;
    within(admin, region)?;
    let mut tx = db.write().await?;
    if !accounts::change(&mut tx, &before, (role, region, body)).await? {
        return Err(AccountError::Changed(name.to_owned()));
    }
    let was = json!({ "role": before.role, "region": before.region, "body": before.body });
    let detail = json!({ "account": name, "role": role, "region": region, "body": body, "was": was });
    record(&mut tx, &admin.text(), "account_changed", detail, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Disables an account.
pub async fn disable(db: &Db, admin: &Actor, name: &str, now: DateTime<Utc>) -> Result<(), AccountError> {
    another(db, admin, name).await?;
    accounts_flow::disable(db, name, &admin.text(), now).await
}

/// Takes a lost second device away.
pub async fn forget_device(db: &Db, admin: &Actor, name: &str, now: DateTime<Utc>) -> Result<(), AccountError> {
    another(db, admin, name).await?;
    reset_device(db, name, &admin.text(), now).await
}

/// The tokens that let in, of all accounts of an actor's region, each with its account's name.
pub async fn tokens(db: &Db, admin: &Actor, now: DateTime<Utc>) -> StoreResult<Vec<(String, Token)>> {
    accounts::tokens_within(&mut db.read().await?, digits_of(&admin.region), now).await
}

/// Issues a token, which is shown once.
pub async fn issue(db: &Db, admin: &Actor, name: &str, days: u32, now: DateTime<Utc>) -> Result<Issued, AccountError> {
    show(db, admin, name).await?;
    accounts_flow::issue_token(db, name, days, &admin.text(), now).await
}

/// Whose a token is that lets in.
pub async fn holder(db: &Db, admin: &Actor, token_id: &str) -> Result<String, AccountError> {
    let found = accounts::holder_within(&mut db.read().await?, digits_of(&admin.region), token_id).await?;
    found.ok_or_else(|| AccountError::Token(token_id.to_owned()))
}

/// Takes a token back; the name of its account.
pub async fn revoke(db: &Db, admin: &Actor, token_id: &str, now: DateTime<Utc>) -> Result<String, AccountError> {
    holder(db, admin, token_id).await?;
    accounts_flow::revoke(db, token_id, &admin.text(), now).await
}
