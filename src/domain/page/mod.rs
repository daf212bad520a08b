//! A page: its charset, its kind, and what stands in it.

mod anchor;
pub mod charset;
pub mod closing;
pub mod context;
pub mod facts;
pub mod kind;
mod parse;
pub mod policy;
mod reader;
mod scripts;
mod style;
mod tag;
mod tree;

pub use context::{Context, Followed, FollowedSet};
pub use facts::{Facts, Needed, NeededKind};

/// Reads a page's text by a full HTML5 parse.
pub fn read(html: &str, context: Context<'_>) -> Facts {
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
