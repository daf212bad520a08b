//! What happened to a notice, as its unit may know it: from the record, in words' reach; no account is named.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use crate::domain::notice::{EventKind, NoticeState, RequestKind};
use crate::flow::notices::apply::chain;
use crate::flow::notices::recheck::ASKED;
use crate::flow::notices::{SYSTEM, UNIT};
use crate::store::audit::{self, Recorded};
use crate::store::notices::StoredNotice;
use crate::store::{StoreResult, Tx};

/// Acts that are read: a notice has tens; beyond, the latest are left to the office.
const MOST: i64 = 500;

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The program, by rule.
    System,
    /// The unit, by its link.
    Unit,
    /// An officer; which one is the office's business.
    Office,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Event(EventKind),
    /// A request of a kind, or its answer: granted?
    Asked(RequestKind),
    Answered(RequestKind, bool),
    RecheckAsked,
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: DateTime<Utc>,
    pub who: Who,
    pub what: What,
    /// Where the notice stood after it.
    pub state: Option<NoticeState>,
    /// The due date after it.
    pub due: Option<NaiveDate>,
    /// The reason an officer gave; what the unit wrote stands among its requests.
    pub why: Option<String>,
}

/// Reads the history, the first first.
pub(super) async fn read(tx: &mut Tx, stored: &StoredNotice) -> StoreResult<Vec<Entry>> {
    let acts = audit::chain(tx, &chain(&stored.id), 0, MOST).await?;
    let mut entries = Vec::new();
    for act in acts {
        entries.extend(entry(&act, stored)?);
    }
    Ok(entries)
}

fn entry(act: &Recorded, stored: &StoredNotice) -> StoreResult<Option<Entry>> {
    let body = act.tree()?;
    let state = body["to"].as_str().and_then(NoticeState::from_name);
    let was_sent = !matches!(state, None | Some(NoticeState::Drafted | NoticeState::Queued));
    let Some(what) = what(act, stored, was_sent) else { return Ok(None) };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let who = match act.actor.as_str() {
        SYSTEM => Who::System,
        UNIT => Who::Unit,
        _ => Who::Office,
    };
    Ok(Some(Entry {
        at: act.at,
        who,
        what,
        state,
        due: body["detail"]["due"].as_str().and_then(|day| day.parse().ok()),
        why: text(&body["why"]).filter(|_| who == Who::Office),
    }))
}

/// What the unit is told of. How the office came to its letter is not among it.
fn what(act: &Recorded, stored: &StoredNotice, was_sent: bool) -> Option<What> {
    if act.action == ASKED {
        return Some(What::RecheckAsked);
    }
    let requests = &stored.notice.requests;
    match EventKind::from_name(&act.action)? {
        EventKind::Found | EventKind::Approved => None,
        EventKind::Restated if !was_sent => None,
        EventKind::Asked => {
            let asked = requests.iter().find(|request| request.at == act.at)?;
            Some(What::Asked(asked.kind))
        }
        EventKind::Answered => {
            let answered = |request: &&crate::domain::notice::Request| {
                request.answer.as_ref().is_some_and(|answer| answer.at == act.at)
            };
            let request = requests.iter().find(answered)?;
            Some(What::Answered(request.kind, request.answer.as_ref().is_some_and(|answer| answer.granted)))
        }
        kind => Some(What::Event(kind)),
    }
}
