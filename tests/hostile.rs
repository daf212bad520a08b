//! Pages made to hang, to overflow or to fill the memory. Each must come to an end on a worker's stack, and what was
//! too much to read must never be called missing.

use std::fmt::Write;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use badgewatch::domain::badge::BadgeHosts;
use badgewatch::domain::crawl::{Robots, Sitemap, SitemapLimits, canonical};
use badgewatch::domain::identity::{Pairs, Subject};
use badgewatch::domain::look::{Document, Looked, look};
use badgewatch::domain::page::kind::Answer;
use badgewatch::domain::page::{Followed, FollowedSet};
use badgewatch::domain::registry::Registry;
use badgewatch::domain::script;
use badgewatch::domain::verdict::{Cause, FindingCode, Verdict};
use url::Url;

/// What tokio gives its workers, and what the standard library gives a thread.
const STACK: usize = 2 << 20;
/// Far longer than any of it takes, even unoptimised on a busy machine.
const HANGS: Duration = Duration::from_secs(120);
/// No page may make us keep more than this of it, in readings and addresses to follow.
const MOST_KEPT: usize = 1500;

const CLOSING: &str = "<div id=foot>主办单位：云溪市某局 版权所有 云ICP备2024000123号-1</div>";
const BADGE: &str =
    "<a href='//bszs.conac.cn/sitename?method=show&id=0A5537536EC43D83E053022819ACDDA0'><img src=a.png></a>";

/// Does the work on a worker's stack, and says so if it does not come to an end.
fn ends<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let name = std::thread::current().name().unwrap_or("hostile").to_owned();
    let (done, ended) = mpsc::channel();
    let worker = std::thread::Builder::new().name(name).stack_size(STACK);
    worker.spawn(move || done.send(work())).unwrap();
    match ended.recv_timeout(HANGS) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("no end after {HANGS:?}: it hangs"),
        Err(mpsc::RecvTimeoutError::Disconnected) => panic!("it panicked"),
    }
}

fn home() -> Url {
    Url::parse("https://www.yunxi.gov.test/").unwrap()
}

fn looked(page: String, followed: FollowedSet) -> Looked {
    let looked = ends(move || {
        let answer = Answer { status: Some(200), content_type: Some("text/html"), ..Answer::default() };
        let (url, pairs) = (home(), Pairs::new());
        let document = Document {
            url: &url,
            url_known: true,
            body: page.as_bytes(),
            answer,
            policies: &[],
            exempt: None,
            not_owed: None,
        };
        look(&document, &BadgeHosts::default(), &followed, &Subject::of(None, Some(&url), &pairs))
    });
    let kept = looked.page.readings.len() + looked.page.to_follow.len() + looked.page.findings.len();
    assert!(kept <= MOST_KEPT, "{kept} things kept");
    looked
}

/// A page that could be read as a whole, whatever it says.
fn is_read(page: String) -> Looked {
    let looked = looked(page, FollowedSet::new());
    assert!(!looked.facts.unread, "could have been read as a whole");
    looked
}

/// A page that was too much: it may pass by what was seen, and is never said to lack anything.
fn is_too_much(page: String, followed: FollowedSet) {
    let looked = looked(page, followed);
    assert!(looked.facts.unread, "was it read as a whole? {} readings", looked.page.readings.len());
    assert_ne!(looked.page.cause, Cause::Finding(FindingCode::NotHung));
}

fn scripted(source: &str) -> String {
    format!("<body>{CLOSING}<script>{source}</script></body>")
}

