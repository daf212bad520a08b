//! The cheap pass: reads a page tag by tag, as long as its tree is known without building it.
//!
//! Pages whose tags nest as the HTML standard has them need no tree: start and end tags *are* its order. The pass keeps
//! a stack of open elements and the few rules by which well-formed pages leave ends out (paragraphs, list items, table
//! parts). Whatever else it meets (misnested formatting, foster parenting, frames, foreign content, odd comments or
//! references) is [`Doubt`], and the full parse decides. It never guesses: its facts equal the tree's or it has none.

mod builder;
mod class;
mod entity;
mod tag;

use std::borrow::Cow;
use std::cell::Cell;

use super::context::Context;
use super::facts::Facts;
use super::reader::{Outer, Reader};
use builder::Builder;
use class::Class;
use tag::{RawTag, end_of_tag, is_blank};

/// The page left what this pass is sure of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doubt;

/// Reads a document. On doubt `facts` are of no use.
pub(super) fn read_document(html: &str, context: Context<'_>, facts: &mut Facts) -> Result<(), Doubt> {
    if memchr::memchr(0, html.as_bytes()).is_some() || html.starts_with('\u{feff}') {
        return Err(Doubt);
    }
    let html = one_line_end(html);
    let doubt = Cell::new(false);
    let reader = Reader::new(context, facts, Outer::default(), &html);
    let mut stream = Stream { html: &html, at: 0, doubt: &doubt, builder: Builder::new(reader) };
    while stream.at < html.len() {
        stream.step()?;
        if doubt.get() {
            return Err(Doubt);
        }
    }
    stream.builder.finish()?;
    if doubt.get() { Err(Doubt) } else { Ok(()) }
}

/// Line ends as the standard's preprocessing leaves them (13.2.3.5).
fn one_line_end(html: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', html.as_bytes()).is_none() {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

struct Stream<'a, 'p> {
    html: &'a str,
    at: usize,
    doubt: &'a Cell<bool>,
    builder: Builder<'a, 'p>,
}

impl<'a> Stream<'a, '_> {
    fn step(&mut self) -> Result<(), Doubt> {
        let rest = &self.html[self.at..];
        let Some(open) = memchr::memchr(b'<', rest.as_bytes()) else {
            self.at = self.html.len();
            return self.builder.text(rest);
        };
        if open > 0 {
            self.builder.text(&rest[..open])?;
        }
        self.at += open;
        let rest = &rest[open..];
        match rest.as_bytes().get(1) {
            Some(b'!') => self.declaration(rest),
            Some(b'/') => self.end_tag(rest),
            Some(byte) if byte.is_ascii_alphabetic() => self.start_tag(rest),
            _ => Err(Doubt),
        }
    }

    fn declaration(&mut self, rest: &'a str) -> Result<(), Doubt> {
        if let Some(comment) = rest.strip_prefix("<!--") {
            let end = memchr::memmem::find(comment.as_bytes(), b"-->").ok_or(Doubt)?;
            let text = &comment[..end];
            // `<!-->`, `<!--->`, `--!>` and a comment within a comment end elsewhere.
            if text.starts_with('>') || text.starts_with("->") || text.contains("--!>") || text.ends_with("<!-") {
                return Err(Doubt);
            }
            self.at += 4 + end + 3;
            return self.builder.comment(text);
        }
        let doctype = rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"));
        let end = memchr::memchr(b'>', rest.as_bytes()).ok_or(Doubt)?;
        if !doctype || !self.builder.is_at_start() {
            return Err(Doubt);
        }
        self.at += end + 1;
        Ok(())
    }

    fn end_tag(&mut self, rest: &'a str) -> Result<(), Doubt> {
        let bytes = rest.as_bytes();
        if !bytes.get(2).is_some_and(u8::is_ascii_alphabetic) {
            return Err(Doubt);
        }
        let name = name_at(rest, 2);
        let (end, _) = end_of_tag(bytes, 2 + name.len()).ok_or(Doubt)?;
        self.at += end + 1;
        self.builder.end(class::lower(name).ok_or(Doubt)?)
    }

    fn start_tag(&mut self, rest: &'a str) -> Result<(), Doubt> {
        let name = name_at(rest, 1);
        let after = 1 + name.len();
        let (end, names) = end_of_tag(rest.as_bytes(), after).ok_or(Doubt)?;
        let name = class::lower(name).ok_or(Doubt)?;
        let class = Class::of(name);
        let tag = RawTag { name, attributes: &rest[after..end], names, doubt: self.doubt };
        self.at += end + 1;
        if class.has(Class::RAW) || class.has(Class::RCDATA) {
            let content = self.raw_text(name)?;
            return self.builder.raw(tag, class, content);
        }
        self.builder.start(tag, class)
    }

    /// The text up to the end tag of a raw element; the end tag is passed over.
    fn raw_text(&mut self, name: &str) -> Result<&'a str, Doubt> {
        let rest = &self.html[self.at..];
        let bytes = rest.as_bytes();
        let mut from = 0;
        let end = loop {
            let at = from + memchr::memmem::find(&bytes[from..], b"</").ok_or(Doubt)?;
            let after = bytes.get(at + 2..at + 2 + name.len()).ok_or(Doubt)?;
            let border = bytes.get(at + 2 + name.len()).is_some_and(|b| is_blank(*b) || matches!(b, b'/' | b'>'));
            if border && after.eq_ignore_ascii_case(name.as_bytes()) {
                break at;
            }
            from = at + 2;
        };
        let content = &rest[..end];
        // A script inside a comment inside a script ends the outer one elsewhere (13.2.5.20 and on).
        if name == "script" && content.contains("<!--") && content.to_ascii_lowercase().contains("<script") {
            return Err(Doubt);
        }
        self.at += end_of_tag(bytes, end + 2 + name.len()).ok_or(Doubt)?.0 + 1;
        Ok(content)
    }
}

/// The tag name at `from`: up to a blank, a slash or the end of the tag.
fn name_at(text: &str, from: usize) -> &str {
    let length = text.as_bytes()[from..].iter().take_while(|b| !is_blank(**b) && !matches!(b, b'/' | b'>')).count();
    &text[from..from + length]
}
