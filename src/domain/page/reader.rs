//! Reads a page from the events of a parser: one set of rules, whichever parser walks the page.

use url::Url;

use super::closing::{Around, markers};
use super::context::Context;
use super::facts::{DOUBTFUL, Facts, Place, Trace};
use super::style::hidden_names;
use super::tag::{Tag, centring, is_doubtful, is_footer, is_hidden};
use crate::domain::badge::{Form, State, Tri, Why};

/// Traces of badges in one page: an office's own list of certificates may hold some hundred.
const MOST_TRACES: usize = 1024;
/// Elements and names noted down for all places of one page: bounds what deep nesting costs.
const MOST_PLACED: usize = 2_000_000;

/// How the markup now read came into the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It stands in the document.
    Document,
    /// A script wrote it where it stands.
    Written,
    /// A script inserts it somewhere; whether scripts in it run.
    Inserted { runs_scripts: bool },
}

/// What nested markup inherits from the place it appears at.
#[derive(Debug, Clone)]
pub(super) struct Outer {
    pub origin: Origin,
    pub place: Place,
    pub in_span: bool,
    /// An inline script is at work.
    pub inline: bool,
    /// Inside a function that nothing is seen to call.
    pub uncalled: bool,
    pub depth: u8,
}

impl Default for Outer {
    fn default() -> Self {
        Self {
            origin: Origin::Document,
            place: Place::default(),
            in_span: false,
            inline: false,
            uncalled: false,
            depth: 0,
        }
    }
}

/// What an element is to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Shows its content.
    Plain,
    /// `html` and `body`: around everything, so around nothing.
    Root,
    Script,
    Style,
    Title,
    Anchor,
    /// Its content is text that never becomes elements, or never shows.
    Inert,
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "html" | "body" | "head" | "frameset" => Self::Root,
            "script" => Self::Script,
            "style" => Self::Style,
            "title" => Self::Title,
            "a" => Self::Anchor,
            "template" | "textarea" | "noscript" | "noframes" | "noembed" | "xmp" | "iframe" | "select" => Self::Inert,
            _ => Self::Plain,
        }
    }
}

struct Open<T> {
    tag: T,
    kind: Kind,
    element: u32,
    start: usize,
    hidden: bool,
    inert: bool,
    in_span: bool,
}

/// The reader: feed it `open`, `text`, `comment` and `close` in document order, then `finish`.
pub(in crate::domain::page) struct Reader<'p, T> {
    pub(super) context: Context<'p>,
    pub(super) base: Url,
    pub(super) facts: &'p mut Facts,
    pub(super) outer: Outer,
    stack: Vec<Open<T>>,
    pub(super) anchors: Vec<super::anchor::OpenAnchor>,
    /// Text of the script or style element that is open.
    raw: String,
    /// Inside `<%-- … --%>`: a template's comment that leaked into the page.
    pub(super) template_comment: bool,
    /// Whether the document can hold a badge's address at all.
    pub(super) hinted: bool,
    /// Whether it can hold a CMS data attribute.
    has_settings: bool,
}

impl<'p, T: Tag> Reader<'p, T> {
    pub(super) fn new(context: Context<'p>, facts: &'p mut Facts, outer: Outer, source: &str) -> Self {
        Self {
            base: context.url.clone(),
            context,
            facts,
            outer,
            stack: Vec::with_capacity(32),
            anchors: Vec::new(),
            raw: String::new(),
            template_comment: false,
            hinted: is_hinted(source),
            has_settings: memchr::memmem::find(source.as_bytes(), b"data-setting").is_some(),
        }
    }

    /// An element begins. Void elements are opened and closed at once.
    pub(super) fn open(&mut self, tag: T) {
        // A declarative shadow root shows (HTML standard, 4.12.3).
        let is_shadow = tag.name() == "template" && tag.attr("shadowrootmode").is_some();
        let kind = if is_shadow { Kind::Plain } else { Kind::of(tag.name()) };
        let (hidden, inert, in_span) = match self.stack.last() {
            Some(parent) => (parent.hidden, parent.inert || parent.kind == Kind::Inert, parent.in_span),
            None => (self.outer.place.hidden, false, self.outer.in_span),
        };
        self.facts.elements += 1;
        let mut open = Open {
            tag,
            kind,
            element: self.facts.elements,
            start: self.facts.length,
            // Nobody publishes a page without anything to see: a script lifts what hides the whole of it.
            hidden: hidden || kind != Kind::Root && is_hidden(tag),
            inert,
            in_span,
        };
        if self.hinted && tag.may_hold("_ideConac") && tag.attr("id").as_deref() == Some("_ideConac") && !inert {
            self.facts.spans += 1;
            open.in_span = true;
        }
        self.stack.push(open);
        if !inert {
            self.look_at(tag, kind);
        }
    }

    fn look_at(&mut self, tag: T, kind: Kind) {
        match kind {
            Kind::Anchor => self.open_anchor(tag),
            Kind::Script | Kind::Style => self.raw.clear(),
            _ => match tag.name() {
                "img" | "image" | "input" => self.picture(tag),
                "area" => {
                    self.open_anchor(tag);
                    self.close_anchor();
                }
                "meta" => self.meta(tag),
                "base" => self.base(tag),
                "iframe" | "frame" => self.frame(tag, "src"),
                "object" => self.frame(tag, "data"),
                "embed" => self.frame(tag, "src"),
                "frameset" => self.facts.is_frameset = true,
                "body" => self.handlers(tag),
                _ => {}
            },
        }
        if kind != Kind::Anchor && self.hinted && tag.has("onclick") {
            self.clickable(tag);
        }
        if self.has_settings {
            self.data_attribute(tag);
        }
    }

