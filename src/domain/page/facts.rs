//! What stands in a page: gathered by the reader, judged by others.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::closing::{Around, Closing, Mark};
use super::policy::{Fate, Load, Policies};
use crate::domain::badge::{Form, Reading, State, Tri, Why};
use crate::domain::ids::{BadgeCode, CertificateId};
use crate::domain::script::Step;

/// A same-site script or frame that the page needs to be complete.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Needed {
    pub url: Url,
    pub kind: NeededKind,
}

/// How a needed document is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NeededKind {
    Script,
    Frame,
}

/// Stands among a place's names where its own markup may hide it.
pub(super) const DOUBTFUL: &str = "?";

/// Where something stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// Place in the visible text, in bytes.
    pub at: usize,
    pub around: Vec<Around>,
    pub hidden: bool,
    pub centred: Tri,
    /// Classes (`.x`) and ids (`#x`) of the element and those around it.
    pub names: Vec<String>,
}

/// A trace of a badge before placement is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    pub form: Form,
    pub code: Option<BadgeCode>,
    pub id: Option<CertificateId>,
    pub state: State,
    pub why: Why,
    pub place: Place,
    /// Shown only if some `#_ideConac` stands to be filled.
    pub needs_span: bool,
    /// Whether it stands at the bottom, where inserted markup has told that already.
    pub at_bottom: Option<Tri>,
    /// What the browser must load or run for it.
    pub loads: Vec<Load>,
    pub excerpt: String,
}

/// Everything the reader saw in one document (and in what its scripts wrote and its frames hold).
#[derive(Debug, Default, PartialEq)]
pub struct Facts {
    pub title: Option<String>,
    /// `href`s of links, as written; absolute for those of frames and written markup.
    pub links: Vec<String>,
    /// `<base href>` of the document.
    pub base: Option<Url>,
    /// `<meta http-equiv=refresh>`: seconds and address.
    pub refresh: Option<(u32, String)>,
    /// Policies of `<meta http-equiv=Content-Security-Policy>`.
    pub policies: Vec<String>,
    pub site_name: Option<String>,
    /// Same-site frames, followed or not.
    pub frames: Vec<Url>,
    /// Same-site scripts and frames that were not given.
    pub needed: Vec<Needed>,
    /// Something the page needs could not be had, or is beyond reading.
    pub unread: bool,
    pub traces: Vec<Trace>,
    pub marks: Vec<Mark>,
    /// Length of the visible text in bytes, blanks at the ends of its pieces left out.
    pub length: usize,
    /// The beginning of the visible text.
    pub sample: String,
    pub password_fields: u32,
    pub script_bytes: usize,
    pub is_frameset: bool,
    /// `#_ideConac` elements that stand to be filled.
    pub(super) spans: u32,
    /// Classes and ids that a style sheet of the page hides.
    pub(super) hidden_names: HashSet<String>,
    pub(super) functions: HashMap<String, Vec<Step>>,
    pub(super) called: HashSet<String>,
    pub(super) names: HashSet<String>,
    /// Inline scripts that write nothing: read only if there are functions they may call.
    pub(super) silent: Vec<String>,
    pub(super) elements: u32,
    /// Bytes that scripts wrote and frames brought, and what scripts cost to take.
    pub(super) replayed: usize,
    /// Steps of tree construction.
    pub(super) work: u64,
    /// Elements and names noted down for the places of things.
    pub(super) placed: usize,
    /// Markup that a script inserts somewhere brought a closing block of its own.
    pub(super) inserted_closing: bool,
}

/// The visible text of a page, set aside while inserted markup (which stands who knows where) is read.
pub(super) struct SetAside {
    traces: Vec<Trace>,
    marks: Vec<Mark>,
    length: usize,
}

impl Facts {
    /// The facts without what reading them cost: that alone may differ between the cheap and the full pass.
    pub fn without_cost(mut self) -> Self {
        self.work = 0;
        self
    }

    /// The closing block, if one stands in the page.
    pub fn closing(&self) -> Option<Closing> {
        Closing::find(&self.marks, self.length)
    }

    /// Does a closing block stand in what was read, surely enough that an absence may be told?
    pub fn has_certain_closing(&self) -> bool {
        self.inserted_closing || self.closing().is_some_and(|closing| closing.certain)
    }

    /// More links than a notice has: a page that talks about what it says.
    pub fn links_much(&self) -> bool {
        self.links.len() > 5
    }

