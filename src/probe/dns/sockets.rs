//! The connected sockets to one server, used again a while.
//!
//! Making a socket costs more than asking. A socket serves one query at a time and comes back only with the answer to
//! it, so that no late answer can meet a later question; it is renewed often, so that its port stays hard to guess
//! (RFC 5452, 9.2).

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::Instant;

/// Queries per socket at most.
const USES: u32 = 64;
/// The age at which a socket is let go.
const AGE: Duration = Duration::from_secs(10);
/// Idle sockets kept at most.
const IDLE: usize = 128;

/// A server and the sockets that lead to it.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    idle: Mutex<Vec<Socket>>,
}

/// A socket for one query at a time.
pub(super) struct Socket {
    pub(super) udp: UdpSocket,
    uses: u32,
    made: Instant,
}

impl Server {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self { address, idle: Mutex::default() }
    }

    /// A socket that is nobody else's until it is put back or dropped.
    pub(super) async fn socket(&self) -> io::Result<Socket> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(socket) if socket.made.elapsed() < AGE => Ok(socket),
            _ => Ok(Socket { udp: connect(self.address).await?, uses: 0, made: Instant::now() }),
        }
    }

    /// Takes back a socket whose query was answered.
    pub(super) fn put_back(&self, mut socket: Socket) {
        socket.uses += 1;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if socket.uses < USES && idle.len() < IDLE {
            idle.push(socket);
        }
    }
}

/// A connected socket: the kernel drops what other addresses send, and a closed port is known at once.
async fn connect(server: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(server).await?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn port(socket: &Socket) -> u16 {
        socket.udp.local_addr().unwrap().port()
    }

    #[tokio::test]
    async fn a_socket_serves_one_query_at_a_time_and_not_for_ever() {
        let server = Server::new(([127, 0, 0, 1], 53).into());
        let (one, other) = (server.socket().await.unwrap(), server.socket().await.unwrap());
        assert_ne!(port(&one), port(&other));
        drop(other);
        let used = port(&one);
        server.put_back(one);
        let mut ports = HashSet::new();
        for _ in 0..USES * 3 {
            let socket = server.socket().await.unwrap();
            ports.insert(port(&socket));
            server.put_back(socket);
        }
        assert!(ports.contains(&used), "it is used again");
        assert!(ports.len() > 2, "and renewed: {ports:?}");
    }

    #[tokio::test]
    async fn a_burst_leaves_no_more_than_the_idle_sockets() {
        let server = Server::new(([127, 0, 0, 1], 53).into());
        let mut burst = Vec::new();
        for _ in 0..IDLE + 20 {
            burst.push(server.socket().await.unwrap());
        }
        burst.into_iter().for_each(|socket| server.put_back(socket));
        assert_eq!(server.idle.lock().unwrap().len(), IDLE);
    }
}
