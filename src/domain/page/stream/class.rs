//! What the HTML standard's tree construction does with an element, by its name (13.2.6).

/// The parts an element plays in tree construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Class(u16);

impl Class {
    pub const PLAIN: Self = Self(0);
    /// Stops searches for `li`, `dd` and unknown end tags.
    pub const SPECIAL: Self = Self(1);
    /// Kept open across misnested ends: such nesting is left to the tree.
    pub const FORMATTING: Self = Self(2);
    /// Its start ends an open paragraph.
    pub const CLOSES_P: Self = Self(4);
    /// Searches for an open element stop here.
    pub const SCOPE: Self = Self(8);
    /// Its end may be left out.
    pub const IMPLIED_END: Self = Self(16);
    pub const VOID: Self = Self(32);
    /// Its content is text without tags and references.
    pub const RAW: Self = Self(64);
    /// Its content is text without tags.
    pub const RCDATA: Self = Self(128);
    pub const HEADING: Self = Self(256);
    /// A part of a table.
    pub const TABLE: Self = Self(512);
    /// May stand in `<head>`.
    pub const HEAD: Self = Self(1024);
    /// Its rules are left to the tree.
    pub const LEFT: Self = Self(2048);

    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The class of a lower-case name.
    pub fn of(name: &str) -> Self {
        match name {
            "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt"
            | "u" => Self::FORMATTING,
            "address" | "article" | "aside" | "blockquote" | "center" | "details" | "dir" | "div" | "dl"
            | "fieldset" | "figcaption" | "figure" | "footer" | "header" | "hgroup" | "main" | "menu" | "nav"
            | "ol" | "section" | "summary" | "ul" | "form" | "pre" => Self::SPECIAL.and(Self::CLOSES_P),
            "p" => Self::SPECIAL.and(Self::CLOSES_P).and(Self::IMPLIED_END),
            "li" | "dd" | "dt" => Self::SPECIAL.and(Self::IMPLIED_END),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Self::SPECIAL.and(Self::CLOSES_P).and(Self::HEADING),
            "option" | "optgroup" => Self::IMPLIED_END,
            "select" => Self::SPECIAL,
            "area" | "br" | "embed" | "img" | "input" | "wbr" | "param" | "source" | "track" => {
                Self::SPECIAL.and(Self::VOID)
            }
            "hr" => Self::SPECIAL.and(Self::VOID).and(Self::CLOSES_P),
            "meta" | "link" | "base" => Self::SPECIAL.and(Self::VOID).and(Self::HEAD),
            "script" | "style" => Self::SPECIAL.and(Self::RAW).and(Self::HEAD),
            "noscript" => Self::SPECIAL.and(Self::RAW).and(Self::HEAD),
            "iframe" => Self::SPECIAL.and(Self::RAW),
            "title" => Self::SPECIAL.and(Self::RCDATA).and(Self::HEAD),
            "textarea" => Self::SPECIAL.and(Self::RCDATA),
            "td" | "th" => Self::SPECIAL.and(Self::SCOPE).and(Self::TABLE),
            "table" => Self::SPECIAL.and(Self::SCOPE),
            "tr" | "tbody" | "thead" | "tfoot" => Self::SPECIAL.and(Self::TABLE),
            "html" | "head" | "body" => Self::SPECIAL.and(Self::SCOPE),
            "svg" | "math" | "template" | "frameset" | "frame" | "plaintext" | "image" | "isindex" | "caption"
            | "col" | "colgroup" | "applet" | "marquee" | "object" | "button" | "dialog" | "search" | "keygen"
            | "listing" | "xmp" | "noembed" | "noframes" | "rb" | "rtc" | "rp" | "rt" | "menuitem" | "basefont"
            | "bgsound" => Self::LEFT,
            _ => Self::PLAIN,
        }
    }
}

/// Names that pages write in capitals, as they are compared.
const NAMES: &[&str] = &[
    "a",
    "address",
    "area",
    "article",
    "b",
    "base",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "label",
    "legend",
    "li",
    "link",
    "map",
    "meta",
    "nav",
    "noscript",
    "ol",
    "option",
    "optgroup",
    "p",
    "param",
    "pre",
    "s",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "tt",
    "u",
    "ul",
];

/// A tag name in lower case; `None` for one in capitals that is not known.
pub(super) fn lower(name: &str) -> Option<&str> {
    if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Some(name);
    }
    NAMES.iter().copied().find(|known| known.eq_ignore_ascii_case(name))
}