    pub(super) fn begin_inserted(&mut self) -> SetAside {
        SetAside {
            traces: std::mem::take(&mut self.traces),
            marks: std::mem::take(&mut self.marks),
            length: std::mem::take(&mut self.length),
        }
    }

    /// Placement inside inserted markup is known only where it brings the closing block along.
    pub(super) fn end_inserted(&mut self, page: SetAside) {
        let closing = self.closing();
        self.inserted_closing |= closing.as_ref().is_some_and(|closing| closing.certain);
        for trace in &mut self.traces {
            trace.at_bottom.get_or_insert_with(|| match &closing {
                Some(closing) if closing.certain => closing.holds(trace.place.at, &trace.place.around, self.length),
                _ if trace.place.around.iter().any(|around| around.footer) => Tri::Yes,
                _ => Tri::Unknown,
            });
        }
        let inserted = std::mem::replace(&mut self.traces, page.traces);
        self.traces.extend(inserted);
        self.marks = page.marks;
        self.length = page.length;
    }

    /// The traces as readings: spans, styles and placement applied; the same badge twice is told once.
    pub fn readings(&self, policies: &Policies, page: &Url) -> Vec<Reading> {
        let closing = self.closing();
        let mut readings: Vec<Reading> = Vec::new();
        for trace in &self.traces {
            let reading = self.reading(trace, closing.as_ref(), self.fate(trace, policies, page));
            if !readings.iter().any(|known| is_same(known, &reading)) {
                readings.push(reading);
            }
        }
        readings
    }

    fn fate(&self, trace: &Trace, policies: &Policies, page: &Url) -> Fate {
        trace.loads.iter().map(|load| policies.fate(load, page)).max().unwrap_or(Fate::Loads)
    }

    fn reading(&self, trace: &Trace, closing: Option<&Closing>, fate: Fate) -> Reading {
        let (state, reason) = self.state(trace, fate);
        let placed = || closing.map(|closing| closing.holds(trace.place.at, &trace.place.around, self.length));
        let named = || if trace.place.around.iter().any(|around| around.footer) { Tri::Yes } else { Tri::Unknown };
        let at_bottom = trace.at_bottom.or_else(placed).unwrap_or_else(named);
        Reading {
            form: trace.form,
            code: trace.code.clone(),
            certificate_id: trace.id.clone(),
            state,
            reason,
            at_bottom,
            centred: trace.place.centred,
            excerpt: trace.excerpt.clone(),
        }
    }

    fn hiding_names<'a>(&'a self, trace: &'a Trace) -> impl Iterator<Item = &'a String> {
        trace.place.names.iter().filter(|name| *name == DOUBTFUL || self.hidden_names.contains(*name))
    }

    fn is_style_hidden(&self, trace: &Trace) -> bool {
        self.hiding_names(trace).next().is_some()
    }

    /// A desktop and a mobile copy, each hidden by rules of its own, are one badge that always shows.
    fn is_one_of_a_pair(&self, trace: &Trace) -> bool {
        self.traces.iter().any(|other| {
            other.state == State::Shown
                && self.is_style_hidden(other)
                && !self.hiding_names(other).any(|name| trace.place.names.contains(name))
        })
    }

    fn state(&self, trace: &Trace, fate: Fate) -> (State, Why) {
        if trace.state != State::Shown {
            return (trace.state, trace.why);
        }
        let without_span = trace.needs_span && self.spans == 0;
        match fate {
            _ if trace.place.hidden => (State::Hidden, Why::HiddenInline),
            Fate::Mixed => (State::Blocked, Why::MixedContent),
            Fate::Forbidden => (State::Blocked, Why::ContentPolicy),
            _ if without_span && trace.why == Why::InjectedScript => (State::Unknown, Why::InjectedScript),
            _ if without_span => (State::Blocked, Why::InertScript),
            Fate::Unknown => (State::Unknown, Why::ContentPolicy),
            _ if self.is_style_hidden(trace) && !self.is_one_of_a_pair(trace) => (State::Unknown, Why::HiddenByStyle),
            Fate::Loads => (State::Shown, Why::InOrder),
        }
    }
}

fn is_same(a: &Reading, b: &Reading) -> bool {
    (a.form, &a.code, &a.certificate_id, a.state, a.reason, a.at_bottom)
        == (b.form, &b.code, &b.certificate_id, b.state, b.reason, b.at_bottom)
}
