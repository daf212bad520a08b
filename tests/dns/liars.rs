//! Servers that are silent, confused or hostile.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use badgewatch::domain::dns::DnsOutcome;
use badgewatch::probe::dns::{Limits, MAX_QUERIES, Resolver, ResolverError};
use hickory_resolver::proto::op::{Message, Query, ResponseCode};
use hickory_resolver::proto::rr::rdata::CNAME;
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use proptest::prelude::*;
use tokio::time::timeout;

use crate::udp::{Over, Reply, Scripted, own, record, reply_to, with_address};
use crate::{host, impatient, resolver};

fn nxdomain(query: &Message) -> Message {
    let mut reply = reply_to(query);
    reply.metadata.response_code = ResponseCode::NXDomain;
    reply
}

#[tokio::test]
async fn silence_is_a_timeout_and_never_a_no() {
    let server = Scripted::start(|_, _| Vec::new()).await;
    let look = impatient(&[server.address]).look(&host("www.yunxi.gov.test")).await;
    assert_eq!((look.outcome, look.rcode, look.queries), (DnsOutcome::Timeout, None, 4));
    assert_eq!(server.queries(), 4, "what is counted is what was sent");
}

#[tokio::test]
async fn a_closed_port_is_a_timeout_without_the_wait() {
    let closed = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let an_hour = Duration::from_secs(3600);
    let resolver = Resolver::new(&[closed], Limits { query: an_hour, look: an_hour }).unwrap();
    let name = host("www.yunxi.gov.test");
    let look = timeout(Duration::from_secs(60), resolver.look(&name)).await.expect("the closed port is noticed");
    assert_eq!((look.outcome, look.rcode), (DnsOutcome::Timeout, None));
}

#[tokio::test]
async fn a_truncated_answer_is_asked_for_again_over_tcp() {
    let server = Scripted::start(|query, over| {
        let mut reply = reply_to(query);
        let name = query.queries[0].name().clone();
        match over {
            Over::Udp => reply.metadata.truncation = true,
            Over::Tcp if query.queries[0].query_type() == RecordType::A => {
                for last in 1..=200 {
                    reply.add_answer(record(name.clone(), RData::A(Ipv4Addr::new(198, 51, 100, last).into())));
                }
            }
            Over::Tcp => {}
        }
        own(&reply)
    })
    .await;
    let look = resolver(&[server.address]).look(&host("www.yunxi.gov.test")).await;
    assert_eq!((look.outcome, look.addresses.len()), (DnsOutcome::Resolves, 200));
    assert_eq!((look.queries, server.queries()), (4, 4), "the repetition over TCP is a query too");
}

#[tokio::test]
async fn truncation_without_end_is_no_answer() {
    let server = Scripted::start(|query, _| {
        let mut reply = with_address(query, [192, 0, 2, 66]);
        reply.metadata.truncation = true;
        own(&reply)
    })
    .await;
    let look = impatient(&[server.address]).look(&host("www.yunxi.gov.test")).await;
    assert_eq!(look.outcome, DnsOutcome::Timeout);
    assert!(look.queries <= MAX_QUERIES && look.addresses.is_empty());
}

/// Every lie comes before the true answer, from which it has to be told apart.
#[tokio::test]
async fn what_does_not_belong_to_the_question_is_passed_over() {
    let server = Scripted::start(|query, _| {
        let lie = || with_address(query, [192, 0, 2, 66]);
        let (mut wrong_id, mut wrong_name, mut wrong_type) = (lie(), lie(), lie());
        let (mut two_questions, mut no_question, mut no_answer) = (lie(), lie(), lie());
        wrong_id.metadata.id = query.id.wrapping_add(1);
        wrong_name.queries[0].set_name(Name::from_ascii("www.evil.test.").unwrap());
        wrong_type.queries[0].set_query_type(RecordType::TXT);
        two_questions.add_query(Query::query(Name::from_ascii("www.evil.test.").unwrap(), RecordType::A));
        no_question.queries.clear();
        no_answer.metadata.message_type = hickory_resolver::proto::op::MessageType::Query;
        let mut cut = lie().to_vec().unwrap();
        cut.truncate(cut.len() - 5);
        let mut replies =
            vec![Reply::Stranger(lie().to_vec().unwrap()), Reply::Own(Vec::new()), Reply::Own(vec![0; 3])];
        for message in [wrong_id, wrong_name, wrong_type, two_questions, no_question, no_answer] {
            replies.push(Reply::Own(message.to_vec().unwrap()));
        }
        replies.push(Reply::Own(cut));
        replies.push(Reply::Own(with_address(query, [192, 0, 2, 1]).to_vec().unwrap()));
        replies
    })
    .await;
    let look = resolver(&[server.address]).look(&host("www.yunxi.gov.test")).await;
    assert_eq!((look.outcome, look.queries), (DnsOutcome::Resolves, 2));
    assert_eq!(look.addresses, [Ipv4Addr::new(192, 0, 2, 1)]);
}

