//! The DNS look against real name servers, and against servers that lie.

#[path = "support/nsd.rs"]
mod nsd;
#[path = "support/udp.rs"]
mod udp;

#[path = "dns/authority.rs"]
mod authority;
#[path = "dns/dnssec.rs"]
mod dnssec;
#[path = "dns/flights.rs"]
mod flights;
#[path = "dns/liars.rs"]
mod liars;

use std::net::SocketAddr;
use std::time::Duration;

use badgewatch::domain::host::Host;
use badgewatch::probe::dns::{Limits, Resolver};

fn host(name: &str) -> Host {
    Host::parse(name).unwrap()
}

fn resolver(servers: &[SocketAddr]) -> Resolver {
    Resolver::new(servers, Limits::default()).unwrap()
}

/// For servers whose silence is the point.
fn impatient(servers: &[SocketAddr]) -> Resolver {
    let limits = Limits { query: Duration::from_millis(150), look: Duration::from_secs(5) };
    Resolver::new(servers, limits).unwrap()
}
