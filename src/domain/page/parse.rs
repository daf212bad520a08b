//! The HTML5 tree of a document, whatever the document is: html5ever under a limit of work.
//!
//! The standard's tree construction is quadratic for hostile markup: every block opens all unclosed formatting elements
//! anew, every scope is searched through all open elements. So the work is counted where it is done, in the sink of
//! scraper's tree, and what lies beyond the limit is not read.

use std::borrow::Cow;
use std::cell::{Cell, Ref};

use ego_tree::NodeId;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeBuilder, TreeBuilderOpts, TreeSink};
use html5ever::{Attribute, LocalName, QualName, TokenizerResult, local_name, ns};
use scraper::{Html, HtmlTreeSink};

/// Steps of tree construction for one page with all that its scripts and frames bring: about a second. A real page of
/// 2 MB takes some millions.
const MOST_WORK: u64 = 100_000_000;
/// What making a node costs beside looking at one: bounds the nodes, and so the memory, of a document.
const NODE: u64 = 100;
/// Tags are compared attribute by attribute; one shorter than this cannot hold enough of them to matter.
const LONG_TAG: usize = 8 * 1024;

/// The tree, and whether it holds the whole document. `work` is what the page has cost so far.
pub(super) fn document(html: &str, work: &mut u64) -> (Html, bool) {
    let sink = Metered::new(Html::new_document(), *work);
    grow(TreeBuilder::new(sink, TreeBuilderOpts::default()), html, work)
}

/// The same for markup that appears inside a `body`.
pub(super) fn fragment(html: &str, work: &mut u64) -> (Html, bool) {
    let sink = Metered::new(Html::new_fragment(), *work);
    let body = sink.create_element(QualName::new(None, ns!(html), local_name!("body")), Vec::new(), Default::default());
    grow(TreeBuilder::new_for_fragment(sink, body, None, TreeBuilderOpts::default()), html, work)
}

fn grow(builder: TreeBuilder<NodeId, Metered>, html: &str, work: &mut u64) -> (Html, bool) {
    builder.sink.charge(attribute_work(html.as_bytes()));
    let bounded = Bounded { builder, formatting: Cell::new(0) };
    if bounded.is_spent() {
        *work = MOST_WORK + 1;
        return (bounded.builder.sink.finish(), false);
    }
    let tokenizer = Tokenizer::new(bounded, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let whole = !tokenizer.sink.is_spent();
    *work = tokenizer.sink.builder.sink.work.get();
    (tokenizer.sink.builder.sink.finish(), whole)
}

/// A new attribute is compared with those before it in its tag, before any token is seen: counted beforehand, at most a
/// blank or slash for each. Quoted is what follows a `=`, as in the standard (13.2.5.35), so no tag ends too early here.
fn attribute_work(html: &[u8]) -> u64 {
    let (mut work, mut rest) = (0u64, html);
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at + 1..];
        if !rest.first().is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let end = tag_end(rest);
        if end > LONG_TAG {
            let parts = rest[..end].iter().filter(|byte| byte.is_ascii_whitespace() || **byte == b'/').count() as u64;
            work = work.saturating_add(parts.saturating_mul(parts) / 32);
        }
        rest = &rest[end..];
    }
    work
}

fn tag_end(tag: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'>', b'"', b'\'', &tag[at..]) {
        at += found;
        if tag[at] == b'>' {
            return at;
        }
        let quoted = tag[..at].trim_ascii_end().ends_with(b"=");
        let close = quoted.then(|| memchr::memchr(tag[at], &tag[at + 1..]).map_or(tag.len(), |close| at + close + 2));
        at = close.unwrap_or(at + 1);
        if at >= tag.len() {
            break;
        }
    }
    tag.len()
}

/// Hands tokens to the tree builder as long as there is work left.
struct Bounded {
    builder: TreeBuilder<NodeId, Metered>,
    /// Formatting elements opened and not closed: about the length of the list that each further one is compared with.
    formatting: Cell<u64>,
}

impl Bounded {
    fn is_spent(&self) -> bool {
        self.builder.sink.work.get() > MOST_WORK
    }

