//! What a site's robots.txt asks of us (RFC 9309). One file speaks for one origin: scheme, host and port.
//!
//! `texting_robots` reads groups and weighs rules. It is handed a clean copy: bounded, pure ASCII, one spelling for
//! each octet, and without `$`, for which it would build regular expressions out of a stranger's text.

use super::canonical::upper_case_escapes;
use crate::closed_set;
use encoding_rs::Encoding;
use std::time::Duration;
use texting_robots::Robot;
use url::{Position, Url};

closed_set! {
    /// What we do about robots.txt.
    pub enum RobotsMode {
        Respect = "respect", "what it asks not to look at is not looked at, and that is said";
        Record = "record", "it is recorded and the look goes on (the operator has the right to look)";
    }
}

/// What is read of a file, in bytes: RFC 9309, 2.5 asks for at least 500 KiB.
pub const MAX_ROBOTS_LEN: usize = 512 << 10;

/// The longest pause between two requests that we keep to; what asks for more asks for days.
pub const MAX_CRAWL_DELAY: Duration = Duration::from_secs(60);

/// A longer line holds no rule that one of our addresses could match.
const MAX_LINE_LEN: usize = 2_000;

/// Every address is held against every rule, so there is an end to them.
const MAX_LINES: usize = 10_000;

const MAX_SITEMAPS: usize = 500;

/// The name that rules can address us by (RFC 9309, 2.2.1).
const AGENT: &str = "badgewatch";

/// Stands for the end of an address in rules and addresses alike: neither holds one that is not escaped.
const END: char = '^';

/// The rules of one origin.
#[derive(Debug)]
pub struct Robots {
    access: Access,
    delay: Option<Duration>,
    sitemaps: Vec<String>,
}

#[derive(Debug)]
enum Access {
    All,
    Nothing,
    Rules(Box<Robot>),
}

impl Robots {
    /// Reads the answer to `/robots.txt` after redirects. 2xx: the rules. 4xx, or redirects without end: there are
    /// none (RFC 9309, 2.3.1.2–3). Anything else: nothing may be looked at (2.3.1.4).
    pub fn answered(status: u16, body: &[u8]) -> Self {
        match status {
            200..=299 => Self::read(body),
            300..=499 => Self::with(Access::All),
            _ => Self::unreachable(),
        }
    }

    /// No answer at all: nothing may be looked at (RFC 9309, 2.3.1.4).
    pub fn unreachable() -> Self {
        Self::with(Access::Nothing)
    }

    /// Reads a file of any bytes. A page of HTML in its place is no file; rules that cannot be read forbid.
    pub fn read(body: &[u8]) -> Self {
        let text = clean(body);
        if text.starts_with('<') {
            return Self::with(Access::All);
        }
        let Ok(mut robot) = Robot::new(AGENT, text.as_bytes()) else { return Self::unreachable() };
        let delay =
            robot.delay.map(|seconds| Duration::from_secs_f32(seconds.clamp(0.0, MAX_CRAWL_DELAY.as_secs_f32())));
        let mut sitemaps = std::mem::take(&mut robot.sitemaps);
        sitemaps.retain(|sitemap| !sitemap.is_empty());
        sitemaps.truncate(MAX_SITEMAPS);
        Self { access: Access::Rules(Box::new(robot)), delay, sitemaps }
    }

    fn with(access: Access) -> Self {
        Self { access, delay: None, sitemaps: Vec::new() }
    }

    /// May this address of the origin be looked at?
    pub fn allows(&self, url: &Url) -> bool {
        match &self.access {
            Access::All => true,
            Access::Nothing => false,
            Access::Rules(_) if url.path() == "/robots.txt" => true,
            Access::Rules(robot) => {
                let mut path = one_spelling(url[Position::BeforePath..Position::AfterQuery].as_bytes());
                path.push(END);
                robot.allowed(&path)
            }
        }
    }

    /// Is everything forbidden because the file could not be had, and not by its word?
    pub fn is_unreachable(&self) -> bool {
        matches!(self.access, Access::Nothing)
    }

    /// The pause asked for between two requests, at most [`MAX_CRAWL_DELAY`].
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }

    /// The sitemaps as named, for whichever robot: to be resolved against the file's address.
    pub fn sitemaps(&self) -> &[String] {
        &self.sitemaps
    }
}

