//! What is named exists, what exists is named and documented, and there is an end to the series.

use std::collections::{BTreeMap, BTreeSet};

use badgewatch::metrics::{Described, Metrics};

use super::files::{alarm_expressions, dashboards, expressions, metrics_in, promtool, text};

/// Series that a process may show at most, whatever it watches.
const MOST_SERIES: usize = 5_000;

/// The metrics of the process itself, which come with the client library: name and kind.
fn of_the_process(text: &str) -> BTreeMap<String, String> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE process_"));
    types
        .filter_map(|line| line.split_once(' '))
        .map(|(name, kind)| (format!("process_{name}"), kind.to_owned()))
        .collect()
}

fn existing() -> BTreeSet<String> {
    let metrics = Metrics::new().unwrap();
    let ours = metrics.described().iter().map(|one| one.name.clone());
    ours.chain(of_the_process(&metrics.text()).into_keys()).collect()
}

#[test]
fn every_metric_that_is_named_exists_and_every_one_that_exists_is_named() {
    let shown = dashboards().into_iter().flat_map(|(_, dashboard)| expressions(&dashboard)).map(|(_, expr)| expr);
    let named: BTreeSet<String> = shown.chain(alarm_expressions()).flat_map(|expr| metrics_in(&expr)).collect();
    let existing = existing();
    assert_eq!(named.difference(&existing).collect::<Vec<_>>(), Vec::<&String>::new(), "named, and there is none");
    assert_eq!(existing.difference(&named).collect::<Vec<_>>(), Vec::<&String>::new(), "in no dashboard and no alarm");
}

/// The first four columns of a metric's row.
fn row(one: &Described) -> String {
    let labels: Vec<_> = one.labels.iter().map(|label| format!("{}: {}", label.name, label.set)).collect();
    format!("| `{}` | {} | {} | {} |", one.name, one.kind, labels.join(", "), one.help)
}

#[test]
fn every_metric_is_documented_as_it_is() {
    let document = text("METRICS.md");
    let rows: Vec<Vec<&str>> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|line| line.split(" | ").map(str::trim).collect())
        .collect();
    let documented: Vec<String> = rows
        .iter()
        .filter(|row| row.len() == 5 && row[0].starts_with('`'))
        .map(|row| format!("| {} |", row[..4].join(" | ")))
        .collect();
    let metrics = Metrics::new().unwrap();
    let ours: Vec<String> = metrics.described().iter().map(row).collect();
    let of_process: Vec<_> =
        of_the_process(&metrics.text()).into_iter().map(|(name, kind)| format!("| `{name}` | {kind} |")).collect();
    let mut wanted: BTreeSet<String> = ours.iter().cloned().collect();
    for documented in &documented {
        let is_process = of_process.iter().any(|row| documented.starts_with(row));
        assert!(wanted.remove(documented) || is_process, "no such metric, or it is documented otherwise: {documented}");
    }
    assert!(wanted.is_empty(), "not documented:\n{}", wanted.into_iter().collect::<Vec<_>>().join("\n"));
    assert_eq!(documented.len(), ours.len() + of_process.len(), "each once, those of the process too");
    assert!(
        rows.iter().filter(|row| row[0].starts_with('`')).all(|row| row.len() == 5 && !row[4].is_empty()),
        "what to do"
    );

    let sets: BTreeMap<&str, Vec<&str>> =
        metrics.described().iter().flat_map(|one| &one.labels).map(|label| (label.set, label.values.clone())).collect();
    let documented: BTreeMap<&str, &str> =
        rows.iter().filter(|row| row.len() == 2 && sets.contains_key(row[0])).map(|row| (row[0], row[1])).collect();
    let wanted: BTreeMap<&str, String> = sets.iter().map(|(set, values)| (*set, values.join(" · "))).collect();
    let missing: Vec<_> = wanted
        .iter()
        .filter(|(set, values)| **set != "Version" && documented.get(*set) != Some(&values.as_str()))
        .map(|(set, values)| format!("| {set} | {values} |"))
        .collect();
    assert!(missing.is_empty(), "sets of labels that are documented otherwise:\n{}", missing.join("\n"));
}

#[test]
fn a_set_of_labels_is_the_same_wherever_it_is_used_and_there_is_an_end_to_the_series() {
    let metrics = Metrics::new().unwrap();
    let mut sets: BTreeMap<&str, &[&str]> = BTreeMap::new();
    for label in metrics.described().iter().flat_map(|one| &one.labels) {
        // Prometheus says by these where it was scraped, and calls ours by another name.
        assert!(!["job", "instance", "le"].contains(&label.name), "{label:?}");
        let known = sets.entry(label.set).or_insert(&label.values);
        assert_eq!(*known, label.values.as_slice(), "{}", label.set);
        assert_eq!(label.values.iter().collect::<BTreeSet<_>>().len(), label.values.len(), "{}", label.set);
    }
    let most: usize = metrics.described().iter().map(Described::most_series).sum();
    let others = of_the_process(&metrics.text()).len();
    assert!(most + others <= MOST_SERIES, "{most} and {others}");
    let now = metrics.text().lines().filter(|line| !line.starts_with('#')).count();
    assert!(now > 500 && now < most, "many from the start: {now} of {most}");
}

#[test]
fn the_metrics_of_a_process_that_has_done_nothing_yet_are_as_prometheus_wants_them() {
    let Some((is_well, said)) = promtool(&["check", "metrics"], &Metrics::new().unwrap().text()) else { return };
    assert!(is_well, "{said}");
}

#[test]
fn each_alarm_rings_when_it_must_and_not_before() {
    let tests = ["alerts_test.yml", "alerts_long_test.yml"];
    for args in [&["check", "config", "prometheus.yml"][..], &["test", "rules", tests[0]], &["test", "rules", tests[1]]]
    {
        let Some((is_well, said)) = promtool(args, "") else { return };
        assert!(is_well, "{args:?}: {said}");
    }
    let told = tests.map(|name| text(&format!("prometheus/{name}"))).concat();
    let rules = text("prometheus/alerts.yml");
    let alarms = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    for alarm in alarms {
        assert!(told.contains(&format!("alertname: {alarm}")), "no story has {alarm} ring");
    }
}
