//! The acceptance cases: every file of `fixtures/cases` is a site on one farm, looked at by the real binary over real
//! HTTP, TLS and DNS, and judged by what the rules say of it.

mod support;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use support::case::{Case, read_all};
use support::farm::Farm;
use support::names::Names;
use support::words::Whose;
use support::{badgewatch, check, registry, site};

/// What is wrong, by the name of the case.
type Complaints = BTreeMap<String, Vec<String>>;

fn cases() -> Vec<Case> {
    let mut cases = read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases"));
    if let Ok(only) = std::env::var("CASES") {
        cases.retain(|case| only.split(',').any(|word| case.name.contains(word)));
    }
    cases
}

fn registry_file(directory: &Path, cases: &[Case]) -> PathBuf {
    let file = directory.join("registry.csv");
    std::fs::write(&file, registry::csv(cases.iter().flat_map(|case| &case.rows))).unwrap();
    file
}

/// Puts the case's names and documents up.
fn publish(case: &Case, farm: &Farm, names: &Names) {
    names.set(case.host(), case.address);
    names.set(&case.words.host(), case.address);
    for document in &case.documents {
        names.set(&document.host, case.address);
        farm.serve(&document.host, &document.path, document.reply.clone());
    }
    for (name, answer) in &case.names {
        names.set(name, answer.clone());
    }
    if case.distrusted {
        farm.distrust(case.host());
    }
}

/// Cases that one run of `check` can take together.
fn batches(cases: &[Case]) -> Vec<Vec<&Case>> {
    let mut batches: BTreeMap<_, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        batches.entry((case.registry_given, case.has_badge_host(), &case.args)).or_default().push(case);
    }
    batches.into_values().collect()
}

fn check_batch(batch: &[&Case], farm: &Farm, registry: &Path) -> Complaints {
    let names = Names::start();
    batch.iter().for_each(|case| publish(case, farm, &names));
    let sites: Vec<&str> = batch.iter().map(|case| &*case.site).collect();
    let mut extra: Vec<&str> = batch[0].args.iter().map(|arg| &**arg).collect();
    if batch[0].registry_given {
        extra.extend(["--registry", registry.to_str().unwrap()]);
    }
    let run = check(farm, &names, &sites, &extra);
    let (report, seen) = (run.json(), farm.seen());
    if report.is_null() {
        eprintln!("check gave no report (exit {:?}): {}", run.code, run.stderr);
    }
    let judge = |(place, case): (usize, &&Case)| {
        let mine = |host: &str| host == case.host() || host == case.words.host();
        let requested: Vec<_> = seen.iter().filter(|s| mine(&s.host)).map(|s| s.path.clone()).collect();
        (case.name.clone(), case.expect.judge(site(&report, place), &requested))
    };
    batch.iter().enumerate().map(judge).collect()
}

/// `inspect` of the home page from a file, with the registry of the case.
fn inspect(case: &Case, directory: &Path, registry: &Path) -> Vec<String> {
    let home = case.documents.iter().find(|d| d.host == case.words.host()).expect("a case has a home page");
    let file = directory.join(&case.name);
    std::fs::write(&file, &home.bytes).unwrap();
    let scheme = if case.site.starts_with("https:") { "https" } else { "http" };
    let url = format!("{scheme}://{}{}", home.host, home.path);
    let mut args = vec!["inspect", "--json", "--url", &url, file.to_str().unwrap()];
    if let Some(content_type) = &home.content_type {
        args.extend(["--content-type", content_type]);
    }
    if case.registry_given {
        args.extend(["--registry", registry.to_str().unwrap()]);
    }
    case.expect.judge_inspect(&badgewatch(args).json())
}

/// Runs `work` on every item, as many at a time as there are processors.
fn side_by_side<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let next = Mutex::new(items.iter());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = { next.lock().unwrap().next() } {
                    work(item);
                }
            });
        }
    });
}

/// Fails with a table of what is wrong.
fn settle(complaints: &Complaints, cases: &[Case]) {
    let bad: Vec<_> = complaints.iter().filter(|(_, wrong)| !wrong.is_empty()).collect();
    for (name, wrong) in &bad {
        let about = cases.iter().find(|case| case.name == **name).map_or("", |case| &case.about);
        println!("{name}  ({about})");
        wrong.iter().for_each(|line| println!("    {line}"));
    }
    assert!(bad.is_empty(), "{} of {} cases are judged wrong", bad.len(), complaints.len());
}

#[test]
fn every_site_is_judged_as_the_rules_say() {
    let (cases, directory) = (cases(), tempfile::tempdir().unwrap());
    let registry = registry_file(directory.path(), &cases);
    let addresses: BTreeSet<_> = cases.iter().map(|case| case.address).collect();
    let farm = Farm::start_on(addresses);

    let complaints = Mutex::new(Complaints::new());
    side_by_side(&batches(&cases), |batch| complaints.lock().unwrap().extend(check_batch(batch, &farm, &registry)));

    settle(&complaints.into_inner().unwrap(), &cases);
}

#[test]
fn every_home_page_is_inspected_as_the_rules_say() {
    let (mut cases, directory) = (cases(), tempfile::tempdir().unwrap());
    let registry = registry_file(directory.path(), &cases);
    cases.retain(|case| case.expect.inspect.is_some());

    let complaints = Mutex::new(Complaints::new());
    side_by_side(&cases, |case| {
        let wrong = inspect(case, directory.path(), &registry);
        complaints.lock().unwrap().insert(case.name.clone(), wrong);
    });

    settle(&complaints.into_inner().unwrap(), &cases);
}

#[test]
fn no_two_cases_share_a_name_or_a_badge() {
    let all = cases();

    let badges: HashSet<_> = all.iter().flat_map(|c| [c.words.id(Whose::Own), c.words.code(Whose::Own)]).collect();
    let sites: HashSet<_> = all.iter().map(|case| &case.site).collect();

    assert_eq!((badges.len(), sites.len()), (2 * all.len(), all.len()));
}
