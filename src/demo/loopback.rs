//! Sockets on loopback, and tasks that end with whoever holds them.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

/// Ports that are tried until one is free for UDP and TCP alike.
const TRIES: usize = 50;
/// The pause after a connection that could not be taken (no descriptors left): others end meanwhile.
const PAUSE: Duration = Duration::from_millis(20);

/// A free port of 127.0.0.1, open for UDP and TCP.
pub async fn udp_and_tcp() -> io::Result<(UdpSocket, TcpListener)> {
    let mut taken = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..TRIES {
        let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => return Ok((udp, tcp)),
            Err(error) => taken = error,
        }
    }
    Err(taken)
}

/// Serves every connection in a task of its own; all of them end when this future is dropped.
pub async fn serve_all<F>(listener: TcpListener, talk: impl Fn(TcpStream) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut talks = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(talks.spawn(talk(stream))),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
        while talks.try_join_next().is_some() {}
    }
}