    /// Text between tags, character references resolved.
    pub(super) fn text(&mut self, text: &str) {
        if self.is_template_comment(text) {
            return;
        }
        let Some(parent) = self.stack.last() else { return self.visible(text) };
        match parent.kind {
            _ if parent.inert => self.inert_text(text),
            Kind::Script | Kind::Style => self.raw.push_str(text),
            Kind::Title => {
                let title = self.facts.title.get_or_insert_default();
                title.push_str(text);
            }
            Kind::Inert => self.inert_text(text),
            _ if parent.hidden => {}
            _ => self.visible(text),
        }
    }

    /// Keeps track of `<%-- … --%>`; true for the text that belongs to one.
    fn is_template_comment(&mut self, text: &str) -> bool {
        if !self.hinted || !text.contains("%") {
            return self.template_comment;
        }
        let (opens, closes) = (text.rfind("<%--"), text.rfind("--%>"));
        let was = self.template_comment;
        if opens.is_some() || closes.is_some() {
            self.template_comment = opens > closes;
        }
        was || self.template_comment
    }

    fn visible(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let at = self.facts.length;
        let mut found = markers(text).peekable();
        if found.peek().is_some() {
            let around = self.around();
            for (offset, marker) in found {
                if self.facts.placed > MOST_PLACED {
                    self.facts.unread = true;
                    break;
                }
                self.facts.placed += 1 + around.len();
                self.facts.marks.push(super::closing::Mark { marker, at: at + offset, around: around.clone() });
            }
        }
        self.facts.length += text.len();
        if let Some(anchor) = self.anchors.last_mut() {
            anchor.add_text(text);
        }
        if self.facts.sample.len() < 4096 {
            self.facts.sample.push_str(&text[..text.floor_char_boundary(4096)]);
            self.facts.sample.push(' ');
        }
        if self.hinted && text.contains("conac.cn") {
            self.mention(text, Form::Text, Why::MentionOnly);
        }
    }

    fn inert_text(&mut self, text: &str) {
        if self.hinted && text.contains("conac") {
            self.mention(text, Form::Text, Why::InertElement);
        }
    }

    /// A comment of the document.
    pub(super) fn comment(&mut self, text: &str) {
        if self.hinted && memchr::memmem::find(text.as_bytes(), b"conac").is_some() {
            self.mention(text, Form::Text, Why::CommentedOut);
        }
    }

    /// The innermost open element ends.
    pub(super) fn close(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        if open.inert {
            return;
        }
        match open.kind {
            Kind::Script => {
                let source = std::mem::take(&mut self.raw);
                self.script(open.tag, &source);
                self.raw = source;
                self.raw.clear();
            }
            Kind::Style => self.facts.hidden_names.extend(hidden_names(&self.raw)),
            Kind::Anchor => self.close_anchor(),
            _ => {}
        }
    }

    /// The document ends: what is open is closed.
    pub(super) fn finish(mut self) {
        while !self.stack.is_empty() {
            self.close();
        }
        if self.outer.depth == 0 {
            self.uncalled_functions();
        }
    }

    /// The elements around the place where the reader stands.
    fn around(&self) -> Vec<Around> {
        let open = self.stack.iter().filter(|open| open.kind != Kind::Root);
        let open = open.map(|open| Around { element: open.element, start: open.start, footer: is_footer(open.tag) });
        self.outer.place.around.iter().copied().chain(open).collect()
    }

    /// Where the reader stands now.
    pub(super) fn place(&mut self) -> Place {
        let outer = &self.outer.place;
        let mut place = Place { at: self.facts.length, ..outer.clone() };
        if self.facts.placed > MOST_PLACED {
            self.facts.unread = true;
            return place;
        }
        place.around = self.around();
        for open in &self.stack {
            place.hidden |= open.hidden;
            match centring(open.tag) {
                Tri::Unknown => {}
                told => place.centred = told,
            }
            if is_doubtful(open.tag) {
                place.names.push(DOUBTFUL.to_owned());
            }
            place.names.extend(open.tag.attr("id").map(|id| format!("#{}", id.trim())));
            let classes = open.tag.attr("class").unwrap_or_default();
            place.names.extend(classes.split_whitespace().map(|class| format!(".{class}")));
        }
        self.facts.placed += 1 + place.around.len() + place.names.len();
        place
    }

    pub(super) fn in_span(&self) -> bool {
        self.stack.last().map_or(self.outer.in_span, |open| open.in_span)
    }

    /// Records a trace at the present place.
    pub(super) fn trace(&mut self, mut trace: Trace) {
        if self.outer.uncalled && trace.state != State::NotHung {
            (trace.state, trace.why) = (State::Unknown, Why::UncalledFunction);
        }
        if self.facts.traces.len() < MOST_TRACES {
            self.facts.traces.push(trace);
        } else {
            self.facts.unread = true;
        }
    }
}

/// Texts without which no document holds a badge or a trace of one.
fn is_hinted(source: &str) -> bool {
    let words = ["onac", "ONAC", "sitename", "/verify/"];
    words.iter().any(|word| memchr::memmem::find(source.as_bytes(), word.as_bytes()).is_some())
}
