//! Who comes to the door and does not behave: slow, endless, nonsense. Everybody else is served meanwhile.

mod support;

use std::time::{Duration, Instant};

use badgewatch::app;
use badgewatch::clock::Clock;
use badgewatch::config::Config;
use badgewatch::web;
use support::db::sqlite;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_util::sync::CancellationToken;

/// Long before a slow machine gives up, long after the door does.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends what it is told and reads until the other side ends.
async fn said(address: std::net::SocketAddr, text: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(text).await;
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "the connection is held open");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_holds_the_door() {
    let test = sqlite().await;
    let app = app::shared(Config::default(), test.db.clone(), Clock::System).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let serving = tokio::spawn(web::serve(app, listener, stop.clone()));

    // Two hundred who never finish their first line.
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET /verify/CA18205000041234567").await.unwrap();
        slow.push(stream);
    }
    let healthy = said(address, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(healthy.starts_with("HTTP/1.1 200"), "{healthy}");

    let giant = format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Big: {}\r\n\r\n", "x".repeat(200_000));
    for (what, text) in [
        ("a giant head", giant.as_bytes()),
        ("a giant address", &[b"GET /".as_slice(), &[b'a'; 200_000], b" HTTP/1.1\r\nHost: x\r\n\r\n"].concat()),
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(50).as_slice()),
        ("two lengths", b"POST /report HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        ("a smuggled request", b"GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    ] {
        let answer = said(address, text).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{what}: {answer}");
    }

    let idle = tokio::spawn(who_never_reads(address));
    let begun = Instant::now();
    for mut stream in slow {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(PATIENCE.saturating_sub(begun.elapsed()), stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "who never finishes is let go");
    }
    let let_go = tokio::time::timeout(PATIENCE, idle).await;
    assert!(let_go.is_ok(), "who never reads is let go");
    stop.cancel();
    tokio::time::timeout(PATIENCE, serving).await.unwrap().unwrap();
}

/// Asks on and on and takes no answer; it ends when the other side has had enough of it.
async fn who_never_reads(address: std::net::SocketAddr) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(1).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    while stream.write_all(&b"GET /public.css HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100)).await.is_ok() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_office_counts_is_told_to_its_own_networks_alone() {
    let test = sqlite().await;
    let mut config = Config::default();
    config.web.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let app = app::shared(config, test.db.clone(), Clock::System).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let serving = tokio::spawn(web::serve(app, listener, stop.clone()));
    for (from, answer) in [("203.0.113.9", "404"), ("2001:db8::1", "404"), ("10.1.2.3", "200"), ("::1", "200")] {
        let text = format!("GET /metrics HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {from}\r\nConnection: close\r\n\r\n");
        let said = said(address, text.as_bytes()).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {answer}")), "{from}: {said}");
        assert_eq!(said.contains("badgewatch_"), answer == "200", "{from}");
    }
    stop.cancel();
    serving.await.unwrap();
}