#[tokio::test]
async fn records_of_other_names_are_nobodys_answer() {
    let server = Scripted::start(|query, _| {
        let mut reply = reply_to(query);
        reply.add_answer(record(
            Name::from_ascii("www.evil.test.").unwrap(),
            RData::A(Ipv4Addr::new(192, 0, 2, 66).into()),
        ));
        own(&reply)
    })
    .await;
    let look = resolver(&[server.address]).look(&host("www.yunxi.gov.test")).await;
    assert_eq!((look.outcome, look.addresses.len()), (DnsOutcome::Nodata, 0));
}

#[tokio::test]
async fn a_no_without_any_authority_is_lame() {
    let server = Scripted::start(|query, _| {
        let mut reply = nxdomain(query);
        reply.metadata.recursion_available = false;
        own(&reply)
    })
    .await;
    let look = resolver(&[server.address]).look(&host("www.yunxi.gov.test")).await;
    assert_eq!(look.outcome, DnsOutcome::Lame);
}

#[tokio::test]
async fn of_two_servers_an_address_outweighs_a_no() {
    let dead = Scripted::start(|query, _| own(&nxdomain(query))).await;
    let alive = Scripted::start(|query, _| own(&with_address(query, [192, 0, 2, 1]))).await;
    let look = resolver(&[dead.address, alive.address]).look(&host("www.yunxi.gov.test")).await;
    assert_eq!((look.outcome, look.agreed, look.queries), (DnsOutcome::Resolves, false, 4));
    assert_eq!(look.answers[0].outcome, DnsOutcome::Nxdomain, "the dissenting answer stays on record");
}

#[tokio::test]
async fn a_no_needs_every_server() {
    let dead = Scripted::start(|query, _| own(&nxdomain(query))).await;
    let twin = Scripted::start(|query, _| own(&nxdomain(query))).await;
    let mute = Scripted::start(|_, _| Vec::new()).await;
    let name = host("www.yunxi.gov.test");
    let look = impatient(&[dead.address, twin.address]).look(&name).await;
    assert_eq!((look.outcome, look.agreed, look.queries), (DnsOutcome::Nxdomain, true, 4));
    let look = impatient(&[dead.address, twin.address, mute.address]).look(&name).await;
    assert_eq!((look.outcome, look.agreed, look.queries), (DnsOutcome::Timeout, false, 6));
}

#[tokio::test]
async fn aliases_without_end_stay_within_the_allowance() {
    let step = AtomicU32::new(0);
    let server = Scripted::start(move |query, _| {
        let next = format!("n{}.gov.test.", step.fetch_add(1, Ordering::SeqCst));
        let mut reply = reply_to(query);
        let target = RData::CNAME(CNAME(Name::from_ascii(next).unwrap()));
        reply.add_answer(record(query.queries[0].name().clone(), target));
        own(&reply)
    })
    .await;
    let look = resolver(&[server.address]).look(&host("www.yunxi.gov.test")).await;
    assert!(!look.outcome.is_no() && look.outcome != DnsOutcome::Resolves, "{}", look.outcome);
    assert_eq!((look.queries, server.queries()), (MAX_QUERIES, MAX_QUERIES));
}

#[test]
fn a_resolver_needs_servers_and_not_too_many() {
    let servers: Vec<_> = (1..=6).map(|last| ([127, 0, 0, last], 53).into()).collect();
    assert!(matches!(Resolver::new(&[], Limits::default()), Err(ResolverError::NoServer)));
    assert!(matches!(Resolver::new(&servers, Limits::default()), Err(ResolverError::TooManyServers(6))));
    assert_eq!(Resolver::new(&[servers[0]; 9], Limits::default()).unwrap().servers().count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Random bytes under the right id and question, over UDP and TCP: an end, an outcome, and never a panic.
    #[test]
    fn no_answer_can_hurt(noise in proptest::collection::vec(any::<u8>(), 0..600), flags in any::<[u8; 2]>(), counts in any::<[u8; 3]>()) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let server = Scripted::start(move |query, _| {
                let mut bytes = reply_to(query).to_vec().unwrap();
                (bytes[2], bytes[3]) = (flags[0] & 0x07 | 0x80, flags[1]);
                (bytes[7], bytes[9], bytes[11]) = (counts[0] % 8, counts[1] % 8, counts[2] % 8);
                bytes.extend_from_slice(&noise);
                // the truth follows, so that garbage costs no waiting
                vec![Reply::Own(bytes), Reply::Own(with_address(query, [192, 0, 2, 1]).to_vec().unwrap())]
            })
            .await;
            let look = impatient(&[server.address]).look(&host("www.yunxi.gov.test")).await;
            assert!(look.queries <= MAX_QUERIES);
            assert_eq!(look.addresses.is_empty(), look.outcome != DnsOutcome::Resolves);
        });
    }
}
