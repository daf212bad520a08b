//! One plain A query per name, to lay beside a peer: `dns NAMES-FILE SERVER CONCURRENCY [WORKERS]`.
//! Prints the outcomes and the queries sent. CPU and wall time are the caller's to measure.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use badgewatch::domain::dns::{DnsOutcome, RecordType};
use badgewatch::domain::host::Host;
use badgewatch::probe::dns::{Limits, Resolver};

type Tally = (BTreeMap<DnsOutcome, u64>, u64);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let [file, server, concurrency, rest @ ..] = arguments.as_slice() else {
        println!("usage: dns NAMES-FILE SERVER CONCURRENCY [WORKERS]");
        return Ok(());
    };
    let names: Arc<Vec<Host>> = Arc::new(std::fs::read_to_string(file)?.lines().filter_map(Host::parse).collect());
    let server: SocketAddr = server.parse()?;
    let concurrency: usize = concurrency.parse()?;
    let workers = rest.first().map_or(Ok(1), |workers| workers.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build()?;
    let (outcomes, queries) = runtime.block_on(sweep(names, server, concurrency))?;
    for (outcome, count) in outcomes {
        println!("{outcome} {count}");
    }
    println!("queries {queries}");
    Ok(())
}

async fn sweep(
    names: Arc<Vec<Host>>,
    server: SocketAddr,
    concurrency: usize,
) -> Result<Tally, Box<dyn std::error::Error>> {
    let resolver = Resolver::new(&[server], Limits::default())?;
    let next = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> =
        (0..concurrency).map(|_| tokio::spawn(ask_in_turn(resolver.clone(), names.clone(), next.clone()))).collect();
    let mut total = Tally::default();
    for worker in workers {
        let (outcomes, queries) = worker.await?;
        for (outcome, count) in outcomes {
            *total.0.entry(outcome).or_default() += count;
        }
        total.1 += queries;
    }
    Ok(total)
}

async fn ask_in_turn(resolver: Resolver, names: Arc<Vec<Host>>, next: Arc<AtomicUsize>) -> Tally {
    let mut tally = Tally::default();
    while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
        let answer = resolver.query(name, RecordType::A).await;
        *tally.0.entry(answer.outcome).or_default() += 1;
        tally.1 += u64::from(answer.queries);
    }
    tally
}
