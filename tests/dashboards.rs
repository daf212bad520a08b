//! Dashboards, alarms and the list of metrics are what the daemon really counts; Prometheus itself is the judge.

mod support;

#[path = "dashboards/files.rs"]
mod files;
#[path = "dashboards/grafana.rs"]
mod grafana;
#[path = "dashboards/live.rs"]
mod live;
#[path = "dashboards/named.rs"]
mod named;
