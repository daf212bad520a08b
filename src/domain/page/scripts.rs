//! What scripts and frames add to a page: followed as data, never executed.

use url::Url;

use super::anchor::{identifiers, numbers, shorten};
use super::context::{Context, Followed};
use super::facts::{Needed, NeededKind, Place, Trace};
use super::policy::Load;
use super::reader::{Origin, Outer, Reader};
use super::tag::Tag;
use super::tree;
use crate::domain::address::is_web;
use crate::domain::badge::link::{Link, ScriptLink, classify_href, classify_src};
use crate::domain::badge::{Form, State, Tri, Why};
use crate::domain::host::Host;
use crate::domain::script::{self, HOLE, Program, Step};

/// Markup written by markup written by …: real pages have two layers.
const DEEPEST: u8 = 6;
/// Markup written and framed in one page altogether, and what its scripts cost to take, in bytes.
const MOST_REPLAYED: usize = 8 << 20;
/// Scripts and frames that one page is given.
const MOST_NEEDED: usize = 256;

impl<'p, T: Tag> Reader<'p, T> {
    pub(super) fn script(&mut self, tag: T, source: &str) {
        let kind = tag.attr("type").map(|kind| kind.trim().to_ascii_lowercase()).unwrap_or_default();
        let src = tag.attr("src").map(|src| src.into_owned());
        if !is_javascript(&kind) {
            if source.contains("conac") {
                self.mention(source, Form::Text, Why::InertElement);
            }
            return;
        }
        match src {
            Some(src) => self.external_script(tag, &kind, &src),
            None => {
                self.facts.script_bytes += source.len();
                if !script::is_relevant(source) && self.facts.functions.is_empty() {
                    self.facts.silent.extend((source.len() < 4096).then(|| source.to_owned()));
                    return;
                }
                let program = script::read(source);
                let before = std::mem::replace(&mut self.outer.inline, true);
                self.run(&program);
                self.outer.inline = before;
            }
        }
    }

    fn external_script(&mut self, tag: T, kind: &str, src: &str) {
        let late = kind == "module" || tag.attr("async").is_some() || tag.attr("defer").is_some();
        match classify_src(src, &self.base, self.context.hosts) {
            Some(ScriptLink::Elsewhere(_)) if self.resolved(src).is_some_and(|url| self.context.is_same_site(&url)) => {
            }
            Some(link) => return self.badge_script(link, late, src),
            None => {}
        }
        let Some(url) = self.resolved(src) else { return };
        if !self.context.is_same_site(&url) {
            self.facts.unread |= looks_like_footer(&url);
            return;
        }
        match self.context.followed.get(&url) {
            Some(Followed::Script(program)) => {
                let program = program.clone();
                self.run(&program);
            }
            Some(Followed::Gone) => {}
            Some(Followed::Unread | Followed::Html(..)) => self.facts.unread = true,
            None => self.need(url, NeededKind::Script),
        }
    }

    fn badge_script(&mut self, link: ScriptLink, late: bool, src: &str) {
        let injected = matches!(self.outer.origin, Origin::Inserted { .. });
        let (code, state, why) = match link {
            ScriptLink::Issued(code) => match self.outer.origin {
                Origin::Inserted { runs_scripts: false } => (Some(code), State::Unknown, Why::InjectedScript),
                Origin::Inserted { .. } => (Some(code), State::Shown, Why::InjectedScript),
                _ => (Some(code), State::Shown, Why::InOrder),
            },
            ScriptLink::PathMismatch(code) => (Some(code), State::Broken, Why::PathMismatch),
            ScriptLink::Malformed if src.contains(HOLE) => (None, State::Unknown, Why::InjectedScript),
            ScriptLink::Malformed => (None, State::Broken, Why::MalformedCode),
            ScriptLink::Elsewhere(code) => (Some(code), State::Broken, Why::LookAlikeHost),
        };
        let form = if self.outer.origin == Origin::Document { Form::ScriptTag } else { Form::EmbedCode };
        let place = self.place();
        // Our own script shows the badge where it stands in the page, however it was loaded.
        let is_own =
            self.resolved(src).and_then(|url| Host::of(&url)).is_some_and(|host| self.context.hosts.is_own(&host));
        let (needs_span, excerpt) = (late && !is_own || injected, shorten(src));
        let inline = (self.outer.inline && self.outer.origin != Origin::Document).then_some(Load::Inline);
        let loads = inline.into_iter().chain(self.resolved(src).map(Load::Script)).collect();
        self.trace(Trace { form, code, id: None, state, why, place, needs_span, at_bottom: None, loads, excerpt });
    }

