//! Tree construction for pages that nest as the standard has them (HTML standard, 13.2.6), without a tree.

use super::Doubt;
use super::class::Class;
use super::entity::decode;
use super::tag::{Names, RawTag};
use crate::domain::page::reader::Reader;

/// Where in the document the pass is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Html,
    Head,
    AfterHead,
    Body,
    /// `</body>` was met: what follows still belongs to it (13.2.6.4.19).
    AfterBody,
}

#[derive(Clone, Copy)]
struct Node<'a> {
    name: &'a str,
    class: Class,
}

pub(super) struct Builder<'a, 'p> {
    reader: Reader<'p, RawTag<'a>>,
    place: Place,
    open: Vec<Node<'a>>,
    /// A form is open: another one would be ignored.
    has_form: bool,
    /// The last thing fed was visible text: more text would join it.
    after_text: bool,
}

impl<'a, 'p> Builder<'a, 'p> {
    pub fn new(reader: Reader<'p, RawTag<'a>>) -> Self {
        Self { reader, place: Place::Start, open: Vec::with_capacity(32), has_form: false, after_text: false }
    }

    pub fn is_at_start(&self) -> bool {
        self.place == Place::Start
    }

    /// Only a whole document has a tree that is known from its tags.
    pub fn finish(self) -> Result<(), Doubt> {
        if !matches!(self.place, Place::Body | Place::AfterBody) {
            return Err(Doubt);
        }
        self.reader.finish();
        Ok(())
    }

    pub fn text(&mut self, text: &str) -> Result<(), Doubt> {
        let blank = text.bytes().all(super::is_blank);
        match self.place {
            _ if blank => return Ok(()),
            Place::Body => {}
            Place::AfterBody if !self.after_text => self.place = Place::Body,
            _ => return Err(Doubt),
        }
        // Text directly in a table is moved before it.
        if self.open.last().is_some_and(|node| is_table_level(node.name)) {
            return Err(Doubt);
        }
        self.after_text = true;
        let text = decode(text, false).ok_or(Doubt)?;
        self.reader.text(&text);
        Ok(())
    }

    pub fn comment(&mut self, text: &str) -> Result<(), Doubt> {
        match self.place {
            // These hang on the document or on `html`: out of order if they mattered.
            Place::Start | Place::Html | Place::AfterHead | Place::AfterBody if text.contains("onac") => Err(Doubt),
            Place::Start | Place::Html | Place::AfterHead | Place::AfterBody => Ok(()),
            Place::Head | Place::Body => {
                self.after_text = false;
                self.reader.comment(text);
                Ok(())
            }
        }
    }

    pub fn start(&mut self, tag: RawTag<'a>, class: Class) -> Result<(), Doubt> {
        match (self.place, tag.name) {
            (Place::Start, "html") => self.root(tag, Place::Html),
            (Place::Html, "head") => self.root(tag, Place::Head),
            (Place::Head, "body") => {
                self.pop();
                self.root(tag, Place::Body)
            }
            (Place::AfterHead, "body") => self.root(tag, Place::Body),
            (Place::Head, _) if class.has(Class::HEAD) && class.has(Class::VOID) => {
                self.void(tag);
                Ok(())
            }
            (Place::AfterBody, _) => {
                self.place = Place::Body;
                self.in_body(tag, class)
            }
            (Place::Body, _) => self.in_body(tag, class),
            _ => Err(Doubt),
        }
    }

    /// An element whose content is text.
    pub fn raw(&mut self, tag: RawTag<'a>, class: Class, content: &str) -> Result<(), Doubt> {
        if self.is_in_select() {
            return Err(Doubt);
        }
        match self.place {
            Place::Head if class.has(Class::HEAD) => {}
            Place::AfterBody => self.place = Place::Body,
            Place::Body => {}
            _ => return Err(Doubt),
        }
        if self.open.last().is_some_and(|node| is_table_level(node.name)) && !matches!(tag.name, "script" | "style") {
            return Err(Doubt);
        }
        self.after_text = false;
        self.reader.open(tag);
        if !content.is_empty() {
            match class.has(Class::RCDATA) {
                true => self.reader.text(&decode(content, false).ok_or(Doubt)?),
                false => self.reader.text(content),
            }
        }
        self.reader.close();
        Ok(())
    }

