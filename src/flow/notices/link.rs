//! The one link of a notice: unguessable, without an account, and for a time only.
//!
//! It is the notice's id and a keyed hash of it (HMAC-SHA256, RFC 2104, cut to 128 bits): nothing needs to be stored, and
//! nobody who lacks the key can make one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use ring::hmac;

use crate::domain::evidence::is_same;
use crate::store::keys;
use crate::store::notices::{self, StoredNotice};
use crate::store::{StoreResult, Tx};

/// Bytes of the keyed hash in a link.
const MARK: usize = 16;
const KEY: &str = "links";

/// Makes and reads links.
#[derive(Clone)]
pub struct Links(hmac::Key);

impl Links {
    /// Reads the key of this installation, or makes it.
    pub async fn open(tx: &mut Tx, at: DateTime<Utc>) -> StoreResult<Self> {
        let fresh = BASE64.encode(keys::random()?);
        let secret = keys::get_or_make(tx, KEY, &fresh, at).await?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())))
    }

    /// Links that lead nowhere: while there is no database to ask for the key.
    pub fn nowhere() -> StoreResult<Self> {
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &keys::random()?)))
    }

    /// What stands behind `/n/` in a notice's link.
    pub fn of(&self, notice_id: &str) -> String {
        let mark = hmac::sign(&self.0, notice_id.as_bytes());
        format!("{notice_id}.{}", BASE64.encode(&mark.as_ref()[..MARK]))
    }

    /// The notice id of a link that is one.
    pub fn read<'t>(&self, token: &'t str) -> Option<&'t str> {
        let (id, mark) = token.split_once('.')?;
        let mark = BASE64.decode(mark).ok()?;
        let own = hmac::sign(&self.0, id.as_bytes());
        is_same(&mark, &own.as_ref()[..MARK]).then_some(id)
    }
}

/// The notice a link leads to. `None`: the link is none, or its time is over.
pub async fn follow(
    tx: &mut Tx,
    links: &Links,
    token: &str,
    keep: TimeDelta,
    now: DateTime<Utc>,
) -> StoreResult<Option<StoredNotice>> {
    let Some(id) = links.read(token) else { return Ok(None) };
    let Some(notice) = notices::by_id(tx, id).await? else { return Ok(None) };
    let is_open = notice.ended_at.is_none_or(|ended| now - ended <= keep);
    Ok(Some(notice).filter(|_| is_open))
}
