//! The machine itself: its jobs, its database, its evidence, its calendar.

use std::time::Duration;

use prometheus::{GaugeVec, HistogramVec, IntCounter, IntCounterVec, IntGauge};

use super::make::{Label, Made, Maker, Table, label};
use crate::closed_set;
use crate::flow::measure::Measured;
use crate::flow::seal::{ShareOf, Verified};
use crate::jobs::{Always, JobName};
use crate::store::vitals::{Connections, Pool};

/// Seconds of a job.
const JOB_BUCKETS: [f64; 7] = [0.01, 0.1, 1.0, 10.0, 60.0, 600.0, 3_600.0];

closed_set! {
    /// How a run of a job ended.
    pub enum RunResult {
        Well = "well", "all there was to do is done";
        Failed = "failed", "an error; the next run is the retry";
    }
}

closed_set! {
    /// What a connection of the pool does.
    pub enum PoolUse {
        InUse = "in_use", "somebody has it";
        Idle = "idle", "it waits for the next";
    }
}

closed_set! {
    /// For what a transaction was begun.
    pub enum TxMode {
        Read = "read", "to read";
        Write = "write", "to write: on SQLite it waits for the writer before it";
    }
}

closed_set! {
    /// What is held together by hashes.
    pub enum ChainKind {
        Evidence = "evidence", "evidence of faults, a chain a site";
        Acts = "acts", "acts on record: of notices, cases, the calendar, accounts";
        Roots = "roots", "the daily roots over all chains";
    }
}

#[derive(Debug, Clone)]
pub(super) struct Machine {
    job_success: GaugeVec,
    job_failed: Table,
    runs: IntCounterVec,
    run_seconds: HistogramVec,
    steps_failed: IntCounterVec,
    calendar_missing: IntGauge,
    links: IntCounterVec,
    breaches: Table,
    connections: Table,
    most_connections: Table,
    begin_seconds: GaugeVec,
    bytes: IntGauge,
    unmeasured: IntCounter,
}

impl Machine {
    pub fn new(make: &mut Maker<'_>) -> Made<Self> {
        let job = || label!("name", JobName);
        let pool = || label!("pool", Pool);
        let share = Label { name: "share", set: "Share", values: ShareOf::NAMES.to_vec() };
        Ok(Self {
            job_success: make.floats(
                "job_last_success_timestamp_seconds",
                "When a job last went well; 0: not yet",
                &[job()],
            )?,
            job_failed: make.table("job_failed", "1 where the last run of a job failed", &[job()])?,
            runs: make.counters(
                "job_runs_total",
                "Runs of jobs in this process",
                &[job(), label!("result", RunResult)],
            )?,
            run_seconds: make.histograms("job_seconds", "Time of a job's run", &[job()], &JOB_BUCKETS)?,
            steps_failed: make.counters(
                "steps_failed_total",
                "Failed steps of what always goes on; each is tried again",
                &[label!("what", Always)],
            )?,
            calendar_missing: make
                .gauge("calendar_years_missing", "Of this year and the next, those without an official calendar")?,
            links: make.counters(
                "chain_links_checked_total",
                "Links of chains whose hashes were checked by this process",
                &[label!("chain", ChainKind)],
            )?,
            breaches: make.table(
                "chain_breaches",
                "Breaches of evidence, acts or roots that the last check of each twenty-fourth of the chains found",
                &[share],
            )?,
            connections: make.table(
                "db_connections",
                "Connections to the database",
                &[pool(), label!("use", PoolUse)],
            )?,
            most_connections: make.table("db_connections_max", "Connections that a pool may have", &[pool()])?,
            begin_seconds: make.floats(
                "db_begin_seconds",
                "How long a transaction waited to begin when it was last tried, every thirty seconds",
                &[label!("mode", TxMode)],
            )?,
            bytes: make.gauge("db_bytes", "Size of the database")?,
            unmeasured: make.counter(
                "measure_failed_total",
                "Times that the database could not be counted: what is shown of it is old",
            )?,
        })
    }

    pub fn take(&self, measured: &Measured) {
        for job in &measured.jobs {
            if let (Some(name), Some(at)) = (JobName::from_name(&job.name), job.last_ok) {
                self.job_success.with_label_values(&[name.name()]).set(at.timestamp() as f64);
            }
        }
        let known = measured.jobs.iter().filter(|job| JobName::from_name(&job.name).is_some());
        self.job_failed.set(known.map(|job| ([job.name.as_str()], i64::from(job.last_error.is_some()))));
        self.calendar_missing.set(measured.calendar_years_missing);
        self.bytes.set(measured.db_bytes);
        for (mode, waited) in [(TxMode::Read, measured.read_waited), (TxMode::Write, measured.write_waited)] {
            self.begin_seconds.with_label_values(&[mode.name()]).set(waited.as_secs_f64());
        }
    }

    pub fn unmeasured(&self) {
        self.unmeasured.inc();
    }

    pub fn connections(&self, pools: &[Connections]) {
        let uses = pools.iter().flat_map(|one| {
            let of = |used: PoolUse, count: u32| ([one.pool.name(), used.name()], i64::from(count));
            [of(PoolUse::InUse, one.open.saturating_sub(one.idle)), of(PoolUse::Idle, one.idle)]
        });
        self.connections.set(uses);
        self.most_connections.set(pools.iter().map(|one| ([one.pool.name()], i64::from(one.most))));
    }

    pub fn ran(&self, job: JobName, took: Duration, is_well: bool) {
        let result = if is_well { RunResult::Well } else { RunResult::Failed };
        self.runs.with_label_values(&[job.name(), result.name()]).inc();
        self.run_seconds.with_label_values(&[job.name()]).observe(took.as_secs_f64());
    }

    pub fn step_failed(&self, what: Always) {
        self.steps_failed.with_label_values(&[what.name()]).inc();
    }

    pub fn checked(&self, share: ShareOf, verified: &Verified) {
        for (kind, links) in [
            (ChainKind::Evidence, verified.pieces),
            (ChainKind::Acts, verified.acts),
            (ChainKind::Roots, verified.roots),
        ] {
            self.links.with_label_values(&[kind.name()]).inc_by(links);
        }
        self.breaches.put(&[share.name()], verified.breaches.len() as i64);
    }
}
