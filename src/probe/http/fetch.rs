//! The redirect chain: each hop judged, waited for, asked and noted.

use std::net::IpAddr;
use std::sync::Arc;

use reqwest::header::{ACCEPT, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use tokio::time::Instant;
use url::Url;

use super::answer::{Answer, Fetched, Hop, Request, Trouble};
use super::client::{Clients, Settings, SetupError, standing_headers};
use super::exchange::{Exchange, Outcome};
use super::gate::{Gate, Lookup, LookupError};
use super::heard::{self, Heard, Listener};
use super::limits::Limits;
use super::polite::{Permit, Politeness};
use crate::domain::host::Host;
use crate::domain::verdict::Reason;

/// Fetches pages. One is enough for a process; all share its connections and TLS sessions.
pub struct Fetcher {
    clients: Clients,
    gate: Gate,
    politeness: Option<Arc<Politeness>>,
    limits: Limits,
    headers: HeaderMap,
    heard: Option<Listener>,
}

impl Fetcher {
    /// A fetcher that finds addresses by `lookup` and, with a `politeness`, waits for its turn before every hop.
    pub fn new(
        settings: Settings,
        lookup: Arc<dyn Lookup>,
        politeness: Option<Arc<Politeness>>,
    ) -> Result<Self, SetupError> {
        let gate = Gate { lookup, policy: Arc::new(settings.policy.clone()) };
        Ok(Self {
            clients: Clients::build(&settings, &gate)?,
            gate,
            politeness,
            headers: standing_headers(settings.about_url.as_deref())?,
            limits: settings.limits,
            heard: None,
        })
    }

    /// The same, with somebody who hears of every request.
    pub fn heard_by(self, listener: Listener) -> Self {
        Self { heard: Some(listener), ..self }
    }

    /// Asks for a URL and follows its redirects. A dead site is an outcome like any other.
    pub async fn get(&self, url: &Url, how: &Request) -> Fetched {
        let mut hops = Vec::new();
        let mut at = without_fragment(url.clone());
        let outcome = loop {
            match self.hop(&at, how, hops.is_empty()).await {
                Ok(Outcome::Redirect(status, location)) => {
                    let next = next_url(&at, &location);
                    hops.push(Hop { url: at.clone(), status, location: readable(&location) });
                    match next.and_then(|next| self.onward(next, &hops)) {
                        Ok(next) => at = next,
                        Err(trouble) => break Err(trouble),
                    }
                }
                Ok(Outcome::Answer(answer)) => break Ok(answer),
                Err(trouble) => break Err(trouble),
            }
        };
        Fetched { requested: url.clone(), url: at, hops, outcome }
    }

    async fn hop(&self, url: &Url, how: &Request, first: bool) -> Result<Outcome, Trouble> {
        self.gate.policy.permits_url(url).map_err(|refusal| Trouble::new(Reason::AddressRefused, refusal))?;
        let _turn = self.turn(url).await?;
        let exchange = Exchange {
            client: self.clients.of(url.scheme()),
            limits: &self.limits,
            max_body: how.max_body.unwrap_or(self.limits.body_bytes),
            url,
            headers: self.headers_of(how, first),
        };
        let started = Instant::now();
        let outcome = exchange.run().await;
        self.tell(|| heard::request(&outcome, started.elapsed()));
        outcome
    }

    fn tell(&self, heard: impl FnOnce() -> Heard) {
        if let Some(listener) = &self.heard {
            listener(heard());
        }
    }

    /// Waits until site and address may be asked (again). Networks that the operator opened are his own: no waiting.
    async fn turn(&self, url: &Url) -> Result<Option<Permit>, Trouble> {
        let Some(politeness) = &self.politeness else { return Ok(None) };
        let (site, address) = match url.host() {
            Some(url::Host::Ipv4(v4)) => (v4.to_string(), IpAddr::V4(v4)),
            Some(url::Host::Ipv6(v6)) => (v6.to_string(), IpAddr::V6(v6)),
            _ => {
                let host = Host::of(url).ok_or_else(|| Trouble::new(Reason::AddressRefused, "no host name"))?;
                let site = host.ascii().trim_start_matches("www.").to_owned();
                (site, self.address_key(host).await?)
            }
        };
        if self.gate.policy.opened(address) {
            return Ok(None);
        }
        let asked = Instant::now();
        let permit = politeness.acquire(&site, address).await;
        self.tell(|| Heard::Turn { waited: asked.elapsed() });
        Ok(Some(permit))
    }

    /// One address stands for all of a host, whatever order they come in.
    async fn address_key(&self, host: Host) -> Result<IpAddr, Trouble> {
        let addresses = self.gate.addresses(host).await.map_err(trouble_of)?;
        addresses.into_iter().min().ok_or_else(|| Trouble::new(Reason::DnsNoName, "no address"))
    }

    fn headers_of(&self, how: &Request, first: bool) -> HeaderMap {
        let mut headers = self.headers.clone();
        headers.insert(ACCEPT, how.accept.clone());
        for (name, value) in [(IF_NONE_MATCH, &how.if_none_match), (IF_MODIFIED_SINCE, &how.if_modified_since)] {
            if first && let Some(value) = value {
                headers.insert(name, value.clone());
            }
        }
        headers
    }

    /// A redirect leads on if it is neither one too many nor back to where we were.
    fn onward(&self, next: Url, hops: &[Hop]) -> Result<Url, Trouble> {
        if hops.iter().any(|hop| hop.url == next) {
            return Err(Trouble::new(Reason::RedirectLoop, format!("back to {next}")));
        }
        if hops.len() > self.limits.redirects {
            return Err(Trouble::new(Reason::RedirectLoop, format!("more than {} redirects", self.limits.redirects)));
        }
        Ok(next)
    }
}

impl Fetched {
    /// The answer as far as it came: whole, or what was there when it broke off or met the limit.
    pub fn seen(&self) -> Option<&Answer> {
        match &self.outcome {
            Ok(answer) => Some(answer),
            Err(trouble) => trouble.partial.as_deref(),
        }
    }
}

fn trouble_of(error: LookupError) -> Trouble {
    Trouble::new(error.reason, error.detail)
}

fn next_url(at: &Url, location: &[u8]) -> Result<Url, Trouble> {
    let location = readable(location);
    let next = at.join(&location);
    next.map(without_fragment)
        .map_err(|error| Trouble::new(Reason::BadResponse, format!("Location {location}: {error}")))
}

/// A `Location` as text: UTF-8 as it is; of another charset (GBK), the bytes that a server expects back.
fn readable(location: &[u8]) -> String {
    match std::str::from_utf8(location) {
        Ok(text) => text.to_owned(),
        Err(_) => location.iter().map(|&byte| escaped(byte)).collect(),
    }
}

fn escaped(byte: u8) -> String {
    if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}
