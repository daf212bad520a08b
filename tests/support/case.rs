//! A case: one site with its registry rows, its names, its pages and what must be said of it, in one readable file.
//!
//! ```text
//! # the rule this case stands for
//! registry: own                     whose rows the registry has (registry.rs); `none`: no row; `not given`: no file
//! --- page / 200                    page | script | frame | file | dcs, a path or //host/path, a status
//! encode: gbk                       options of this document, before its first other line
//! {{TOP}}{{FOOT}}{{EMBED}}{{END}}   placeholders (words.rs)
//! --- expect
//! verdict: pass                     (expect.rs)
//! ```

use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use super::expect::Expect;
use super::farm::Reply;
use super::names::Answer;
use super::registry::Row;
use super::words::Words;

/// One document that the farm serves.
#[derive(Clone, Debug)]
pub struct Document {
    pub host: String,
    pub path: String,
    pub reply: Reply,
    pub content_type: Option<String>,
    pub bytes: Vec<u8>,
}

/// One site and what must be said of it.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub about: String,
    pub words: Words,
    /// The argument of `check`.
    pub site: String,
    /// Shared by two cases at most: politeness towards an address must not join them all, nor the farm open a
    /// thousand sockets.
    pub address: Ipv4Addr,
    pub registry_given: bool,
    pub rows: Vec<Row>,
    pub args: Vec<String>,
    pub names: Vec<(String, Answer)>,
    pub distrusted: bool,
    pub documents: Vec<Document>,
    pub expect: Expect,
}

/// Reads every `*.case` of a directory, in the order of the names.
pub fn read_all(directory: &Path) -> Vec<Case> {
    let mut files: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "case"));
    files.sort();
    let read = |(number, file): (usize, &std::path::PathBuf)| {
        let slug = file.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(file).unwrap();
        Case::parse(Words { slug, number: number + 1 }, &text).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
    };
    files.iter().enumerate().map(read).collect()
}

impl Case {
    pub fn parse(words: Words, text: &str) -> Result<Self, String> {
        let mut sections = sections(text);
        let head = sections.remove(0).1;
        let mut case = Self::blank(words, head.lines().next().unwrap_or_default().trim_start_matches("# "));
        for line in head.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let (key, value) = line.split_once(": ").ok_or_else(|| format!("no `key: value`: {line}"))?;
            case.setting(key, &case.words.fill(value.trim()))?;
        }
        if case.rows.is_empty() && case.registry_given && !head.contains("registry: none") {
            case.rows.push(Row::parse("own", &case.words)?);
        }
        if let Some((_, rest)) = case.words.fill(text).replace("{{SEQ}}", "").split_once("{{") {
            return Err(format!("nothing is called {{{{{}", rest.lines().next().unwrap_or_default()));
        }
        for (title, body) in sections {
            case.section(title, &body)?;
        }
        Ok(case)
    }

    fn blank(words: Words, about: &str) -> Self {
        let [high, low] = (words.number as u16 / 2).to_be_bytes();
        Self {
            name: words.slug.clone(),
            about: about.to_owned(),
            site: words.host(),
            address: Ipv4Addr::new(127, 77, high, low),
            words,
            registry_given: true,
            rows: Vec::new(),
            args: Vec::new(),
            names: Vec::new(),
            distrusted: false,
            documents: Vec::new(),
            expect: Expect::default(),
        }
    }

    fn setting(&mut self, key: &str, value: &str) -> Result<(), String> {
        match (key, value) {
            ("site", _) => self.site = value.to_owned(),
            ("registry", "none") => self.rows.clear(),
            ("registry", "not given") => self.registry_given = false,
            ("registry", _) => self.rows.push(Row::parse(value, &self.words)?),
            ("args", _) => self.args = value.split_whitespace().map(str::to_owned).collect(),
            ("dns", _) => {
                let (name, answer) = value.split_once(' ').ok_or("dns: NAME ANSWER")?;
                self.names.push((name.to_owned(), self.answer(answer)?));
            }
            ("tls", "distrusted") => self.distrusted = true,
            _ => return Err(format!("no setting {key}: {value}")),
        }
        Ok(())
    }

    fn answer(&self, text: &str) -> Result<Answer, String> {
        Ok(match text.split_whitespace().collect::<Vec<_>>()[..] {
            ["here"] => self.address.into(),
            ["alias", target] => Answer::Alias(target.to_owned()),
            ["nxdomain"] => Answer::NxDomain,
            ["nodata"] => Answer::NoData,
            ["servfail"] => Answer::ServFail,
            ["refused"] => Answer::Refused,
            ["lame"] => Answer::Lame,
            ["silent"] => Answer::Silent,
            [address] => address.parse::<Ipv4Addr>().map_err(|e| format!("dns: {address}: {e}"))?.into(),
            _ => return Err(format!("dns: {text}")),
        })
    }

    fn section(&mut self, title: &str, body: &str) -> Result<(), String> {
        let mut title = title.split_whitespace();
        let kind = title.next().unwrap_or_default();
        if kind == "expect" {
            self.expect = Expect::parse(&self.words.fill(body))?;
            return Ok(());
        }
        let target = self.words.fill(title.next().ok_or("a section has a path")?);
        let (host, path) = match target.strip_prefix("//").and_then(|rest| rest.split_once('/')) {
            Some((host, path)) => (host.to_owned(), format!("/{path}")),
            None if kind == "dcs" => ("dcs.conac.cn".to_owned(), target),
            None => (self.words.host(), target),
        };
        let status = title.next().map_or(Ok(200), str::parse).map_err(|_| "a status is a number")?;
        let mut document = Document::read(kind, &self.words.fill(body))?;
        document.reply = document.reply.status(status);
        self.documents.push(Document { host, path, ..document });
        Ok(())
    }

    /// Whether the case speaks of the badge host's own scripts.
    pub fn has_badge_host(&self) -> bool {
        self.documents.iter().any(|document| document.host == "dcs.conac.cn")
    }

    /// The host part of the argument of `check`.
    pub fn host(&self) -> &str {
        let bare = self.site.split_once("://").map_or(&*self.site, |(_, rest)| rest);
        bare.split('/').next().unwrap_or(bare)
    }
}

