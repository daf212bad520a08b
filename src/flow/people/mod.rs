//! People who log in at the console: passwords, and the sessions they open.

mod password;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::domain::evidence::sha256;
use crate::flow::accounts::CHAIN;
use crate::store::audit::{self, Act};
use crate::store::sessions::{self, Entered, Session};
use crate::store::{Db, StoreError, StoreResult, accounts, keys, new_id};

pub use password::{LONGEST_PASSWORD, PasswordRefusal, SHORTEST_PASSWORD, set_password};

/// A session that is not used for so long is over.
pub const IDLE: TimeDelta = TimeDelta::minutes(30);
/// A session is over after so long, however busy it is.
pub const LONGEST: TimeDelta = TimeDelta::hours(12);
/// The use of a session is noted this often.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Why somebody was not logged in.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// Name or password: which of them is not said.
    #[error("no such name and password")]
    Wrong,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A session as the browser is to show it, once.
pub struct Opened {
    pub session: Session,
    /// What lets in. It is kept nowhere.
    pub secret: String,
}

/// Opens a session for a name and its password.
pub async fn log_in(db: &Db, name: &str, password: &str, now: DateTime<Utc>) -> Result<Opened, LogInError> {
    let kept = accounts::password_of(&mut db.read().await?, name).await?;
    let phc = kept.as_ref().map(|kept| kept.phc.clone());
    if !password::verify(phc, password.to_owned()).await? {
        return Err(LogInError::Wrong);
    }
    let kept = kept.ok_or(LogInError::Wrong)?;
    let secret = BASE64.encode(keys::random()?);
    let session = Session {
        id: new_id(),
        account_id: kept.account_id,
        form_token: BASE64.encode(keys::random()?),
        is_full: true,
        made_at: now,
        seen_at: now,
        expires_at: now + LONGEST,
    };
    let mut tx = db.write().await?;
    sessions::begin(&mut tx, &session, &sha256(secret.as_bytes())).await?;
    let actor = format!("account:{name}");
    let detail = json!({ "account": name, "session": session.id });
    let act = Act { actor: &actor, action: "logged_in", from: None, to: None, why: None, detail };
    audit::append_in_turn(&mut tx, CHAIN, now, &act).await?;
    tx.commit().await?;
    Ok(Opened { session, secret })
}

/// Who shows this, if it lets anybody in; and that they were here.
pub async fn enter(db: &Db, secret: &str, now: DateTime<Utc>) -> StoreResult<Option<Entered>> {
    let hash = sha256(secret.as_bytes());
    let entered = sessions::entered(&mut db.read().await?, &hash, now, now - IDLE).await?;
    if let Some(entered) = &entered
        && now - entered.session.seen_at >= NOTED_EVERY
    {
        let mut tx = db.write().await?;
        sessions::touch(&mut tx, &entered.session.id, now).await?;
        tx.commit().await?;
    }
    Ok(entered)
}

/// Ends a session.
pub async fn log_out(db: &Db, entered: &Entered, now: DateTime<Utc>) -> StoreResult<()> {
    let mut tx = db.write().await?;
    if sessions::end(&mut tx, &entered.session.id, now).await? {
        let actor = entered.actor.text();
        let detail = json!({ "account": entered.actor.name, "session": entered.session.id });
        let act = Act { actor: &actor, action: "logged_out", from: None, to: None, why: None, detail };
        audit::append_in_turn(&mut tx, CHAIN, now, &act).await?;
    }
    tx.commit().await
}
