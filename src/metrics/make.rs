//! How a metric is made: its name, its labels with their closed sets, what it means; and with its series from the start,
//! because an alarm needs its series before the first trouble.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus::core::{Collector, Metric, MetricVec, MetricVecBuilder};
use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry,
};

/// What a metric's name begins with.
const PREFIX: &str = "badgewatch_";

/// A label and the values it may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub name: &'static str,
    /// The name of the set of values.
    pub set: &'static str,
    pub values: Vec<&'static str>,
}

/// A label whose values are those of a closed set.
macro_rules! label {
    ($name:literal, $set:ident) => {
        $crate::metrics::make::Label {
            name: $name,
            set: stringify!($set),
            values: $set::ALL.iter().map(|value| value.name()).collect(),
        }
    };
}
pub(super) use label;

/// A metric as it is documented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    pub name: String,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    pub labels: Vec<Label>,
    pub help: &'static str,
    /// Of a histogram, without the last (`+Inf`).
    pub buckets: usize,
}

impl Described {
    /// Series that it may have at most, whatever is watched.
    pub fn most_series(&self) -> usize {
        let combinations: usize = self.labels.iter().map(|label| label.values.len()).product();
        // Beside the buckets: +Inf, sum and count.
        combinations * if self.kind == "histogram" { self.buckets + 3 } else { 1 }
    }
}

/// All combinations of the values of some labels.
fn combinations(labels: &[Label]) -> Vec<Vec<&'static str>> {
    labels.iter().fold(vec![Vec::new()], |all, label| {
        let longer = |one: &Vec<&'static str>, value| one.iter().copied().chain([value]).collect();
        all.iter().flat_map(|one| label.values.iter().map(move |value| longer(one, *value))).collect()
    })
}

/// Makes the metrics of a registry, and remembers how each is described.
pub(super) struct Maker<'a> {
    pub registry: &'a Registry,
    pub described: Vec<Described>,
}

pub(super) type Made<T> = Result<T, prometheus::Error>;

impl Maker<'_> {
    fn opts(&mut self, name: &str, kind: &'static str, help: &'static str, labels: &[Label], buckets: usize) -> Opts {
        let name = format!("{PREFIX}{name}");
        let opts = Opts::new(name.clone(), help);
        self.described.push(Described { name, kind, labels: labels.to_vec(), help, buckets });
        opts
    }

    fn add<C: Collector + Clone + 'static>(&self, collector: C) -> Made<C> {
        self.registry.register(Box::new(collector.clone()))?;
        Ok(collector)
    }

    pub fn counter(&mut self, name: &str, help: &'static str) -> Made<IntCounter> {
        let opts = self.opts(name, "counter", help, &[], 0);
        self.add(IntCounter::with_opts(opts)?)
    }

    /// A counter for every combination of the labels' values.
    pub fn counters(&mut self, name: &str, help: &'static str, labels: &[Label]) -> Made<IntCounterVec> {
        let counters = self.sparse_counters(name, help, labels)?;
        begin(&counters, labels);
        Ok(counters)
    }

    /// The same where most combinations never come: a series begins with what it counts.
    pub fn sparse_counters(&mut self, name: &str, help: &'static str, labels: &[Label]) -> Made<IntCounterVec> {
        let opts = self.opts(name, "counter", help, labels, 0);
        self.add(IntCounterVec::new(opts, &names(labels))?)
    }

    pub fn gauge(&mut self, name: &str, help: &'static str) -> Made<IntGauge> {
        let opts = self.opts(name, "gauge", help, &[], 0);
        self.add(IntGauge::with_opts(opts)?)
    }

    /// A table that is counted as a whole, every combination of the labels' values in it.
    pub fn table(&mut self, name: &str, help: &'static str, labels: &[Label]) -> Made<Table> {
        let table = self.sparse_table(name, help, labels)?;
        table.begin(combinations(labels));
        Ok(table)
    }

    /// The same where most combinations never come.
    pub fn sparse_table(&mut self, name: &str, help: &'static str, labels: &[Label]) -> Made<Table> {
        let opts = self.opts(name, "gauge", help, labels, 0);
        Ok(Table { gauges: self.add(IntGaugeVec::new(opts, &names(labels))?)?, known: Arc::default() })
    }

    /// A gauge that says by its label what is so; the caller sets it to 1.
    pub fn info(&mut self, name: &str, help: &'static str, label: Label) -> Made<IntGaugeVec> {
        let opts = self.opts(name, "gauge", help, std::slice::from_ref(&label), 0);
        self.add(IntGaugeVec::new(opts, &[label.name])?)
    }

    pub fn float(&mut self, name: &str, help: &'static str) -> Made<Gauge> {
        let opts = self.opts(name, "gauge", help, &[], 0);
        self.add(Gauge::with_opts(opts)?)
    }

    pub fn floats(&mut self, name: &str, help: &'static str, labels: &[Label]) -> Made<GaugeVec> {
        let opts = self.opts(name, "gauge", help, labels, 0);
        let gauges = self.add(GaugeVec::new(opts, &names(labels))?)?;
        begin(&gauges, labels);
        Ok(gauges)
    }

    pub fn histogram(&mut self, name: &str, help: &'static str, buckets: &[f64]) -> Made<Histogram> {
        let opts = self.opts(name, "histogram", help, &[], buckets.len());
        self.add(Histogram::with_opts(HistogramOpts::from(opts).buckets(buckets.to_vec()))?)
    }

    pub fn histograms(
        &mut self,
        name: &str,
        help: &'static str,
        labels: &[Label],
        buckets: &[f64],
    ) -> Made<HistogramVec> {
        let opts = HistogramOpts::from(self.opts(name, "histogram", help, labels, buckets.len()));
        let histograms = self.add(HistogramVec::new(opts.buckets(buckets.to_vec()), &names(labels))?)?;
        begin(&histograms, labels);
        Ok(histograms)
    }
}