impl Document {
    /// Reads the options and the body of one section.
    fn read(kind: &str, text: &str) -> Result<Self, String> {
        let (mut encoding, mut truncated, mut delay, mut hang_up) = ("utf-8", None, Duration::ZERO, false);
        let mut content_type = match kind {
            "page" | "frame" => Some("text/html".to_owned()),
            "script" | "dcs" => Some("application/javascript".to_owned()),
            "file" => None,
            _ => return Err(format!("no section is called {kind}")),
        };
        let mut headers = Vec::new();
        let mut rest = text;
        while let Some((key, value)) = option(rest) {
            match (key, value) {
                ("encode", _) => encoding = value,
                ("delay", "forever") => delay = Duration::from_secs(3600),
                ("delay", _) => delay = Duration::from_millis(value.parse().map_err(|_| "delay: milliseconds")?),
                ("truncate", _) => truncated = Some(value.parse().map_err(|_| "truncate: bytes")?),
                ("close", _) => hang_up = true,
                _ => match value.split_once(": ").ok_or("header: Name: value")? {
                    (name, value) if name.eq_ignore_ascii_case("content-type") => content_type = Some(value.to_owned()),
                    (name, value) => headers.push((name, value)),
                },
            }
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
        let bytes = super::encode::encode(encoding, rest.trim_end_matches('\n'))?;
        let mut reply = Reply::bytes(bytes.clone()).delay(delay);
        reply = content_type.iter().fold(reply, |reply, value| reply.header("Content-Type", value));
        reply = headers.into_iter().fold(reply, |reply, (name, value)| reply.header(name, value));
        reply = truncated.into_iter().fold(reply, Reply::truncate);
        reply = if hang_up { reply.hang_up() } else { reply };
        Ok(Self { host: String::new(), path: String::new(), reply, content_type, bytes })
    }
}

/// The document option on the first line, if there is one.
fn option(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.lines().next()?.split_once(": ")?;
    ["encode", "header", "delay", "truncate", "close"].contains(&key).then_some((key, value))
}

/// Cuts the text at its `--- title` lines; the head has no title.
fn sections(text: &str) -> Vec<(&str, String)> {
    let mut all = vec![("", String::new())];
    for line in text.lines() {
        match line.strip_prefix("--- ") {
            Some(title) => all.push((title, String::new())),
            None => {
                let (_, body) = all.last_mut().expect("never empty");
                body.push_str(line);
                body.push('\n');
            }
        }
    }
    all
}
