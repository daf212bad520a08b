//! How we ask: the DNS, and the watched sites.

use prometheus::{Histogram, IntCounter, IntCounterVec};

use super::make::{Label, Made, Maker, label};
use crate::closed_set;
use crate::domain::dns::{DnsOutcome, RecordType};
use crate::probe::http::RequestEnd;
use crate::probe::{dns, http};

/// Seconds until a name server's answer; the longest wait is two.
const DNS_BUCKETS: [f64; 8] = [0.001, 0.005, 0.02, 0.1, 0.3, 1.0, 2.0, 5.0];
/// Seconds of a request at a watched site; the longest is thirty.
const REQUEST_BUCKETS: [f64; 8] = [0.01, 0.05, 0.2, 0.5, 1.0, 3.0, 10.0, 30.0];
/// Seconds of waiting out of politeness.
const TURN_BUCKETS: [f64; 8] = [0.001, 0.1, 0.5, 1.0, 3.0, 10.0, 60.0, 300.0];

closed_set! {
    /// Where the address of a connection came from.
    pub enum AddressSource {
        Cache = "cache", "kept from a look at the name";
        Look = "look", "the name was looked at for it";
    }
}

#[derive(Debug, Clone)]
pub(super) struct Probe {
    names: IntCounterVec,
    answers: IntCounterVec,
    answer_seconds: Histogram,
    queries: IntCounter,
    addresses: IntCounterVec,
    requests: IntCounterVec,
    request_seconds: Histogram,
    bytes: IntCounter,
    turn_seconds: Histogram,
}

impl Probe {
    pub fn new(make: &mut Maker<'_>) -> Made<Self> {
        let outcome = || label!("outcome", DnsOutcome);
        let types: Vec<&str> = RecordType::ALL.iter().map(|one| one.name()).collect();
        let record_type = Label { name: "type", set: "RecordType", values: types };
        Ok(Self {
            names: make.counters(
                "dns_looks_total",
                "Names looked at, by what all servers' answers come to",
                &[outcome()],
            )?,
            answers: make.counters(
                "dns_answers_total",
                "Answers of single name servers, silence among them",
                &[record_type, outcome()],
            )?,
            answer_seconds: make.histogram(
                "dns_answer_seconds",
                "From a question to its answer, further queries for aliases and TCP among it",
                &DNS_BUCKETS,
            )?,
            queries: make.counter("dns_queries_total", "Queries sent")?,
            addresses: make.counters(
                "dns_addresses_total",
                "Addresses asked for by connections",
                &[label!("source", AddressSource)],
            )?,
            requests: make.counters(
                "crawl_requests_total",
                "Requests to watched sites, each redirect one of its own",
                &[label!("end", RequestEnd)],
            )?,
            request_seconds: make.histogram(
                "crawl_request_seconds",
                "Time of a request to a watched site, waiting for the turn left out",
                &REQUEST_BUCKETS,
            )?,
            bytes: make.counter("crawl_bytes_total", "Bytes of bodies, decompressed")?,
            turn_seconds: make.histogram(
                "crawl_turn_seconds",
                "How long a request waited for its turn at the site and at its address",
                &TURN_BUCKETS,
            )?,
        })
    }

    pub fn dns(&self, heard: dns::Heard<'_>) {
        match heard {
            dns::Heard::Name(look) => self.names.with_label_values(&[look.outcome.name()]).inc(),
            dns::Heard::Answer(answer) => {
                self.answers.with_label_values(&[answer.record_type.name(), answer.outcome.name()]).inc();
                self.answer_seconds.observe(answer.elapsed.as_secs_f64());
                self.queries.inc_by(answer.queries.into());
            }
            dns::Heard::Address { cached } => {
                let source = if cached { AddressSource::Cache } else { AddressSource::Look };
                self.addresses.with_label_values(&[source.name()]).inc();
            }
        }
    }

    pub fn http(&self, heard: http::Heard) {
        match heard {
            http::Heard::Turn { waited } => self.turn_seconds.observe(waited.as_secs_f64()),
            http::Heard::Request { end, took, bytes } => {
                self.requests.with_label_values(&[end.name()]).inc();
                self.request_seconds.observe(took.as_secs_f64());
                self.bytes.inc_by(bytes as u64);
            }
        }
    }
}
