//! The unit's page: behind the one link of its notice, without an account, without scripts. It shows what concerns that
//! notice, and takes what the unit has to say.

mod acknowledge;
mod extend;
pub(super) mod fault;
mod form;
mod headline;
mod history;
mod limits;
mod object;
mod page;
mod pages;
mod recheck;
mod request;
mod trouble;
pub(super) mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use chrono::{DateTime, TimeDelta, Utc};

use super::guard;
use super::page::html;
use super::style::POLICY;
use super::tongue::Tongue;
use crate::flow::notices::link;
use crate::flow::notices::unit_view::{UnitView, gather};
use crate::flow::notices::{Wish, ask};
use crate::shared::Shared;
use crate::store::StoreResult;
use crate::store::notices::StoredNotice;
use limits::Limits;

/// What the handlers share.
#[derive(Clone)]
struct Front {
    app: Shared,
    limits: Arc<Limits>,
}

/// The routes below `/n/`.
pub(super) fn router(app: Shared) -> Router {
    let front = Front { app, limits: Arc::new(Limits::new()) };
    let object = get(object::show).post(object::submit).layer(DefaultBodyLimit::max(form::LARGEST_BODY));
    Router::new()
        .route("/n/{token}", get(page::show))
        .route("/n/{token}/pages", get(pages::show))
        .route("/n/{token}/pages.csv", get(pages::csv))
        .route("/n/{token}/acknowledge", get(back).post(acknowledge::submit))
        .route("/n/{token}/recheck", get(recheck::show).post(recheck::submit))
        .route("/n/{token}/object", object)
        .route("/n/{token}/extend", get(extend::show).post(extend::submit))
        .route("/n", any(trouble::missing))
        .route("/n/", any(trouble::missing))
        .route("/n/{token}/{*rest}", any(trouble::missing))
        // The objection's form, which may bring a file, says for itself how large it may be.
        .layer(DefaultBodyLimit::max(form::LARGEST_PLAIN))
        .layer(middleware::from_fn_with_state(front.clone(), limits::limit))
        .layer(middleware::from_fn(guarded))
        .with_state(front)
}

/// What holds for every answer: nothing is kept, framed, indexed, or passed on, the link least of all.
async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    guard::put(response.headers_mut(), &POLICY, &guard::KEPT_BY_NOBODY);
    response
}

/// On to a page below the link, or to the page itself.
fn onward(token: &str, below: &str) -> Response {
    Redirect::to(&format!("/n/{token}{below}")).into_response()
}

/// Who comes to a button's address by other ways than the button sees the page.
async fn back(axum::extract::Path(token): axum::extract::Path<String>) -> Response {
    match token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')) {
        true => onward(&token, ""),
        false => trouble::not_found(Tongue::Chinese),
    }
}

impl Front {
    /// The notice of a link that is good.
    async fn notice(&self, token: &str, now: DateTime<Utc>) -> StoreResult<Option<StoredNotice>> {
        let keep = TimeDelta::days(i64::from(self.app.config.mail.link_days));
        let mut tx = self.app.db.read().await?;
        let notice = link::follow(&mut tx, &self.app.links, token, keep, now).await?;
        Ok(notice.filter(|stored| stored.notice.is_shown()))
    }

    /// All that the page of a link shows.
    async fn view(&self, token: &str, now: DateTime<Utc>) -> StoreResult<Option<UnitView>> {
        let Some(notice) = self.notice(token, now).await? else { return Ok(None) };
        gather(&mut self.app.db.read().await?, &self.app.desk, notice, now).await
    }

    /// All that the page of a link shows, or the answer to who has no good link.
    async fn found(&self, t: Tongue, token: &str, now: DateTime<Utc>) -> Result<UnitView, Response> {
        match self.view(token, now).await {
            Ok(Some(view)) => Ok(view),
            Ok(None) => Err(trouble::not_found(t)),
            Err(error) => Err(trouble::failed(t, &error)),
        }
    }

    /// What the unit asks for is taken, or the form comes back with what stands against it.
    async fn take(
        &self,
        t: Tongue,
        token: &str,
        wish: Wish,
        done: &str,
        again: impl FnOnce(StatusCode, Vec<form::Problem>) -> Response,
    ) -> Response {
        let Some(id) = self.app.links.read(token) else { return trouble::not_found(t) };
        match ask(&self.app.db, &self.app.desk, id, wish, self.now()).await {
            Ok(_) => onward(token, done),
            Err(error) => match form::act_problem(t, error) {
                Ok((status, problem)) => again(status, vec![problem]),
                Err(error) => trouble::failed(t, &error),
            },
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }
}
