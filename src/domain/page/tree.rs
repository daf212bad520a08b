//! The oracle: a full HTML5 tree (html5ever through scraper), walked into the reader.

use std::borrow::Cow;

use scraper::Html;
use scraper::node::{Element, Node};

use super::context::Context;
use super::facts::Facts;
use super::parse;
use super::reader::{Outer, Reader};
use super::tag::Tag;

/// Reads a whole document.
pub(super) fn read_document(html: &str, context: Context<'_>, facts: &mut Facts, outer: Outer) {
    walk(parse::document(html, &mut facts.work), html, context, facts, outer);
}

/// Reads markup that appears inside a document.
pub(super) fn read_fragment(html: &str, context: Context<'_>, facts: &mut Facts, outer: Outer) {
    walk(parse::fragment(html, &mut facts.work), html, context, facts, outer);
}

/// Reads a script as if a page without content ran it.
pub(super) fn read_script(source: &str, context: Context<'_>, facts: &mut Facts) {
    let mut reader: Reader<'_, TreeTag<'_>> = Reader::new(context, facts, Outer::default(), source);
    reader.run(&crate::domain::script::read(source));
    reader.finish();
}

fn walk((dom, whole): (Html, bool), html: &str, context: Context<'_>, facts: &mut Facts, outer: Outer) {
    use ego_tree::iter::Edge;
    facts.unread |= !whole;
    let mut reader = Reader::new(context, facts, outer, html);
    for edge in dom.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => reader.open(TreeTag(element)),
                Node::Text(text) => reader.text(text),
                Node::Comment(comment) => reader.comment(comment),
                _ => {}
            },
            Edge::Close(node) => {
                if node.value().is_element() {
                    reader.close();
                }
            }
        }
    }
    reader.finish();
}

#[derive(Clone, Copy)]
struct TreeTag<'a>(&'a Element);

impl Tag for TreeTag<'_> {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn attr(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0.attr(name).map(Cow::Borrowed)
    }

    fn has(&self, name: &str) -> bool {
        self.0.attr(name).is_some()
    }

    fn may_hold(&self, _: &str) -> bool {
        true
    }
}
