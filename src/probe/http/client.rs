//! The two HTTP clients, one a scheme: only so can the default port of each be mapped on its own.

use std::sync::Arc;

use reqwest::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Certificate, Client, ClientBuilder, redirect};

use super::gate::{Door, Gate};
use super::limits::Limits;
use crate::domain::address::AddressPolicy;

/// How the fetcher is set up.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub policy: AddressPolicy,
    pub limits: Limits,
    /// Connect here where an http URL states no port (URL and `Host` stay as they are). Not for address literals.
    pub http_port: Option<u16>,
    /// Likewise for https.
    pub https_port: Option<u16>,
    /// Further root certificates in PEM, beside the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// A page that says who looks and why, for the User-Agent.
    pub about_url: Option<String>,
}

/// Why no fetcher could be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("the CA file holds no certificate in PEM")]
    NoCertificate,
    #[error("the about URL does not fit into a header")]
    AboutUrl,
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[from] reqwest::Error),
}

/// A client for each scheme.
pub(super) struct Clients {
    http: Client,
    https: Client,
}

impl Clients {
    pub fn build(settings: &Settings, gate: &Gate) -> Result<Self, SetupError> {
        // An error only says that a provider was installed before us.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let door = |port: Option<u16>| Arc::new(Door { gate: gate.clone(), port: port.unwrap_or(0) });
        let builder = |port| builder(&settings.limits).dns_resolver(door(port));
        Ok(Self {
            // Without roots: it never speaks TLS, and the system's take time to read.
            http: builder(settings.http_port).tls_certs_only([]).build()?,
            https: builder(settings.https_port).tls_certs_merge(roots(settings)?).build()?,
        })
    }

    pub fn of(&self, scheme: &str) -> &Client {
        if scheme == "https" { &self.https } else { &self.http }
    }
}

fn builder(limits: &Limits) -> ClientBuilder {
    Client::builder()
        .no_proxy() // a proxy would resolve names itself, past the gate
        .redirect(redirect::Policy::none()) // each hop is judged by us
        .referer(false)
        .connect_timeout(limits.connect)
        .pool_idle_timeout(limits.idle)
        .pool_max_idle_per_host(limits.idle_per_host)
        .http1_ignore_invalid_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http2_max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
}

fn roots(settings: &Settings) -> Result<Vec<Certificate>, SetupError> {
    let Some(pem) = &settings.ca_pem else { return Ok(vec![]) };
    match Certificate::from_pem_bundle(pem) {
        Ok(roots) if !roots.is_empty() => Ok(roots),
        _ => Err(SetupError::NoCertificate),
    }
}

/// The headers of every request: who we are, and that we read Chinese.
pub(super) fn standing_headers(about_url: Option<&str>) -> Result<HeaderMap, SetupError> {
    let version = env!("CARGO_PKG_VERSION");
    let agent = match about_url {
        Some(about) => format!("badgewatch/{version} (+{about})"),
        None => format!("badgewatch/{version}"),
    };
    let agent = HeaderValue::from_str(&agent).map_err(|_| SetupError::AboutUrl)?;
    let language = HeaderValue::from_static("zh-CN,zh;q=0.9,en;q=0.5");
    Ok(HeaderMap::from_iter([(USER_AGENT, agent), (ACCEPT_LANGUAGE, language)]))
}
