//! What a fetcher tells whoever counts: classes, never hosts.

use std::sync::Arc;
use std::time::Duration;

use super::answer::Trouble;
use super::exchange::Outcome;
use crate::closed_set;
use crate::domain::verdict::Reason;

closed_set! {
    /// How a request to a watched site ended.
    pub enum RequestEnd {
        Success = "success", "2xx";
        NotModified = "not_modified", "304: as we knew it";
        Redirect = "redirect", "a redirect that leads on";
        RateLimited = "rate_limited", "429: asked too often";
        ClientError = "client_error", "another 4xx";
        ServerError = "server_error", "5xx";
        OtherStatus = "other_status", "any other status";
        Timeout = "timeout", "no complete answer in time";
        Refused = "refused", "the server refused the connection";
        Reset = "reset", "the connection broke before an answer";
        Unreachable = "unreachable", "no route to the address";
        Tls = "tls", "the TLS handshake or certificate failed";
        Truncated = "truncated", "the body ended early";
        TooLarge = "too_large", "head or body above our limit";
        NoName = "no_name", "the name has no address, or the name servers did not tell";
        Forbidden = "forbidden", "an address that we may not connect to";
        BadResponse = "bad_response", "no valid HTTP, or another trouble";
    }
}

/// What happened.
#[derive(Debug, Clone, Copy)]
pub enum Heard {
    /// A request has its turn.
    Turn { waited: Duration },
    /// A request ended; `bytes` of its body came, decompressed.
    Request { end: RequestEnd, took: Duration, bytes: usize },
}

/// Who counts.
pub type Listener = Arc<dyn Fn(Heard) + Send + Sync>;

/// What is told of an exchange.
pub(super) fn request(outcome: &Result<Outcome, Trouble>, took: Duration) -> Heard {
    let (end, bytes) = match outcome {
        Ok(Outcome::Redirect(..)) => (RequestEnd::Redirect, 0),
        Ok(Outcome::Answer(answer)) => (by_status(answer.status), answer.body.len()),
        Err(trouble) => (by_reason(trouble.reason), trouble.partial.as_ref().map_or(0, |answer| answer.body.len())),
    };
    Heard::Request { end, took, bytes }
}

const fn by_status(status: u16) -> RequestEnd {
    match status {
        200..300 => RequestEnd::Success,
        304 => RequestEnd::NotModified,
        429 => RequestEnd::RateLimited,
        400..500 => RequestEnd::ClientError,
        500..600 => RequestEnd::ServerError,
        _ => RequestEnd::OtherStatus,
    }
}

const fn by_reason(reason: Reason) -> RequestEnd {
    match reason {
        Reason::Timeout => RequestEnd::Timeout,
        Reason::ConnectRefused => RequestEnd::Refused,
        Reason::ConnectionReset => RequestEnd::Reset,
        Reason::NetworkUnreachable => RequestEnd::Unreachable,
        Reason::TlsError => RequestEnd::Tls,
        Reason::Truncated => RequestEnd::Truncated,
        Reason::TooLarge => RequestEnd::TooLarge,
        Reason::AddressRefused => RequestEnd::Forbidden,
        Reason::DnsServfail
        | Reason::DnsRefused
        | Reason::DnsTimeout
        | Reason::DnsLame
        | Reason::DnsBogus
        | Reason::DnsDisagree
        | Reason::DnsNoName => RequestEnd::NoName,
        _ => RequestEnd::BadResponse,
    }
}
