//! What a message means: the chain of aliases, the addresses at its end, or why there are none.

use std::net::IpAddr;

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_resolver::proto::rr::{DNSClass, Name, RData, Record};

use crate::domain::dns::{DnsOutcome, RecordType};

/// Aliases followed at most; resolvers give up at 8 to 17.
const MAX_CHAIN: usize = 16;

/// What is known after a message.
pub(super) enum Step {
    Done(DnsOutcome),
    /// The answer stops at an alias whose target the server did not add: ask for the target.
    Follow(Name),
}

/// The way from the name asked for to the addresses.
pub(super) struct Trail {
    /// The name asked for, and where each alias led.
    pub(super) names: Vec<Name>,
    pub(super) addresses: Vec<IpAddr>,
    /// The shortest time to live along the way.
    pub(super) ttl: u32,
}

impl Trail {
    pub(super) fn new(name: Name) -> Self {
        Self { names: vec![name], addresses: Vec::new(), ttl: u32::MAX }
    }

    /// Reads one message on the way. Records of other owners than the chain's are nobody's answer and are left out.
    pub(super) fn read(&mut self, message: &Message, record_type: RecordType) -> Step {
        let before = self.names.len();
        while let Some((target, ttl)) = alias(message, self.end()) {
            if self.names.contains(target) || self.names.len() > MAX_CHAIN {
                return Step::Done(DnsOutcome::Servfail);
            }
            self.ttl = self.ttl.min(ttl);
            self.names.push(target.clone());
        }
        self.collect(message, record_type);
        let led_on = self.names.len() > before;
        match message.metadata.response_code {
            ResponseCode::NoError if !self.addresses.is_empty() => Step::Done(DnsOutcome::Resolves),
            ResponseCode::NoError if led_on && !has_soa(message) => Step::Follow(self.end().clone()),
            ResponseCode::NoError => Step::Done(if is_lame(message) { DnsOutcome::Lame } else { DnsOutcome::Nodata }),
            code => Step::Done(outcome_of(code, message, !self.addresses.is_empty())),
        }
    }

    fn end(&self) -> &Name {
        &self.names[self.names.len() - 1]
    }

    fn collect(&mut self, message: &Message, record_type: RecordType) {
        let end = &self.names[self.names.len() - 1];
        for record in records_of(message, end) {
            let address = match (&record.data, record_type) {
                (RData::A(a), RecordType::A) => IpAddr::V4(a.0),
                (RData::AAAA(aaaa), RecordType::Aaaa) => IpAddr::V6(aaaa.0),
                _ => continue,
            };
            self.ttl = self.ttl.min(record.ttl);
            self.addresses.push(address);
        }
    }
}

fn outcome_of(code: ResponseCode, message: &Message, contradicts_itself: bool) -> DnsOutcome {
    match code {
        ResponseCode::NXDomain if contradicts_itself => DnsOutcome::Servfail,
        ResponseCode::NXDomain if speaks_for_nobody(message) => DnsOutcome::Lame,
        ResponseCode::NXDomain => DnsOutcome::Nxdomain,
        ResponseCode::Refused => DnsOutcome::Refused,
        ResponseCode::NotAuth => DnsOutcome::Lame,
        ResponseCode::ServFail if tells_of_bogus(message) => DnsOutcome::Bogus,
        _ => DnsOutcome::Servfail,
    }
}

/// An empty NOERROR is a no only with authority behind it: a referral (name servers without an SOA) says "ask others",
/// and a server that neither owns the zone nor resolves for us says nothing at all.
fn is_lame(message: &Message) -> bool {
    !has_soa(message) && message.authorities.iter().any(|record| matches!(record.data, RData::NS(_)))
        || speaks_for_nobody(message)
}

fn speaks_for_nobody(message: &Message) -> bool {
    !message.metadata.authoritative && !message.metadata.recursion_available
}

fn has_soa(message: &Message) -> bool {
    soa_owner(message).is_some()
}

/// The zone whose SOA record backs a no.
pub(super) fn soa_owner(message: &Message) -> Option<&Name> {
    message.authorities.iter().find(|record| matches!(record.data, RData::SOA(_))).map(|record| &record.name)
}

/// Extended DNS error 6 to 12: the resolver's own word that validation failed (RFC 8914, 4.7 to 4.13).
fn tells_of_bogus(message: &Message) -> bool {
    const EXTENDED_ERROR: u16 = 15;
    let options = message.edns.iter().flat_map(|edns| &edns.options().options);
    options.filter(|(code, _)| *code == EdnsCode::Unknown(EXTENDED_ERROR)).any(|(_, option)| match option {
        EdnsOption::Unknown(_, data) => {
            data.first_chunk().is_some_and(|code| (6..=12).contains(&u16::from_be_bytes(*code)))
        }
        _ => false,
    })
}

fn alias<'m>(message: &'m Message, owner: &Name) -> Option<(&'m Name, u32)> {
    records_of(message, owner).find_map(|record| match &record.data {
        RData::CNAME(target) => Some((&target.0, record.ttl)),
        _ => None,
    })
}

fn records_of<'m>(message: &'m Message, owner: &Name) -> impl Iterator<Item = &'m Record> {
    message.answers.iter().filter(move |record| record.dns_class == DNSClass::IN && record.name == *owner)
}
