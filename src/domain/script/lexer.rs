//! A JavaScript lexer that knows just enough to tell strings from comments from code. Nothing is executed.

use super::program::HOLE;

/// One token. Positions are left out: only order matters here.
#[derive(Debug, Clone, PartialEq)]
pub enum Token<'a> {
    /// A string or template literal, escapes resolved; a [`HOLE`] where a template has `${…}`.
    Text(String),
    /// An identifier, keyword or number.
    Word(&'a str),
    /// One character of punctuation.
    Mark(char),
    /// `/pattern/flags`.
    Pattern,
    /// A comment, with its text.
    Comment(&'a str),
}

/// How often a byte is read in vain for the end of a pattern, on average; after that a slash is a division.
const MOST_IN_VAIN: usize = 64;

/// Tokens of one script; the largest bundles of real sites have half a million.
pub const MOST_TOKENS: usize = 2_000_000;

/// Splits a script into tokens, at most [`MOST_TOKENS`]. Total on any input: what cannot be a token is skipped.
pub fn lex(source: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { source, at: 0, tokens: Vec::new(), in_vain: 0 };
    while lexer.at < source.len() && lexer.tokens.len() < MOST_TOKENS {
        lexer.step();
    }
    lexer.tokens
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    tokens: Vec<Token<'a>>,
    /// Bytes read for the end of patterns that have none.
    in_vain: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        match first {
            c if c.is_whitespace() => self.at += c.len_utf8(),
            '"' | '\'' => self.text(first),
            '`' => self.template(),
            '/' if rest.starts_with("//") => self.line_comment(2),
            '/' if rest.starts_with("/*") => self.block_comment(),
            // Single-line HTML-like comments of classic scripts (ECMAScript annex B.1.1).
            '<' if rest.starts_with("<!--") => self.line_comment(4),
            '-' if rest.starts_with("-->") && self.starts_line() => self.line_comment(3),
            '/' if self.in_vain <= MOST_IN_VAIN * (1024 + self.source.len()) && self.pattern_may_start() => {
                self.pattern()
            }
            c if is_word(c) => self.word(),
            c => {
                self.tokens.push(Token::Mark(c));
                self.at += c.len_utf8();
            }
        }
    }

    fn starts_line(&self) -> bool {
        let before = self.source[..self.at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with(['\n', '\r'])
    }

    fn line_comment(&mut self, mark: usize) {
        let rest = self.rest();
        let end = rest.find(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap_or(rest.len());
        self.tokens.push(Token::Comment(rest.get(mark..end).unwrap_or("")));
        self.at += end;
    }

    fn block_comment(&mut self) {
        let rest = self.rest();
        let end = rest[2..].find("*/").map_or(rest.len(), |at| at + 2);
        self.tokens.push(Token::Comment(&rest[2..end]));
        self.at += (end + 2).min(rest.len());
    }

    fn word(&mut self) {
        let rest = self.rest();
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        self.tokens.push(Token::Word(&rest[..end]));
        self.at += end;
    }

    /// A slash starts a pattern where a value cannot just have ended.
    fn pattern_may_start(&self) -> bool {
        match self.tokens.iter().rev().find(|token| !matches!(token, Token::Comment(_))) {
            None => true,
            Some(Token::Text(_) | Token::Pattern) => false,
            Some(Token::Mark(mark)) => !matches!(mark, ')' | ']' | '}'),
            Some(Token::Word(word)) => {
                matches!(*word, "return" | "typeof" | "case" | "in" | "of" | "delete" | "void" | "do" | "else")
            }
            Some(Token::Comment(_)) => true,
        }
    }

    fn pattern(&mut self) {
        let bytes = self.rest().as_bytes();
        let (mut at, mut class) = (1, false);
        loop {
            match bytes.get(at) {
                None | Some(b'\n' | b'\r') => {
                    // No pattern after all: a division.
                    self.in_vain += at;
                    self.tokens.push(Token::Mark('/'));
                    self.at += 1;
                    return;
                }
                Some(b'\\') => at += 1,
                Some(b'[') => class = true,
                Some(b']') => class = false,
                Some(b'/') if !class => break,
                Some(_) => {}
            }
            at += 1;
        }
        let rest = &self.rest()[at + 1..];
        let flags = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        self.tokens.push(Token::Pattern);
        self.at += at + 1 + flags;
    }

    fn text(&mut self, quote: char) {
        let body = &self.rest()[1..];
        let mut value = String::new();
        let mut chars = body.char_indices();
        let mut end = body.len();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    end = at + 1;
                    break;
                }
                // A string that is not closed on its line ends there (it is a syntax error).
                '\n' | '\r' => {
                    end = at;
                    break;
                }
                '\\' => escape(&mut chars, &mut value),
                c => value.push(c),
            }
        }
        self.tokens.push(Token::Text(value));
        self.at += 1 + end;
    }

    fn template(&mut self) {
        let body = &self.rest()[1..];
        let (mut value, mut end) = (String::new(), body.len());
        let mut chars = body.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '`' => {
                    end = at + 1;
                    break;
                }
                '\\' => escape(&mut chars, &mut value),
                '$' if body[at + 1..].starts_with('{') => {
                    value.push(HOLE);
                    skip_hole(&mut chars);
                }
                c => value.push(c),
            }
        }
        self.tokens.push(Token::Text(value));
        self.at += 1 + end;
    }
}

