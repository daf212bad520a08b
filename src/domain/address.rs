//! Which addresses and URLs the look may touch: a watched page must not steer us into somebody's inner network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::Url;

use super::host::Host;

/// Is it an address of the web, http or https? Only such a one is asked for, and only under such a one are relative
/// references read: a page whose `<base href>` is a `file:` leads nowhere, and the parser of URLs may panic on it.
pub fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// What people copy from the address bar, with or without `https://`.
pub fn copied(text: &str) -> Option<Url> {
    let full = match text.strip_prefix("//") {
        None if text.contains("://") => text.to_owned(),
        rest => format!("http://{}", rest.unwrap_or(text)),
    };
    Url::parse(&full).ok().filter(is_web)
}

/// What may be connected to: the public internet on web ports, and what the operator opened.
#[derive(Debug, Clone, Default)]
pub struct AddressPolicy {
    /// Networks opened by the operator (`--allow-net`): they also permit URLs that name such an address.
    /// An IPv4 network does not open the IPv6 forms that embed its addresses.
    pub allowed: Vec<IpNet>,
    /// Ports named by the operator in a start URL, beside 80, 443 and 8000–9999.
    pub ports: Vec<u16>,
}

/// Why a URL is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("only http and https are looked at")]
    Scheme,
    #[error("the URL carries a user name or password")]
    Userinfo,
    #[error("the URL names the address {0} instead of a host")]
    Literal(IpAddr),
    #[error("the host is no public name")]
    LocalName,
    #[error("port {0} is no web port")]
    Port(u16),
}

/// Not globally reachable by the IANA IPv4 special-purpose registry (RFC 6890), and multicast.
const REFUSED_V4: [Ipv4Net; 15] = [
    v4(0, 0, 0, 0, 8),       // "this network" (RFC 791): Linux connects 0.0.0.0 to itself
    v4(10, 0, 0, 0, 8),      // private (RFC 1918)
    v4(100, 64, 0, 0, 10),   // carrier-grade NAT (RFC 6598), home of some clouds' metadata services
    v4(127, 0, 0, 0, 8),     // loopback (RFC 1122)
    v4(169, 254, 0, 0, 16),  // link-local (RFC 3927), most clouds' metadata services
    v4(172, 16, 0, 0, 12),   // private (RFC 1918)
    v4(192, 0, 0, 0, 24),    // IETF protocol assignments (RFC 6890)
    v4(192, 0, 2, 0, 24),    // documentation (RFC 5737)
    v4(192, 88, 99, 0, 24),  // 6to4 relays (RFC 7526, withdrawn)
    v4(192, 168, 0, 0, 16),  // private (RFC 1918)
    v4(198, 18, 0, 0, 15),   // benchmarks (RFC 2544)
    v4(198, 51, 100, 0, 24), // documentation (RFC 5737)
    v4(203, 0, 113, 0, 24),  // documentation (RFC 5737)
    v4(224, 0, 0, 0, 4),     // multicast (RFC 5771)
    v4(240, 0, 0, 0, 4),     // reserved (RFC 1112) and broadcast
];

/// All that IANA gave out as global unicast (RFC 4291, 2.4). Outside are ::, ::1, the v4-compatible and v4-mapped
/// forms, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard (100::/64), ULA, link-local, site-local, multicast.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// Special purposes inside the global unicast space.
const REFUSED_V6: [Ipv6Net; 5] = [
    v6(0x2001, 0, 23), // IETF protocols (RFC 2928): Teredo 2001::/32, benchmarks, ORCHID (RFC 4843, 7343)
    v6(0x2001, 0x0db8, 32), // documentation (RFC 3849)
    v6(0x2002, 0, 16), // 6to4 (RFC 3056): embeds an IPv4 address
    v6(0x3ffe, 0, 16), // the former 6bone (RFC 3701)
    v6(0x3fff, 0, 20), // documentation (RFC 9637)
];

/// Names that never lead to a public site: RFC 6761 `localhost`, RFC 6762 `local`, and what networks use inside.
const LOCAL_SUFFIXES: [&str; 5] = [".localhost", ".local", ".localdomain", ".internal", ".home.arpa"];

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(first: u16, second: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), prefix)
}

impl AddressPolicy {
    /// May a connection go to this address?
    pub fn permits(&self, address: IpAddr) -> bool {
        self.opened(address)
            || match address {
                IpAddr::V4(v4) => !REFUSED_V4.iter().any(|net| net.contains(&v4)),
                IpAddr::V6(v6) => is_public_v6(v6),
            }
    }

    /// May this URL be asked for at all? The addresses of a named host are judged when they are known.
    pub fn permits_url(&self, url: &Url) -> Result<(), Refusal> {
        if !is_web(url) {
            return Err(Refusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Userinfo);
        }
        match url.host() {
            Some(url::Host::Ipv4(v4)) => self.permits_literal(v4.into())?,
            Some(url::Host::Ipv6(v6)) => self.permits_literal(v6.into())?,
            _ if !Host::of(url).is_some_and(|host| is_public_name(&host)) => return Err(Refusal::LocalName),
            _ => {}
        }
        match url.port() {
            Some(port) if !self.permits_port(port) => Err(Refusal::Port(port)),
            _ => Ok(()),
        }
    }

    /// A public body's page is found by name; a bare address is only followed into networks that were opened.
    fn permits_literal(&self, address: IpAddr) -> Result<(), Refusal> {
        if self.opened(address) { Ok(()) } else { Err(Refusal::Literal(address)) }
    }

    fn permits_port(&self, port: u16) -> bool {
        matches!(port, 80 | 443 | 8000..=9999) || self.ports.contains(&port)
    }

    /// Did the operator open the address's network?
    pub fn opened(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|net| net.contains(&address))
    }
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    GLOBAL_V6.contains(&address) && !REFUSED_V6.iter().any(|net| net.contains(&address)) && !is_isatap(address)
}

/// ISATAP (RFC 5214, 6.1) embeds an IPv4 address under any prefix.
fn is_isatap(address: Ipv6Addr) -> bool {
    matches!(address.segments(), [_, _, _, _, 0 | 0x0200, 0x5efe, _, _])
}

fn is_public_name(host: &Host) -> bool {
    !LOCAL_SUFFIXES.iter().any(|suffix| host.ascii().ends_with(suffix))
}
