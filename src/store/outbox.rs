//! Letters and messages on their way: written in the transaction of the change they tell, claimed by lease, and handed
//! over once.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Json, StoreError, StoreResult, Tx, execute, fetch_all, fetch_one, fetch_optional};
use crate::closed_set;
use crate::domain::letter::Letter;

closed_set! {
    /// The ways a message goes.
    pub enum Channel {
        Mail = "mail", "电子邮件 · a letter by SMTP";
        Webhook = "webhook", "消息接口 · a signed HTTP message to a gateway";
    }
}

closed_set! {
    /// Whom a message is for.
    pub enum Part {
        Unit = "unit", "主送单位 · the unit itself: its limit begins when the first of these goes";
        Copy = "copy", "抄送 · parent unit, supervisor";
        Office = "office", "本机关 · a task or an alarm for the office";
        Authority = "authority", "执行单位 · the registry or CNNIC";
    }
}

/// Where a message may stand.
pub const STATES: [&str; 7] = ["waiting", "sending", "sent", "bounced", "refused", "parked", "cancelled"];

/// A message to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// What it tells, and whom: a second one of the same key is not taken.
    pub key: &'a str,
    pub channel: Channel,
    pub part: Part,
    /// An address, or a webhook's name.
    pub recipient: &'a str,
    pub site_id: Option<&'a str>,
    pub notice_id: Option<&'a str>,
    pub case_id: Option<&'a str>,
    /// Of a notice: 0 itself, then its supplements.
    pub step: Option<i64>,
    pub letter: &'a Letter,
    /// Not before.
    pub from: DateTime<Utc>,
}

/// Puts a message into the outbox. `false`: it is there already.
pub async fn post(tx: &mut Tx, post: &Post<'_>, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "INSERT INTO outbox (id, key, channel, kind, part, recipient, site_id, notice_id, case_id, step, state, \
               attempts, made_at, next_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', 0, $11, \
               $12, $13) ON CONFLICT (key) DO NOTHING";
    let done = execute!(
        tx,
        sql,
        super::new_id(),
        post.key,
        post.channel.name(),
        post.letter.kind.name(),
        post.part.name(),
        post.recipient,
        post.site_id,
        post.notice_id,
        post.case_id,
        post.step,
        at,
        post.from,
        super::storable(post.letter)?,
    )?;
    Ok(done == 1)
}

/// A message that a worker has.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    pub id: String,
    pub channel: Channel,
    pub part: Part,
    pub recipient: String,
    pub site_id: Option<String>,
    pub notice_id: Option<String>,
    pub case_id: Option<String>,
    pub step: Option<i64>,
    /// Tries, this one included.
    pub attempts: i64,
    pub made_at: DateTime<Utc>,
    /// Proves the claim when the message is marked.
    pub lease: String,
    pub letter: Letter,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    channel: String,
    part: String,
    recipient: String,
    site_id: Option<String>,
    notice_id: Option<String>,
    case_id: Option<String>,
    step: Option<i64>,
    attempts: i64,
    made_at: DateTime<Utc>,
    lease: String,
    body: Json<serde_json::Value>,
}

impl Row {
    fn read(self) -> StoreResult<Claimed> {
        let corrupt = |what: &str| StoreError::Corrupt(format!("{what} of message {}", self.id));
        Ok(Claimed {
            channel: Channel::from_name(&self.channel).ok_or_else(|| corrupt("channel"))?,
            part: Part::from_name(&self.part).ok_or_else(|| corrupt("part"))?,
            letter: serde_json::from_value(self.body.0).map_err(|error| corrupt(&error.to_string()))?,
            id: self.id,
            recipient: self.recipient,
            site_id: self.site_id,
            notice_id: self.notice_id,
            case_id: self.case_id,
            step: self.step,
            attempts: self.attempts,
            made_at: self.made_at,
            lease: self.lease,
        })
    }
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "WITH chosen AS MATERIALIZED (SELECT id FROM outbox WHERE state IN ('waiting', 'sending') AND next_at <= $3 \
             AND (NOT $4 OR trial_at IS NULL) AND (NOT $6 OR part = 'authority') ORDER BY next_at, id LIMIT $5",
            $lock,
            ") UPDATE outbox SET state = 'sending', lease = $1, next_at = $2, attempts = attempts + 1 \
             WHERE id IN (SELECT id FROM chosen) AND next_at <= $3 \
             RETURNING id, channel, part, recipient, site_id, notice_id, case_id, step, attempts, made_at, lease, body"
        )
    };
}

