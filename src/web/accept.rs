//! Connections: as many as the machine bears, none that only waits.
//!
//! `axum::serve` neither ends who never finishes a request's head nor counts connections; so they are accepted here, by the
//! same hyper.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use super::patience::Patient;
use super::quick::Quick;
use crate::metrics::{AnswerClass, Metrics, Surface};

/// Connections at a time; further ones wait at the door.
const MOST: usize = 10_000;
/// How long a request's head may take, and how long a connection may say nothing.
const HEAD: Duration = Duration::from_secs(10);
/// How long an answer may lie there of which nothing is taken.
const UNREAD: Duration = Duration::from_secs(30);
/// How long a whole request may take to come in and be answered.
const REQUEST: Duration = Duration::from_secs(60);
/// Bytes of a head at most.
const LARGEST_HEAD: usize = 32 * 1024;
/// How long answers under way have, once it is stopped.
const FAREWELL: Duration = Duration::from_secs(5);
/// How long nothing is accepted after the system could not (no file handles left).
const PAUSE: Duration = Duration::from_millis(100);

/// Who answers, and what counts it.
pub(super) struct Door {
    pub router: Router,
    pub quick: Quick,
    pub metrics: Arc<Metrics>,
}

/// Accepts connections until it is stopped; answers under way are finished.
pub(super) async fn serve(door: Door, listener: TcpListener, stop: CancellationToken) {
    let (door, graceful, turns) = (Arc::new(door), GracefulShutdown::new(), Arc::new(Semaphore::new(MOST)));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &turns) => accepted,
        };
        match accepted {
            Ok((stream, peer, turn)) => connection(&door, &graceful, stream, peer, turn),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(FAREWELL, graceful.shutdown()).await;
}

async fn accept(
    listener: &TcpListener,
    turns: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let turn = turns.clone().acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, turn))
}

fn connection(
    door: &Arc<Door>,
    graceful: &GracefulShutdown,
    stream: TcpStream,
    peer: SocketAddr,
    turn: OwnedSemaphorePermit,
) {
    // Answers are short: they go at once.
    let _ = stream.set_nodelay(true);
    let (open, door) = (door.metrics.clone(), door.clone());
    let service = service_fn(move |request| counted(door.clone(), request, peer));
    let mut http = http1::Builder::new();
    // Head and body of a short answer in one piece cost the kernel less than two pieces.
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(LARGEST_HEAD).writev(false);
    let connection = graceful.watch(http.serve_connection(TokioIo::new(Patient::new(stream, UNREAD)), service));
    open.web().connections.inc();
    tokio::spawn(async move {
        // Who hangs up in the middle is nobody's trouble.
        let _ = connection.await;
        open.web().connections.dec();
        drop(turn);
    });
}

async fn counted(door: Arc<Door>, request: Request<Incoming>, peer: SocketAddr) -> Result<Response, Infallible> {
    let (begun, surface) = (Instant::now(), Surface::of(request.uri().path()));
    let answered = match door.quick.answer(request.method(), request.uri(), request.headers(), peer) {
        Some(response) => Ok(response),
        None => answer(door.router.clone(), request, peer).await,
    };
    if let Ok(response) = &answered {
        door.metrics.web().answered(surface, AnswerClass::of(response.status().as_u16()), begun.elapsed());
    }
    answered
}

async fn answer(mut router: Router, mut request: Request<Incoming>, peer: SocketAddr) -> Result<Response, Infallible> {
    // Limits need to know who asks.
    request.extensions_mut().insert(ConnectInfo(peer));
    match tokio::time::timeout(REQUEST, router.call(request)).await {
        Ok(answered) => answered,
        Err(_) => Ok(StatusCode::REQUEST_TIMEOUT.into_response()),
    }
}
