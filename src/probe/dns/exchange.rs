//! One query to one server and its answer: UDP first, TCP where the answer does not fit.

use std::io;
use std::net::SocketAddr;

use hickory_resolver::proto::op::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout_at};

use super::allowance::Allowance;
use super::question::{Question, Received};
use super::sockets::Server;

/// Larger than the 1232 bytes we announce: some servers do not heed it.
const DATAGRAM: usize = 4096;

/// Asks a server one question; `None` where no valid answer came in time. `sent` counts the queries.
pub(super) async fn exchange(
    server: &Server,
    question: &Question,
    allowance: &Allowance,
    sent: &mut u32,
) -> Option<Box<Message>> {
    let until = next_query(allowance, sent)?;
    match within(until, over_udp(server, question)).await? {
        Received::Answer(message) => Some(message),
        Received::Stray => None,
        Received::Truncated => {
            let until = next_query(allowance, sent)?;
            match within(until, over_tcp(server.address, question)).await? {
                Received::Answer(message) => Some(message),
                Received::Truncated | Received::Stray => None,
            }
        }
    }
}

fn next_query(allowance: &Allowance, sent: &mut u32) -> Option<Instant> {
    let until = allowance.take()?;
    *sent += 1;
    Some(until)
}

async fn within(until: Instant, asking: impl Future<Output = io::Result<Received>>) -> Option<Received> {
    match timeout_at(until, asking).await {
        Ok(Ok(received)) => Some(received),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a DNS query failed before an answer");
            None
        }
        Err(_) => None,
    }
}

async fn over_udp(server: &Server, question: &Question) -> io::Result<Received> {
    let socket = server.socket().await?;
    socket.udp.send(question.wire()).await?;
    let received = loop {
        match receive(&socket.udp, question) {
            Ok(Received::Stray) => {}
            Ok(received) => break received,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => readable(&socket.udp).await?,
            Err(error) => return Err(error),
        }
    };
    server.put_back(socket);
    Ok(received)
}

/// Waits for a datagram, or for the network's word that none will come (a closed port).
async fn readable(socket: &UdpSocket) -> io::Result<()> {
    let ready = socket.ready(Interest::READABLE | Interest::ERROR).await?;
    if ready.is_error() {
        return Err(socket.take_error()?.unwrap_or_else(|| io::ErrorKind::ConnectionRefused.into()));
    }
    Ok(())
}

/// Not async, so that the buffer lives on the stack and not in every waiting future.
fn receive(socket: &UdpSocket, question: &Question) -> io::Result<Received> {
    let mut datagram = [0; DATAGRAM];
    let length = socket.try_recv(&mut datagram)?;
    Ok(question.receive(&datagram[..length]))
}

async fn over_tcp(server: SocketAddr, question: &Question) -> io::Result<Received> {
    let mut stream = TcpStream::connect(server).await?;
    let wire = question.wire();
    let mut message = Vec::with_capacity(wire.len() + 2);
    message.extend_from_slice(&(wire.len() as u16).to_be_bytes());
    message.extend_from_slice(wire);
    stream.write_all(&message).await?;
    let mut answer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut answer).await?;
    Ok(question.receive(&answer))
}
