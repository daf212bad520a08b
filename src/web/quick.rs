//! The quick way to what the public asks most: a badge's script, its certificate, and the signed answer about it.
//!
//! A router, with all that stands around its handlers, costs more than these answers. What is plainly one of them is answered
//! here, by the same functions that the router's handlers call; whatever is not goes to the router.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;

use super::api::{self, Api};
use super::badge::Badges;
use super::verify::{self, Front};
use super::visitor;
use crate::config::Config;
use crate::shared::Shared;

/// What both ways share. Cheap to clone.
#[derive(Clone)]
pub(super) struct Quick {
    config: Arc<Config>,
    pub api: Api,
    pub badges: Badges,
    pub front: Front,
}

impl Quick {
    /// Who asks is counted from now on, whichever way the question takes.
    pub fn of(app: Shared) -> Self {
        Self {
            config: app.config.clone(),
            api: Api::of(app.clone()),
            badges: Badges::of(app.clone()),
            front: Front::of(app),
        }
    }

    /// The answer to a plain question; `None`: the router knows what to do.
    pub fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap, peer: SocketAddr) -> Option<Response> {
        let path = uri.path();
        if *method != Method::GET || path.contains('%') {
            return None;
        }
        let visitor = || visitor::behind(&self.config.web.trusted_proxies, peer.ip(), headers);
        if let Some(id) = path.strip_prefix(api::ROOT).and_then(|path| path.strip_prefix("/verify/")) {
            return is_name(id).then(|| self.api.answer(visitor(), id, uri.query(), headers));
        }
        if path.strip_prefix("/verify/").is_some_and(is_name) || path == verify::SITENAME {
            return Some(self.front.answer(visitor(), uri, headers));
        }
        path.strip_prefix("/js/")
            .is_some_and(|script| !script.is_empty())
            .then(|| self.badges.answer(visitor(), path, headers))
    }
}

/// Is it one piece of a path?
fn is_name(piece: &str) -> bool {
    !piece.is_empty() && !piece.contains('/')
}
