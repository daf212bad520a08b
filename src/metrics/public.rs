//! What the public asks, and how it is answered. Nothing here takes a lock or looks a label up while somebody waits.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use prometheus::{Gauge, Histogram, IntCounter, IntCounterVec, IntGauge};

use super::make::{Made, Maker, label};
use super::seconds;
use crate::closed_set;
use crate::domain::click::ClickVerdict;
use crate::flow::certificates::ShelfCounts;
use crate::flow::seen::Flushed;

closed_set! {
    /// What became of a report.
    pub enum ReportResult {
        Taken = "taken", "已受理 · became or joined a lead";
        Invalid = "invalid", "填写有误 · came back with what stands against it";
        Limited = "limited", "过于频繁 · too many of one address, or in all";
        Unavailable = "unavailable", "暂时无法受理 · the database did not answer; the writer was told";
    }
}

closed_set! {
    /// What is asked of the web role, by the address it is asked at.
    pub enum Surface {
        Certificate = "certificate", "the page behind a badge";
        Badge = "badge", "the badge's script and picture";
        Search = "search", "the search and the public list";
        Report = "report", "the public's reports";
        Unit = "unit", "a unit's page behind the link of its letter";
        Console = "console", "the office's console";
        Api = "api", "the JSON API";
        Machine = "machine", "health and metrics";
        Other = "other", "everything else";
    }
}

impl Surface {
    /// What stands at a path.
    pub fn of(path: &str) -> Self {
        match path.split('/').nth(1).unwrap_or_default() {
            "verify" | "sitename" => Self::Certificate,
            "js" | "image" => Self::Badge,
            "search" | "list" | "list.csv" => Self::Search,
            "report" => Self::Report,
            "n" => Self::Unit,
            "console" => Self::Console,
            "api" => Self::Api,
            "metrics" | "healthz" | "readyz" => Self::Machine,
            _ => Self::Other,
        }
    }
}

closed_set! {
    /// How a request ended, by the status of the answer.
    pub enum AnswerClass {
        Given = "given", "2xx and redirects";
        NotModified = "not_modified", "304: the asker has it already";
        NotFound = "not_found", "404: no such thing, or no such badge";
        TurnedAway = "turned_away", "429: asked too often";
        Refused = "refused", "another 4xx: asked in a way that cannot be answered";
        Failed = "failed", "5xx: we could not say";
    }
}

impl AnswerClass {
    /// The class of a status.
    pub const fn of(status: u16) -> Self {
        match status {
            304 => Self::NotModified,
            404 => Self::NotFound,
            429 => Self::TurnedAway,
            400..500 => Self::Refused,
            500.. => Self::Failed,
            _ => Self::Given,
        }
    }
}

closed_set! {
    /// In which form it is asked what is known of a badge.
    pub enum VerifyForm {
        Page = "page", "a click: the certificate's page";
        Json = "json", "a program asks for one badge, and gets a signed answer";
    }
}

/// Seconds until an answer's head is ready: from the file in memory to the database that does not answer.
const ANSWER_BUCKETS: [f64; 9] = [0.0001, 0.000_5, 0.002, 0.01, 0.05, 0.2, 1.0, 5.0, 20.0];

/// What is counted of every request. Its handles are resolved once.
#[derive(Debug, Clone)]
pub struct WebCounts {
    /// By surface, then by class.
    answers: Arc<[IntCounter]>,
    seconds: Arc<[Histogram]>,
    /// Connections that are open.
    pub connections: IntGauge,
}

impl WebCounts {
    fn new(make: &mut Maker<'_>) -> Made<Self> {
        let surface = || label!("surface", Surface);
        let labels = [surface(), label!("class", AnswerClass)];
        let answers = make.counters("web_answers_total", "Answered requests", &labels)?;
        let seconds =
            make.histograms("web_seconds", "From a request's head to its answer's", &[surface()], &ANSWER_BUCKETS)?;
        Ok(Self {
            answers: each(
                &answers,
                Surface::ALL.iter().map(|one| one.name()),
                &AnswerClass::ALL.iter().map(|one| one.name()).collect::<Vec<_>>(),
            ),
            seconds: Surface::ALL.iter().map(|one| seconds.with_label_values(&[one.name()])).collect(),
            connections: make.gauge("web_connections", "Open connections")?,
        })
    }

