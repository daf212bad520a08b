//! One server's answer for one name and one record type.

use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::rr::Name;
use tokio::time::Instant;

use super::allowance::Allowance;
use super::exchange::exchange;
use super::question::{Question, wire_name};
use super::reading::{Step, Trail, soa_owner};
use super::sockets::Server;
use crate::domain::dns::{Answer, DnsOutcome, Rcode, RecordType};
use crate::domain::host::Host;

/// What to ask and whom.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) server: &'a Server,
    pub(super) host: &'a Host,
    pub(super) record_type: RecordType,
    /// Without DNSSEC validation (CD).
    pub(super) unchecked: bool,
}

impl Ask<'_> {
    /// Asks, follows aliases as far as the allowance goes, and always has an answer: silence is `timeout`.
    pub(super) async fn answer(self, allowance: &Allowance) -> Answer {
        let started = Instant::now();
        let mut answer = self.silence();
        if let Some(name) = wire_name(self.host) {
            let mut trail = Trail::new(name);
            answer.outcome = self.walk(&mut trail, allowance, &mut answer).await;
            answer.chain = trail.names[1..].iter().map(text).collect();
            if answer.outcome == DnsOutcome::Resolves {
                answer.ttl = trail.ttl;
                answer.addresses = trail.addresses;
            }
        }
        answer.elapsed = started.elapsed();
        answer
    }

    async fn walk(self, trail: &mut Trail, allowance: &Allowance, answer: &mut Answer) -> DnsOutcome {
        let mut name = trail.names[0].clone();
        loop {
            let Some(question) = Question::new(name, self.record_type, self.unchecked) else {
                return DnsOutcome::Servfail;
            };
            let Some(message) = exchange(self.server, &question, allowance, &mut answer.queries).await else {
                return DnsOutcome::Timeout;
            };
            note(answer, &message);
            match trail.read(&message, self.record_type) {
                Step::Done(outcome) => return outcome,
                Step::Follow(target) => name = target,
            }
        }
    }

    fn silence(self) -> Answer {
        Answer {
            server: self.server.address,
            record_type: self.record_type,
            outcome: DnsOutcome::Timeout,
            rcode: None,
            addresses: Vec::new(),
            chain: Vec::new(),
            soa_owner: None,
            authoritative: false,
            authenticated: false,
            ttl: 0,
            elapsed: Default::default(),
            queries: 0,
        }
    }
}

fn note(answer: &mut Answer, message: &Message) {
    answer.rcode = Some(Rcode(message.metadata.response_code.into()));
    answer.authoritative = message.metadata.authoritative;
    answer.authenticated = message.metadata.authentic_data;
    answer.soa_owner = soa_owner(message).map(text);
}

fn text(name: &Name) -> String {
    let mut text = name.to_ascii().to_ascii_lowercase();
    if text.len() > 1 && text.ends_with('.') {
        text.pop();
    }
    text
}
