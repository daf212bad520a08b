//! The sample county, looked at by the real look: every story must come true, and its servers must speak properly.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use badgewatch::clock::Clock;
use badgewatch::demo::{Behaviour, County, DemoSite};
use badgewatch::domain::address::AddressPolicy;
use badgewatch::domain::badge::BadgeHosts;
use badgewatch::domain::calendar::{Calendar, rows};
use badgewatch::domain::look::PageLook;
use badgewatch::domain::registry::{Registry, Site};
use badgewatch::domain::verdict::{Cause, Reason, Verdict};
use badgewatch::flow::check_site::{Book, Checker, Manners, NameLookup, SiteLook, Target};
use badgewatch::probe::dns::{self, Resolver};
use badgewatch::probe::http::{Fetcher, Request, Settings};
use chrono::{NaiveDate, TimeDelta};
use futures_util::future::join_all;
use hickory_resolver::proto::op::{Message, Query, ResponseCode};
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
    Checker {
        fetcher: Fetcher::new(settings, Arc::new(NameLookup(resolver.clone())), None).unwrap(),
        resolver,
        hosts: BadgeHosts::default(),
        book: Book::File(Arc::new(registry)),
        calendar: Default::default(),
        clock: Clock::manual(today().and_hms_opt(4, 0, 0).unwrap().and_utc()),
        manners: Manners::default(),
        canary_failed: false,
        pairs: Default::default(),
    }
}

async fn look(checker: &Checker, address: &str) -> SiteLook {
    checker.check(&Target::parse(address).unwrap(), &|_| {}).await.unwrap()
}

