//! What officers do to a notice. Each answer is the notice as it then is.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::request::{Body, Caller, Place};
use super::trouble::OfActing;
use super::views::NoticeSheet;
use super::{Api, Nothing, Said, schemas};
use crate::domain::account::Actor;
use crate::domain::notice::RequestKind;
use crate::flow::notices::{self, AnswerGiven, read};
use crate::store::notices::StoredNotice;

/// The notice after the act.
async fn after(api: &Api, actor: &Actor, done: StoredNotice) -> Said<NoticeSheet> {
    Ok(Json(NoticeSheet::of(&read::show(&api.app.db, actor, &done.id).await?)))
}

/// A reason, which the unit may read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    why: String,
}

/// An approval.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    /// The version that was read: if faults joined since, 409 `changed` is answered, and nothing goes.
    version: Option<i64>,
}

/// More time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Extension {
    /// The new due day.
    until: NaiveDate,
    why: String,
}

/// An answer to what the unit asked for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerBody {
    #[schema(schema_with = schemas::request_kind)]
    kind: RequestKind,
    /// An objection that is granted withdraws the notice.
    granted: bool,
    text: String,
    /// Of an extension: until when, where not as asked.
    until: Option<NaiveDate>,
}

/// A delivery by hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Delivered {
    /// The day it was delivered (Beijing).
    on: NaiveDate,
}

/// Lets what is drafted go.
#[utoipa::path(post, path = "/notices/{id}/approve", tag = "notices", params(("id" = String, Path)),
    request_body = Approval, security(("token" = [])),
    responses((status = 200, description = "The notice", body = NoticeSheet), OfActing))]
pub(super) async fn approve_notice(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
    Body(Approval { version }): Body<Approval>,
) -> Said<NoticeSheet> {
    let (app, now) = (&api.app, api.app.clock.now());
    let done = match version {
        Some(seen) => notices::approve_seen(&app.db, &app.desk, &actor, &id, seen, now).await?,
        None => notices::approve(&app.db, &app.desk, &actor, &id, now).await?,
    };
    after(&api, &actor, done).await
}

/// Takes a notice back: it was wrong.
#[utoipa::path(post, path = "/notices/{id}/withdraw", tag = "notices", params(("id" = String, Path)),
    request_body = Why, security(("token" = [])),
    responses((status = 200, description = "The notice", body = NoticeSheet), OfActing))]
pub(super) async fn withdraw_notice(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
    Body(Why { why }): Body<Why>,
) -> Said<NoticeSheet> {
    let app = &api.app;
    let done = notices::withdraw(&app.db, &app.desk, &actor, &id, &why, app.clock.now()).await?;
    after(&api, &actor, done).await
}

/// Moves the due date.
#[utoipa::path(post, path = "/notices/{id}/extend", tag = "notices", params(("id" = String, Path)),
    request_body = Extension, security(("token" = [])),
    responses((status = 200, description = "The notice", body = NoticeSheet), OfActing))]
pub(super) async fn extend_notice(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
    Body(Extension { until, why }): Body<Extension>,
) -> Said<NoticeSheet> {
    let app = &api.app;
    let done = notices::extend(&app.db, &app.desk, &actor, &id, until, &why, app.clock.now()).await?;
    after(&api, &actor, done).await
}

/// Answers what the unit asked for.
#[utoipa::path(post, path = "/notices/{id}/answer", tag = "notices", params(("id" = String, Path)),
    request_body = AnswerBody, security(("token" = [])),
    responses((status = 200, description = "The notice", body = NoticeSheet), OfActing))]
pub(super) async fn answer_notice(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
    Body(AnswerBody { kind, granted, text, until }): Body<AnswerBody>,
) -> Said<NoticeSheet> {
    let app = &api.app;
    let given = AnswerGiven { kind, granted, text, until };
    let done = notices::answer(&app.db, &app.desk, &actor, &id, given, app.clock.now()).await?;
    after(&api, &actor, done).await
}

/// Sends what did not arrive again.
#[utoipa::path(post, path = "/notices/{id}/resend", tag = "notices", params(("id" = String, Path)),
    request_body = Nothing, security(("token" = [])),
    responses((status = 200, description = "The notice", body = NoticeSheet), OfActing))]
pub(super) async fn resend_notice(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Said<NoticeSheet> {
    let app = &api.app;
    let done = notices::resend(&app.db, &app.desk, &actor, &id, app.clock.now()).await?;
    after(&api, &actor, done).await
}

/// Notes that it was delivered by hand.
#[utoipa::path(post, path = "/notices/{id}/delivered", tag = "notices", params(("id" = String, Path)),
    request_body = Delivered, security(("token" = [])),
    responses((status = 200, description = "The notice", body = NoticeSheet), OfActing))]
pub(super) async fn notice_delivered(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
    Body(Delivered { on }): Body<Delivered>,
) -> Said<NoticeSheet> {
    let app = &api.app;
    let done = notices::deliver_by_hand(&app.db, &app.desk, &actor, &id, on, app.clock.now()).await?;
    after(&api, &actor, done).await
}

/// Ends a notice for another reason.
#[utoipa::path(post, path = "/notices/{id}/close", tag = "notices", params(("id" = String, Path)),
    request_body = Why, security(("token" = [])),
    responses((status = 200, description = "The notice", body = NoticeSheet), OfActing))]
pub(super) async fn close_notice(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
    Body(Why { why }): Body<Why>,
) -> Said<NoticeSheet> {
    let app = &api.app;
    let done = notices::close(&app.db, &app.desk, &actor, &id, &why, app.clock.now()).await?;
    after(&api, &actor, done).await
}
