//! What a broken exchange is called. Types decide, never the text of a message.

use std::error::Error;
use std::io::{self, ErrorKind};

use super::answer::Trouble;
use super::gate::LookupError;
use crate::domain::verdict::Reason;

/// How far the exchange had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Head,
    Body,
}

/// Names what went wrong: the deepest cause that says something knows best.
pub(super) fn classify(error: &reqwest::Error, stage: Stage) -> Trouble {
    let told = || chain(error).filter_map(|cause| reason_of(cause, stage, error.is_connect())).last();
    let reason = if error.is_timeout() { Some(Reason::Timeout) } else { told() };
    Trouble::new(reason.unwrap_or(Reason::BadResponse), describe(error))
}

/// The error and all its sources. `io::Error` hides the error it wraps from `source()`, so it is opened by hand.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| source(*error))
}

fn source<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    }
}

fn reason_of(cause: &(dyn Error + 'static), stage: Stage, connecting: bool) -> Option<Reason> {
    if let Some(refused) = cause.downcast_ref::<LookupError>() {
        Some(refused.reason)
    } else if cause.is::<rustls::Error>() {
        Some(Reason::TlsError)
    } else if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        of_http(error, stage)
    } else {
        of_io(cause.downcast_ref::<io::Error>()?.kind(), stage, connecting)
    }
}

fn of_http(error: &hyper::Error, stage: Stage) -> Option<Reason> {
    if error.is_parse_too_large() {
        Some(Reason::TooLarge)
    } else if error.is_parse() {
        Some(Reason::BadResponse)
    } else if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        Some(broken(stage))
    } else {
        None
    }
}

fn of_io(kind: ErrorKind, stage: Stage, connecting: bool) -> Option<Reason> {
    use ErrorKind::*;
    Some(match kind {
        ConnectionRefused => Reason::ConnectRefused,
        UnexpectedEof if connecting => Reason::TlsError, // only a handshake reads while it connects
        ConnectionReset | ConnectionAborted | BrokenPipe | NotConnected | UnexpectedEof => broken(stage),
        TimedOut => Reason::Timeout,
        // A local firewall answers EACCES or EPERM, a missing address family EADDRNOTAVAIL.
        HostUnreachable | NetworkUnreachable | NetworkDown | AddrNotAvailable | PermissionDenied => {
            Reason::NetworkUnreachable
        }
        InvalidData | InvalidInput => Reason::BadResponse,
        _ => return None,
    })
}

fn broken(stage: Stage) -> Reason {
    match stage {
        Stage::Head => Reason::ConnectionReset,
        Stage::Body => Reason::Truncated,
    }
}

/// The causes, outermost first, without the repetitions that wrappers make.
fn describe(error: &reqwest::Error) -> String {
    let mut text = String::new();
    for cause in chain(error).map(|cause| cause.to_string()) {
        if !text.ends_with(&cause) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(&cause);
        }
    }
    text
}
