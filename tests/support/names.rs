//! A name server on loopback that answers as told, like a resolver in front of the whole tree.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use hickory_resolver::proto::op::{Message, Metadata, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, NS, SOA};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use tokio::net::UdpSocket;
use tokio::runtime::Runtime;

/// What is said of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Addresses(Vec<IpAddr>),
    /// An alias; the target's own answer follows.
    Alias(String),
    NxDomain,
    /// The name stands, without addresses.
    NoData,
    ServFail,
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

#[derive(Default)]
struct Zone {
    answers: Mutex<HashMap<String, Answer>>,
    queries: Mutex<HashMap<String, usize>>,
}

/// A running name server; it stops when dropped. Names that it was not told of are NXDOMAIN.
pub struct Names {
    pub address: SocketAddr,
    zone: Arc<Zone>,
    runtime: Option<Runtime>,
}

impl Names {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        let zone = Arc::<Zone>::default();
        let shared = zone.clone();
        runtime.spawn(async move { listen(UdpSocket::from_std(socket).unwrap(), shared).await });
        Self { address, zone, runtime: Some(runtime) }
    }

    /// Sets what is said of `name` (A-labels or Unicode).
    pub fn set(&self, name: &str, answer: impl Into<Answer>) {
        self.zone.answers.lock().unwrap().insert(key(name), answer.into());
    }

    /// How many queries came for `name`, of every type.
    pub fn queries(&self, name: &str) -> usize {
        self.zone.queries.lock().unwrap().get(&key(name)).copied().unwrap_or_default()
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn key(name: &str) -> String {
    let name = name.trim_end_matches('.');
    idna::domain_to_ascii(name).unwrap_or_else(|_| name.to_ascii_lowercase())
}

async fn listen(socket: UdpSocket, zone: Arc<Zone>) {
    let mut buffer = [0; 4096];
    loop {
        let Ok((length, peer)) = socket.recv_from(&mut buffer).await else { continue };
        let Ok(query) = Message::from_vec(&buffer[..length]) else { continue };
        if let Some(bytes) = zone.reply(&query).and_then(|reply| reply.to_vec().ok()) {
            let _ = socket.send_to(&bytes, peer).await;
        }
    }
}

impl Zone {
    /// The reply to one query, `None` where silence was asked for.
    fn reply(&self, query: &Message) -> Option<Message> {
        let question = query.queries.first()?;
        let mut metadata = Metadata::response_from_request(&query.metadata);
        metadata.recursion_available = true;
        let mut reply = Message::response(query.metadata.id, query.metadata.op_code);
        reply.add_query(question.clone());
        if let Some(edns) = &query.edns {
            reply.set_edns(edns.clone());
        }
        *self.queries.lock().unwrap().entry(key(&question.name.to_ascii())).or_default() += 1;
        metadata.response_code = self.fill(&mut reply, question.name.clone(), question.query_type, 8)?;
        reply.metadata = metadata;
        Some(reply)
    }

    /// An untold name is NXDOMAIN, but NODATA where a told one stands below it (RFC 8020).
    fn answer(&self, name: &str) -> Answer {
        let answers = self.answers.lock().unwrap();
        let parent = || answers.keys().any(|known| known.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')));
        match answers.get(name) {
            Some(answer) => answer.clone(),
            None if parent() => Answer::NoData,
            None => Answer::NxDomain,
        }
    }

    fn fill(&self, reply: &mut Message, name: Name, kind: RecordType, hops: usize) -> Option<ResponseCode> {
        let code = match self.answer(&key(&name.to_ascii())) {
            Answer::Silent => return None,
            Answer::ServFail => ResponseCode::ServFail,
            Answer::Refused => ResponseCode::Refused,
            Answer::NxDomain => deny(reply, &name, ResponseCode::NXDomain),
            Answer::NoData => deny(reply, &name, ResponseCode::NoError),
            Answer::Lame => {
                let server = Name::from_ascii("ns.elsewhere.test.").unwrap();
                reply.add_authority(Record::from_rdata(name.base_name(), 60, RData::NS(NS(server))));
                ResponseCode::NoError
            }
            Answer::Alias(target) => {
                let target = Name::from_ascii(format!("{}.", key(&target))).unwrap();
                reply.add_answer(Record::from_rdata(name, 60, RData::CNAME(CNAME(target.clone()))));
                if kind == RecordType::CNAME || hops == 0 {
                    return Some(ResponseCode::NoError);
                }
                return self.fill(reply, target, kind, hops - 1);
            }
            Answer::Addresses(addresses) => {
                let fitting: Vec<_> = addresses.iter().filter_map(|a| address_record(&name, *a, kind)).collect();
                if fitting.is_empty() {
                    return Some(deny(reply, &name, ResponseCode::NoError));
                }
                reply.add_answers(fitting);
                ResponseCode::NoError
            }
        };
        Some(code)
    }
}

fn address_record(name: &Name, address: IpAddr, kind: RecordType) -> Option<Record> {
    let data = match (address, kind) {
        (IpAddr::V4(v4), RecordType::A) => RData::A(A(v4)),
        (IpAddr::V6(v6), RecordType::AAAA) => RData::AAAA(AAAA(v6)),
        _ => return None,
    };
    Some(Record::from_rdata(name.clone(), 60, data))
}

/// A negative answer with the SOA of the parent zone, as RFC 2308 asks.
fn deny(reply: &mut Message, name: &Name, code: ResponseCode) -> ResponseCode {
    let owner = name.base_name();
    let server = Name::from_ascii("ns.registry.test.").unwrap();
    let soa = SOA::new(server.clone(), server, 1, 3600, 600, 86_400, 60);
    reply.add_authority(Record::from_rdata(owner, 60, RData::SOA(soa)));
    code
}
