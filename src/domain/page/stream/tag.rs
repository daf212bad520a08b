//! A start tag as it stands in the text: attributes are read when they are asked for.

use std::borrow::Cow;
use std::cell::Cell;

use super::entity::decode;
use crate::domain::page::tag::Tag;

/// A tag's name and the raw text of its attributes.
#[derive(Clone, Copy)]
pub(super) struct RawTag<'a> {
    pub name: &'a str,
    pub attributes: &'a str,
    pub names: Names,
    /// Set where an attribute that was asked for could not be read with certainty.
    pub doubt: &'a Cell<bool>,
}

impl<'a> RawTag<'a> {
    /// An attribute's value as it is written.
    fn raw(&self, name: &str) -> Option<&'a str> {
        if !self.names.may_hold(name) {
            return None;
        }
        let mut attributes = Attributes { text: self.attributes, at: 0 };
        attributes.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Tag for RawTag<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn attr(&self, name: &str) -> Option<Cow<'_, str>> {
        let decoded = decode(self.raw(name)?, true);
        if decoded.is_none() {
            self.doubt.set(true);
        }
        decoded
    }

    fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    fn may_hold(&self, text: &str) -> bool {
        let (raw, wanted) = (self.attributes.as_bytes(), text.as_bytes());
        if raw.len() < wanted.len() {
            return false;
        }
        let (lower, upper) = (wanted[0].to_ascii_lowercase(), wanted[0].to_ascii_uppercase());
        memchr::memchr2_iter(lower, upper, raw)
            .any(|at| raw.get(at..at + wanted.len()).is_some_and(|part| part.eq_ignore_ascii_case(wanted)))
    }
}

/// The names of a tag's attributes as a set of hashes: most of what is asked for is in no tag.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Names(u64);

impl Names {
    fn add(&mut self, name: &[u8]) {
        self.0 |= Self::bit(name);
    }

    /// Whether an attribute of this name may be there: `false` is certain.
    fn may_hold(self, name: &str) -> bool {
        self.0 & Self::bit(name.as_bytes()) != 0
    }

    /// By length and first byte, without the bit that tells capitals apart.
    fn bit(name: &[u8]) -> u64 {
        let first = usize::from(name.first().copied().unwrap_or_default() & 0x1f);
        1 << ((first ^ name.len() << 2) & 63)
    }
}

/// The attributes of a tag in their order (HTML standard, 13.2.5.32–39).
struct Attributes<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).is_some_and(|b| is_blank(*b) || *b == b'/') {
            self.at += 1;
        }
        let start = self.at;
        // An equals sign that begins a name is part of it.
        self.at += usize::from(bytes.get(self.at) == Some(&b'='));
        while bytes.get(self.at).is_some_and(|b| !is_blank(*b) && !matches!(b, b'/' | b'=')) {
            self.at += 1;
        }
        if self.at == start {
            return None;
        }
        let name = &self.text[start..self.at];
        let (value, end) = value(self.text, self.at);
        self.at = end;
        Some((name, value))
    }
}

/// The value after a name that ends at `at`, and where it ends.
fn value(text: &str, at: usize) -> (&str, usize) {
    let bytes = text.as_bytes();
    let skip = |mut at: usize| {
        while bytes.get(at).is_some_and(|b| is_blank(*b)) {
            at += 1;
        }
        at
    };
    let equals = skip(at);
    if bytes.get(equals) != Some(&b'=') {
        return ("", at);
    }
    let start = skip(equals + 1);
    match bytes.get(start) {
        Some(quote @ (b'"' | b'\'')) => {
            let length = memchr::memchr(*quote, &bytes[start + 1..]).unwrap_or(bytes.len() - start - 1);
            (&text[start + 1..start + 1 + length], (start + length + 2).min(bytes.len()))
        }
        _ => {
            let length = bytes[start..].iter().take_while(|b| !is_blank(**b)).count();
            (&text[start..start + length], start + length)
        }
    }
}

/// Where a tag whose name ends at `at` ends (the place of its `>`), and the names it holds. `None` where it never ends.
pub(super) fn end_of_tag(bytes: &[u8], mut at: usize) -> Option<(usize, Names)> {
    let mut names = Names::default();
    loop {
        while bytes.get(at).is_some_and(|b| is_blank(*b) || *b == b'/') {
            at += 1;
        }
        if *bytes.get(at)? == b'>' {
            return Some((at, names));
        }
        let start = at;
        at += usize::from(bytes[at] == b'=');
        while bytes.get(at).is_some_and(|b| !is_blank(*b) && !matches!(b, b'/' | b'=' | b'>')) {
            at += 1;
        }
        names.add(&bytes[start..at]);
        let mut equals = at;
        while bytes.get(equals).is_some_and(|b| is_blank(*b)) {
            equals += 1;
        }
        if bytes.get(equals) != Some(&b'=') {
            continue;
        }
        at = equals + 1;
        while bytes.get(at).is_some_and(|b| is_blank(*b)) {
            at += 1;
        }
        match *bytes.get(at)? {
            quote @ (b'"' | b'\'') => at += memchr::memchr(quote, &bytes[at + 1..])? + 2,
            b'>' => return Some((at, names)),
            _ => {
                while bytes.get(at).is_some_and(|b| !is_blank(*b) && *b != b'>') {
                    at += 1;
                }
            }
        }
    }
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r')
}
