//! Many who ask for one name: one flight, whoever leaves; and nothing is left behind.

use badgewatch::domain::dns::{DnsOutcome, RecordType};
use futures_util::future::join_all;
use futures_util::{FutureExt, poll};

use crate::udp::{Scripted, own, with_address};
use crate::{host, impatient, resolver};

#[tokio::test]
async fn fifty_who_ask_at_once_cost_what_one_costs() {
    let server = Scripted::start(|query, _| own(&with_address(query, [192, 0, 2, 1]))).await;
    let resolver = resolver(&[server.address]);
    let name = host("www.yunxi.gov.test");
    let looks = join_all((0..50).map(|_| resolver.look(&name))).await;
    assert!(looks.iter().all(|look| look.outcome == DnsOutcome::Resolves));
    assert_eq!(server.queries(), 2, "one A and one AAAA");
    join_all((0..50).map(|_| resolver.query(&name, RecordType::A))).await;
    assert_eq!(server.queries(), 3);
}

/// The first begins the flight and leaves before the answer; the second gets it all the same.
#[tokio::test]
async fn who_leaves_does_not_take_the_flight_along() {
    let server = Scripted::start(|query, _| own(&with_address(query, [192, 0, 2, 1]))).await;
    let resolver = resolver(&[server.address]);
    let name = host("www.yunxi.gov.test");
    let mut first = resolver.look(&name).boxed();
    let mut second = resolver.look(&name).boxed();
    assert!(poll!(&mut first).is_pending());
    assert!(poll!(&mut second).is_pending());
    drop(first);
    assert_eq!(second.await.outcome, DnsOutcome::Resolves);
    assert_eq!(server.queries(), 2);
    let mut given_up = resolver.look(&name).boxed();
    assert!(poll!(&mut given_up).is_pending());
    drop(given_up);
    assert_eq!(resolver.look(&name).await.outcome, DnsOutcome::Resolves, "a flight given up by all is begun anew");
}

#[tokio::test]
async fn a_connector_asks_once_for_many_connections() {
    let server = Scripted::start(|query, _| own(&with_address(query, [192, 0, 2, 1]))).await;
    let resolver = resolver(&[server.address]);
    let name = host("www.yunxi.gov.test");
    for _ in 0..20 {
        assert_eq!(resolver.addresses(&name).await.unwrap().len(), 1);
    }
    assert_eq!(server.queries(), 2);
    assert_eq!(resolver.look(&name).await.queries, 2, "a look is never answered from the cache");
    assert_eq!(server.queries(), 4);
}

#[tokio::test]
async fn a_connector_hears_why_there_is_no_address() {
    let server = Scripted::start(|_, _| Vec::new()).await;
    let name = host("云溪.政务");
    let error = impatient(&[server.address]).addresses(&name).await.unwrap_err();
    assert_eq!((error.outcome, error.to_string()), (DnsOutcome::Timeout, "云溪.政务 does not resolve: timeout".into()));
}

#[tokio::test]
async fn a_look_that_is_given_up_leaves_no_task_and_no_socket() {
    let server = Scripted::start(|_, _| Vec::new()).await;
    let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let resolver = impatient(&[server.address]);
    for number in 0..50 {
        let name = host(&format!("n{number}.gov.test"));
        let mut look = resolver.look(&name).boxed();
        assert!(poll!(&mut look).is_pending());
        assert_eq!(sockets_towards(server.address.port()), 2, "one for A, one for AAAA");
    }
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), tasks);
    assert_eq!(sockets_towards(server.address.port()), 0);
}

/// Connected UDP sockets of this machine with that remote port, as the kernel lists them.
fn sockets_towards(port: u16) -> usize {
    let table = std::fs::read_to_string("/proc/net/udp").unwrap();
    let remote = format!(":{port:04X}");
    table.lines().filter(|line| line.split_whitespace().nth(2).is_some_and(|rem| rem.ends_with(&remote))).count()
}
