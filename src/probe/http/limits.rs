//! How long and how much one page may take of us.

use std::time::Duration;

/// Limits of one exchange (a redirect chain is several) and of the idle connections kept.
#[derive(Debug, Clone)]
pub struct Limits {
    /// From the look-up of the name to the end of the TLS handshake.
    pub connect: Duration,
    /// From the start to the last byte of the head; includes `connect`.
    pub head: Duration,
    /// From the start to the last byte of the body: what stops a slow loris.
    pub total: Duration,
    /// Names and values of the response head, in bytes.
    pub head_bytes: usize,
    /// Body after decompression, in bytes. Home pages of 2 MB are normal.
    pub body_bytes: usize,
    /// Redirects followed.
    pub redirects: usize,
    /// How long an unused connection is kept.
    pub idle: Duration,
    /// Unused connections kept per host: small, for thousands of hosts are visited.
    pub idle_per_host: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            head: Duration::from_secs(15),
            total: Duration::from_secs(30),
            head_bytes: 64 * 1024,
            body_bytes: 5 * 1024 * 1024,
            redirects: 10,
            idle: Duration::from_secs(15),
            idle_per_host: 2,
        }
    }
}
