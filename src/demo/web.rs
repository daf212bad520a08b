//! The web server of the county: virtual hosts on one port of loopback.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, HOST, IF_NONE_MATCH, SET_COOKIE};
use axum::http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::badge;
use super::pages::{Document, certificate, document};
use super::site::{Charset, DemoSite, Door};
use crate::domain::host::Host;

/// How long a slow site thinks about a page.
const SLOW: Duration = Duration::from_millis(1500);
/// The host that serves issued scripts, and the one that serves certificates: played here, never contacted.
pub(super) const SCRIPT_HOST: &str = "dcs.conac.cn";
pub(super) const CERTIFICATE_HOST: &str = "bszs.conac.cn";
/// A name that always resolves and a host that always answers.
pub(super) const CANARY: &str = "canary.yunxi.test";
/// Browsers lead every name below `localhost` to loopback, so that `http://NAME.localhost:PORT/` opens a site.
const FOR_BROWSERS: &str = ".localhost";

const CHALLENGE: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><script>document.cookie='k=1;path=/';\
location.reload();</script></head><body></body></html>";
const REFUSAL: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>访问被拦截</title></head><body>\
<h1>403</h1><p>您的请求疑似攻击行为，已被网站防火墙拦截。</p></body></html>";
const NOT_FOUND: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>404 Not Found</title></head><body>\
<h1>404 Not Found</h1></body></html>";
const FAILURE: &str = "<html><head><title>503 Service Unavailable</title></head><body><h1>503</h1></body></html>";
const WELL: &str =
    "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>canary</title></head><body><p>ok</p></body></html>";

/// All sites as they are now.
pub(super) struct Stage {
    sites: RwLock<Vec<DemoSite>>,
    /// The places in `sites` of the sites served at a name in A-labels.
    at: HashMap<String, Vec<usize>>,
}

struct Reply {
    status: StatusCode,
    content_type: &'static str,
    body: Vec<u8>,
    cookie: bool,
    delay: Duration,
}

impl Reply {
    fn new(status: StatusCode, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, body: body.into(), cookie: false, delay: Duration::ZERO }
    }

    fn ok(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(StatusCode::OK, content_type, body)
    }

    fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, HTML, NOT_FOUND)
    }
}

const HTML: &str = "text/html; charset=utf-8";
const UNDECLARED: &str = "text/html";
const SCRIPT: &str = "application/javascript";

/// Answers the requests of one connection until the visitor goes.
pub(super) async fn talk(stream: TcpStream, stage: Arc<Stage>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let stage = stage.clone();
        async move { Ok::<_, Infallible>(stage.answer(&request).await) }
    });
    // A visitor who goes away in mid-answer is no trouble of ours.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

