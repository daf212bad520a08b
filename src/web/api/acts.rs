//! What officers do to a notice. Each answer is the notice as it then is.

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::acting::acts;
use super::request::{Body, Caller, Place};
use super::trouble::OfActing;
use super::views::NoticeSheet;
use super::{Api, Nothing, Said, schemas};
use crate::domain::account::Actor;
use crate::domain::notice::RequestKind;
use crate::flow::On;
use crate::flow::notices::{self, ActError, AnswerGiven, read};
use crate::store::notices::StoredNotice;

/// The answer to an act: the notice after it.
async fn after(api: &Api, actor: &Actor, done: Result<StoredNotice, ActError>) -> Said<NoticeSheet> {
    Ok(Json(NoticeSheet::of(&read::show(&api.app.db, actor, &done?.id).await?)))
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

acts! { "notices", "The notice", NoticeSheet;
    /// Lets what is drafted go.
    "/notices/{id}/approve" approve_notice(Approval { version }) => |app, actor, id, now| {
        notices::approve(&app.db, &app.desk, actor, On { seen: version, ..On::from(id) }, now)
    };
    /// Takes a notice back: it was wrong.
    "/notices/{id}/withdraw" withdraw_notice(Why { why }) =>
        |app, actor, id, now| notices::withdraw(&app.db, &app.desk, actor, id, &why, now);
    /// Moves the due date.
    "/notices/{id}/extend" extend_notice(Extension { until, why }) =>
        |app, actor, id, now| notices::extend(&app.db, &app.desk, actor, id, until, &why, now);
    /// Answers what the unit asked for.
    "/notices/{id}/answer" answer_notice(AnswerBody { kind, granted, text, until }) => |app, actor, id, now| {
        notices::answer(&app.db, &app.desk, actor, id, AnswerGiven { kind, granted, text, until }, now)
    };
    /// Sends what did not arrive again.
    "/notices/{id}/resend" resend_notice(Nothing {}) =>
        |app, actor, id, now| notices::resend(&app.db, &app.desk, actor, id, now);
    /// Notes that it was delivered by hand.
    "/notices/{id}/delivered" notice_delivered(Delivered { on }) =>
        |app, actor, id, now| notices::deliver_by_hand(&app.db, &app.desk, actor, id, on, now);
    /// Ends a notice for another reason.
    "/notices/{id}/close" close_notice(Why { why }) =>
        |app, actor, id, now| notices::close(&app.db, &app.desk, actor, id, &why, now);
}
