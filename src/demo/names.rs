//! An authoritative name server on loopback, UDP and TCP: it says of every name what it was told.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hickory_resolver::proto::op::{Message, Metadata, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, NS, SOA};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::task::JoinSet;

use super::loopback::{serve_all, udp_and_tcp};

/// How long an answer may be kept, in seconds: short, so that a change of the story is seen soon.
const TTL: u32 = 5;
/// Aliases that are followed within one answer.
const MOST_ALIASES: usize = 8;
/// The largest question that is read over UDP.
const DATAGRAM: usize = 4096;

/// What is said of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// These addresses, each for its own type of question.
    Addresses(Vec<IpAddr>),
    /// An alias; the target's own answer follows.
    Alias(String),
    /// The name does not exist, says the zone above it: nobody holds it, or its registry stopped it.
    NxDomain,
    /// The name does not exist, says its own zone: who holds it took it out.
    Deleted,
    /// The name stands, without addresses.
    NoData,
    /// The server is not well.
    ServFail,
    /// The server does not want to answer.
    Refused,
    /// A referral: the server says that it is not its business.
    Lame,
    /// No answer at all.
    Silent,
}

impl From<Ipv4Addr> for Answer {
    fn from(address: Ipv4Addr) -> Self {
        Self::Addresses(vec![address.into()])
    }
}

/// What is said of all names. Names that it was not told of do not exist.
#[derive(Debug, Default)]
pub struct Zone {
    answers: Mutex<HashMap<String, Answer>>,
    queries: Mutex<HashMap<String, usize>>,
}

/// A running name server; it stops when dropped.
#[derive(Debug)]
pub struct NameServer {
    /// Where it listens, for UDP and TCP.
    pub address: SocketAddr,
    /// What it says; may be changed while it runs.
    pub zone: Arc<Zone>,
    _tasks: JoinSet<()>,
}