    fn in_body(&mut self, tag: RawTag<'a>, class: Class) -> Result<(), Doubt> {
        if class.has(Class::LEFT) || matches!(tag.name, "html" | "head" | "body") {
            return Err(Doubt);
        }
        if self.is_in_select() {
            return self.in_select(tag, class);
        }
        if class.has(Class::TABLE) {
            return self.table_part(tag, class);
        }
        if self.open.last().is_some_and(|node| is_table_level(node.name)) {
            return Err(Doubt);
        }
        match tag.name {
            "a" if self.is_open("a") => return Err(Doubt),
            "nobr" if self.is_open("nobr") => return Err(Doubt),
            "form" if self.has_form => return Err(Doubt),
            // In quirks mode a table does not end a paragraph: which mode it is, the tree knows.
            "table" if self.in_scope("p") => return Err(Doubt),
            "form" => self.has_form = true,
            "li" => self.end_item(&["li"])?,
            "dd" | "dt" => self.end_item(&["dd", "dt"])?,
            "option" | "optgroup" => return Err(Doubt),
            _ => {}
        }
        let ends_p = class.has(Class::CLOSES_P) || matches!(tag.name, "li" | "dd" | "dt");
        if ends_p && self.in_scope("p") {
            self.pop_until("p")?;
        }
        if class.has(Class::HEADING) && self.open.last().is_some_and(|node| node.class.has(Class::HEADING)) {
            self.pop();
        }
        if class.has(Class::VOID) {
            self.void(tag)
        } else {
            self.push(tag, class)
        }
        Ok(())
    }

    fn is_in_select(&self) -> bool {
        self.open.last().is_some_and(|node| matches!(node.name, "select" | "option" | "optgroup"))
    }

    /// Only options and their groups are plain in a `select`; each ends the one before (13.2.6.4.16).
    fn in_select(&mut self, tag: RawTag<'a>, class: Class) -> Result<(), Doubt> {
        if !matches!(tag.name, "option" | "optgroup") {
            return Err(Doubt);
        }
        self.pop_if("option");
        if tag.name == "optgroup" {
            self.pop_if("optgroup");
        }
        self.push(tag, class);
        Ok(())
    }

    fn end_in_select(&mut self, name: &str) -> Result<(), Doubt> {
        if name != "option" {
            self.pop_if("option");
        }
        if name == "select" {
            self.pop_if("optgroup");
        }
        if self.pop_if(name) { Ok(()) } else { Err(Doubt) }
    }

    fn pop_if(&mut self, name: &str) -> bool {
        let is_top = self.open.last().is_some_and(|node| node.name == name);
        if is_top {
            self.pop();
        }
        is_top
    }

    /// A new `li` ends the one before, if nothing special stands between (13.2.6.4.7).
    fn end_item(&mut self, names: &[&str]) -> Result<(), Doubt> {
        for node in self.open.iter().rev() {
            if names.contains(&node.name) {
                return self.pop_until(node.name);
            }
            if node.class.has(Class::SPECIAL) && !matches!(node.name, "address" | "div" | "p") {
                break;
            }
        }
        Ok(())
    }

    fn table_part(&mut self, tag: RawTag<'a>, class: Class) -> Result<(), Doubt> {
        loop {
            let top = self.open.last().map_or("", |node| node.name);
            match (top, tag.name) {
                ("table", "tbody" | "thead" | "tfoot") | ("tbody" | "thead" | "tfoot", "tr") | ("tr", "td" | "th") => {
                    self.push(tag, class);
                    return Ok(());
                }
                ("table", _) => self.implied("tbody", tag),
                ("tbody" | "thead" | "tfoot", "td" | "th") => self.implied("tr", tag),
                ("tbody" | "thead" | "tfoot", _) => self.pop(),
                ("tr", _) => self.pop(),
                _ => self.close_cell()?,
            }
        }
    }

    fn implied(&mut self, name: &'static str, tag: RawTag<'a>) {
        self.push(RawTag { name, attributes: "", names: Names::default(), doubt: tag.doubt }, Class::of(name));
    }

    /// Ends the cell around; formatting left open in it ends with it (13.2.6.4.15).
    fn close_cell(&mut self) -> Result<(), Doubt> {
        let scope = self.open.iter().rev().find(|node| node.class.has(Class::SCOPE)).ok_or(Doubt)?;
        if !matches!(scope.name, "td" | "th") {
            return Err(Doubt);
        }
        while !self.open.last().is_some_and(|node| matches!(node.name, "td" | "th")) {
            self.pop();
        }
        self.pop();
        Ok(())
    }

