//! What Prometheus reads: classes, never one series a site.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use prometheus::{
    Encoder, Gauge, GaugeVec, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

use crate::closed_set;
use crate::domain::lead::LeadKind;
use crate::domain::notice::NoticeState;
use crate::flow::measure::{Measured, OfficeCounts};
use crate::flow::seen::Flushed;
use crate::flow::watch::{Heard, Wellness};
use crate::store::outbox;

/// All metrics of a process.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    looks: IntCounterVec,
    look_seconds: HistogramVec,
    lag_seconds: HistogramVec,
    lost: IntCounter,
    unwell: IntCounter,
    sites: IntGaugeVec,
    watched: IntGauge,
    due: IntGauge,
    queue_lag: Gauge,
    fresh: Gauge,
    pages: IntGaugeVec,
    findings: IntGaugeVec,
    holds: IntGauge,
    job_success: GaugeVec,
    job_failed: IntGaugeVec,
    calendar_missing: IntGauge,
    office: Office,
    public: Public,
}

/// What the public's clicks and reports come to.
#[derive(Debug, Clone)]
struct Public {
    overflow: IntCounter,
    lost: IntCounter,
    reports: IntCounterVec,
}

impl Public {
    fn new(make: &Maker<'_>) -> Made<Self> {
        let public = Self {
            overflow: make.counter("seen_on_overflow_total", "Requests from hosts for which there was no room")?,
            lost: make.counter("seen_on_lost_total", "Counted requests that could not be written in time")?,
            reports: make.counters("reports_total", "Reports of the public", &["result"])?,
        };
        // An alarm needs its series before the first trouble.
        for result in ReportResult::ALL {
            public.reports.with_label_values(&[result.name()]);
        }
        Ok(public)
    }
}

closed_set! {
    /// What became of a report.
    pub enum ReportResult {
        Taken = "taken", "已受理 · became or joined a lead";
        Invalid = "invalid", "填写有误 · came back with what stands against it";
        Limited = "limited", "过于频繁 · too many of one address, or in all";
        Unavailable = "unavailable", "暂时无法受理 · the database did not answer; the writer was told";
    }
}

/// What waits for an office, and what is on its way.
#[derive(Debug, Clone)]
struct Office {
    notices: IntGaugeVec,
    provisional: IntGauge,
    objections: IntGauge,
    cases: IntGaugeVec,
    messages: IntGaugeVec,
    oldest_waiting: Gauge,
    bad_contacts: IntGauge,
    leads: IntGaugeVec,
    instructions: IntGauge,
    instructions_overdue: IntGauge,
    mail_mode: IntGaugeVec,
}

impl Office {
    fn new(make: &Maker<'_>) -> Made<Self> {
        Ok(Self {
            notices: make.gauges("notices", "Notices that are not over", &["state"])?,
            provisional: make
                .gauge("notices_provisional", "Notices whose due date may still move: a calendar is missing")?,
            objections: make.gauge("objections_waiting", "Objections of units without an answer")?,
            cases: make.gauges("cases", "Cases that are not over", &["ground", "state"])?,
            messages: make.gauges("outbox_messages", "Messages; those parked wait for an officer", &["state"])?,
            oldest_waiting: make
                .float("outbox_oldest_waiting_seconds", "How long the longest waiting message has waited")?,
            bad_contacts: make.gauge("bad_contacts", "Addresses that refuse mail")?,
            leads: make.gauges("leads", "Leads that nobody has decided", &["kind"])?,
            instructions: make
                .gauge("instructions_unconfirmed", "Instructions to authorities that our looks did not confirm")?,
            instructions_overdue: make
                .gauge("instructions_overdue", "Unconfirmed instructions whose time is over: somebody must ask")?,
            mail_mode: make.gauges("mail_mode_info", "Always 1: whether letters really go", &["mode"])?,
        })
    }

