//! The files as they are handed out, read the way Grafana, Prometheus and people read them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("dashboards")
}

pub fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

/// The dashboards by the names of their files.
pub fn dashboards() -> Vec<(String, Value)> {
    let mut all: Vec<_> = std::fs::read_dir(folder().join("grafana"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let read = serde_json::from_str(&std::fs::read_to_string(&path).unwrap());
            (path.file_name().unwrap().to_string_lossy().into_owned(), read.unwrap())
        })
        .collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

/// The expressions of a dashboard, each with its panel's title.
pub fn expressions(dashboard: &Value) -> Vec<(String, String)> {
    let panels = dashboard["panels"].as_array().unwrap().iter();
    panels
        .flat_map(|panel| {
            let title = panel["title"].as_str().unwrap_or_default().to_owned();
            let targets = panel["targets"].as_array().unwrap().iter();
            targets.map(move |target| (title.clone(), target["expr"].as_str().unwrap_or_default().to_owned()))
        })
        .collect()
}

/// The `expr:` lines of the alarms.
pub fn alarm_expressions() -> Vec<String> {
    let text = text("prometheus/alerts.yml");
    text.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned).collect()
}

/// The metrics that an expression names. Parts of a histogram are that histogram; recorded rules (`a:b:c`) are none.
pub fn metrics_in(expression: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let words = expression.split(|c| !is_part(c)).filter(|word| !word.contains(':'));
    let ours = words.filter(|word| word.starts_with("badgewatch_") || word.starts_with("process_"));
    ours.map(|word| {
        let part = ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end));
        part.unwrap_or(word).to_owned()
    })
    .collect()
}

/// Runs `promtool`; `None` where it is not installed.
pub fn promtool(args: &[&str], stdin: &str) -> Option<(bool, String)> {
    use std::io::Write;
    let mut command = Command::new("promtool");
    command.args(args).current_dir(folder().join("prometheus"));
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        println!("SKIPPED: promtool is not installed");
        return None;
    };
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    Some((done.status.success(), said))
}

#[test]
fn a_metric_is_found_in_an_expression_and_nothing_else_is() {
    let found = metrics_in(
        r#"rate(badgewatch_web_seconds_bucket{surface="api"}[5m]) / badgewatch:undetermined:ratio + process_threads"#,
    );
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["badgewatch_web_seconds", "process_threads"]);
}
