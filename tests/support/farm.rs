//! A farm of web sites on loopback: virtual hosts by `Host` header on one port number, http and https alike.
//!
//! One port number is opened on as many `127.x.y.z` addresses as asked for, so that each site can have an address of
//! its own and politeness towards one address does not serialise a whole test.

use std::collections::HashMap;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::body::Body;
use axum::http::{Request, Response};
use badgewatch::demo::loopback::serve_all;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub use super::reply::Reply;
use super::tls::Issuer;

/// One request as the farm saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub host: String,
    pub path: String,
    pub user_agent: String,
    pub secure: bool,
    pub at: Instant,
}

#[derive(Default)]
struct Sites {
    replies: Mutex<HashMap<(String, String), Reply>>,
    seen: Mutex<Vec<Seen>>,
}

/// A running farm; it stops when dropped.
pub struct Farm {
    pub http_port: u16,
    pub https_port: u16,
    sites: Arc<Sites>,
    issuer: Arc<Issuer>,
    runtime: Option<Runtime>,
}

impl Farm {
    /// A farm on 127.0.0.1.
    pub fn start() -> Self {
        Self::start_on([])
    }

    /// A farm on 127.0.0.1 and, under the same port numbers, on further loopback addresses.
    pub fn start_on(more: impl IntoIterator<Item = Ipv4Addr>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut addresses = vec![Ipv4Addr::LOCALHOST];
        addresses.extend(more);
        let (http, https) = {
            let _inside = runtime.enter();
            (bind_all(&addresses), bind_all(&addresses))
        };
        let port = |listeners: &[TcpListener]| listeners[0].local_addr().unwrap().port();
        let farm = Self {
            http_port: port(&http),
            https_port: port(&https),
            sites: Arc::default(),
            issuer: Arc::new(Issuer::new()),
            runtime: Some(runtime),
        };
        http.into_iter().for_each(|listener| farm.accept(listener, false));
        https.into_iter().for_each(|listener| farm.accept(listener, true));
        farm
    }

    /// Serves `reply` at `host` and `path`. A path with a query answers that query only, one that ends in `*` all that
    /// begin so; there `{{SEQ}}` in the body becomes the number of requests seen so far, for endless sites.
    pub fn serve(&self, host: &str, path: &str, reply: Reply) {
        let host = idna::domain_to_ascii(host).unwrap();
        self.sites.replies.lock().unwrap().insert((host, path.to_owned()), reply);
    }

    /// Shows a certificate for another name at `host`.
    pub fn distrust(&self, host: &str) {
        self.issuer.distrust(host);
    }

    /// The PEM file of the farm's own certificate authority.
    pub fn ca_file(&self) -> &Path {
        self.issuer.ca_file()
    }

    /// All requests so far, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        self.sites.seen.lock().unwrap().clone()
    }

    fn accept(&self, listener: TcpListener, secure: bool) {
        let (sites, acceptor) = (self.sites.clone(), self.issuer.acceptor());
        self.runtime.as_ref().unwrap().spawn(serve_all(listener, move |stream| {
            let (sites, acceptor) = (sites.clone(), acceptor.clone());
            async move {
                if !secure {
                    return talk(stream, sites, secure).await;
                }
                if let Ok(stream) = acceptor.accept(stream).await {
                    talk(stream, sites, secure).await;
                }
            }
        }));
    }
}

impl Drop for Farm {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Binds one free port number on every address; to be called inside a runtime.
fn bind_all(addresses: &[Ipv4Addr]) -> Vec<TcpListener> {
    let bind = |address: Ipv4Addr, port: u16| -> io::Result<TcpListener> {
        let listener = std::net::TcpListener::bind((address, port))?;
        listener.set_nonblocking(true)?;
        TcpListener::from_std(listener)
    };
    for _ in 0..50 {
        let first = bind(addresses[0], 0).unwrap();
        let port = first.local_addr().unwrap().port();
        if let Ok(others) = addresses[1..].iter().map(|address| bind(*address, port)).collect::<io::Result<Vec<_>>>() {
            return std::iter::once(first).chain(others).collect();
        }
    }
    panic!("no port number is free on all {} loopback addresses", addresses.len());
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, sites: Arc<Sites>, secure: bool) {
    let service = service_fn(move |request: Request<Incoming>| {
        let sites = sites.clone();
        async move { sites.answer(&request, secure).await }
    });
    // A visitor who goes away in mid-answer is no trouble of ours.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

impl Sites {
    async fn answer(&self, request: &Request<Incoming>, secure: bool) -> io::Result<Response<Body>> {
        let text = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let host = text("host").split(':').next().unwrap_or_default().to_ascii_lowercase();
        let path = request.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned();
        let user_agent = text("user-agent").to_owned();
        let sequence = {
            let mut seen = self.seen.lock().unwrap();
            seen.push(Seen { host: host.clone(), path: path.clone(), user_agent, secure, at: Instant::now() });
            seen.len()
        };
        self.find(&host, &path, sequence).send().await
    }

    fn find(&self, host: &str, path: &str, sequence: usize) -> Reply {
        let replies = self.replies.lock().unwrap();
        let at = |path: &str| replies.get(&(host.to_owned(), path.to_owned())).cloned();
        let endless = || {
            let fits =
                |(h, p): &(String, String)| h == host && p.strip_suffix('*').is_some_and(|p| path.starts_with(p));
            replies.iter().find(|(at, _)| fits(at)).map(|(_, reply)| reply.numbered(sequence))
        };
        let plain = path.split('?').next().unwrap_or_default();
        at(path).or_else(|| at(plain)).or_else(endless).unwrap_or_else(Reply::not_found)
    }
}
