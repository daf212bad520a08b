//! An element as the reader needs it, whichever parser it comes from.

use std::borrow::Cow;

use super::style::may_hide;
use crate::domain::badge::Tri;

/// An open element: its lower-case name and its attributes.
pub trait Tag: Copy {
    /// The lower-case name.
    fn name(&self) -> &str;
    /// The value of an attribute, character references resolved; the first one counts where a name stands twice.
    fn attr(&self, name: &str) -> Option<Cow<'_, str>>;
    /// Whether an attribute is there, whatever its value.
    fn has(&self, name: &str) -> bool;
    /// Whether any attribute's name or value may hold this text: `false` is certain, `true` a maybe.
    fn may_hold(&self, text: &str) -> bool;
}

/// Inline style, attribute or size by which an element shows nothing.
pub fn is_hidden<T: Tag>(tag: T) -> bool {
    let is_picture = matches!(tag.name(), "img" | "iframe" | "frame");
    if tag.has("hidden") {
        return true;
    }
    let by_style = tag.attr("style").is_some_and(|style| {
        // A frame of no height that a handler fits to its content has one.
        style_hides(&style, is_picture && tag.attr("onload").is_none())
    });
    by_style || is_picture && has_zero_size(tag)
}

fn style_hides(style: &str, is_fixed_picture: bool) -> bool {
    // Most styles hide nothing: no need to look closer without a word or a zero that could.
    let has_zero = || style.match_indices('0').any(|(at, _)| style[..at].trim_end().ends_with(':'));
    if !(may_hide(style) || is_fixed_picture && has_zero()) {
        return false;
    }
    let style = squeeze(style);
    let declares = |what: &str| style.split(';').any(|declaration| declaration.trim_end_matches("!important") == what);
    let zero = || ["width:0", "width:0px", "height:0", "height:0px"].iter().any(|size| declares(size));
    declares("display:none")
        || declares("visibility:hidden")
        || style.contains("overflow:hidden") && zero()
        || is_fixed_picture && zero()
}

/// Perhaps not to be seen: faded, moved off the screen, or in a box that opens on demand. Pages fade, move and open
/// things by script, so only a browser can tell.
pub fn is_doubtful<T: Tag>(tag: T) -> bool {
    if matches!(tag.name(), "dialog" | "details") {
        return tag.attr("open").is_none();
    }
    let style = tag.attr("style").map(|style| squeeze(&style)).unwrap_or_default();
    style.split(';').any(|declaration| match declaration.split_once(':') {
        Some(("opacity", value)) => value.trim_end_matches("px").parse() == Ok(0.0),
        Some(("left" | "top" | "right" | "bottom" | "text-indent" | "margin-left" | "margin-top", value)) => {
            value.trim_end_matches("px").parse::<f32>().is_ok_and(|offset| offset <= -500.0)
        }
        _ => false,
    })
}

/// A frame of no height that a handler fits to its content has one.
fn has_zero_size<T: Tag>(tag: T) -> bool {
    tag.attr("onload").is_none()
        && ["width", "height"].iter().any(|side| tag.attr(side).is_some_and(|size| matches!(size.trim(), "0" | "0px")))
}

/// Where the element's own markup puts its content. Unknown is the rule: style sheets decide.
pub fn centring<T: Tag>(tag: T) -> Tri {
    if tag.name() == "center" {
        return Tri::Yes;
    }
    let align = tag.attr("align").map(|align| squeeze(&align)).unwrap_or_default();
    let style = tag.attr("style").map(|style| squeeze(&style)).unwrap_or_default();
    let says = |value: &str| align == value || style.contains(&format!("text-align:{value}"));
    if says("center") || style.contains("margin:0auto") || style.contains("justify-content:center") {
        Tri::Yes
    } else if says("left") || says("right") || style.contains("float:left") || style.contains("float:right") {
        Tri::No
    } else {
        Tri::Unknown
    }
}

/// Words by which authors name the closing block of a page.
const FOOT_NAMES: &[&str] = &["foot", "bottom", "copyright", "banquan", "copyr", "dibu", "bq_", "page_end"];

/// Is the element the closing block by its own name, class or id?
pub fn is_footer<T: Tag>(tag: T) -> bool {
    if tag.name() == "footer" {
        return true;
    }
    ["class", "id"].iter().any(|attr| {
        tag.attr(attr).is_some_and(|names| {
            let names = names.to_ascii_lowercase();
            names
                .split_whitespace()
                .any(|name| FOOT_NAMES.iter().any(|word| name.contains(word)) && !is_elsewhere(name))
        })
    })
}

/// `header-bottom`, `nav_bottom`: the bottom of something else.
fn is_elsewhere(name: &str) -> bool {
    name.contains("bottom") && ["head", "nav", "banner", "border", "margin"].iter().any(|word| name.contains(word))
}

/// Lower case without any blank.
fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