/// What is asked of a claim.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    pub now: DateTime<Utc>,
    /// The end of the lease.
    pub until: DateTime<Utc>,
    /// Only what did not go to ourselves yet.
    pub trial: bool,
    /// Only what goes at any hour.
    pub only_urgent: bool,
    pub most: i64,
}

/// Cancels what tells of a notice that is over, where it waited for another try while the notice ended. What closes a notice
/// goes; so does what a worker may have handed over before it died, so that the unit hears the end of it.
async fn drop_stale(tx: &mut Tx, now: DateTime<Utc>) -> StoreResult<u64> {
    let sql = "UPDATE outbox SET state = 'cancelled' WHERE state = 'waiting' AND next_at <= $1 \
               AND kind NOT IN ('rectified', 'withdrawn', 'answered') \
               AND notice_id IN (SELECT id FROM notices WHERE ended_at IS NOT NULL)";
    execute!(tx, sql, now)
}

/// Claims messages that are due.
///
/// A worker that dies while sending gives its messages back by doing nothing: they go again under the same Message-ID.
pub async fn claim(tx: &mut Tx, asked: &Asked) -> StoreResult<Vec<Claimed>> {
    drop_stale(tx, asked.now).await?;
    let lease = super::new_id();
    let sql = match tx {
        Tx::Sqlite(_) => claim!(""),
        Tx::Postgres(_) => claim!(" FOR UPDATE SKIP LOCKED"),
    };
    let Asked { now, until, trial, only_urgent, most } = *asked;
    fetch_all!(Row, tx, sql, lease, until, now, trial, most, only_urgent)?.into_iter().map(Row::read).collect()
}

/// Takes a recipient's day for a site. `false`: another letter has it.
pub async fn take_day(tx: &mut Tx, claimed: &Claimed, day: NaiveDate) -> StoreResult<bool> {
    let Some(site_id) = &claimed.site_id else { return Ok(true) };
    let insert = "INSERT INTO outbox_days (recipient, site_id, day, outbox_id) VALUES ($1, $2, $3, $4) \
                  ON CONFLICT (recipient, site_id, day) DO NOTHING";
    execute!(&mut *tx, insert, &claimed.recipient, site_id, day, &claimed.id)?;
    let select = "SELECT outbox_id FROM outbox_days WHERE recipient = $1 AND site_id = $2 AND day = $3";
    let (holder,) = fetch_one!((String,), tx, select, &claimed.recipient, site_id, day)?;
    Ok(holder == claimed.id)
}

/// Gives back the days of a message that did not go.
pub async fn free_days(tx: &mut Tx, id: &str) -> StoreResult<()> {
    execute!(tx, "DELETE FROM outbox_days WHERE outbox_id = $1", id)?;
    Ok(())
}

/// Lets go of days that are past.
pub async fn purge_days(tx: &mut Tx, before: NaiveDate) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM outbox_days WHERE day < $1", before)
}

/// It was handed over. `false`: the claim was lost meanwhile.
pub async fn sent(tx: &mut Tx, claimed: &Claimed, at: DateTime<Utc>, on: NaiveDate) -> StoreResult<bool> {
    let sql = "UPDATE outbox SET state = 'sent', lease = NULL, sent_at = $3, sent_on = $4, error = NULL \
               WHERE id = $1 AND lease = $2 AND state = 'sending'";
    Ok(execute!(tx, sql, &claimed.id, &claimed.lease, at, on)? == 1)
}

/// It went to ourselves, and waits for the day on which letters go in earnest.
pub async fn tried(tx: &mut Tx, claimed: &Claimed, at: DateTime<Utc>) -> StoreResult<bool> {
    let sql = "UPDATE outbox SET state = 'waiting', lease = NULL, trial_at = $3, next_at = $3, attempts = 0, error = NULL \
               WHERE id = $1 AND lease = $2 AND state = 'sending'";
    Ok(execute!(tx, sql, &claimed.id, &claimed.lease, at)? == 1)
}