fn numbered(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn elements_without_end() {
    for open in ["<div>", "<p><table><td>", "<ul><li>", "<svg><g>", "<object>"] {
        looked(format!("{}{CLOSING}{BADGE}", open.repeat(100_000)), FollowedSet::new());
    }
}

#[test]
fn formatting_elements_that_are_never_closed() {
    for name in ["a", "b", "font", "nobr"] {
        looked(format!("{}{CLOSING}", format!("<{name}>").repeat(100_000)), FollowedSet::new());
    }
    let fonts = numbered(50_000, |n| format!("<font size={n}>"));
    is_too_much(format!("{fonts}{}{CLOSING}", "<p>x".repeat(50_000)), FollowedSet::new());
    is_too_much(format!("{}{CLOSING}", "<a><div>".repeat(100_000)), FollowedSet::new());
}

#[test]
fn comments_tags_and_references_that_break_off() {
    for piece in ["<!--", "<!", "</", "<", "&", "&#", "<a b=\"", "<![CDATA[", "<%--", "<script>", "<textarea>"] {
        looked(format!("{CLOSING}{}", piece.repeat((1 << 20) / piece.len())), FollowedSet::new());
    }
}

#[test]
fn attributes_without_end() {
    is_read(format!("<p style='{}'>{CLOSING}{BADGE}", "x:y;".repeat(500_000)));
    is_read(format!("<p class='{}'>{CLOSING}{BADGE}", "a ".repeat(100)));
    is_too_much(format!("<p {}>{CLOSING}", numbered(300_000, |n| format!("a{n} "))), FollowedSet::new());
    let crowded = format!("<p class='{}'>{}{CLOSING}", "a ".repeat(1 << 20), BADGE.repeat(1000));
    is_too_much(crowded, FollowedSet::new());
}

#[test]
fn a_table_and_a_list_of_links_of_any_length_are_read() {
    let links = is_read(format!("{}{CLOSING}", numbered(200_000, |n| format!("<a href=/{n}>x</a>\n"))));
    assert_eq!(links.facts.links.len(), 200_000);
    let table = is_read(format!("<table>{}</table>{CLOSING}", "<tr><td>a<td>b".repeat(100_000)));
    assert_eq!(table.page.verdict, Verdict::Fail, "a long page without a badge is a page without a badge");
}

#[test]
fn words_of_the_closing_block_without_end() {
    let deep = "<div>".repeat(500);
    is_too_much(format!("{deep}{}", "©".repeat(1 << 20)), FollowedSet::new());
    is_too_much(format!("{deep}{}", "<i>©</i>".repeat(200_000)), FollowedSet::new());
}

#[test]
fn badges_without_end() {
    let badge = |n: usize| BADGE.replace("0A5537536EC43D83E053022819ACDDA0", &format!("{n:032X}"));
    is_too_much(format!("{}{CLOSING}", numbered(20_000, badge)), FollowedSet::new());
}

#[test]
fn policies_and_style_sheets_without_end() {
    let meta = "<meta http-equiv=Content-Security-Policy content=\"img-src 'self' *.test; script-src https:\">";
    looked(format!("{}{CLOSING}{}", meta.repeat(20_000), BADGE.repeat(300)), FollowedSet::new());
    for rule in [".a{display:none}", "{", "}", "@media x{", ".a,", "/*", ".a .b>"] {
        is_read(format!("<style>display:none{}</style>{CLOSING}{BADGE}", rule.repeat((2 << 20) / rule.len())));
    }
}

#[test]
fn scripts_and_frames_without_end() {
    let many = |what: fn(usize) -> String| format!("{}{CLOSING}", numbered(50_000, what));
    is_too_much(many(|n| format!("<script src=/{n}.js></script>")), FollowedSet::new());
    is_too_much(many(|n| format!("<iframe src=/{n}.html></iframe>")), FollowedSet::new());
}

#[test]
fn a_frame_within_itself() {
    let frame = format!("{}{CLOSING}", "<iframe src=/f.html></iframe>".repeat(100));
    let framed = Followed::Html(frame.as_str().into(), home());
    is_too_much(frame, [(home().join("/f.html").unwrap(), framed)].into());
}

#[test]
fn a_script_that_loads_itself() {
    let source = numbered(1000, |n| format!("load('/footer.js?{n}');")) + &"x('/footer.js');".repeat(1000);
    let followed = Followed::Script(Arc::new(script::read(&source)));
    let page = format!("{}{CLOSING}", "<script src=/footer.js></script>".repeat(100));
    is_too_much(page, [(home().join("/footer.js").unwrap(), followed)].into());
}

#[test]
fn markup_written_by_markup_written_by_markup() {
    let mut layers = String::from("x");
    for _ in 0..12 {
        layers = format!("<script>document.write({})</script>", serde_json::to_string(&layers).unwrap())
            .replace("</script>\\\"", "<\\\\/script>\\\"");
    }
    looked(format!("{layers}{CLOSING}"), FollowedSet::new());
    let copies = "<script>document.write('<b>')<\\/script>".repeat(25_000);
    looked(scripted(&format!("document.write(\"{copies}\")")), FollowedSet::new());
    is_too_much(scripted(&"e.innerHTML='<b>';".repeat(200_000)), FollowedSet::new());
    looked(
        scripted(&numbered(30_000, |n| format!("function f{n}(){{document.write('<b>')}}f{n}();"))),
        FollowedSet::new(),
    );
}

#[test]
fn a_text_that_doubles_itself() {
    let doubled = format!("var a='<b>x';{}document.write(a);", "a=a+a;".repeat(60));
    is_too_much(scripted(&doubled), FollowedSet::new());
    let spread = numbered(20_000, |n| format!("b{n}=a;document.write(b{n});"));
    is_too_much(scripted(&format!("var a='{}';{spread}", "x".repeat(1 << 20))), FollowedSet::new());
    is_too_much(
        scripted(&format!("var a='<b>';{}", "a+=a;a+=a;document.write(a+a);".repeat(30_000))),
        FollowedSet::new(),
    );
}

#[test]
fn brackets_braces_and_calls_without_end() {
    for piece in [
        "unescape(",
        "(",
        "[",
        "{",
        "x=(",
        "x=[",
        "x=(x=(",
        "''+(",
        "write(",
        ".write([",
        ".a().b()",
        "function f(",
        "f(",
        "?",
        "`${",
        "a?b:",
        "/[",
        "/ [",
        "\\",
        "/*",
        "'",
        "//",
        "%u",
        "%3C",
        "document.write(unescape('%3C'));",
        "''.a('').b()",
    ] {
        let source = format!("document.write(''+{}", piece.repeat((1 << 20) / piece.len()));
        looked(scripted(&source), FollowedSet::new());
    }
    let braces = "{".repeat(200_000) + &"f();".repeat(200_000);
    looked(scripted(&format!("document.write('x');{braces}")), FollowedSet::new());
}

#[test]
fn many_small_scripts_cost_no_more_than_a_large_one() {
    let source = format!("document.write('x');{}", "x=(x=[".repeat(800));
    looked(format!("{}{CLOSING}", format!("<script>{source}</script>").repeat(800)), FollowedSet::new());
}

#[test]
fn a_base_on_somebodys_disk() {
    for base in ["file:///a/p:", "file:p:", "data:,", "javascript:0"] {
        let page = format!("<base href='{base}'><a href=b>b</a><script src=c></script>{CLOSING}{BADGE}");
        let looked = looked(page, FollowedSet::new());
        assert_eq!(looked.facts.base, None, "{base}: links are read under the page's own address");
        let base = Url::parse(base).unwrap();
        assert_eq!(ends(move || canonical(&base, "b", encoding_rs::UTF_8)), None);
    }
}

#[test]
fn escapes_are_undone_in_one_pass() {
    let escaped = "%3C".repeat(1 << 20);
    assert_eq!(ends(move || script::unescape(&escaped)), "<".repeat(1 << 20));
}

#[test]
fn robots_rules_full_of_stars() {
    let mut file = String::from("User-agent: *\n");
    for n in 0..5_000 {
        writeln!(file, "Disallow: /{}{n}$", "*a".repeat(900)).unwrap();
    }
    let url = home().join(&"a".repeat(1900)).unwrap();
    ends(move || Robots::read(file.as_bytes()).allows(&url));
}

#[test]
fn sitemaps_and_registries_without_sense() {
    for piece in ["<url>", "<urlset>", "&amp;", "<!--", "<loc>", "<!DOCTYPE [", "<a b='"] {
        let file = format!("<urlset>{}", piece.repeat((4 << 20) / piece.len()));
        ends(move || Sitemap::read(file.as_bytes(), SitemapLimits::default()));
    }
    for piece in ["\"", ",", "\r\n", "a,", "\"a\n", "www.yunxi.gov.test,\n"] {
        let file = format!("en_domain,cn_domain\n{}", piece.repeat((4 << 20) / piece.len()));
        ends(move || Registry::read(file.as_bytes()).is_ok());
    }
}
