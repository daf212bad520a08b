//! What a script would put into the page, read without executing anything.
//!
//! Strings are decoded through their layers (escapes, `unescape`, concatenation, variables, functions that are
//! called); everything else stays unknown and says so.

mod expression;
mod lexer;
mod program;
mod reader;
mod unescape;
mod words;

pub use program::{HOLE, Program, Step};
pub use reader::{calls, is_relevant, read};
pub use unescape::unescape;