/// It did not go, and is tried again at `next_at`. `counts`: whether this was a try at all.
pub async fn later(
    tx: &mut Tx,
    claimed: &Claimed,
    next_at: DateTime<Utc>,
    error: Option<&str>,
    counts: bool,
) -> StoreResult<bool> {
    let sql = "UPDATE outbox SET state = 'waiting', lease = NULL, next_at = $3, error = COALESCE($4, error), \
               attempts = CASE WHEN $5 THEN attempts ELSE attempts - 1 END \
               WHERE id = $1 AND lease = $2 AND state = 'sending'";
    Ok(execute!(tx, sql, &claimed.id, &claimed.lease, next_at, error, counts)? == 1)
}

closed_set! {
    /// How a message ends that did not go.
    pub enum Stuck {
        Refused = "refused", "被拒收 · the recipient's server refused it for good";
        Parked = "parked", "已搁置 · the last try failed: an officer looks";
    }
}

/// It is not to go any more.
pub async fn cancel(tx: &mut Tx, claimed: &Claimed) -> StoreResult<bool> {
    let sql = "UPDATE outbox SET state = 'cancelled', lease = NULL WHERE id = $1 AND lease = $2 AND state = 'sending'";
    Ok(execute!(tx, sql, &claimed.id, &claimed.lease)? == 1)
}

/// It did not go, and is not tried again by itself.
pub async fn stuck(tx: &mut Tx, claimed: &Claimed, how: Stuck, error: &str) -> StoreResult<bool> {
    let sql =
        "UPDATE outbox SET state = $3, lease = NULL, error = $4 WHERE id = $1 AND lease = $2 AND state = 'sending'";
    Ok(execute!(tx, sql, &claimed.id, &claimed.lease, how.name(), error)? == 1)
}

/// It was handed over and came back: what it was of. `None`: no such message was sent.
pub async fn bounced(tx: &mut Tx, id: &str, error: &str) -> StoreResult<Option<Returned>> {
    let sql = "UPDATE outbox SET state = 'bounced', error = $2 WHERE id = $1 AND state = 'sent' \
               RETURNING recipient, part, kind, notice_id, case_id, step";
    fetch_optional!(Returned, tx, sql, id, error)
}

/// Lays a message that came back before an officer, who lets it go again or settles it.
pub async fn lay_before(tx: &mut Tx, id: &str) -> StoreResult<bool> {
    Ok(execute!(tx, "UPDATE outbox SET state = 'parked' WHERE id = $1 AND state = 'bounced'", id)? == 1)
}

/// A message that came back.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Returned {
    pub recipient: String,
    pub part: String,
    pub kind: String,
    pub notice_id: Option<String>,
    pub case_id: Option<String>,
    pub step: Option<i64>,
}

/// Does any letter of a telling still go to the unit, or has it gone?
pub async fn may_arrive(tx: &mut Tx, notice_id: &str, step: i64) -> StoreResult<bool> {
    let sql = "SELECT COUNT(*) FROM outbox WHERE notice_id = $1 AND step = $2 AND part = 'unit' \
               AND kind IN ('rectification', 'supplement') AND state IN ('waiting', 'sending', 'sent')";
    Ok(fetch_one!((i64,), tx, sql, notice_id, step)?.0 > 0)
}

/// Has a letter of a telling gone to the unit, and not come back?
pub async fn has_gone(tx: &mut Tx, notice_id: &str, step: i64) -> StoreResult<bool> {
    let sql = "SELECT COUNT(*) FROM outbox WHERE notice_id = $1 AND step = $2 AND part = 'unit' \
               AND kind IN ('rectification', 'supplement') AND state = 'sent'";
    Ok(fetch_one!((i64,), tx, sql, notice_id, step)?.0 > 0)
}

