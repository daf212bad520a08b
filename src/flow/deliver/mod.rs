//! The outbox is emptied: a letter is claimed, rendered for the day it goes, handed over, and marked. The limit it begins
//! begins in the transaction that marks it.
//!
//! A worker that dies between handing over and marking sends the letter again, under the same Message-ID.

mod mark;
mod words;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use crate::clock::{Clock, beijing, day};
use crate::closed_set;
use crate::config::{Mail, MailMode};
use crate::domain::beijing::at_hour;
use crate::flow::notices::Desk;
use crate::flow::notices::link::Links;
use crate::flow::watch::Step;
use crate::mail::webhook::Gateways;
use crate::mail::{SendError, Transport};
use crate::store::outbox::{self, Channel, Claimed, Part};
use crate::store::{Db, StoreResult};

pub use mark::bounced;
pub(in crate::flow) use words::due_of;

/// How long a worker has a message: longer than a mail server may take.
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// The last minutes of a day in which nothing goes, so that what goes arrives on the day it names.
const LAST_MINUTES: u32 = 5;

closed_set! {
    /// What a try to hand a message over came to.
    pub enum Sending {
        Sent = "sent", "it was taken";
        Refused = "refused", "its recipient refuses mail";
        Later = "later", "not now: it is tried again, and after the last try parked";
        Ours = "ours", "it is we who cannot send";
        Dropped = "dropped", "it said what is not so any more, and did not go";
    }
}

/// What empties the outbox.
pub struct Postman {
    pub db: Db,
    pub clock: Clock,
    pub mail: Mail,
    /// None in a dry run.
    pub transport: Option<Transport>,
    pub gateways: Gateways,
    pub desk: Arc<Desk>,
    pub links: Links,
    /// What stands before the paths of links.
    pub public_url: Option<String>,
    /// Hears what each try came to.
    pub heard: Arc<dyn Fn(Channel, Sending) + Send + Sync>,
}

impl Postman {
    /// Hands over a few messages, side by side, if any are due.
    pub async fn step(&self) -> StoreResult<Step> {
        if self.mail.mode == MailMode::DryRun {
            return Ok(Step::Idle);
        }
        let now = self.clock.now();
        let claimed = self.claim(now).await?;
        if claimed.is_empty() {
            return Ok(Step::Idle);
        }
        for done in futures_util::future::join_all(claimed.iter().map(|one| self.deliver(one))).await {
            done?;
        }
        Ok(Step::Worked)
    }

    /// Claims what may go today: of two letters to one recipient about one site, one.
    async fn claim(&self, now: DateTime<Utc>) -> StoreResult<Vec<Claimed>> {
        let (trial, today) = (self.mail.mode == MailMode::ToOurselves, day(now));
        let mut tx = self.db.write().await?;
        let asked = outbox::Asked {
            now,
            until: now + LEASE,
            trial,
            // What an authority must do at once does not wait for the morning.
            only_urgent: !self.is_open(now),
            most: i64::from(self.mail.at_once),
        };
        let mut taken = Vec::new();
        for one in outbox::claim(&mut tx, &asked).await? {
            let counts = one.part == Part::Unit && one.channel == Channel::Mail && !trial;
            if !counts || outbox::take_day(&mut tx, &one, today).await? {
                taken.push(one);
            } else {
                outbox::later(&mut tx, &one, self.next_day(now), None, false).await?;
            }
        }
        tx.commit().await?;
        Ok(taken)
    }

    /// Do letters go now?
    fn is_open(&self, now: DateTime<Utc>) -> bool {
        let now = beijing(now);
        let (from, until) = (u32::from(self.mail.from_hour), u32::from(self.mail.until_hour));
        let is_late = until == 24 && now.hour() == 23 && now.minute() >= 60 - LAST_MINUTES;
        (from..until).contains(&now.hour()) && !is_late
    }

    fn next_day(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let tomorrow = day(now).succ_opt().unwrap_or(day(now));
        at_hour(tomorrow, u32::from(self.mail.from_hour))
    }

    async fn deliver(&self, claimed: &Claimed) -> StoreResult<()> {
        let now = self.clock.now();
        let told = |sending| (self.heard)(claimed.channel, sending);
        if self.is_stale(claimed, now).await? {
            told(Sending::Dropped);
            return self.dropped(claimed).await;
        }
        let sent = match claimed.channel {
            Channel::Mail => self.by_mail(claimed, now).await?,
            Channel::Webhook => self.by_webhook(claimed, now).await?,
        };
        told(match &sent {
            Ok(()) => Sending::Sent,
            Err(SendError::Refused(_)) => Sending::Refused,
            Err(SendError::Later(_)) => Sending::Later,
            Err(SendError::Ours(_)) => Sending::Ours,
        });
        match sent {
            Ok(()) => self.went(claimed, now).await,
            Err(SendError::Refused(why)) => self.refused(claimed, &why).await,
            Err(SendError::Later(why)) => self.later(claimed, &why).await,
            Err(SendError::Ours(why)) => self.ours(claimed, &why).await,
        }
    }
}