    pub fn end(&mut self, name: &str) -> Result<(), Doubt> {
        match (self.place, name) {
            (Place::Head, "head") => {
                self.pop();
                self.place = Place::AfterHead;
                return Ok(());
            }
            (Place::Body | Place::AfterBody, "body" | "html") => {
                self.place = Place::AfterBody;
                return Ok(());
            }
            (Place::Body | Place::AfterBody, _) => self.place = Place::Body,
            _ => return Err(Doubt),
        }
        self.after_text = false;
        if self.is_in_select() {
            return self.end_in_select(name);
        }
        let class = Class::of(name);
        if class.has(Class::LEFT) || class.has(Class::VOID) || class.has(Class::RAW) || class.has(Class::RCDATA) {
            return Err(Doubt);
        }
        if class.has(Class::TABLE) || name == "table" {
            return self.end_table_part(name);
        }
        if self.open.last().is_some_and(|node| is_table_level(node.name)) {
            return Err(Doubt);
        }
        if self.open.last().is_some_and(|node| node.name == name) {
            self.has_form &= name != "form";
            self.pop();
            return Ok(());
        }
        if class.has(Class::FORMATTING) || name == "form" || class.has(Class::HEADING) {
            return Err(Doubt);
        }
        let found = if class.has(Class::SPECIAL) || class.has(Class::CLOSES_P) {
            self.in_scope(name)
        } else {
            self.open.iter().rev().take_while(|node| !node.class.has(Class::SPECIAL)).any(|node| node.name == name)
        };
        if found { self.pop_until(name) } else { Err(Doubt) }
    }

    fn end_table_part(&mut self, name: &str) -> Result<(), Doubt> {
        loop {
            let top = self.open.last().map_or("", |node| node.name);
            match (top, name) {
                _ if top == name => {
                    self.pop();
                    return Ok(());
                }
                ("tr", "table" | "tbody" | "thead" | "tfoot") | ("tbody" | "thead" | "tfoot", "table") => self.pop(),
                ("table" | "tbody" | "thead" | "tfoot" | "tr", _) => return Err(Doubt),
                (_, "td" | "th") => {
                    let cell = self.open.iter().rev().find(|node| node.class.has(Class::SCOPE)).ok_or(Doubt)?;
                    return if cell.name == name { self.close_cell() } else { Err(Doubt) };
                }
                _ => {
                    // The end of a row or table inside a cell ends the cell, if such a row or table is open.
                    if !self.open.iter().any(|node| node.name == name) {
                        return Err(Doubt);
                    }
                    self.close_cell()?;
                }
            }
        }
    }

    fn is_open(&self, name: &str) -> bool {
        self.open.iter().any(|node| node.name == name)
    }

    /// "Has an element in scope" (13.2.4.2). The button scope is the same here, since buttons are left to the tree;
    /// that of list items also stops at lists.
    fn in_scope(&self, name: &str) -> bool {
        let stops = |node: &Node<'_>| node.class.has(Class::SCOPE) || name == "li" && matches!(node.name, "ol" | "ul");
        self.open.iter().rev().take_while(|node| !stops(node)).any(|node| node.name == name)
    }

    /// Pops up to the element; formatting that would have to be opened again is left to the tree.
    fn pop_until(&mut self, name: &str) -> Result<(), Doubt> {
        while let Some(node) = self.open.last().copied() {
            if node.class.has(Class::FORMATTING) || node.name == "form" {
                return Err(Doubt);
            }
            self.pop();
            if node.name == name {
                return Ok(());
            }
        }
        Err(Doubt)
    }

    fn push(&mut self, tag: RawTag<'a>, class: Class) {
        self.after_text = false;
        self.open.push(Node { name: tag.name, class });
        self.reader.open(tag);
    }

    fn root(&mut self, tag: RawTag<'a>, place: Place) -> Result<(), Doubt> {
        self.place = place;
        self.push(tag, Class::of(tag.name));
        Ok(())
    }

    fn void(&mut self, tag: RawTag<'a>) {
        self.after_text = false;
        self.reader.open(tag);
        self.reader.close();
    }

    fn pop(&mut self) {
        self.after_text = false;
        self.open.pop();
        self.reader.close();
    }
}

/// Elements in which only table parts may stand.
fn is_table_level(name: &str) -> bool {
    matches!(name, "table" | "tbody" | "thead" | "tfoot" | "tr")
}
