//! Real pages with labels, where they are at hand: `BADGEWATCH_CORPUS` names the folder with `labels.tsv` and `pages/`.
//!
//! The pages are third-party material and not part of the project; without the folder the test says so and is skipped.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use badgewatch::domain::badge::BadgeHosts;
use badgewatch::domain::identity::{Pairs, Subject};
use badgewatch::domain::look::{Document, PageLook, look};
use badgewatch::domain::page::charset::decode;
use badgewatch::domain::page::kind::Answer;
use badgewatch::domain::page::{Followed, FollowedSet};
use badgewatch::domain::script;
use badgewatch::domain::verdict::{FindingCode, Verdict};
use url::Url;

struct Label {
    file: String,
    host: String,
    label: String,
    note: String,
}

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("BADGEWATCH_CORPUS").map(PathBuf::from).filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!("skipped: BADGEWATCH_CORPUS names no folder with labels.tsv and pages/");
    }
    folder
}

fn labels(folder: &Path) -> Vec<Label> {
    let text = std::fs::read_to_string(folder.join("labels.tsv")).unwrap();
    let column = |line: &str, n: usize| line.split('\t').nth(n).unwrap_or("").to_owned();
    text.lines()
        .skip(1)
        .map(|line| Label {
            file: column(line, 0),
            host: column(line, 1),
            label: column(line, 6),
            note: column(line, 7),
        })
        .collect()
}

/// Looks as `check` does: what a page needs is read if the corpus holds it, and is 404 otherwise.
fn look_at(folder: &Path, label: &Label) -> PageLook {
    let host = if label.host.is_ascii() && label.host.contains('.') { &label.host } else { "www.corpus.test" };
    let url = Url::parse(&format!("http://{host}/")).unwrap();
    let body = std::fs::read(folder.join("pages").join(&label.file)).unwrap();
    let script = label.note.split_once("footer script = ").map(|(_, rest)| rest.split(',').next().unwrap().to_owned());
    let mut followed = FollowedSet::new();
    let pairs = Pairs::new();
    let subject = Subject::of(None, None, &pairs);
    loop {
        let document = Document {
            url: &url,
            url_known: true,
            body: &body,
            answer: Answer { status: Some(200), content_type: Some("text/html"), ..Answer::default() },
            policies: &[],
            exempt: None,
            not_owed: None,
        };
        let looked = look(&document, &BadgeHosts::default(), &followed, &subject);
        if looked.facts.needed.is_empty() {
            return looked.page;
        }
        for needed in looked.facts.needed {
            let named = script.as_ref().filter(|_| label.note.contains(needed.url.path().trim_start_matches('/')));
            let found = match named {
                Some(file) => {
                    let bytes = std::fs::read(folder.join("pages").join(file)).unwrap();
                    Followed::Script(Arc::new(script::read(&decode(&bytes, None).text)))
                }
                None => Followed::Gone,
            };
            followed.insert(needed.url, found);
        }
    }
}

/// What the labels mean for the verdicts; "or undetermined" where an excerpt has no closing block to judge by.
fn is_fair(label: &Label, page: &PageLook) -> bool {
    let fails_by = |code: FindingCode| page.verdict == Verdict::Fail && page.cause == code.into();
    let missing = || fails_by(FindingCode::NotHung);
    let is_excerpt = !page.findings.iter().any(|_| true) && page.verdict != Verdict::Pass;
    match label.label.as_str() {
        "present-valid" => page.verdict == Verdict::Pass,
        "absent" | "present-broken:commented-out" | "present-broken:image-only" => missing() || is_excerpt,
        "present-broken:dead-link" | "present-broken:generic-link" => fails_by(FindingCode::WrongLink),
        "present-broken:error-image" => fails_by(FindingCode::ErrorState),
        "present-broken:mirrored-src" => {
            page.cause != FindingCode::UnknownBadge.into() && page.cause != FindingCode::ForeignBadge.into()
        }
        other => panic!("unknown label {other}"),
    }
}

#[test]
fn every_page_of_the_corpus_is_judged_as_labelled() {
    let Some(folder) = corpus() else { return };
    let mut wrong = Vec::new();
    let mut tally: HashMap<(String, &str), Vec<String>> = HashMap::new();
    for label in labels(&folder).iter().filter(|label| label.file.ends_with(".html")) {
        let page = look_at(&folder, label);
        let row = format!(
            "{} [{}] {} {} readings {:?}",
            label.file,
            label.label,
            page.verdict,
            page.cause.name(),
            page.readings
                .iter()
                .map(|r| format!("{} {} {} {:?}", r.form, r.state, r.reason, r.at_bottom))
                .collect::<Vec<_>>()
        );
        tally.entry((label.label.clone(), page.cause.name())).or_default().push(label.file.clone());
        if !is_fair(label, &page) {
            wrong.push(row);
        }
    }
    let mut tally: Vec<_> = tally.into_iter().collect();
    tally.sort();
    for ((label, cause), files) in &tally {
        println!(
            "{label:32} {cause:22} {:3} {}",
            files.len(),
            if files.len() < 12 { files.join(" ") } else { String::new() }
        );
    }
    assert!(wrong.is_empty(), "{} pages judged otherwise:\n{}", wrong.len(), wrong.join("\n"));
}
