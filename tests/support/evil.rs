//! Servers that misbehave, and one that behaves, on loopback; and a name service that says what the test wants.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use badgewatch::domain::host::Host;
use badgewatch::domain::verdict::Reason;
use badgewatch::probe::http::{Lookup, LookupError};
use futures_util::future::{BoxFuture, ready};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A name service that is a function.
pub struct Names<F>(pub F);

impl<F> Lookup for Names<F>
where
    F: Fn(&Host) -> Result<Vec<IpAddr>, LookupError> + Send + Sync + 'static,
{
    fn addresses(&self, host: Host) -> BoxFuture<'static, Result<Vec<IpAddr>, LookupError>> {
        Box::pin(ready((self.0)(&host)))
    }
}

/// Every name leads to this address.
pub fn all_names_lead_to(address: [u8; 4]) -> Arc<dyn Lookup> {
    Arc::new(Names(move |_: &Host| Ok(vec![IpAddr::from(address)])))
}

/// A listening server, gone when dropped.
pub struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Lets `behave` deal with every connection to a free port of 127.0.0.1.
pub async fn serve<F, B>(behave: F) -> Server
where
    F: Fn(TcpStream) -> B + Send + 'static,
    B: Future<Output = ()> + Send + 'static,
{
    serve_at(Ipv4Addr::LOCALHOST, behave).await
}

/// The same on another loopback address.
pub async fn serve_at<F, B>(ip: Ipv4Addr, behave: F) -> Server
where
    F: Fn(TcpStream) -> B + Send + 'static,
    B: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind((ip, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(behave(stream));
        }
    });
    Server { address, connections, task }
}

/// Reads a request, says this, and closes.
pub async fn says(answer: impl Into<Vec<u8>>) -> Server {
    let answer: Arc<[u8]> = answer.into().into();
    serve(move |mut stream| {
        let answer = answer.clone();
        async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(&answer).await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}

/// Reads a request, says this, and then goes on with the piece for ever, as fast as it is taken.
pub async fn says_for_ever(start: &'static str, piece: &'static str) -> Server {
    serve(move |mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(start.as_bytes()).await;
        while stream.write_all(piece.as_bytes()).await.is_ok() {}
    })
    .await
}

/// Reads a request, says this, and then keeps silent with the connection open.
pub async fn says_and_waits(start: &'static str) -> Server {
    serve(move |mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(start.as_bytes()).await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await
}

/// Says this without waiting for a request, and keeps the connection open.
pub async fn says_at_once(start: &'static str) -> Server {
    serve(move |mut stream| async move {
        let _ = stream.write_all(start.as_bytes()).await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await
}

/// Breaks the connection (RST) after the request and these bytes.
pub async fn breaks_after(start: &'static str) -> Server {
    serve(move |mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(start.as_bytes()).await;
        let _ = stream.set_zero_linger();
    })
    .await
}

/// A well-behaved server: answers request after request on a connection by what their heads say.
pub async fn answers<F>(answer: F) -> Server
where
    F: Fn(&str) -> String + Clone + Send + Sync + 'static,
{
    answers_at(Ipv4Addr::LOCALHOST, answer).await
}

/// The same on another loopback address.
pub async fn answers_at<F>(ip: Ipv4Addr, answer: F) -> Server
where
    F: Fn(&str) -> String + Clone + Send + Sync + 'static,
{
    serve_at(ip, move |stream| talk(stream, answer.clone())).await
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, answer: impl Fn(&str) -> String) {
    while let Some(head) = read_head(&mut stream).await {
        if stream.write_all(answer(&head).as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A page with its length.
pub fn page(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

pub async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// A certificate authority that only the test knows.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// A server for this name, certified by this authority until the end of that year.
    pub async fn serves(&self, name: &str, last_year: i32) -> Server {
        self.serves_with(name, last_year, |_| page("secret")).await
    }

    /// The same with other answers.
    pub async fn serves_with(&self, name: &str, last_year: i32, answer: fn(&str) -> String) -> Server {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(last_year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        serve(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    talk(stream, answer).await;
                }
            }
        })
        .await
    }
}

/// No such name.
pub fn no_name() -> Result<Vec<IpAddr>, LookupError> {
    Err(LookupError { reason: Reason::DnsNoName, detail: "NXDOMAIN".into() })
}
