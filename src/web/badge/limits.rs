//! How often one address may ask for badges: thousands of people may share one, so only a flood is turned away.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::{Badges, reply};
use crate::web::turns::Turns;
use crate::web::visitor;

/// Seconds whose requests one address may make at once: a page's visitors come in crowds.
const SECONDS_AT_ONCE: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
/// Addresses that are remembered before those are forgotten that may ask freely again.
const REMEMBERED: usize = 10_000;
const WAIT: HeaderValue = HeaderValue::from_static("1");
const KEEP_NOT: HeaderValue = HeaderValue::from_static("no-store");

pub(super) struct Limits(Turns<IpAddr>);

impl Limits {
    /// `a_second`: the requests of one address.
    pub fn of(a_second: u32) -> Self {
        let a_second = NonZeroU32::new(a_second).unwrap_or(NonZeroU32::MIN);
        let at_once = SECONDS_AT_ONCE.saturating_mul(a_second);
        Self(Turns::bursts((at_once, Duration::from_secs(1) / a_second.get()), REMEMBERED))
    }

    fn lets_in(&self, address: Option<IpAddr>) -> bool {
        address.is_none_or(|address| self.0.wait(&visitor::network(address)).is_none())
    }
}

/// Turns a flood away.
pub(super) async fn limit(State(badges): State<Badges>, request: Request, next: Next) -> Response {
    match turned_away(&badges, visitor::of(&badges.app.config.web, &request)) {
        None => next.run(request).await,
        Some(refusal) => refusal,
    }
}

/// What is said to a flood; `None`: go on.
pub(super) fn turned_away(badges: &Badges, visitor: Option<IpAddr>) -> Option<Response> {
    if badges.limits.lets_in(visitor) {
        return None;
    }
    let mut response = reply::nothing(StatusCode::TOO_MANY_REQUESTS, &KEEP_NOT, "// too many requests\n");
    response.headers_mut().insert(header::RETRY_AFTER, WAIT);
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_behind_one_address_is_served_and_a_flood_is_not() {
        let (limits, crowd) = (Limits::of(1_000), "192.0.2.1".parse().ok());
        assert!((0..20_000).all(|_| limits.lets_in(crowd)));
        assert!((0..1_000_000).any(|_| !limits.lets_in(crowd)), "a million at once");
        assert!(limits.lets_in("192.0.2.2".parse().ok()) && limits.lets_in(None));
    }
}
