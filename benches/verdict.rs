//! The verdict per page, beside its peers in one run and one thread: `full` (the look by a full HTML5 parse, the oracle),
//! `quick` (the look as shipped) and `lol` (a lol_html pass that knows three selectors and nothing else).
//!
//! `cargo bench --bench verdict -- FOLDER [ROUNDS]`: every *.html below FOLDER. Verdict, cause and readings of `quick` must
//! equal those of `full` on every page, or there is no figure.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use badgewatch::domain::badge::BadgeHosts;
use badgewatch::domain::identity::{Pairs, Subject};
use badgewatch::domain::look::{Document, PageLook, Parse, look_by};
use badgewatch::domain::page::charset::decode;
use badgewatch::domain::page::kind::Answer;
use badgewatch::domain::page::{Context, FollowedSet, read_quick};
use lol_html::{HtmlRewriter, Settings, element, text};
use url::Url;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

struct Bench {
    url: Url,
    hosts: BadgeHosts,
    followed: FollowedSet,
    pairs: Pairs,
}

impl Bench {
    fn look(&self, body: &[u8], parse: Parse) -> PageLook {
        let document = Document {
            url: &self.url,
            url_known: true,
            body,
            answer: Answer { status: Some(200), content_type: Some("text/html"), ..Answer::default() },
            policies: &[],
            exempt: None,
            not_owed: None,
        };
        look_by(parse, &document, &self.hosts, &self.followed, &Subject::of(None, None, &self.pairs)).page
    }

    fn is_sure(&self, body: &[u8]) -> bool {
        let context = Context { url: &self.url, url_known: true, hosts: &self.hosts, followed: &self.followed };
        read_quick(&decode(body, Some("text/html")).text, context).is_some()
    }
}

/// Finds the first code or certificate id the way a streaming rewriter can.
fn lol(body: &[u8]) -> bool {
    let (found, script) = (RefCell::new(false), RefCell::new(String::new()));
    let handlers = vec![
        element!("script[src*='dcs.conac.cn']", |_| {
            *found.borrow_mut() = true;
            Ok(())
        }),
        element!("a[href*='bszs.conac.cn']", |_| {
            *found.borrow_mut() = true;
            Ok(())
        }),
        text!("script", |chunk| {
            let mut script = script.borrow_mut();
            script.push_str(chunk.as_str());
            if chunk.last_in_text_node() {
                *found.borrow_mut() |= script.contains("_ideConac");
                script.clear();
            }
            Ok(())
        }),
    ];
    let mut settings = Settings::new();
    for handler in handlers {
        settings = settings.append_element_content_handler(handler);
    }
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    let _ = rewriter.write(body);
    let _ = rewriter.end();
    found.into_inner()
}

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of pages").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => pages(&path, found),
            false if path.extension().is_some_and(|end| end == "html") => found.push(path),
            false => {}
        }
    }
}

fn timed(bodies: &[Vec<u8>], mut work: impl FnMut(&[u8])) -> Duration {
    let start = Instant::now();
    bodies.iter().for_each(|body| work(body));
    start.elapsed()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(folder) = arguments.first() else {
        return println!("cargo bench --bench verdict -- FOLDER [ROUNDS]");
    };
    let rounds: u32 = arguments.get(1).and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    let mut found = Vec::new();
    pages(Path::new(folder), &mut found);
    found.sort();
    let step = found.len().div_ceil(1000).max(1);
    let bodies: Vec<Vec<u8>> = found.iter().step_by(step).filter_map(|path| std::fs::read(path).ok()).collect();
    let bench = Bench {
        url: Url::parse("http://www.yunxi.gov.test/").expect("a fixed address"),
        hosts: BadgeHosts::default(),
        followed: FollowedSet::new(),
        pairs: Pairs::new(),
    };
    let differing =
        bodies.iter().filter(|body| bench.look(body, Parse::Quick) != bench.look(body, Parse::Full)).count();
    assert_eq!(differing, 0, "quick and full differ on {differing} pages");
    let (sure, doubtful): (Vec<_>, Vec<_>) = bodies.into_iter().partition(|body| bench.is_sure(body));
    println!("{} pages without doubt, {} left to the full parse; verdicts equal on all", sure.len(), doubtful.len());
    for (name, set) in [("without doubt", &sure), ("in doubt", &doubtful)] {
        if !set.is_empty() {
            measure(&bench, name, set, rounds);
        }
    }
}

fn measure(bench: &Bench, name: &str, bodies: &[Vec<u8>], rounds: u32) {
    let mut best = [Duration::MAX; 3];
    for _ in 0..rounds {
        let full = timed(bodies, |body| drop(bench.look(body, Parse::Full)));
        let quick = timed(bodies, |body| drop(bench.look(body, Parse::Quick)));
        let peer = timed(bodies, |body| {
            std::hint::black_box(lol(body));
        });
        for (best, now) in best.iter_mut().zip([full, quick, peer]) {
            *best = now.min(*best);
        }
    }
    let [full, quick, peer] = best.map(|time| time.as_secs_f64() * 1e6 / bodies.len() as f64);
    println!(
        "{name:14} µs/page: full {full:7.1}   quick {quick:7.1}   lol_html {peer:7.1}   quick/lol {:.2}   quick/full {:.2}",
        quick / peer,
        quick / full
    );
}
