//! A farm of web sites on loopback: virtual hosts by `Host` header on one port number, http and https alike.
//!
//! One port number is opened on as many `127.x.y.z` addresses as asked for, so that each site can have an address of
//! its own and politeness towards one address does not serialise a whole test.

use std::collections::HashMap;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use futures_util::StreamExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::tls::Issuer;

/// What the farm answers to one path.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
    delay: Duration,
    truncate: Option<usize>,
    close: bool,
}

impl Reply {
    /// Any bytes with status 200 and nothing said about their type.
    pub fn bytes(body: impl Into<Bytes>) -> Self {
        let (delay, truncate) = (Duration::ZERO, None);
        Self { status: 200, headers: Vec::new(), body: body.into(), delay, truncate, close: false }
    }

    pub fn html(body: impl Into<Bytes>) -> Self {
        Self::bytes(body).header("Content-Type", "text/html")
    }

    pub fn script(body: impl Into<Bytes>) -> Self {
        Self::bytes(body).header("Content-Type", "application/javascript")
    }

    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Adds a header; `Content-Type` replaces the one before.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if name.eq_ignore_ascii_case("content-type") {
            self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        }
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Says nothing until `delay` is over.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Promises the whole body and breaks the connection after `bytes` of it.
    pub fn truncate(mut self, bytes: usize) -> Self {
        self.truncate = Some(bytes);
        self
    }

    /// Closes the connection without an answer.
    pub fn hang_up(mut self) -> Self {
        self.close = true;
        self
    }
}

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
        Self::start_on(&[])
    }

    /// A farm on 127.0.0.1 and, under the same port numbers, on further loopback addresses.
    pub fn start_on(more: &[Ipv4Addr]) -> Self {
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
        self.runtime.as_ref().unwrap().spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (sites, acceptor) = (sites.clone(), acceptor.clone());
                tokio::spawn(async move {
                    if !secure {
                        return talk(stream, sites, secure).await;
                    }
                    if let Ok(stream) = acceptor.accept(stream).await {
                        talk(stream, sites, secure).await;
                    }
                });
            }
        });
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
        let reply = self.find(&host, &path, sequence);
        tokio::time::sleep(reply.delay).await;
        if reply.close {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(response(reply))
    }

    fn find(&self, host: &str, path: &str, sequence: usize) -> Reply {
        let replies = self.replies.lock().unwrap();
        let at = |path: &str| replies.get(&(host.to_owned(), path.to_owned())).cloned();
        let endless = || {
            let mut fits = replies
                .iter()
                .filter(|((h, p), _)| h == host && p.strip_suffix('*').is_some_and(|p| path.starts_with(p)));
            let (_, reply) = fits.next()?;
            let body = String::from_utf8_lossy(&reply.body).replace("{{SEQ}}", &sequence.to_string());
            Some(Reply { body: body.into(), ..reply.clone() })
        };
        let plain = path.split('?').next().unwrap_or_default();
        at(path).or_else(|| at(plain)).or_else(endless).unwrap_or_else(not_found)
    }
}

fn not_found() -> Reply {
    Reply::html("<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>").status(404)
}

fn response(reply: Reply) -> Response<Body> {
    let mut headers = HeaderMap::new();
    for (name, value) in &reply.headers {
        headers.append(HeaderName::try_from(name).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    let body = match reply.truncate {
        None => Body::from(reply.body),
        Some(bytes) => {
            headers.insert("content-length", HeaderValue::from(reply.body.len()));
            let cut = reply.body.slice(..bytes.min(reply.body.len()));
            // The pause lets what was promised go out before the connection breaks.
            let broken = futures_util::stream::once(async {
                tokio::task::yield_now().await;
                Err(io::Error::from(io::ErrorKind::ConnectionReset))
            });
            Body::from_stream(futures_util::stream::iter([Ok(cut)]).chain(broken))
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap();
    *response.headers_mut() = headers;
    response
}