    fn take(&self, counts: &OfficeCounts, at: DateTime<Utc>) {
        // An alarm needs its series before the first trouble.
        for state in NoticeState::ALL.iter().filter(|state| !state.is_over()) {
            self.notices.with_label_values(&[state.name()]).set(0);
        }
        for state in outbox::STATES {
            self.messages.with_label_values(&[state]).set(0);
        }
        for kind in LeadKind::ALL {
            self.leads.with_label_values(&[kind.name()]).set(0);
        }
        for (kind, leads) in &counts.leads {
            self.leads.with_label_values(&[kind]).set(*leads);
        }
        for (state, notices) in &counts.notices {
            self.notices.with_label_values(&[state]).set(*notices);
        }
        for (state, messages) in &counts.messages {
            self.messages.with_label_values(&[state]).set(*messages);
        }
        self.cases.reset();
        for tally in &counts.cases {
            self.cases.with_label_values(&[&tally.ground, &tally.state]).set(tally.cases);
        }
        self.provisional.set(counts.provisional);
        self.objections.set(counts.objections);
        self.oldest_waiting.set(counts.oldest_waiting.map_or(0.0, |made| seconds(at, made)));
        self.bad_contacts.set(counts.bad_contacts);
        self.instructions.set(counts.instructions);
        self.instructions_overdue.set(counts.instructions_overdue);
    }
}

/// Seconds: a look takes from a tenth of a second to its ten minutes.
const LOOK_BUCKETS: [f64; 9] = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0];
/// Seconds: lag from nothing to more than a day.
const LAG_BUCKETS: [f64; 8] = [1.0, 10.0, 60.0, 600.0, 3_600.0, 14_400.0, 43_200.0, 86_400.0];

impl Metrics {
    /// Registers everything, the process's own figures among them.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let make = Maker(&registry);
        let metrics = Self {
            looks: make.counters("looks_total", "Looks at sites", &["kind", "verdict", "cause"])?,
            look_seconds: make.histograms("look_seconds", "Time of a look at a site", &["kind"], &LOOK_BUCKETS)?,
            lag_seconds: make.histograms("look_lag_seconds", "From due to begun", &["kind"], &LAG_BUCKETS)?,
            lost: make.counter("looks_lost_total", "Looks not stored because the lease had run out")?,
            unwell: make.counter("instrument_unwell_total", "Looks whose failure was not believed: own trouble")?,
            sites: make.gauges("sites", "Watched sites by where they stand", &["verdict", "cause"])?,
            watched: make.gauge("sites_watched", "Sites on the plan")?,
            due: make.gauge("sites_due", "Sites that are due and not taken")?,
            queue_lag: make.float("queue_lag_seconds", "How long the longest due site has waited")?,
            fresh: make.float("sites_fresh_ratio", "Share of the watched sites fairly looked at within two days")?,
            pages: make.gauges("pages", "Known pages of all sites, and those fairly looked at", &["state"])?,
            findings: make.gauges("findings", "Findings that are not over", &["state", "code"])?,
            holds: make.gauge("holds_open", "Mass changes that wait for an operator")?,
            job_success: make.floats("job_last_success_timestamp_seconds", "When a job last went well", &["job"])?,
            job_failed: make.gauges("job_failed", "1 where the last run of a job failed", &["job"])?,
            calendar_missing: make
                .gauge("calendar_years_missing", "Of this year and the next, those without an official calendar")?,
            office: Office::new(&make)?,
            public: Public::new(&make)?,
            registry: registry.clone(),
        };
        let info = make.gauges("build_info", "Always 1", &["version"])?;
        info.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Ok(metrics)
    }

    /// Counts a look.
    pub fn heard(&self, heard: &Heard<'_>) {
        let kind = heard.kind.name();
        if !heard.stored {
            return self.lost.inc();
        }
        if let Wellness::Unwell(_) = heard.wellness {
            self.unwell.inc();
        }
        self.looks.with_label_values(&[kind, heard.look.verdict.name(), heard.look.cause.name()]).inc();
        self.look_seconds.with_label_values(&[kind]).observe(seconds(heard.ended_at, heard.started_at));
        self.lag_seconds.with_label_values(&[kind]).observe(seconds(heard.started_at, heard.slot_at));
    }

    /// Takes over what was counted in the database.
    pub fn take(&self, measured: &Measured) {
        self.sites.reset();
        for tally in &measured.sites {
            self.sites.with_label_values(&[&tally.verdict, &tally.cause]).set(tally.sites);
        }
        self.watched.set(measured.backlog.sites);
        self.due.set(measured.backlog.due);
        self.queue_lag.set(measured.backlog.oldest.map_or(0.0, |oldest| seconds(measured.at, oldest)));
        self.fresh.set(measured.fresh_share());
        self.pages.with_label_values(&["known"]).set(measured.freshness.known);
        self.pages.with_label_values(&["checked"]).set(measured.freshness.checked);
        self.findings.reset();
        for count in &measured.findings {
            self.findings.with_label_values(&[&count.state, &count.code]).set(count.findings);
        }
        self.holds.set(measured.open_holds);
        for job in &measured.jobs {
            let at = job.last_ok.map_or(0.0, |at| at.timestamp() as f64);
            self.job_success.with_label_values(&[&job.name]).set(at);
            self.job_failed.with_label_values(&[&job.name]).set(i64::from(job.last_error.is_some()));
        }
        self.calendar_missing.set(measured.calendar_years_missing);
        self.office.take(&measured.office, measured.at);
    }

    /// Counts what had no room, and what was lost.
    pub fn seen(&self, flushed: &Flushed) {
        self.public.overflow.inc_by(flushed.overflow.unsigned_abs());
        self.public.lost.inc_by(flushed.lost.unsigned_abs());
    }

    /// Counts a report of the public.
    pub fn reported(&self, result: ReportResult) {
        self.public.reports.with_label_values(&[result.name()]).inc();
    }

    /// Says whether letters really go: `mail.mode` of this process.
    pub fn mail_mode(&self, mode: &str) {
        self.office.mail_mode.reset();
        self.office.mail_mode.with_label_values(&[mode]).set(1);
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
}

