//! From tokens to a [`Program`]: what stands where — assignments, sinks, functions, strings of interest.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::expression::{DECODERS, LONGEST};
use super::lexer::{MOST_TOKENS, Token, lex};
use super::program::{HOLE, Program, Step};
use super::unescape;
use super::words::{CIPHERED, is_include, names_footer};

/// Words without which a script can put nothing of interest into a page.
const RELEVANT: &[&str] = &[
    "conac",
    "write",
    "innerHTML",
    "outerHTML",
    "append",
    "prepend",
    "html(",
    "insertAdjacent",
    "after(",
    "before(",
    "replaceWith",
    "load(",
    "eval(",
    "foot",
    "bottom",
    "sitename",
    "/verify/",
    "/CA",
    "Foot",
    "import(",
    "import{",
    "import ",
    "import\"",
    "import'",
    "_0x",
];

static RELEVANT_WORDS: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(RELEVANT).expect("a fixed list of words"));

/// Reads a script. Total on any input; the work is bounded by the length of the source and by the limits of
/// `expression`; what lies beyond them makes the script opaque.
pub fn read(source: &str) -> Program {
    if !is_relevant(source) {
        return calls(source);
    }
    let tokens = lex(source);
    // `_0x…` are the names that the common obfuscator gives.
    let opaque = source.contains("_0x") || tokens.len() == MOST_TOKENS;
    let mut reader = Reader {
        tokens,
        at: 0,
        scopes: Vec::new(),
        pending: None,
        variables: HashMap::new(),
        used: HashSet::new(),
        program: Program { opaque, ..Program::default() },
        nesting: 0,
        copied: 0,
        scanned: 0,
    };
    while reader.at < reader.tokens.len() {
        reader.step();
    }
    let mut program = reader.finish();
    program.opaque |= program.loses_badge(source);
    program
}

/// Could the script put anything of interest into a page by itself?
pub fn is_relevant(source: &str) -> bool {
    RELEVANT_WORDS.is_match(source)
}

/// Even a script that writes nothing may call a function that does. Long ones are libraries: they call none of a page's.
pub fn calls(source: &str) -> Program {
    let mut program = Program::default();
    if source.len() < 4096 {
        let tokens = lex(source);
        for (at, token) in tokens.iter().enumerate() {
            if let Token::Word(word) = token
                && word.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$')
            {
                program.names.insert((*word).to_owned());
                let before = at.checked_sub(1).map(|before| &tokens[before]);
                if tokens.get(at + 1) == Some(&Token::Mark('(')) && !matches!(before, Some(Token::Mark('.'))) {
                    program.steps.push(Step::Call((*word).to_owned()));
                }
            }
        }
    }
    program
}

