//! What the DNS says of a name: the closed set of outcomes, and how many answers become one word.
//!
//! A name is called dead only on proof, so the rule is one order of weight: the weightiest answer is the outcome.
//! An address outweighs everything, and any trouble outweighs every "no".

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::host::Host;
use super::verdict::Reason;
use crate::closed_set;

closed_set! {
    /// The outcome of asking for a name, **in the order of weight**: of several answers, the first of this table counts.
    ///
    /// "No" (`nodata`, `nxdomain`) stands last: it is the outcome only when every answer of every server says no.
    /// Of two kinds of no the milder one counts: `nodata` grants that the name exists.
    pub enum DnsOutcome {
        Resolves = "resolves", "可以解析 · at least one server gives an address (A or AAAA)";
        Bogus = "bogus", "DNSSEC 验证失败 · the answer exists but fails DNSSEC validation (RFC 4035, 4.3)";
        Lame = "lame", "域名服务器不负责该域名 · the server asked is not responsible for the name: a referral, or a word without authority (RFC 8499)";
        Refused = "refused", "域名服务器拒绝回答 · the server answers REFUSED";
        Servfail = "servfail", "域名服务器故障 · SERVFAIL or another error code, a loop of aliases (CNAME), a chain too long to follow";
        Timeout = "timeout", "无应答 · no valid answer within the limits of time and queries";
        Nodata = "nodata", "域名存在但没有地址记录 · the name exists and has neither A nor AAAA (RFC 2308, 2.2)";
        Nxdomain = "nxdomain", "域名不存在 · the name, or the one its alias leads to, does not exist (RFC 2308, 2.1)";
    }
}

impl DnsOutcome {
    /// The outcome of several answers; without any answer nobody was heard.
    pub fn combine(outcomes: impl IntoIterator<Item = DnsOutcome>) -> DnsOutcome {
        outcomes.into_iter().min().unwrap_or(DnsOutcome::Timeout)
    }

    /// Does the server say that there is no address?
    pub const fn is_no(self) -> bool {
        matches!(self, Self::Nodata | Self::Nxdomain)
    }

    /// Why the name is undetermined; `None` where the DNS did tell (an address, or a no).
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::Resolves | Self::Nodata | Self::Nxdomain => None,
            Self::Bogus => Some(Reason::DnsBogus),
            Self::Lame => Some(Reason::DnsLame),
            Self::Refused => Some(Reason::DnsRefused),
            Self::Servfail => Some(Reason::DnsServfail),
            Self::Timeout => Some(Reason::DnsTimeout),
        }
    }
}

closed_set! {
    /// The record types a site's name is asked for.
    pub enum RecordType {
        A = "A", "IPv4 address (RFC 1035, 3.4.1)";
        Aaaa = "AAAA", "IPv6 address (RFC 3596)";
    }
}

/// The response code of an answer, extended by EDNS (RFC 6895, 2.3), kept as evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rcode(pub u16);

impl fmt::Display for Rcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 11] = [
            "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET",
            "NOTAUTH", "NOTZONE",
        ];
        match NAMES.get(usize::from(self.0)) {
            Some(name) => f.write_str(name),
            None if self.0 == 16 => f.write_str("BADVERS"),
            None => write!(f, "RCODE{}", self.0),
        }
    }
}

impl Serialize for Rcode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What one server said of one name and one record type: the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The server that was asked.
    pub server: SocketAddr,
    /// What it was asked for.
    pub record_type: RecordType,
    /// What its answer means.
    pub outcome: DnsOutcome,
    /// The response code; `None` where no answer came.
    pub rcode: Option<Rcode>,
    /// The addresses at the end of the chain.
    pub addresses: Vec<IpAddr>,
    /// The names the aliases (CNAME) led to, in order, without the name asked for; A-labels.
    pub chain: Vec<String>,
    /// The zone that said no: the owner of the SOA record in the authority section (RFC 2308, 3).
    pub soa_owner: Option<String>,
    /// AA: the server speaks for the zone itself.
    pub authoritative: bool,
    /// AD: the server has validated the answer by DNSSEC (RFC 4035, 3.2.3).
    pub authenticated: bool,
    /// The shortest time to live along the chain, in seconds; 0 without an address.
    pub ttl: u32,
    /// From the first query to the last answer.
    #[serde(rename = "elapsed_ms", serialize_with = "milliseconds")]
    pub elapsed: Duration,
    /// Queries sent for this answer: further ones follow aliases or repeat a truncated answer over TCP.
    pub queries: u32,
}

/// What the DNS says of one name, with the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NameLook {
    /// The name asked for.
    #[serde(serialize_with = "a_labels")]
    pub name: Host,
    /// The combined outcome.
    pub outcome: DnsOutcome,
    /// The response code of the answer that decided.
    pub rcode: Option<Rcode>,
    /// Every address any server gave, each once.
    pub addresses: Vec<IpAddr>,
    /// The chain of the answer that decided.
    pub chain: Vec<String>,
    /// Every answer, in the order of asking.
    pub answers: Vec<Answer>,
    /// Did all answers for the same record type say the same?
    pub agreed: bool,
    /// Queries sent in total.
    pub queries: u32,
    /// Seconds for which the addresses hold; 0 without an address.
    pub ttl: u32,
}