/// Stops the letters of a telling that have not begun to go. `false`, and nothing is stopped: one of them is on its way to
/// the unit, or went.
pub async fn stop(tx: &mut Tx, notice_id: &str, step: u32) -> StoreResult<bool> {
    let going = "SELECT COUNT(*) FROM outbox WHERE notice_id = $1 AND step = $2 AND part = 'unit' \
                 AND kind IN ('rectification', 'supplement') AND state IN ('sending', 'sent')";
    let cancel = "UPDATE outbox SET state = 'cancelled' WHERE notice_id = $1 AND step = $2 \
                  AND kind IN ('rectification', 'supplement') AND state IN ('waiting', 'parked')";
    let step = i64::from(step);
    // Nobody claims one of several meanwhile: all of them are stopped, or none.
    let hold = "UPDATE outbox SET state = state WHERE notice_id = $1 AND step = $2 \
                AND kind IN ('rectification', 'supplement') AND state IN ('waiting', 'parked')";
    execute!(&mut *tx, hold, notice_id, step)?;
    let is_going = fetch_one!((i64,), &mut *tx, going, notice_id, step)?.0 > 0;
    Ok(!is_going && execute!(&mut *tx, cancel, notice_id, step)? > 0)
}

/// Stops everything of a notice that has not begun to go, whatever else went.
pub async fn stop_all(tx: &mut Tx, notice_id: &str) -> StoreResult<u64> {
    let sql = "UPDATE outbox SET state = 'cancelled' WHERE notice_id = $1 AND state IN ('waiting', 'parked')";
    execute!(tx, sql, notice_id)
}

/// Stops friendly mails that wait while what they remind of is over: a name was paid for.
pub async fn stop_friendly(tx: &mut Tx) -> StoreResult<u64> {
    let sql = "UPDATE outbox SET state = 'cancelled' WHERE kind = 'friendly' AND state IN ('waiting', 'parked') \
               AND EXISTS (SELECT 1 FROM findings f WHERE f.ended_at IS NOT NULL AND outbox.key = 'friendly:' || f.id)";
    execute!(tx, sql)
}

/// Lets parked messages go again; of one notice, or all.
pub async fn release(tx: &mut Tx, notice_id: Option<&str>, at: DateTime<Utc>) -> StoreResult<u64> {
    let sql = "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = $2 \
               WHERE state = 'parked' AND ($1 = '' OR notice_id = $1)";
    execute!(tx, sql, notice_id.unwrap_or_default(), at)
}

/// A message as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
#[schema(as = Letter)]
pub struct Listed {
    pub id: String,
    pub channel: String,
    pub kind: String,
    pub part: String,
    pub recipient: String,
    pub step: Option<i64>,
    pub state: String,
    pub attempts: i64,
    pub made_at: DateTime<Utc>,
    pub next_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub error: Option<String>,
}

/// The messages of a notice or a case, the first first.
pub async fn of_subject(tx: &mut Tx, id: &str) -> StoreResult<Vec<Listed>> {
    let sql = "SELECT id, channel, kind, part, recipient, step, state, attempts, made_at, next_at, sent_at, error \
               FROM outbox WHERE notice_id = $1 OR case_id = $1 ORDER BY made_at, id";
    fetch_all!(Listed, tx, sql, id)
}

/// Counts messages by state.
pub async fn counts(tx: &mut Tx) -> StoreResult<Vec<(String, i64)>> {
    fetch_all!((String, i64), tx, "SELECT state, COUNT(*) FROM outbox GROUP BY state ORDER BY state")
}

/// Counts the messages by what they tell and where they stand.
pub async fn counts_by_kind(tx: &mut Tx) -> StoreResult<Vec<(String, String, i64)>> {
    let sql = "SELECT kind, state, COUNT(*) FROM outbox GROUP BY kind, state ORDER BY kind, state";
    fetch_all!((String, String, i64), tx, sql)
}

/// When the message was written that has waited longest.
pub async fn oldest_waiting(tx: &mut Tx) -> StoreResult<Option<DateTime<Utc>>> {
    let sql = "SELECT MIN(made_at) FROM outbox WHERE state IN ('waiting', 'sending')";
    Ok(fetch_one!((Option<DateTime<Utc>>,), tx, sql)?.0)
}
