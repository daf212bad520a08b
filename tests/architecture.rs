//! The house as it was planned: who may use whom, how large a room may be, and what product code never does.
//!
//! The source is read as text: product code is what stands before the first `#[cfg(test)]` of a file, comments left out.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder (or file) of `src` and the names that must not stand in its product code, and why.
const LAYERS: &[(&str, &[&str], &str)] = &[
    (
        "domain",
        &["crate::probe", "crate::mail", "crate::flow", "crate::cli", "crate::demo"],
        "rules use nothing outside themselves",
    ),
    (
        "domain",
        &["tokio", "reqwest", "hyper", "hickory_resolver", "futures_util", "async fn", "await"],
        "rules touch no network",
    ),
    (
        "domain",
        &["Utc::now", "Local::now", "SystemTime", "Instant::now", "env::var"],
        "rules take the time and settings",
    ),
    ("domain", &["tracing", "clap", "indicatif", "fs::read", "File::open"], "rules neither log nor read files"),
    (
        "probe",
        &["crate::flow", "crate::cli", "crate::demo", "clap", "indicatif"],
        "a probe is used, it uses nobody above",
    ),
    (
        "probe",
        &["domain::assess", "domain::look", "domain::site", "Verdict"],
        "a probe reports what it sees and judges nothing",
    ),
    (
        "store",
        &["crate::flow", "crate::probe", "crate::mail", "crate::cli", "reqwest", "hyper"],
        "the store holds SQL and nothing else",
    ),
    (
        "store",
        &["domain::assess", "look::look", "roll_up", "Utc::now", "CURRENT_TIMESTAMP"],
        "the store neither judges nor reads a clock",
    ),
    (
        "mail",
        &[
            "crate::flow",
            "crate::store",
            "crate::probe",
            "crate::cli",
            "crate::web",
            "clap",
            "sqlx",
            "SELECT",
            "Utc::now",
        ],
        "a letter is rendered and sent: who gets one, and when, is decided above",
    ),
    ("flow", &["sqlx", "SELECT", "INSERT INTO"], "SQL stands in the store"),
    ("metrics", &["crate::app", "crate::cli", "crate::web", "sqlx", "SELECT"], "what is counted is handed in"),
    ("probe", &["crate::metrics"], "who counts listens; a probe, the store and a use-case do not know"),
    ("store", &["crate::metrics"], "the same"),
    ("flow", &["crate::metrics"], "the same"),
    ("jobs", &["crate::cli", "crate::app", "crate::web", "crate::probe", "clap", "SELECT"], "a job calls a use-case"),
    ("web", &["crate::cli", "crate::app", "crate::jobs", "crate::probe", "clap", "SELECT"], "a page calls a use-case"),
    ("app", &["crate::cli", "clap", "SELECT"], "wiring, and nothing else"),
    (
        "flow",
        &["crate::cli", "crate::demo", "clap", "indicatif", "hickory_resolver"],
        "a use-case does not know who asked for it",
    ),
    (
        "demo",
        &["crate::store", "crate::probe", "crate::flow", "crate::cli", "reqwest", "clap", "indicatif"],
        "the sample county is looked at and does not know who looks: it may use the domain's words only",
    ),
    ("main.rs", &["crate::", "badgewatch::domain", "badgewatch::probe", "badgewatch::flow"], "the binary is thin"),
];

/// Never in product code; only the command line speaks to a person.
const NOWHERE: &[&str] = &["unwrap()", "todo!", "unimplemented!", "dbg!", "println!", "print!", "process::exit"];
const SPOKEN: &[&str] = &["eprintln!", "eprint!", "stdout"];

/// Lines of a file at most, tests in it included.
const LARGEST_ROOM: usize = 400;

struct Source {
    path: PathBuf,
    lines: usize,
    product: Vec<(usize, String)>,
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources(folder: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { path, lines: text.lines().count(), product: product(&text) });
        }
    }
    found
}

/// The numbered lines of product code.
fn product(text: &str) -> Vec<(usize, String)> {
    let code = |line: &str| line.split("//").next().unwrap_or("").replace("https:", "").replace("http:", "");
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").enumerate();
    lines.map(|(number, line)| (number + 1, code(line))).collect()
}

/// Does the name stand in the line by itself, and not as a part of another?
fn holds(line: &str, name: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(name).any(|(at, _)| {
        let ends_in_word = joins(name.chars().last());
        !(joins(line[..at].chars().next_back()) || ends_in_word && joins(line[at + name.len()..].chars().next()))
    })
}

fn breaches<'a>(source: &'a Source, names: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    source.product.iter().flat_map(move |(number, line)| {
        let at = format!("{}:{number}", source.path.display());
        names.iter().filter(|name| holds(line, name)).map(move |name| format!("{at}: {name}"))
    })
}

#[test]
fn every_layer_uses_only_what_is_below_it() {
    let sources = sources(&src());
    let mut wrong = Vec::new();
    for (layer, names, why) in LAYERS {
        let inside: Vec<_> = sources.iter().filter(|source| source.path.starts_with(src().join(layer))).collect();
        assert!(!inside.is_empty(), "{layer} is no part of src any more");
        wrong
            .extend(inside.iter().flat_map(|source| breaches(source, names)).map(|breach| format!("{breach} ({why})")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_belongs_to_a_layer() {
    let mut rooms: Vec<_> =
        fs::read_dir(src()).unwrap().map(|room| room.unwrap().file_name().into_string().unwrap()).collect();
    rooms.sort();
    let known = "app cli clock.rs config demo domain flow jobs lib.rs mail main.rs metrics probe shared.rs store telemetry.rs web";
    assert_eq!(rooms, known.split(' ').collect::<Vec<_>>(), "a new room needs a line in LAYERS");
}

#[test]
fn product_code_neither_gives_up_nor_speaks_out_of_turn() {
    let sources = sources(&src());
    let mut wrong: Vec<String> = sources.iter().flat_map(|source| breaches(source, NOWHERE)).collect();
    let silent = sources.iter().filter(|source| !source.path.starts_with(src().join("cli")));
    wrong.extend(silent.flat_map(|source| breaches(source, SPOKEN)));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_is_larger_than_a_room_may_be() {
    let too_large: Vec<String> = sources(&src())
        .iter()
        .filter(|source| source.lines > LARGEST_ROOM)
        .map(|source| format!("{} has {} lines", source.path.display(), source.lines))
        .collect();
    assert!(too_large.is_empty(), "{}", too_large.join("\n"));
}

#[test]
fn a_breach_is_seen_and_a_likeness_is_not() {
    let text = "use crate::probe::http; // reqwest\nlet tokios = probe;\nx.unwrap();\n#[cfg(test)]\nuse tokio;\n";
    let source = Source { path: "x.rs".into(), lines: 5, product: product(text) };
    let seen: Vec<String> = breaches(&source, &["crate::probe", "reqwest", "tokio", "unwrap()"]).collect();
    assert_eq!(seen, ["x.rs:1: crate::probe", "x.rs:3: unwrap()"]);
}