/// One line a site: what its story says, what the look says, and where they differ the pages that say so.
fn tell(table: &mut String, site: &DemoSite, look: &SiteLook) {
    let (expected, found) = ((site.verdict, site.cause), (look.verdict, look.cause));
    let pages = u64::try_from(site.pages).unwrap();
    let all_seen = look.verdict == Verdict::Undetermined || look.pages.is_empty() || look.coverage.checked == pages;
    let is_true = found == expected && all_seen;
    let [told, seen] = [expected, found].map(|(verdict, cause)| format!("{verdict} {}", cause.name()));
    let mark = if is_true { ' ' } else { '✘' };
    let checked = look.coverage.checked;
    let _ = writeln!(table, "{mark} {told:<30} {seen:<30} {checked}/{pages} pages  {}", site.address());
    if !is_true {
        let url = |page: &PageLook| page.url.clone().unwrap_or_default();
        for page in &look.pages {
            let _ = writeln!(table, "    {} {} {} {:?}", url(page), page.verdict, page.cause.name(), page.to_follow);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_story_comes_true() {
    let county = County::start().await.unwrap();
    let checker = checker(&county);
    let looks = join_all(county.sites().iter().map(async |site| (site, look(&checker, &site.address()).await))).await;

    let mut table = String::from("  the story says                 the look says\n");
    looks.iter().for_each(|(site, look)| tell(&mut table, site, look));
    assert!(!table.contains('✘'), "\n{table}");
    assert!(looks.len() >= 24);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_changes_while_the_county_runs() {
    let county = County::start().await.unwrap();
    let checker = checker(&county);
    let sound = "czj.yunxi.gov.cn";
    for (address, behaviour, cause) in [
        (sound, Behaviour::WithoutBadge, "not_hung"),
        (sound, Behaviour::ForeignBadge, "foreign_badge"),
        (sound, Behaviour::Challenge, "challenge"),
        (sound, Behaviour::Firewall, "blocked"),
        (sound, Behaviour::Failing, "robots_unreachable"),
        (sound, Behaviour::AsTold, "verified"),
        (sound, Behaviour::Down, "connect_refused"),
        (sound, Behaviour::AsTold, "verified"),
        (sound, Behaviour::NoName, "domain_dead"),
        (sound, Behaviour::AsTold, "verified"),
        (sound, Behaviour::ServFail, "dns_servfail"),
        ("lyj.yunxi.gov.cn", Behaviour::InOrder, "verified"),
        ("kjj.yunxi.gov.cn", Behaviour::InOrder, "verified"),
        ("www.yunxi.gov.cn/nyj/", Behaviour::WithoutBadge, "not_hung"),
        ("www.yunxi.gov.cn", Behaviour::AsTold, "verified"),
        ("tjj.yunxi.gov.cn", Behaviour::Silent, "dns_timeout"),
    ] {
        assert!(county.set(address, behaviour), "{address}");
        let look = look(&checker, address).await;
        assert_eq!(look.cause.name(), cause, "{address} {behaviour:?}: {look:#?}");
    }
    assert!(!county.set("www.elsewhere.test", Behaviour::InOrder));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_goes_by_the_calendar_of_its_moment() {
    let county = County::start().await.unwrap();
    let checker = checker(&county);
    let fresh = county.sites().iter().find(|site| site.cause == Cause::Reason(Reason::HangingPeriod)).unwrap();
    // Told of the issue on Monday, 23 November; five working days end with the 30th.
    checker.clock.advance(TimeDelta::days(5));
    assert_eq!(look(&checker, &fresh.address()).await.verdict, Verdict::Fail);

    let amended = rows("date,kind,name\n2026-11-30,holiday,\n".as_bytes()).unwrap();
    let amended: Vec<_> = amended.into_iter().map(|row| row.day).collect();
    assert!(checker.calendar.set(Calendar::builtin().with_years(&amended)));
    assert_eq!(look(&checker, &fresh.address()).await.cause.name(), "hanging_period", "the 30th became a day off");
}

#[tokio::test]
async fn the_registry_invents_units_and_contacts() {
    let county = County::start().await.unwrap();

    let registry = Registry::read(county.registry_csv(today()).as_bytes()).unwrap();

    assert!(registry.refused.is_empty() && registry.warnings.is_empty());
    assert_eq!(registry.sites().len(), county.sites().len());
    let distinct =
        |of: fn(&Site) -> Option<String>| registry.sites().iter().filter_map(of).collect::<HashSet<_>>().len();
    assert_eq!(distinct(|site| Some(site.unit.name.clone())), county.sites().len());
    assert_eq!(distinct(|site| site.badge_code.as_ref().map(ToString::to_string)), county.sites().len() - 1);
    for (site, told) in registry.sites().iter().zip(county.sites()) {
        assert!(site.contact.email.as_ref().unwrap().ends_with("@yunxi.test") && site.contact.phone.is_none());
        assert_eq!((&site.name, site.unit.name.as_str()), (&told.name(), told.unit));
    }
}

/// One question on a socket of its own; nothing where nothing comes back.
async fn ask(server: SocketAddr, name: &str, kind: RecordType, over_tcp: bool) -> Option<Message> {
    let mut query = Message::query();
    query.metadata.recursion_desired = true;
    query.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    let question = query.to_vec().unwrap();
    let exchange = async {
        if over_tcp {
            let mut stream = TcpStream::connect(server).await.unwrap();
            stream.write_u16(question.len() as u16).await.unwrap();
            stream.write_all(&question).await.unwrap();
            let mut answer = vec![0; usize::from(stream.read_u16().await.unwrap())];
            stream.read_exact(&mut answer).await.unwrap();
            return answer;
        }
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.send_to(&question, server).await.unwrap();
        let mut answer = vec![0; 4096];
        let (length, _) = socket.recv_from(&mut answer).await.unwrap();
        answer.truncate(length);
        answer
    };
    let answer = tokio::time::timeout(Duration::from_millis(500), exchange).await.ok()?;
    let message = Message::from_vec(&answer).unwrap();
    assert_eq!((message.metadata.id, &message.queries), (query.metadata.id, &query.queries));
    Some(message)
}

fn addresses(message: &Message) -> Vec<IpAddr> {
    message.answers.iter().filter_map(|record| record.data.ip_addr()).collect()
}

#[tokio::test]
async fn the_name_server_gives_every_kind_of_answer_over_udp_and_tcp() {
    let county = County::start().await.unwrap();
    county.set("tyj.yunxi.gov.cn", Behaviour::Silent);
    let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
    for over_tcp in [false, true] {
        let ask = async |name, kind| ask(county.resolver, name, kind, over_tcp).await;
        for (name, kind, code, found, denied) in [
            ("www.yunxi.gov.cn.", RecordType::A, ResponseCode::NoError, Some(local), false),
            ("WWW.YunXi.gov.cn.", RecordType::A, ResponseCode::NoError, Some(local), false),
            ("xn--9kq759e.xn--zfr164b.", RecordType::A, ResponseCode::NoError, Some(local), false),
            ("dcs.conac.cn.", RecordType::A, ResponseCode::NoError, Some(local), false),
            ("bszs.conac.cn.", RecordType::A, ResponseCode::NoError, Some(local), false),
            ("canary.yunxi.test.", RecordType::A, ResponseCode::NoError, Some(local), false),
            ("www.yunxi.gov.cn.", RecordType::AAAA, ResponseCode::NoError, None, true),
            ("yunxi.gov.cn.", RecordType::A, ResponseCode::NoError, None, true),
            ("kjj.yunxi.gov.cn.", RecordType::A, ResponseCode::NXDomain, None, true),
            ("wjj.yunxi.gov.cn.", RecordType::A, ResponseCode::ServFail, None, false),
        ] {
            let said = ask(name, kind).await.unwrap();
            let soa = said.authorities.iter().any(|record| record.record_type() == RecordType::SOA);
            let seen = (said.metadata.response_code, addresses(&said).first().copied(), soa);
            assert_eq!(seen, (code, found, denied), "{name} {kind} over TCP: {over_tcp}");
        }
        assert!(ask("tyj.yunxi.gov.cn.", RecordType::A).await.is_none());
        for name in ["www.example.org.", "www.gov.cn.", "conac.cn.test.", "nobody.yunxi.gov.cn.", "localhost."] {
            let said = ask(name, RecordType::A).await.unwrap();
            assert!(addresses(&said).is_empty() && said.metadata.response_code == ResponseCode::NXDomain, "{name}");
        }
    }
}

#[tokio::test]
async fn what_a_visitor_has_already_is_not_sent_again() {
    let county = County::start().await.unwrap();
    let fetcher = checker(&county).fetcher;
    let url = Url::parse("http://www.yunxi.gov.cn/").unwrap();
    let first = fetcher.get(&url, &Request::default()).await.outcome.unwrap();
    let again = Request { if_none_match: first.headers.get("etag").cloned(), ..Request::default() };

    let second = fetcher.get(&url, &again).await.outcome.unwrap();
    county.set("www.yunxi.gov.cn", Behaviour::WithoutBadge);
    let third = fetcher.get(&url, &again).await.outcome.unwrap();

    assert_eq!((first.status, second.status, second.body.len()), (200, 304, 0));
    assert_eq!(second.headers.get("etag"), first.headers.get("etag"));
    assert_eq!(third.status, 200, "a changed page is sent");
    assert_ne!(third.headers.get("etag"), first.headers.get("etag"));
}

#[tokio::test]
async fn a_browser_is_led_to_the_badge_hosts_of_the_county_and_not_to_the_real_ones() {
    let county = County::start().await.unwrap();
    let portal = &county.sites()[0];
    let address = county.browser_address(portal);
    let (host, _) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();

    let page = get(&county, host, "/").await;
    let script = page.split("src='http://").nth(1).unwrap().split('\'').next().unwrap();
    let (script_host, path) = script.split_once('/').unwrap();
    let link = get(&county, script_host, &format!("/{path}")).await;
    let canary = get(&county, county.canary_name(), "/").await;

    assert_eq!(script_host, format!("dcs.conac.cn.localhost:{}", county.http_port));
    let certificate = link.split("href=\"//").nth(1).unwrap().split('"').next().unwrap();
    let (host, path) = certificate.split_once('/').unwrap();
    assert!(get(&county, host, &format!("/{path}")).await.contains(portal.unit));
    assert!(canary.starts_with("HTTP/1.1 200 "), "{canary}");
}

/// The whole answer to a request as a browser on this machine would send it.
async fn get(county: &County, host: &str, path: &str) -> String {
    get_with(county, host, path, "").await
}

async fn get_with(county: &County, host: &str, path: &str, header: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, county.http_port)).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{header}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_browser_that_runs_scripts_passes_the_anti_bot_test() {
    let county = County::start().await.unwrap();

    let refused = get(&county, "scj.yunxi.gov.cn", "/").await;
    let passed = get_with(&county, "scj.yunxi.gov.cn", "/", "Cookie: visit=1; passed=1\r\n").await;

    assert!(refused.starts_with("HTTP/1.1 412 ") && refused.contains("document.cookie='passed=1;"), "{refused}");
    assert!(passed.starts_with("HTTP/1.1 200 ") && passed.contains("_ideConac"), "{passed}");
}

#[tokio::test]
async fn a_county_that_is_dropped_answers_no_more() {
    let county = County::start().await.unwrap();
    let (resolver, web) = (county.resolver, SocketAddr::from((Ipv4Addr::LOCALHOST, county.http_port)));
    let mut kept = TcpStream::connect(web).await.unwrap();

    drop(county);
    // The tasks end when the runtime next has time for them.
    tokio::time::sleep(Duration::from_millis(50)).await;

    assert!(TcpStream::connect(web).await.is_err() && TcpStream::connect(resolver).await.is_err());
    assert_eq!(kept.read(&mut [0; 1]).await.unwrap_or(0), 0, "a connection that is open ends too");
}
