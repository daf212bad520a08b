//! Letters and messages on their way: written in the transaction of the change they tell, claimed by lease, and handed
//! over once.

use chrono::{DateTime, Utc};

use super::{StoreResult, Tx, execute};
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
