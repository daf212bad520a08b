//! One request and its answer: the head within its time, the body within its time and size.

use std::mem;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Client, Method, Response};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::answer::{Answer, Trouble};
use super::limits::Limits;
use super::trouble::{Stage, classify};
use crate::domain::verdict::Reason;

/// No more than this is set aside on the word of a `Content-Length`.
const TRUSTED_LENGTH: u64 = 256 * 1024;

/// Bodies read at once: thousands of hosts may answer in the same moment, and what is not read yet waits in the
/// kernel's buffers instead of ours.
const BODIES_AT_ONCE: usize = 128;
/// Nobody waits longer than this for a turn, or a hundred slow servers would stop all others.
const LONGEST_WAIT: Duration = Duration::from_millis(500);

static BODY_TURNS: Semaphore = Semaphore::const_new(BODIES_AT_ONCE);

async fn body_turn() -> Option<SemaphorePermit<'static>> {
    match BODY_TURNS.try_acquire() {
        Ok(turn) => Some(turn),
        Err(_) => timeout(LONGEST_WAIT, BODY_TURNS.acquire()).await.ok()?.ok(),
    }
}

/// A request that is ready to be sent.
pub(super) struct Exchange<'a> {
    pub client: &'a Client,
    pub limits: &'a Limits,
    pub max_body: usize,
    pub url: &'a Url,
    pub headers: HeaderMap,
}

/// What an exchange ended in.
#[expect(clippy::large_enum_variant, reason = "lives for a moment; a box would cost an allocation a page")]
pub(super) enum Outcome {
    Answer(Answer),
    /// Status and raw `Location`; the body is of no interest.
    Redirect(u16, Vec<u8>),
}

impl Exchange<'_> {
    pub async fn run(self) -> Result<Outcome, Trouble> {
        let started = Instant::now();
        let mut response = self.head(started).await?;
        let status = response.status();
        if matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
            && let Some(location) = response.headers().get(LOCATION)
        {
            return Ok(Outcome::Redirect(status.as_u16(), location.as_bytes().to_vec()));
        }
        let (body, trouble) = self.body(&mut response, started).await;
        let answer = Answer {
            status: status.as_u16(),
            remote: response.remote_addr(),
            http_version: response.version(),
            headers: mem::take(response.headers_mut()),
            body,
            elapsed: started.elapsed(),
            request_headers: self.headers,
        };
        match trouble {
            None => Ok(Outcome::Answer(answer)),
            Some(trouble) => Err(Trouble { partial: Some(Box::new(answer)), ..trouble }),
        }
    }

    async fn head(&self, started: Instant) -> Result<Response, Trouble> {
        let response = match self.send(started).await {
            // An idle connection may have been closed while we wrote to it: ask once more (RFC 9112, 9.3.1).
            Err(trouble) if trouble.reason == Reason::ConnectionReset => self.send(started).await?,
            response => response?,
        };
        let size: usize = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if size > self.limits.head_bytes {
            return Err(Trouble::new(Reason::TooLarge, format!("{size} bytes of headers")));
        }
        Ok(response)
    }

    async fn send(&self, started: Instant) -> Result<Response, Trouble> {
        let mut request = reqwest::Request::new(Method::GET, self.url.clone());
        *request.headers_mut() = self.headers.clone();
        match timeout_at(started + self.limits.head, self.client.execute(request)).await {
            Ok(response) => response.map_err(|error| classify(&error, Stage::Head)),
            Err(_) => Err(Trouble::new(Reason::Timeout, format!("no head within {:?}", self.limits.head))),
        }
    }

    /// What came of the body, and what cut it short.
    async fn body(&self, response: &mut Response, started: Instant) -> (Bytes, Option<Trouble>) {
        let _turn = body_turn().await;
        let mut body = Body { first: Bytes::new(), rest: BytesMut::new(), room: self.max_body };
        let trouble = match timeout_at(started + self.limits.total, body.fill(response)).await {
            Ok(done) => done.err(),
            Err(_) => Some(Trouble::new(Reason::Timeout, format!("body not done within {:?}", self.limits.total))),
        };
        (body.whole(), trouble)
    }
}

/// A body in the making. A small page is one chunk, which is handed on without a copy.
struct Body {
    first: Bytes,
    rest: BytesMut,
    room: usize,
}

impl Body {
    async fn fill(&mut self, response: &mut Response) -> Result<(), Trouble> {
        while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error, Stage::Body))? {
            let whole = chunk.len() <= self.room;
            let chunk = chunk.slice(..chunk.len().min(self.room));
            self.room -= chunk.len();
            self.push(chunk, response);
            if !whole {
                return Err(Trouble::new(Reason::TooLarge, "the body goes on above our limit"));
            }
        }
        Ok(())
    }

    fn push(&mut self, chunk: Bytes, response: &Response) {
        if self.first.is_empty() {
            self.first = chunk;
            return;
        }
        if self.rest.is_empty() {
            let declared = response.content_length().unwrap_or(0).min(TRUSTED_LENGTH) as usize;
            self.rest.reserve(declared.max(2 * self.first.len()));
            self.rest.extend_from_slice(&self.first);
        }
        self.rest.extend_from_slice(&chunk);
    }

    fn whole(self) -> Bytes {
        if self.rest.is_empty() { self.first } else { self.rest.freeze() }
    }
}