fn names(labels: &[Label]) -> Vec<&'static str> {
    labels.iter().map(|label| label.name).collect()
}

fn begin<T: MetricVecBuilder<M: Metric>>(vec: &MetricVec<T>, labels: &[Label]) {
    for values in combinations(labels) {
        vec.with_label_values(&values);
    }
}

/// Gauges that are counted as a whole. What was counted once and is no more is zero; no scrape finds it half done or empty.
#[derive(Debug, Clone)]
pub(super) struct Table {
    gauges: IntGaugeVec,
    known: Arc<Mutex<BTreeSet<Vec<String>>>>,
}

impl Table {
    fn begin(&self, keys: Vec<Vec<&'static str>>) {
        self.set(keys.iter().map(|key| (key.as_slice(), 0)));
    }

    /// Takes over one count.
    pub fn put(&self, key: &[&str], count: i64) {
        self.gauges.with_label_values(key).set(count);
    }

    /// Takes over what was counted.
    pub fn set<'a, K: AsRef<[&'a str]>>(&self, counts: impl IntoIterator<Item = (K, i64)>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut gone = known.clone();
        for (key, count) in counts {
            self.gauges.with_label_values(key.as_ref()).set(count);
            let key: Vec<String> = key.as_ref().iter().map(|value| (*value).to_owned()).collect();
            gone.remove(&key);
            known.insert(key);
        }
        for key in gone {
            self.gauges.with_label_values(&key).set(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> [Label; 2] {
        [
            Label { name: "a", set: "A", values: vec!["x", "y"] },
            Label { name: "b", set: "B", values: vec!["1", "2", "3"] },
        ]
    }

    #[test]
    fn every_combination_is_there_from_the_start_and_what_is_gone_is_zero() {
        let registry = Registry::new();
        let mut make = Maker { registry: &registry, described: Vec::new() };
        let table = make.table("things", "Things", &labels()).unwrap();
        let told = || {
            let text = prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
            text.lines().filter(|line| line.ends_with(" 7")).count() * 100 + text.matches("_things{").count()
        };
        assert_eq!(told(), 6);
        table.set([(["x", "1"], 7)]);
        assert_eq!(told(), 106);
        table.set([(["y", "2"], 1)]);
        assert_eq!(told(), 6);
        assert_eq!(make.described[0].most_series(), 6);
        make.histograms("seconds", "Seconds", &labels(), &[1.0, 2.0]).unwrap();
        assert_eq!(make.described[1].most_series(), 6 * 5);
    }
}