impl NameLook {
    /// Combines the answers of all servers for a name.
    pub fn from_answers(name: Host, answers: Vec<Answer>) -> Self {
        let outcome = DnsOutcome::combine(answers.iter().map(|answer| answer.outcome));
        let decided = answers.iter().find(|answer| answer.outcome == outcome);
        let mut addresses: Vec<IpAddr> = Vec::new();
        for address in answers.iter().flat_map(|answer| &answer.addresses) {
            if !addresses.contains(address) {
                addresses.push(*address);
            }
        }
        Self {
            name,
            outcome,
            rcode: decided.and_then(|answer| answer.rcode),
            addresses,
            chain: decided.map(|answer| answer.chain.clone()).unwrap_or_default(),
            agreed: agreed(&answers),
            queries: answers.iter().map(|answer| answer.queries).sum(),
            ttl: answers.iter().filter(|a| !a.addresses.is_empty()).map(|a| a.ttl).min().unwrap_or(0),
            answers,
        }
    }
}

fn agreed(answers: &[Answer]) -> bool {
    RecordType::ALL.iter().all(|kind| {
        let mut outcomes = answers.iter().filter(|a| a.record_type == *kind).map(|a| a.outcome);
        let first = outcomes.next();
        outcomes.all(|outcome| Some(outcome) == first)
    })
}

fn a_labels<S: Serializer>(host: &Host, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(host.ascii())
}

fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_micros() as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(record_type: RecordType, outcome: DnsOutcome, last: u8) -> Answer {
        let found = outcome == DnsOutcome::Resolves;
        Answer {
            server: SocketAddr::from(([127, 0, 0, 1], 53)),
            record_type,
            outcome,
            rcode: Some(Rcode(if outcome == DnsOutcome::Nxdomain { 3 } else { 0 })),
            addresses: found.then(|| IpAddr::from([192, 0, 2, last])).into_iter().collect(),
            chain: Vec::new(),
            soa_owner: None,
            authoritative: false,
            authenticated: false,
            ttl: if found { 60 + u32::from(last) } else { 0 },
            elapsed: Duration::from_millis(3),
            queries: 1,
        }
    }

    fn look(outcomes: &[(RecordType, DnsOutcome)]) -> NameLook {
        let answers = outcomes.iter().zip(1..).map(|((kind, outcome), last)| answer(*kind, *outcome, last)).collect();
        NameLook::from_answers(Host::parse("www.yunxi.gov.test").unwrap(), answers)
    }

    #[test]
    fn a_no_stands_only_beside_other_noes() {
        use {DnsOutcome::*, RecordType::*};
        assert_eq!(look(&[(A, Nxdomain), (Aaaa, Nxdomain)]).outcome, Nxdomain);
        assert_eq!(look(&[(A, Nxdomain), (Aaaa, Nodata)]).outcome, Nodata, "the name exists");
        for trouble in [Servfail, Refused, Timeout, Lame, Bogus] {
            assert_eq!(look(&[(A, Nxdomain), (Aaaa, trouble)]).outcome, trouble, "the no is not proven");
        }
        assert_eq!(look(&[]).outcome, Timeout, "nobody was heard");
    }

    #[test]
    fn the_servers_agree_type_by_type() {
        use {DnsOutcome::*, RecordType::*};
        assert!(look(&[(A, Nodata), (Aaaa, Resolves), (A, Nodata)]).agreed);
        assert!(!look(&[(A, Nxdomain), (Aaaa, Nxdomain), (A, Nodata), (Aaaa, Nxdomain)]).agreed);
    }

    #[test]
    fn the_evidence_reads_as_json() {
        let look = look(&[(RecordType::A, DnsOutcome::Resolves), (RecordType::Aaaa, DnsOutcome::Nodata)]);
        let json = serde_json::to_value(&look).unwrap();
        assert_eq!(json["name"], "www.yunxi.gov.test");
        assert_eq!(json["outcome"], "resolves");
        assert_eq!(json["rcode"], "NOERROR");
        assert_eq!(json["addresses"][0], "192.0.2.1");
        assert_eq!(json["answers"][1]["record_type"], "AAAA");
        assert_eq!(json["answers"][0]["elapsed_ms"], 3.0);
        assert_eq!(json["ttl"], 61);
        assert_eq!(
            [Rcode(5), Rcode(16), Rcode(4000)].map(|code| code.to_string()),
            ["REFUSED", "BADVERS", "RCODE4000"]
        );
    }

    fn outcomes() -> impl Strategy<Value = Vec<(RecordType, DnsOutcome)>> {
        let one = (proptest::sample::select(RecordType::ALL), proptest::sample::select(DnsOutcome::ALL));
        proptest::collection::vec(one, 1..12)
    }

    proptest! {
        #[test]
        fn an_address_anywhere_resolves_and_a_no_needs_everybody(given in outcomes()) {
            let look = look(&given);
            let any = |wanted: fn(DnsOutcome) -> bool| given.iter().any(|(_, outcome)| wanted(*outcome));
            prop_assert_eq!(look.outcome == DnsOutcome::Resolves, any(|o| o == DnsOutcome::Resolves));
            prop_assert_eq!(look.outcome.is_no(), !any(|o| !o.is_no()));
            prop_assert_eq!(look.outcome == DnsOutcome::Nxdomain, !any(|o| o != DnsOutcome::Nxdomain));
            prop_assert!(any(|o| o.reason().is_some()) || look.outcome.reason().is_none());
            prop_assert_eq!(look.addresses.is_empty(), look.outcome != DnsOutcome::Resolves);
            prop_assert_eq!(look.queries as usize, given.len());
        }

        #[test]
        fn the_order_of_asking_decides_nothing(given in outcomes(), turn in 0usize..12) {
            let mut turned = given.clone();
            turned.rotate_left(turn % given.len());
            prop_assert_eq!(look(&given).outcome, look(&turned).outcome);
            prop_assert_eq!(look(&given).agreed, look(&turned).agreed);
        }
    }
}
