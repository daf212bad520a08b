//! What Prometheus reads: classes, never one series a site. `dashboards/METRICS.md` says of each metric what to do about it.

mod machine;
mod make;
mod office;
mod probe;
mod public;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use prometheus::{Encoder, Registry, TextEncoder};

use crate::domain::click::ClickVerdict;
use crate::flow::deliver::Sending;
use crate::flow::measure::{Measured, Vitals};
use crate::flow::seal::{ShareOf, Verified};
use crate::flow::seen::Flushed;
use crate::flow::watch::Heard;
use crate::jobs::{Always, JobName};
use crate::probe::{dns, http};
use crate::store::outbox::Channel;
use make::Maker;

pub use machine::{ChainKind, PoolUse, RunResult, TxMode};
pub use make::{Described, Label};
pub use probe::AddressSource;
pub use public::{AnswerClass, ReportResult, Surface, VerifyForm, WebCounts};
pub use watch::PageFate;

/// All metrics of a process.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    described: Arc<[Described]>,
    watch: watch::Watch,
    probe: probe::Probe,
    office: office::Office,
    public: public::Public,
    machine: machine::Machine,
}

impl Metrics {
    /// Registers everything, the process's own figures among them.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let mut make = Maker { registry: &registry, described: Vec::new() };
        let version = Label { name: "version", set: "Version", values: vec![env!("CARGO_PKG_VERSION")] };
        make.info("build_info", "Always 1", version)?.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let (watch, probe) = (watch::Watch::new(&mut make)?, probe::Probe::new(&mut make)?);
        let (office, public) = (office::Office::new(&mut make)?, public::Public::new(&mut make)?);
        let machine = machine::Machine::new(&mut make)?;
        let described = make.described.into();
        Ok(Self { described, watch, probe, office, public, machine, registry })
    }

    /// Each metric of our own as it is documented, in the order of the concerns.
    pub fn described(&self) -> &[Described] {
        &self.described
    }

    /// Counts a look.
    pub fn heard(&self, heard: &Heard<'_>) {
        self.watch.heard(heard);
    }

    /// Takes over what was counted in the database.
    pub fn take(&self, measured: &Measured) {
        self.watch.take(measured);
        self.office.take(&measured.office, measured.at);
        self.machine.take(measured);
    }

    /// Takes over what takes long to count: province (its two digits), verdict, sites.
    pub fn take_provinces(&self, counts: &[(String, String, i64)]) {
        self.watch.provinces(counts);
    }

    /// The database could not be counted.
    pub fn unmeasured(&self) {
        self.machine.unmeasured();
    }

    /// Takes over what this process knows by itself at any moment.
    pub fn take_vitals(&self, vitals: &Vitals, now: DateTime<Utc>) {
        self.public.shelf(vitals.shelf.as_ref(), now);
        self.machine.connections(&vitals.connections);
    }

    /// Counts what had no room, and what was lost.
    pub fn seen(&self, flushed: &Flushed) {
        self.public.seen(flushed);
    }

    /// Counts a report of the public.
    pub fn reported(&self, result: ReportResult) {
        self.public.reported(result);
    }

    /// Counts what was told of a badge.
    pub fn told(&self, form: VerifyForm, verdict: ClickVerdict) {
        self.public.told(form, verdict);
    }

    /// Counts requests and connections.
    pub fn web(&self) -> &WebCounts {
        &self.public.web
    }

    /// Counts a run of a job.
    pub fn ran(&self, job: JobName, took: Duration, is_well: bool) {
        self.machine.ran(job, took, is_well);
    }

    /// Counts a step that failed.
    pub fn step_failed(&self, what: Always) {
        self.machine.step_failed(what);
    }

    /// Takes over what the check of a share of the chains found.
    pub fn checked(&self, share: ShareOf, verified: &Verified) {
        self.machine.checked(share, verified);
    }

    /// Says whether letters really go: `mail.mode` of this process.
    pub fn mail_mode(&self, mode: &str) {
        self.office.mail_mode(mode);
    }

    /// The exposition text.
    pub fn text(&self) -> String {
        let mut out = Vec::new();
        // Writing to memory cannot fail, and a metric of two kinds cannot be registered.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// For the watch.
    pub fn listener(self: &Arc<Self>) -> Arc<dyn Fn(&Heard<'_>) + Send + Sync> {
        let metrics = self.clone();
        Arc::new(move |heard| metrics.heard(heard))
    }

    /// For who hands messages over.
    pub fn sending_listener(self: &Arc<Self>) -> Arc<dyn Fn(Channel, Sending) + Send + Sync> {
        let metrics = self.clone();
        Arc::new(move |channel, sending| metrics.office.sent(channel, sending))
    }

    /// For who asks the DNS.
    pub fn dns_listener(self: &Arc<Self>) -> dns::Listener {
        let metrics = self.clone();
        Arc::new(move |heard| metrics.probe.dns(heard))
    }

    /// For who asks watched sites.
    pub fn http_listener(self: &Arc<Self>) -> http::Listener {
        let metrics = self.clone();
        Arc::new(move |heard| metrics.probe.http(heard))
    }
}

fn seconds(later: DateTime<Utc>, earlier: DateTime<Utc>) -> f64 {
    ((later - earlier).num_milliseconds() as f64 / 1_000.0).max(0.0)
}