impl Stage {
    pub(super) fn new(sites: &[DemoSite]) -> Self {
        let mut at: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, site) in sites.iter().enumerate() {
            for host in site.names().filter_map(Host::parse) {
                at.entry(host.ascii().to_owned()).or_default().push(place);
            }
        }
        Self { sites: RwLock::new(sites.to_vec()), at }
    }

    /// Puts a site in the place of the one with its number.
    pub(super) fn replace(&self, site: DemoSite) {
        let mut sites = self.sites.write().unwrap_or_else(PoisonError::into_inner);
        sites.iter_mut().filter(|known| known.number == site.number).for_each(|known| *known = site);
    }

    async fn answer(&self, request: &Request<Incoming>) -> Response<Body> {
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let host = text(HOST).split(':').next().unwrap_or_default().to_ascii_lowercase();
        let host = host.strip_suffix(FOR_BROWSERS).unwrap_or(&host);
        let reply = match host {
            CANARY => Reply::ok(HTML, WELL),
            SCRIPT_HOST => self.issued_script(request.uri().path()),
            CERTIFICATE_HOST => self.certificate(request.uri().query().unwrap_or_default()),
            _ => match self.site(host, request.uri().path()) {
                Some((site, rest)) => of_site(&site, rest),
                None => Reply::not_found(),
            },
        };
        tokio::time::sleep(reply.delay).await;
        respond(reply, text(IF_NONE_MATCH))
    }

    fn issued_script(&self, path: &str) -> Reply {
        let holder = self.find(|site| badge::script_path(&badge::code(site.number)) == path);
        holder.map_or_else(Reply::not_found, |site| Reply::ok(SCRIPT, badge::issued_script(&site)))
    }

    fn certificate(&self, query: &str) -> Reply {
        let holder = self.find(|site| query.contains(&badge::certificate_id(site.number)));
        holder.map_or_else(Reply::not_found, |site| Reply::ok(HTML, certificate(&site)))
    }

    fn find(&self, is_wanted: impl Fn(&DemoSite) -> bool) -> Option<DemoSite> {
        let sites = self.sites.read().unwrap_or_else(PoisonError::into_inner);
        sites.iter().copied().find(is_wanted)
    }

    /// The site at a host and path, the one with the longest folder first, and the path below its root.
    fn site<'p>(&self, host: &str, path: &'p str) -> Option<(DemoSite, &'p str)> {
        let sites = self.sites.read().unwrap_or_else(PoisonError::into_inner);
        let below = |site: DemoSite| path.strip_prefix(site.root()).map(|rest| (site, rest));
        let fitting = self.at.get(host)?.iter().filter_map(|place| below(sites[*place]));
        fitting.max_by_key(|(site, _)| site.root().len())
    }
}

fn of_site(site: &DemoSite, path: &str) -> Reply {
    match site.door {
        Door::Challenge => Reply { cookie: true, ..Reply::new(StatusCode::PRECONDITION_FAILED, HTML, CHALLENGE) },
        Door::Firewall => Reply::new(StatusCode::FORBIDDEN, HTML, REFUSAL),
        Door::Failing => Reply::new(StatusCode::SERVICE_UNAVAILABLE, HTML, FAILURE),
        Door::Open | Door::Slow => match document(site, path) {
            None => Reply::not_found(),
            Some(Document::Html(html)) => {
                let content_type = if site.charset == Charset::Utf8 { HTML } else { UNDECLARED };
                let delay = if site.door == Door::Slow { SLOW } else { Duration::ZERO };
                Reply { delay, ..Reply::ok(content_type, encoded(site.charset, &html)) }
            }
            Some(Document::Script(script)) => Reply::ok(SCRIPT, script),
            Some(Document::Text(text)) => Reply::ok("text/plain; charset=utf-8", text),
            Some(Document::Xml(xml)) => Reply::ok("application/xml", xml),
        },
    }
}

fn encoded(charset: Charset, text: &str) -> Vec<u8> {
    match charset {
        Charset::Utf8 => text.as_bytes().to_vec(),
        Charset::Gbk | Charset::GbkUndeclared => encoding_rs::GBK.encode(text).0.into_owned(),
        Charset::Utf16 => std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
    }
}

/// The answer as it goes out. What the visitor has already is not sent again (RFC 9110, 13.1.2).
fn respond(reply: Reply, known: &str) -> Response<Body> {
    let tag = entity_tag(&reply.body);
    let is_known =
        reply.status == StatusCode::OK && known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag);
    let mut response = match is_known {
        true => Response::new(Body::empty()),
        false => Response::new(Body::from(reply.body)),
    };
    *response.status_mut() = if is_known { StatusCode::NOT_MODIFIED } else { reply.status };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    if reply.status == StatusCode::OK {
        headers.extend(HeaderValue::try_from(tag).ok().map(|tag| (ETAG, tag)));
    }
    if reply.cookie {
        headers.insert(SET_COOKIE, HeaderValue::from_static("k=0; Path=/; HttpOnly"));
    }
    response
}

fn entity_tag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