pub(super) struct Reader<'a> {
    pub(super) tokens: Vec<Token<'a>>,
    at: usize,
    /// One entry per open brace: the named function it belongs to, itself or by the braces around it.
    scopes: Vec<Option<Rc<str>>>,
    /// The named function whose body opens with the next brace.
    pending: Option<Rc<str>>,
    pub(super) variables: HashMap<String, String>,
    pub(super) used: HashSet<String>,
    pub(super) program: Program,
    /// Groups open around the expression that is read.
    pub(super) nesting: u32,
    /// Bytes that came from variables.
    pub(super) copied: usize,
    /// Tokens passed over in search of the end of a group.
    pub(super) scanned: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn mark(&self, at: usize, mark: char) -> bool {
        self.tokens.get(at) == Some(&Token::Mark(mark))
    }

    pub(super) fn word(&self, at: usize) -> Option<&'a str> {
        match self.tokens.get(at) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn step(&mut self) {
        match &self.tokens[self.at] {
            Token::Comment(text) => {
                if mentions_badge(text) {
                    self.program.comments.push((*text).to_owned());
                }
                self.at += 1;
            }
            Token::Mark('{') => {
                let around = || self.scopes.last().cloned().flatten();
                let owner = self.pending.take().or_else(around);
                self.scopes.push(owner);
                self.at += 1;
            }
            Token::Mark('}') => {
                self.scopes.pop();
                self.at += 1;
            }
            Token::Text(_) => self.loose(),
            Token::Word(word) => self.name(word),
            Token::Mark(_) | Token::Pattern => self.at += 1,
        }
    }

    fn name(&mut self, word: &'a str) {
        let at = self.at;
        self.at += 1;
        if word == "function" {
            return self.declaration(at);
        }
        let member = at > 0 && self.mark(at - 1, '.');
        let called = self.mark(at + 1, '(');
        match word {
            "write" | "writeln" if member && called => return self.sink(at + 2, Step::Write),
            "innerHTML" | "outerHTML" if member && self.is_assignment(at + 1) => {
                let from = if self.mark(at + 1, '+') { at + 3 } else { at + 2 };
                return self.sink(from, |html| Step::Insert { html, runs_scripts: false });
            }
            "insertAdjacentHTML" if member && called => {
                return self.sink(at + 2, |html| Step::Insert { html, runs_scripts: false });
            }
            "load" if member && called => return self.sink(at + 2, Step::Load),
            "append" | "prepend" | "html" | "after" | "before" | "replaceWith" if member && called => {
                return self.sink(at + 2, |html| Step::Insert { html, runs_scripts: true });
            }
            "appendTo" | "prependTo" | "insertBefore" | "insertAfter" => {}
            "eval" if called => return self.evaluated(at + 2),
            // What a module imports is not followed.
            "import" if !member && !self.mark(at + 1, '.') && !self.mark(at + 1, ':') => self.program.opaque = true,
            _ if !member && self.is_assignment(at + 1) => return self.assignment(at, word),
            _ => {}
        }
        if word.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$') {
            self.program.names.insert(word.to_owned());
            if called && !member {
                self.emit(Step::Call(word.to_owned()));
            }
        }
    }

    /// `function NAME(` declares; `(function NAME(` and anonymous functions are taken as run.
    fn declaration(&mut self, at: usize) {
        if let Some(name) = self.word(at + 1) {
            let expression = at > 0 && matches!(self.tokens[at - 1], Token::Mark('(' | '!' | '+' | '-' | ',' | ':'));
            if !expression {
                self.pending = Some(name.into());
            }
            self.at = at + 2;
        } else if at >= 2 && self.mark(at - 1, '=') && !(at >= 3 && self.mark(at - 3, '.')) {
            self.pending = self.word(at - 2).map(Rc::from);
        }
    }

    fn is_assignment(&self, at: usize) -> bool {
        let plain = self.mark(at, '=') && !self.mark(at + 1, '=') && !self.mark(at + 1, '>');
        plain || self.mark(at, '+') && self.mark(at + 1, '=')
    }

    fn assignment(&mut self, at: usize, name: &str) {
        let adds = self.mark(at + 1, '+');
        let from = at + if adds { 3 } else { 2 };
        if self.word(from) == Some("function") {
            self.at = from;
            return;
        }
        let mut value = String::new();
        let end = self.expression(from, &mut value);
        let slot = self.variables.entry(name.to_owned()).or_default();
        if !adds {
            slot.clear();
        }
        if slot.len() < LONGEST {
            slot.push_str(&value);
        }
        self.used.remove(name);
        self.at = end.max(from);
    }

    /// `eval(…)` of packed or decoded code; of plain data (old JSON readers) it changes nothing in the page.
    fn evaluated(&mut self, from: usize) {
        let mut code = String::new();
        self.expression(from, &mut code);
        let decodes = self.word(from).is_some_and(|word| DECODERS.contains(&word));
        self.program.opaque |= self.word(from) == Some("function") || decodes || code.contains(CIPHERED);
        self.at = from;
    }

    /// Is the place that the sink before `at` fills named for the footer? `$("#foot").html(`, `ById("foot").innerHTML =`
    fn fills_footer(&self, at: usize) -> bool {
        let near = &self.tokens[at.saturating_sub(9)..at];
        let statement =
            near.iter().rposition(|token| matches!(token, Token::Mark(';' | '{' | '}'))).map_or(0, |at| at + 1);
        near[statement..].iter().any(|token| match token {
            Token::Text(text) => names_footer(text),
            Token::Word(word) => names_footer(word),
            _ => false,
        })
    }

    fn sink(&mut self, from: usize, step: impl Fn(String) -> Step) {
        let mut html = String::new();
        let mut at = self.expression(from, &mut html);
        while self.mark(at, ',') {
            at = self.expression(at + 1, &mut html);
        }
        let mut said = self.tokens.iter().skip(from).take(12).take_while(|token| **token != Token::Mark(';'));
        let is_date = said.any(|token| matches!(token, Token::Word("Date" | "getFullYear")));
        let unknown = !html.is_empty() && !is_date && html.chars().all(|c| c == HOLE);
        self.program.opaque |= html.contains(CIPHERED) || unknown && self.fills_footer(from);
        self.at = at.max(from);
        if html.contains(|c| c != HOLE && c != CIPHERED) {
            self.emit(step(decoded(html)));
        }
    }

    fn loose(&mut self) {
        let mut value = String::new();
        let from = self.at;
        self.at = self.expression(from, &mut value).max(from + 1);
        let value = decoded(value);
        if mentions_badge(&value) || is_include(&value) {
            self.emit(if value.contains('<') {
                Step::Insert { html: value, runs_scripts: true }
            } else {
                Step::Loose(value)
            });
        }
    }

    pub(super) fn emit(&mut self, step: Step) {
        let steps = match self.scopes.last() {
            Some(Some(name)) => self.program.functions.entry(name.to_string()).or_default(),
            _ => &mut self.program.steps,
        };
        match (steps.last_mut(), step) {
            // Writes that follow one another are one text: a tag may be split between them.
            (Some(Step::Write(before)), Step::Write(html)) if before.len() < LONGEST => before.push_str(&html),
            (_, step) => steps.push(step),
        }
    }

    /// Markup that was gathered in a variable and handed on in a way not followed counts as inserted.
    fn finish(mut self) -> Program {
        let mut left: Vec<_> = self.variables.drain().filter(|(name, _)| !self.used.contains(name)).collect();
        left.sort();
        for (_, html) in left {
            let html = decoded(html);
            if mentions_badge(&html) {
                let step =
                    if html.contains('<') { Step::Insert { html, runs_scripts: true } } else { Step::Loose(html) };
                self.program.steps.push(step);
            }
        }
        self.program
    }
}