fn skip_hole(chars: &mut std::str::CharIndices<'_>) {
    let mut depth = 0u32;
    for (_, c) in chars {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return,
            '}' => depth -= 1,
            _ => {}
        }
    }
}

/// Resolves one escape sequence (ECMAScript 12.9.4), the backslash already taken.
fn escape(chars: &mut std::str::CharIndices<'_>, value: &mut String) {
    let Some((_, c)) = chars.next() else { return };
    match c {
        'n' => value.push('\n'),
        't' => value.push('\t'),
        'r' => value.push('\r'),
        'b' | 'f' | 'v' => value.push(' '),
        '\n' | '\u{2028}' | '\u{2029}' => {}
        '\r' => {
            if chars.as_str().starts_with('\n') {
                chars.next();
            }
        }
        'x' => hex(chars, 2, value),
        'u' if chars.as_str().starts_with('{') => {
            let inner = chars.as_str()[1..].split('}').next().unwrap_or("").to_owned();
            value.extend(u32::from_str_radix(&inner, 16).ok().and_then(char::from_u32));
            chars.by_ref().take(inner.chars().count() + 2).for_each(drop);
        }
        'u' => hex(chars, 4, value),
        '0'..='7' => octal(c, chars, value),
        c => value.push(c),
    }
}

fn hex(chars: &mut std::str::CharIndices<'_>, digits: usize, value: &mut String) {
    let Some(text) = chars.as_str().get(..digits) else { return };
    if let Ok(number) = u32::from_str_radix(text, 16) {
        value.push(char::from_u32(number).unwrap_or('\u{FFFD}'));
        chars.by_ref().take(digits).for_each(drop);
    }
}

fn octal(first: char, chars: &mut std::str::CharIndices<'_>, value: &mut String) {
    let mut number = first.to_digit(8).unwrap_or(0);
    for _ in 0..2 {
        match chars.as_str().chars().next().and_then(|c| c.to_digit(8)) {
            Some(digit) if number * 8 + digit < 256 => {
                number = number * 8 + digit;
                chars.next();
            }
            _ => break,
        }
    }
    value.extend(char::from_u32(number));
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        let text = |token| match token {
            Token::Text(value) => Some(value),
            _ => None,
        };
        lex(source).into_iter().filter_map(text).collect()
    }

    #[test]
    fn strings_are_told_from_comments_and_patterns() {
        assert_eq!(
            texts(
                r#"a = "x" // "no"
            + 'y' /* 'no' */ + `z`; re = /["']/g; b = 4 / 2; c = "w""#
            ),
            ["x", "y", "z", "w"]
        );
        assert_eq!(texts("<!-- document.write('no')\n'yes'\n--> 'no'"), ["yes"]);
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(
            texts(
                r#"'\'a\'\x3c\u003E\u{41}\/\101' "\"" 'line\
next'"#
            ),
            ["'a'<>A/A", "\"", "linenext"]
        );
    }

    #[test]
    fn a_template_is_one_text_with_holes() {
        assert_eq!(lex("`a${b({c:1})}d`"), [Token::Text("a\u{FFFC}d".into())]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_lexed(source in "\\PC*") {
            lex(&source);
        }

        #[test]
        fn any_soup_of_marks_is_lexed(source in "[`'\"\\\\/*${}\\[\\]xu0-9\n<!>()=;-]{0,200}") {
            lex(&source);
        }
    }
}