/// The file as `texting_robots` gets it.
fn clean(body: &[u8]) -> String {
    let body = if body.len() > MAX_ROBOTS_LEN { whole_lines(&body[..MAX_ROBOTS_LEN]) } else { body };
    let decoded;
    let body = match Encoding::for_bom(body) {
        Some((encoding, length)) => {
            decoded = encoding.decode_without_bom_handling(&body[length..]).0;
            decoded.as_bytes()
        }
        None => body,
    };
    let lines = body.split(|byte| matches!(byte, b'\n' | b'\r' | 0)).map(<[u8]>::trim_ascii);
    lines
        .filter(|line| !line.is_empty() && line.len() <= MAX_LINE_LEN && !line.starts_with(b"#"))
        .take(MAX_LINES)
        .map(clean_line)
        .collect()
}

fn whole_lines(cut: &[u8]) -> &[u8] {
    let end = cut.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(0);
    &cut[..end]
}

fn clean_line(line: &[u8]) -> String {
    let line = line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii();
    let (line, ends) = match line.strip_suffix(b"$") {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    let mut line = one_spelling(line);
    if ends {
        line.push(END);
    }
    match line.split_once(':') {
        Some((key, value)) if key.trim().eq_ignore_ascii_case("user-agent") => {
            // a version behind the name is not part of it (RFC 9309, 2.2.1)
            format!("User-agent: {}\n", value.split('/').next().unwrap_or_default().trim())
        }
        // an empty rule matches nothing (RFC 9309, 2.2.2); the library would read it as "allow /"
        Some((key, value)) if key.to_ascii_lowercase().contains("allow") && value.trim().is_empty() => {
            "Allow:\n".into()
        }
        _ => line + "\n",
    }
}

/// Octets beyond ASCII escaped as they stand (GBK or UTF-8, RFC 9309, 2.2.2), escapes in upper case, and the two
/// signs escaped that have a meaning here.
fn one_spelling(text: &[u8]) -> String {
    let mut spelled = String::with_capacity(text.len() + 8);
    for &byte in text {
        match byte {
            b'$' | b'^' | 0x80.. => spelled.push_str(&format!("%{byte:02X}")),
            _ => spelled.push(char::from(byte)),
        }
    }
    upper_case_escapes(&spelled).unwrap_or(spelled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(path: &str) -> Url {
        Url::parse(&format!("http://www.yunxi.gov.test{path}")).unwrap()
    }

    fn allowed(robots: &str, path: &str) -> bool {
        Robots::read(robots.as_bytes()).allows(&url(path))
    }

    #[test]
    fn our_own_group_speaks_before_everybodys() {
        let robots =
            "User-agent: *\nDisallow: /\n\nUser-Agent: BadgeWatch/1.0 # us\nDisallow: /private\nCrawl-delay: 2.5\n";
        assert!(allowed(robots, "/a.html"));
        assert!(!allowed(robots, "/private/a.html"));
        assert_eq!(Robots::read(robots.as_bytes()).delay(), Some(Duration::from_millis(2_500)));
        assert!(!allowed("User-agent: *\nDisallow: /", "/a.html"));
        assert!(allowed("User-agent: otherbot\nDisallow: /", "/a.html"));
    }

    #[test]
    fn the_longest_rule_decides_and_allow_wins_a_tie() {
        let robots = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nDisallow: /x\nAllow: /x\n";
        assert!(!allowed(robots, "/a/"));
        assert!(allowed(robots, "/a/b/"));
        assert!(!allowed(robots, "/a/b/c"));
        assert!(allowed(robots, "/x"));
        assert!(allowed("User-agent: *\nDisallow:\n", "/a"));
        assert!(!allowed("User-agent: *\nDisallow:\nDisallow: /\n", "/a"), "an empty rule matches nothing");
        assert!(allowed("User-agent: badgewatch\nDisallow:\nUser-agent: *\nDisallow: /\n", "/a"));
    }

    #[test]
    fn stars_and_ends_are_understood() {
        let robots = "User-agent: *\nDisallow: /*.jsp$\nDisallow: /*?sort=\nDisallow: /exact$\nDisallow: /price$list\n";
        assert!(!allowed(robots, "/a/b.jsp"));
        assert!(allowed(robots, "/a/b.jsp?id=1"));
        assert!(!allowed(robots, "/list?sort=1"));
        assert!(!allowed(robots, "/exact"));
        assert!(allowed(robots, "/exactly"));
        assert!(!allowed(robots, "/price$list"), "a dollar within is itself");
        assert!(allowed("User-agent: *\nDisallow: /a^", "/a"), "our own mark cannot be forged");
    }

    #[test]
    fn names_beyond_ascii_are_compared_octet_by_octet() {
        let utf8 = "User-agent: *\nDisallow: /内部\n";
        assert!(!allowed(utf8, "/%E5%86%85%E9%83%A8/a"));
        assert!(!allowed("User-agent: *\nDisallow: /%e5%86%85", "/内部"));
        let mut gbk = b"User-agent: *\nDisallow: /?q=".to_vec();
        gbk.extend_from_slice(&encoding_rs::GBK.encode("内部").0);
        assert!(!Robots::read(&gbk).allows(&url("/?q=%C4%DA%B2%BF")));
        let with_bom = format!("\u{feff}{utf8}");
        assert!(!allowed(&with_bom, "/%E5%86%85%E9%83%A8/a"));
        let utf16: Vec<u8> = with_bom.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(!Robots::read(&utf16).allows(&url("/%E5%86%85%E9%83%A8/a")));
    }

    #[test]
    fn the_status_says_whether_there_are_rules() {
        let rules = b"User-agent: *\nDisallow: /a\nSitemap: /map.xml\nSitemap:\n";
        let page = url("/a");
        assert!(!Robots::answered(200, rules).allows(&page));
        assert_eq!(Robots::answered(200, rules).sitemaps(), ["/map.xml"]);
        for status in [301, 401, 403, 404, 410, 412, 429] {
            assert!(Robots::answered(status, rules).allows(&page), "{status}");
        }
        for status in [0, 100, 500, 503, 521] {
            let robots = Robots::answered(status, rules);
            assert!(!robots.allows(&page) && robots.is_unreachable(), "{status}");
        }
        assert!(!Robots::answered(200, b"User-agent: *\nDisallow: /").is_unreachable(), "the site's own word");
    }

    #[test]
    fn a_page_of_html_in_its_place_is_no_rule() {
        for html in
            ["<!DOCTYPE html>\nUser-agent: *\nDisallow: /", "\r\n  <html>\nDisallow: /", "\u{feff}<head>\nDisallow: /"]
        {
            assert!(allowed(html, "/a"), "{html}");
        }
        assert!(allowed("", "/a"));
    }

    #[test]
    fn what_asks_too_much_is_bounded() {
        let delay = |text: &str| Robots::read(format!("User-agent: *\nCrawl-delay: {text}").as_bytes()).delay();
        assert_eq!(delay("86400"), Some(MAX_CRAWL_DELAY));
        assert_eq!(delay("inf"), Some(MAX_CRAWL_DELAY));
        assert_eq!(delay("-1"), None);
        assert_eq!(delay("NaN"), None);
        let cut = format!("User-agent: *\nDisallow: /a\n{}Disallow: /b\n", "# x\n".repeat(MAX_ROBOTS_LEN / 4));
        assert!(!allowed(&cut, "/a") && allowed(&cut, "/b"), "read as far as the limit");
    }

    #[test]
    fn hostile_rules_stay_cheap() {
        let stars = format!("Disallow: /{}$\n", "*a".repeat(900)).repeat(200);
        let dollars = format!("Disallow: /{}\n", "$".repeat(600)).repeat(100);
        let robots = Robots::read(format!("User-agent: *\n{stars}{dollars}Disallow: /b\n").as_bytes());
        let long = url(&format!("/{}", "a".repeat(1_900)));
        assert!(!robots.allows(&url("/b")), "the last rule was read");
        assert!((0..100).all(|_| !robots.allows(&long)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..400), path in "/[ -~]{0,20}") {
            let _ = Robots::read(&body).allows(&url(&path));
        }

        #[test]
        fn every_file_can_be_read(lines in prop::collection::vec("(User-agent|Allow|Disallow|Sitemap|Crawl-delay|x)[: ]{1,2}[*$^/a#\\[(+?.\\\\%é]{0,12}", 0..20)) {
            prop_assert!(!Robots::read(lines.join("\n").as_bytes()).is_unreachable());
        }

        #[test]
        fn a_literal_rule_forbids_what_begins_with_it(rule in "/[a-z/]{0,5}", path in "/[a-z/]{0,8}") {
            let robots = Robots::read(format!("User-agent: *\nDisallow: {rule}\n").as_bytes());
            let url = url(&path);
            prop_assert_eq!(robots.allows(&url), !url.path().starts_with(&rule));
        }
    }
}
