//! An authoritative server with the cases of the field.

use badgewatch::domain::dns::{DnsOutcome, NameLook, RecordType};
use badgewatch::probe::dns::MAX_QUERIES;

use crate::nsd::{Server, have, nsd};
use crate::{host, resolver};

const GOV: &str = "$ORIGIN gov.test.
$TTL 3600
@ SOA ns hostmaster 1 3600 900 86400 300
@ NS ns
ns A 127.0.0.1
www.yunxi A 192.0.2.10
www.yunxi AAAA 2001:db8::10
v6only AAAA 2001:db8::11
www.alias CNAME second
second CNAME third
third 60 CNAME www.yunxi
dangling CNAME gone
loop1 CNAME loop2
loop2 CNAME loop1
forward CNAME www.xn--9kq759e.xn--zfr164b.
abroad CNAME www.example.com.
parked TXT \"parked\"
lame NS ns.elsewhere.invalid.
";

const CN: &str = "$TTL 3600
@ SOA ns.gov.test. hostmaster.gov.test. 1 3600 900 86400 300
@ NS ns.gov.test.
xn--9kq759e A 192.0.2.20
www.xn--9kq759e A 192.0.2.21
";

fn world() -> Option<Server> {
    have(&["nsd"]).then(|| {
        nsd(&[("gov.test", Some(GOV)), ("xn--zfr164b", Some(CN)), ("xn--55qw42g", Some(CN)), ("broken.test", None)])
    })
}

async fn look(server: &Server, name: &str) -> NameLook {
    let look = resolver(&[server.address]).look(&host(name)).await;
    assert!(look.queries <= MAX_QUERIES, "{name}: {} queries", look.queries);
    assert_eq!(look.queries, look.answers.iter().map(|answer| answer.queries).sum::<u32>());
    look
}

fn addresses(look: &NameLook) -> Vec<String> {
    look.addresses.iter().map(ToString::to_string).collect()
}

fn rcode(look: &NameLook) -> String {
    look.rcode.map(|rcode| rcode.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn a_name_resolves_to_all_its_addresses() {
    let Some(server) = world() else { return };
    let both = look(&server, "www.yunxi.gov.test").await;
    assert_eq!(both.outcome, DnsOutcome::Resolves);
    assert_eq!(addresses(&both), ["192.0.2.10", "2001:db8::10"]);
    assert_eq!((rcode(&both), both.queries, both.ttl, both.agreed), ("NOERROR".into(), 2, 3600, true));
    assert!(both.answers.iter().all(|answer| answer.authoritative && answer.server == server.address));

    let v6 = look(&server, "v6only.gov.test").await;
    assert_eq!((v6.outcome, addresses(&v6)), (DnsOutcome::Resolves, vec!["2001:db8::11".into()]));
}

#[tokio::test]
async fn chinese_names_are_asked_for_in_a_labels() {
    let Some(server) = world() else { return };
    for name in ["云溪.政务", "云溪.公益", "XN--9KQ759E.xn--zfr164b"] {
        let look = look(&server, name).await;
        assert_eq!((look.outcome, addresses(&look)), (DnsOutcome::Resolves, vec!["192.0.2.20".into()]), "{name}");
    }
}

#[tokio::test]
async fn a_chain_of_aliases_is_kept_as_evidence() {
    let Some(server) = world() else { return };
    let chain = look(&server, "www.alias.gov.test").await;
    assert_eq!(chain.outcome, DnsOutcome::Resolves);
    assert_eq!(chain.chain, ["second.gov.test", "third.gov.test", "www.yunxi.gov.test"]);
    assert_eq!((chain.queries, chain.ttl), (2, 60), "the shortest time to live along the chain counts");

    let forward = look(&server, "forward.gov.test").await;
    assert_eq!((forward.outcome, addresses(&forward)), (DnsOutcome::Resolves, vec!["192.0.2.21".into()]));
    assert_eq!(forward.chain, ["www.xn--9kq759e.xn--zfr164b"]);
}

#[tokio::test]
async fn an_alias_that_leads_nowhere_keeps_its_chain() {
    let Some(server) = world() else { return };
    let dangling = look(&server, "dangling.gov.test").await;
    assert_eq!((dangling.outcome, rcode(&dangling)), (DnsOutcome::Nxdomain, "NXDOMAIN".into()));
    assert_eq!(dangling.chain, ["gone.gov.test"]);

    let turning = look(&server, "loop1.gov.test").await;
    assert_eq!(turning.outcome, DnsOutcome::Servfail, "a loop is a broken name, not an absent one");
    assert_eq!(turning.chain, ["loop2.gov.test"]);

    let abroad = look(&server, "abroad.gov.test").await;
    assert_eq!((abroad.outcome, rcode(&abroad)), (DnsOutcome::Refused, "REFUSED".into()));
    assert_eq!(abroad.chain, ["www.example.com"]);
}

#[tokio::test]
async fn a_no_is_asked_twice_and_names_the_zone_that_said_it() {
    let Some(server) = world() else { return };
    for (name, outcome, code) in [
        ("absent.gov.test", DnsOutcome::Nxdomain, "NXDOMAIN"),
        ("不存在.政务", DnsOutcome::Nxdomain, "NXDOMAIN"),
        ("parked.gov.test", DnsOutcome::Nodata, "NOERROR"),
    ] {
        let look = look(&server, name).await;
        assert_eq!((look.outcome, rcode(&look).as_str(), look.agreed), (outcome, code, true), "{name}");
        assert_eq!((look.queries, look.answers.len()), (4, 4), "A and AAAA, twice");
        let zone = if name.ends_with("gov.test") { "gov.test" } else { "xn--zfr164b" };
        assert!(look.answers.iter().all(|answer| answer.soa_owner.as_deref() == Some(zone)), "{name}");
        assert!(look.addresses.is_empty());
    }
}

#[tokio::test]
async fn broken_servers_are_not_dead_names() {
    let Some(server) = world() else { return };
    for (name, outcome, code) in [
        ("www.broken.test", DnsOutcome::Servfail, "SERVFAIL"),
        ("www.example.com", DnsOutcome::Refused, "REFUSED"),
        ("www.lame.gov.test", DnsOutcome::Lame, "NOERROR"),
    ] {
        let look = look(&server, name).await;
        assert_eq!((look.outcome, rcode(&look).as_str()), (outcome, code), "{name}");
        assert!(look.outcome.reason().is_some(), "{name}");
    }
}

#[tokio::test]
async fn one_plain_question_is_one_query() {
    let Some(server) = world() else { return };
    let resolver = resolver(&[server.address]);
    let answer = resolver.query(&host("www.yunxi.gov.test"), RecordType::A).await;
    assert_eq!((answer.outcome, answer.queries, answer.addresses.len()), (DnsOutcome::Resolves, 1, 1));
    let answer = resolver.query(&host("absent.gov.test"), RecordType::Aaaa).await;
    assert_eq!((answer.outcome, answer.queries), (DnsOutcome::Nxdomain, 1));
}
