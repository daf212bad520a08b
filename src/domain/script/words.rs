//! Words that tell what a script is about.

/// Functions that make text which is not read here: where it is put into the page, the script cannot be judged.
pub(super) const CIPHERS: &[&str] = &["atob", "fromCharCode", "fromCodePoint", "decrypt", "b64decode", "decode64"];

/// Stands in a text for what a cipher makes.
pub(super) const CIPHERED: char = '\u{F8FF}';

/// Words by which scripts name the place of the footer or the badge.
const FOOT_WORDS: &[&str] = &["foot", "bottom", "copyright", "banquan", "conac", "dzjg"];

/// The address of a footer file that a script loads by itself.
pub(super) fn is_include(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or("").to_ascii_lowercase();
    let file = path.rsplit('/').next().unwrap_or("");
    let kind = file.split_once('.').map(|(_, kind)| kind.rsplit('.').next().unwrap_or(kind));
    text.len() < 300
        && match kind {
            Some(kind) => INCLUDES.contains(&kind),
            None => path.starts_with('/') || path.starts_with("http"),
        }
        && ["foot", "bottom", "copyright", "banquan"].iter().any(|word| path.contains(word))
        && !text.contains([' ', '<', '\n'])
}

/// What footers are loaded from.
const INCLUDES: &[&str] = &["html", "htm", "shtml", "js", "jsp", "do", "php", "asp", "aspx", "action", "json", "txt"];

/// Does a selector, an id or a variable name the place of the footer or the badge?
pub(super) fn names_footer(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    FOOT_WORDS.iter().any(|word| text.contains(word))
}
