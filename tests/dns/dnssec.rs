//! A validating resolver: signatures that hold, and one that does not.

use badgewatch::domain::dns::{DnsOutcome, RecordType};

use crate::nsd::{Server, have, nsd, sign, unbound};
use crate::{host, resolver};

const ZONE: &str = "$ORIGIN signed.test.
$TTL 3600
@ SOA ns hostmaster 1 3600 900 86400 300
@ NS ns
ns A 127.0.0.1
good A 192.0.2.30
bad A 192.0.2.31
";

/// Breaks the signature of one name's A record by turning one of its characters.
fn corrupt(zone: &str, name: &str) -> String {
    let broken = |line: &str| {
        let end = line.find("\t;").unwrap_or(line.len());
        let turn = end - 20;
        let other = if &line[turn..=turn] == "A" { "B" } else { "A" };
        format!("{}{other}{}\n", &line[..turn], &line[turn + 1..])
    };
    let is_it = |line: &str| line.starts_with(name) && line.contains("RRSIG\tA ");
    assert_eq!(zone.lines().filter(|line| is_it(line)).count(), 1);
    zone.lines().map(|line| if is_it(line) { broken(line) } else { format!("{line}\n") }).collect()
}

fn world(explains: bool) -> Option<(Server, Server)> {
    have(&["nsd", "unbound", "ldns-signzone", "ldns-keygen"]).then(|| {
        let (signed, key) = sign("signed.test", ZONE);
        let authority = nsd(&[("signed.test", Some(&corrupt(&signed, "bad.signed.test.")))]);
        let validator = unbound(authority.address, "signed.test", &key, explains);
        (authority, validator)
    })
}

#[tokio::test]
async fn a_validated_answer_says_so() {
    let Some((_authority, validator)) = world(false) else { return };
    let look = resolver(&[validator.address]).look(&host("good.signed.test")).await;
    assert_eq!(look.outcome, DnsOutcome::Resolves);
    let a = look.answers.iter().find(|answer| answer.record_type == RecordType::A).unwrap();
    assert!(a.authenticated && !a.authoritative);
    let absent = resolver(&[validator.address]).look(&host("absent.signed.test")).await;
    assert_eq!((absent.outcome, absent.answers[0].authenticated), (DnsOutcome::Nxdomain, true));
}

#[tokio::test]
async fn a_broken_signature_is_bogus_and_not_a_broken_server() {
    let Some((_authority, validator)) = world(false) else { return };
    let look = resolver(&[validator.address]).look(&host("bad.signed.test")).await;
    assert_eq!(look.outcome, DnsOutcome::Bogus);
    assert_eq!(look.rcode.unwrap().to_string(), "SERVFAIL");
    assert_eq!(look.queries, 5, "A and AAAA twice, and once without validation");
    assert!(look.addresses.is_empty(), "what fails validation is nobody's address");
}

#[tokio::test]
async fn a_resolver_that_explains_itself_is_believed() {
    let Some((_authority, validator)) = world(true) else { return };
    let look = resolver(&[validator.address]).look(&host("bad.signed.test")).await;
    assert_eq!((look.outcome, look.queries), (DnsOutcome::Bogus, 4), "the extended error spares the fifth query");
}