    /// Takes a script's effects in the order of its source.
    pub(super) fn run(&mut self, program: &Program) {
        if !self.may_replay(program.weight()) {
            return;
        }
        for comment in &program.comments {
            self.mention(comment, Form::Text, Why::ScriptComment);
        }
        self.facts.unread |= program.opaque;
        self.facts.names.extend(program.names.iter().cloned());
        for (name, steps) in &program.functions {
            self.facts.functions.insert(name.clone(), steps.clone());
        }
        for step in &program.steps {
            self.take(step);
        }
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Write(html) => self.nest(html, Origin::Written),
            Step::Load(address) => self.include(address),
            Step::Insert { html, runs_scripts } => self.nest(html, Origin::Inserted { runs_scripts: *runs_scripts }),
            Step::Loose(address) => self.loose(address),
            Step::Call(name) => self.call(name),
        }
    }

    fn call(&mut self, name: &str) {
        if self.outer.depth >= DEEPEST {
            return;
        }
        if let Some(steps) = self.facts.functions.get(name).cloned()
            && self.facts.called.insert(name.to_owned())
        {
            self.outer.depth += 1;
            steps.iter().for_each(|step| self.take(step));
            self.outer.depth -= 1;
        }
    }

    /// Functions used as values run at some time; those that nothing names are left undecided.
    pub(super) fn uncalled_functions(&mut self) {
        if self.facts.functions.is_empty() {
            return;
        }
        for source in std::mem::take(&mut self.facts.silent) {
            self.facts.names.extend(script::calls(&source).names);
        }
        let mut left: Vec<String> =
            self.facts.functions.keys().filter(|name| !self.facts.called.contains(*name)).cloned().collect();
        left.sort();
        for name in left {
            self.outer.uncalled = !self.facts.names.contains(&name);
            self.outer.origin = Origin::Inserted { runs_scripts: true };
            self.call(&name);
        }
    }

    /// Counts what is read besides the document itself; false where it is too much.
    fn may_replay(&mut self, bytes: usize) -> bool {
        self.facts.replayed += 64 + bytes;
        let may = self.facts.replayed <= MOST_REPLAYED;
        self.facts.unread |= !may;
        may
    }

    /// Reads markup that a script puts into the page.
    fn nest(&mut self, html: &str, origin: Origin) {
        if self.outer.depth >= DEEPEST || !self.may_replay(html.len()) {
            self.facts.unread = true;
            return;
        }
        self.cut_string(html);
        let inserted = matches!(origin, Origin::Inserted { .. });
        let outer = Outer {
            origin: if matches!(self.outer.origin, Origin::Inserted { .. }) { self.outer.origin } else { origin },
            place: if inserted { Place::default() } else { self.place() },
            in_span: self.in_span() && !inserted,
            inline: self.outer.inline,
            uncalled: self.outer.uncalled,
            depth: self.outer.depth + 1,
        };
        self.aside(inserted, |reader| tree::read_fragment(html, reader.context, reader.facts, outer));
    }

    /// Written markup that breaks off inside the badge's tag: browsers drop the tag.
    fn cut_string(&mut self, html: &str) {
        let tail = html.rfind('<').map_or("", |at| &html[at..]);
        if tail.contains('>') {
            return;
        }
        let hosts = self.context.hosts;
        let names = |host: &Host| tail.contains(host.ascii());
        let of_script = hosts.script_hosts.iter().any(names) || hosts.own.iter().any(names) && tail.contains("/js/");
        if !of_script {
            // The next script may write the rest of the tag.
            if tail.contains("conac.cn") || hosts.all().any(names) {
                self.in_parts(tail);
            }
            return;
        }
        let trace = Trace {
            form: Form::EmbedCode,
            code: None,
            id: None,
            state: State::Broken,
            why: Why::MalformedCode,
            place: self.place(),
            needs_span: false,
            at_bottom: None,
            loads: Vec::new(),
            excerpt: shorten(tail),
        };
        self.trace(trace);
    }

    /// Markup inserted who knows where does not count in the order of the page's text.
    fn aside(&mut self, inserted: bool, read: impl FnOnce(&mut Self)) {
        let page = inserted.then(|| self.facts.begin_inserted());
        read(self);
        if let Some(page) = page {
            self.facts.end_inserted(page);
        }
    }

    fn include(&mut self, address: &str) {
        let address = address.split_whitespace().next().unwrap_or("");
        if !address.contains('.') && !address.contains('/') {
            return;
        }
        if let Some(url) = self.resolved(address).filter(|url| self.context.is_same_site(url)) {
            self.document(url, None);
        }
    }

    /// A plain string of a script: a certificate's address, an issued script, a footer file.
    fn loose(&mut self, address: &str) {
        let address = address.replace("&amp;", "&");
        let (mut code, mut id, mut is_script) = (None, None, false);
        match (
            classify_src(&address, &self.base, self.context.hosts),
            classify_href(&address, &self.base, self.context.hosts),
        ) {
            (Some(ScriptLink::Issued(issued)), _) => (code, is_script) = (Some(issued), true),
            (_, Some(Link::Certificate(badge))) => (code, id) = numbers(badge),
            (Some(_), _) | (_, Some(Link::MalformedId | Link::Generic)) => {}
            _ => return self.loose_file(&address),
        }
        let known = identifiers(&address);
        let (state, why, needs_span) = match (&code, &id) {
            (Some(_), _) if is_script => (State::Shown, Why::InjectedScript, true),
            (Some(_), _) | (_, Some(_)) => (State::Shown, Why::InOrder, false),
            _ => (State::Unknown, Why::InjectedScript, false),
        };
        let trace = Trace {
            form: Form::ScriptString,
            code: code.or(known.0),
            id: id.or(known.1),
            state,
            why,
            place: Place::default(),
            needs_span,
            at_bottom: Some(Tri::Unknown),
            loads: Vec::new(),
            excerpt: shorten(&address),
        };
        self.trace(trace);
    }

    /// The script puts a badge's address together out of parts that are not all known.
    fn in_parts(&mut self, text: &str) {
        self.trace(Trace {
            form: Form::ScriptString,
            code: None,
            id: None,
            state: State::Unknown,
            why: Why::InjectedScript,
            place: Place::default(),
            needs_span: false,
            at_bottom: Some(Tri::Unknown),
            loads: Vec::new(),
            excerpt: shorten(text),
        });
    }

    fn loose_file(&mut self, address: &str) {
        let hosts = self.context.hosts;
        let of_badge = hosts.all().any(|host| address.contains(host.ascii()));
        let is_picture = address.ends_with(".png") || address.ends_with(".gif");
        if of_badge && !is_picture || address.contains(HOLE) && address.contains("/sitename?") {
            return self.in_parts(address);
        }
        let Some(url) = self.resolved(address).filter(|url| self.context.is_same_site(url)) else { return };
        if url.path().to_ascii_lowercase().ends_with(".js") {
            match self.context.followed.get(&url) {
                Some(Followed::Script(program)) if self.outer.depth < DEEPEST => {
                    let program = program.clone();
                    self.outer.depth += 1;
                    self.run(&program);
                    self.outer.depth -= 1;
                }
                Some(Followed::Gone) => {}
                Some(_) => self.facts.unread = true,
                None => self.need(url, NeededKind::Script),
            }
        } else if !address.contains(HOLE) && looks_like_footer(&url) {
            self.document(url, None);
        }
    }

    /// A frame, or an object that shows a document, whose address stands in an attribute.
    pub(super) fn frame(&mut self, tag: T, attribute: &str) {
        if let Some(html) = tag.attr("srcdoc").map(|html| html.into_owned()) {
            return self.nest(&html, Origin::Written);
        }
        let Some(src) = tag.attr(attribute).map(|src| src.into_owned()) else { return };
        if src.trim().is_empty() || src.starts_with("about:") {
            return;
        }
        let Some(url) = self.resolved(&src) else { return };
        let is_frame = matches!(tag.name(), "iframe" | "frame");
        if !is_frame && !["html", "htm"].iter().any(|end| url.path().ends_with(end)) {
            return;
        }
        if self.context.is_same_site(&url) {
            self.facts.frames.push(url.clone());
            let place = self.place();
            self.document(url, Some(place));
        } else if looks_like_footer(&url) {
            self.facts.unread = true;
        }
    }

    /// Reads a frame's document as part of this page: at its place, or where a script loads it to.
    fn document(&mut self, url: Url, place: Option<Place>) {
        match self.context.followed.get(&url) {
            Some(Followed::Html(text, address)) if self.outer.depth < DEEPEST && self.may_replay(text.len()) => {
                let inserted = place.is_none();
                let depth = self.outer.depth + 1;
                let outer = Outer { place: place.unwrap_or_default(), depth, ..self.outer.clone() };
                let context = Context { url: address, ..self.context };
                self.aside(inserted, |reader| tree::read_document(text, context, reader.facts, outer));
            }
            Some(Followed::Gone) => {}
            Some(_) => self.facts.unread = true,
            None => self.need(url, NeededKind::Frame),
        }
    }

    fn need(&mut self, url: Url, kind: NeededKind) {
        let needed = Needed { url, kind };
        if self.facts.needed.contains(&needed) {
            return;
        }
        if self.facts.needed.len() < MOST_NEEDED {
            self.facts.needed.push(needed);
        } else {
            self.facts.unread = true;
        }
    }

    /// A reference as an address to fetch: http(s), without fragment.
    pub(super) fn resolved(&self, reference: &str) -> Option<Url> {
        let mut url = self.base.join(reference.trim()).ok()?;
        url.set_fragment(None);
        is_web(&url).then_some(url)
    }
}

/// The types by which a browser runs a script (HTML standard: JavaScript MIME type essence match, or `module`).
fn is_javascript(kind: &str) -> bool {
    let essence = kind.split(';').next().unwrap_or("").trim();
    essence.is_empty() || essence == "module" || essence.contains("javascript") || essence.contains("ecmascript")
}

fn looks_like_footer(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    ["foot", "bottom", "copyright", "banquan", "conac", "dzjg"].iter().any(|word| path.contains(word))
}