    /// Counts an answer.
    pub fn answered(&self, surface: Surface, class: AnswerClass, took: Duration) {
        let row = surface as usize * AnswerClass::ALL.len();
        if let (Some(answers), Some(seconds)) =
            (self.answers.get(row + class as usize), self.seconds.get(surface as usize))
        {
            answers.inc();
            seconds.observe(took.as_secs_f64());
        }
    }
}

/// The counters of a table, row by row.
fn each(
    counters: &IntCounterVec,
    rows: impl Iterator<Item = &'static str>,
    columns: &[&'static str],
) -> Arc<[IntCounter]> {
    rows.flat_map(|row| columns.iter().map(move |column| counters.with_label_values(&[row, column]))).collect()
}

#[derive(Debug, Clone)]
pub(super) struct Public {
    overflow: IntCounter,
    lost: IntCounter,
    reports: IntCounterVec,
    /// By form, then by verdict.
    told: Arc<[IntCounter]>,
    certificates: IntGauge,
    changes: IntGauge,
    unsigned: IntGauge,
    bytes: IntGauge,
    age: Gauge,
    pub web: WebCounts,
}

impl Public {
    pub fn new(make: &mut Maker<'_>) -> Made<Self> {
        let labels = [label!("form", VerifyForm), label!("verdict", ClickVerdict)];
        let told = make.counters("verify_answers_total", "What was told of badges", &labels)?;
        let verdicts: Vec<&str> = ClickVerdict::ALL.iter().map(|verdict| verdict.name()).collect();
        Ok(Self {
            told: each(&told, VerifyForm::ALL.iter().map(|form| form.name()), &verdicts),
            age: make.float(
                "shelf_age_seconds",
                "How old the word of the database is that the public is told; -1: nothing can be told",
            )?,
            certificates: make.gauge("shelf_certificates", "Certificates that the public is answered from")?,
            changes: make.gauge("shelf_changes", "Of these, changed since the file was written")?,
            bytes: make.gauge("shelf_bytes", "Size of the file of certificates")?,
            unsigned: make.gauge(
                "shelf_unsigned",
                "Certificates whose answer is not signed ahead: each is signed as it is asked for",
            )?,
            web: WebCounts::new(make)?,
            overflow: make.counter("seen_on_overflow_total", "Requests from hosts for which there was no room")?,
            lost: make.counter("seen_on_lost_total", "Counted requests that could not be written in time")?,
            reports: make.counters("reports_total", "Reports of the public", &[label!("result", ReportResult)])?,
        })
    }

    pub fn told(&self, form: VerifyForm, verdict: ClickVerdict) {
        if let Some(told) = self.told.get(form as usize * ClickVerdict::ALL.len() + verdict as usize) {
            told.inc();
        }
    }

    pub fn shelf(&self, counts: Option<&ShelfCounts>, now: DateTime<Utc>) {
        self.age.set(counts.map_or(-1.0, |counts| seconds(now, counts.as_of)));
        for (gauge, count) in [
            (&self.certificates, counts.map(|counts| counts.certificates)),
            (&self.changes, counts.map(|counts| counts.changes)),
            (&self.bytes, counts.and_then(|counts| usize::try_from(counts.bytes).ok())),
            (&self.unsigned, counts.map(|counts| counts.unsigned)),
        ] {
            gauge.set(count.and_then(|count| i64::try_from(count).ok()).unwrap_or_default());
        }
    }

    pub fn seen(&self, flushed: &Flushed) {
        self.overflow.inc_by(flushed.overflow.unsigned_abs());
        self.lost.inc_by(flushed.lost.unsigned_abs());
    }

    pub fn reported(&self, result: ReportResult) {
        self.reports.with_label_values(&[result.name()]).inc();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_a_status_have_their_class() {
        for (path, surface) in [
            ("/verify/CA1", Surface::Certificate),
            ("/sitename", Surface::Certificate),
            ("/js/18/x.js", Surface::Badge),
            ("/list.csv", Surface::Search),
            ("/api/v1/verify/x", Surface::Api),
            ("/console", Surface::Console),
            ("/n/token/pages", Surface::Unit),
            ("/metrics", Surface::Machine),
            ("/", Surface::Other),
            ("*", Surface::Other),
            ("/versatile", Surface::Other),
        ] {
            assert_eq!(Surface::of(path), surface, "{path}");
        }
        let classes = [200, 302, 304, 404, 429, 400, 503].map(|status| AnswerClass::of(status).name());
        assert_eq!(classes, ["given", "given", "not_modified", "not_found", "turned_away", "refused", "failed"]);
    }
}
