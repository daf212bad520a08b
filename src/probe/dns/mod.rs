//! Asking the DNS, with the evidence kept: response code, server, authority, aliases, the owner of the SOA record.
//!
//! Messages are read and written by hickory; its resolver is not used because it turns answers into records or errors
//! and so loses what tells a dead name from a broken server.

mod allowance;
mod ask;
mod cache;
mod exchange;
mod flights;
mod look;
mod question;
mod reading;
mod sockets;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::sync::Semaphore;

pub use self::allowance::{Limits, MAX_QUERIES};
use self::cache::{Cache, addresses_of};
use self::flights::Flights;
use self::sockets::Server;
use crate::domain::dns::{Answer, DnsOutcome, NameLook, RecordType};
use crate::domain::host::Host;

/// Servers a look can hear within its twelve queries: two each, one to tell a bogus answer, one to spare.
pub const MAX_SERVERS: usize = 5;

/// Names under way at once; who comes later waits for a turn, and the wait is not part of any time limit.
const MAX_UNDER_WAY: usize = 256;

/// Why there is no resolver.
#[derive(Debug, thiserror::Error)]
pub enum ResolverError {
    #[error("no DNS server is configured")]
    NoServer,
    #[error("{0} DNS servers are configured; a look can ask at most {MAX_SERVERS}")]
    TooManyServers(usize),
    #[error("the system's DNS configuration cannot be read")]
    System(#[source] io::Error),
}

/// Why a name has no address to connect to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} does not resolve: {outcome}")]
pub struct NotResolved {
    pub name: Host,
    pub outcome: DnsOutcome,
}

/// What a resolver tells whoever counts.
#[derive(Debug, Clone, Copy)]
pub enum Heard<'a> {
    /// A look at a name ended.
    Name(&'a NameLook),
    /// One server answered, or was silent.
    Answer(&'a Answer),
    /// A connection asked for the addresses of a name; `cached`: nobody had to be asked.
    Address { cached: bool },
}

/// Who counts.
pub type Listener = Arc<dyn Fn(Heard<'_>) + Send + Sync>;

/// Asks one or more DNS servers. Cheap to clone; clones share flights and cache.
#[derive(Clone)]
pub struct Resolver {
    shared: Arc<Shared>,
    heard: Option<Listener>,
}

struct Shared {
    servers: Vec<Server>,
    limits: Limits,
    turns: Semaphore,
    cache: Cache,
    looks: Arc<Flights<Host, NameLook>>,
    queries: Arc<Flights<(Host, RecordType), Answer>>,
}

impl Resolver {
    /// A resolver that asks these servers, in this order.
    pub fn new(servers: &[SocketAddr], limits: Limits) -> Result<Self, ResolverError> {
        let mut distinct: Vec<SocketAddr> = Vec::new();
        for server in servers {
            if !distinct.contains(server) {
                distinct.push(*server);
            }
        }
        match distinct.len() {
            0 => Err(ResolverError::NoServer),
            1..=MAX_SERVERS => Ok(Self {
                heard: None,
                shared: Arc::new(Shared {
                    servers: distinct.into_iter().map(Server::new).collect(),
                    limits,
                    turns: Semaphore::new(MAX_UNDER_WAY),
                    cache: Cache::default(),
                    looks: Flights::new(),
                    queries: Flights::new(),
                }),
            }),
            more => Err(ResolverError::TooManyServers(more)),
        }
    }

    /// A resolver that asks the system's servers (`/etc/resolv.conf`), read once, now.
    pub fn system(limits: Limits) -> Result<Self, ResolverError> {
        let (config, _) = hickory_resolver::system_conf::read_system_conf()
            .map_err(|error| ResolverError::System(io::Error::other(error)))?;
        let servers = config.name_servers().iter().flat_map(|server| {
            server.connections.first().map(|connection| SocketAddr::new(server.ip, connection.port))
        });
        Self::new(&servers.take(MAX_SERVERS).collect::<Vec<_>>(), limits)
    }

    /// The same, with somebody who hears of all that is asked.
    pub fn heard_by(self, listener: Listener) -> Self {
        Self { heard: Some(listener), ..self }
    }

    /// The servers, in the order of asking.
    pub fn servers(&self) -> impl Iterator<Item = SocketAddr> {
        self.shared.servers.iter().map(|server| server.address)
    }

    /// The verdict-grade look at a name: A and AAAA, and no "no" on one word. At most [`MAX_QUERIES`] queries; who asks for
    /// the same name meanwhile gets the same look. Never from the cache.
    pub async fn look(&self, host: &Host) -> NameLook {
        let (shared, heard) = (self.shared.clone(), self.heard.clone());
        let flight = self.shared.looks.join(host.clone(), || {
            let host = host.clone();
            async move {
                let _turn = shared.turns.acquire().await;
                let look = look::look(&shared.servers, &host, shared.limits).await;
                shared.cache.put(&look);
                look.answers.iter().for_each(|answer| tell(&heard, Heard::Answer(answer)));
                tell(&heard, Heard::Name(&look));
                look
            }
        });
        Arc::unwrap_or_clone(flight.await)
    }

    /// The addresses to connect to: those of a look, kept for their time to live and at most a minute.
    pub async fn addresses(&self, host: &Host) -> Result<Arc<[IpAddr]>, NotResolved> {
        let cached = self.shared.cache.get(host);
        tell(&self.heard, Heard::Address { cached: cached.is_some() });
        match cached {
            Some(addresses) => addresses,
            None => addresses_of(&self.look(host).await),
        }
    }

    /// One plain question: the first server's answer, or where it is silent the next one's (or its own on a second try).
    pub async fn query(&self, host: &Host, record_type: RecordType) -> Answer {
        let (shared, heard) = (self.shared.clone(), self.heard.clone());
        let flight = self.shared.queries.join((host.clone(), record_type), || {
            let host = host.clone();
            async move {
                let _turn = shared.turns.acquire().await;
                let answer = look::query(&shared.servers, &host, record_type, shared.limits).await;
                tell(&heard, Heard::Answer(&answer));
                answer
            }
        });
        Arc::unwrap_or_clone(flight.await)
    }
}

fn tell(listener: &Option<Listener>, heard: Heard<'_>) {
    if let Some(listener) = listener {
        listener(heard);
    }
}
