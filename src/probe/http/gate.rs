//! The gate between a name and a connection: only judged addresses pass.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::domain::address::AddressPolicy;
use crate::domain::host::Host;
use crate::domain::verdict::Reason;

/// Whoever knows the addresses of a name. Asked for every hop and every new connection, so it should cache.
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of the host, of both families, in the order in which they should be tried.
    fn addresses(&self, host: Host) -> BoxFuture<'static, Result<Vec<IpAddr>, LookupError>>;
}

/// Why a name has no addresses for us.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct LookupError {
    /// One of the DNS reasons, [`Reason::DnsNoName`] for NXDOMAIN and NODATA.
    pub reason: Reason,
    /// Rcode, server and the like, for a person.
    pub detail: String,
}

/// Looks names up and lets no forbidden address through.
#[derive(Clone)]
pub(super) struct Gate {
    pub lookup: Arc<dyn Lookup>,
    pub policy: Arc<AddressPolicy>,
}

impl Gate {
    /// The addresses of a host, if *every* one is permitted: a name that mixes public and inner addresses is a trap or
    /// a mistake, and which of them would be connected to is chance.
    pub async fn addresses(&self, host: Host) -> Result<Vec<IpAddr>, LookupError> {
        let addresses = self.lookup.addresses(host).await?;
        match addresses.iter().find(|address| !self.policy.permits(**address)) {
            Some(address) => Err(error(Reason::AddressRefused, format!("the name leads to {address}"))),
            None if addresses.is_empty() => Err(error(Reason::DnsNoName, "no address".into())),
            None => Ok(addresses),
        }
    }
}

/// The gate as seen by one client, with the port that stands for its scheme's default port.
pub(super) struct Door {
    pub gate: Gate,
    /// 0: the scheme's own port. A port that the URL states is never replaced.
    pub port: u16,
}

impl Resolve for Door {
    fn resolve(&self, name: Name) -> Resolving {
        let (gate, port) = (self.gate.clone(), self.port);
        Box::pin(async move {
            let host = Host::parse(name.as_str())
                .ok_or_else(|| error(Reason::AddressRefused, format!("{} is no host name", name.as_str())))?;
            let addresses = gate.addresses(host).await?;
            Ok(Box::new(addresses.into_iter().map(move |ip| SocketAddr::new(ip, port))) as Addrs)
        })
    }
}

fn error(reason: Reason, detail: String) -> LookupError {
    LookupError { reason, detail }
}
