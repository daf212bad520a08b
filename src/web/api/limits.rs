//! How often one may ask.
//!
//! Who shows a token that lets in is never turned away for what others at the same address tried: behind a proxy that may
//! be everybody. A stranger who tries tokens gets slower answers than a thief has time for.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use crate::config::Config;
use crate::web::turns::{self, Turns};
use crate::web::visitor;

/// Addresses that are remembered before those are forgotten that did nothing lately.
const REMEMBERED: usize = 10_000;

/// The limits of this process.
pub(super) struct Limits {
    accounts: Turns<String>,
    strangers: Turns<IpAddr>,
    visitors: Turns<IpAddr>,
}

impl Limits {
    pub(super) fn of(config: &Config) -> Self {
        let web = &config.web;
        Self {
            accounts: Turns::a_minute(web.api_per_minute, REMEMBERED),
            strangers: Turns::a_minute(web.api_failures_per_minute, REMEMBERED),
            visitors: Turns::a_minute(config.verify.per_minute, REMEMBERED),
        }
    }

    /// Counts a request of a token. `Err`: the seconds to wait.
    pub(super) fn known(&self, token: String) -> Result<(), u64> {
        go_on(self.accounts.wait(&token))
    }

    /// Counts a request that shows nothing that lets in.
    pub(super) fn stranger(&self, address: Option<IpAddr>) -> Result<(), u64> {
        by_address(&self.strangers, address)
    }

    /// Counts a question of the public.
    pub(super) fn visitor(&self, address: Option<IpAddr>) -> Result<(), u64> {
        by_address(&self.visitors, address)
    }
}

fn by_address(turns: &Turns<IpAddr>, address: Option<IpAddr>) -> Result<(), u64> {
    go_on(turns.wait(&visitor::network(address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))))
}

fn go_on(wait: Option<Duration>) -> Result<(), u64> {
    wait.map_or(Ok(()), |wait| Err(turns::seconds(wait)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_counted_by_itself_and_ipv6_by_its_network() {
        let mut config = Config::default();
        (config.web.api_failures_per_minute, config.web.api_per_minute) = (2, 1);
        let limits = Limits::of(&config);
        let try_from = |text: &str| limits.stranger(text.parse().ok()).is_ok();
        assert!(try_from("192.0.2.1") && try_from("::ffff:192.0.2.1"), "the same address twice");
        assert!(!try_from("192.0.2.1") && try_from("192.0.2.2"));
        assert!(try_from("2001:db8::1") && try_from("2001:db8::2") && !try_from("2001:db8::3"));
        assert!(try_from("2001:db8:0:1::1"));
        assert!(limits.known("a".into()).is_ok() && limits.known("b".into()).is_ok());
        assert!((1..=61).contains(&limits.known("a".into()).unwrap_err()));
    }
}
