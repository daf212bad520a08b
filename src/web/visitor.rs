//! Who asks: the address behind a request, as far as it can be believed.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

use crate::config::Web;

/// The most addresses of a chain of proxies that are read.
const LONGEST_CHAIN: usize = 16;

/// The visitor's address, if it is known who the peer is.
pub(super) fn address(trusted: &[IpNet], extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| behind(trusted, peer.0.ip(), headers))
}

/// Who is behind a peer: itself or, behind our own proxies, the last one in `X-Forwarded-For` that is not of them. What
/// stands before it could be invented.
pub(super) fn behind(trusted: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let peer = peer.to_canonical();
    let is_ours = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_ours(&peer) {
        return peer;
    }
    let chain = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let chain: Vec<&str> = chain.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut visitor = peer;
    for said in chain.into_iter().rev().take(LONGEST_CHAIN) {
        let Some(address) = read(said) else { break };
        visitor = address;
        if !is_ours(&address) {
            break;
        }
    }
    visitor
}

/// The address of whoever sent a request.
pub(super) fn of(web: &Web, request: &Request) -> Option<IpAddr> {
    address(&web.trusted_proxies, request.extensions(), request.headers())
}

/// Some proxies write a port behind the address.
fn read(text: &str) -> Option<IpAddr> {
    let address = text.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip())).ok()?;
    Some(IpAddr::to_canonical(&address))
}

/// What one visitor is counted by: one line has one IPv4 address, but a whole /64 of IPv6 ones (RFC 6177).
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> IpAddr {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        address(&trusted, &extensions, &headers).unwrap()
    }

    #[test]
    fn only_our_own_proxies_are_believed_and_only_what_they_saw_themselves() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(seen("192.0.2.1", &["198.51.100.9"]), ip("192.0.2.1"), "a stranger invents it");
        assert_eq!(seen("10.0.0.1", &["198.51.100.9"]), ip("198.51.100.9"));
        assert_eq!(seen("10.0.0.1", &["203.0.113.7, 198.51.100.9"]), ip("198.51.100.9"), "the first was invented");
        assert_eq!(seen("10.0.0.1", &["203.0.113.7", "198.51.100.9, 10.0.0.2"]), ip("198.51.100.9"), "two proxies");
        assert_eq!(seen("10.0.0.1", &["198.51.100.9:4711"]), ip("198.51.100.9"));
        assert_eq!(seen("10.0.0.1", &["unknown"]), ip("10.0.0.1"));
        assert_eq!(seen("10.0.0.1", &[]), ip("10.0.0.1"));
        assert_eq!(seen("::ffff:10.0.0.1", &["::ffff:198.51.100.9"]), ip("198.51.100.9"));
        assert_eq!(seen("2001:db8::1", &["2001:db9::5"]), ip("2001:db9::5"));
    }

    #[test]
    fn a_line_is_one_visitor() {
        let net = |text: &str| network(text.parse().unwrap());
        assert_eq!(net("2001:db8:1:2:3:4:5:6"), net("2001:db8:1:2::9"));
        assert_ne!(net("2001:db8:1:2::1"), net("2001:db8:1:3::1"));
        assert_eq!(net("::ffff:192.0.2.1"), net("192.0.2.1"));
    }
}
