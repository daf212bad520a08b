//! The part of a script that matters: what it writes, inserts, mentions and calls.

use std::collections::{HashMap, HashSet};

/// Stands in a decoded string where the script puts a value that cannot be known.
pub const HOLE: char = '\u{FFFC}';

/// One effect of a script, in the order of the source.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// `document.write`: appears where the script stands.
    Write(String),
    /// Markup inserted somewhere; `runs_scripts` where the inserter executes scripts (jQuery does, `innerHTML` does not).
    Insert { html: String, runs_scripts: bool },
    /// jQuery's `load`: inserts the document at this address.
    Load(String),
    /// A string that is an address of interest.
    Loose(String),
    /// A call of a function by its name.
    Call(String),
}

impl Step {
    fn text(&self) -> &str {
        match self {
            Self::Write(text)
            | Self::Load(text)
            | Self::Loose(text)
            | Self::Call(text)
            | Self::Insert { html: text, .. } => text,
        }
    }
}

/// A script, read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Program {
    /// What runs when the script runs.
    pub steps: Vec<Step>,
    /// What the functions of the script would do if called.
    pub functions: HashMap<String, Vec<Step>>,
    /// Every name that is used other than to declare it: a function not among them is not called by this script.
    pub names: HashSet<String>,
    /// Comments that speak of a badge.
    pub comments: Vec<String>,
    /// Packed or evaluated code: what it does cannot be read.
    pub opaque: bool,
}

impl Program {
    /// Does the source name a badge host that reading it found nowhere? Then it was not understood.
    pub(super) fn loses_badge(&self, source: &str) -> bool {
        let named = |text: &str| text.contains("conac.cn");
        let steps = self.steps.iter().chain(self.functions.values().flatten());
        named(source) && !steps.map(Step::text).chain(self.comments.iter().map(String::as_str)).any(named)
    }

    /// What it costs to take the program's effects once, in bytes about.
    pub fn weight(&self) -> usize {
        let text = |step: &Step| step.text().len() + 64;
        let functions = self.functions.iter().map(|(name, steps)| name.len() + steps.iter().map(text).sum::<usize>());
        let comments = self.comments.iter().map(|comment| comment.len() + 64);
        self.steps.iter().map(text).chain(functions).chain(comments).sum::<usize>() + self.names.len() * 8
    }

    /// Nothing that could matter to any page.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.functions.is_empty() && self.comments.is_empty() && !self.opaque
    }
}