fn seconds(later: DateTime<Utc>, earlier: DateTime<Utc>) -> f64 {
    ((later - earlier).num_milliseconds() as f64 / 1_000.0).max(0.0)
}

struct Maker<'a>(&'a Registry);

type Made<T> = Result<T, prometheus::Error>;

impl Maker<'_> {
    fn opts(name: &str, help: &str) -> Opts {
        Opts::new(format!("badgewatch_{name}"), help)
    }

    fn add<C: prometheus::core::Collector + Clone + 'static>(&self, collector: C) -> Made<C> {
        self.0.register(Box::new(collector.clone()))?;
        Ok(collector)
    }

    fn counter(&self, name: &str, help: &str) -> Made<IntCounter> {
        self.add(IntCounter::with_opts(Self::opts(name, help))?)
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Made<IntCounterVec> {
        self.add(IntCounterVec::new(Self::opts(name, help), labels)?)
    }

    fn gauge(&self, name: &str, help: &str) -> Made<IntGauge> {
        self.add(IntGauge::with_opts(Self::opts(name, help))?)
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> Made<IntGaugeVec> {
        self.add(IntGaugeVec::new(Self::opts(name, help), labels)?)
    }

    fn float(&self, name: &str, help: &str) -> Made<Gauge> {
        self.add(Gauge::with_opts(Self::opts(name, help))?)
    }

    fn floats(&self, name: &str, help: &str, labels: &[&str]) -> Made<GaugeVec> {
        self.add(GaugeVec::new(Self::opts(name, help), labels)?)
    }

    fn histograms(&self, name: &str, help: &str, labels: &[&str], buckets: &[f64]) -> Made<HistogramVec> {
        let opts = HistogramOpts::from(Self::opts(name, help)).buckets(buckets.to_vec());
        self.add(HistogramVec::new(opts, labels)?)
    }
}
