//! A name server on loopback for tests without a runtime of their own: the sample county's, on a thread beside.

use std::net::SocketAddr;

use badgewatch::demo::names::NameServer;
use tokio::runtime::Runtime;

pub use badgewatch::demo::names::Answer;

/// A running name server; it stops when dropped. Names that it was not told of are NXDOMAIN.
pub struct Names {
    pub address: SocketAddr,
    server: NameServer,
    runtime: Option<Runtime>,
}

impl Names {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        // A test may be inside a runtime already, which must not be blocked by another.
        let server =
            std::thread::scope(|scope| scope.spawn(|| runtime.block_on(NameServer::start()).unwrap()).join().unwrap());
        Self { address: server.address, server, runtime: Some(runtime) }
    }

    /// Sets what is said of `name` (A-labels or Unicode).
    pub fn set(&self, name: &str, answer: impl Into<Answer>) {
        self.server.zone.set(name, answer);
    }

    /// How many queries came for `name`, of every type.
    pub fn queries(&self, name: &str) -> usize {
        self.server.zone.queries(name)
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
