//! How often the public may press a button, and how often it may read: by notice, and by the address it comes from.
//!
//! Behind a reverse proxy that is not on the list of ours everybody has its address, so the limit by address is wide; the
//! one by notice is what protects a notice.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::Front;
use super::trouble::{Trouble, trouble};
use crate::web::tongue::Tongue;
use crate::web::turns::{self, Bursts, Turns};
use crate::web::visitor::{self, network};

/// Presses at once for one notice, and how long until one more.
const OF_NOTICE: Bursts = (NonZeroU32::new(12).expect("not zero"), Duration::from_secs(10));
/// Presses at once from one address, and how long until one more.
const OF_ADDRESS: Bursts = (NonZeroU32::new(60).expect("not zero"), Duration::from_secs(1));
/// Pages read at once of one notice, and how long until one more: whoever reads does not notice it.
const READ_OF_NOTICE: Bursts = (NonZeroU32::new(120).expect("not zero"), Duration::from_millis(500));
/// Pages read at once from one address, and how long until one more.
const READ_OF_ADDRESS: Bursts = (NonZeroU32::new(600).expect("not zero"), Duration::from_millis(50));
/// Keys that are remembered before those that may press freely again are forgotten.
const MOST_KEYS: usize = 10_000;

/// Who pressed, and who read, how often.
pub(super) struct Limits {
    presses: Pair,
    reads: Pair,
}

impl Limits {
    pub fn new() -> Self {
        Self { presses: Pair::of(OF_NOTICE, OF_ADDRESS), reads: Pair::of(READ_OF_NOTICE, READ_OF_ADDRESS) }
    }

    fn of(&self, method: &Method) -> &Pair {
        if *method == Method::POST { &self.presses } else { &self.reads }
    }
}

/// What one notice, and what one address may do.
struct Pair {
    by_notice: Turns<String>,
    by_address: Turns<IpAddr>,
}

impl Pair {
    fn of(of_notice: Bursts, of_address: Bursts) -> Self {
        Self { by_notice: Turns::bursts(of_notice, MOST_KEYS), by_address: Turns::bursts(of_address, MOST_KEYS) }
    }

    /// How long to wait; none: go on.
    fn wait(&self, notice: Option<&str>, address: Option<IpAddr>) -> Option<Duration> {
        let by_address = address.and_then(|address| self.by_address.wait(&network(address)));
        by_address.or_else(|| notice.and_then(|id| self.by_notice.wait(&id.to_owned())))
    }
}

/// Stops who asks too often before anything of the request is read.
pub(super) async fn limit(State(front): State<Front>, request: Request, next: Next) -> Response {
    let visitor = visitor::of(&front.app.config.web, &request);
    let token = request.uri().path().split('/').nth(2).unwrap_or_default();
    let limits = front.limits.of(request.method());
    let Some(wait) = limits.wait(front.app.links.read(token), visitor) else { return next.run(request).await };
    let seconds = turns::seconds(wait);
    let tongue = Tongue::asked(request.headers());
    let mut response = trouble(
        tongue,
        StatusCode::TOO_MANY_REQUESTS,
        Trouble::TooOften { seconds, pressed: request.method() == Method::POST },
    );
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_limited_by_itself_and_an_address_by_all_it_does() {
        let (limits, home) = (Limits::new().presses, "192.0.2.1".parse().ok());
        assert!((0..12).all(|_| limits.wait(Some("a"), home).is_none()));
        let wait = limits.wait(Some("a"), home).unwrap();
        assert!(wait <= OF_NOTICE.1, "{wait:?}");
        assert!(limits.wait(Some("b"), home).is_none(), "another notice is not stopped");
        let stopped = (0..100).filter(|n| limits.wait(Some(&format!("n{n}")), home).is_some()).count();
        assert!((50..=60).contains(&stopped), "{stopped} of 100 are too many from one address");
        assert!(limits.wait(None, "192.0.2.2".parse().ok()).is_none(), "another address is not stopped");
    }

    #[test]
    fn reading_is_counted_apart_and_widely() {
        let (limits, home) = (Limits::new(), "192.0.2.1".parse().ok());
        let reads = limits.of(&Method::GET);
        assert!((0..120).all(|_| reads.wait(Some("a"), home).is_none()));
        assert!((0..20).any(|_| reads.wait(Some("a"), home).is_some()), "nobody reads so fast");
        assert!(reads.wait(Some("b"), home).is_none() && limits.of(&Method::POST).wait(Some("a"), home).is_none());
        assert!(std::ptr::eq(limits.of(&Method::HEAD), reads), "whatever is no press");
    }
}
