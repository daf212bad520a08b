//! No spelling of an inner address, and no name that leads to one, makes us connect to it.

#[path = "support/evil.rs"]
mod evil;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use badgewatch::domain::address::{AddressPolicy, Refusal};
use badgewatch::domain::host::Host;
use badgewatch::domain::verdict::Reason;
use badgewatch::probe::http::{Fetcher, Lookup, Politeness, Request, Settings};
use evil::{Names, Server, all_names_lead_to, answers, answers_at, page};
use proptest::prelude::*;
use url::Url;

/// More than 200 ways to write an address or name that must not be reached, for a server at `port`.
fn bypasses(port: u16) -> Vec<String> {
    let table = include_str!("address/bypasses.txt");
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let plain = |line: &str| line.replace("{TAB}", "\t").replace("{CR}", "\r").replace("{LF}", "\n");
    lines.map(|line| plain(line).replace("{NUL}", "\0").replace("PORT", &port.to_string())).collect()
}

fn fetcher(policy: AddressPolicy, http_port: Option<u16>, lookup: Arc<dyn Lookup>) -> Fetcher {
    Fetcher::new(Settings { policy, http_port, ..Settings::default() }, lookup, None).unwrap()
}

/// The port of the server is no reason to refuse: only the address is judged.
fn closed_but_for_the_port_of(server: &Server) -> AddressPolicy {
    AddressPolicy { allowed: vec![], ports: vec![server.port()] }
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

async fn victim() -> Server {
    answers(|_| page("inner secrets")).await
}

#[test]
fn every_bypass_is_unreadable_or_refused() {
    let policy = AddressPolicy::default();
    let table = bypasses(8080);
    assert!(table.len() >= 200, "{}", table.len());
    for spelling in table {
        let Ok(url) = Url::parse(&spelling) else { continue };
        let verdict = policy.permits_url(&url);
        assert!(!matches!(verdict, Ok(()) | Err(Refusal::Port(_))), "{spelling:?} reads as {url}: {verdict:?}");
    }
}

#[tokio::test]
async fn no_bypass_reaches_a_listening_server() {
    let victim = victim().await;
    let fetcher = fetcher(closed_but_for_the_port_of(&victim), None, all_names_lead_to([127, 0, 0, 1]));
    for spelling in bypasses(victim.port()) {
        let Ok(url) = Url::parse(&spelling) else { continue };
        let seen = fetcher.get(&url, &Request::default()).await;
        assert_eq!(seen.outcome.unwrap_err().reason, Reason::AddressRefused, "{spelling:?}");
    }
    assert_eq!(victim.connections(), 0);
}

#[tokio::test]
async fn the_same_server_is_reached_once_its_network_is_opened() {
    let victim = victim().await;
    let open = AddressPolicy { allowed: vec!["127.0.0.0/8".parse().unwrap()], ports: vec![victim.port()] };
    let fetcher = fetcher(open, None, all_names_lead_to([127, 0, 0, 1]));
    for spelling in ["http://127.0.0.1:PORT/", "http://2130706433:PORT/", "http://yunxi.gov.test:PORT/"] {
        let url = Url::parse(&spelling.replace("PORT", &victim.port().to_string())).unwrap();
        assert_eq!(fetcher.get(&url, &Request::default()).await.outcome.unwrap().body, "inner secrets");
    }
    assert!(victim.connections() > 0);
}

#[tokio::test]
async fn no_redirect_to_a_bypass_is_followed() {
    let victim = victim().await;
    let port = victim.port();
    let redirects = answers_at([127, 0, 0, 2].into(), move |head| {
        let index: usize = head.split(['/', ' ']).nth(2).unwrap().parse().unwrap();
        let location = bypasses(port)[index].replace(['\r', '\n', '\0'], "\t");
        format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
    })
    .await;
    let open_to_start = AddressPolicy { allowed: vec!["127.0.0.2/32".parse().unwrap()], ports: vec![port] };
    let fetcher = fetcher(open_to_start, Some(redirects.port()), all_names_lead_to([127, 0, 0, 2]));
    for (index, spelling) in bypasses(port).iter().enumerate() {
        let url = Url::parse(&format!("http://yunxi.gov.test/{index}")).unwrap();
        let seen = fetcher.get(&url, &Request::default()).await;
        let reason = seen.outcome.unwrap_err().reason;
        assert!(matches!(reason, Reason::AddressRefused | Reason::BadResponse), "{spelling:?}: {reason}");
        assert_eq!(seen.hops.len(), 1, "{spelling:?}");
    }
    assert_eq!(victim.connections(), 0);
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_even_beside_public_addresses() {
    let victim = victim().await;
    let inside = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fe80::1"];
    let lead = move |host: &Host| {
        let index: usize = host.ascii().split('.').next().unwrap().trim_start_matches('n').parse().unwrap();
        let inner = ip(inside[index % inside.len()]);
        Ok(if index < inside.len() { vec![inner] } else { vec![ip("1.2.3.4"), inner] })
    };
    let fetcher = fetcher(closed_but_for_the_port_of(&victim), Some(victim.port()), Arc::new(Names(lead)));
    for index in 0..2 * inside.len() {
        let url = Url::parse(&format!("http://n{index}.gov.test/")).unwrap();
        let seen = fetcher.get(&url, &Request::default()).await;
        assert_eq!(seen.outcome.unwrap_err().reason, Reason::AddressRefused, "n{index}");
    }
    assert_eq!(victim.connections(), 0);
}

/// The first answer is judged while we wait for our turn, the second is what would be connected to.
#[tokio::test]
async fn a_rebinding_name_gains_nothing_between_judging_and_connecting() {
    let victim = victim().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let rebind = move |_: &Host| match count.fetch_add(1, Ordering::SeqCst) {
        0 => Ok(vec![ip("1.2.3.4")]),
        _ => Ok(vec![ip("127.0.0.1")]),
    };
    let settings =
        Settings { policy: closed_but_for_the_port_of(&victim), http_port: Some(victim.port()), ..Settings::default() };
    let politeness = Arc::new(Politeness::new(1, 1, Duration::ZERO));
    let fetcher = Fetcher::new(settings, Arc::new(Names(rebind)), Some(politeness)).unwrap();

    let seen = fetcher.get(&Url::parse("http://rebind.gov.test/").unwrap(), &Request::default()).await;

    assert_eq!(seen.outcome.unwrap_err().reason, Reason::AddressRefused);
    assert_eq!(asked.load(Ordering::SeqCst), 2, "both answers were given");
    assert_eq!(victim.connections(), 0);
}

#[test]
fn public_names_on_web_ports_are_permitted_and_others_only_when_named() {
    let named = AddressPolicy { ports: vec![81], ..AddressPolicy::default() };
    for url in
        ["http://云溪.政务/", "https://www.yunxi.gov.test:8443/a?b#c", "http://yunxi.gov.test.:81/", "http://a.cn:443/"]
    {
        assert_eq!(named.permits_url(&Url::parse(url).unwrap()), Ok(()), "{url}");
    }
    for port in [0, 22, 25, 81, 3306, 6379, 10000] {
        let url = Url::parse(&format!("http://yunxi.gov.test:{port}/")).unwrap();
        assert_eq!(AddressPolicy::default().permits_url(&url), Err(Refusal::Port(port)));
    }
}

#[test]
fn an_opened_network_opens_itself_and_nothing_else() {
    let policy = AddressPolicy { allowed: vec!["10.1.0.0/16".parse().unwrap()], ports: vec![] };
    for (address, permitted) in [("10.1.2.3", true), ("10.2.0.1", false), ("::ffff:10.1.2.3", false), ("8.8.8.8", true)]
    {
        assert_eq!(policy.permits(ip(address)), permitted, "{address}");
    }
}

#[test]
fn addresses_next_to_forbidden_ranges_are_public() {
    let policy = AddressPolicy::default();
    let public = "1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 \
        172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 \
        2001:200::1 2001:da8::1 2003::1 2400:3200::1 240e::1 2a00::1 3ffd::1";
    for address in public.split_whitespace() {
        assert!(policy.permits(ip(address)), "{address}");
    }
}

proptest! {
    /// Whatever IPv4 address is embedded in a transition form, the form itself is refused.
    #[test]
    fn no_form_that_embeds_an_ipv4_address_is_permitted(v4 in any::<u32>()) {
        let (high, low) = ((v4 >> 16) as u16, v4 as u16);
        for segments in [
            [0, 0, 0, 0, 0, 0xffff, high, low],
            [0, 0, 0, 0, 0, 0, high, low],
            [0, 0, 0, 0, 0xffff, 0, high, low],
            [0x64, 0xff9b, 0, 0, 0, 0, high, low],
            [0x64, 0xff9b, 1, 0, 0, 0, high, low],
            [0x2002, high, low, 0, 0, 0, 0, 1],
            [0x2001, 0, high, low, 0, 0, 0, 0],
            [0x2001, 0, 0, 0, 0, 0, !high, !low],
            [0x2400, 1, 2, 3, 0, 0x5efe, high, low],
            [0x2400, 1, 2, 3, 0x200, 0x5efe, high, low],
        ] {
            prop_assert!(!AddressPolicy::default().permits(IpAddr::from(segments)));
        }
    }

    /// What the standard library calls inner is never permitted.
    #[test]
    fn what_std_calls_inner_is_refused(octets in any::<[u8; 4]>()) {
        let v4 = std::net::Ipv4Addr::from(octets);
        let inner = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast()
            || v4.is_documentation() || v4.is_unspecified();
        prop_assert!(!(inner && AddressPolicy::default().permits(v4.into())));
    }

    /// Any text whatever: a URL that is permitted has a public name as its host.
    #[test]
    fn a_permitted_url_names_a_host(text in "(https?:)?[/\\\\]{0,3}\\PC{0,40}") {
        if let Ok(url) = Url::parse(&text) && AddressPolicy::default().permits_url(&url).is_ok() {
            prop_assert!(Host::of(&url).is_some() && url.username().is_empty());
        }
    }
}
