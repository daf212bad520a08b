//! A page: its charset, its kind, and what stands in it.

mod anchor;
pub mod charset;
pub mod closing;
pub mod context;
pub mod facts;
mod head;
pub mod kind;
mod parse;
pub mod policy;
mod reader;
mod scripts;
mod stream;
mod style;
mod tag;
mod tree;

pub use context::{Context, Followed, FollowedSet};
pub use facts::{Facts, Needed, NeededKind};

/// Reads a page's text: by the cheap pass where its tree is known from its tags, else by a full HTML5 parse.
pub fn read(html: &str, context: Context<'_>) -> Facts {
    read_quick(html, context).unwrap_or_else(|| read_full(html, context))
}

/// The cheap pass alone; `None` where it is in doubt. Its facts equal those of [`read_full`].
pub fn read_quick(html: &str, context: Context<'_>) -> Option<Facts> {
    let mut facts = Facts::default();
    stream::read_document(html, context, &mut facts).ok().map(|()| facts)
}

/// The oracle: a full HTML5 parse.
pub fn read_full(html: &str, context: Context<'_>) -> Facts {
    let mut facts = Facts::default();
    tree::read_document(html, context, &mut facts, reader::Outer::default());
    facts
}

/// Reads a script file by itself: what would it put into a page?
pub fn read_script(source: &str, context: Context<'_>) -> Facts {
    let mut facts = Facts::default();
    tree::read_script(source, context, &mut facts);
    facts
}
