//! The web server of the county: virtual hosts on one port of loopback.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{COOKIE, HOST, IF_NONE_MATCH};
use axum::http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::badge;
use super::pages::{Document, certificate, document};
use super::reply::{HTML, PICTURE, Reply, SCRIPT, UNDECLARED};
use super::site::{Charset, DemoSite, Door, Naming};
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

const CHALLENGE: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><script>document.cookie='passed=1;path=/';\
location.reload();</script></head><body></body></html>";
/// The cookie that the script of the test sets.
const PASSED: &str = "passed=1";
const REFUSAL: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>访问被拦截</title></head><body>\
<h1>403</h1><p>您的请求疑似攻击行为，已被网站防火墙拦截。</p></body></html>";
const FAILURE: &str = "<html><head><title>503 Service Unavailable</title></head><body><h1>503</h1></body></html>";
const WELL: &str =
    "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>canary</title></head><body><p>ok</p></body></html>";

/// All sites as they are now.
pub(super) struct Stage {
    sites: RwLock<Vec<DemoSite>>,
    /// The places in `sites` of the sites served at a name in A-labels.
    at: HashMap<String, Vec<usize>>,
}

/// Answers the requests of one connection until the visitor goes.
pub(super) async fn talk(stream: TcpStream, stage: Arc<Stage>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let stage = stage.clone();
        async move { stage.answer(&request).await }
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

    /// The answer to a request; an error where the connection is to be closed instead.
    async fn answer(&self, request: &Request<Incoming>) -> io::Result<Response<Body>> {
        let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let typed = text(HOST).to_ascii_lowercase();
        let name = typed.split(':').next().unwrap_or_default();
        let host = name.strip_suffix(FOR_BROWSERS).unwrap_or(name);
        let visit = Visit {
            path: request.uri().path(),
            browser: typed.strip_prefix(host).filter(|_| host != name),
            passed: text(COOKIE).contains(PASSED),
        };
        let reply = match host {
            CANARY => Reply::ok(HTML, WELL),
            SCRIPT_HOST => self.badge_file(&visit),
            CERTIFICATE_HOST => self.certificate(request.uri().query().unwrap_or_default()),
            _ => match self.site(host, visit.path) {
                // A visitor may still hold a connection, or come by the browsers' name.
                Some((site, _)) if site.naming != Naming::Here => return Err(io::ErrorKind::ConnectionReset.into()),
                Some((site, rest)) => of_site(&site, &Visit { path: rest, ..visit }),
                None => Reply::not_found(),
            },
        };
        tokio::time::sleep(reply.delay).await;
        Ok(reply.response(text(IF_NONE_MATCH)))
    }

    fn badge_file(&self, visit: &Visit<'_>) -> Reply {
        if let Some(colour) = visit.path.strip_prefix("/image/").and_then(|file| file.strip_suffix(".png")) {
            return Reply::ok(PICTURE, badge::picture(colour));
        }
        let holder = self.find(|site| badge::script_path(&badge::code(site.number)) == visit.path);
        holder.map_or_else(Reply::not_found, |site| Reply::ok(SCRIPT, visit.words(badge::issued_script(&site))))
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

/// Who comes, and for what.
struct Visit<'a> {
    path: &'a str,
    /// What stands behind a host in the address of a browser on this machine: `.localhost:8080`.
    browser: Option<&'a str>,
    /// Did it run the script of the anti-bot test?
    passed: bool,
}

impl Visit<'_> {
    /// A text as it goes to this visitor: a browser, too, must be led to the badge hosts of the county, never to the real ones.
    fn words(&self, text: String) -> String {
        let Some(behind) = self.browser else { return text };
        [SCRIPT_HOST, CERTIFICATE_HOST].iter().fold(text, |text, host| text.replace(host, &format!("{host}{behind}")))
    }
}

fn of_site(site: &DemoSite, visit: &Visit<'_>) -> Reply {
    match site.door {
        Door::Challenge if !visit.passed => {
            Reply { cookie: true, ..Reply::new(StatusCode::PRECONDITION_FAILED, HTML, CHALLENGE) }
        }
        Door::Firewall => Reply::new(StatusCode::FORBIDDEN, HTML, REFUSAL),
        Door::Failing => Reply::new(StatusCode::SERVICE_UNAVAILABLE, HTML, FAILURE),
        Door::Open | Door::Slow | Door::Challenge => match document(site, visit.path) {
            None => Reply::not_found(),
            Some(Document::Html(html)) => {
                let content_type = if site.charset == Charset::Utf8 { HTML } else { UNDECLARED };
                let delay = if site.door == Door::Slow { SLOW } else { Duration::ZERO };
                Reply { delay, ..Reply::ok(content_type, encoded(site.charset, &visit.words(html))) }
            }
            Some(Document::Script(script)) => Reply::ok(SCRIPT, visit.words(script)),
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