impl NameServer {
    /// Starts on a free port of 127.0.0.1; to be called inside a runtime.
    pub async fn start() -> io::Result<Self> {
        let (udp, tcp) = udp_and_tcp().await?;
        let (address, zone) = (udp.local_addr()?, Arc::<Zone>::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(answer_datagrams(udp, zone.clone()));
        let shared = zone.clone();
        tasks.spawn(serve_all(tcp, move |stream| answer_stream(stream, shared.clone())));
        Ok(Self { address, zone, _tasks: tasks })
    }
}

async fn answer_datagrams(socket: UdpSocket, zone: Arc<Zone>) {
    let mut buffer = [0; DATAGRAM];
    loop {
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
        if let Some(bytes) = zone.reply(&buffer[..length]) {
            let _ = socket.send_to(&bytes, peer).await;
        }
    }
}

/// Messages with their length before them (RFC 1035, 4.2.2), until the other side has no more to ask.
async fn answer_stream(mut stream: TcpStream, zone: Arc<Zone>) {
    while let Ok(length) = stream.read_u16().await {
        let mut question = vec![0; usize::from(length)];
        if stream.read_exact(&mut question).await.is_err() {
            return;
        }
        let Some(bytes) = zone.reply(&question) else { continue };
        let Ok(length) = u16::try_from(bytes.len()) else { return };
        if stream.write_all(&[&length.to_be_bytes()[..], &bytes].concat()).await.is_err() {
            return;
        }
    }
}

fn key(name: &str) -> String {
    let name = name.trim_end_matches('.');
    idna::domain_to_ascii(name).unwrap_or_else(|_| name.to_ascii_lowercase())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Zone {
    /// Sets what is said of `name` (A-labels or Unicode).
    pub fn set(&self, name: &str, answer: impl Into<Answer>) {
        lock(&self.answers).insert(key(name), answer.into());
    }

    /// How many questions came for `name`, of every type.
    pub fn queries(&self, name: &str) -> usize {
        lock(&self.queries).get(&key(name)).copied().unwrap_or_default()
    }

    /// The reply to one message; `None` for what is no question, and where silence was asked for.
    fn reply(&self, message: &[u8]) -> Option<Vec<u8>> {
        let query = Message::from_vec(message).ok()?;
        let question = query.queries.first()?;
        let mut reply = Message::response(query.metadata.id, query.metadata.op_code);
        reply.add_query(question.clone());
        if let Some(edns) = &query.edns {
            reply.set_edns(edns.clone());
        }
        *lock(&self.queries).entry(key(&question.name.to_ascii())).or_default() += 1;
        let code = self.fill(&mut reply, question.name.clone(), question.query_type, MOST_ALIASES)?;
        reply.metadata = Metadata::response_from_request(&query.metadata);
        // It stands in for the whole tree, so it answers as a resolver would.
        reply.metadata.recursion_available = true;
        reply.metadata.response_code = code;
        reply.to_vec().ok()
    }

    /// An untold name does not exist, but stands without data where a told one is below it (RFC 8020).
    fn answer(&self, name: &str) -> Answer {
        let answers = lock(&self.answers);
        let is_above = |known: &String| known.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
        let exists = |answer: &Answer| !matches!(answer, Answer::NxDomain | Answer::Deleted);
        match answers.get(name) {
            Some(answer) => answer.clone(),
            None if answers.iter().any(|(known, answer)| is_above(known) && exists(answer)) => Answer::NoData,
            None => Answer::NxDomain,
        }
    }

    fn fill(&self, reply: &mut Message, name: Name, kind: RecordType, aliases: usize) -> Option<ResponseCode> {
        let code = match self.answer(&key(&name.to_ascii())) {
            Answer::Silent => return None,
            Answer::ServFail => ResponseCode::ServFail,
            Answer::Refused => ResponseCode::Refused,
            Answer::NxDomain => deny(reply, &zone_of(&name).base_name(), ResponseCode::NXDomain),
            Answer::Deleted => deny(reply, &zone_of(&name), ResponseCode::NXDomain),
            Answer::NoData => deny(reply, &zone_of(&name), ResponseCode::NoError),
            Answer::Lame => {
                reply.add_authority(record(&name.base_name(), RData::NS(NS(server_name()))));
                ResponseCode::NoError
            }
            Answer::Alias(target) => {
                let target = Name::from_ascii(format!("{}.", key(&target))).ok()?;
                reply.add_answer(record(&name, RData::CNAME(CNAME(target.clone()))));
                if kind == RecordType::CNAME || aliases == 0 {
                    return Some(ResponseCode::NoError);
                }
                return self.fill(reply, target, kind, aliases - 1);
            }
            Answer::Addresses(addresses) => {
                let fitting: Vec<_> = addresses.iter().filter_map(|a| address_record(&name, *a, kind)).collect();
                if fitting.is_empty() {
                    return Some(deny(reply, &zone_of(&name), ResponseCode::NoError));
                }
                reply.add_answers(fitting);
                ResponseCode::NoError
            }
        };
        Some(code)
    }
}

fn record(owner: &Name, data: RData) -> Record {
    Record::from_rdata(owner.clone(), TTL, data)
}

fn address_record(name: &Name, address: IpAddr, kind: RecordType) -> Option<Record> {
    match (address, kind) {
        (IpAddr::V4(v4), RecordType::A) => Some(record(name, RData::A(A(v4)))),
        (IpAddr::V6(v6), RecordType::AAAA) => Some(record(name, RData::AAAA(AAAA(v6)))),
        _ => None,
    }
}

fn server_name() -> Name {
    Name::from_ascii("ns.registry.test.").unwrap_or_else(|_| Name::root())
}

/// The zone a name stands in: `www.` is none of its own.
fn zone_of(name: &Name) -> Name {
    if name.iter().next() == Some(b"www") { name.base_name() } else { name.clone() }
}

/// A negative answer with the SOA of the zone that says it, as RFC 2308 asks.
fn deny(reply: &mut Message, zone: &Name, code: ResponseCode) -> ResponseCode {
    let soa = SOA::new(server_name(), server_name(), 1, 3600, 600, 86_400, TTL);
    reply.add_authority(record(zone, RData::SOA(soa)));
    code
}
