//! How often the public may report: by the address a report comes from, and in all, so that nobody buries the offices.
//!
//! Behind a reverse proxy that is not on the list of ours (`web.trusted_proxies`) everybody has its address.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, RateLimiter};

use super::{Front, Trouble, trouble};
use crate::metrics::ReportResult;
use crate::web::tongue::Tongue;
use crate::web::turns::{self, Bursts, Turns, quota};
use crate::web::visitor::{self, network};

/// Forms at once from one address, and how long until one more.
const OF_ADDRESS: Bursts = (NonZeroU32::new(12).expect("not zero"), Duration::from_secs(20));
/// Forms at once in all, and how long until one more: 8,640 a day at most.
const OF_ALL: Bursts = (NonZeroU32::new(200).expect("not zero"), Duration::from_secs(10));
/// Addresses that are remembered before those that may report freely again are forgotten.
const MOST_KEYS: usize = 10_000;

/// Who reported how often.
pub(super) struct Limits {
    by_address: Turns<IpAddr>,
    of_all: DefaultDirectRateLimiter,
}

impl Limits {
    pub fn new() -> Self {
        Self { by_address: Turns::bursts(OF_ADDRESS, MOST_KEYS), of_all: RateLimiter::direct(quota(OF_ALL)) }
    }

    /// How long to wait; none: go on. Who is stopped by their own address takes nothing from all others.
    fn wait(&self, address: Option<IpAddr>) -> Option<Duration> {
        let by_address = address.and_then(|address| self.by_address.wait(&network(address)));
        let of_all = || self.of_all.check().err();
        by_address.or_else(|| of_all().map(|until| until.wait_time_from(DefaultClock::default().now())))
    }
}

/// Stops who reports too often before anything of the request is read.
pub(super) async fn limit(State(front): State<Front>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let visitor = visitor::of(&front.app.config.web, &request);
    let Some(wait) = front.limits.wait(visitor) else { return next.run(request).await };
    let seconds = turns::seconds(wait);
    front.app.metrics.reported(ReportResult::Limited);
    let tongue = Tongue::asked(request.headers());
    let mut response = trouble(tongue, StatusCode::TOO_MANY_REQUESTS, Trouble::TooOften { seconds });
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_limited_by_itself_and_all_together() {
        let (limits, home) = (Limits::new(), "192.0.2.1".parse().ok());
        assert!((0..12).all(|_| limits.wait(home).is_none()));
        assert!(limits.wait(home).unwrap() <= OF_ADDRESS.1);
        let stopped = (0..=255_u8).filter(|n| limits.wait(Some([198, 51, 100, *n].into())).is_some()).count();
        assert!((60..=68).contains(&stopped), "{stopped} of 256 addresses are too many at once");
    }
}
