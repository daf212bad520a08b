//! How often one visitor may ask. What costs more, less often.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::Front;
use super::trouble;
use crate::config::Verify;
use crate::web::tongue::Tongue;
use crate::web::visitor;

/// A search, and a table, is one of so many requests.
const RARE: u32 = 10;
/// Visitors that are remembered before those are forgotten that may ask freely again.
const REMEMBERED: usize = 50_000;
/// How often their number is looked at: counting them takes longer than a certificate.
const COUNTED_EVERY: u32 = 1_024;

/// Who asked how often.
pub(super) struct Limits {
    pages: DefaultKeyedRateLimiter<IpAddr>,
    rare: DefaultKeyedRateLimiter<IpAddr>,
    asked: AtomicU32,
}

impl Limits {
    pub fn of(verify: &Verify) -> Self {
        let quota = |a_minute: u32| Quota::per_minute(NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN));
        Self {
            pages: RateLimiter::keyed(quota(verify.per_minute)),
            rare: RateLimiter::keyed(quota(verify.per_minute / RARE)),
            asked: AtomicU32::new(0),
        }
    }

    /// Counts a request. `Err`: the seconds to wait.
    fn page(&self, visitor: IpAddr) -> Result<(), u64> {
        if self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(COUNTED_EVERY) && self.pages.len() > REMEMBERED {
            self.pages.retain_recent();
            self.rare.retain_recent();
        }
        check(&self.pages, visitor)
    }
}

fn check(limiter: &DefaultKeyedRateLimiter<IpAddr>, visitor: IpAddr) -> Result<(), u64> {
    let wait = limiter.check_key(&visitor).map_err(|until| until.wait_time_from(DefaultClock::default().now()));
    wait.map_err(|wait| wait.as_secs() + 1)
}

fn visitor(front: &Front, request: &Request) -> IpAddr {
    let trusted = &front.app().config.web.trusted_proxies;
    let address = visitor::address(trusted, request.extensions(), request.headers());
    visitor::network(address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))
}

/// Turns away who asks too often.
pub(super) async fn limit(State(front): State<Front>, request: Request, next: Next) -> Response {
    match front.0.limits.page(visitor(&front, &request)) {
        Ok(()) => next.run(request).await,
        Err(seconds) => trouble::too_often(Tongue::asked(request.headers()), seconds),
    }
}

/// The same for searches and tables.
pub(super) async fn limit_rare(State(front): State<Front>, request: Request, next: Next) -> Response {
    match check(&front.0.limits.rare, visitor(&front, &request)) {
        Ok(()) => next.run(request).await,
        Err(seconds) => trouble::too_often(Tongue::asked(request.headers()), seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_is_counted_by_itself_and_searches_apart() {
        let limits = Limits::of(&Verify { per_minute: 20, ..Verify::default() });
        let ask = |text: &str| limits.page(text.parse().unwrap());
        assert!((0..20).all(|_| ask("192.0.2.1").is_ok()));
        assert!((1..=4).contains(&ask("192.0.2.1").unwrap_err()));
        assert!(ask("192.0.2.2").is_ok());
        let search = || check(&limits.rare, "192.0.2.1".parse().unwrap());
        assert!(search().is_ok() && search().is_ok() && search().is_err());
        assert!(Limits::of(&Verify { per_minute: 1, ..Verify::default() }).page("::1".parse().unwrap()).is_ok());
    }
}
