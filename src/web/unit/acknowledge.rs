//! 确认收到.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::page::page;
use super::trouble::{failed, not_found};
use super::{Front, form, onward};
use crate::flow::notices::acknowledge;
use crate::web::tongue::Tongue;

pub(super) async fn submit(State(front): State<Front>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let (t, now) = (Tongue::asked(&headers), front.now());
    let notice = match front.notice(&token, now).await {
        Ok(Some(notice)) => notice,
        Ok(None) => return not_found(t),
        Err(error) => return failed(t, &error),
    };
    match acknowledge(&front.app.db, &front.app.desk, &notice.id, now).await {
        Ok(_) => onward(&token, "?done=acknowledged"),
        // Who presses twice is told that it is done.
        Err(_) if notice.notice.acknowledged_at.is_some() => onward(&token, "?done=acknowledged"),
        Err(error) => match form::act_problem(t, error) {
            Ok((status, problem)) => page(&front, &token, t, status, None, vec![problem]).await,
            Err(error) => failed(t, &error),
        },
    }
}
