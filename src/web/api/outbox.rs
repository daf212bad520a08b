//! Letters on their way, and the mail server's reports of those that came back.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::request::{Body, Caller, Whence, bytes, json, stranger};
use super::trouble::{Code, OfActing, OfReading, OfReporting};
use super::{Api, Said};
use crate::domain::personal::Personal;
use crate::flow::contacts;
use crate::flow::outbox::{self, Report, Reporter};
use crate::store::contacts::BadContact;
use crate::store::outbox::Listed;

/// What waits in one's region.
#[derive(Serialize, ToSchema)]
pub(super) struct Queue {
    /// Messages by state.
    counts: BTreeMap<String, i64>,
    /// Those that are not tried again by themselves, the longest waiting first.
    parked: Vec<Listed>,
}

/// The outbox of one's region.
#[utoipa::path(get, path = "/outbox", tag = "mail", security(("token" = [])),
    responses((status = 200, description = "Counts, and what is parked", body = Queue), OfReading))]
pub(super) async fn show_outbox(State(api): State<Api>, Caller(actor): Caller) -> Said<Queue> {
    let waiting = outbox::waiting(&api.app.db, &actor).await?;
    if !waiting.parked.is_empty() {
        api.viewed(&actor, Personal::Recipients, &actor.region).await?;
    }
    Ok(Json(Queue { counts: waiting.counts.into_iter().collect(), parked: waiting.parked }))
}

/// What is to be let go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    /// Of a message, a notice or a case; without it everything.
    id: Option<String>,
}

/// How much was let go.
#[derive(Serialize, ToSchema)]
pub(super) struct Released {
    released: u64,
}

/// Lets parked messages of one's region go again.
#[utoipa::path(post, path = "/outbox/release", tag = "mail", request_body = Release, security(("token" = [])),
    responses((status = 200, description = "How many there were", body = Released), OfActing))]
pub(super) async fn release_outbox(
    State(api): State<Api>,
    Caller(actor): Caller,
    Body(Release { id }): Body<Release>,
) -> Said<Released> {
    let released = outbox::release(&api.app.db, &actor, id.as_deref(), api.app.clock.now()).await?;
    Ok(Json(Released { released }))
}

/// What is to be put away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Settle {
    /// Of a parked message.
    id: String,
    /// How it was delivered, or why it need not go.
    why: String,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(super) struct Settled {
    /// `false`: it was not parked.
    settled: bool,
}

/// Puts a parked message of one's region away: it was delivered another way, or need not go.
#[utoipa::path(post, path = "/outbox/settle", tag = "mail", request_body = Settle, security(("token" = [])),
    responses((status = 200, description = "What came of it", body = Settled), OfActing))]
pub(super) async fn settle_message(
    State(api): State<Api>,
    Caller(actor): Caller,
    Body(Settle { id, why }): Body<Settle>,
) -> Said<Settled> {
    Ok(Json(Settled { settled: outbox::settle(&api.app.db, &actor, &id, &why, api.app.clock.now()).await? }))
}

/// The addresses of one's region that refuse mail, the longest known first.
#[utoipa::path(get, path = "/mail/bad", tag = "mail", security(("token" = [])),
    responses((status = 200, description = "Each with since when and why", body = Vec<BadContact>), OfReading))]
pub(super) async fn bad_contacts(State(api): State<Api>, Caller(actor): Caller) -> Said<Vec<BadContact>> {
    let bad = contacts::bad(&api.app.db, &actor).await?;
    if !bad.is_empty() {
        api.viewed(&actor, Personal::Recipients, &actor.region).await?;
    }
    Ok(Json(bad))
}

/// An address.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Address {
    address: String,
}

/// An address takes mail again: what it refused may be sent again.
#[utoipa::path(post, path = "/mail/good", tag = "mail", request_body = Address, security(("token" = [])),
    responses((status = 200, description = "It is not marked any more", body = Address), OfActing))]
pub(super) async fn good_contact(
    State(api): State<Api>,
    Caller(actor): Caller,
    Body(Address { address }): Body<Address>,
) -> Said<Address> {
    contacts::mark_good(&api.app.db, &actor, &address, api.app.clock.now()).await?;
    Ok(Json(Address { address }))
}

/// A mail server's report.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BounceReport {
    message_id: String,
    reason: String,
    /// It will not arrive; a delay marks nothing.
    permanent: bool,
}

/// What came of a report.
#[derive(Serialize, ToSchema)]
pub(super) struct Marked {
    /// Whether anything changed by it.
    marked: bool,
}

/// Takes a mail server's report of a letter that came back. Not for people: it is signed with `mail.bounce_secret`, as our own
/// messages to gateways are (`X-Badgewatch-Timestamp`, `X-Badgewatch-Signature`), and not older than five minutes.
#[utoipa::path(post, path = "/mail/bounces", tag = "mail", request_body = BounceReport,
    params(("X-Badgewatch-Timestamp" = i64, Header), ("X-Badgewatch-Signature" = String, Header)),
    responses((status = 200, description = "It was taken", body = Marked), OfReporting))]
pub(super) async fn report_bounce(
    State(api): State<Api>,
    Whence(address): Whence,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Said<Marked> {
    let (body, now) = (bytes(body)?, api.app.clock.now());
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (time, mark) = (header("x-badgewatch-timestamp"), header("x-badgewatch-signature"));
    let text = std::str::from_utf8(&body).unwrap_or_default();
    match outbox::reporter(&api.app.config.mail, time, mark, text, now) {
        Reporter::MailServer => {}
        Reporter::Stranger => return Err(stranger(&api, address)),
        Reporter::Nobody => return Err(Code::NotFound.into()),
    }
    let BounceReport { message_id, reason, permanent } = json(text.as_bytes())?;
    let report = Report { message_id, reason, permanent };
    let marked = outbox::take_report(&api.app.db, &api.app.desk, &report, now).await?;
    Ok(Json(Marked { marked }))
}
