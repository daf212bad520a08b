//! Notices, as those see them whose region they lie in.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::request::{Asked, Caller, Place};
use super::trouble::{OfReading, Trouble};
use super::views::{ActView, NoticeBrief, NoticeSheet};
use super::{Api, Said, schemas};
use crate::domain::notice::NoticeState;
use crate::domain::personal::Personal;
use crate::flow::notices::read;
use crate::store::{StoreResult, attachments, outbox};
use crate::web::page::disposition;

/// Notices on one page, unless said otherwise.
const PER_PAGE: u32 = 50;

/// What is asked of the list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListAsked {
    #[param(schema_with = schemas::notice_state, required = false)]
    state: Option<NoticeState>,
    /// Only those with an objection that waits for an answer.
    #[serde(default)]
    objected: bool,
    /// GB/T 2260: only those of this region and below, within one's own.
    region: Option<String>,
    /// From 0.
    #[serde(default)]
    page: u32,
    /// 1 to 200.
    per_page: Option<u32>,
}

/// One page of notices.
#[derive(Serialize, ToSchema)]
pub(super) struct NoticePage {
    notices: Vec<NoticeBrief>,
    /// The number of the next page, if there is one.
    next_page: Option<u32>,
}

/// The notices of one's region, the most urgent first.
#[utoipa::path(get, path = "/notices", tag = "notices", params(ListAsked), security(("token" = [])),
    responses((status = 200, description = "A page of notices", body = NoticePage), OfReading))]
pub(super) async fn list_notices(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(asked): Asked<ListAsked>,
) -> Said<NoticePage> {
    let most = asked.per_page.unwrap_or(PER_PAGE);
    if !(1..=read::MOST).contains(&most) {
        return Err(Trouble::invalid(Some("per_page".to_owned()), "1 to 200"));
    }
    let ListAsked { state, objected, region, page, .. } = asked;
    let wanted = read::Wanted { state, objected, region, page, most };
    let found = read::list(&api.app.db, &actor, &wanted).await?;
    let next_page = found.more.then(|| page.saturating_add(1));
    let notices = found.notices.iter().map(|(notice, site)| NoticeBrief::of(notice, site)).collect();
    Ok(Json(NoticePage { notices, next_page }))
}

/// One notice with its facts, by its id or number.
#[utoipa::path(get, path = "/notices/{id}", tag = "notices", params(("id" = String, Path)), security(("token" = [])),
    responses((status = 200, description = "The notice", body = NoticeSheet), OfReading))]
pub(super) async fn show_notice(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
) -> Said<NoticeSheet> {
    let sheet = read::show(&api.app.db, &actor, &id).await?;
    api.viewed(&actor, Personal::Notice, &sheet.notice.id).await?;
    Ok(Json(NoticeSheet::of(&sheet)))
}

/// What was done to a notice: by whom, when and why.
#[utoipa::path(get, path = "/notices/{id}/history", tag = "notices", params(("id" = String, Path)),
    security(("token" = [])),
    responses((status = 200, description = "The acts on record, in order", body = Vec<ActView>), OfReading))]
pub(super) async fn notice_history(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
) -> Said<Vec<ActView>> {
    let acts = read::history(&api.app.db, &actor, &id).await?;
    let acts: StoreResult<_> = acts.iter().map(ActView::of).collect();
    Ok(Json(acts?))
}

/// The letters of a notice and what became of them.
#[utoipa::path(get, path = "/notices/{id}/letters", tag = "notices", params(("id" = String, Path)),
    security(("token" = [])),
    responses((status = 200, description = "The letters, the first first", body = Vec<outbox::Listed>), OfReading))]
pub(super) async fn notice_letters(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
) -> Said<Vec<outbox::Listed>> {
    let letters = read::letters(&api.app.db, &actor, &id).await?;
    api.viewed(&actor, Personal::Notice, &id).await?;
    Ok(Json(letters))
}

/// The files that came with objections.
#[utoipa::path(get, path = "/notices/{id}/attachments", tag = "notices", params(("id" = String, Path)),
    security(("token" = [])),
    responses((status = 200, description = "The files, the first first", body = Vec<attachments::Listed>), OfReading))]
pub(super) async fn notice_attachments(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place(id): Place<String>,
) -> Said<Vec<attachments::Listed>> {
    Ok(Json(read::files(&api.app.db, &actor, &id).await?))
}

/// The content of one of them, to be saved: it is a stranger's, and never shown by us.
#[utoipa::path(get, path = "/notices/{id}/attachments/{file}", tag = "notices", security(("token" = [])),
    params(("id" = String, Path), ("file" = String, Path)),
    responses((status = 200, description = "The bytes of the file", content_type = "application/octet-stream"), OfReading))]
pub(super) async fn notice_attachment(
    State(api): State<Api>,
    Caller(actor): Caller,
    Place((id, file)): Place<(String, String)>,
) -> Result<Response, Trouble> {
    let (name, content) = read::file(&api.app.db, &actor, &id, &file).await?;
    api.viewed(&actor, Personal::Attachment, &file).await?;
    let mut response = content.into_response();
    let headers = response.headers_mut();
    // What type the sender claims is nothing a browser should act on.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert(header::CONTENT_DISPOSITION, disposition(&name));
    Ok(response)
}
