//! Dashboards as Grafana demands them: no server is at hand, so its demands are written down here.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::files::{dashboards, expressions, text};

const PANELS: &[&str] = &["stat", "timeseries", "bargauge"];
/// Of Grafana's units, those we use.
const UNITS: &[&str] = &["short", "s", "percentunit", "ops", "reqps", "Bps", "bytes"];
/// Columns of a dashboard.
const COLUMNS: u64 = 24;

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key}: {value}"))
}

/// Chinese first, then English.
fn is_in_both_tongues(title: &str) -> bool {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    title.starts_with(is_han) && title.contains(|c: char| c.is_ascii_alphabetic())
}

#[test]
fn there_are_eight_each_with_an_address_of_its_own() {
    let all = dashboards();
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "cases.json",
            "crawl.json",
            "dns.json",
            "machine.json",
            "notices.json",
            "operations.json",
            "verdicts.json",
            "verification.json"
        ]
    );
    let uids: HashSet<&str> = all.iter().map(|(_, dashboard)| word(dashboard, "uid")).collect();
    assert_eq!(uids.len(), all.len());
    for (name, dashboard) in &all {
        assert_eq!(word(dashboard, "uid"), format!("badgewatch-{}", name.trim_end_matches(".json")));
        assert!(word(dashboard, "uid").len() <= 40, "{name}");
        assert!(is_in_both_tongues(word(dashboard, "title")), "{name}");
        assert_eq!(dashboard["schemaVersion"], 39, "{name}");
        assert_eq!(word(dashboard, "timezone"), "Asia/Shanghai");
        assert!(dashboard.get("id").is_none(), "{name}: an id is given by the server");
        let variable = &dashboard["templating"]["list"][0];
        assert_eq!((word(variable, "name"), word(variable, "type")), ("datasource", "datasource"), "{name}");
    }
}

#[test]
fn every_panel_has_its_place_its_source_and_something_to_show() {
    for (name, dashboard) in dashboards() {
        let (mut ids, mut taken) = (HashSet::new(), HashSet::new());
        for panel in dashboard["panels"].as_array().unwrap() {
            let at = format!("{name}: {}", word(panel, "title"));
            assert!(ids.insert(panel["id"].as_u64().unwrap()), "{at}: id");
            assert!(PANELS.contains(&word(panel, "type")), "{at}");
            assert!(is_in_both_tongues(word(panel, "title")), "{at}");
            assert!(UNITS.contains(&word(&panel["fieldConfig"]["defaults"], "unit")), "{at}: unit");
            assert_eq!(panel["datasource"], serde_json::json!({"type": "prometheus", "uid": "${datasource}"}), "{at}");
            let place = |key: &str| panel["gridPos"][key].as_u64().unwrap_or_else(|| panic!("{at}: {key}"));
            let (x, y, w, h) = (place("x"), place("y"), place("w"), place("h"));
            assert!(w > 0 && h > 0 && x + w <= COLUMNS, "{at}: {x}+{w}");
            let fields = (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y)));
            assert!(fields.into_iter().all(|field| taken.insert(field)), "{at} lies on another");
            let targets = panel["targets"].as_array().unwrap();
            let refs: BTreeSet<&str> = targets.iter().map(|target| word(target, "refId")).collect();
            assert!(!targets.is_empty() && refs.len() == targets.len(), "{at}");
        }
        assert!(expressions(&dashboard).iter().all(|(_, expr)| !expr.trim().is_empty()), "{name}");
    }
}

/// Where it says how sites stand, it first says whether that may be believed.
#[test]
fn what_is_said_of_the_sites_begins_with_how_sure_it_is() {
    for (name, dashboard) in dashboards() {
        if !matches!(name.as_str(), "operations.json" | "verdicts.json") {
            continue;
        }
        let first: Vec<String> = expressions(&dashboard).into_iter().take(3).map(|(_, expr)| expr).collect();
        for (expr, says) in first.iter().zip(["sites_fresh_ratio", "badgewatch_pages", "undetermined"]) {
            assert!(expr.contains(says), "{name}: {expr}");
        }
    }
}

#[test]
fn grafana_finds_the_dashboards_and_the_source() {
    let provider = text("provisioning/dashboards/badgewatch.yaml");
    let source = text("provisioning/datasources/prometheus.yaml");
    for (file, lines) in [
        (&provider, &["apiVersion: 1", "providers:", "type: file", "path: /"][..]),
        (&source, &["apiVersion: 1", "datasources:", "type: prometheus", "url: http://", "timeInterval: 15s"]),
    ] {
        assert!(lines.iter().all(|line| file.contains(line)), "{file}");
    }
    assert!(text("prometheus/prometheus.yml").contains("scrape_interval: 15s"), "as the source says");
}
