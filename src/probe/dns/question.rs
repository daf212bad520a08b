//! One question on the wire, and the test whether a datagram answers it.

use hickory_resolver::proto::op::{Edns, Message, Query};
use hickory_resolver::proto::rr;

use crate::domain::dns::RecordType;
use crate::domain::host::Host;

const HEADER: usize = 12;
/// An OPT record without options, which ends our queries (RFC 6891, 6.1.2).
const OPT: usize = 11;

/// A query as sent: a fresh random id each time (RFC 5452, 9.2).
pub(super) struct Question {
    wire: Vec<u8>,
    /// Where the question section ends.
    end: usize,
}

/// What a received datagram is to a question.
#[derive(Debug)]
pub(super) enum Received {
    /// The answer.
    Answer(Box<Message>),
    /// The answer does not fit into a datagram: ask again over TCP (RFC 7766, 5).
    Truncated,
    /// Not ours, or not readable: wait on. To end the wait here would let anybody on the path of a guess silence a name.
    Stray,
}

/// The wire name of a host; `None` only where the DNS has no room for it.
pub(super) fn wire_name(host: &Host) -> Option<rr::Name> {
    let mut name = rr::Name::from_labels(host.ascii().split('.').map(str::as_bytes)).ok()?;
    name.set_fqdn(true);
    Some(name)
}

impl Question {
    /// Asks for a name with recursion and EDNS. AD in a query asks for the AD bit of the answer (RFC 6840, 5.7) and spares
    /// the signatures that the DO bit would bring. `unchecked` sets CD: the resolver shall not validate (RFC 4035, 3.2.2).
    pub(super) fn new(name: rr::Name, record_type: RecordType, unchecked: bool) -> Option<Self> {
        let mut message = Message::query();
        message.metadata.recursion_desired = true;
        message.metadata.authentic_data = true;
        message.metadata.checking_disabled = unchecked;
        message.add_query(Query::query(name, wire_type(record_type)));
        message.set_edns(Edns::new());
        let wire = message.to_vec().ok()?;
        Some(Self { end: wire.len().checked_sub(OPT)?, wire })
    }

    /// The bytes to send.
    pub(super) fn wire(&self) -> &[u8] {
        &self.wire
    }

    /// Reads a datagram: the id, the kind of message and the question section have to be ours (RFC 5452, 4.2 and 9.1).
    pub(super) fn receive(&self, datagram: &[u8]) -> Received {
        if !self.is_answered_by(datagram) {
            return Received::Stray;
        }
        if datagram[2] & 0x02 != 0 {
            return Received::Truncated;
        }
        Message::from_vec(datagram).map_or(Received::Stray, |message| Received::Answer(Box::new(message)))
    }

    fn is_answered_by(&self, datagram: &[u8]) -> bool {
        let (Some(head), Some(section)) = (datagram.get(..HEADER), datagram.get(HEADER..self.end)) else {
            return false;
        };
        let is_response_to_a_query = head[2] & 0xf8 == 0x80;
        head[..2] == self.wire[..2]
            && is_response_to_a_query
            && head[4..6] == [0, 1]
            && section.eq_ignore_ascii_case(&self.wire[HEADER..self.end])
    }
}

fn wire_type(record_type: RecordType) -> rr::RecordType {
    match record_type {
        RecordType::A => rr::RecordType::A,
        RecordType::Aaaa => rr::RecordType::AAAA,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn question() -> Question {
        let name = wire_name(&Host::parse("www.yunxi.gov.test").unwrap()).unwrap();
        Question::new(name, RecordType::A, false).unwrap()
    }

    /// The question thrown back with the bit that makes it an answer.
    fn echo(question: &Question) -> Vec<u8> {
        let mut bytes = question.wire().to_vec();
        bytes[2] |= 0x80;
        bytes
    }

    #[test]
    fn an_answer_is_known_by_its_question_in_whatever_case() {
        let question = question();
        let mut bytes = echo(&question);
        bytes[HEADER + 1..HEADER + 4].make_ascii_uppercase();
        assert!(matches!(question.receive(&bytes), Received::Answer(_)));
        bytes[HEADER + 1] = b'x';
        assert!(matches!(question.receive(&bytes), Received::Stray));
    }

    #[test]
    fn ids_do_not_repeat_themselves() {
        let ids: std::collections::HashSet<_> = (0..64).map(|_| question().wire()[..2].to_vec()).collect();
        assert!(ids.len() > 32, "{} different ids of 64", ids.len());
    }

    proptest! {
        #[test]
        fn no_datagram_panics(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert!(matches!(question().receive(&bytes), Received::Stray));
        }

        #[test]
        fn no_tail_panics(tail in proptest::collection::vec(any::<u8>(), 0..300), counts in any::<[u8; 6]>()) {
            let question = question();
            let mut bytes = echo(&question);
            bytes.truncate(question.end);
            bytes[6..12].copy_from_slice(&counts);
            bytes.extend_from_slice(&tail);
            let _ = question.receive(&bytes);
        }
    }
}
