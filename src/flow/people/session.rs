//! Sessions: a secret that a browser shows, of which a hash is kept. It is another one after every step up, so that what was
//! seen before it lets nobody in after it.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::domain::account::Actor;
use crate::domain::evidence::sha256;
use crate::flow::accounts::CHAIN;
use crate::store::audit::{self, Act};
use crate::store::sessions::{self, Entered, Listed, Session};
use crate::store::{Db, StoreResult, Tx, keys, new_id};

/// A session that is not used for so long is over.
pub const IDLE: TimeDelta = TimeDelta::minutes(30);
/// A session is over after so long, however busy it is.
pub const LONGEST: TimeDelta = TimeDelta::hours(12);
/// The use of a session is noted this often.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A session as the browser is to show it, once.
pub struct Opened {
    /// What lets in. It is kept nowhere.
    pub secret: String,
    /// Nothing more is asked for: no code of a second device.
    pub is_full: bool,
}

fn secret() -> StoreResult<String> {
    Ok(BASE64.encode(keys::random()?))
}

pub(super) async fn begin(
    tx: &mut Tx,
    account_id: &str,
    is_full: bool,
    from: Option<IpAddr>,
    now: DateTime<Utc>,
) -> StoreResult<(Session, Opened)> {
    let secret = secret()?;
    let session = Session {
        id: new_id(),
        account_id: account_id.to_owned(),
        form_token: self::secret()?,
        is_full,
        address: from.map(|address| address.to_string()),
        made_at: now,
        seen_at: now,
        expires_at: now + LONGEST,
    };
    sessions::begin(tx, &session, &sha256(secret.as_bytes())).await?;
    Ok((session, Opened { secret, is_full }))
}

/// Another secret for a session that is not over. None: it is.
pub(super) async fn rotate(tx: &mut Tx, before: &Session, is_full: bool) -> StoreResult<Option<Opened>> {
    let (secret, form_token) = (secret()?, self::secret()?);
    let rotated = sessions::rotate(tx, before, &sha256(secret.as_bytes()), &form_token, is_full).await?;
    Ok(rotated.then_some(Opened { secret, is_full }))
}

pub(super) async fn record(
    tx: &mut Tx,
    actor: &Actor,
    action: &str,
    detail: Value,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let act = Act { actor: &actor.text(), action, from: None, to: None, why: None, detail };
    audit::append_in_turn(tx, CHAIN, now, &act).await
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
        let detail = json!({ "account": entered.actor.name, "session": entered.session.id });
        record(&mut tx, &entered.actor, "logged_out", detail, now).await?;
    }
    tx.commit().await
}

/// One's own sessions that let in, the one that was used last first.
pub async fn mine(db: &Db, actor: &Actor, now: DateTime<Utc>) -> StoreResult<Vec<Listed>> {
    sessions::open(&mut db.read().await?, &actor.account_id, now, now - IDLE).await
}

/// Ends one's own sessions but this one.
pub async fn end_others(db: &Db, entered: &Entered, now: DateTime<Utc>) -> StoreResult<()> {
    let (actor, session) = (&entered.actor, &entered.session);
    let mut tx = db.write().await?;
    let ended = sessions::end_all(&mut tx, &actor.account_id, Some(&session.id), now).await?;
    if ended > 0 {
        let detail = json!({ "account": actor.name, "sessions": ended, "but": session.id });
        record(&mut tx, actor, "sessions_ended", detail, now).await?;
    }
    tx.commit().await
}
