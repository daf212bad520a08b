//! How often one visitor may ask. What costs more, less often.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

use super::Front;
use super::trouble;
use crate::config::Verify;
use crate::web::tongue::Tongue;
use crate::web::turns::{self, Turns};
use crate::web::visitor;

/// A search, and a table, is one of so many requests.
const RARE: u32 = 10;
/// Visitors that are remembered before those are forgotten that may ask freely again.
const REMEMBERED: usize = 50_000;

/// Who asked how often.
pub(super) struct Limits {
    pages: Turns<IpAddr>,
    rare: Turns<IpAddr>,
}

impl Limits {
    pub fn of(verify: &Verify) -> Self {
        let turns = |a_minute| Turns::a_minute(a_minute, REMEMBERED);
        Self { pages: turns(verify.per_minute), rare: turns(verify.per_minute / RARE) }
    }
}

/// Who asks.
pub(super) fn visitor(front: &Front, request: &Request) -> IpAddr {
    visitor::of(&front.app().config.web, request).unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))
}

/// Turns away who asks too often.
pub(super) async fn limit(State(front): State<Front>, request: Request, next: Next) -> Response {
    match turned_away(&front, visitor(&front, &request), request.headers()) {
        None => next.run(request).await,
        Some(refusal) => refusal,
    }
}

/// What is said to who asks too often; `None`: go on.
pub(super) fn turned_away(front: &Front, visitor: IpAddr, headers: &HeaderMap) -> Option<Response> {
    refusal(front.0.limits.pages.wait(&visitor::network(visitor)), headers)
}

/// The same for searches and tables.
pub(super) async fn limit_rare(State(front): State<Front>, request: Request, next: Next) -> Response {
    let wait = front.0.limits.rare.wait(&visitor::network(visitor(&front, &request)));
    match refusal(wait, request.headers()) {
        None => next.run(request).await,
        Some(refusal) => refusal,
    }
}

fn refusal(wait: Option<Duration>, headers: &HeaderMap) -> Option<Response> {
    wait.map(|wait| trouble::too_often(Tongue::asked(headers), turns::seconds(wait)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_is_counted_by_itself_and_searches_apart() {
        let limits = Limits::of(&Verify { per_minute: 20, ..Verify::default() });
        let ask = |text: &str| limits.pages.wait(&text.parse().unwrap());
        assert!((0..20).all(|_| ask("192.0.2.1").is_none()));
        assert!((1..=4).contains(&turns::seconds(ask("192.0.2.1").unwrap())));
        assert!(ask("192.0.2.2").is_none());
        let search = || limits.rare.wait(&"192.0.2.1".parse().unwrap());
        assert!(search().is_none() && search().is_none() && search().is_some());
        let few = Limits::of(&Verify { per_minute: 1, ..Verify::default() });
        assert!(few.pages.wait(&"::1".parse().unwrap()).is_none());
    }
}
