//! Logging in. Whoever tries a name in vain learns nothing of it: neither by the words, nor by the time it takes.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::session::{self, Opened};
use super::{enter, password};
use crate::domain::account::is_name;
use crate::flow::accounts::CHAIN;
use crate::store::audit::{self, Act};
use crate::store::credentials::{self, Password};
use crate::store::{Db, StoreError, StoreResult, counters, sessions};

/// Log-ins in vain of names that nobody has.
const UNKNOWN: &str = "log-ins of unknown names";
/// A first password is good for so long: what was told on a slip of paper lets nobody in who finds it later.
pub const FIRST_DAYS: i64 = 7;

/// Why somebody was not logged in.
#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    /// Name or password: which of them is not said.
    #[error("no such name and password")]
    Wrong,
    /// The first password was not changed in time. Said only to whoever knows it.
    #[error("the first password is no longer good: an administrator makes another")]
    Late,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Opens a session for a name and its password. `before`: the secret of a session that the browser shows, which is over by
/// that. An account with a second device is asked for its code next.
pub async fn log_in(
    db: &Db,
    (name, password): (&str, &str),
    before: Option<&str>,
    from: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<Opened, LogInError> {
    let kept = if is_name(name) { credentials::password_of(&mut db.read().await?, name).await? } else { None };
    let phc = kept.as_ref().map(|kept| kept.phc.clone());
    let is_right = password::verify(phc, password.to_owned()).await?;
    let Some(kept) = kept.as_ref().filter(|_| is_right) else {
        failed(db, name, kept.as_ref(), from, now).await?;
        return Err(LogInError::Wrong);
    };
    if kept.is_first && kept.made_at.is_some_and(|made| now - made > TimeDelta::days(FIRST_DAYS)) {
        return Err(LogInError::Late);
    }
    let old = match before {
        Some(secret) => enter(db, secret, now).await?,
        None => None,
    };
    let mut tx = db.write().await?;
    if let Some(old) = old {
        sessions::end(&mut tx, &old.session.id, now).await?;
    }
    if !credentials::succeeded(&mut tx, kept).await? {
        // It was changed while this one was tried: what its sessions were ended for must not let in once more.
        return Err(LogInError::Wrong);
    }
    let (session, opened) = session::begin(&mut tx, &kept.account_id, !kept.has_device, from, now).await?;
    let actor = format!("account:{name}");
    let detail = json!({ "account": name, "session": session.id, "address": session.address });
    let act = Act { actor: &actor, action: "logged_in", from: None, to: None, why: None, detail };
    audit::append_in_turn(&mut tx, CHAIN, now, &act).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Counts a log-in in vain: the first, the tenth, the hundredth … is on record, so that a million of them are seven rows.
async fn failed(
    db: &Db,
    name: &str,
    kept: Option<&Password>,
    from: Option<IpAddr>,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    let mut tx = db.write().await?;
    let failures = match kept {
        Some(kept) => credentials::failed(&mut tx, &kept.account_id).await?,
        None => counters::next(&mut tx, UNKNOWN).await?,
    };
    if is_power_of_ten(failures) {
        // What was typed in place of a name may be a password.
        let account = kept.map(|_| name);
        let detail = json!({ "account": account, "failures": failures, "address": from });
        let act = Act { actor: "system", action: "log_in_failed", from: None, to: None, why: None, detail };
        audit::append_in_turn(&mut tx, CHAIN, now, &act).await?;
    }
    tx.commit().await
}

fn is_power_of_ten(number: i64) -> bool {
    number > 0 && 10_i64.checked_pow(number.ilog10()) == Some(number)
}

#[cfg(test)]
mod tests {
    use super::is_power_of_ten;

    #[test]
    fn a_million_in_vain_are_seven_rows() {
        let recorded: Vec<_> = (-10..=1_000_000).filter(|number| is_power_of_ten(*number)).collect();
        assert_eq!(recorded, [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]);
    }
}
