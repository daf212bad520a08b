//! The sample county, looked at by the real look: every story must come true, and its servers must speak properly.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use badgewatch::clock::Clock;
use badgewatch::demo::{Behaviour, County};
use badgewatch::domain::address::AddressPolicy;
use badgewatch::domain::badge::BadgeHosts;
use badgewatch::domain::calendar::Calendar;
use badgewatch::domain::registry::Registry;
use badgewatch::flow::check_site::{Book, Checker, Manners, NameLookup, SiteLook, Target};
use badgewatch::probe::dns::{self, Resolver};
use badgewatch::probe::http::{Fetcher, Request, Settings};
use chrono::NaiveDate;
use futures_util::future::join_all;
use hickory_resolver::proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use url::Url;

/// A day within the published calendar.
fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 26).unwrap()
}

fn checker(county: &County) -> Checker {
    let resolver = Resolver::new(&[county.resolver], dns::Limits::default()).unwrap();
    let settings = Settings {
        policy: AddressPolicy { allowed: vec!["127.0.0.0/8".parse().unwrap()], ..AddressPolicy::default() },
        http_port: Some(county.http_port),
        ..Settings::default()
    };
    let registry = Registry::read(county.registry_csv(today()).as_bytes()).unwrap();
    assert!(registry.refused.is_empty() && registry.warnings.is_empty(), "{:?}", (registry.refused, registry.warnings));
    Checker {
        fetcher: Fetcher::new(settings, Arc::new(NameLookup(resolver.clone())), None).unwrap(),
        resolver,
        hosts: BadgeHosts::default(),
        book: Book::File(Arc::new(registry)),
        calendar: Calendar::builtin(),
        clock: Clock::manual(today().and_hms_opt(4, 0, 0).unwrap().and_utc()),
        manners: Manners::default(),
        canary_failed: false,
        pairs: Default::default(),
    }
}

async fn look(checker: &Checker, address: &str) -> SiteLook {
    checker.check(&Target::parse(address).unwrap(), &|_| {}).await.unwrap()
}

/// One line a site: what its story says, what the look says, and the pages that say so.
fn told(wrong: &mut String, expected: [&str; 2], address: &str, look: &SiteLook) {
    let found = [look.verdict.name(), look.cause.name()];
    let mark = if found == expected { ' ' } else { '✘' };
    let _ = writeln!(wrong, "{mark} {address:<28} {:<32} {:<32}", expected.join(" "), found.join(" "));
    if found != expected {
        for page in &look.pages {
            let url = page.url.as_deref().unwrap_or_default();
            let _ = writeln!(wrong, "      {url} {} {} {:?}", page.verdict, page.cause.name(), page.to_follow);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_story_comes_true() {
    let county = County::start().await.unwrap();
    let checker = checker(&county);
    let looks = join_all(county.sites().iter().map(async |site| (site, look(&checker, &site.address()).await))).await;

    let mut table = String::new();
    for (site, look) in &looks {
        told(&mut table, [site.verdict.name(), site.cause.name()], &site.address(), look);
    }
    assert!(!table.contains('✘'), "\n{table}");
    let remarks = looks.iter().flat_map(|(site, look)| {
        let told = look.findings.iter().map(|finding| finding.finding);
        told.filter(|finding| !finding.is_fault()).map(|finding| (site.address(), format!("{finding:?}")))
    });
    println!("{:#?}", remarks.collect::<Vec<_>>());
}
