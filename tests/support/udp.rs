//! A name server in the test's own process, for what no real server does: silence, lies and garbage.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use badgewatch::demo::loopback::udp_and_tcp;
use hickory_resolver::proto::op::{Message, OpCode};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;

/// How a question came in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Over {
    Udp,
    Tcp,
}

/// What goes back: from the server's own address, or from somebody else's.
pub enum Reply {
    Own(Vec<u8>),
    Stranger(Vec<u8>),
}

/// A server that answers as its script says, over UDP and TCP; it ends with the value.
pub struct Scripted {
    pub address: SocketAddr,
    queries: Arc<AtomicU32>,
    _tasks: JoinSet<()>,
}

impl Scripted {
    pub async fn start(script: impl Fn(&Message, Over) -> Vec<Reply> + Send + Sync + 'static) -> Self {
        let (udp, tcp) = udp_and_tcp().await.unwrap();
        let address = udp.local_addr().unwrap();
        let (script, queries) = (Arc::new(script), Arc::new(AtomicU32::new(0)));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve_udp(udp, script.clone(), queries.clone()));
        tasks.spawn(serve_tcp(tcp, script, queries.clone()));
        Self { address, queries, _tasks: tasks }
    }

    /// Queries received so far.
    pub fn queries(&self) -> u32 {
        self.queries.load(Ordering::SeqCst)
    }
}

async fn serve_udp<S: Fn(&Message, Over) -> Vec<Reply>>(udp: UdpSocket, script: Arc<S>, queries: Arc<AtomicU32>) {
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut datagram = [0; 4096];
    loop {
        let (length, client) = udp.recv_from(&mut datagram).await.unwrap();
        let query = Message::from_vec(&datagram[..length]).unwrap();
        queries.fetch_add(1, Ordering::SeqCst);
        for reply in script(&query, Over::Udp) {
            let sent = match reply {
                Reply::Own(bytes) => udp.send_to(&bytes, client).await,
                Reply::Stranger(bytes) => stranger.send_to(&bytes, client).await,
            };
            // a client that went away is none of the server's business
            let _ = sent;
        }
    }
}

async fn serve_tcp<S: Fn(&Message, Over) -> Vec<Reply>>(tcp: TcpListener, script: Arc<S>, queries: Arc<AtomicU32>) {
    loop {
        let (mut client, _) = tcp.accept().await.unwrap();
        let Ok(length) = client.read_u16().await else { continue };
        let mut query = vec![0; usize::from(length)];
        if client.read_exact(&mut query).await.is_err() {
            continue;
        }
        queries.fetch_add(1, Ordering::SeqCst);
        for reply in script(&Message::from_vec(&query).unwrap(), Over::Tcp) {
            let (Reply::Own(bytes) | Reply::Stranger(bytes)) = reply;
            let _ = client.write_u16(bytes.len() as u16).await;
            let _ = client.write_all(&bytes).await;
        }
    }
}

/// An empty answer to a query, as a resolver would give it.
pub fn reply_to(query: &Message) -> Message {
    let mut reply = Message::response(query.id, OpCode::Query);
    reply.metadata.recursion_available = true;
    reply.queries = query.queries.clone();
    reply
}

/// An answer with this address for an A question, and an empty one for any other.
pub fn with_address(query: &Message, address: [u8; 4]) -> Message {
    let mut reply = reply_to(query);
    if query.queries[0].query_type() == RecordType::A {
        reply.add_answer(record(query.queries[0].name().clone(), RData::A(Ipv4Addr::from(address).into())));
    }
    reply
}

pub fn record(name: Name, data: RData) -> Record {
    Record::from_rdata(name, 300, data)
}

/// One message as the only reply.
pub fn own(message: &Message) -> Vec<Reply> {
    vec![Reply::Own(message.to_vec().unwrap())]
}