fn decoded(value: String) -> String {
    let escaped = ["%3C", "%3c", "%u003"].iter().any(|mark| value.contains(mark));
    if escaped { unescape(&value) } else { value }
}

pub(super) fn mentions_badge(text: &str) -> bool {
    let bytes = text.as_bytes();
    let words = ["conac", "Conac", "CONAC", "/sitename?", "/verify/"];
    words.iter().any(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some()) || names_script(bytes)
}

/// Does the name of an issued script stand in it, `/CA` and 21 digits, whatever host it is on?
fn names_script(bytes: &[u8]) -> bool {
    memchr::memmem::find_iter(bytes, b"/CA")
        .any(|at| bytes.get(at + 3..at + 24).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writes(source: &str) -> String {
        let html = |step: &Step| match step {
            Step::Write(html) | Step::Insert { html, .. } => html.clone(),
            _ => String::new(),
        };
        read(source).steps.iter().map(html).collect()
    }

    #[test]
    fn the_embed_code_is_decoded() {
        let source = r#"document.write(unescape("%3Cspan id=\'_ideConac\' %3E%3C/span%3E%3Cscript   src='//dcs.conac.cn/js/a.js'%3E%3C/script%3E "));"#;
        assert_eq!(writes(source), "<span id='_ideConac' ></span><script   src='//dcs.conac.cn/js/a.js'></script> ");
    }

    #[test]
    fn a_text_in_pieces_is_one_text_even_across_comments_and_calls() {
        assert_eq!(writes("document.write('<a'+\n// no\n' b' + x + \"c\");\ndocument.writeln('d')"), "<a b\u{FFFC}cd");
        assert_eq!(writes("var h = '<p>'; h += 'x'; h += f(1) + '</p>'; document.write(h)"), "<p>x\u{FFFC}</p>");
        assert_eq!(writes("document.write(['<i>','x','</i>'].join(''))"), "<i>x</i>");
        assert_eq!(writes("document.write(m ? '<a>' : '<b>')"), "<a><b>");
    }

    #[test]
    fn jquery_and_inner_html_insert() {
        assert_eq!(
            read("$('.foot').append(unescape(\"%3Cb%3E\")); e.innerHTML = '<i>';").steps[1..],
            [
                Step::Insert { html: "<b>".into(), runs_scripts: true },
                Step::Insert { html: "<i>".into(), runs_scripts: false }
            ]
        );
    }

    #[test]
    fn what_a_function_writes_counts_only_where_it_is_called() {
        let program = read("function foot(){ document.write('<b>') }\n$(function(){ document.write('<i>') });");
        assert_eq!(program.functions["foot"], [Step::Write("<b>".into())]);
        assert!(program.steps.contains(&Step::Write("<i>".into())));
        assert!(!program.names.contains("foot"));
        assert!(read("foot();").steps.contains(&Step::Call("foot".into())));
        assert!(read("window.onload = foot").names.contains("foot"));
    }

    #[test]
    fn comments_and_strings_of_interest_are_kept() {
        let program = read(
            "// <script src=dcs.conac.cn>\nn('a',{attrs:{href:\"https://bszs.conac.cn/sitename?method=show&id=1\"}})",
        );
        assert_eq!(program.comments.len(), 1);
        assert!(program.steps.contains(&Step::Loose("https://bszs.conac.cn/sitename?method=show&id=1".into())));
        assert!(
            read("$('#f').load('/inc/footer.html')")
                .steps
                .iter()
                .any(|s| matches!(s, Step::Load(address) if address == "/inc/footer.html"))
        );
    }

    #[test]
    fn deeply_nested_calls_do_not_exhaust_the_stack() {
        assert!(read(&format!("document.write({}'x'", "unescape(".repeat(50_000))).opaque);
    }

    proptest::proptest! {
        #[test]
        fn any_script_is_read(source in "(document\\.write\\(|unescape\\(|'[^']{0,9}'|\\+|\\)|\\(|\\[|\\]|\\{|\\}|a|=|;|function |,|\\?|:|\\.html\\(|conac|//|/\\*|\\*/|\n){0,60}") {
            read(&source);
        }
    }
}
