//! Strings followed through concatenation, variables, groups and decoders; nothing is executed.

use super::lexer::Token;
use super::program::{HOLE, Step};
use super::reader::{Reader, mentions_badge};
use super::unescape;
use super::words::{CIPHERED, CIPHERS};

/// Functions that hand their text through, decoded.
pub(super) const DECODERS: &[&str] = &["unescape", "decodeURIComponent", "decodeURI", "String"];

/// Longest text kept for one variable or sink: beyond it a script is hostile, not a footer.
pub(super) const LONGEST: usize = 1 << 20;
/// Bytes taken from variables in one script: doubling a text again and again ends here.
const MOST_COPIED: usize = 4 << 20;
/// Groups within groups that are read; people nest a handful.
const DEEPEST: u32 = 64;
/// Tokens of one group that is passed over.
const LONGEST_GROUP: usize = 4096;
/// How often a token is passed over, on average: groups that never close are looked for again and again.
const MOST_SCANNED: usize = 64;

impl Reader<'_> {
    /// Reads `a + b + (c ? d : e) + f(…)` from `at` as one text; returns where it ends.
    pub(super) fn expression(&mut self, mut at: usize, value: &mut String) -> usize {
        let mut choice = false;
        loop {
            let before = value.len();
            at = self.operand(at, value);
            at = self.skip_comments(at);
            match self.tokens.get(at) {
                Some(Token::Mark('+')) if !self.mark(at + 1, '+') => at += 1,
                Some(Token::Mark('?')) => {
                    choice = true;
                    value.truncate(before); // the condition is no text
                    at += 1;
                }
                Some(Token::Mark(':')) if choice => at += 1,
                _ => return at,
            }
        }
    }

    fn skip_comments(&mut self, mut at: usize) -> usize {
        while let Some(Token::Comment(text)) = self.tokens.get(at) {
            if mentions_badge(text) {
                self.program.comments.push((*text).to_owned());
            }
            at += 1;
        }
        at
    }

    fn operand(&mut self, at: usize, value: &mut String) -> usize {
        let at = self.skip_comments(at);
        if value.len() > LONGEST {
            self.program.opaque = true;
            return at + 1;
        }
        match self.tokens.get(at) {
            Some(Token::Text(text)) => {
                value.push_str(text);
                self.after_value(at + 1)
            }
            Some(Token::Mark('(')) => {
                if self.plain_group(at).is_none() {
                    return at;
                }
                let end = self.list(at + 1, value);
                if self.mark(end, ')') { self.after_value(end + 1) } else { end }
            }
            Some(Token::Mark('[')) => {
                let end = self.list(at + 1, value);
                if self.mark(end, ']') { self.after_value(end + 1) } else { end }
            }
            Some(Token::Word("function")) => at,
            Some(Token::Word(_)) => self.reference(at, value),
            _ => at,
        }
    }

    fn list(&mut self, at: usize, value: &mut String) -> usize {
        if self.nesting == DEEPEST {
            self.program.opaque = true;
            return at;
        }
        self.nesting += 1;
        let mut at = self.expression(at, value);
        while self.mark(at, ',') {
            at = self.expression(at + 1, value);
        }
        self.nesting -= 1;
        at
    }

    /// `name`, `a.b.c`, `f(…)`: a known variable, a decoder's argument, or a hole.
    fn reference(&mut self, at: usize, value: &mut String) -> usize {
        let (mut end, mut name) = (at, "");
        while let Some(word) = self.word(end) {
            name = word;
            self.program.names.insert(word.to_owned());
            end += 1;
            if self.mark(end, '.') && self.word(end + 1).is_some() {
                end += 1;
            } else {
                break;
            }
        }
        if self.mark(end, '(') {
            if DECODERS.contains(&name) {
                let mut inner = String::new();
                let close = self.list(end + 1, &mut inner);
                value.push_str(&if name == "String" { inner } else { unescape(&inner) });
                return if self.mark(close, ')') { close + 1 } else { close };
            }
            value.push(if CIPHERS.contains(&name) { CIPHERED } else { HOLE });
            if end == at + 1 {
                self.emit(Step::Call(name.to_owned()));
            }
            return self.plain_group(end).map_or(end, |close| self.after_value(close + 1));
        }
        if end == at + 1 {
            self.variable(name, value);
        } else {
            value.push(HOLE);
        }
        if self.mark(end, '[') { self.plain_group(end).map_or(end, |close| close + 1) } else { end }
    }

    /// The text of a known variable.
    fn variable(&mut self, name: &str, value: &mut String) {
        let Some(text) = self.variables.get(name) else { return value.push(HOLE) };
        self.copied += text.len();
        if self.copied > MOST_COPIED {
            self.program.opaque = true;
            return value.push(HOLE);
        }
        value.push_str(text);
        self.used.insert(name.to_owned());
    }

    /// `"…".replace(…)`, `[…].join("")` after a value: passed over.
    fn after_value(&mut self, mut at: usize) -> usize {
        while self.mark(at, '.') && self.word(at + 1).is_some() && self.mark(at + 2, '(') {
            match self.plain_group(at + 2) {
                Some(close) => at = close + 1,
                None => break,
            }
        }
        at
    }

    /// The end of a bracketed group without any function or block in it (those are read as statements).
    fn plain_group(&mut self, open: usize) -> Option<usize> {
        if self.scanned > MOST_SCANNED * (1024 + self.tokens.len()) {
            self.program.opaque = true;
            return None;
        }
        let mut depth = 0u32;
        for (at, token) in self.tokens.iter().enumerate().skip(open).take(LONGEST_GROUP) {
            self.scanned += 1;
            match token {
                Token::Mark('(' | '[') => depth += 1,
                Token::Mark(')' | ']') => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                Token::Mark('{' | '}') | Token::Word("function") => return None,
                _ => {}
            }
        }
        None
    }
}