    fn count_formatting(&self, tag: &Tag) {
        if is_formatting(&tag.name) {
            let open = self.formatting.get();
            self.builder.sink.charge(open * (1 + tag.attrs.len() as u64));
            self.formatting.set(if tag.kind == TagKind::StartTag { open + 1 } else { open.saturating_sub(1) });
        }
    }
}

fn is_formatting(name: &LocalName) -> bool {
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"].contains(&&**name)
}

impl TokenSink for Bounded {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        if let Token::TagToken(tag) = &token {
            self.count_formatting(tag);
        }
        if self.is_spent() { TokenSinkResult::Continue } else { self.builder.process_token(token, line) }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// scraper's tree, counting what is done to it.
struct Metered {
    tree: HtmlTreeSink,
    work: Cell<u64>,
}

impl Metered {
    fn new(html: Html, work: u64) -> Self {
        Self { tree: HtmlTreeSink::new(html), work: Cell::new(work) }
    }

    fn charge(&self, work: u64) {
        self.work.set(self.work.get().saturating_add(work));
    }
}

impl TreeSink for Metered {
    type Handle = NodeId;
    type Output = Html;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Html {
        self.tree.finish()
    }

    /// Nobody reads them, and there may be one for every byte.
    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        self.tree.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.charge(1);
        self.tree.elem_name(target)
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        self.charge(1);
        x == y
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, flags: ElementFlags) -> NodeId {
        self.charge(NODE + attrs.len() as u64);
        self.tree.create_element(name, attrs, flags)
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.charge(NODE);
        self.tree.create_comment(text)
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.charge(NODE);
        self.tree.create_pi(target, data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.tree.append(parent, child);
    }

    fn append_based_on_parent_node(&self, element: &NodeId, before: &NodeId, child: NodeOrText<NodeId>) {
        self.tree.append_based_on_parent_node(element, before, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.tree.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.tree.get_template_contents(target)
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.tree.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &NodeId, node: NodeOrText<NodeId>) {
        self.tree.append_before_sibling(sibling, node);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attrs: Vec<Attribute>) {
        self.charge(NODE * attrs.len() as u64);
        self.tree.add_attrs_if_missing(target, attrs);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.tree.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let children = self.tree.0.borrow().tree.get(*node).map_or(0, |node| node.children().count());
        self.charge(children as u64);
        self.tree.reparent_children(node, new_parent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_whole(html: &str) -> bool {
        document(html, &mut 0).1
    }

    #[test]
    fn a_large_page_is_read_whole() {
        let row = "<tr><td><font color=red><b>云溪</b></font><td><a href='/a.html' class=x>公告</a><p>正文</tr>";
        assert!(is_whole(&format!("<table>{}</table>", row.repeat(20_000))));
        assert!(is_whole(&format!("<body>{}", "<p>公告<br>".repeat(50_000))));
        assert!(is_whole(&format!("<img src='data:image/png;base64,{}'>", "iVBORw0KGgo/".repeat(50_000))));
    }

    #[test]
    fn tangled_markup_ends_early_and_says_so() {
        let fonts: String = (0..20_000).map(|n| format!("<font size={n}>")).collect();
        let names: String = (0..200_000).map(|n| format!("a{n} ")).collect();
        for tangled in [
            format!("{fonts}{}", "<p>x".repeat(20_000)),
            "<div>".repeat(200_000) + &"<p>".repeat(200_000),
            "<a><div>".repeat(100_000),
            format!("<a x='>' {names}>"),
            format!("<a =' {names}'>"),
        ] {
            assert!(!is_whole(&tangled), "{:.40}", tangled);
        }
    }

    proptest! {
        #[test]
        fn within_the_limit_the_tree_is_scrapers_own(
            html in "(<(/?(a|b|p|table|td|svg|template|select|script|title|i x=1)|!--)>|x|&amp;|\n){0,40}",
        ) {
            let (ours, theirs) = (document(&html, &mut 0).0, Html::parse_document(&html));
            prop_assert_eq!(ours.tree, theirs.tree);
            let (ours, theirs) = (fragment(&html, &mut 0).0, Html::parse_fragment(&html));
            prop_assert_eq!(ours.tree, theirs.tree);
        }
    }
}
