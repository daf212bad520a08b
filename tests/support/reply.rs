//! One answer of the farm, sound or broken as told.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use futures_util::StreamExt;

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

    /// The answer to every path that nothing is served at.
    pub fn not_found() -> Self {
        Self::html("<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>")
            .status(404)
    }

    /// The reply as it goes out, after its delay; an error where the connection is to be closed instead.
    pub async fn send(self) -> io::Result<Response<Body>> {
        tokio::time::sleep(self.delay).await;
        if self.close {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.append(HeaderName::try_from(name).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let body = match self.truncate {
            None => Body::from(self.body),
            Some(bytes) => {
                headers.insert("content-length", HeaderValue::from(self.body.len()));
                broken_after(self.body.slice(..bytes.min(self.body.len())))
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// The same reply with `{{SEQ}}` in its body replaced.
    pub fn numbered(&self, sequence: usize) -> Self {
        let body = String::from_utf8_lossy(&self.body).replace("{{SEQ}}", &sequence.to_string());
        Self { body: body.into(), ..self.clone() }
    }
}

/// A body that breaks off. The pause lets what was promised go out before the connection breaks.
fn broken_after(sent: Bytes) -> Body {
    let broken = futures_util::stream::once(async {
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(futures_util::stream::iter([Ok(sent)]).chain(broken))
}
